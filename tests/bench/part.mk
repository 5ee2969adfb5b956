# SPDX-License-Identifier: MIT
# Costs against the budgets of doc/ARCHITECTURE.md.

BENCH_PROGRAMS := $(addprefix $(BUILD)/bench/, cost first late scale check)

$(BUILD)/bench/%: $(OBJ)/tests/bench/%.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^ $(BENCH_LIBS)

# Loads atmguard with the loader's own parts.
$(OBJ)/tests/bench/late.o: $(BUILD)/bpf/atmguard.skel.h
$(OBJ)/tests/bench/late.o: EXTRA_CFLAGS = -I$(BUILD)/bpf
$(BUILD)/bench/late: $(addprefix $(OBJ)/agent/load/, load_object.o load_bpf.o)
$(BUILD)/bench/late: BENCH_LIBS = -lbpf

$(BUILD)/bench/check: $(addprefix $(OBJ)/, core/check.o core/eval.o lib/cms.o)
$(BUILD)/bench/check: BENCH_LIBS = $(CRYPTO_LIBS)

DEPS += $(patsubst %,$(OBJ)/tests/bench/%.d,cost first late scale check)

.PHONY: bench
bench: $(BENCH_PROGRAMS) $(BIN)/atmguard-policy image-6.12 ## count what exec, open, boot and policies cost
	@BUILD=$(BUILD) tests/bench/bench.py

.PHONY: bench-first
bench-first: $(BENCH_PROGRAMS) $(BUILD)/demo/payload $(BIN)/atmguard-policy image-6.12 ## count what a first start costs by size, by content and fs-verity
	@BUILD=$(BUILD) tests/bench/first.py

.PHONY: bench-rivals
bench-rivals: $(BENCH_PROGRAMS) image-6.12 $(BUILD)/rivals/fapolicyd/stamp ## count what exec and open cost under IMA appraisal and fapolicyd
	@BUILD=$(BUILD) tests/bench/rivals_bench.py
