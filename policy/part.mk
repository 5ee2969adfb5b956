# SPDX-License-Identifier: MIT
# The vendor's tool, and the checks the kernel shares with it.
POLICY_CORE := policy/check.c policy/eval.c
