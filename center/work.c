// SPDX-License-Identifier: MIT
// Kinds of work: each opens as little, for as short a time, as it needs.
#include "work.h"

#include <linux/atmguard.h>
#include <string.h>

const struct ag_work ag_works[] = {
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
