#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests the tree itself: licences, the direction of includes and calls, sizes, names, pages, scripts.
#
# Prints a sentence for each property and, under one that does not hold, where;
# leaves "tree PASSED FAILED" in build/tests/tree.count.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}

LINES_MAX=600
# The kernel keeps 15 bytes and a NUL of a BPF program's name.
BPF_NAME_MAX=15

passed=0 failed=0

# check SENTENCE FUNCTION: every line the function prints contradicts the sentence.
check() {
	local found
	found=$("$2")
	if [ -z "$found" ]; then
		passed=$((passed + 1))
		echo "  ok    $1"
	else
		failed=$((failed + 1))
		echo "  FAIL  $1"
		printf '%s\n' "$found" | sed 's/^/        | /'
	fi
}

# files [PATTERN…]: what the project consists of, deleted ones left out.
files() {
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard -- "$@"
	else
		find . -path ./build -prune -o -type f -print | sed 's#^\./##' |
			grep -E -- "$(printf '%s\n' "${@:-*}" | sed 's/\./\\./g; s/\*/.*/g; s/.*/^(.*\/)?&$/' | paste -sd'|')"
	fi | LC_ALL=C sort -u | while IFS= read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done
}

# Files in which a comment has no place: licences, texts, inputs of fuzzers, a
# single value, and tables whose format is fixed by another program.
is_plain() {
	case $1 in
	LICENSES/* | *.md | .gitignore | tests/fuzz/corpus/* | *.dict) return 0 ;;
	packaging/machine/root-uuid | packaging/machine/etc/fstab | packaging/machine/policy.rules | *.json) return 0 ;;
	esac
	return 1
}

source_files() {
	files | while IFS= read -r file; do
		is_plain "$file" || printf '%s\n' "$file"
	done
}

# Number of the line that names the licence: 2 behind an interpreter line.
licence_line() {
	local first
	IFS= read -r first <"$1"
	case $first in '#!'*) echo 2 ;; *) echo 1 ;; esac
}

licence_of() {
	sed -n "$(licence_line "$1")"'{s/.*SPDX-License-Identifier: //; s# \*/$##; s/ -->$//; p}' "$1"
}

# ---- licences and first lines ----

without_licence() {
	source_files | while IFS= read -r file; do
		sed -n "$(licence_line "$file")p" "$file" | grep -q 'SPDX-License-Identifier: ' || echo "$file"
	done
}

# The sentence that says what a file is for follows the licence, as a comment or
# a Python docstring; a manual page has its NAME instead.
without_purpose() {
	source_files | while IFS= read -r file; do
		case $file in man/*) grep -q '^\.SH NAME$' "$file" || echo "$file"; continue ;; esac
		sed -n "$(($(licence_line "$file") + 1)),$(($(licence_line "$file") + 2))p" "$file" |
			grep -Eq '^(//|/\*| \*|# |""")' || echo "$file"
	done
}

licence_for() {
	case $1 in
	include/uapi/*) echo '(GPL-2.0-only WITH Linux-syscall-note) OR MIT' ;;
	include/atmguard/verdict.h) echo 'GPL-2.0-only' ;;
	include/* | core/*) echo 'GPL-2.0-only OR MIT' ;;
	kmod/*.[ch] | kmod/Kbuild | Kbuild | bpf/*.[ch]) echo 'GPL-2.0-only' ;;
	*) echo 'MIT' ;;
	esac
}

with_wrong_licence() {
	source_files | while IFS= read -r file; do
		[ "$(licence_of "$file")" = "$(licence_for "$file")" ] ||
			echo "$file: '$(licence_of "$file")', not '$(licence_for "$file")'"
	done
}

# ---- includes ----

# Rooms whose headers the files of a room may include, by their path from the
# top, besides those of the room itself, which they name without one.
reach_of() {
	case $1 in
	lib | policy | kmod | bpf) echo core ;;
	agent/common | center/common) echo core lib policy ;;
	agent/*) echo core lib policy agent/common ;;
	center/store | center/cli) echo core lib policy center/common ;;
	center/judge | center/reader) echo core lib policy center/common center/store ;;
	center/admin) echo core lib policy center/common center/store center/judge ;;
	center/daemon) echo core lib policy center/{common,store,judge,reader,admin} ;;
	esac
	[ "$1" != policy ] || echo lib
}

# Whether $1 (a room) may include $2 (what stands between the quotes).
may_include() {
	local room
	case $1:$2 in
	kmod:anchor_data.h | bpf:vmlinux.h | agent/load:atmguard.skel.h) return 0 ;;	# generated
	*:*/*) ;;
	*) [ -e "$1/$2" ]; return ;;
	esac
	[ -e "$2" ] || return 1
	for room in $(reach_of "$1"); do
		case $2 in "$room"/*) return 0 ;; esac
	done
	return 1
}

# quoted_includes DIRECTORY: "FILE HEADER" for each #include with quotes.
quoted_includes() {
	files "$1/*.c" "$1/*.h" | xargs -r grep -H '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' |
		sed -E 's/^([^:]*):[^"]*"([^"]*)".*/\1 \2/'
}

