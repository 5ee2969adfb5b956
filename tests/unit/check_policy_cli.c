// SPDX-License-Identifier: MIT
// atmguard-policy from the outside: a vendor's day, and what each command refuses.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define D1	"sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define D2	"sha256:2222222222222222222222222222222222222222222222222222222222222222"

/* Run by sh in a directory of their own, after `setup`; $P is the program. */
static const char setup[] =
	"set -e; cd \"$(mktemp -d /tmp/ag-cli-XXXXXX)\"; trap 'rm -rf \"$PWD\"' EXIT\n"
	"P=\"$AG_POLICY\"; mkdir -p root/usr/bin\n"
	"printf '#!/bin/sh\\necho x\\n' >root/usr/bin/tool; chmod 755 root/usr/bin/tool\n"
	"printf 'policy-version 2\\nclass demo\\nprotect /usr\\nflags /usr/bin/tool maintenance\\n' >rules\n"
	"printf 'policy-version 2\\nprogram " D1 " /usr/bin/a jit\\n' >a.txt\n"
	"printf 'program " D2 " /usr/bin/b\\n' >b.txt\n"
	"(\"$P\" keygen keys && \"$P\" compile -o a.bin a.txt && \"$P\" sign -k keys/vendor.key -c keys/vendor.pem a.bin) >/dev/null\n"
	"set +e\n";

