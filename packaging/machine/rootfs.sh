#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes the guest's Debian root file system, without kernel and without atmguard, as build/rootfs/base.tar.
#
# It has the release of the host, so that programs built here run there.  All
# that is not wanted in an ATM controller's test guest stays out or is masked,
# for under emulation each service costs boot time.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/machine/archive.sh
. packaging/machine/archive.sh

out=${BUILD:-build}/rootfs/base.tar
codename=$(archive_codename)

packages=(
	systemd systemd-sysv udev kmod mount util-linux procps iproute2 login passwd
	perl-base python3-minimal
	cron logrotate rsyslog locales ifupdown apt luajit	# what a controller does from day to day
	openssl libseccomp2 libncursesw6 ncurses-base	# what our programs need
)
# packages whose names carry a library's number, which differs between releases
case $codename in
bookworm) packages+=(libssl3 libcurl4 libjansson4 libevent-2.1-7 libsqlite3-0) ;;
trixie) packages+=(libssl3t64 libcurl4t64 libjansson4 libevent-2.1-7t64 libsqlite3-0) ;;
*) echo "rootfs: this host runs $codename; Debian 12 or 13 is needed" >&2; exit 1 ;;
esac

# units which do nothing for a machine that lives a minute
masked=(
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer
	e2scrub_reap.service fstrim.timer logrotate.timer man-db.timer
	systemd-tmpfiles-clean.timer systemd-timesyncd.service systemd-firstboot.service
	systemd-update-utmp.service systemd-update-utmp-runlevel.service
	systemd-pcrphase.service systemd-pcrphase-sysinit.service
	systemd-hwdb-update.service ldconfig.service systemd-journal-catalog-update.service
	systemd-update-done.service systemd-sysusers.service systemd-binfmt.service systemd-journal-flush.service
	systemd-random-seed.service systemd-boot-random-seed.service systemd-rfkill.socket
	systemd-initctl.socket keyboard-setup.service console-setup.service
	systemd-networkd-wait-online.service systemd-network-generator.service
	dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount
	sys-fs-fuse-connections.mount modprobe@fuse.service modprobe@drm.service
	modprobe@efi_pstore.service modprobe@configfs.service modprobe@dm_mod.service
	modprobe@loop.service sys-kernel-config.mount
	getty.target getty@tty1.service
	proc-sys-fs-binfmt_misc.automount networkd-dispatcher.service
)

mkdir -p "$(dirname "$out")"
trap 'rm -f "$out.$$"' EXIT
list=$(IFS=,; printf '%s' "${packages[*]}")
echo "rootfs: making a minimal $codename"
archive_sources "$codename" |
	mmdebstrap --variant=essential --format=tar --architectures=amd64 \
		--include="$list" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook="packaging/machine/customize \"\$1\" ${masked[*]}" \
		"$codename" "$out.$$" -
mv "$out.$$" "$out"
echo "rootfs: $out, $(du -h "$out" | cut -f1)"
