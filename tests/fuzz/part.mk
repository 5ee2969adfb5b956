# SPDX-License-Identifier: MIT
# Fuzzers: each part adds its own in tests/fuzz/PART.mk.
#
#   $(eval $(call fuzz_test,NAME,SOURCES,LIBRARIES))
#
# builds with libFuzzer, ASan and UBSan; tests/fuzz/corpus/NAME holds the seeds
# and every input that once found something.

# Seconds each fuzzer runs.
FUZZ_SECONDS ?= 10
FUZZ_FLAGS := -std=gnu11 -g -O1 -fno-omit-frame-pointer -Wno-unused-parameter \
              -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZERS :=

define fuzz_test
FUZZERS += $(BUILD)/tests/fuzz/$(1)
$(BUILD)/tests/fuzz/$(1): $(2) $(wildcard include/*/*.h include/*/*.def include/uapi/*/*.h lib/*.h core/*.h policy/*.h agent/*/*.h center/*/*.h)
	@mkdir -p $$(@D)
	@echo "  FUZZ    $$@"
	@$$(CLANG) $$(CPPFLAGS) $$(FUZZ_FLAGS) -o $$@ $(2) $(3)
endef

include $(filter-out %/part.mk,$(wildcard tests/fuzz/*.mk))

FUZZ_RUNS := $(addsuffix .run, $(FUZZERS))

.PHONY: fuzz $(FUZZ_RUNS)
fuzz: $(FUZZ_RUNS) ## run every fuzzer for FUZZ_SECONDS (10) each; -j: side by side
$(FUZZ_RUNS): %.run: %
	@name=$(*F); mkdir -p $(BUILD)/tests/fuzz/found/$$name; \
	if $* -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -verbosity=0 -timeout=10 \
	      -artifact_prefix=$*- $(addprefix -dict=, $(wildcard tests/fuzz/$(*F).dict)) \
	      $(BUILD)/tests/fuzz/found/$$name $(wildcard tests/fuzz/corpus/$(*F)) >$*.log 2>&1; then \
		echo "$$name: $$(sed -n 's/^stat::number_of_executed_units: //p' $*.log) inputs, nothing found"; \
	else \
		tail -n 60 $*.log; echo "$$name: FAILED"; exit 1; \
	fi
