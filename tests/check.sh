#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs every test of `make check` and closes with one line: N passed, N failed.
#
# usage: check.sh [all]   with all: of `make check-all`, which takes hours more
#
# Each part leaves build/tests/NAME.count ("NAME PASSED FAILED"), or its output
# is counted here; a part that ends badly without a failure of its own counts
# as one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
build=${BUILD:-build}
export BUILD=$build
counts=$build/tests

rm -f "$counts"/*.count
mkdir -p "$counts"

failures() { cat "$counts"/*.count 2>/dev/null | awk '{ n += $3 } END { print n + 0 }'; }

# part NAME TARGET…: one make; says how long it took.
part() {
	local name=$1 start=$SECONDS before status=0
	shift
	before=$(failures)
	echo "== $name"
	make --no-print-directory WERROR=1 "$@" || status=$?
	[ "$status" = 0 ] || [ "$(failures)" -gt "$before" ] || echo "$name 0 1" >"$counts/$name.count"
	echo "== $name: status $status, $((SECONDS - start)) s"
}

# counted NAME PASSED FAILED TARGET…: a part whose output has a line for each
# test, matched by the two expressions.
counted() {
	local name=$1 passed=$2 failed=$3 status
	shift 3
	echo "== $name"
	make --no-print-directory WERROR=1 "$@" 2>&1 | tee "$counts/$name.log"
	status=${PIPESTATUS[0]}
	passed=$(grep -cE "$passed" "$counts/$name.log")
	failed=$(grep -cE "$failed" "$counts/$name.log")
	[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1
	echo "$name $passed $failed" >"$counts/$name.count"
}

part build all images
part tree check-tree
part unit check-unit
counted fuzz 'inputs, nothing found$' ': FAILED$' fuzz FUZZ_SECONDS=5
counted center '^ok ' '^FAILED ' check-center
counted agent '^ok ' '^FAILED ' check-agent check-agent-center check-screen
part vm check-vm
part attacks attacks
part named check-named
if [ "${1:-}" = all ]; then
	part vm-newest check-vm KERNEL=newest
	counted fuzz-long 'inputs, nothing found$' ': FAILED$' fuzz FUZZ_SECONDS=300
	part stress check-stress
	part attacks-newest attacks KERNEL=newest
fi

echo "== all parts, $SECONDS s"
cat "$counts"/*.count | awk '
	{ passed += $2; failed += $3; if ($3) print "failed: " $1 " (" $3 ")" }
	END { printf "%d passed, %d failed\n", passed, failed; exit failed != 0 || passed == 0 }'
