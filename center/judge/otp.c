// SPDX-License-Identifier: MIT
// One-time passwords (NIST SP 800-63B, look-up secrets).
#include "otp.h"
#include "lib/damm.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS		100
#define SPACE		100000000u	/* 10^8 */
#define PURPOSE_LEN	24

int ag_otp_make(char ret_otp[AG_OTP_LEN + 1])
{
	uint32_t drawn;

	/* 42 whole times 10^8 fit into 32 bits; what lies above would make
	 * small numbers likelier. */
	do {
		if (RAND_bytes((unsigned char *)&drawn, sizeof(drawn)) != 1)
			return -EIO;
	} while (drawn >= 42 * SPACE);
	snprintf(ret_otp, AG_OTP_LEN + 1, "%08u", drawn % SPACE);
	ret_otp[8] = ag_damm_digit(ret_otp, 8);
	ret_otp[9] = '\0';
	OPENSSL_cleanse(&drawn, sizeof(drawn));
	return 0;
}

int ag_otp_stretch(const char *otp, const uint8_t salt[AG_JOB_SALT_LEN], uint8_t ret_key[32])
{
	return PKCS5_PBKDF2_HMAC(otp, strlen(otp), salt, AG_JOB_SALT_LEN, ROUNDS, EVP_sha256(),
				 32, ret_key) == 1 ? 0 : -EIO;
}

int ag_otp_mac(const uint8_t pepper[AG_PEPPER_LEN], const uint8_t key[32], int64_t job,
	       const char *atm, const char *employee, uint8_t ret_mac[AG_JOB_MAC_LEN])
{
	struct {
		uint8_t key[32];
		char purpose[PURPOSE_LEN];
		int64_t job;
		char atm[ATMGUARD_ATM_LEN];
		char employee[ATMGUARD_EMPLOYEE_LEN];
	} message = { .purpose = "atmguard-otp-1", .job = job };
	unsigned int len = AG_JOB_MAC_LEN;
	const void *done;

	memcpy(message.key, key, sizeof(message.key));
	strncpy(message.atm, atm, sizeof(message.atm) - 1);
	strncpy(message.employee, employee, sizeof(message.employee) - 1);
	done = HMAC(EVP_sha256(), pepper, AG_PEPPER_LEN, (unsigned char *)&message,
		    sizeof(message), ret_mac, &len);
	OPENSSL_cleanse(&message, sizeof(message));
	return done ? 0 : -EIO;
}
