// SPDX-License-Identifier: MIT
// Any bytes as each of the center's answers; what is taken must be what the parser promises.
#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/daemon/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const uint8_t nonce[ATMGUARD_NONCE_LEN];
static const uint8_t boot_id[ATMGUARD_UUID_LEN];

static void require(int condition)
{
	if (!condition)
		abort();
}

/* The fixed length would keep the fuzzer out; so it is padded to it. */
static void try_unlock(const char *text, size_t len)
{
	char padded[AG_MESSAGE_UNLOCK_LEN];
	struct ag_message_unlock_answer answer;

	if (len > sizeof(padded))
		return;
	memset(padded, ' ', sizeof(padded));
	memcpy(padded, text, len);
	if (ag_message_parse_unlock(padded, sizeof(padded), nonce, &answer) || !answer.is_ok)
		return;
	require(answer.sig.len > 0 && answer.sig.len <= ATMGUARD_SIG_MAX);
	require(!memcmp(answer.grant.nonce, nonce, sizeof(nonce)) && answer.grant.job != 0);
}

static void try_audit(const char *text, size_t len)
{
	struct ag_message_audit_answer answer;

	if (ag_message_parse_audit(text, len, boot_id, &answer) || answer.is_gap)
		return;
	require(answer.sig.len > 0 && answer.sig.len <= ATMGUARD_SIG_MAX);
	require(!memcmp(answer.receipt.boot_id, boot_id, sizeof(boot_id)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ag_message_hello_answer hello;

	try_unlock((const char *)data, len);
	try_audit((const char *)data, len);
	if (!ag_message_parse_hello((const char *)data, len, &hello))
		require(hello.interval_s >= AG_MESSAGE_INTERVAL_LEAST_S && hello.interval_s <= AG_MESSAGE_INTERVAL_MOST_S);
	return 0;
}
