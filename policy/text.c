// SPDX-License-Identifier: MIT
// Reads the text form of a policy; text_write.c writes it.
#include "text.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "lib/names.h"
#include "text_reader.h"
#include "value.h"

/* ---- digests and types ---- */

static bool is_digest(const char *word)
{
	return strncmp(word, "sha256:", 7) == 0 || strncmp(word, "verity:", 7) == 0;
}

int ag_text_digest(const char *word, __u8 ret_digest[ATMGUARD_HASH_LEN], bool *ret_verity)
{
	bool verity = word[0] == 'v';
	__u8 digest[ATMGUARD_HASH_LEN];
	unsigned int byte;

	if (!is_digest(word))
		return -EINVAL;
	word += 7;
	for (int i = 0; i < ATMGUARD_HASH_LEN; i++) {
		if (ag_value_hex(&word, 2, &byte))
			return -EINVAL;
		digest[i] = byte;
	}
	if (*word)
		return -EINVAL;
	memcpy(ret_digest, digest, sizeof(digest));
	*ret_verity = verity;
	return 0;
}

int ag_text_types(const char *word, __u8 *ret_types)
{
	char name[16];
	__u8 types = 0;

	for (;;) {
		size_t len = strcspn(word, "+");
		__u32 bit;

		if (len >= sizeof(name))
			return -EINVAL;
		memcpy(name, word, len);
		name[len] = 0;
		bit = ag_names_bit(AG_NAMES_TYPE, name);
		if (!bit || bit == AG_TYPE_COMMAND)	/* not a type of files */
			return -EINVAL;
		types |= bit;
		if (!word[len])
			break;
		word += len + 1;
	}
	*ret_types = types;
	return 0;
}

/* ---- statements that may appear once ---- */

/* The one value of a statement, or NULL with the error set. */
static const char *once(struct ag_text_reader *r, enum ag_once bit)
{
	if (r->model->seen & bit) {
		AG_FAIL(r, "%s is stated twice: keep one", r->words->word[0]);
		return NULL;
	}
	if (r->words->nr != 2) {
		AG_FAIL(r, "%s takes exactly one value", r->words->word[0]);
		return NULL;
	}
	r->model->seen |= bit;
	return r->words->word[1];
}

static int read_count(struct ag_text_reader *r, enum ag_once bit, __u64 *field)
{
	const char *word = once(r, bit);
	unsigned long long n;

	if (!word)
		return -EINVAL;
	if (ag_value_number(word, LLONG_MAX, &n) || n == 0)
		return AG_FAIL(r, "%s takes a whole number from 1 on", r->words->word[0]);
	*field = n;
	return 0;
}

static int do_version(struct ag_text_reader *r)
{
	return read_count(r, AG_ONCE_VERSION, &r->model->version);
}

static int do_floor(struct ag_text_reader *r)
{
	return read_count(r, AG_ONCE_FLOOR, &r->model->floor);
}

static int do_class(struct ag_text_reader *r)
{
	const char *word = once(r, AG_ONCE_CLASS);

	if (!word)
		return -EINVAL;
	if (!ag_value_is_name(word) || ag_value_field(word, r->model->atm_class, ATMGUARD_CLASS_LEN))
		return AG_FAIL(r, "a class is 1 to %d printable ASCII characters without blanks",
			       ATMGUARD_CLASS_LEN - 1);
	return 0;
}

static int read_date(struct ag_text_reader *r, enum ag_once bit, unsigned int second_of_day,
		     __u64 *field)
{
	const char *word = once(r, bit);

	if (!word)
		return -EINVAL;
	if (ag_value_time(word, second_of_day, field))
		return AG_FAIL(r, "%s takes a day (2027-12-31) or a time (2027-12-31T18:00:00Z)",
			       r->words->word[0]);
	return 0;
}

static int do_not_before(struct ag_text_reader *r)
{
	return read_date(r, AG_ONCE_NOT_BEFORE, 0, &r->model->not_before_s);
}

static int do_expires(struct ag_text_reader *r)
{
	return read_date(r, AG_ONCE_EXPIRES, 86399, &r->model->not_after_s);
}

