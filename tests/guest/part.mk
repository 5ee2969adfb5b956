# SPDX-License-Identifier: MIT
# The C that runs inside guests, by what starts it there: the hand, stories, attacks, stress, demo, bench.

GUEST := tests/guest

# $(call guest_programs,NAMES,DIRECTORY IN build,FOLDER,OBJECTS THEY SHARE)
define guest_programs
$(addprefix $(BUILD)/$(2)/,$(1)): $(BUILD)/$(2)/%: $(OBJ)/$(GUEST)/$(3)/%.o $(patsubst %,$(OBJ)/$(GUEST)/$(3)/%.o,$(4))
	@mkdir -p $$(@D)
	@echo "  LD      $$@"
	@$$(CC) $$(AG_LDFLAGS) $$(GUEST_SHAPE) -o $$@ $$^ $$(GUEST_LIBS)
DEPS += $(patsubst %,$(OBJ)/$(GUEST)/$(3)/%.d,$(1) $(4))
endef

# ---- the tests' hand, and what the stories start: both are in every image ----

$(eval $(call program,hand,$(patsubst %,$(GUEST)/hand/%.c,hand command frame),))
GUEST_TESTS := submit intruder diagnose
$(foreach name,$(GUEST_TESTS),$(eval $(call program,$(name),$(GUEST)/stories/$(name).c,)))

# ---- the ATM application, the malware and the dispenser's line in the demo ----

DEMO_PROGRAMS := $(BUILD)/demo/teller $(BUILD)/demo/jackpot
$(eval $(call guest_programs,teller jackpot,demo,demo,line))

# What the tests add to the machine that packaging/machine/image.sh makes.
OVERLAY := tests/machine/overlay
IN_OVERLAY := $(wildcard $(OVERLAY)/*) $(addprefix $(BIN)/, hand $(GUEST_TESTS)) $(BUILD)/demo/teller \
	$(GUEST)/hand/hand.service

# What the demo's attacker brings; only takeover is listed, as a process that was taken over.
ATTACK_PROGRAMS := $(addprefix $(BUILD)/demo/, payload payload.so takeover)
$(BUILD)/demo/payload $(BUILD)/demo/takeover: $(BUILD)/demo/%: $(GUEST)/demo/%.c
	@mkdir -p $(@D)
	@$(CC) $(AG_CFLAGS) $(AG_LDFLAGS) -o $@ $<
$(BUILD)/demo/payload.so: $(GUEST)/demo/payload.c
	@mkdir -p $(@D)
	@$(CC) $(AG_CFLAGS) -DPAYLOAD_LIBRARY -shared -fPIC -o $@ $<

# ---- attacks ----

ATTACKS := $(BUILD)/attacks
# One word each is an attack: usage in tests/guest/attacks/attack.h.
ATTACK_TOOLS := memory exec process carrier files kernel trick newer
ATTACK_PROGRAMS += $(addprefix $(ATTACKS)/, $(ATTACK_TOOLS) victim otherexe.so stack.so stack-program \
	payload-static payload-nopie payload-static-pie)
$(eval $(call guest_programs,$(ATTACK_TOOLS),attacks,attacks,attack))

$(ATTACKS)/victim: $(GUEST)/attacks/victim.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) $(AG_LDFLAGS) -o $@ $<
$(ATTACKS)/otherexe.so: $(GUEST)/attacks/otherexe.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) -shared -fPIC -Wl,-z,now -o $@ $<
# Asks for an executable stack.
$(ATTACKS)/stack.so: $(GUEST)/attacks/victim.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) -shared -fPIC -Wl,-z,execstack -o $@ $< 2>/dev/null
$(ATTACKS)/stack-program: $(GUEST)/attacks/victim.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(AG_CFLAGS) $(LDFLAGS) -pie -Wl,-z,execstack -o $@ $< 2>/dev/null
# The demo's payload in the shapes that a program can have.
$(ATTACKS)/payload-static: PAYLOAD_SHAPE := -static -no-pie
$(ATTACKS)/payload-nopie: PAYLOAD_SHAPE := -no-pie
$(ATTACKS)/payload-static-pie: PAYLOAD_SHAPE := -static-pie
$(ATTACKS)/payload-%: $(GUEST)/demo/payload.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(PAYLOAD_SHAPE) -o $@ $<

# ---- what races, presses and soaks a protected machine ----

STRESS := $(BUILD)/stress
# Where a marked program counts: a descriptor both sides agree on.
STRESS_FLAGS := -DCOUNTER_FD=9
MARKS := listed listed-a listed-b unlisted
STRESS_PROGRAMS := $(addprefix $(STRESS)/, race swap press flee stray $(addsuffix .elf, $(MARKS)) listed.sh unlisted.sh)
$(OBJ)/$(GUEST)/stress/%.o: EXTRA_CFLAGS += $(STRESS_FLAGS)
$(eval $(call guest_programs,race,stress,stress,change))
$(eval $(call guest_programs,swap press flee stray,stress,stress,))
# Behind a chroot it finds no libraries.
$(STRESS)/stray: GUEST_SHAPE := -no-pie -static

# The same program with other bytes, one page each, so that direct I/O can write them.
$(STRESS)/listed.elf: MARK := -DMARK=0 -DKIND=0
$(STRESS)/listed-a.elf: MARK := -DMARK=0 -DKIND=1
$(STRESS)/listed-b.elf: MARK := -DMARK=0 -DKIND=2
$(STRESS)/unlisted.elf: MARK := -DMARK=77 -DKIND=0
$(addprefix $(STRESS)/, $(addsuffix .elf, $(MARKS))): $(GUEST)/stress/mark.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) -std=gnu11 -O2 -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables $(WARN) \
		$(STRESS_FLAGS) $(MARK) -static -nostdlib -no-pie \
		-Wl,-z,noexecstack,-z,noseparate-code,--build-id=none -s -o $@ $<
	@truncate -s %4096 $@

# Scripts of one page that differ in what they end with.
$(STRESS)/listed.sh: STATUS := 0
$(STRESS)/unlisted.sh: STATUS := 77
$(addprefix $(STRESS)/, listed.sh unlisted.sh): $(GUEST)/part.mk
	@mkdir -p $(@D)
	@{ printf '#!/bin/dash\nexit %d\n' $(STATUS); yes '#' | head -n 2048; } | head -c 4096 > $@
	@chmod 755 $@

.PHONY: guest-programs
guest-programs: $(DEMO_PROGRAMS) $(ATTACK_PROGRAMS) $(STRESS_PROGRAMS) $(BUILD)/bench/late ## what the demo, attacks and stories start in guests

# ---- what counts instructions ----

BENCH_PROGRAMS := $(addprefix $(BUILD)/bench/, cost first late scale)
$(eval $(call guest_programs,cost first late scale,bench,bench,))

# Loads atmguard with the loader's own parts.
$(OBJ)/$(GUEST)/bench/late.o: $(BUILD)/bpf/atmguard.skel.h
$(OBJ)/$(GUEST)/bench/late.o: EXTRA_CFLAGS = -I$(BUILD)/bpf
$(BUILD)/bench/late: $(addprefix $(OBJ)/agent/load/, load_object.o load_bpf.o)
$(BUILD)/bench/late: GUEST_LIBS = -lbpf
