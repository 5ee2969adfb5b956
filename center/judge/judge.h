/* SPDX-License-Identifier: MIT */
/* The judge: decides every request of a machine, one transaction each. */
#ifndef AG_CENTER_JUDGE_JUDGE_H
#define AG_CENTER_JUDGE_JUDGE_H

#include "answer.h"
#include "center/common/keys.h"
#include "center/common/request.h"
#include "otp.h"

struct ag_store;

struct ag_judge {
	struct ag_store *store;
	uint8_t pepper[AG_PEPPER_LEN];
	/* Signs an object: kind is enum ag_purpose, or AG_WIRE_CERTIFY. */
	int (*sign)(void *arg, unsigned int kind, const void *object, size_t len,
		    unsigned char sig[AG_SIG_MAX], size_t *ret_len);
	/* A machine was revoked, and that is durable: nobody goes on talking with it. */
	void (*revoked)(void *arg, const char atm[ATMGUARD_ATM_LEN]);
	void *arg;			/* of both */
	int64_t (*now_s)(void);		/* seconds since 1970 */
};

/*
 * ag_judge_decide - answer one request
 *
 * Runs as a step of the transaction that is open: what it did is kept only
 * together with its answer, and so is what it says to the log.  Always fills
 * *@ret_answer, with status 503 when nothing was decided.
 *
 * Return: 0, -EIO (the whole transaction is lost; no answer of it may go out).
 */
int ag_judge_decide(struct ag_judge *judge, enum ag_request_kind kind,
		    const struct ag_request *request, const struct atmguard_record *records,
		    struct ag_answer *ret_answer);

#endif
