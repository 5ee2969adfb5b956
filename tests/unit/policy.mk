# SPDX-License-Identifier: MIT
# Unit tests of policy/.
$(eval $(call unit_test,check_policy_check,tests/unit/check_policy_check.c core/check.c,))
# Includes core/eval.c, to count its probes.
$(eval $(call unit_test,check_policy_eval,tests/unit/check_policy_eval.c core/check.c,))
$(eval $(call unit_test,check_policy_text,tests/unit/check_policy_text.c \
  core/check.c $(POLICY_TEXT),$(CRYPTO_LIBS)))
$(eval $(call unit_test,check_policy_tool,tests/unit/check_policy_tool.c tests/unit/policy_tree.c lib/cms.c \
  $(POLICY_CORE) $(POLICY_TEXT) $(POLICY_TOOL),-llzma $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_policy_file,tests/unit/check_policy_file.c tests/unit/policy_tree.c lib/cms.c \
  policy/file.c policy/output.c policy/vendor_keys.c policy/verity.c,$(CRYPTO_LIBS)))
# Runs the program itself.
$(eval $(call unit_test,check_policy_cli,tests/unit/check_policy_cli.c,))
check-unit: $(BIN)/atmguard-policy
check-unit: export AG_POLICY := $(abspath $(BIN)/atmguard-policy)
