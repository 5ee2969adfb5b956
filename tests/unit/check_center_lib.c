// SPDX-License-Identifier: MIT
// Damm digits, hex, base64, the record chain, request parsing, harmless text, calling a local socket.
#include "center/common/local.h"
#include "center/common/request.h"
#include "center/common/text.h"
#include "lib/chain.h"
#include "lib/damm.h"
#include "harness.h"
#include "lib/hex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Damm ---- */

START_TEST(damm_known)
{
	ck_assert_int_eq(ag_damm_digit("572", 3), '4');
	ck_assert(ag_damm_is_valid("5724"));
	ck_assert(ag_damm_is_valid("123456786"));
	ck_assert(!ag_damm_is_valid("123456785"));
	ck_assert(!ag_damm_is_valid("0"));
	ck_assert(!ag_damm_is_valid(""));
	ck_assert(!ag_damm_is_valid("57x4"));
	ck_assert_int_eq(ag_damm_digit("5a", 2), 0);
}
END_TEST

START_TEST(damm_slips)
{
	char text[10];

	for (unsigned int i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "%08u", (i * 2654435761u) % 100000000u);
		text[8] = ag_damm_digit(text, 8);
		text[9] = '\0';
		for (int at = 0; at < 9; at++) {
			char kept = text[at];

			for (char wrong = '0'; wrong <= '9'; wrong++) {
				text[at] = wrong;
				ck_assert(ag_damm_is_valid(text) == (wrong == kept));
			}
			text[at] = kept;
			if (at < 8 && text[at] != text[at + 1]) {
				char swapped[10];

				strcpy(swapped, text);
				swapped[at] = text[at + 1];
				swapped[at + 1] = text[at];
				ck_assert(!ag_damm_is_valid(swapped));
			}
		}
	}
}
END_TEST

/* ---- hex, base64 ---- */

START_TEST(hex_both_ways)
{
	uint8_t data[4] = { 0, 0x7f, 0x80, 0xff }, back[4];
	char text[9];

	ag_hex_encode(data, 4, text);
	ck_assert_str_eq(text, "007f80ff");
	ck_assert_int_eq(ag_hex_decode(text, back, 4), 0);
	ck_assert_mem_eq(data, back, 4);
	ck_assert_int_eq(ag_hex_decode("007F80FF", back, 4), -EINVAL);
	ck_assert_int_eq(ag_hex_decode("007f80f", back, 4), -EINVAL);
	ck_assert_int_eq(ag_hex_decode("007f80ff00", back, 4), -EINVAL);
	ck_assert_int_eq(ag_hex_decode("007f80fg", back, 4), -EINVAL);
}
END_TEST

START_TEST(base64_both_ways)
{
	uint8_t data[64], back[64];
	char text[AG_BASE64_SIZE(64)];
	size_t len;

	for (size_t i = 0; i < 64; i++)
		data[i] = i * 37;
	for (size_t n = 0; n <= 64; n++) {
		size_t text_len = ag_base64_encode(data, n, text);

		ck_assert_uint_eq(text_len, strlen(text));
		ck_assert_int_eq(ag_base64_decode(text, text_len, back, sizeof(back), &len), 0);
		ck_assert_uint_eq(len, n);
		ck_assert_mem_eq(data, back, n);
		if (n)
			ck_assert_int_eq(ag_base64_decode(text, text_len, back, n - 1, &len), -EMSGSIZE);
	}
}
END_TEST

static const struct { const char *sentence, *text; } bad_base64[] = {
	{ "base64 without padding is refused", "QQ" },
	{ "base64 with bits left over is refused", "QR==" },
	{ "base64 with a line break is refused", "QUFB\nQUFB" },
	{ "base64 with padding inside is refused", "QQ==QUFB" },
	{ "base64 of padding alone is refused", "====" },
	{ "the URL alphabet is refused", "-_-_" },
};

START_TEST(base64_refused)
{
	uint8_t back[64];
	size_t len;

	ck_assert_int_eq(ag_base64_decode(bad_base64[_i].text, strlen(bad_base64[_i].text), back,
					  sizeof(back), &len), -EINVAL);
}
END_TEST

/* ---- chain ---- */

static struct atmguard_record records[20];

static void make_chain(size_t from, size_t nr, uint64_t seq, const uint8_t tip[32])
{
	struct ag_chain chain = { .next_seq = seq };

	memcpy(chain.tip, tip, 32);
	for (size_t i = from; i < from + nr; i++) {
		memset(&records[i], 0, sizeof(records[i]));
		records[i].seq = chain.next_seq;
		records[i].type = ATMGUARD_EV_DENY;
		ag_chain_hash(chain.tip, &records[i], records[i].hash);
		ck_assert_int_eq(ag_chain_check(&chain, &records[i]), 0);
		ag_chain_advance(&chain, &records[i]);
	}
}

