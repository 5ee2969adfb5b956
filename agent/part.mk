# SPDX-License-Identifier: MIT
# The programs of the ATM.

AGENT_COMMON := $(addprefix agent/, device.c names.c json.c secret.c clock.c) lib/hex.c lib/damm.c
# All of atmguardd but main(), which tests link with a device of their own.
AGENTD_SRC := $(AGENT_COMMON) $(addprefix agent/, account.c agent.c agent_main.c config.c hello.c \
                http.c local.c log.c message.c request.c sandbox.c ship.c store.c unlock.c)
AGENTD_LIBS := -lcurl -ljansson -lseccomp $(CRYPTO_LIBS)

$(eval $(call program,atmguardd,agent/atmguardd.c $(AGENTD_SRC),$(AGENTD_LIBS)))

MAINT_SRC := $(AGENT_COMMON) $(addprefix agent/, account.c answer.c blocks.c keys.c maint.c peer.c \
               request.c screen.c wizard.c words.c)

$(eval $(call program,atmguard-maint,$(MAINT_SRC),-ljansson -lncursesw -ltinfo $(CRYPTO_LIBS)))

CTL_SRC := $(AGENT_COMMON) lib/chain.c $(addprefix agent/, account.c answer.c ctl.c ctl_log.c \
             ctl_status.c ctl_unlock.c explain.c peer.c record.c request.c)

$(eval $(call program,atmguardctl,$(CTL_SRC),-ljansson $(CRYPTO_LIBS)))

-include agent/load.mk
