/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR MIT */
/*
 * The ABI of /dev/atmguard: requests, audit records and the numbers that
 * kernel module, BPF programs and user space share.
 *
 * Requests are made by ioctl(2), audit records are read by read(2), on one
 * descriptor.  The number of a request contains the size of its structure, as
 * _IOC() puts it there; the kernel refuses any other size.  All reserved
 * fields are zero, in both directions, and are checked.
 *
 * Who may ask: a request marked [any] works on every descriptor; the others,
 * and read(2), need a descriptor opened O_RDWR, so that the mode of the node
 * decides.  No request weakens anything by itself: what opens the machine is
 * always an object that an anchor compiled into the module has signed.
 *
 * When it may be asked: see the state after each request.  A request in any
 * other state fails with EBUSY and changes nothing.
 *
 *   UNSEALED --SEAL--> LOCKED --GRANT--> MAINTENANCE
 *                         ^                   | RELOCK, timer
 *                         +---- RELOCKING <---+
 *
 * TAMPERED is for a machine whose boot evidence failed, which nothing checks
 * yet; it is left only by a grant with the scope `boot`.
 *
 * Times are nanoseconds since boot (CLOCK_BOOTTIME) unless the name says
 * wall_, then nanoseconds or seconds (_s) since 1970, and advisory: the wall
 * clock is not trusted for any decision that opens something.
 */
#ifndef _UAPI_LINUX_ATMGUARD_H
#define _UAPI_LINUX_ATMGUARD_H

#ifndef __VMLINUX_H__
#include <linux/ioctl.h>
#include <linux/types.h>
#endif

#define ATMGUARD_ABI		1
#define ATMGUARD_DEVICE		"/dev/atmguard"

#define ATMGUARD_ATM_LEN	16	/* ATM number: digits, NUL padded */
#define ATMGUARD_EMPLOYEE_LEN	16	/* employee number: digits, NUL padded */
#define ATMGUARD_CLASS_LEN	32	/* class of ATM, NUL padded */
#define ATMGUARD_HASH_LEN	32	/* SHA-256 */
#define ATMGUARD_NONCE_LEN	32
#define ATMGUARD_UUID_LEN	16

/* Largest signed object and signature taken, in bytes. */
#define ATMGUARD_OBJECT_MAX	(64u << 20)	/* a policy of 10^6 entries is 36 MiB */
#define ATMGUARD_SIG_MAX	8192u		/* detached CMS, several signers */
#define ATMGUARD_LINKS_MAX	64u		/* BPF links handed over at the seal */

enum atmguard_state {
	ATMGUARD_UNSEALED	= 0,
	ATMGUARD_LOCKED		= 1,
	ATMGUARD_MAINTENANCE	= 2,
	ATMGUARD_RELOCKING	= 3,
	ATMGUARD_TAMPERED	= 4,
	ATMGUARD_NR_STATES
};

/* What a grant may add, one bit each. */
#define ATMGUARD_SCOPE_TOOLS		(1u << 0)
#define ATMGUARD_SCOPE_STORAGE_READ	(1u << 1)
#define ATMGUARD_SCOPE_STORAGE_WRITE	(1u << 2)
#define ATMGUARD_SCOPE_KEYBOARD		(1u << 3)
#define ATMGUARD_SCOPE_UPDATE		(1u << 4)
#define ATMGUARD_SCOPE_BOOT		(1u << 5)
#define ATMGUARD_SCOPE_HARDWARE		(1u << 6)
#define ATMGUARD_SCOPE_DECOMMISSION	(1u << 7)
#define ATMGUARD_SCOPES_ALL		0xffu

/* ---- requests ---- */

/* struct atmguard_status.flags */
#define ATMGUARD_STATUS_POLICY		(1u << 0)	/* a policy is loaded */
#define ATMGUARD_STATUS_IDENTITY	(1u << 1)	/* an identity is loaded */
#define ATMGUARD_STATUS_OBSERVE		(1u << 2)	/* policy says observe: denials are recorded, not enforced */
#define ATMGUARD_STATUS_POLICY_EXPIRED	(1u << 3)	/* past its date; enforced all the same */