static const uint8_t zero[32];

START_TEST(chain_whole)
{
	struct ag_chain_report report;

	make_chain(0, 10, 0, zero);
	ck_assert_int_eq(ag_chain_verify(records, 10, &report), 0);
	ck_assert(report.is_anchored);
	ck_assert_uint_eq(report.nr_boots, 1);
	make_chain(10, 5, 8, records[7].hash);	/* receipted up to 7 */
	make_chain(15, 5, 0, zero);
	ck_assert_int_eq(ag_chain_verify(records, 20, &report), 0);
	ck_assert_uint_eq(report.nr_boots, 3);
	ck_assert_int_eq(ag_chain_verify(records + 4, 6, &report), 0);
	ck_assert(!report.is_anchored);
	ck_assert_int_eq(ag_chain_verify(records, 0, &report), 0);
}
END_TEST

START_TEST(chain_broken)
{
	struct ag_chain_report report;

	make_chain(0, 10, 0, zero);
	records[3].detail[0] = 'x';
	ck_assert_int_eq(ag_chain_verify(records, 10, &report), -EBADMSG);
	ck_assert_uint_eq(report.first_bad, 3);
	ck_assert_uint_eq(report.nr_breaks, 1);
	make_chain(0, 10, 0, zero);
	records[0].pid = 1;
	ck_assert_int_eq(ag_chain_verify(records, 10, &report), -EBADMSG);
	ck_assert_uint_eq(report.first_bad, 0);
}
END_TEST

START_TEST(chain_gap)
{
	struct ag_chain_report report;

	make_chain(0, 10, 0, zero);
	memmove(&records[3], &records[4], 6 * sizeof(records[0]));
	ck_assert_int_eq(ag_chain_verify(records, 9, &report), -EBADMSG);
	ck_assert_uint_eq(report.first_bad, 3);
	ck_assert_uint_eq(report.nr_gaps, 1);
}
END_TEST

/* ---- requests ---- */

#define NONCE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BOOT "0123456789abcdef0123456789abcdef"

static const struct { const char *sentence, *path, *body, *error; } bodies[] = {
	{ "an unlock request is read", "/v1/unlock",
	  "{\"v\":1, \"otp\":\"123456786\", \"employee\":\"100234\", \"nonce\":\"" NONCE "\", \"x\":[]}", NULL },
	{ "a hello is read", "/v1/hello",
	  "{\"v\":1, \"state\":\"locked\", \"policy_version\":3, \"next_seq\":57, \"boot_id\":\"" BOOT "\"}", NULL },
	{ "a body that is not JSON is refused", "/v1/unlock", "otp=1", "body: not JSON" },
	{ "an empty body is refused", "/v1/unlock", "", "body: not JSON" },
	{ "an array is refused", "/v1/unlock", "[1]", "body: a JSON object expected" },
	{ "another version is refused", "/v1/unlock", "{\"v\":2}", "v: 1 expected" },
	{ "a version as text is refused", "/v1/unlock", "{\"v\":\"1\"}", "v: 1 expected" },
	{ "members given twice are refused", "/v1/unlock", "{\"v\":1, \"v\":1}", "body: not JSON" },
	{ "a password as number is refused", "/v1/unlock", "{\"v\":1, \"otp\":123456786}", "otp: nine digits expected" },
	{ "a password of eight digits is refused", "/v1/unlock", "{\"v\":1, \"otp\":\"12345678\"}",
	  "otp: nine digits expected" },
	{ "a password with a letter is refused", "/v1/unlock", "{\"v\":1, \"otp\":\"12345678x\"}",
	  "otp: nine digits expected" },
	{ "a NUL inside a text is refused", "/v1/unlock", "{\"v\":1, \"otp\":\"123456786\\u0000\"}",
	  "body: not JSON" },
	{ "an employee number of 16 digits is refused", "/v1/unlock",
	  "{\"v\":1, \"otp\":\"123456786\", \"employee\":\"1234567890123456\"}", "employee: 1 to 15 digits expected" },
	{ "a missing employee number is refused", "/v1/unlock", "{\"v\":1, \"otp\":\"123456786\"}",
	  "employee: 1 to 15 digits expected" },
	{ "a short nonce is refused", "/v1/unlock",
	  "{\"v\":1, \"otp\":\"123456786\", \"employee\":\"1\", \"nonce\":\"" BOOT "\"}",
	  "nonce: 32 bytes in lower-case hexadecimal expected" },
	{ "an unknown state is refused", "/v1/hello", "{\"v\":1, \"state\":\"open\"}",
	  "state: unsealed, locked, maintenance, relocking or tampered expected" },
	{ "a negative number is refused", "/v1/hello", "{\"v\":1, \"state\":\"locked\", \"policy_version\":-1}",
	  "policy_version: integer expected" },
	{ "records that are not base64 are refused", "/v1/audit",
	  "{\"v\":1, \"boot_id\":\"" BOOT "\", \"records\":\"!\"}",
	  "records: base64 of 1 to 512 audit records expected" },
	{ "no records are refused", "/v1/audit", "{\"v\":1, \"boot_id\":\"" BOOT "\", \"records\":\"\"}",
	  "records: base64 of 1 to 512 audit records expected" },
	{ "half a record is refused", "/v1/audit", "{\"v\":1, \"boot_id\":\"" BOOT "\", \"records\":\"QUFB\"}",
	  "records: base64 of 1 to 512 audit records expected" },
	{ "lost as text is refused", "/v1/audit", "{\"v\":1, \"boot_id\":\"" BOOT "\", \"lost\":\"yes\"}",
	  "lost: true or false expected" },
};

