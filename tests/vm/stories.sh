#!/bin/bash
# SPDX-License-Identifier: MIT
# Tells the demo and every story, two at a time; shows what each came to.
#
# The whole output of each is in build/tests/NAME.log; a story that dies without
# a count has failed once.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
counts=${BUILD:-build}/tests
mkdir -p "$counts"

tell() {
	local name
	name=$(basename "$1" .py)
	rm -f "$counts/$name.count"
	"$1" >"$counts/$name.log" 2>&1
	[ -s "$counts/$name.count" ] || echo "$name 0 1" >"$counts/$name.count"
	grep -A 25 '^  FAIL' "$counts/$name.log"
	tail -n 1 "$counts/$name.log"
	! awk '$3 { failed = 1 } END { exit !failed }' "$counts/$name.count"
}
export -f tell
export counts

# The longest first, so that both processors are busy to the end.
printf '%s\n' tests/vm/stories/failures.py tests/demo/demo.py tests/vm/stories/[!f]*.py |
	while read -r story; do [ ! -x "$story" ] || echo "$story"; done |
	xargs -P 2 -I{} bash -c 'tell {}'
