// SPDX-License-Identifier: MIT
// Hashes what an .xz file unpacks to, by liblzma.
#include "unpack.h"

#include <errno.h>
#include <lzma.h>
#include <openssl/evp.h>
#include <unistd.h>

#define CHUNK		(64u << 10)
/* xz(1) decodes its largest preset, -9, in 65 MiB. */
#define MEMORY_MAX	(128u << 20)

struct unpacking {
	lzma_stream stream;
	EVP_MD_CTX *hash;
	int fd;
	off_t at;
	__u64 size;
	__u8 in[CHUNK], out[CHUNK];
};

/* More input, or the word that there is none. */
static int feed(struct unpacking *u, lzma_action *action)
{
	ssize_t n;

	if (u->stream.avail_in > 0 || *action == LZMA_FINISH)
		return 0;
	n = pread(u->fd, u->in, sizeof(u->in), u->at);
	if (n < 0)
		return -errno;
	if (n == 0)
		*action = LZMA_FINISH;
	u->at += n;
	u->stream.next_in = u->in;
	u->stream.avail_in = n;
	return 0;
}

static int drain(struct unpacking *u)
{
	size_t n = sizeof(u->out) - u->stream.avail_out;

	u->size += n;
	if (u->size > AG_UNPACK_MAX)
		return -EFBIG;
	if (!EVP_DigestUpdate(u->hash, u->out, n))
		return -EIO;
	u->stream.next_out = u->out;
	u->stream.avail_out = sizeof(u->out);
	return 0;
}

static int run(struct unpacking *u)
{
	lzma_action action = LZMA_RUN;
	lzma_ret done = LZMA_OK;
	int r;

	while (done == LZMA_OK) {
		r = feed(u, &action);
		if (r)
			return r;
		done = lzma_code(&u->stream, action);
		r = drain(u);
		if (r)
			return r;
	}
	return done == LZMA_STREAM_END ? 0 : -EBADMSG;
}

int ag_unpack_xz_digest(int fd, __u8 ret_digest[ATMGUARD_HASH_LEN])
{
	struct unpacking u = { .stream = LZMA_STREAM_INIT, .fd = fd };
	int r = -ENOMEM;

	u.stream.next_out = u.out;
	u.stream.avail_out = sizeof(u.out);
	u.hash = EVP_MD_CTX_new();
	if (u.hash && EVP_DigestInit_ex(u.hash, EVP_sha256(), NULL) &&
	    lzma_stream_decoder(&u.stream, MEMORY_MAX, 0) == LZMA_OK)
		r = run(&u);
	if (r == 0 && !EVP_DigestFinal_ex(u.hash, ret_digest, NULL))
		r = -EIO;
	lzma_end(&u.stream);
	EVP_MD_CTX_free(u.hash);
	return r;
}
