# SPDX-License-Identifier: MIT
# Costs against the budgets of doc/ARCHITECTURE.md.

$(BUILD)/demo/cost $(BUILD)/demo/first: $(BUILD)/demo/%: $(OBJ)/tests/bench/%.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^
DEPS += $(OBJ)/tests/bench/cost.d $(OBJ)/tests/bench/first.d

.PHONY: bench
bench: $(BUILD)/demo/cost image-6.12 ## count what exec, open and boot cost, against the stock kernel
	@BUILD=$(BUILD) tests/bench/bench.py

.PHONY: bench-first
bench-first: $(BUILD)/demo/first $(BUILD)/demo/payload $(BIN)/atmguard-policy image-6.12 ## count what a first start costs by size, by content and fs-verity
	@BUILD=$(BUILD) tests/bench/first.py