static int do_mode(struct ag_text_reader *r)
{
	const char *word = once(r, AG_ONCE_MODE);

	if (!word)
		return -EINVAL;
	if (strcmp(word, "observe") == 0)
		r->model->flags |= AG_POLICY_OBSERVE;
	else if (strcmp(word, "enforce") != 0)
		return AG_FAIL(r, "mode is enforce or observe, not '%.40s'", word);
	return 0;
}

/* ---- entries ---- */

static int read_owner(struct ag_model *model, const struct ag_text_reader *r, const char *name,
		      __u8 *group)
{
	__u8 g;
	int e = ag_model_group(model, name, &g);

	if (e == -E2BIG)
		return AG_FAIL(r, "too many owner groups: %u at most", AG_GROUPS_MAX);
	if (e)
		return AG_FAIL(r, "an owner is 1 to %u lower-case letters, digits and '-', not '%.40s'",
			       AG_GROUP_LEN - 1, name);
	if (*group && *group != g)
		return AG_FAIL(r, "two owners: a content belongs to one group");
	*group = g;
	return 0;
}

int ag_text_flags(struct ag_model *model, unsigned int line, const struct ag_words *words,
		  unsigned int first, struct ag_model_entry *ret_entry, struct ag_error *error)
{
	struct ag_text_reader r = { model, words, line, error };
	__u32 flag;

	for (unsigned int i = first; i < words->nr; i++) {
		if (strcmp(words->word[i], "owner") == 0) {
			if (++i == words->nr)
				return AG_FAIL(&r, "owner needs the name of a group");
			if (read_owner(model, &r, words->word[i], &ret_entry->group))
				return -EINVAL;
			continue;
		}
		flag = ag_names_bit(AG_NAMES_FLAG, words->word[i]);
		if (!flag)
			return AG_FAIL(&r, "unknown flag '%.40s': see the list of flags in doc/POLICY.md",
				       words->word[i]);
		ret_entry->flags |= flag;
	}
	return 0;
}

static int do_entry(struct ag_text_reader *r, __u8 types)
{
	struct ag_model_entry e = { .types = types, .line = r->line };
	bool verity;

	if (r->words->nr < 3)
		return AG_FAIL(r, "an entry is: %.60s sha256:DIGEST PATH [FLAG...]", r->words->word[0]);
	if (ag_text_digest(r->words->word[1], e.digest, &verity))
		return AG_FAIL(r, "'%.80s' is not sha256: or verity: and 64 hexadecimal digits",
			       r->words->word[1]);
	if (verity)
		e.types |= AG_TYPE_VERITY;
	e.path = r->words->word[2];
	if (e.path[0] != '/')
		return AG_FAIL(r, "the path must begin with a slash: '%.80s'", e.path);
	if (ag_text_flags(r->model, r->line, r->words, 3, &e, r->error))
		return -EINVAL;
	if ((e.flags || e.group) && !(types & (AG_TYPE_PROGRAM | AG_TYPE_SCRIPT)))
		return AG_FAIL(r, "flags and owner are for programs and scripts only");
	if (r->model->nr_entries == AG_ENTRIES_MAX)
		return AG_FAIL(r, "too many entries: %u at most", AG_ENTRIES_MAX);
	return ag_model_add_entry(r->model, &e);
}

static int hash_command(const char *text, __u8 ret_digest[ATMGUARD_HASH_LEN])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	int ok = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) &&
		 EVP_DigestUpdate(hash, AG_COMMAND_OPTION, sizeof(AG_COMMAND_OPTION)) &&
		 EVP_DigestUpdate(hash, text, strlen(text)) &&
		 EVP_DigestFinal_ex(hash, ret_digest, NULL);

	EVP_MD_CTX_free(hash);
	return ok ? 0 : -ENOMEM;
}

