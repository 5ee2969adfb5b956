#!/bin/bash
# SPDX-License-Identifier: MIT
# Fetches a stock Debian kernel with its headers into build/kernel/NAME, installing nothing on the host.
#
# NAME is 6.12 (Debian 13's kernel; on Debian 12 it is in the security suite)
# or newest (of Debian 13's backports); what is there already stays unless a
# second argument says --again.  Left behind in build/kernel/NAME:
#   release      the version string
#   vmlinuz      the image
#   modules/     lib/modules/VERSION with depmod's tables
#   headers/     what `make -C` wants for an external module      (6.12)
#   root/        a Debian 13 root with headers and compiler       (newest)
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/machine/archive.sh
. packaging/machine/archive.sh

name=${1:-}
dir=$(realpath -m "${BUILD:-build}/kernel/$name")

say() { printf 'kernel %s: %s\n' "$name" "$*"; }

# depends PACKAGE PATTERN: the packages PACKAGE depends on whose name fits.
depends() {
	archive_cache show --no-all-versions "$1" | sed -n 's/^\(Pre-\)\?Depends: //p' |
		tr ',' '\n' | sed 's/^ *//; s/[ (:|].*//' | { grep -E -- "$2" || true; }
}

# fetch PACKAGE…: their .deb files into $dir/deb, each unpacked into $dir/unpacked.
fetch() {
	local package
	say "fetching $*"
	mkdir -p "$dir/deb" "$dir/unpacked"
	(cd "$dir/deb" && archive_apt -q download "$@")
	for package; do
		dpkg-deb -x "$dir/deb/${package}"_*.deb "$dir/unpacked"
	done
}

# place_image VERSION: vmlinuz and modules out of the unpacked packages.
place_image() {
	local modules=$dir/unpacked/lib/modules/$1
	[ -d "$modules" ] || modules=$dir/unpacked/usr/lib/modules/$1
	local image=$dir/unpacked/boot/vmlinuz-$1
	[ -e "$image" ] || image=$modules/vmlinuz
	install -D -m 0644 "$image" "$dir/vmlinuz"
	mkdir -p "$dir/modules/lib/modules"
	rm -rf "$dir/modules/lib/modules/$1"
	mv "$modules" "$dir/modules/lib/modules/"
	rm -f "$dir/modules/lib/modules/$1"/{build,source}
	depmod -b "$dir/modules" "$1"
}

# relocate VERSION: the headers name their other half by its absolute place;
# name it from where the Makefile lies.
relocate() {
	local arch=$dir/unpacked/usr/src/linux-headers-$1
	# shellcheck disable=SC2016 # for make to expand
	sed -i 's#^include /usr/src/#include $(dir $(lastword $(MAKEFILE_LIST)))../#' "$arch/Makefile"
	if grep -q '[ =]/usr/' "$arch/Makefile" || [ -n "$(find "$dir/unpacked/usr" -type l -lname '/*')" ]; then
		say "the headers still name places outside of $dir" >&2
		return 1
	fi
	ln -sfn "unpacked/usr/src/linux-headers-$1" "$dir/headers"
}

fetch_6_12() {
	local codename image headers
	codename=$(archive_codename)
	case $codename in
		bookworm) image=linux-image-6.12-amd64 headers=linux-headers-6.12-amd64 ;;
		trixie) image=linux-image-amd64 headers=linux-headers-amd64 ;;
		*) say "this host runs $codename; Debian 12 or 13 is needed" >&2; return 1 ;;
	esac
	archive_sources "$codename" >"$dir/apt/sources.list"
	archive_open "$dir/apt"
	image=$(depends "$image" '^linux-image-')
	headers=$(depends "$headers" '^linux-headers-')
	version=${image#linux-image-}
	# shellcheck disable=SC2046 # one word a package
	fetch "$image" "$headers" $(depends "$headers" '^linux-(headers-.*-common|kbuild-)')
	place_image "$version"
	relocate "${headers#linux-headers-}"
}

# build_root VERSION: the Debian 13 root in which modules for that kernel are built.
build_root() {
	say "making a Debian 13 root with the compiler and the headers"
	rm -rf "$dir/root"
	mmdebstrap --quiet --variant=essential --architectures=amd64 \
		--include="linux-headers-$1,gcc-14,binutils,make,pahole" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		trixie "$dir/root" - <"$dir/apt/sources.list"
}

fetch_newest() {
	local image debian
	debian=$(archive_uri Debian)
	{
		archive_sources trixie
		printf 'deb [signed-by=%s] %s trixie-backports main\n' "$DEBIAN_KEYRING" "$debian"
	} >"$dir/apt/sources.list"
	archive_open "$dir/apt"
	archive_options+=(-o "APT::Default-Release=trixie-backports")
	image=$(depends linux-image-amd64 '^linux-image-')
	version=${image#linux-image-}
	# 7.x splits the image: linux-image only depends on the parts
	# shellcheck disable=SC2046 # one word a package
	fetch "$image" $(depends "$image" '^linux-(base|binary|modules)-')
	place_image "$version"
	build_root "$version"
}

case $name in
6.12) fetch=fetch_6_12 ;;
newest) fetch=fetch_newest ;;
*) echo "usage: kernel.sh 6.12|newest" >&2; exit 2 ;;
esac

# Several checkouts may share one build/kernel: one of us fetches, into a place
# of its own, and what others use is replaced as a whole.
mkdir -p "$(dirname "$dir")"
final=$dir
exec 9>"$final.lock"
flock -n 9 || { say "waiting for another run"; flock 9; }
if [ -e "$final/release" ] && [ "${2:-}" != --again ]; then
	say "is there already (kernel.sh $name --again fetches it anew)"
	exit 0
fi
dir=$final.part
rm -rf "$dir"
mkdir -p "$dir/apt"
version=
"$fetch"
rm -rf "$dir/deb" "$dir/apt"
printf '%s\n' "$version" >"$dir/release"
rm -rf "$final"
mv "$dir" "$final"
say "is $version"
