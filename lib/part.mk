# SPDX-License-Identifier: MIT
# User-space code that more than one part uses.
CRYPTO_LIBS := -lcrypto

# Prints the vocabulary for documents and tests.
$(eval $(call program,names-table,lib/names_table.c lib/names.c,))
