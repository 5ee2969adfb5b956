#!/bin/bash
# SPDX-License-Identifier: MIT
# Puts the guest together for one kernel: build/images/KERNEL/{root.img,initrd.img,initrd-stock.img}.
#
# usage: image.sh KERNEL           (as root)
# The unprotected guest is the same disk, started with initrd-stock.img; what
# is atmguard's in it then lies idle or fails to start.
set -euo pipefail
cd "$(dirname "$0")/../.."

kernel=${1:?usage: image.sh KERNEL}
build=${BUILD:-build}
out=$build/images/$kernel
version=$(cat "$build/kernel/$kernel/release")
# The identity of the boot medium: the signed identity and the initramfs name it.
uuid=a7a7a7a7-0000-4000-8000-00000000a7a7
size=1536M
tree=$build/rootfs/tree-$kernel

say() { printf 'image %s: %s\n' "$kernel" "$*"; }

# Programs and units of the tests themselves.
install_tests() {
	install -D -m 0755 "$build/bin/hand" "$tree/usr/lib/atmguard-tests/hand"
	install -D -m 0644 tests/vm/guest/hand.service "$tree/etc/systemd/system/hand.service"
	mkdir -p "$tree/etc/systemd/system/sysinit.target.wants" "$tree/attack"
	ln -sf ../hand.service "$tree/etc/systemd/system/sysinit.target.wants/hand.service"
}

# atmguard's own programs, units and accounts.
install_programs() {
	[ -x "$build/bin/atmguardd" ] || { say "atmguardd is not built: left out"; return 0; }
	make -s install DESTDIR="$tree"
}

# The signed policy over the finished tree.
make_policy() {
	[ -x "$build/bin/atmguard-policy" ] || { say "atmguard-policy is not built: no policy"; return 0; }
	tests/vm/policy.sh "$tree" "$out/policy.txt"
}

# The identity, signed by a center which the ATM is enrolled at.
enrol() {
	[ -x "$build/bin/atmcenterd" ] || { say "atmcenterd is not built: not enrolled"; return 0; }
	tests/vm/enrol.sh "$tree" "$uuid"
}

unpack() {
	rm -rf "$tree"
	mkdir -p "$tree" "$out"
	tar -C "$tree" --numeric-owner -xpf "$build/rootfs/base.tar"
	mkdir -p "$tree/lib/modules"
	cp -a "$build/kernel/$kernel/modules/lib/modules/$version" "$tree/lib/modules/"
	chown -R 0:0 "$tree/lib/modules/$version"
	# A fixed number spares the guest what systemd does at a first boot.
	echo a7a7a7a7000040008000000000000001 >"$tree/etc/machine-id"
}

make_disk() {
	rm -f "$out/root.img.part"
	mke2fs -q -t ext4 -U "$uuid" -L atm -E root_owner=0:0,hash_seed="$uuid" -m 0 \
		-d "$tree" "$out/root.img.part" "$size"
	mv "$out/root.img.part" "$out/root.img"
}

[ "$(id -u)" = 0 ] || { say "needs root, to own the files in the guest" >&2; exit 1; }
say "unpacking the tree"
unpack
install_programs
install_tests
make_policy
enrol
say "making the disk"
make_disk >/dev/null
rm -rf "$tree"
tests/vm/initrd.sh "$kernel" stock
if [ -x "$build/bin/atmguard-load" ] && [ -e "$build/kmod/$kernel/atmguard.ko" ]; then
	tests/vm/initrd.sh "$kernel" protected
else
	say "no guard is built for this kernel: only the unprotected machine boots"
fi
say "$out is ready"
