# SPDX-License-Identifier: MIT
# Build, show and test atmguard: `make help` lists the targets.
#
# The parts bring their own rules in */part.mk; everything made lies in build/.

MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# ---- variables a caller may set ----
CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
# Everything generated goes here.
BUILD   ?= build
# Certificates compiled into the module: $(ANCHORS)/{policy,identity,grant}/*.pem
ANCHORS ?= $(BUILD)/keys/anchors
# WERROR=1 turns warnings into errors (CI does).
WERROR  ?=
# Which kernel the stories run on: 6.12 or newest.
KERNEL  ?= 6.12
# KEEP=1 with `make demo` leaves the machine and the center running.
KEEP    ?=
# SHORT=1 asks a test or bench that takes long for its smallest size.
SHORT   ?=

cc-option = $(shell $(CC) -Werror $(1) -c -x c /dev/null -o /dev/null 2>/dev/null && echo $(1))

HARDEN   := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE \
            $(call cc-option,-fcf-protection) $(call cc-option,-fstack-clash-protection)
WARN     := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
            -Wformat=2 -Wno-unused-parameter $(if $(WERROR),-Werror)
CPPFLAGS += -I. -Iinclude -Iinclude/uapi -D_GNU_SOURCE
CFLAGS   ?= -O2 -g
AG_CFLAGS = -std=gnu11 $(CFLAGS) $(HARDEN) $(WARN)
AG_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(LDFLAGS)

# Directory of compiled objects and of finished programs.
OBJ := $(BUILD)/obj
BIN := $(BUILD)/bin

$(OBJ)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) $(EXTRA_CFLAGS) -MMD -MP -c $< -o $@

# $(call program,NAME,SOURCES,LIBRARIES): a user-space program in $(BIN).
define program
PROGRAMS += $(BIN)/$(1)
$(BIN)/$(1): $(patsubst %.c,$(OBJ)/%.o,$(2))
	@mkdir -p $$(@D)
	@echo "  LD      $$@"
	@$$(CC) $$(AG_LDFLAGS) -o $$@ $$^ $(3)
DEPS += $(patsubst %.c,$(OBJ)/%.d,$(2))
endef

include $(wildcard lib/part.mk policy/part.mk agent/part.mk center/part.mk bpf/part.mk kmod/part.mk \
                   packaging/part.mk tests/guest/part.mk packaging/machine/part.mk tests/part.mk)

.PHONY: help all clean
help: ## this list
	@echo "atmguard: targets"
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

all: $(PROGRAMS) ## build every user-space program

# Packages come first, in a make of its own: this one has looked for compilers already.
.PHONY: demo check check-all
demo: ## set up, build, and play the whole chain (KEEP=1 leaves the machine running)
	@BUILD=$(BUILD) tests/setup.sh
	@$(MAKE) --no-print-directory demo-run

check: ## set up, build, run all tests; closes with "N passed, N failed"
	@BUILD=$(BUILD) tests/setup.sh
	@BUILD=$(BUILD) tests/check.sh

check-all: ## all of check, then what takes hours: the newest kernel, long fuzzing, full races and soak
	@BUILD=$(BUILD) tests/setup.sh
	@BUILD=$(BUILD) tests/check.sh all

clean: ## remove what was built (kernels, root file systems and keys stay; rm -r build removes all)
	rm -rf $(OBJ) $(BIN) $(BUILD)/tests $(BUILD)/kmod $(BUILD)/bpf

-include $(DEPS)
