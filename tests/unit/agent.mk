# SPDX-License-Identifier: MIT
# Unit tests of agent/.
AGENT_TEXT := $(addprefix agent/common/, json.c secret.c) lib/hex.c lib/damm.c lib/names.c

$(eval $(call unit_test,check_agent_config,tests/unit/check_agent_config.c agent/daemon/config.c,))
$(eval $(call unit_test,check_agent_message,tests/unit/check_agent_message.c agent/daemon/message.c \
  $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_request,tests/unit/check_agent_request.c agent/common/request.c \
  agent/common/answer.c $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_record,tests/unit/check_agent_record.c agent/common/record.c \
  $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_store,tests/unit/check_agent_store.c agent/daemon/store.c \
  agent/common/secret.c,))
$(eval $(call unit_test,check_agent_wizard,tests/unit/check_agent_wizard.c agent/screen/wizard.c \
  agent/screen/keys.c agent/screen/words.c lib/damm.c lib/names.c,))
$(eval $(call unit_test,check_agent_sandbox,tests/unit/check_agent_sandbox.c agent/daemon/sandbox.c \
  agent/common/account.c,-lseccomp))
$(eval $(call unit_test,check_names,tests/unit/check_names.c agent/ctl/explain.c agent/common/request.c \
  core/check.c $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
