/* SPDX-License-Identifier: MIT */
/* What a machine asks the center: from JSON to a flat structure. */
#ifndef AG_CENTER_COMMON_REQUEST_H
#define AG_CENTER_COMMON_REQUEST_H

#include <linux/atmguard.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ag_request_kind {
	AG_REQUEST_INVALID = 1,	/* the worker did not understand it; who sent it is checked all the same */
	AG_REQUEST_UNLOCK,
	AG_REQUEST_AUDIT,
	AG_REQUEST_HELLO,
};

#define AG_REQUEST_BODY_MAX	(1u << 20)	/* doc/PROTOCOL.md */
#define AG_REQUEST_RECORDS_MAX	512u
#define AG_OTP_LEN		9	/* eight random digits and the Damm digit */

struct ag_request {
	char atm[ATMGUARD_ATM_LEN];	/* from the certificate */
	uint8_t cert_sha256[32];
	char otp[16];
	char employee[ATMGUARD_EMPLOYEE_LEN];
	uint8_t nonce[ATMGUARD_NONCE_LEN];
	uint8_t boot_id[ATMGUARD_UUID_LEN];
	uint64_t policy_version;
	uint64_t next_seq;
	uint32_t state;			/* enum atmguard_state */
	uint32_t is_lost;		/* records before these are gone */
	uint32_t nr_records;		/* struct atmguard_record, behind this */
	uint32_t reserved;
};

/* Longest message a worker sends the judge. */
#define AG_REQUEST_WIRE_MAX \
	(sizeof(struct ag_request) + AG_REQUEST_RECORDS_MAX * sizeof(struct atmguard_record))

/* Whether @text, of at most @size - 1 characters, is one or more digits. */
bool ag_request_is_number(const char *text, size_t size);

/* The kind a path asks for, 0 for no such path. */
enum ag_request_kind ag_request_kind(const char *path);

/*
 * ag_request_parse - fill the part of @ret_request that the body tells
 *
 * *ret_records is NULL or allocated, request.nr_records long.
 *
 * Return: 0, -EINVAL (*ret_error says what is wrong, in English), -ENOMEM.
 */
int ag_request_parse(enum ag_request_kind kind, const char *body, size_t len,
		     struct ag_request *ret_request, struct atmguard_record **ret_records,
		     const char **ret_error);

/* Whether a request that another process sent has its texts ended and its
 * numbers in range; the judge does not rely on the worker. */
bool ag_request_is_sane(const struct ag_request *request, enum ag_request_kind kind, size_t len);

const char *ag_request_state_name(uint32_t state);

#endif
