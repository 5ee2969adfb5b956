# SPDX-License-Identifier: MIT
# atmguardd over a device in memory, for tests on machines without the module.
AGENT_FAKE := $(BUILD)/tests/atmguardd-fake

$(AGENT_FAKE): $(patsubst %.c,$(OBJ)/%.o,tests/agent/fake_device.c lib/chain.c $(AGENTD_SRC))
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $^ $(AGENTD_LIBS)

.PHONY: check-agent
check-agent: $(AGENT_FAKE) $(BIN)/atmguardd ## the agent against centers that fail in every way
	tests/run agent/failures $(AGENT_FAKE)

ifneq ($(wildcard center/part.mk),)
.PHONY: check-agent-center
check-agent-center: $(AGENT_FAKE) $(BIN)/atmguardctl $(BIN)/atmcenterd $(BIN)/atmcenter ## the agent and the real center
	tests/run agent/jobs $(AGENT_FAKE) $(BIN)
endif

DEPS += $(OBJ)/tests/agent/fake_device.d

.PHONY: check-screen
check-screen: $(BIN)/atmguard-maint ## the technician's screen in tmux
	tests/run agent/screen $(BIN)/atmguard-maint