/* Filled by ATMGUARD_STATUS; zero where not known yet. */
struct atmguard_status {
	__u32 abi;			/* ATMGUARD_ABI */
	__u32 state;			/* enum atmguard_state */
	__u32 flags;			/* ATMGUARD_STATUS_* */
	__u32 scopes;			/* ATMGUARD_SCOPE_* open now */
	__u64 job;			/* job of the open grant, 0: none */
	__u64 remaining_ms;		/* until the kernel relocks by itself */
	__u64 policy_version;
	__u64 policy_expires_wall_s;	/* seconds since 1970, 0: never */
	__u64 policy_bytes;		/* kernel memory of the loaded policy */
	__u64 generation;		/* counts policy loads, the seal and relocks */
	__u64 next_seq;			/* number the next audit record gets */
	__u64 oldest_seq;		/* oldest record still readable */
	__u64 lost;			/* records overwritten or dropped for want of a receipt */
	__u64 receipted_seq;		/* the center holds all records below this */
	__u64 denials;			/* since boot */
	__u32 policy_entries;
	__u32 usb_denied;		/* USB interfaces that were refused a driver */
	__u32 survivors;		/* tasks and interfaces the last relock could not end, 0 is right */
	__u32 reserved;
	__u8  boot_id[ATMGUARD_UUID_LEN];	/* drawn by the module at load */
	char  atm[ATMGUARD_ATM_LEN];
	char  atm_class[ATMGUARD_CLASS_LEN];
};

/*
 * A signed object (include/atmguard/object.h) and its detached CMS signature,
 * DER.  Errors common to all requests that take one, each with an audit
 * record of type ATMGUARD_EV_REFUSED whose error field holds the same number:
 *   EMSGSIZE      object or signature of length 0, larger than allowed, or,
 *                 except for a policy, not of the one possible length
 *   EBADMSG       the signature is not a well-formed detached CMS message
 *   ENOKEY        signed by a key that is not in the anchor set of this purpose
 *   EKEYREJECTED  the signature does not fit the object
 *   EPROTO        not an object of this purpose, or malformed inside
 *   EXDEV         addressed to another ATM, class or boot medium
 *   ESTALE        not newer than what is loaded, or not for the present nonce
 *   EBUSY         a receipt of another boot, after the first record was read
 *   EFAULT, ENOMEM
 */
struct atmguard_blob {
	__u64 data;		/* user pointer */
	__u64 sig;		/* user pointer */
	__u32 data_len;
	__u32 sig_len;
};

/*
 * SEAL: hands over the links of the attached BPF programs and the directory
 * on which the root file system is mounted.  The module takes its own
 * reference to each link.
 *   ENODATA  no identity or no policy is loaded
 *   EINVAL   nr_links is 0 or above ATMGUARD_LINKS_MAX
 *   EBADF    a descriptor is not a BPF link of an LSM program / not a directory
 *   ENOLINK  a hook that must be attached is not
 *   EXDEV    the root file system is not the one the identity names
 *   EEXIST   two file systems of one UUID are mounted from the root's disk
 *   ENOSPC   too many file systems of that disk are mounted
 *   EBUSY    sealed already
 */
struct atmguard_seal {
	__u64 links;		/* user pointer to nr_links __s32 descriptors */
	__u32 nr_links;
	__s32 root_fd;
};

/* NONCE: what the next grant must carry.  Stays the same until a grant with it
 * is taken, so that the center can be asked again when its reply was lost. */
struct atmguard_nonce {
	__u8 nonce[ATMGUARD_NONCE_LEN];
};

#define ATMGUARD_IOC	0xA7
/* [any], every state */
#define ATMGUARD_STATUS		_IOR(ATMGUARD_IOC, 0, struct atmguard_status)
/* UNSEALED; once */
#define ATMGUARD_IDENTITY	_IOW(ATMGUARD_IOC, 1, struct atmguard_blob)
/* UNSEALED, LOCKED; a higher version than the loaded one */
#define ATMGUARD_POLICY		_IOW(ATMGUARD_IOC, 2, struct atmguard_blob)
/* UNSEALED */
#define ATMGUARD_SEAL		_IOW(ATMGUARD_IOC, 3, struct atmguard_seal)
/* LOCKED, TAMPERED */
#define ATMGUARD_NONCE		_IOR(ATMGUARD_IOC, 4, struct atmguard_nonce)
/* LOCKED, TAMPERED (scope boot only) */
#define ATMGUARD_GRANT		_IOW(ATMGUARD_IOC, 5, struct atmguard_blob)
/* MAINTENANCE; returns when relocked, EBUSY while a relock is under way */
#define ATMGUARD_RELOCK		_IO(ATMGUARD_IOC, 6)
/* every state; before the first record is read it sets where numbering goes on */
#define ATMGUARD_RECEIPT	_IOW(ATMGUARD_IOC, 7, struct atmguard_blob)

/* ---- audit records ---- */

