# SPDX-License-Identifier: MIT
# What plays the ATM application, the malware and the dispenser in the demo.
DEMO_PROGRAMS := $(BUILD)/demo/teller $(BUILD)/demo/jackpot

$(DEMO_PROGRAMS): $(BUILD)/demo/%: $(OBJ)/tests/demo/%.o $(OBJ)/tests/demo/line.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^

.PHONY: demo-programs demo-run
demo-programs: $(DEMO_PROGRAMS) ## the sample ATM application and the malware of the demo

DEPS += $(patsubst %,$(OBJ)/tests/demo/%.d,teller jackpot line)

# What the demo's attacker brings; only takeover is listed, as a process that was taken over.
ATTACK_PROGRAMS += $(addprefix $(BUILD)/demo/, payload payload.so takeover)
$(BUILD)/demo/payload $(BUILD)/demo/takeover: $(BUILD)/demo/%: tests/demo/%.c
	@mkdir -p $(@D)
	@$(CC) $(AG_CFLAGS) $(AG_LDFLAGS) -o $@ $<
$(BUILD)/demo/payload.so: tests/demo/payload.c
	@mkdir -p $(@D)
	@$(CC) $(AG_CFLAGS) -DPAYLOAD_LIBRARY -shared -fPIC -o $@ $<

demo-run: all images $(ATTACK_PROGRAMS)
	@BUILD=$(BUILD) KEEP=$(KEEP) tests/demo/demo.py
