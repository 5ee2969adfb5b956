# SPDX-License-Identifier: MIT
# The table of attacks, and the programs that make them.

ATTACK_TOOLS := memory
ATTACK_PROGRAMS := $(addprefix $(BUILD)/attacks/, $(ATTACK_TOOLS))

$(addprefix $(BUILD)/attacks/, $(ATTACK_TOOLS)): $(BUILD)/attacks/%: $(OBJ)/tests/attacks/%.o $(OBJ)/tests/attacks/attack.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^
DEPS += $(patsubst %,$(OBJ)/tests/attacks/%.d, attack $(ATTACK_TOOLS))

# Which kernel `make attacks` tries them on: 6.12 or newest.
KERNEL ?= 6.12

.PHONY: attacks
attacks: all image-$(KERNEL) $(ATTACK_PROGRAMS) ## every attack of the table, on a stock and on a guarded machine (KERNEL=newest)
	@BUILD=$(BUILD) tests/attacks/attacks.py --kernel $(KERNEL)
