/* SPDX-License-Identifier: MIT */
/* The steps of atmguard-load, each in its own file. */
#ifndef AG_AGENT_LOAD_LOAD_H
#define AG_AGENT_LOAD_LOAD_H

#include <linux/atmguard.h>
#include <stddef.h>

/* ---- load.c: the ladder ---- */

/* ag_load_modules - insert the modules at @paths, up to a NULL, in this order; 0 or -errno */
int ag_load_modules(char *const paths[]);

/*
 * ag_load_start - load and seal, then become @init[0] in the file system @root
 * @state: directory of the signed objects
 *
 * As process 1 it does not return at all: a machine that cannot be sealed is
 * switched off.
 *
 * Return: only on failure, -errno; the reason is on standard error.
 */
int ag_load_start(const char *root, const char *state, char *const init[]);

/* ---- load_object.c: signed objects from files to the kernel ---- */

/*
 * ag_load_object - hand DIR/NAME.bin with DIR/NAME.p7s to the kernel
 * @request: ATMGUARD_IDENTITY, ATMGUARD_POLICY or ATMGUARD_RECEIPT
 *
 * Return: 0, -ENOENT (a file is missing), -EFBIG, the kernel's -errno.
 */
int ag_load_object(int device, unsigned long request, const char *dir, const char *name);

/* ---- load_bpf.c: the BPF programs ---- */

/*
 * ag_load_bpf - load and attach every program
 *
 * *ret_fds are the links' descriptors, which stay open.
 * Return: 0 or -errno; libbpf has said on standard error what the matter was.
 */
int ag_load_bpf(int ret_fds[ATMGUARD_LINKS_MAX], size_t *ret_nr);

/* ---- load_root.c: over to the root file system ---- */

/* Moves what the initramfs mounted on /run to where it will be. */
void ag_load_take_run(const char *root);

/*
 * ag_load_enter - make @root the root of everything and become @argv[0]
 * Return: only on failure, -errno.
 */
int ag_load_enter(const char *root, char *const argv[]);

#endif
