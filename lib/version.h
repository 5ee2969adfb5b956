/* SPDX-License-Identifier: MIT */
/* What --version says. */
#ifndef AG_VERSION
#define AG_VERSION "0.1.0"
#endif
