/* SPDX-License-Identifier: MIT */
/* Runs a libcheck suite whose test cases are named by sentences, and prints them. */
#ifndef AG_HARNESS_H
#define AG_HARNESS_H

#include <check.h>

/* A test case of its own for one test, named by a sentence that is true when
 * the test passes. */
void harness_add(Suite *suite, const char *sentence, const TTest *test);

/* The same for row @i of a table: the test sees it as _i. */
void harness_add_row(Suite *suite, const char *sentence, const TTest *test, int i);

/* Runs all, prints "ok" or "FAILED" and the sentence, and writes
 * "NAME PASSED FAILED" to the file $AG_COUNT.  Returns the exit status. */
int harness_run(Suite *suite, const char *name);

#endif
