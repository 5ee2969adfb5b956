#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes build/rivals/fapolicyd/fapolicyd.tar of Debian's packages, by which a guest gets fapolicyd, a rival protection.
#
# In it are its package and what that needs beyond the guest's own.  Where the
# release has no such package, a file "none" says so.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/machine/archive.sh
. packaging/machine/archive.sh

build=${BUILD:-build}
out=$build/rivals/fapolicyd
codename=$(archive_codename)
part=$out.part

rm -rf "$part"
mkdir -p "$part/apt"
archive_sources "$codename" >"$part/apt/sources.list"
# As apt sees it, the guest's packages are installed.
tar -xOf "$build/rootfs/base.tar" ./var/lib/dpkg/status >"$part/apt/status"
archive_open "$part/apt"
if [ -n "$(archive_cache madison fapolicyd)" ]; then
	archive_apt -q -y --no-install-recommends --download-only install fapolicyd >&2
	for deb in "$part"/apt/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$part/tree"
	done
	rm -rf "$part"/tree/usr/share/{doc,man}
	# In the guest /lib is a link.
	if [ -d "$part/tree/lib" ]; then
		cp -r "$part/tree/lib" "$part/tree/usr/"
		rm -r "$part/tree/lib"
	fi
	tar -C "$part/tree" --owner=0 --group=0 -cf "$part/fapolicyd.tar" etc usr
	dpkg-deb -f "$part"/apt/cache/archives/fapolicyd_*.deb Version >"$part/version"
	echo "fapolicyd: $(cat "$part/version") of $codename"
else
	echo "Debian's $codename has no package fapolicyd" >"$part/none"
	echo "fapolicyd: $(cat "$part/none")"
fi
rm -rf "$part/apt" "$part/tree" "$out"
mv "$part" "$out"
touch "$out/stamp"
