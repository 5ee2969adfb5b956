// SPDX-License-Identifier: GPL-2.0-only
// All programs as one object, so that they share the verdicts.
#include "control.bpf.h"
#include "exec.bpf.h"
#include "file.bpf.h"
#include "guard.bpf.h"
#include "name.bpf.h"

#include <atmguard/abi.h>

char LICENSE[] SEC("license") = "GPL";
