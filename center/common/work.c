// SPDX-License-Identifier: MIT
// Kinds of work: each opens as little, for as short a time, as it needs.
#include "work.h"
#include "lib/names.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <linux/atmguard.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* An entry must not outlast a shift: AG_GRANT_DURATION_MAX_S. */
#define MINUTES_MAX	(12 * 60)

struct ag_work ag_works[AG_WORKS_MAX + 1] = {
	{ "log-export", ATMGUARD_SCOPE_STORAGE_WRITE, 3600, "ログ採取 / log export" },
	{ "software-check", ATMGUARD_SCOPE_STORAGE_READ, 3600, "ソフトウェア確認 / software check" },
	{ "media-read", ATMGUARD_SCOPE_STORAGE_READ, 3600, "媒体読込 / reading media" },
	{ "diagnosis", ATMGUARD_SCOPE_TOOLS, 2 * 3600, "診断 / diagnosis" },
	{ "keyboard", ATMGUARD_SCOPE_KEYBOARD, 3600, "保守用キーボード / maintenance keyboard" },
	{ "update", ATMGUARD_SCOPE_UPDATE | ATMGUARD_SCOPE_STORAGE_READ, 2 * 3600,
	  "ソフトウェア更新 / software update" },
	{ "boot", ATMGUARD_SCOPE_BOOT, 3600, "起動設定 / boot settings" },
	{ "hardware", ATMGUARD_SCOPE_HARDWARE, 4 * 3600, "部品交換 / replacing parts" },
	{ "decommission", ATMGUARD_SCOPE_DECOMMISSION, 3600, "撤去 / decommissioning" },
	{ 0 },
};

const struct ag_work *ag_work_find(const char *name)
{
	for (const struct ag_work *work = ag_works; work->name; work++)
		if (strcmp(work->name, name) == 0)
			return work;
	return NULL;
}

/* ---- the center's own kinds ---- */

/* Bits of a list of names, 0 if it is none. */
static uint32_t read_scopes(const json_t *list)
{
	uint32_t scopes = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		uint32_t bit = name ? ag_names_bit(AG_NAMES_SCOPE, name) : 0;

		if (!bit)
			return 0;
		scopes |= bit;
	}
	return scopes;
}

static struct ag_work *slot_for(const char *name)
{
	struct ag_work *work = ag_works;

	while (work->name && strcmp(work->name, name) != 0)
		work++;
	return work < ag_works + AG_WORKS_MAX ? work : NULL;
}

/* Keeps references into @in, which therefore stays. */
static int add_work(const char *name, const json_t *in)
{
	const char *title = json_string_value(json_object_get(in, "title"));
	json_int_t minutes = json_integer_value(json_object_get(in, "minutes"));
	uint32_t scopes = read_scopes(json_object_get(in, "scopes"));
	struct ag_work *work = slot_for(name);

	if (!work || !scopes || minutes < 1 || minutes > MINUTES_MAX || !name[0])
		return -EINVAL;
	*work = (struct ag_work){ name, scopes, (uint32_t)minutes * 60, title ? title : name };
	return 0;
}

int ag_work_load(const char *dir, char ret_why[160])
{
	char path[PATH_MAX];
	const char *name;
	json_error_t error;
	json_t *file, *in;

	snprintf(path, sizeof(path), "%s/work.json", dir);
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!file) {
		snprintf(ret_why, 160, "work.json:%d: %.120s", error.line, error.text);
		return -EINVAL;
	}
	json_object_foreach(file, name, in)
		if (add_work(name, in)) {
			snprintf(ret_why, 160, "work.json: \"%.40s\": scopes (a list of names) and minutes"
				 " (1 to %d) expected, at most %d kinds", name, MINUTES_MAX, AG_WORKS_MAX);
			return -EINVAL;
		}
	return 0;	/* the names live in file */
}