START_TEST(body)
{
	struct ag_request request = { .atm = "1" };
	struct atmguard_record *got;
	const char *error = NULL;
	enum ag_request_kind kind = ag_request_kind(bodies[_i].path);
	int r = ag_request_parse(kind, bodies[_i].body, strlen(bodies[_i].body), &request, &got, &error);

	if (bodies[_i].error) {
		ck_assert_int_eq(r, -EINVAL);
		ck_assert_str_eq(error, bodies[_i].error);
		ck_assert_str_eq(request.otp, "");
	} else {
		ck_assert_int_eq(r, 0);
		ck_assert(ag_request_is_sane(&request, kind, sizeof(request)));
	}
}
END_TEST

static int parse_records(size_t nr)
{
	struct ag_request request = { .atm = "1" };
	struct atmguard_record *got = NULL;
	const char *error;
	char *text = malloc(AG_BASE64_SIZE(nr * sizeof(records[0]))), *json = NULL;
	struct atmguard_record *many = calloc(nr, sizeof(*many));
	int r, len;

	for (size_t i = 0; i < nr; i++)
		many[i].seq = i;
	ag_base64_encode(many, nr * sizeof(*many), text);
	len = asprintf(&json, "{\"v\":1, \"boot_id\":\"" BOOT "\", \"records\":\"%s\"}", text);
	r = ag_request_parse(AG_REQUEST_AUDIT, json, len, &request, &got, &error);
	if (r == 0)
		ck_assert_uint_eq(request.nr_records, nr);
	free(got);
	free(many);
	free(text);
	free(json);
	return r;
}

START_TEST(batches)
{
	ck_assert_int_eq(parse_records(1), 0);
	ck_assert_int_eq(parse_records(512), 0);
	ck_assert_int_eq(parse_records(513), -EINVAL);
}
END_TEST

START_TEST(paths)
{
	ck_assert_int_eq(ag_request_kind("/v1/unlock"), AG_REQUEST_UNLOCK);
	ck_assert_int_eq(ag_request_kind("/v1/unlock/"), 0);
	ck_assert_int_eq(ag_request_kind("/"), 0);
}
END_TEST

START_TEST(insane)
{
	struct ag_request request = { .atm = "1", .otp = "1", .employee = "1" };

	ck_assert(ag_request_is_sane(&request, AG_REQUEST_UNLOCK, sizeof(request)));
	ck_assert(!ag_request_is_sane(&request, AG_REQUEST_UNLOCK, sizeof(request) + 1));
	ck_assert(!ag_request_is_sane(&request, 99, sizeof(request)));
	ck_assert(!ag_request_is_sane(&request, AG_REQUEST_AUDIT, sizeof(request)));
	request.nr_records = 513;
	ck_assert(!ag_request_is_sane(&request, AG_REQUEST_UNLOCK, sizeof(request)));
	request.nr_records = 0;
	memset(request.atm, '1', sizeof(request.atm));
	ck_assert(!ag_request_is_sane(&request, AG_REQUEST_INVALID, sizeof(request)));
}
END_TEST

/* ---- text ---- */

