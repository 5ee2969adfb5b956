// SPDX-License-Identifier: MIT
// Gives up root and every capability.
#include "account.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/common/process.h"

static int become(const char *user)
{
	const struct passwd *account;

	errno = 0;
	account = getpwnam(user);
	if (!account)
		return errno ? -errno : -ENOENT;
	if (account->pw_uid == 0)
		return -EPERM;
	if (initgroups(user, account->pw_gid) ||
	    setresgid(account->pw_gid, account->pw_gid, account->pw_gid) ||
	    setresuid(account->pw_uid, account->pw_uid, account->pw_uid))
		return -errno;
	return 0;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -errno;
	return syscall(SYS_capset, &header, none) ? -errno : 0;
}

int ag_account_drop(const char *user)
{
	int r = 0;

	if (getuid() == 0 || geteuid() == 0)
		r = become(user);
	r = r ? r : drop_capabilities();
	return r ? r : ag_process_hide();
}