/* A shell would take a text that begins with a sign for more options. */
static int do_command(struct ag_text_reader *r)
{
	struct ag_model_entry e = { .types = AG_TYPE_COMMAND, .line = r->line };

	if (r->words->nr != 2)
		return AG_FAIL(r, "command takes exactly one text, in double quotes");
	e.path = r->words->word[1];
	if (*e.path == '-' || *e.path == '+')
		return AG_FAIL(r, "a command cannot begin with '%c': the shell would take it for an option",
			       *e.path);
	if (sizeof(AG_COMMAND_OPTION) + strlen(e.path) >= AG_COMMAND_MAX)
		return AG_FAIL(r, "a command is %zu bytes at most",
			       AG_COMMAND_MAX - sizeof(AG_COMMAND_OPTION) - 1);
	if (r->model->nr_entries == AG_ENTRIES_MAX)
		return AG_FAIL(r, "too many entries: %u at most", AG_ENTRIES_MAX);
	if (hash_command(e.path, e.digest))
		return -ENOMEM;
	return ag_model_add_entry(r->model, &e);
}

/* ---- nodes ---- */

/* Cuts @word at @separator, NULL if it has none. */
static char *cut(char *word, char separator)
{
	char *at = strchr(word, separator);

	if (!at)
		return NULL;
	*at = 0;
	return at + 1;
}

/* "4:65" or "4:65-67" */
static int read_device(const char *word, struct ag_policy_node *n)
{
	unsigned long long major, first, last;
	char copy[32], *minors, *end;

	if (strlen(word) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, word);
	minors = cut(copy, ':');
	end = minors ? cut(minors, '-') : NULL;
	if (!minors || ag_value_number(copy, AG_MAJOR_MAX, &major) ||
	    ag_value_number(minors, AG_MINOR_MAX, &first) ||
	    ag_value_number(end ? end : minors, AG_MINOR_MAX, &last) || first > last)
		return -EINVAL;
	n->major = htole32(major);
	n->minor_first = htole32(first);
	n->minor_last = htole32(last);
	return 0;
}

static int do_node(struct ag_text_reader *r)
{
	char *const *w = r->words->word;
	struct ag_policy_node n = { 0 };

	if (r->words->nr != 6 || strcmp(w[2], "char") != 0 || strcmp(w[4], "owner") != 0)
		return AG_FAIL(r, "a node is: node NAME char MAJOR:MINOR[-MINOR] owner GROUP");
	if (!ag_value_is_name(w[1]) || ag_value_field(w[1], n.name, sizeof(n.name)))
		return AG_FAIL(r, "a node's name is 1 to 15 printable ASCII characters without blanks");
	if (read_device(w[3], &n))
		return AG_FAIL(r, "'%.40s' is not MAJOR:MINOR (to 4095 and 1048575) or a range of minors", w[3]);
	if (read_owner(r->model, r, w[5], &n.owner))
		return -EINVAL;
	if (r->model->nr_nodes == AG_NODES_MAX)
		return AG_FAIL(r, "too many nodes: %u at most", AG_NODES_MAX);
	r->model->nodes[r->model->nr_nodes++] = n;
	return 0;
}

/* ---- paths, file systems and overrides ---- */

static int read_path(struct ag_text_reader *r, const char *word, char *field, size_t size)
{
	if (ag_value_field(word, field, size))
		return AG_FAIL(r, "a path here is %zu bytes at most: name a directory above it", size - 1);
	if (!ag_path_is_normal(field) || !ag_text_is_clean(field, strlen(field)))
		return AG_FAIL(r, "'%.63s' must begin with a slash, and have no '//', '.', '..' or slash at the end",
			       field);
	return 0;
}

static int do_filesystem(struct ag_text_reader *r)
{
	struct ag_model *m = r->model;
	struct ag_policy_filesystem f;

	if (r->words->nr != 4 || strcmp(r->words->word[2], "uuid") != 0)
		return AG_FAIL(r, "a file system is: filesystem PATH uuid UUID");
	if (read_path(r, r->words->word[1], f.path, sizeof(f.path)))
		return -EINVAL;
	if (ag_value_uuid(r->words->word[3], f.uuid))
		return AG_FAIL(r, "'%.40s' is not a UUID as blkid prints it", r->words->word[3]);
	for (unsigned int i = 0; i < m->nr_filesystems; i++)
		if (!memcmp(m->filesystems[i].uuid, f.uuid, sizeof(f.uuid)) ||
		    !memcmp(m->filesystems[i].path, f.path, sizeof(f.path)))
			return AG_FAIL(r, "a UUID and a path belong together once: one of these is named before");
	if (m->nr_filesystems == AG_FILESYSTEMS_MAX)
		return AG_FAIL(r, "too many file systems: %u at most", AG_FILESYSTEMS_MAX);
	m->filesystems[m->nr_filesystems++] = f;
	return 0;
}

