#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds an external module's directory against one of the kernels of kernel.sh.
#
# usage: kbuild.sh NAME SRCDIR [MAKE ARGUMENT…]
# The module lies in SRCDIR afterwards, as with any `make M=SRCDIR modules`.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
kernel=$(realpath -m "${BUILD:-$root/build}/kernel/${1:?usage: kbuild.sh NAME SRCDIR [MAKE ARGUMENT…]}")
src=$(realpath "${2:?usage: kbuild.sh NAME SRCDIR [MAKE ARGUMENT…]}")
shift 2

if [ ! -e "$kernel/release" ]; then
	echo "kbuild: $kernel is not there; run tests/vm/kernel.sh" >&2
	exit 1
fi
if [ -e "$kernel/headers" ]; then
	exec make -C "$kernel/headers" M="$src" "$@" modules
fi
echo "kbuild: $kernel has no headers" >&2
exit 1
