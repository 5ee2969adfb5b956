#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs the Debian packages that building and testing atmguard needs, if they are missing.
#
# Works on Debian 12 and 13, as root or with sudo.  A second run finds its
# stamp and ends at once; the stamp is renewed when this file changes.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=${BUILD:-build}/setup.stamp

packages=(
	gcc make clang llvm libclang-rt-dev pkg-config		# compilers, sanitizers
	libbpf-dev libelf-dev zlib1g-dev bpftool dwarves	# BPF
	liblzma-dev				# unpacking kernel modules
	libseccomp-dev libssl-dev libcurl4-openssl-dev libevent-dev	# agent, center
	libjansson-dev libsqlite3-dev libncurses-dev openssl
	check python3 python3-pyte python3-pyflakes curl socat tmux shellcheck sparse cppcheck clang-tidy	# tests
	qemu-system-x86 qemu-utils mmdebstrap e2fsprogs dosfstools mtools fdisk	# machines
	busybox-static cpio kmod zstd xz-utils		# initramfs
	ca-certificates debian-archive-keyring
)

say() { printf 'setup: %s\n' "$*"; }

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing() {
	local package
	for package in "${packages[@]}"; do
		is_installed "$package" || printf '%s\n' "$package"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

if [ -e "$stamp" ] && [ "$stamp" -nt "$0" ]; then
	say "done before (remove $stamp to check again)"
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	say "this is for Debian 12 and 13; elsewhere install by hand what $0 lists" >&2
	exit 1
fi
mapfile -t want < <(missing)
if [ ${#want[@]} -gt 0 ]; then
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		say "${#want[@]} packages are missing; run this as root: apt-get install ${want[*]}" >&2
		exit 1
	fi
	say "installing ${#want[@]} packages: ${want[*]}"
	as_root apt-get -q update
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${want[@]}"
else
	say "every package is installed"
fi
mkdir -p "$(dirname "$stamp")"
touch "$stamp"