wrong_includes() {
	local dir file header
	for dir in include core lib policy agent center kmod bpf; do
		quoted_includes "$dir" | while read -r file header; do
			may_include "$(dirname "$file")" "$header" || echo "$file includes $header"
		done
	done
}

# The database is reached by verbs: what is behind them may be another one.
sql_outside_store() {
	files 'center/*.[ch]' | grep -v '^center/store/' |
		xargs grep -HnE 'sqlite3|"[^"]*\<(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM|CREATE TABLE|PRAGMA)\>|center/store/(sql|migrate|backup|schema)\.h'
	files 'center/store/*.h' | grep -v '^center/store/sql\.h$' | xargs grep -Hn 'sqlite3\|"sql\.h"'
}

# A statement says the words of a state and takes the numbers of others as values.
numbers_in_sql() {
	files 'center/*.c' | grep -v '^center/store/schema\.c$' |
		xargs grep -HnE '"[^"]*\<(state|type)\> *(=|<>|<=?|>=?|IN \() *[0-9]'
}

# The kernel compiles these too; portable.h chooses between the two worlds.
wrong_shared_includes() {
	files 'core/*.[ch]' | grep -v '^core/portable\.h$' | xargs grep -H '^#include' |
		grep -Ev '"[a-z]+\.(h|def)"|<(atmguard|linux)/'
}

# Guards name the place of a header, so that no two can be the same.
wrong_guards() {
	local file guard
	files '*.h' | grep -E '^(core|lib|policy|agent|center)/' | while IFS= read -r file; do
		guard=AG_$(tr 'a-z/.' 'A-Z__' <<<"$file")
		grep -qx "#ifndef $guard" "$file" || echo "$file"
	done
}

# Two things with one name would not stand in one file: structures, enumerators,
# macros and functions of all user space at once.
headers_apart() {
	{
		echo '#include <linux/types.h>'
		files '*.h' | grep -E '^(include|core|lib|policy|agent|center)/' | sed 's/.*/#include "&"/'
	} | "${CC:-gcc}" -I. -Iinclude -Iinclude/uapi -D_GNU_SOURCE -std=gnu11 -Wall -Wextra -Werror \
		-Wno-unused-parameter -fsyntax-only -x c - 2>&1
}

# ---- calls ----

# objects ROOM…: what the files of these rooms were compiled to.
objects() {
	files "${@/%//*.c}" | sed -E "s#(.*)\.c#$build/obj/\1.o#"
}

# A file can be read, tested and changed before those above it.
circles_of_calls() {
	objects agent | xargs tests/run tree/calls 2>&1
	objects center | xargs tests/run tree/calls 2>&1
	objects core lib policy | xargs tests/run tree/calls 2>&1
}

