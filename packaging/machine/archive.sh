# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Debian's archive as this host reaches it, with an apt configuration of our own (to be sourced).
#
# The mirrors' addresses come from the host's apt; nothing of the host's apt
# state is changed, and no privilege is needed.

DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# archive_codename: of the release this host runs, as "bookworm".
archive_codename() {
	(. /etc/os-release && printf '%s\n' "$VERSION_CODENAME")
}

# archive_uri LABEL: address of the mirror of "Debian" or "Debian-Security".
archive_uri() {
	local uri
	# shellcheck disable=SC2016 # for apt to expand
	uri=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		sed -n "s/^$1|//p" | head -n 1)
	if [ -z "$uri" ]; then
		echo "archive: apt on this host knows no mirror of $1 (apt-get update?)" >&2
		return 1
	fi
	printf '%s\n' "$uri"
}

# archive_sources CODENAME: sources.list lines of a release with its updates.
archive_sources() {
	local debian security signed="[signed-by=$DEBIAN_KEYRING]"
	debian=$(archive_uri Debian) || return 1
	security=$(archive_uri Debian-Security) || return 1
	printf 'deb %s %s %s main\n' \
		"$signed" "$debian" "$1" \
		"$signed" "$debian" "$1-updates" \
		"$signed" "$security" "$1-security"
}

# archive_open DIR: makes a private apt in DIR from DIR/sources.list; afterwards
# archive_apt and archive_cache run apt-get and apt-cache in it.
archive_open() {
	local dir
	dir=$(realpath "$1")
	mkdir -p "$dir"/{etc/preferences.d,etc/apt.conf.d,state/lists/partial,cache/archives/partial}
	touch "$dir/status"
	archive_options=(
		-o "Dir::Etc=$dir/etc"
		-o "Dir::Etc::sourcelist=$dir/sources.list"
		-o "Dir::Etc::sourceparts=-"
		-o "Dir::State=$dir/state"
		-o "Dir::State::status=$dir/status"
		-o "Dir::Cache=$dir/cache"
		-o "APT::Architecture=amd64"
		-o "APT::Architectures=amd64"
		-o "APT::Sandbox::User="
		-o "Acquire::Languages=none"
	)
	# Whatever the host needs to reach its mirror (a proxy, say) holds here too.
	apt-config dump | grep -E '^Acquire::(http|https|Retries)' >"$dir/etc/apt.conf.d/host" || true
	archive_apt -q update >&2
}

archive_apt() { apt-get "${archive_options[@]}" "$@"; }
archive_cache() { apt-cache "${archive_options[@]}" "$@"; }
