# SPDX-License-Identifier: MIT
# Costs against the budgets of doc/ARCHITECTURE.md.

BENCH_PROGRAMS := $(addprefix $(BUILD)/bench/, cost late)

$(BUILD)/bench/cost: $(OBJ)/tests/bench/cost.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^

# Loads atmguard with the loader's own parts.
$(OBJ)/tests/bench/late.o: $(BUILD)/bpf/atmguard.skel.h
$(OBJ)/tests/bench/late.o: EXTRA_CFLAGS = -I$(BUILD)/bpf
$(BUILD)/bench/late: $(addprefix $(OBJ)/, tests/bench/late.o agent/load_object.o agent/load_bpf.o)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^ -lbpf

DEPS += $(patsubst %,$(OBJ)/tests/bench/%.d,cost late)

.PHONY: bench
bench: $(BENCH_PROGRAMS) image-6.12 ## count what exec, open and boot cost, against the stock kernel
	@BUILD=$(BUILD) tests/bench/bench.py
