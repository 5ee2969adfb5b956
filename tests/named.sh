#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs every target that `make help` and the documents name and no other part of `make check` does, in short.
#
# shellcheck disable=SC2016,SC2020 # backticks are looked for, blanks become newlines
#
# A target that nobody runs breaks unnoticed.  SHORT=1 asks a long one for its
# smallest size: one row, one story, the smallest policy.  Two run side by side;
# the output of each is in build/tests/named-NUMBER.log.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
build=${BUILD:-build}
export BUILD=$build
counts=$build/tests
SANITIZE='-fsanitize=address,undefined'

# By other parts of `make check`; demo is played by check-vm, check-all is its parts.
elsewhere='help all kmod bpf images setup demo check check-all check-tree check-unit fuzz
	check-center check-agent check-agent-center check-screen check-vm attacks check-named'

# One a line: what follows "make".
in_short() {
	cat <<-EOF
		check-stress SHORT=1
		check-vm KERNEL=newest SHORT=1
		attacks KERNEL=newest SHORT=1
		attacks-rivals SHORT=1
		bench SHORT=1
		bench-rivals SHORT=1
		bench-first SHORT=1
		BUILD=$build/asan CFLAGS="-O1 -g $SANITIZE" LDFLAGS="$SANITIZE" check-unit
		BUILD=$build/clang CC=clang all
		bench-center SHORT=1
		install DESTDIR=$build/tests/installed
		kernel guest-programs doc-tables
		BUILD=$build/tests/cleaned clean
	EOF
}

# Targets that the documents and `make help` name.
named() {
	{
		make --no-print-directory help | awk '/^  make / { print $2 }'
		grep -hoE '(^ +|`)make [^`]*' README.md CONTRIBUTING.md doc/*.md | sed 's/   .*//' |
			tr ' `' '\n\n' | grep -E '^[a-z][a-z-]*$'
	} | grep -vx make | sort -u
}

forgotten() {
	comm -23 <(named) <({ in_short; tr -s ' \t\n' '\n' <<<"$elsewhere"; } | tr ' ' '\n' | sort -u)
}

run() {
	local words=$2 start=$SECONDS log=$counts/named-$1.log
	if eval "make --no-print-directory WERROR=1 $words" >"$log" 2>&1; then
		echo "ok      make $words ($((SECONDS - start)) s)"
	else
		tail -n 30 "$log" | sed 's/^/        | /'
		echo "FAILED  make $words ($((SECONDS - start)) s), whole output in $log"
	fi
}
export -f run
export counts

mkdir -p "$counts"
{
	missing=$(forgotten | paste -sd' ')
	if [ -z "$missing" ]; then
		echo "ok      every target that is named is run"
	else
		echo "FAILED  named, and run by no part of make check: $missing"
	fi
	# What several of them are built from is made once, before they run side by side.
	make --no-print-directory WERROR=1 all images image-newest bench-programs guest-programs >"$counts/named.log" 2>&1 ||
		tail -n 30 "$counts/named.log"
	in_short | nl -s' ' | sed 's/^ *//' |
		xargs -P 2 -d '\n' -I{} bash -c 'line=$1; run "${line%% *}" "${line#* }"' _ {}
} | tee "$counts/named.out"
awk '/^ok / { ok++ } /^FAILED / { bad++ } END { printf "named %d %d\n", ok, bad }' "$counts/named.out" >"$counts/named.count"
! grep -q '^FAILED ' "$counts/named.out"
