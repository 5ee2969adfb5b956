/* SPDX-License-Identifier: MIT */
/* The judge: decides every request of a machine, one transaction each. */
#ifndef AG_CENTER_JUDGE_JUDGE_H
#define AG_CENTER_JUDGE_JUDGE_H

#include "center/common/keys.h"
#include "otp.h"
#include "center/common/request.h"

struct ag_store;

struct ag_judge {
	struct ag_store *store;
	uint8_t pepper[AG_PEPPER_LEN];
	/* Signs an object: kind is enum ag_purpose, or AG_WIRE_CERTIFY. */
	int (*sign)(void *arg, unsigned int kind, const void *object, size_t len,
		    unsigned char sig[AG_SIG_MAX], size_t *ret_len);
	void *sign_arg;
	int64_t (*now_s)(void);		/* seconds since 1970 */
};

/* What goes back to the machine. */
struct ag_answer {
	int status;			/* of HTTP */
	size_t len;
	char body[2048];
};

/* The machine that asks, as the database knows it. */
struct ag_machine {
	char number[ATMGUARD_ATM_LEN];
	int64_t wrong;			/* wrong tries since a right one or a release */
	uint32_t state;			/* enum atmguard_state, by its last heartbeat */
};

/*
 * ag_judge_decide - answer one request
 *
 * Runs as a step of the transaction that is open: what it did is kept only
 * together with its answer.  Always fills *@ret_answer, with status 503 when
 * nothing was decided.
 *
 * Return: 0, -EIO (the whole transaction is lost; no answer of it may go out).
 */
int ag_judge_decide(struct ag_judge *judge, enum ag_request_kind kind,
		    const struct ag_request *request, const struct atmguard_record *records,
		    struct ag_answer *ret_answer);

/* A request alone in its transaction. */
void ag_judge_decide_one(struct ag_judge *judge, enum ag_request_kind kind,
			 const struct ag_request *request, const struct atmguard_record *records,
			 struct ag_answer *ret_answer);

void ag_answer_set(struct ag_answer *answer, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Handlers; an error means nothing was decided. */
int ag_unlock_handle(struct ag_judge *judge, const struct ag_machine *machine,
		     const struct ag_request *request, const struct atmguard_record *records,
		     struct ag_answer *ret_answer);
int ag_audit_handle(struct ag_judge *judge, const struct ag_machine *machine,
		    const struct ag_request *request, const struct atmguard_record *records,
		    struct ag_answer *ret_answer);

#endif
