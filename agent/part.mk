# SPDX-License-Identifier: MIT
# The programs of the ATM: a room for each, and what they share in common/.

# The local socket's conversation and what it stands on: all but the loader.
AGENT_LOCAL  := $(addprefix agent/common/, json.c local.c process.c secret.c) lib/damm.c lib/names.c
# What the clients of that socket share.
AGENT_CLIENT := $(AGENT_LOCAL) agent/common/client.c

# All of atmguardd but main(), which tests link with a device of their own.
AGENTD_SRC := $(AGENT_LOCAL) agent/common/clock.c agent/common/device.c lib/hex.c \
              $(filter-out agent/daemon/atmguardd.c, $(wildcard agent/daemon/*.c))
AGENTD_LIBS := -lcurl -ljansson -lseccomp $(CRYPTO_LIBS)
$(eval $(call program,atmguardd,agent/daemon/atmguardd.c $(AGENTD_SRC),$(AGENTD_LIBS)))

SCREEN_SRC := $(AGENT_CLIENT) agent/common/clock.c $(wildcard agent/screen/*.c)
$(eval $(call program,atmguard-maint,$(SCREEN_SRC),-ljansson -lncursesw -ltinfo))

CTL_SRC := $(AGENT_CLIENT) agent/common/device.c lib/chain.c lib/hex.c $(wildcard agent/ctl/*.c)
$(eval $(call program,atmguardctl,$(CTL_SRC),-ljansson $(CRYPTO_LIBS)))

# Runs in the initramfs, which takes its libraries along.
LOAD_SRC := $(wildcard agent/load/*.c)
$(OBJ)/agent/load/load_bpf.o: $(BUILD)/bpf/atmguard.skel.h
$(OBJ)/agent/load/load_bpf.o: EXTRA_CFLAGS = -I$(BUILD)/bpf
$(eval $(call program,atmguard-load,$(LOAD_SRC),-lbpf))
