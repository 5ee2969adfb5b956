/* SPDX-License-Identifier: MIT */
/* The answer to three values; the handler itself is declared in handler.h. */
#ifndef AG_CENTER_JUDGE_UNLOCK_H
#define AG_CENTER_JUDGE_UNLOCK_H

/* Body of every answer to /v1/unlock, in bytes. */
#define AG_UNLOCK_BODY		1024

#endif
