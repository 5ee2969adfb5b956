#!/bin/bash
# SPDX-License-Identifier: MIT
# Tells the demo and every story, or those named, one more at a time than there are processors.
#
# usage: stories.sh [NAME]...
# Shows what each came to; the whole output is in build/tests/NAME.log, and a story that dies, with
# or without a count, has failed at least once.  KERNEL=newest tells them on that
# kernel; STRESS=full lets those of races, pressure and soak take their hours.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
counts=${BUILD:-build}/tests
kernel=${KERNEL:-6.12} stress=${STRESS:-short}
# Each sleeps a good part of its time: until cron's minute, a job's end, a timeout has come.
lanes=$(($(nproc) + 1))
# Several times what one takes on a busy host.
limit_s=1800
STORY_SUFFIX=
[ "$kernel" = 6.12 ] || STORY_SUFFIX=-$kernel
if [ "$stress" = full ]; then
	STORY_SUFFIX=$STORY_SUFFIX-full
	limit_s=$((8 * 3600))
	# Those sleep little, and measure the time that the kernel takes.
	lanes=$(nproc)
fi
mkdir -p "$counts"

tell() {
	local name count passed=0 failed=0 status=0 start=$SECONDS
	name=${1#stories/}$STORY_SUFFIX
	count=$counts/$name.count
	rm -f "$count"
	timeout -k 30 "$limit_s" tests/run "$1" >"$counts/$name.log" 2>&1 || status=$?
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
export counts limit_s STORY_SUFFIX

# all: the longest first, so that all lanes are busy to the end.  Pressure
# and soak are for `make check-stress`.
all() {
	local name
	printf '%s\n' stories/races stories/failures stories/daily demo stories/pinned
	for name in tests/stories/*.py; do
		name=$(basename "$name" .py)
		case $name in races | failures | daily | pinned | pressure | soak) ;; *) echo "stories/$name" ;; esac
	done
}

if [ $# = 0 ]; then all; else printf 'stories/%s\n' "$@"; fi |
	xargs -P "$lanes" -I{} bash -c 'tell {}'
