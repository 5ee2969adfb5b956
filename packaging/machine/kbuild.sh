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
	echo "kbuild: $kernel is not there; run packaging/machine/kernel.sh" >&2
	exit 1
fi
if [ -e "$kernel/headers" ]; then
	exec make -C "$kernel/headers" M="$src" "$@" modules
fi

# The newest kernel's headers want a compiler this host may not have: build in
# the Debian 13 root.  The tree and the module appear there at their own
# places; the mounts are seen by this process only.
version=$(cat "$kernel/release")
export kernel root src version
# shellcheck disable=SC2016 # for the inner shell
exec unshare --mount --pid --fork bash -ec '
	mount -t proc proc "$kernel/root/proc"
	mount --bind /dev "$kernel/root/dev"
	for dir in "$root" "$src"; do
		mkdir -p "$kernel/root$dir"
		mount --rbind "$dir" "$kernel/root$dir"
	done
	exec chroot "$kernel/root" make -C "/lib/modules/$version/build" M="$src" "$@" modules
' kbuild "$@"
