# SPDX-License-Identifier: MIT
# User-space code that more than one part uses.
CRYPTO_LIBS := -lcrypto
