// SPDX-License-Identifier: GPL-2.0-only
// All programs in one object, so that they share the map of verdicts.
#include "control.bpf.h"
#include "exec.bpf.h"
#include "file.bpf.h"
#include "guard.bpf.h"
#include "name.bpf.h"

#include <atmguard/abi.h>

char LICENSE[] SEC("license") = "GPL";
