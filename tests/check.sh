#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs every test of `make check` and closes with one line: N passed, N failed.
#
# Each part leaves build/tests/NAME.count ("NAME PASSED FAILED"); a part that
# ends badly without one counts as a failure of its own.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
export BUILD=$build

rm -f "$build"/tests/*.count
mkdir -p "$build/tests"
began=$SECONDS

# part NAME TARGET…: one make, its seconds, and a count of its own if it left none.
part() {
	local name=$1 start=$SECONDS status=0
	shift
	echo "== $name"
	make --no-print-directory WERROR=1 "$@" || status=$?
	[ "$status" = 0 ] || grep -qs ' [0-9]* [1-9]' "$build"/tests/*.count || echo "$name 0 1" >"$build/tests/$name.count"
	echo "== $name: status $status, $((SECONDS - start)) s"
}

part build all images
part tree check-tree
part unit check-unit
part fuzz fuzz FUZZ_SECONDS=5
part center check-center
part agent check-agent check-agent-center
part vm check-vm

echo "== all parts, $((SECONDS - began)) s"
cat "$build"/tests/*.count | awk '
	{ passed += $2; failed += $3; if ($3) print "failed: " $1 " (" $3 ")" }
	END { printf "%d passed, %d failed\n", passed, failed; exit failed != 0 || passed == 0 }'
