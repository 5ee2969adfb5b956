# SPDX-License-Identifier: MIT
# Fuzzers of agent/: the answers of the center, the packets of the local socket.
AGENT_FUZZED := $(addprefix agent/common/, json.c secret.c) lib/damm.c lib/hex.c lib/names.c

$(eval $(call fuzz_test,fuzz_agent_center,tests/fuzz/fuzz_agent_center.c agent/daemon/message.c \
  $(AGENT_FUZZED),-ljansson $(CRYPTO_LIBS)))
$(eval $(call fuzz_test,fuzz_agent_local,tests/fuzz/fuzz_agent_local.c agent/common/local.c \
  $(AGENT_FUZZED),-ljansson $(CRYPTO_LIBS)))
