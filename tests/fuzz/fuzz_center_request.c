// SPDX-License-Identifier: MIT
// Any bytes as the body of each request; what is taken must be sane.
#include "center/common/request.h"
#include "center/common/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What the judge would refuse must not come out of the parser. */
static void parse(enum ag_request_kind kind, const char *body, size_t len)
{
	struct ag_request request = { .atm = "1" };
	struct atmguard_record *records = NULL;
	const char *error = NULL;
	int r = ag_request_parse(kind, body, len, &request, &records, &error);

	if (r && (!error || records))
		abort();
	if (r == 0 && !ag_request_is_sane(&request, kind, sizeof(request) +
					  request.nr_records * sizeof(*records)))
		abort();
	free(records);
}

static void clean(const char *text, size_t len)
{
	char out[64], again[256];

	ag_text_clean(text, len, out, sizeof(out));
	ag_text_clean(out, sizeof(out), again, sizeof(again));
	if (strcmp(out, again))
		abort();
}

/* The first byte chooses the request. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const enum ag_request_kind kinds[] = { AG_REQUEST_UNLOCK, AG_REQUEST_AUDIT, AG_REQUEST_HELLO };

	if (len == 0)
		return 0;
	parse(kinds[data[0] % 3], (const char *)data + 1, len - 1);
	clean((const char *)data + 1, len - 1);
	return 0;
}
