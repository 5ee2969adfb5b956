# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What both initramfs do: kernel file systems, modules of the root disk, the root disk (sourced by /init).

# stop WHY: says so on the console, and switches off.
stop() {
	echo "initramfs: $1" >/dev/console
	poweroff -f
	exit 1
}

insert_modules() {
	while read -r module; do
		insmod "/lib/modules/$module" || stop "module $module cannot be inserted"
	done </lib/modules/order
}

mount_root() {
	# The bound is generous, for the machine is emulated; virtio disks are there at once.
	tries=200
	until mount -t ext4 -o ro UUID=a7a7a7a7-0000-4000-8000-00000000a7a7 /root 2>/dev/null; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || stop "no root file system"
		usleep 50000
	done
}

export PATH=/sbin:/bin
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mount -t tmpfs -o mode=0755,nosuid,nodev,size=20% tmpfs /run
mount -t devtmpfs -o mode=0755,nosuid devtmpfs /dev
