# SPDX-License-Identifier: MIT
# Programs that race, press and soak a protected machine; the stories bring them along.

STRESS := $(BUILD)/stress
# Where a marked program counts: a descriptor both sides agree on.
STRESS_FLAGS := -DCOUNTER_FD=9
MARKS := listed listed-a listed-b unlisted
STRESS_PROGRAMS := $(addprefix $(STRESS)/, race swap press flee $(addsuffix .elf, $(MARKS)) listed.sh unlisted.sh)

$(OBJ)/tests/stress/%.o: EXTRA_CFLAGS += $(STRESS_FLAGS)
$(STRESS)/race: $(addprefix $(OBJ)/tests/stress/, race.o change.o)
$(STRESS)/swap: $(OBJ)/tests/stress/swap.o
$(STRESS)/press: $(OBJ)/tests/stress/press.o
$(STRESS)/flee: $(OBJ)/tests/stress/flee.o
$(addprefix $(STRESS)/, race swap press flee):
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^
DEPS += $(patsubst %,$(OBJ)/tests/stress/%.d,race change swap press)

# The same program with other bytes, one page each, so that direct I/O can write them.
$(STRESS)/listed.elf: MARK := -DMARK=0 -DKIND=0
$(STRESS)/listed-a.elf: MARK := -DMARK=0 -DKIND=1
$(STRESS)/listed-b.elf: MARK := -DMARK=0 -DKIND=2
$(STRESS)/unlisted.elf: MARK := -DMARK=77 -DKIND=0
$(addprefix $(STRESS)/, $(addsuffix .elf, $(MARKS))): tests/stress/mark.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) -std=gnu11 -O2 -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables $(WARN) \
		$(STRESS_FLAGS) $(MARK) -static -nostdlib -no-pie \
		-Wl,-z,noexecstack,-z,noseparate-code,--build-id=none -s -o $@ $<
	@truncate -s %4096 $@

# Scripts of one page that differ in what they end with.
$(STRESS)/listed.sh: STATUS := 0
$(STRESS)/unlisted.sh: STATUS := 77
$(addprefix $(STRESS)/, listed.sh unlisted.sh): tests/stress/part.mk
	@mkdir -p $(@D)
	@{ printf '#!/bin/dash\nexit %d\n' $(STATUS); yes '#' | head -n 2048; } | head -c 4096 > $@
	@chmod 755 $@

.PHONY: stress-programs
stress-programs: $(STRESS_PROGRAMS) ## what the stories of races, pressure and soak start in the guest