enum atmguard_event {
	ATMGUARD_EV_BOOT	= 1,	/* module loaded; detail: kernel release */
	ATMGUARD_EV_CONTINUE	= 2,	/* numbering goes on after a receipt; digest: its hash */
	ATMGUARD_EV_IDENTITY	= 3,	/* identity loaded; detail: ATM number */
	ATMGUARD_EV_POLICY	= 4,	/* policy loaded; aux: version, digest: of its text */
	ATMGUARD_EV_SEAL	= 5,	/* sealed; aux: links held */
	ATMGUARD_EV_DENY	= 6,	/* code: enum atmguard_hook, detail: path or subject */
	ATMGUARD_EV_USB		= 7,	/* device judged; error 0: allowed; detail: identity */
	ATMGUARD_EV_UNLOCK	= 8,	/* grant taken; job, aux: scopes, detail: employee */
	ATMGUARD_EV_RELOCK	= 9,	/* code: enum atmguard_relock, aux: survivors */
	ATMGUARD_EV_REFUSED	= 10,	/* signed object refused; code: enum ag_purpose */
	ATMGUARD_EV_RECEIPT	= 11,	/* receipt taken; aux: all below this are held */
	ATMGUARD_EV_MOUNT	= 12,	/* a listed medium, or a named file system, was mounted */
	ATMGUARD_EV_RUN		= 13,	/* a program started that only an open scope lets in */
	ATMGUARD_EV_ALARM	= 14,	/* something a person should look at; detail says what */
	ATMGUARD_NR_EVENTS
};

enum atmguard_hook {
	ATMGUARD_HOOK_NONE	= 0,
	ATMGUARD_HOOK_EXEC	= 1,	/* program or script started; fork after the end of a job */
	ATMGUARD_HOOK_MMAP	= 2,	/* file mapped executable */
	ATMGUARD_HOOK_MPROTECT	= 3,	/* memory turned executable */
	ATMGUARD_HOOK_ANON	= 4,	/* anonymous executable memory */
	ATMGUARD_HOOK_INTERP	= 5,	/* interpreter without a listed script, or reading unlisted code */
	ATMGUARD_HOOK_WRITE	= 6,	/* open for writing or truncation of a listed file */
	ATMGUARD_HOOK_REPLACE	= 7,	/* name or attribute changed in a protected directory */
	ATMGUARD_HOOK_BLOCK	= 8,	/* block device opened */
	ATMGUARD_HOOK_MOUNT	= 9,	/* file system mounted, or mounted over something protected */
	ATMGUARD_HOOK_NODE	= 10,	/* named device node opened by another program */
	ATMGUARD_HOOK_BPF	= 11,	/* bpf(2) */
	ATMGUARD_HOOK_PTRACE	= 12,	/* ptrace, process_vm_writev, pidfd_getfd, /proc/PID/mem, seccomp's supervisors */
	ATMGUARD_HOOK_MODULE	= 13,	/* kernel module */
	ATMGUARD_HOOK_KERNEL	= 14,	/* firmware, kexec and other data the kernel reads */
	ATMGUARD_HOOK_LOCKDOWN	= 15,	/* raw memory, ports, MSR, tracing, ...: see kernel_lockdown(7) */
	ATMGUARD_HOOK_PERSONA	= 16,	/* READ_IMPLIES_EXEC, PR_SET_MM */
	/* Kernel control file (USB authorize, bind, core_pattern, ...), command to
	 * a disk or file system, io_uring command, user namespace. */
	ATMGUARD_HOOK_CONTROL	= 17,
	ATMGUARD_NR_HOOKS
};

enum atmguard_relock {
	ATMGUARD_RELOCK_DONE	= 1,	/* the work was reported complete */
	ATMGUARD_RELOCK_TIMER	= 2,	/* the grant's time ended */
};

/*
 * One audit record, as read(2) returns it (whole records only; a buffer
 * smaller than one fails with EINVAL).  hash = SHA-256(hash of the record
 * before || this record up to hash).  The first record of a boot follows 32
 * zero bytes, or the hash of the last receipt if ATMGUARD_RECEIPT gave one.
 * A reader whose next record was overwritten gets EPIPE once and goes on at
 * oldest_seq; poll(2) and O_NONBLOCK work.  Each open file has its own cursor, lseek(2)
 * to 0 (SEEK_SET) goes to the oldest, to the end (SEEK_END) past the newest.
 */
struct atmguard_record {
	__u64 seq;
	__u64 boot_ns;
	__u64 wall_ns;
	__u16 type;		/* enum atmguard_event */
	__u16 code;		/* see the event */
	__s32 error;		/* 0 or -errno given to the caller; DENY: the reason, the caller gets EPERM */
	__u32 pid;		/* of the process, in the initial namespace */
	__u32 uid;
	__u64 job;		/* of the grant open at that time, 0: none */
	char  comm[16];
	__u8  digest[ATMGUARD_HASH_LEN];
	__u64 aux;
	__u64 repeats;		/* equal denials before it that have no record of their own */
	char  detail[208];	/* UTF-8, NUL padded, cut if longer; control bytes escaped \xNN */
	__u8  hash[ATMGUARD_HASH_LEN];
};

#endif /* _UAPI_LINUX_ATMGUARD_H */
