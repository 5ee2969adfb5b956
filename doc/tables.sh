#!/bin/bash
# SPDX-License-Identifier: MIT
# Writes the tables of names in the documents anew, as names-table prints them.
#
# usage: tables.sh [--check]   with --check: changes nothing, shows what differs
#
# A table stands between two comments of its own line:
#   <!-- table of hook, by `make doc-tables` -->
#   <!-- end of table -->
set -euo pipefail
cd "$(dirname "$0")/.."
table=${BUILD:-build}/bin/names-table

# filled FILE: the file with its tables as they should be.
filled() {
	awk -v table="$table" '
		/^<!-- table of [a-z]+,/ { print; system(table " " substr($4, 1, length($4) - 1)); inside = 1; next }
		/^<!-- end of table -->/ { inside = 0 }
		!inside { print }' "$1"
}

# kinds: what there must be a table of.
kinds() {
	"$table" words | cut -d' ' -f1 | uniq
	echo error
}

status=0
new=$(mktemp)
trap 'rm -f "$new"' EXIT
for file in doc/*.md; do
	if [ "${1:-}" = --check ]; then
		diff -u --label "$file" --label "$file as names.def has it" "$file" <(filled "$file") || status=1
	else
		filled "$file" >"$new"
		cmp -s "$file" "$new" || cp "$new" "$file"
	fi
done
while read -r kind; do
	grep -q "^<!-- table of $kind," doc/*.md || { echo "no document has the table of $kind"; status=1; }
done < <(kinds)
exit "$status"