static const struct {
	const char *sentence, *command;
	int status;
	const char *says;	/* in standard output or error */
} rows[] = {
	{ "a tree becomes a text, a binary, a signature and is verified",
	  "$P build -r root -o t.txt rules && $P lint -r root t.txt && $P compile -o t.bin t.txt &&"
	  "$P sign -k keys/vendor.key -c keys/vendor.pem t.bin && $P verify -a keys/vendor.pem -t t.txt t.bin",
	  0, "good: policy version 2, 1 entries" },
	{ "build writes to standard output without -o", "$P build -r root rules", 0, "/usr/bin/tool maintenance" },
	{ "flags that reach no file are named", "echo 'flags /usr/bin/none jit' >>rules; $P build -r root rules", 0, "no file /usr/bin/none" },
	{ "an extra tree is listed below its prefix", "mkdir x; cp root/usr/bin/tool x; echo 'extra x /opt/x' >>rules;"
	  "rm root/usr/bin/tool; $P build -r root rules", 0, "/opt/x/tool" },
	{ "an error in the rules names file and line", "echo 'flags x' >>rules; $P build -r root rules", 1, "rules:5: " },
	{ "an error in a text names file and line", "echo what >>a.txt; $P compile -o x a.txt", 1, "a.txt:3: unknown statement" },
	{ "a failed compile leaves no file", "echo what >>a.txt; $P compile -o x a.txt; ls x", 2, "x" },
	{ "a failed compile leaves the old file", "cp a.bin old; echo what >>a.txt; $P compile -o a.bin a.txt; cmp old a.bin", 0, "" },
	{ "two texts are the same as their concatenation",
	  "$P compile -o x a.txt b.txt && cat a.txt b.txt >c.txt && $P compile -o y c.txt && cmp x y", 0, "" },
	{ "a text that does not end in a newline cannot be followed", "printf 'class x' >c.txt; $P compile -o x c.txt a.txt", 1, "newline" },
	{ "list prints the line of a file", "$P list -p /attack root/usr/bin/tool", 0, "/attack/tool\n" },
	{ "list takes a type and flags", "$P list -t program -f 'jit inline' -p /x a.txt", 0, "/x/a.txt jit inline" },
	{ "list names a file by its fs-verity digest", "$P list -v -p /x root/usr/bin/tool", 0, "script verity:" },
	{ "list refuses what is no code", "$P list a.txt", 1, "--type" },
	{ "list refuses an unknown flag", "$P list -f what root/usr/bin/tool", 1, "unknown flag" },
	{ "what list prints can be compiled", "$P list -p /attack root/usr/bin/tool >l.txt && $P compile -o x a.txt l.txt", 0, "" },
	{ "lint fails on a door", "echo 'program " D1 " /usr/bin/dd' >>a.txt; $P lint a.txt", 1, "raw disks" },
	{ "lint passes with warnings", "$P lint a.txt", 0, "warning:" },
	{ "strict lint fails on warnings", "$P lint --strict a.txt", 1, "warning:" },
	{ "a changed binary does not verify", "printf '\\003' | dd of=a.bin bs=1 seek=24 conv=notrunc 2>&-;"
	  "$P verify -a keys/vendor.pem a.bin", 1, "does not fit" },
	{ "a malformed binary is not looked at further", "printf x >>a.bin; $P verify -a keys/vendor.pem a.bin", 1, "damaged" },
	{ "a malformed binary is not signed", "printf x >>a.bin; $P sign -k keys/vendor.key -c keys/vendor.pem a.bin", 1, "damaged" },
	{ "another vendor's anchor does not verify", "$P keygen other; $P verify -a other a.bin", 1, "none of the anchors" },
	{ "a directory of anchors verifies", "$P verify -a keys a.bin", 0, "good" },
	{ "another text does not agree with the binary", "$P verify -a keys -t b.txt a.bin", 1, "policy-version" },
	{ "a text with one more comment does not agree with the binary",
	  "echo '#' >>a.txt; $P verify -a keys -t a.txt a.bin", 1, "another policy" },
	{ "a key of another certificate does not sign", "$P keygen other; $P sign -k keys/vendor.key -c other/vendor.pem a.bin", 1, "do not belong" },
	{ "a key is not replaced", "$P keygen keys", 1, "exists" },
	{ "show summarises a binary", "$P show a.bin", 0, "of text         sha256:" },
	{ "show summarises a text", "$P show a.txt", 0, "/usr/bin/a jit" },
	{ "show refuses what is neither", "head -c 100 a.bin >x; $P show x", 1, "damaged" },
	{ "explain finds a digest in a binary", "$P explain -p a.bin " D1, 0, "jit: may make" },
	{ "explain finds a path in a text", "$P explain -p a.txt /usr/bin/a", 0, "may be started" },
	{ "explain knows a file by either digest", "$P list -v -p /x root/usr/bin/tool >>a.txt; $P explain -p a.txt root/usr/bin/tool",
	  0, "without fs-verity is not this one" },
	{ "explain names the file system a path lies on",
	  "echo 'filesystem /usr/bin uuid 01234567-89ab-cdef-0123-456789abcdef' >>a.txt; $P explain -p a.txt /usr/bin/a", 0, "named for /usr/bin" },
	{ "show names file systems", "echo 'filesystem /data uuid 01234567-89AB-cdef-0123-456789abcdef' >>a.txt;"
	  "$P compile -o b.bin a.txt && $P show b.bin", 0, "filesystem /data uuid 01234567-89ab-cdef-0123-456789abcdef" },
	{ "diff shows a file system that was added", "cp a.txt c.txt; echo 'filesystem /data uuid 01234567-89ab-cdef-0123-456789abcdef' >>c.txt;"
	  "$P diff a.txt c.txt", 1, "+ filesystem /data uuid" },
	{ "explain says that a file is not listed", "$P explain -p a.bin root/usr/bin/tool", 1, "not listed" },
	{ "text and binary of the same policy do not differ", "$P diff a.txt a.bin", 0, "0 added, 0 removed" },
	{ "diff shows what was added", "cat a.txt b.txt >c.txt; $P diff a.txt c.txt", 1, "+ program " D2 " /usr/bin/b" },
	{ "diff shows what was removed", "cat a.txt b.txt >c.txt; $P diff c.txt a.txt", 1, "- program " D2 " /usr/bin/b" },
	{ "diff shows changed flags", "sed s/jit/inline/ a.txt >c.txt; $P diff a.txt c.txt", 1, "+ program " D1 " /usr/bin/a inline" },
	{ "diff shows a changed header", "sed s/version.2/version\\ 3/ a.txt >c.txt; $P diff a.txt c.txt", 1, "+ policy-version 3" },
	{ "show names the commands", "echo 'command \"ls /\"' >>a.txt; $P show a.txt", 0, "\ncommand \"ls /\"\n" },
	{ "show names the plain paths of a binary", "echo 'reads /etc/passwd' >>a.txt; $P compile -o x a.txt; $P show x", 0, "\nreads /etc/passwd\n" },
	{ "explain finds a command by its text", "echo 'command \"ls /\"' >>a.txt; $P explain -p a.txt 'ls /'", 0, "behind -c" },
	{ "diff shows a plain path that was added", "(cat a.txt; echo 'reads /etc/passwd') >c.txt; $P diff a.txt c.txt", 1, "+ reads /etc/passwd" },
	{ "no command is wrong usage", "$P", 2, "usage:" },
	{ "an unknown command is wrong usage", "$P what", 2, "unknown command" },
	{ "an unknown option is wrong usage", "$P show --what a.bin", 2, "usage:" },
	{ "a missing argument is wrong usage", "$P compile a.txt", 2, "usage:" },
	{ "every command explains itself",
	  "for c in keygen build list lint compile sign verify show explain diff; do $P $c --help || exit 9; done", 0, "usage: atmguard-policy diff" },
	{ "a file that is not there is an error", "$P show none", 1, "none: No such file" },
	{ "a pipe as output is written to, not replaced",
	  "mkfifo f; cat f >got & $P compile -o f a.txt; wait; cmp a.bin got && test -p f", 0, "" },
	{ "a directory as output is an error", "mkdir d; $P compile -o d a.txt", 1, "d: Is a directory" },
	{ "output that cannot be written is an error", "$P build -r root rules >/dev/full", 1, "No space left" },
};

START_TEST(test_row)
{
	char *script = NULL, output[65536];
	size_t len;
	FILE *p;
	int status;

	ck_assert_int_ge(asprintf(&script, "exec 2>&1\n%s%s", setup, rows[_i].command), 0);
	p = popen(script, "r");
	ck_assert_ptr_nonnull(p);
	len = fread(output, 1, sizeof(output) - 1, p);
	output[len] = 0;
	status = pclose(p);
	free(script);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == rows[_i].status,
		      "status %#x: %s", status, output);
	ck_assert_msg(strstr(output, rows[_i].says) != NULL, "%s", output);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("check_policy_cli");

	if (!getenv("AG_POLICY") || access(getenv("AG_POLICY"), X_OK)) {
		fputs("AG_POLICY must be the path of atmguard-policy\n", stderr);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		harness_add_row(s, rows[i].sentence, test_row, i);
	return harness_run(s, "check_policy_cli");
}
