// SPDX-License-Identifier: GPL-2.0-only
// The policy parser and evaluator, the same source as in user space.
#include "../policy/check.c"
#include "../policy/eval.c"