static const struct { const char *sentence, *in, *out; } texts[] = {
	{ "printable UTF-8 stays as it is", "/usr/bin/日本語", "/usr/bin/日本語" },
	{ "control bytes are escaped", "a\tb\x7f", "a\\x09b\\x7f" },
	{ "C1 controls are escaped", "\xc2\x9b", "\\xc2\\x9b" },
	{ "a cut character is escaped", "\xe6\x97", "\\xe6\\x97" },
	{ "overlong forms are escaped", "\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf" },
	{ "surrogates are escaped", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	{ "marks that turn the direction are escaped", "\xe2\x80\xae", "\\xe2\\x80\\xae" },
	{ "bytes that start nothing are escaped", "\xff\xf5", "\\xff\\xf5" },
};

START_TEST(clean)
{
	char out[64];

	ag_text_clean(texts[_i].in, strlen(texts[_i].in), out, sizeof(out));
	ck_assert_str_eq(out, texts[_i].out);
}
END_TEST

START_TEST(clean_bounds)
{
	char out[6];

	ag_text_clean("日本語", 9, out, sizeof(out));
	ck_assert_str_eq(out, "日");
	ag_text_clean("\x01\x01", 2, out, sizeof(out));
	ck_assert_str_eq(out, "\\x01");
	ag_text_clean("abc", 2, out, sizeof(out));
	ck_assert_str_eq(out, "ab");
}
END_TEST

START_TEST(durations)
{
	int64_t s;

	ck_assert(ag_text_duration("90", &s) == 0 && s == 90);
	ck_assert(ag_text_duration("2h", &s) == 0 && s == 7200);
	ck_assert(ag_text_duration("1d", &s) == 0 && s == 86400);
	ck_assert_int_eq(ag_text_duration("-1", &s), -EINVAL);
	ck_assert_int_eq(ag_text_duration("2w", &s), -EINVAL);
	ck_assert_int_eq(ag_text_duration("", &s), -EINVAL);
}
END_TEST

START_TEST(uuids)
{
	uint8_t uuid[16];

	ck_assert_int_eq(ag_text_uuid("00112233-4455-6677-8899-AABBccddeeff", uuid), 0);
	ck_assert_uint_eq(uuid[10], 0xaa);
	ck_assert_int_eq(ag_text_uuid("00112233-4455-6677-8899-aabbccddeef", uuid), -EINVAL);
	ck_assert_int_eq(ag_text_uuid("001122334455-6677-8899--aabbccddeeff", uuid), -EINVAL);
	ck_assert_int_eq(ag_text_uuid("00112233-4455-6677-8899-aabbccddeefg", uuid), -EINVAL);
}
END_TEST

/* ---- local sockets ---- */

START_TEST(dial_bounded)
{
	char dir[] = "/tmp/check_center_lib.XXXXXX", path[64];
	int listening, fds[64], nr = 0, r = 0;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(ag_local_listen(dir, "s", 0, &listening), 0);
	while (nr < 64 && (r = ag_local_dial(dir, "s", 1, &fds[nr])) == 0)
		nr++;
	ck_assert_int_eq(r, -EAGAIN);
	while (nr)
		close(fds[--nr]);
	close(listening);
	snprintf(path, sizeof(path), "%s/s", dir);
	unlink(path);
	rmdir(dir);
}
END_TEST

#define ROWS(table, test) \
	for (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++) \
		harness_add_row(suite, (table)[i].sentence, test, i)

int main(void)
{
	Suite *suite = suite_create("center_lib");

	harness_add(suite, "Damm digits are those of the published table", damm_known);
	harness_add(suite, "every wrong digit and every swap of neighbours is caught", damm_slips);
	harness_add(suite, "hex reads what it writes, and nothing else", hex_both_ways);
	harness_add(suite, "base64 reads what it writes, at every length", base64_both_ways);
	ROWS(bad_base64, base64_refused);
	harness_add(suite, "a whole chain verifies, over several boots and cut in front", chain_whole);
	harness_add(suite, "a changed record is found by its number", chain_broken);
	harness_add(suite, "a missing record is found", chain_gap);
	ROWS(bodies, body);
	harness_add(suite, "a batch holds 1 to 512 records", batches);
	harness_add(suite, "paths are taken letter by letter", paths);
	harness_add(suite, "the judge does not take a worker's word for a request", insane);
	ROWS(texts, clean);
	harness_add(suite, "cleaned text is cut at a whole character", clean_bounds);
	harness_add(suite, "durations have a unit", durations);
	harness_add(suite, "who calls a service that takes no call is not kept waiting for ever", dial_bounded);
	harness_add(suite, "a UUID has its dashes in place", uuids);
	return harness_run(suite, "check_center_lib");
}