# Kernel sources have the kernel's headers and include/; nothing of user space.
kernel_with_user_headers() {
	files 'kmod/*.c' 'kmod/*.h' 'bpf/*.c' 'bpf/*.h' |
		xargs grep -HE '^#include <(std[a-z]+|string|unistd|errno|openssl/.*)\.h>'
}

# Data below, transactions above: computed from the objects the module is built from.
kmod_circles() {
	tests/run tree/calls "$build/kmod/6.12/src/kmod" 2>&1
}

# ---- sizes and names ----

long_files() {
	source_files | while IFS= read -r file; do
		lines=$(wc -l <"$file")
		[ "$lines" -lt "$LINES_MAX" ] || echo "$file: $lines lines"
	done
}

# The function that follows a SEC("lsm…") line names the program.
bpf_programs() {
	grep -hA1 '^SEC("lsm' bpf/*.bpf.h bpf/*.bpf.c | sed -nE 's/^int (BPF_PROG\()?([a-z0-9_]+).*/\2/p'
}

long_bpf_names() {
	bpf_programs | awk -v max="$BPF_NAME_MAX" 'length($0) > max'
}

# Every section has a name that was looked at: the test sees all programs.
missed_bpf_programs() {
	local sections programs
	sections=$(cat bpf/*.bpf.[ch] | grep -c '^SEC("lsm')
	programs=$(bpf_programs | wc -l)
	[ "$sections" = "$programs" ] || echo "$sections sections, $programs names"
}

# ---- tables ----

hooks_apart() {
	tests/run tree/references hooks 2>&1
}

layers_apart() {
	tests/run tree/calls --all "$build/kmod/6.12/src/kmod" | tests/run tree/references layers 2>&1
}

numbers_without_row() {
	files '*.[ch]' '*.def' '*.py' '*.sh' '*.mk' '*.md' 'man/*' | xargs tests/run tree/references numbers 2>&1
}

# ---- the ABI ----

changes_of_the_abi() {
	tests/run tree/mutants 2>&1
}

# ---- what is left over ----

unused() {
	files | xargs tests/run tree/unused 2>&1
}

# ---- pages ----

# What is installed or run by hand: the programs of */part.mk that are not for tests.
commands() {
	sed -nE 's/^\$\(eval \$\(call program,([a-z-]+),.*/\1/p' ./{policy,agent,center}/part.mk
}

commands_without_page() {
	commands | while read -r name; do
		compgen -G "man/$name.[1-8]" >/dev/null || echo "$name"
	done
}

pages_without_command() {
	local page names
	names=$(commands)
	for page in man/*; do
		grep -qx -- "$(basename "${page%.*}")" <<<"$names" || echo "$page"
	done
}

pages_with_warnings() {
	local page
	for page in man/*; do
		groff -K utf8 -man -Tutf8 -ww -z "$page" 2>&1
	done
}

# long_options: each --word of standard input once.
long_options() {
	grep -oE -- '--[a-z][a-z-]*' | sort -u
}

# Options that a page and the program's help do not share; needs the programs.
options_apart() {
	local page name
	for page in man/*; do
		name=$(basename "${page%.*}")
		# Each of its commands has a help of its own.
		[ "$name" != atmguard-policy ] || continue
		[ -x "$build/bin/$name" ] || continue
		diff <("$build/bin/$name" --help | long_options) <(sed 's/\\-/-/g' "$page" | long_options) |
			sed -nE "s#^< (.*)#$page does not have \\1#p; s#^> (.*)#$name --help does not have \\1#p"
	done
}

# ---- texts ----

# References of texts and comments to documents, and of documents to the tree.
missing_documents() {
	files | grep -v '^LICENSES/' | xargs grep -IHoE '[A-Za-z./-]*[A-Z]{4,}\.md' |
		while IFS=: read -r file name; do
			[ -e "$name" ] || [ -e "doc/${name##*/}" ] || [ -e "${name##*/}" ] || echo "$file names $name"
		done | sort -u
}

missing_paths() {
	local file path
	# shellcheck disable=SC2016 # backticks are what is looked for
	files '*.md' | xargs grep -HoE '`(agent|bpf|center|core|doc|include|kmod|lib|man|packaging|policy|tests)/[^` ]*`' |
		sed -E 's/^([^:]*):`(.*)`/\1 \2/' | while read -r file path; do
			# A path may be a pattern: kmod/*.c, policy/{check,eval}.c.
			[ -n "$(eval "printf '%s\n' $(sed 's/[^][A-Za-z0-9_.*?{},@/-]//g' <<<"$path")" |
				while IFS= read -r one; do [ -e "$one" ] || echo missing; done)" ] || continue
			echo "$file names $path"
		done | sort -u
}

wide_lines() {
	files '*.md' | xargs tests/run tree/documents lines 2>&1
}

names_of_nothing() {
	files | BUILD=$build xargs tests/run tree/documents names 2>&1
}

# ---- one vocabulary ----

# The compiler compares each row with its symbol; this finds symbols without a row.
symbols_without_row() {
	sed -nE 's/^(#define)?[[:space:]]+ATMGUARD_(SCOPE|STATUS|EV|HOOK|RELOCK)_([A-Z_]+)[[:space:]]+[=(].*/\2 \3/p' \
		include/uapi/linux/atmguard.h | while read -r kind symbol; do
		grep -qF "AG_${kind/#EV/EVENT}($symbol," include/atmguard/names.def || echo "ATMGUARD_${kind}_$symbol"
	done
}

tables_apart() {
	BUILD=$build doc/tables.sh --check
}

# Errors that kernel parts give and explain does not know.  Left out are those that
# no record and no caller of the device sees: answers among the kernel's own functions.
INNER_ERRNOS='E2BIG ENODEV ENOENT ENAMETOOLONG ELOOP ENOPKG ENOPARAM ENOSYS ERESTARTSYS'

unexplained_errnos() {
	files 'kmod/*.[ch]' 'bpf/*.[ch]' 'core/*.[ch]' | xargs grep -hoE '[^A-Z_]-E[A-Z0-9]{3,}' | sed 's/^.-//' | sort -u |
		grep -vxF -f <("$build/bin/names-table" errnos; tr ' ' '\n' <<<"$INNER_ERRNOS")
}

# Words that programs of the tests give as a hook, an event or a scope.
unknown_words() {
	files '*.py' | xargs tests/run tree/words <("$build/bin/names-table" words) 2>&1
}

# Hosts in addresses must be examples (RFC 2606, 6761, 5737), this machine or the
# tests' own network; names of archives and forges must not stand alone either.
foreign_hosts() {
	local texts
	texts=$(files | grep -Ev '^(LICENSES/|tests/fuzz/corpus/)')
	xargs grep -IHnoE 'https?://([A-Za-z0-9_-]+\.)+[A-Za-z0-9_-]+' <<<"$texts" |
		grep -Ev '//(127|10\.0\.2|192\.0\.2)\.|\.(example|invalid|test)$'
	xargs grep -IHnE '(debian|ubuntu|pypi|npmjs|golang|docker|github|gitlab)[a-z]*\.(org|com|io|net)' <<<"$texts"
}

# Places of the machine that somebody built on.
absolute_paths() {
	files | grep -Ev '^(LICENSES/|tests/fuzz/corpus/)' |
		xargs grep -InE "(^|[^A-Za-z0-9_./-])(/(work|workspace|builds|mnt/c|Users)/|/home/[a-z]+)" |
		grep -Ev '/home/user\b|^tests/tree/tree\.sh:'
	files | grep -v '^LICENSES/' | xargs grep -InF -- "$PWD/"
}

# ---- scripts ----

shell_scripts() {
	files | while IFS= read -r file; do
		case $file in *.sh) echo "$file"; continue ;; tests/fuzz/corpus/*) continue ;; esac
		head -c 64 "$file" | head -n 1 | grep -aqE '^#!.*/(ba)?sh( |$)' && echo "$file"
	done
}

shellcheck_findings() {
	shell_scripts | xargs shellcheck -x --format=gcc
}

# Started by their own name, here or in the guest.
not_executable() {
	files | while IFS= read -r file; do
		case $file in tests/fuzz/corpus/*) continue ;; esac
		IFS= read -r first <"$file" 2>/dev/null
		case $first in '#!'*) [ -x "$file" ] || echo "$file" ;; esac
	done
}

python_programs() {
	files | while IFS= read -r file; do
		case $file in
		*.py) echo "$file" ;;
		*) head -c 64 "$file" | head -n 1 | grep -aq '^#!.*python' && echo "$file" ;;
		esac
	done
}

python_errors() {
	python_programs | xargs /usr/bin/python3 -m pyflakes 2>&1
}

# tests/run makes every module of the tests known: none looks for others by
# itself, and none asks checkers to look away.
python_excuses() {
	python_programs | xargs grep -nE 'sys\.path|#.*\bnoqa\b'
}

echo "tree:"
check "every source file begins with its licence" without_licence
check "and goes on with a sentence that says what it is for" without_purpose
check "the licences are the ones each part is under" with_wrong_licence
check "includes go one way: include, core, lib and policy, agent and center; kernel parts see include and core only" wrong_includes
check "no SQL and nothing of SQLite stands outside center/store/" sql_outside_store
check "no statement compares a state or a type with a bare number" numbers_in_sql
check "what kernel and user space share includes nothing but itself and include/" wrong_shared_includes
check "every header of user space has a guard that names its place" wrong_guards
check "no two headers of user space mean different things by one name" headers_apart
check "no files of agent, center, policy, lib and core need each other in a circle" circles_of_calls
check "no kernel part includes a header of user space" kernel_with_user_headers
check "no file of the module calls one that leads back to it" kmod_circles
check "every source file has fewer than $LINES_MAX lines" long_files
check "every BPF program's name fits into $BPF_NAME_MAX characters" long_bpf_names
check "and no BPF program is overlooked" missed_bpf_programs
check "programs, maps of hooks, seal, records and attacks are as the list of hooks says" hooks_apart
check "calls inside the module lead down in the drawing of its files" layers_apart
check "every number of an attack has its row, and a file that uses one says where" numbers_without_row
check "the compiler refuses every change of a structure of the ABI, in C, C++ and BPF" changes_of_the_abi
check "every function, macro and field is used" unused
check "every command has a manual page" commands_without_page
check "every manual page has a command" pages_without_command
check "the manual pages render without a warning" pages_with_warnings
check "manual pages and --help name the same options" options_apart
check "every document that a text or comment names is there" missing_documents
check "every file of the tree that a document names is there" missing_paths
check "every scope, status flag, event, hook and reason of the uapi header is in names.def" symbols_without_row
check "every line of a document has less than 120 columns" wide_lines
check "every function, macro, structure, option, target and file that a document names exists" names_of_nothing
check "the tables of names in the documents are those of names.def and errors.def" tables_apart
check "every error that a kernel part gives is explained" unexplained_errnos
check "every hook, event and scope that a test names exists, and no list of them is short" unknown_words
check "no file names a host but examples and the tests' own" foreign_hosts
check "no file names a place on the machine it was written on" absolute_paths
check "shellcheck finds nothing in the shell scripts" shellcheck_findings
check "every Python program parses, and uses what it imports and defines" python_errors
check "and none changes sys.path or asks checkers to look away" python_excuses
check "every program with an interpreter line is executable" not_executable

echo "tree: $passed passed, $failed failed"
mkdir -p "$build/tests"
echo "tree $passed $failed" >"$build/tests/tree.count"
[ "$failed" = 0 ]
