# SPDX-License-Identifier: MIT
# What plays the ATM application, the malware and the dispenser in the demo.
DEMO_PROGRAMS := $(BUILD)/demo/teller $(BUILD)/demo/jackpot

$(DEMO_PROGRAMS): $(BUILD)/demo/%: $(OBJ)/tests/demo/%.o $(OBJ)/tests/demo/line.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^

.PHONY: demo-programs
demo-programs: $(DEMO_PROGRAMS) ## the sample ATM application and the malware of the demo

DEPS += $(patsubst %,$(OBJ)/tests/demo/%.d,teller jackpot line)
