#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes the initramfs of a kernel: initrd.img with the guard, or initrd-stock.img without any of it.
#
# usage: initrd.sh KERNEL protected|stock
# The protected one needs build/kmod/KERNEL/atmguard.ko and build/bin/atmguard-load.
set -euo pipefail
cd "$(dirname "$0")/../.."

kernel=${1:?usage: initrd.sh KERNEL protected|stock} kind=${2:?usage: initrd.sh KERNEL protected|stock}
build=${BUILD:-build}
version=$(cat "$build/kernel/$kernel/release")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# add_modules ORDER NAME…: with what they need, unpacked, and the order to insert them.
add_modules() {
	local name line file order=$1
	shift
	for name; do
		modprobe -d "$build/kernel/$kernel/modules" -S "$version" --show-depends "$name"
	done | while read -r line; do
		case $line in insmod*) ;; *) continue ;; esac
		file=$(basename "${line#insmod }")
		file=${file% }
		[ ! -e "$tree/lib/modules/${file%.xz}" ] || continue
		case $file in
		*.xz) xz -dc "$(printf '%s' "${line#insmod }" | sed 's/ *$//')" >"$tree/lib/modules/${file%.xz}" ;;
		*) cp "$(printf '%s' "${line#insmod }" | sed 's/ *$//')" "$tree/lib/modules/$file" ;;
		esac
		echo "${file%.xz}" >>"$tree/lib/modules/$order"
	done
}

# add_libraries PROGRAM: the shared libraries it needs, where it looks for them.
add_libraries() {
	ldd "$1" | grep -o '/[^ ]*' | while read -r file; do
		install -D -m 0755 "$file" "$tree$file"
	done
}

mkdir -p "$tree"/{bin,sbin,dev,proc,run,sys,root,lib/modules,lib/atmguard}
install -m 0755 "$(command -v busybox)" "$tree/bin/busybox"
for applet in sh mount umount insmod switch_root poweroff sleep usleep; do
	ln -s busybox "$tree/bin/$applet"
done
install -m 0644 packaging/machine/initrd/boot.sh "$tree/lib/boot.sh"
add_modules order virtio_pci virtio_blk virtio_console crc32c ext4
case $kind in
protected)
	add_modules guard usbcore
	# Before 6.17 the fast SHA-256 is a driver; later kernels have it built in.
	: >"$tree/lib/modules/hash"
	if modinfo -b "$build/kernel/$kernel/modules" -k "$version" sha256_ssse3 >/dev/null 2>&1; then
		add_modules hash sha256_ssse3
	fi
	install -m 0755 packaging/machine/initrd/init "$tree/init"
	install -s -m 0755 "$build/bin/atmguard-load" "$tree/bin/atmguard-load"
	add_libraries "$build/bin/atmguard-load"
	install -m 0644 "$build/kmod/$kernel/atmguard.ko" "$tree/lib/atmguard/atmguard.ko"
	out=$build/images/$kernel/initrd.img
	;;
stock)
	install -m 0755 packaging/machine/initrd/init-stock "$tree/init"
	out=$build/images/$kernel/initrd-stock.img
	;;
*) echo "initrd: $kind is neither protected nor stock" >&2; exit 2 ;;
esac
mkdir -p "$(dirname "$out")"
(cd "$tree" && find . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0) |
	zstd -q -9 -f -o "$out"
echo "initrd: $out"
