/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/atmguard: the table of requests and the reader of audit records. */
#ifndef AG_REQUEST_H
#define AG_REQUEST_H

int ag_request_init(void);

#endif
