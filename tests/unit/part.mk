# SPDX-License-Identifier: MIT
# Unit tests: each part adds its own in tests/unit/PART.mk.
#
#   $(eval $(call unit_test,NAME,SOURCES,LIBRARIES))
#
# builds SOURCES and the harness to $(BUILD)/tests/unit/NAME and adds it to UNIT_TESTS.

CHECK_LIBS := -lcheck_pic -lsubunit -lrt -lm -lpthread
UNIT_TESTS :=

define unit_test
UNIT_TESTS += $(BUILD)/tests/unit/$(1)
$(BUILD)/tests/unit/$(1): $(patsubst %.c,$(OBJ)/%.o,tests/unit/harness.c $(2))
	@mkdir -p $$(@D)
	@echo "  LD      $$@"
	@$$(CC) $$(AG_LDFLAGS) -o $$@ $$^ $(CHECK_LIBS) $(3)
DEPS += $(patsubst %.c,$(OBJ)/%.d,tests/unit/harness.c $(2))
endef

include $(filter-out %/part.mk,$(wildcard tests/unit/*.mk))

# Each test writes "NAME PASSED FAILED" to its .count; one that dies writes none,
# and no .count is a failure.
.PHONY: check-unit
check-unit: $(UNIT_TESTS) ## run the unit tests and sum them up
	@mkdir -p $(BUILD)/tests; rm -f $(patsubst $(BUILD)/tests/unit/%,$(BUILD)/tests/%.count,$(UNIT_TESTS))
	@failed=0; \
	for t in $(UNIT_TESTS); do \
		name=$$(basename $$t); echo "== $$name"; \
		AG_COUNT=$(BUILD)/tests/$$name.count $(UNIT_WRAPPER) $$t || failed=1; \
		[ -s $(BUILD)/tests/$$name.count ] || { echo "$$name 0 1" >$(BUILD)/tests/$$name.count; failed=1; }; \
	done; \
	awk '{ printf "%-28s %d passed, %d failed\n", $$1, $$2, $$3; p += $$2; f += $$3 } \
	     END { printf "%-28s %d passed, %d failed\n", "unit tests in all", p, f; exit f != 0 }' \
	    $(patsubst $(BUILD)/tests/unit/%,$(BUILD)/tests/%.count,$(UNIT_TESTS)) || failed=1; \
	exit $$failed
