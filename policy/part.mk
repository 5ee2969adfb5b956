# SPDX-License-Identifier: MIT
# The vendor's tool, and the checks the kernel shares with it.

# Also compiled into the module; pure.
POLICY_CORE := core/check.c core/eval.c
# Text to binary, no I/O; what the unit tests and fuzzers hold.
POLICY_TEXT := $(addprefix policy/, words.c error.c model.c value.c text.c text_usb.c text_write.c compile.c) \
               lib/names.c
# Files, keys and what is found in them.
POLICY_TOOL := $(addprefix policy/, file.c output.c vendor_keys.c elf_file.c doors.c rules.c scan.c \
               unpack.c verity.c lint.c)

$(eval $(call program,atmguard-policy,$(POLICY_CORE) $(POLICY_TEXT) $(POLICY_TOOL) lib/cms.c \
  policy/command.c policy/main.c $(wildcard policy/cmd_*.c),-llzma $(CRYPTO_LIBS)))