static int add_path(struct ag_text_reader *r, struct ag_policy_path *paths, unsigned int *nr)
{
	const char *word = r->words->word[0];
	struct ag_policy_path p;

	if (r->words->nr != 2)
		return AG_FAIL(r, "%s takes exactly one path; write one line for each", word);
	if (read_path(r, r->words->word[1], p.path, sizeof(p.path)))
		return -EINVAL;
	for (unsigned int i = 0; i < *nr; i++)
		if (memcmp(&paths[i], &p, sizeof(p)) == 0)
			return 0;
	if (*nr == AG_PATHS_MAX)
		return AG_FAIL(r, "too many paths of %s: %u at most", word, AG_PATHS_MAX);
	paths[(*nr)++] = p;
	return 0;
}

static int do_protect(struct ag_text_reader *r)
{
	return add_path(r, r->model->paths, &r->model->nr_paths);
}

static int do_reads(struct ag_text_reader *r)
{
	return add_path(r, r->model->reads, &r->model->nr_reads);
}

static int read_override(struct ag_text_reader *r, enum ag_override what)
{
	if (r->words->nr != 3 || !*r->words->word[2])
		return AG_FAIL(r, "%s takes a path and, in double quotes, the reason", r->words->word[0]);
	return ag_model_add_override(r->model, what, r->words->word[1], r->words->word[2]);
}

static int do_allow_door(struct ag_text_reader *r)
{
	return read_override(r, AG_OVERRIDE_DOOR);
}

static int do_allow_flaw(struct ag_text_reader *r)
{
	return read_override(r, AG_OVERRIDE_FLAW);
}

/* ---- lines ---- */

static const struct {
	const char *word;
	int (*read)(struct ag_text_reader *r);
} statements[] = {
	{ "policy-version",	do_version },
	{ "floor",		do_floor },
	{ "class",		do_class },
	{ "not-before",		do_not_before },
	{ "expires",		do_expires },
	{ "mode",		do_mode },
	{ "node",		do_node },
	{ "usb",		ag_text_usb },
	{ "command",		do_command },
	{ "protect",		do_protect },
	{ "reads",		do_reads },
	{ "filesystem",		do_filesystem },
	{ "allow-door",		do_allow_door },
	{ "allow-flaw",		do_allow_flaw },
};

static int read_statement(struct ag_text_reader *r, ag_text_extension *extension, void *arg)
{
	const char *word = r->words->word[0];
	__u8 types;
	int e = -ENOENT;

	/* Rules have statements of the same names, without a digest. */
	if (ag_text_types(word, &types) == 0 &&
	    (!extension || (r->words->nr > 1 && is_digest(r->words->word[1]))))
		return do_entry(r, types);
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (strcmp(statements[i].word, word) == 0)
			return statements[i].read(r);
	if (extension)
		e = extension(arg, r->line, r->words, r->error);
	if (e == -ENOENT)
		return AG_FAIL(r, "unknown statement '%.40s'", word);
	return e;
}

int ag_text_parse(struct ag_model *model, const char *text, size_t len,
		  ag_text_extension *extension, void *arg, struct ag_error *ret_error)
{
	struct ag_words *words = malloc(sizeof(*words));
	struct ag_text_reader r = { model, words, 0, ret_error };
	const char *end = text + len, *next, *why;
	int e = words ? 0 : -ENOMEM;

	if (!e && len > AG_TEXT_MAX)
		e = ag_error_set(ret_error, 0, "the text is larger than %u bytes", AG_TEXT_MAX);
	for (; !e && text < end; text = next + 1) {
		next = memchr(text, '\n', end - text);
		if (!next)
			next = end - 1;	/* no newline: the last line */
		r.line++;
		if (ag_words_split(text, next - text + (*next != '\n'), words, &why))
			e = AG_FAIL(&r, "%s", why);
		else if (words->nr)
			e = read_statement(&r, extension, arg);
	}
	free(words);
	return e;
}
