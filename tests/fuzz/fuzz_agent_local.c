// SPDX-License-Identifier: MIT
// Any bytes as a packet on the local socket, in both directions.
#include "lib/damm.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/common/local.h"
#include "agent/common/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

/* What was taken can be written and taken again. */
static void check_request(const struct ag_local_request *request)
{
	struct ag_local_request again;
	char *text = ag_local_write_request(request);

	require(text && !ag_local_parse_request(text, strlen(text), &again));
	require(again.what == request->what && !strcmp(again.otp, request->otp) &&
		!strcmp(again.employee, request->employee));
	if (request->what == AG_LOCAL_UNLOCK)
		require(strlen(request->otp) == AG_OTP_LEN && ag_damm_is_valid(request->otp) &&
			request->employee[0]);
	ag_secret_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ag_local_request request;
	struct ag_local_answer answer;

	if (!ag_local_parse_request((const char *)data, len, &request))
		check_request(&request);
	for (int what = 0; what < AG_LOCAL_NR_REQUESTS; what++)
		if (!ag_local_parse_answer((const char *)data, len, (enum ag_local_do)what, &answer))
			require(answer.state < ATMGUARD_NR_STATES &&
				!(answer.scopes & ~ATMGUARD_SCOPES_ALL) &&
				strlen(answer.atm) <= ATMGUARD_ATM_LEN);
	return 0;
}
