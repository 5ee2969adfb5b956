/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The signed objects: policy, identity, grant and receipt, byte by byte.
 *
 * Each object is one flat structure, little endian, without holes (abi.h proves
 * it), and begins with its purpose: a key may be trusted for several purposes,
 * a signature must not be.  The signature is a detached CMS (RFC 5652) message
 * in DER over exactly these bytes, without signed attributes and certificates.
 * Times are seconds since 1970 by the signer's clock.
 */
#ifndef ATMGUARD_OBJECT_H
#define ATMGUARD_OBJECT_H

#include <linux/atmguard.h>
#include <atmguard/names.h>

#define AG_PURPOSE_LEN		24
#define AG_PURPOSE_POLICY	"atmguard-policy-1"
#define AG_PURPOSE_IDENTITY	"atmguard-identity-1"
#define AG_PURPOSE_GRANT	"atmguard-grant-1"
#define AG_PURPOSE_RECEIPT	"atmguard-receipt-1"

/* ---- policy ---- */

/* A command is what an interpreter gets as first and second argument, this
 * option and a text; its digest is over both, with the NUL between them. */
#define AG_COMMAND_OPTION	"-c"
#define AG_COMMAND_MAX		8192u	/* bytes of both, with their NULs */

struct ag_policy_header {
	char   purpose[AG_PURPOSE_LEN];
	__le64 version;			/* greater than the loaded one */
	__le64 floor;			/* lowest version still acceptable, <= version */
	__le64 not_before_s;
	__le64 not_after_s;		/* 0: never; past it: alarm, enforced all the same */
	char   atm_class[ATMGUARD_CLASS_LEN];	/* addressee; all zero: any class */
	__u8   text_sha256[ATMGUARD_HASH_LEN];	/* of the text it was compiled from */
	__le32 flags;			/* AG_POLICY_* */
	__le32 nr_entries;
	__le32 nr_nodes;
	__le32 nr_usb;
	__le32 nr_paths;
	__le32 nr_reads;
	__le32 nr_filesystems;
	__le32 reserved;
};
#define AG_POLICY_OBSERVE	(1u << 0)
#define AG_POLICY_FLAGS_ALL	0x1u

#define AG_ENTRIES_MAX		1500000u
#define AG_NODES_MAX		64u
#define AG_USB_MAX		256u
#define AG_PATHS_MAX		64u
#define AG_FILESYSTEMS_MAX	8u

/* Sorted by digest, strictly ascending: one entry a digest. */
struct ag_policy_entry {
	/* SHA-256 of the content, or of a command; with AG_TYPE_VERITY that of its
	 * struct fsverity_descriptor (SHA-256, blocks of 4096 bytes, no salt). */
	__u8   digest[ATMGUARD_HASH_LEN];
	__u8   types;		/* AG_TYPE_*, at least one use */
	__u8   owner;		/* group that may open nodes of that group, 0: none */
	__le16 flags;		/* AG_FLAG_* */
};

/* A character device that only programs of its owner group open. */
struct ag_policy_node {
	__le32 major;
	__le32 minor_first;
	__le32 minor_last;	/* inclusive */
	__u8   owner;		/* 1..255 */
	__u8   reserved[3];
	char   name[16];	/* for records, NUL padded */
};

/* A USB device by identity.  It is allowed when one rule fits it and every
 * interface it shows, in every altsetting, is among the rule's interfaces. */
#define AG_USB_INTERFACES	8u
#define AG_USB_ANY_SUBCLASS	(1u << 0)
#define AG_USB_ANY_PROTOCOL	(1u << 1)
#define AG_USB_ANY_ALL		0x3u
struct ag_usb_interface {
	__u8 base_class, subclass, protocol;
	__u8 any;		/* AG_USB_ANY_* */
};

struct ag_policy_usb {
	__le16 vendor;
	__le16 product;
	__le32 scopes;		/* any one of these opens it; 0: always allowed */
	__u8   nr_interfaces;	/* 1..AG_USB_INTERFACES */
	__u8   reserved[7];
	struct ag_usb_interface interface[AG_USB_INTERFACES];
	char   serial[32];	/* must equal the device's; empty: not looked at */
	char   port[16];	/* must equal the port path ("1-2.1"); empty: any */
	char   name[16];	/* for records, NUL padded */
};

/*
 * A directory or file, from the root of the machine's file systems ("/usr", no
 * slash at the end).  Of paths: nothing at or below it may be created, changed,
 * replaced or removed.  Of reads: interpreters read this one file whatever it
 * holds.  No directories: interpreters look for code by names of their own in
 * whatever directory the caller's HOME, PATH or working directory says.
 */
struct ag_policy_path {
	char path[128];		/* NUL padded */
};

/* A file system on another partition of the machine's own disk that is trusted
 * as the root is.  Wherever it is mounted, its paths are those below @path. */
struct ag_policy_filesystem {
	__u8 uuid[ATMGUARD_UUID_LEN];	/* in the order it is written in, not the nil UUID */
	char path[64];			/* as in ag_policy_path */
};

/* The policy is: header, entries, nodes, usb, paths, reads, filesystems;
 * nothing before, between or behind. */

/* ---- identity ---- */

struct ag_identity {
	char   purpose[AG_PURPOSE_LEN];
	__le64 version;
	__le64 not_before_s;
	__le64 not_after_s;		/* 0: never; past it: alarm */
	char   atm[ATMGUARD_ATM_LEN];
	char   atm_class[ATMGUARD_CLASS_LEN];
	__u8   boot_uuid[ATMGUARD_UUID_LEN];	/* UUID of the root file system */
	__u8   agent_spki_sha256[ATMGUARD_HASH_LEN];	/* key of the agent's TLS certificate */
};

/* ---- grant ---- */

#define AG_GRANT_DURATION_MAX_S	(12u * 3600u)	/* a shift; longer needs a new job */

struct ag_grant {
	char   purpose[AG_PURPOSE_LEN];
	char   atm[ATMGUARD_ATM_LEN];
	char   employee[ATMGUARD_EMPLOYEE_LEN];
	__u8   nonce[ATMGUARD_NONCE_LEN];
	__le64 job;			/* not 0 */
	__le64 issued_s;
	__le32 scopes;			/* ATMGUARD_SCOPE_*, at least one */
	__le32 duration_s;		/* 1..AG_GRANT_DURATION_MAX_S, counted on CLOCK_BOOTTIME */
};

/* ---- receipt ---- */

struct ag_receipt {
	char   purpose[AG_PURPOSE_LEN];
	char   atm[ATMGUARD_ATM_LEN];
	__u8   boot_id[ATMGUARD_UUID_LEN];	/* of the boot that wrote record seq */
	__le64 seq;			/* the last record held */
	__u8   hash[ATMGUARD_HASH_LEN];	/* its hash */
	__le64 issued_s;
};

#endif /* ATMGUARD_OBJECT_H */
