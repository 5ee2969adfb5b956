// SPDX-License-Identifier: MIT
// The agent's seccomp filter: which system calls, with which arguments, and why.
#include "seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/atmguard.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define NR(table) (sizeof(table) / sizeof((table)[0]))

/* Allowed with any argument. */
static const int allowed[] = {
	/* memory: the allocator and threads' stacks; see no_exec[] */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* the event loop */
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv),
	SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(pipe2), SCMP_SYS(eventfd2),
	SCMP_SYS(restart_syscall),
	/* files: the receipt; the resolver's configuration */
	SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat),
	SCMP_SYS(statx), SCMP_SYS(fsync), SCMP_SYS(renameat), SCMP_SYS(rename),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(pread64), SCMP_SYS(getdents64),
	/* the network, see families[] */
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(accept4), SCMP_SYS(sendto), SCMP_SYS(recvfrom),
	SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown), SCMP_SYS(uname),
	/* time and chance */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(getrandom),
	/* the resolver's threads, see below for how they start */
	SCMP_SYS(futex), SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(gettid), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* signals: also how abort(3) ends the process when the C library finds its memory damaged */
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(tgkill),
	/* who am I: the C library and OpenSSL ask */
	SCMP_SYS(getpid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
};

/* What nothing in the agent ever does, and code smuggled into it would. */
static const int deadly[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(bpf), SCMP_SYS(mount), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(chroot),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load), SCMP_SYS(setuid), SCMP_SYS(setresuid), SCMP_SYS(io_uring_setup),
	SCMP_SYS(memfd_create), SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open),
};

/* The kernel's requests, and FIONREAD-like questions the libraries ask of sockets. */
static const uint64_t ioctls[] = {
	ATMGUARD_STATUS, ATMGUARD_NONCE, ATMGUARD_GRANT, ATMGUARD_RELOCK, ATMGUARD_RECEIPT,
	0x541b /* FIONREAD */, 0x5421 /* FIONBIO */, 0x5401 /* TCGETS: isatty(3) */,
};

/* The center; name service switches; the kernel's list of addresses for getaddrinfo(3). */
static const uint64_t families[] = { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK };

static const uint64_t fcntls[] = { F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC };

/* Memory of this process never becomes code: no PROT_EXEC. */
static const int no_exec[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };

static int allow_values(scmp_filter_ctx filter, int call, unsigned int arg, const uint64_t *values,
			size_t nr)
{
	int r = 0;

	for (size_t i = 0; i < nr && !r; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
				     SCMP_CMP(arg, SCMP_CMP_EQ, values[i], 0));
	return r;
}

/* A system call that this architecture never had cannot be made either. */
static int add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t nr)
{
	int r = 0;

	for (size_t i = 0; i < nr && !r; i++)
		if (calls[i] >= 0)
			r = seccomp_rule_add(filter, action, calls[i], 0);
	return r;
}

/* Threads, not processes.  clone3's flags lie in memory, where a filter cannot
 * see them; the default, ENOSYS, makes the C library use clone. */
static int allow_threads(scmp_filter_ctx filter)
{
	const uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				SCMP_CMP(0, SCMP_CMP_MASKED_EQ, thread, thread));
}

static int allow_checked(scmp_filter_ctx filter)
{
	int r = allow_threads(filter);

	for (size_t i = 0; i < NR(no_exec) && !r; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, no_exec[i], 1,
				     SCMP_CMP(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	r = r ? r : allow_values(filter, SCMP_SYS(ioctl), 1, ioctls, NR(ioctls));
	r = r ? r : allow_values(filter, SCMP_SYS(socket), 0, families, NR(families));
	r = r ? r : allow_values(filter, SCMP_SYS(fcntl), 1, fcntls, NR(fcntls));
	return r ? r : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
					SCMP_CMP(0, SCMP_CMP_EQ, AF_UNIX, 0));
}

int ag_seccomp_enter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int r = -ENOMEM;

	if (!filter)
		return r;
	r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	r = r ? r : add_all(filter, SCMP_ACT_ALLOW, allowed, NR(allowed));
	r = r ? r : add_all(filter, SCMP_ACT_KILL_PROCESS, deadly, NR(deadly));
	r = r ? r : allow_checked(filter);
	r = r ? r : seccomp_load(filter);
	seccomp_release(filter);
	return r;
}
