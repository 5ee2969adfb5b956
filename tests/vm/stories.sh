#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs stories, each in machines of its own, as many at a time as there are processors for them.
#
# usage: stories.sh PROGRAM…       JOBS=2 by default
# What a story prints goes to build/tests/NAME.log.  Its closing line is shown
# when it ends, with the checks that failed.  A story that dies counts as failed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

tests=${BUILD:-build}/tests
jobs=${JOBS:-2}
# Several times what one takes on a busy host.
limit_s=1200
status=0

# finish NAME STATUS SECONDS
finish() {
	local log=$tests/$1.log count=$tests/$1.count name passed=0 failed=0
	[ ! -e "$count" ] || read -r name passed failed <"$count"
	if [ "$2" != 0 ] && [ "$failed" = 0 ]; then
		failed=1
		tail -n 5 "$log"
		echo "$1: ended with status $2" | tee -a "$log"
	fi
	echo "$1 $passed $failed" >"$count"
	grep -E '^  FAIL|^        \|' "$log"
	echo "$1: $passed passed, $failed failed, $3 s"
	[ "$failed" = 0 ]
}

# story PROGRAM
story() {
	local name start=$SECONDS status=0
	name=$(basename "$1" .py)
	rm -f "$tests/$name.count"
	timeout -k 30 "$limit_s" "$1" >"$tests/$name.log" 2>&1 || status=$?
	finish "$name" "$status" $((SECONDS - start))
}

mkdir -p "$tests"
for program; do
	while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do
		wait -n || status=1
	done
	story "$program" &
done
while [ -n "$(jobs -p)" ]; do
	wait -n || status=1
done
exit "$status"
