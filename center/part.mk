# SPDX-License-Identifier: MIT
# The maintenance center: atmcenterd and its command line atmcenter, a room for each duty.

LIB_SHARED    := lib/cms.c lib/damm.c lib/hex.c lib/chain.c lib/names.c
# What both programs and the unit tests use: no process, no socket of its own.
CENTER_COMMON := $(filter-out center/common/log.c, $(wildcard center/common/*.c)) $(LIB_SHARED)
CENTER_JUDGE  := $(wildcard center/judge/*.c center/store/*.c center/admin/*.c center/reader/*.c) center/common/log.c
CENTER_DAEMON := $(wildcard center/daemon/*.c)
CENTER_CLI    := $(wildcard center/cli/*.c)
CENTER_LIBS   := -levent_openssl -levent -ljansson -lsqlite3 -lseccomp -lssl -lcrypto

$(eval $(call program,atmcenterd,$(CENTER_DAEMON) $(CENTER_JUDGE) $(CENTER_COMMON),$(CENTER_LIBS)))
$(eval $(call program,atmcenter,$(CENTER_CLI) $(CENTER_COMMON),-levent -ljansson -lcrypto))
