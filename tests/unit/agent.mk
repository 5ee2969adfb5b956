# SPDX-License-Identifier: MIT
# Unit tests of agent/.
AGENT_TEXT := $(addprefix agent/, json.c names.c secret.c) lib/hex.c lib/damm.c

$(eval $(call unit_test,check_agent_config,tests/unit/check_agent_config.c agent/config.c,))
$(eval $(call unit_test,check_agent_message,tests/unit/check_agent_message.c agent/message.c \
  $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_request,tests/unit/check_agent_request.c agent/request.c \
  agent/answer.c $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_record,tests/unit/check_agent_record.c agent/record.c \
  $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_store,tests/unit/check_agent_store.c agent/store.c \
  agent/secret.c,))
$(eval $(call unit_test,check_agent_wizard,tests/unit/check_agent_wizard.c agent/wizard.c \
  agent/keys.c agent/words.c lib/damm.c,))
$(eval $(call unit_test,check_agent_sandbox,tests/unit/check_agent_sandbox.c agent/sandbox.c \
  agent/account.c,-lseccomp))
