# SPDX-License-Identifier: MIT
# Fuzzers of policy/.
$(eval $(call fuzz_test,fuzz_policy_check,tests/fuzz/fuzz_policy_check.c $(POLICY_CORE),))
$(eval $(call fuzz_test,fuzz_policy_text,tests/fuzz/fuzz_policy_text.c \
  core/check.c policy/rules.c $(POLICY_TEXT),$(CRYPTO_LIBS)))
$(eval $(call fuzz_test,fuzz_policy_elf,tests/fuzz/fuzz_policy_elf.c policy/elf_file.c,))
