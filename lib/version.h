/* SPDX-License-Identifier: MIT */
/* What --version says. */
#ifndef AG_LIB_VERSION_H
#define AG_LIB_VERSION_H

#define AG_VERSION "0.1.0"

#endif
