/* SPDX-License-Identifier: MIT */
/* One-time passwords: making them, and keeping only what can judge them. */
#ifndef AG_CENTER_JUDGE_OTP_H
#define AG_CENTER_JUDGE_OTP_H

#include "center/common/keys.h"
#include "center/common/request.h"
#include "center/store/job.h"

/* A new password; -EIO when there is no randomness. */
int ag_otp_make(char ret_otp[AG_OTP_LEN + 1]);

/* PBKDF2-HMAC-SHA256 with 100 rounds: slow for who guesses, 41 us for us. */
int ag_otp_stretch(const char *otp, const uint8_t salt[AG_JOB_SALT_LEN], uint8_t ret_key[32]);

/*
 * ag_otp_mac - what is stored: all three values in one keyed hash
 *
 * HMAC-SHA256(pepper, key || purpose || job || atm || employee), so that a row
 * can neither be tested without the pepper nor moved to another job, machine
 * or worker.
 */
int ag_otp_mac(const uint8_t pepper[AG_PEPPER_LEN], const uint8_t key[32], int64_t job,
	       const char *atm, const char *employee, uint8_t ret_mac[AG_JOB_MAC_LEN]);

#endif
