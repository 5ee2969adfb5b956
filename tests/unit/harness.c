// SPDX-License-Identifier: MIT
// Runs a libcheck suite whose test cases are named by sentences, and prints them.
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

#define TEST_TIMEOUT_S	60	/* also under valgrind */

void harness_add_row(Suite *suite, const char *sentence, const TTest *test, int i)
{
	TCase *c = tcase_create(sentence);

	tcase_set_timeout(c, TEST_TIMEOUT_S);
	tcase_add_loop_test(c, test, i, i + 1);
	suite_add_tcase(suite, c);
}

void harness_add(Suite *suite, const char *sentence, const TTest *test)
{
	harness_add_row(suite, sentence, test, 0);
}

static void print_results(SRunner *runner)
{
	int nr = srunner_ntests_run(runner);
	TestResult **results = srunner_results(runner);

	for (int i = 0; i < nr; i++) {
		if (tr_rtype(results[i]) == CK_PASS)
			printf("ok      %s\n", tr_tcname(results[i]));
		else
			printf("FAILED  %s\n        %s:%d: %s\n", tr_tcname(results[i]),
			       tr_lfile(results[i]), tr_lno(results[i]), tr_msg(results[i]));
	}
	free(results);
}

static int write_count(const char *name, int passed, int failed)
{
	const char *path = getenv("AG_COUNT");
	FILE *out;

	if (!path)
		return 0;
	out = fopen(path, "we");
	if (!out)
		return -1;
	fprintf(out, "%s %d %d\n", name, passed, failed);
	return fclose(out);
}

int harness_run(Suite *suite, const char *name)
{
	SRunner *runner = srunner_create(suite);
	int failed, run;

	srunner_run_all(runner, CK_SILENT);
	print_results(runner);
	run = srunner_ntests_run(runner);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	/* A suite without tests proves nothing. */
	if (write_count(name, run - failed, failed) || run == 0)
		return EXIT_FAILURE;
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
