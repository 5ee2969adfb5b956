// SPDX-License-Identifier: MIT
// Computes the digest fs-verity gives a file: a tree of hashes, then a hash over its root and the size.
#include "verity.h"

#include <endian.h>
#include <errno.h>
#include <linux/fsverity.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK		4096u
#define LOG_BLOCK	12
#define READ_BLOCKS	64u	/* 256 KiB in one system call */
/* Each level has a 128th of the one below: 2^63 bytes have eight. */
#define LEVELS		9

struct tree {
	struct level {
		__u8 block[BLOCK];	/* hashes of blocks one level below */
		size_t used;
		__u64 nr;		/* hashes that ever came */
	} level[LEVELS];
	__u8 data[READ_BLOCKS * BLOCK];
	__u64 size;
};

static int hash(const void *data, size_t len, __u8 *ret_hash)
{
	return EVP_Digest(data, len, ret_hash, NULL, EVP_sha256(), NULL) ? 0 : -EIO;
}

/* Hashes @block into level @n; what becomes full there goes one level up. */
static int add_block(struct tree *t, const __u8 *block, int n)
{
	for (;; n++) {
		struct level *l = &t->level[n];
		int r = hash(block, BLOCK, l->block + l->used);

		if (r)
			return r;
		l->used += ATMGUARD_HASH_LEN;
		l->nr++;
		if (l->used < BLOCK)
			return 0;
		l->used = 0;
		block = l->block;
	}
}

static int read_block(struct tree *t, int fd, size_t *ret_len)
{
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(t->data)) {
		n = pread(fd, t->data + len, sizeof(t->data) - len, (off_t)(t->size + len));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	return 0;
}

static int add_file(struct tree *t, int fd)
{
	size_t len;
	int r;

	do {
		r = read_block(t, fd, &len);
		if (r)
			return r;
		t->size += len;
		/* The last block counts with zeros behind the data. */
		memset(t->data + len, 0, (BLOCK - len % BLOCK) % BLOCK);
		for (size_t at = 0; !r && at < len; at += BLOCK)
			r = add_block(t, t->data + at, 0);
	} while (!r && len == sizeof(t->data));
	return r;
}

/* Pads what is not full from below; the level with one hash holds the root. */
static int find_root(struct tree *t, const __u8 **ret_root)
{
	int n = 0, r = 0;

	for (; !r && t->level[n].nr > 1; n++) {
		struct level *l = &t->level[n];

		if (!l->used)
			continue;
		memset(l->block + l->used, 0, BLOCK - l->used);
		r = add_block(t, l->block, n + 1);
	}
	*ret_root = t->level[n].block;
	return r;
}

int ag_verity_digest(int fd, __u8 ret_digest[ATMGUARD_HASH_LEN])
{
	struct fsverity_descriptor d = {
		.version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .log_blocksize = LOG_BLOCK,
	};
	struct tree *t = calloc(1, sizeof(*t));
	const __u8 *root;
	int r = t ? add_file(t, fd) : -ENOMEM;

	if (!r)
		r = find_root(t, &root);
	if (!r) {
		d.data_size = htole64(t->size);
		/* An empty file has no block: its root is zeros. */
		memcpy(d.root_hash, root, ATMGUARD_HASH_LEN);
		r = hash(&d, sizeof(d), ret_digest);
	}
	free(t);
	return r;
}
