// SPDX-License-Identifier: MIT
// Writes a policy as text.
#include <time.h>

#include "lib/names.h"
#include "text.h"

void ag_text_write_digest(FILE *out, const __u8 digest[ATMGUARD_HASH_LEN], bool verity)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * ATMGUARD_HASH_LEN + 1];

	for (int i = 0; i < ATMGUARD_HASH_LEN; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * ATMGUARD_HASH_LEN] = 0;
	fprintf(out, "%s:%s", verity ? "verity" : "sha256", hex);
}

void ag_text_write_time(FILE *out, __u64 time_s, __u64 second_of_day)
{
	time_t t = (time_t)time_s;
	char buf[40];
	struct tm tm;

	if (!gmtime_r(&t, &tm) || tm.tm_year > 8099) {
		fprintf(out, "@%llu", (unsigned long long)time_s);
		return;
	}
	strftime(buf, sizeof(buf), time_s % 86400 == second_of_day ? "%Y-%m-%d"
								   : "%Y-%m-%dT%H:%M:%SZ", &tm);
	fputs(buf, out);
}

/* The words of @bits, with @before the first and @between the others. */
static void write_names(FILE *out, enum ag_names_kind kind, __u32 bits, const char *before,
			const char *between)
{
	char list[AG_NAMES_LIST_SIZE];

	if (bits)
		fprintf(out, "%s%s", before, ag_names_list(kind, bits, between, list, sizeof(list)));
}

static void write_header(FILE *out, const struct ag_model *m)
{
	if (m->version)
		fprintf(out, "policy-version %llu\n", (unsigned long long)m->version);
	if (m->floor != 1)
		fprintf(out, "floor %llu\n", (unsigned long long)m->floor);
	if (m->atm_class[0])
		fprintf(out, "class %s\n", m->atm_class);
	if (m->not_before_s) {
		fputs("not-before ", out);
		ag_text_write_time(out, m->not_before_s, 0);
		fputc('\n', out);
	}
	if (m->not_after_s) {
		fputs("expires ", out);
		ag_text_write_time(out, m->not_after_s, 86399);
		fputc('\n', out);
	}
	if (m->seen & AG_ONCE_MODE || m->flags)
		fprintf(out, "mode %s\n", m->flags & AG_POLICY_OBSERVE ? "observe" : "enforce");
}

static void write_nodes(FILE *out, const struct ag_model *m)
{
	for (unsigned int i = 0; i < m->nr_nodes; i++) {
		const struct ag_policy_node *n = &m->nodes[i];

		fprintf(out, "node ");
		ag_words_write(out, n->name);
		fprintf(out, " char %u:%u", ag_le32(n->major), ag_le32(n->minor_first));
		if (n->minor_last != n->minor_first)
			fprintf(out, "-%u", ag_le32(n->minor_last));
		fprintf(out, " owner %s\n", m->groups[n->owner - 1]);
	}
}

static void write_interface(FILE *out, const struct ag_usb_interface *f)
{
	fprintf(out, " interface %02x:", f->base_class);
	if (f->any & AG_USB_ANY_SUBCLASS)
		fputs("*:", out);
	else
		fprintf(out, "%02x:", f->subclass);
	if (f->any & AG_USB_ANY_PROTOCOL)
		fputc('*', out);
	else
		fprintf(out, "%02x", f->protocol);
}

static void write_usb(FILE *out, const struct ag_model *m)
{
	for (unsigned int i = 0; i < m->nr_usb; i++) {
		const struct ag_policy_usb *u = &m->usb[i];

		fputs("usb ", out);
		ag_words_write(out, u->name);
		fprintf(out, " %04x:%04x", ag_le16(u->vendor), ag_le16(u->product));
		if (u->serial[0]) {
			fputs(" serial ", out);
			ag_words_write(out, u->serial);
		}
		if (u->port[0]) {
			fputs(" port ", out);
			ag_words_write(out, u->port);
		}
		for (unsigned int j = 0; j < u->nr_interfaces; j++)
			write_interface(out, &u->interface[j]);
		write_names(out, AG_NAMES_SCOPE, ag_le32(u->scopes), " scope ", " ");
		fputc('\n', out);
	}
}

static void write_paths(FILE *out, const char *word, const struct ag_policy_path *paths,
			unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		fprintf(out, "%s ", word);
		ag_words_write(out, paths[i].path);
		fputc('\n', out);
	}
}

static void write_filesystems(FILE *out, const struct ag_model *m)
{
	for (unsigned int i = 0; i < m->nr_filesystems; i++) {
		const __u8 *u = m->filesystems[i].uuid;

		fputs("filesystem ", out);
		ag_words_write(out, m->filesystems[i].path);
		fprintf(out, " uuid %02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x\n",
			u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7],
			u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
	}
}

static void write_overrides(FILE *out, const struct ag_model *m)
{
	for (size_t i = 0; i < m->nr_overrides; i++) {
		const struct ag_model_override *o = &m->overrides[i];

		fputs(o->what == AG_OVERRIDE_DOOR ? "allow-door " : "allow-flaw ", out);
		ag_words_write(out, o->path);
		fputc(' ', out);
		ag_words_write(out, o->reason);
		fputc('\n', out);
	}
}

void ag_text_write_entry(FILE *out, const struct ag_model *model,
			 const struct ag_model_entry *entry)
{
	if (entry->types == AG_TYPE_COMMAND && entry->path) {
		fputs("command ", out);
		ag_words_write(out, entry->path);
		fputc('\n', out);
		return;
	}
	write_names(out, AG_NAMES_TYPE, entry->types & AG_TYPES_ALL, "", "+");
	fputc(' ', out);
	ag_text_write_digest(out, entry->digest, entry->types & AG_TYPE_VERITY);
	fputc(' ', out);
	ag_words_write(out, entry->path ? entry->path : "(no path)");
	write_names(out, AG_NAMES_FLAG, entry->flags, " ", " ");
	if (entry->group)
		fprintf(out, " owner %s", model->groups[entry->group - 1]);
	fputc('\n', out);
}

void ag_text_write(FILE *out, const struct ag_model *model)
{
	write_header(out, model);
	write_filesystems(out, model);
	write_paths(out, "protect", model->paths, model->nr_paths);
	write_paths(out, "reads", model->reads, model->nr_reads);
	write_nodes(out, model);
	write_usb(out, model);
	write_overrides(out, model);
	for (size_t i = 0; i < model->nr_entries; i++)
		ag_text_write_entry(out, model, &model->entries[i]);
}
