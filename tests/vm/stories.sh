#!/bin/bash
# SPDX-License-Identifier: MIT
# Tells the demo and every story, two at a time; shows what each came to.
#
# The whole output of each is in build/tests/NAME.log; a story that dies, with
# or without a count, has failed at least once.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
counts=${BUILD:-build}/tests
# Several times what one takes on a busy host.
limit_s=1200
mkdir -p "$counts"

tell() {
	local name count passed=0 failed=0 status=0 start=$SECONDS
	name=$(basename "$1" .py)
	count=$counts/$name.count
	rm -f "$count"
	timeout -k 30 "$limit_s" "$1" >"$counts/$name.log" 2>&1 || status=$?
	[ ! -s "$count" ] || read -r _ passed failed <"$count"
	if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
		failed=1
		tail -n 20 "$counts/$name.log"
		echo "$name: ended with status $status"
	fi
	echo "$name $passed $failed" >"$count"
	grep -E '^  FAIL|^        \|' "$counts/$name.log"
	echo "$name: $passed passed, $failed failed, $((SECONDS - start)) s"
	[ "$failed" = 0 ]
}
export -f tell
export counts limit_s

# The longest first, so that both processors are busy to the end.
printf '%s\n' tests/vm/stories/failures.py tests/demo/demo.py tests/vm/stories/[!f]*.py |
	while read -r story; do [ ! -x "$story" ] || echo "$story"; done |
	xargs -P 2 -I{} bash -c 'tell {}'
