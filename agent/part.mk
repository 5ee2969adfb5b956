# SPDX-License-Identifier: MIT
# The programs of the ATM: a room for each, and what they share in common/.

AGENT_COMMON := $(addprefix agent/common/, account.c clock.c device.c json.c secret.c) lib/hex.c lib/damm.c lib/names.c
# What the clients of atmguardd's local socket share.
AGENT_CLIENT := $(addprefix agent/common/, answer.c peer.c request.c)

# All of atmguardd but main(), which tests link with a device of their own.
AGENTD_SRC := $(AGENT_COMMON) agent/common/request.c \
              $(filter-out agent/daemon/atmguardd.c, $(wildcard agent/daemon/*.c))
AGENTD_LIBS := -lcurl -ljansson -lseccomp $(CRYPTO_LIBS)
$(eval $(call program,atmguardd,agent/daemon/atmguardd.c $(AGENTD_SRC),$(AGENTD_LIBS)))

SCREEN_SRC := $(AGENT_COMMON) $(AGENT_CLIENT) $(wildcard agent/screen/*.c)
$(eval $(call program,atmguard-maint,$(SCREEN_SRC),-ljansson -lncursesw -ltinfo $(CRYPTO_LIBS)))

CTL_SRC := $(AGENT_COMMON) $(AGENT_CLIENT) agent/common/record.c lib/chain.c $(wildcard agent/ctl/*.c)
$(eval $(call program,atmguardctl,$(CTL_SRC),-ljansson $(CRYPTO_LIBS)))

# Runs in the initramfs, which takes its libraries along.
LOAD_SRC := $(wildcard agent/load/*.c)
$(OBJ)/agent/load/load_bpf.o: $(BUILD)/bpf/atmguard.skel.h
$(OBJ)/agent/load/load_bpf.o: EXTRA_CFLAGS = -I$(BUILD)/bpf
$(eval $(call program,atmguard-load,$(LOAD_SRC),-lbpf))
