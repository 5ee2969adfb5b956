# SPDX-License-Identifier: MIT
# Costs against the bars of doc/COSTS.md.

# The one that runs on the host.
BENCH_PROGRAMS += $(BUILD)/bench/check
$(BUILD)/bench/check: $(addprefix $(OBJ)/, tests/bench/check.o core/check.o core/eval.o lib/cms.o)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^ $(CRYPTO_LIBS)
DEPS += $(OBJ)/tests/bench/check.d

.PHONY: bench bench-programs
bench-programs: $(BENCH_PROGRAMS)
bench: $(BENCH_PROGRAMS) $(BIN)/atmguard-policy image-6.12 ## count what exec, open, boot and policies cost
	@BUILD=$(BUILD) tests/run bench $(if $(SHORT),--short)

.PHONY: bench-first
bench-first: $(BENCH_PROGRAMS) $(BUILD)/demo/payload $(BIN)/atmguard-policy image-6.12 ## count what a first start costs by size, by content and fs-verity
	@BUILD=$(BUILD) tests/run bench/first $(if $(SHORT),--mib 1)

.PHONY: bench-rivals
bench-rivals: $(BENCH_PROGRAMS) image-6.12 $(BUILD)/rivals/fapolicyd/stamp ## count what exec and open cost under IMA appraisal and fapolicyd
	@BUILD=$(BUILD) tests/run bench/rivals $(if $(SHORT),--short)
