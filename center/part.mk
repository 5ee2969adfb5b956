# SPDX-License-Identifier: MIT
# The maintenance center: atmcenterd and its command line atmcenter.
LIB_SHARED    := lib/cms.c lib/damm.c lib/hex.c lib/chain.c
# What both programs and the unit tests use: no process, no socket of its own.
CENTER_COMMON := center/keys.c center/request.c center/text.c center/wire.c center/work.c $(LIB_SHARED)
CENTER_JUDGE  := center/judge.c center/unlock.c center/audit.c center/alarm.c center/job.c center/otp.c \
                 center/store.c center/schema.c center/log.c center/admin_job.c center/admin_fleet.c \
                 center/admin_view.c center/admin.c
CENTER_DAEMON := center/main.c center/judged.c center/signer.c center/worker.c center/tls.c center/sandbox.c
CENTER_CLI    := center/cli.c center/cli_init.c center/cli_do.c center/cli_show.c center/cli_audit.c
CENTER_LIBS   := -levent_openssl -levent -ljansson -lsqlite3 -lseccomp -lssl -lcrypto

$(eval $(call program,atmcenterd,$(CENTER_DAEMON) $(CENTER_JUDGE) $(CENTER_COMMON),$(CENTER_LIBS)))
$(eval $(call program,atmcenter,$(CENTER_CLI) $(CENTER_COMMON),-levent -ljansson -lcrypto))
