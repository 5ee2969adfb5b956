# SPDX-License-Identifier: MIT
# The table of attacks, the programs that make them, and the other protections it is held against.

ATTACKS := $(BUILD)/attacks
# One word each is an attack: usage in tests/attacks/attack.h.
ATTACK_TOOLS := memory exec process carrier files kernel trick newer
ATTACK_PROGRAMS := $(addprefix $(ATTACKS)/, $(ATTACK_TOOLS) victim otherexe.so stack.so stack-program \
	payload-static payload-nopie payload-static-pie)

$(addprefix $(ATTACKS)/, $(ATTACK_TOOLS)): $(ATTACKS)/%: $(OBJ)/tests/attacks/%.o $(OBJ)/tests/attacks/attack.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^
DEPS += $(patsubst %,$(OBJ)/tests/attacks/%.d, attack $(ATTACK_TOOLS))

$(ATTACKS)/victim: tests/attacks/victim.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) $(AG_LDFLAGS) -o $@ $<
$(ATTACKS)/otherexe.so: tests/attacks/otherexe.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) -shared -fPIC -Wl,-z,now -o $@ $<
# Asks for an executable stack.
$(ATTACKS)/stack.so: tests/attacks/victim.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) -shared -fPIC -Wl,-z,execstack -o $@ $< 2>/dev/null
$(ATTACKS)/stack-program: tests/attacks/victim.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) $(LDFLAGS) -pie -Wl,-z,execstack -o $@ $< 2>/dev/null
# The demo's payload in the shapes that a program can have.
$(ATTACKS)/payload-static: PAYLOAD_SHAPE := -static -no-pie
$(ATTACKS)/payload-nopie: PAYLOAD_SHAPE := -no-pie
$(ATTACKS)/payload-static-pie: PAYLOAD_SHAPE := -static-pie
$(ATTACKS)/payload-%: tests/demo/payload.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(PAYLOAD_SHAPE) -o $@ $<

# Which kernel `make attacks` tries them on: 6.12 or newest.
KERNEL ?= 6.12

.PHONY: attacks
attacks: all image-$(KERNEL) $(ATTACK_PROGRAMS) ## every attack of the table, on a stock and on a guarded machine (KERNEL=newest)
	@BUILD=$(BUILD) tests/attacks/attacks.py --kernel $(KERNEL)

# The Debian packages of a rival protection, fetched once; a release may have none.
$(BUILD)/rivals/fapolicyd/stamp: tests/vm/fapolicyd.sh $(BUILD)/rootfs/base.tar | tests/vm/archive.sh
	@BUILD=$(BUILD) tests/vm/fapolicyd.sh

.PHONY: attacks-rivals
attacks-rivals: all image-$(KERNEL) $(ATTACK_PROGRAMS) $(BUILD)/rivals/fapolicyd/stamp ## the same attacks on IMA appraisal and on fapolicyd: how many variants each stops (KERNEL=newest)
	@status=0; for rival in ima fapolicyd; do \
		BUILD=$(BUILD) tests/attacks/attacks.py --kernel $(KERNEL) --subject $$rival || status=1; \
	done; exit $$status
