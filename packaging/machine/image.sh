#!/bin/bash
# SPDX-License-Identifier: MIT
# Puts the guest together for one kernel: build/images/KERNEL/{root.img,initrd.img,initrd-stock.img}.
#
# usage: image.sh KERNEL [OVERLAY]           (as root)
# What OVERLAY/install adds to the tree and OVERLAY/policy.rules to the policy
# belongs to whoever wants the machine; without, it is a Debian with atmguard.
# The unprotected guest is the same disk, started with initrd-stock.img; what
# is atmguard's in it then lies idle or fails to start.
set -euo pipefail
cd "$(dirname "$0")/../.."

kernel=${1:?usage: image.sh KERNEL [OVERLAY]} overlay=${2:-}
build=${BUILD:-build}
out=$build/images/$kernel
version=$(cat "$build/kernel/$kernel/release")
# The identity of the boot medium: the signed identity and the initramfs name it.
uuid=$(cat packaging/machine/root-uuid)
atm=00012345
size=1536M
tree=$build/rootfs/tree-$kernel

say() { printf 'image %s: %s\n' "$kernel" "$*"; }

# atmguard's own programs, units and accounts.
install_programs() {
	make -s install DESTDIR="$tree"
	chroot "$tree" systemd-sysusers
	mkdir -p "$tree/etc/systemd/system/multi-user.target.wants"
	ln -sf /lib/systemd/system/atmguardd.service \
		"$tree/etc/systemd/system/multi-user.target.wants/atmguardd.service"
	ln -sf /lib/systemd/system/atmguard-maint@.service \
		"$tree/etc/systemd/system/multi-user.target.wants/atmguard-maint@ttyS3.service"
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
	mke2fs -q -t ext4 -O verity -U "$uuid" -L atm -E root_owner=0:0,hash_seed="$uuid" -m 0 \
		-d "$tree" "$out/root.img.part" "$size"
	mv "$out/root.img.part" "$out/root.img"
}

[ "$(id -u)" = 0 ] || { say "needs root, to own the files in the guest" >&2; exit 1; }
say "unpacking the tree"
unpack
install_programs
rules=(packaging/machine/policy.rules)
if [ -n "$overlay" ]; then
	"$overlay/install" "$tree"
	rules+=("$overlay/policy.rules")
fi
packaging/machine/policy.sh "$tree" "$out/policy.txt" "${rules[@]}"
packaging/machine/enrol.sh "$tree" "$atm"
say "making the disk"
make_disk >/dev/null
rm -rf "$tree"
packaging/machine/initrd.sh "$kernel" stock
packaging/machine/initrd.sh "$kernel" protected
say "$out is ready"
