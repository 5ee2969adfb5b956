# SPDX-License-Identifier: MIT
# Costs against the budgets of doc/ARCHITECTURE.md.

$(BUILD)/demo/cost: $(OBJ)/tests/bench/cost.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^
DEPS += $(OBJ)/tests/bench/cost.d

.PHONY: bench
bench: $(BUILD)/demo/cost image-6.12 ## count what exec, open and boot cost, against the stock kernel
	@BUILD=$(BUILD) tests/bench/bench.py
