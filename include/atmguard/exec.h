/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What module and BPF programs share: reasons not to let a program start. */
#ifndef ATMGUARD_EXEC_H
#define ATMGUARD_EXEC_H

/*
 * Of programs with powers and of interpreters.  The numbers are those of
 * doc/THREATS.md.
 *
 * FOREIGN_ROOT: somebody else can choose what its paths mean, by a chroot or by
 * a root directory that another process shares (X65).
 *
 * The others are for interpreters, and mean that it would run text that nobody
 * listed: by a variable of the environment, or a directory of PATH in which
 * somebody can put a listed program under another name (X32, X68); by the name
 * a script was started by, which is an option to it, or a file that it finds
 * somewhere else (X60, X67); or because it was started neither by a #! line nor
 * with a command that is listed, so the text comes from its arguments, standard
 * input or a terminal (X33).  The last reason is dropped if the first argument
 * names a listed script that was written for it.
 */
#define AG_EXEC_FOREIGN_ROOT		(1u << 0)
#define AG_EXEC_CODE_IN_ENVIRONMENT	(1u << 1)
#define AG_EXEC_MISLEADING_NAME		(1u << 2)
#define AG_EXEC_UNLISTED_TEXT		(1u << 3)

#endif
