# SPDX-License-Identifier: MIT
# The vendor's tool, and the checks the kernel shares with it.

# Also compiled into the module; pure.
POLICY_CORE := core/check.c core/eval.c
# Text to binary, no I/O; what the unit tests and fuzzers hold.
POLICY_TEXT := policy/words.c lib/names.c policy/model.c policy/value.c policy/text.c \
               policy/text_write.c policy/compile.c
POLICY_TOOL := policy/file.c policy/keys.c policy/elf_file.c policy/doors.c policy/rules.c \
               policy/scan.c policy/unpack.c policy/verity.c policy/lint.c

$(eval $(call program,atmguard-policy,$(POLICY_CORE) $(POLICY_TEXT) $(POLICY_TOOL) lib/cms.c \
  policy/command.c policy/main.c policy/cmd_build.c policy/cmd_compile.c policy/cmd_sign.c \
  policy/cmd_show.c policy/cmd_diff.c,-llzma $(CRYPTO_LIBS)))
