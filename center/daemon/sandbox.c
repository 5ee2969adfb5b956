// SPDX-License-Identifier: MIT
// Drop rights, then allow only the system calls a role needs.
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int ag_sandbox_find_user(const char *name, uid_t *ret_uid, gid_t *ret_gid)
{
	struct passwd *user = getpwnam(name);

	if (!user)
		return -ENOENT;
	*ret_uid = user->pw_uid;
	*ret_gid = user->pw_gid;
	return 0;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	return syscall(SYS_capset, &head, none) ? -errno : 0;
}

/* The kernel forgets at a change of the user that the parent's end is to end
 * this process too (prctl(2)); and the parent may end just then. */
static int become(uid_t uid, gid_t gid)
{
	pid_t service = getppid();
	int signal_number;

	if (prctl(PR_GET_PDEATHSIG, &signal_number) ||
	    setgroups(0, NULL) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid) ||
	    prctl(PR_SET_PDEATHSIG, signal_number))
		return -errno;
	return signal_number && getppid() != service ? -ESRCH : 0;
}

int ag_sandbox_drop(uid_t uid, gid_t gid)
{
	const struct rlimit no_core = { 0, 0 };
	int r = geteuid() == 0 && uid != 0 ? become(uid, gid) : 0;

	if (r)
		return r;
	if (geteuid() != uid || (uid != 0 && setuid(0) == 0))
		return -EPERM;
	if (setrlimit(RLIMIT_CORE, &no_core) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return drop_capabilities();
}

/* Memory, time, randomness, ending: every role. */
static const int common[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(close), SCMP_SYS(brk), SCMP_SYS(munmap),
	SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(getrandom),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(fstat),
};

static const int parent[] = {
	SCMP_SYS(wait4), SCMP_SYS(kill), SCMP_SYS(rt_sigtimedwait),
};

/* libevent on sockets that are open already, or accepted from one. */
static const int network[] = {
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl), SCMP_SYS(accept4),
	SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg), SCMP_SYS(shutdown), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(getpeername), SCMP_SYS(getsockname), SCMP_SYS(ioctl), SCMP_SYS(fcntl),
};

/* SQLite on its own files. */
static const int files[] = {
	SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
	SCMP_SYS(access), SCMP_SYS(lseek), SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(unlink), SCMP_SYS(fchmod),
	SCMP_SYS(fchown), SCMP_SYS(getcwd), SCMP_SYS(readlink), SCMP_SYS(geteuid),
	SCMP_SYS(getuid), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(fallocate),
};

static const int sockets[] = { SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(sendmsg) };

/* SQLite reading; opening is allowed apart, for reading alone. */
static const int reading[] = {
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(access), SCMP_SYS(lseek),
	SCMP_SYS(pread64), SCMP_SYS(fcntl), SCMP_SYS(getcwd), SCMP_SYS(readlink), SCMP_SYS(geteuid),
	SCMP_SYS(getuid), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(recvfrom), SCMP_SYS(sendmsg),
};

/* Readers come and go; each enters a sandbox of its own inside this one. */
static const int keeping[] = {
	SCMP_SYS(accept4), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(wait4),
	SCMP_SYS(kill), SCMP_SYS(prctl), SCMP_SYS(seccomp),
};

#define LIST(array) { array, sizeof(array) / sizeof(array[0]) }
static const struct { const int *calls; size_t nr; } lists[AG_NR_ROLES][3] = {
	[AG_ROLE_PARENT] = { LIST(common), LIST(parent) },
	[AG_ROLE_WORKER] = { LIST(common), LIST(network) },
	[AG_ROLE_JUDGE] = { LIST(common), LIST(network), LIST(files) },
	[AG_ROLE_SIGNER] = { LIST(common), LIST(sockets) },
	[AG_ROLE_KEEPER] = { LIST(common), LIST(reading), LIST(keeping) },
	[AG_ROLE_READER] = { LIST(common), LIST(reading) },
};

/* Memory may be mapped, never as code. */
static int allow_memory(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);

	return r ? r : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
}

/* Libraries look for optional files at odd moments (time zone, messages,
 * certificate stores).  Refusing is as safe as ending, and does not stop the
 * service for a file nobody needs. */
static int refuse_files(scmp_filter_ctx filter)
{
	static const int calls[] = {
		SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(lstat),
		SCMP_SYS(newfstatat), SCMP_SYS(access), SCMP_SYS(readlink),
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), calls[i], 0);
	return r;
}

/* SQLite falls back to reading when it is refused more; as root it would give
 * a file the owner it has. */
static int allow_opening_to_read(scmp_filter_ctx filter)
{
	static const unsigned int writes[] = { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC };
	const struct scmp_arg_cmp reads = SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
	int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, reads);

	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, writes[i], writes[i]));
	return r ? r : seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(fchown), 0);
}

static int add_file_rules(scmp_filter_ctx filter, enum ag_role role)
{
	switch (role) {
	case AG_ROLE_JUDGE: return 0;	/* its list holds them */
	case AG_ROLE_KEEPER: case AG_ROLE_READER: return allow_opening_to_read(filter);
	default: return refuse_files(filter);
	}
}

int ag_sandbox_enter(enum ag_role role)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = filter ? allow_memory(filter) : -ENOMEM;

	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < lists[role][i].nr && r == 0; j++)
			r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, lists[role][i].calls[j], 0);
	if (r == 0)
		r = add_file_rules(filter, role);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}
