#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs every test of `make check` and closes with one line: N passed, N failed.
#
# usage: check.sh [all]   with all: of `make check-all`, which takes hours more
#
# Each part leaves build/tests/NAME.count ("NAME PASSED FAILED"), or its output
# is counted here; a part that ends badly without a failure of its own counts
# as one.  What each took is in build/tests/took, and as a table at the end.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
build=${BUILD:-build}
export BUILD=$build
counts=$build/tests
jobs=-j$(nproc)
# Of bash's `time`: what a part took, as its line in build/tests/took has it.
export LC_NUMERIC=C
TIMEFORMAT='%R %U %S'

rm -f "$counts"/*.{count,status} "$counts"/took
mkdir -p "$counts"

failures() { cat "$counts"/*.count 2>/dev/null | awk '{ n += $3 } END { print n + 0 }'; }

# took NAME COMMAND…: runs it, and notes and says how long it took.
took() {
	local name=$1 status=0
	shift
	echo "== $name"
	{ time "$@" 2>&3; } 3>&2 2>"$counts/$name.time" || status=$?
	awk -v name="$name" '{ printf "{\"part\": \"%s\", \"wall_s\": %s, \"processor_s\": %s}\n", name, $1, $2 + $3 }' \
		"$counts/$name.time" >>"$counts/took"
	echo "== $name: status $status, $(cut -d. -f1 "$counts/$name.time") s"
	rm "$counts/$name.time"
	return "$status"
}

targets() { make --no-print-directory WERROR=1 "$@"; }

# part NAME TARGET…: one make.
part() {
	local name=$1 before status=0
	shift
	before=$(failures)
	took "$name" targets "$@" || status=$?
	[ "$status" = 0 ] || [ "$(failures)" -gt "$before" ] || echo "$name 0 1" >"$counts/$name.count"
}

# aside NAME TARGET…: a make beside the parts that follow; joined NAME waits for
# it and shows what it said.  It has no tests of its own: a bad end is a failure.
aside() {
	{
		took "$1" targets "${@:2}"
		echo $? >"$counts/$1.status"
	} >"$counts/$1.log" 2>&1 &
}
joined() {
	wait
	cat "$counts/$1.log"
	[ "$(cat "$counts/$1.status")" = 0 ] || echo "$1 0 1" >"$counts/$1.count"
}

logged() { targets "${@:2}" 2>&1 | tee "$counts/$1.log"; }

# counted NAME PASSED FAILED TARGET…: a part whose output has a line for each
# test, matched by the two expressions.
counted() {
	local name=$1 passed=$2 failed=$3 status=0
	shift 3
	took "$name" logged "$name" "$@" || status=$?
	passed=$(grep -cE "$passed" "$counts/$name.log")
	failed=$(grep -cE "$failed" "$counts/$name.log")
	[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
	echo "$name $passed $failed" >"$counts/$name.count"
}

part build "$jobs" -O all kmod guest-programs
# Mostly waits for the archive and for one processor.
aside images images
part tree check-tree
part unit "$jobs" check-unit
# Each has centers and agents of its own, and waits most of its time.
counted host '^ok ' '^FAILED ' "$jobs" -O check-agent check-center check-agent-center check-screen
joined images
counted fuzz 'inputs, nothing found$' ': FAILED$' "$jobs" -O fuzz FUZZ_SECONDS=5
part vm check-vm
part attacks attacks
part named check-named
if [ "${1:-}" = all ]; then
	part vm-newest check-vm KERNEL=newest
	counted fuzz-long 'inputs, nothing found$' ': FAILED$' "$jobs" -O fuzz FUZZ_SECONDS=300
	part stress check-stress
	part attacks-newest attacks KERNEL=newest
fi

tests/run times
echo "== all parts, $SECONDS s"
cat "$counts"/*.count | awk '
	{ passed += $2; failed += $3; if ($3) print "failed: " $1 " (" $3 ")" }
	END { printf "%d passed, %d failed\n", passed, failed; exit failed != 0 || passed == 0 }'
