# SPDX-License-Identifier: MIT
# Unit tests of agent/.
AGENT_TEXT := $(addprefix agent/common/, json.c secret.c) lib/damm.c lib/hex.c lib/names.c

$(eval $(call unit_test,check_agent_config,tests/unit/check_agent_config.c agent/daemon/config.c,))
$(eval $(call unit_test,check_agent_message,tests/unit/check_agent_message.c agent/daemon/message.c \
  $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_local,tests/unit/check_agent_local.c agent/common/local.c \
  $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_record,tests/unit/check_agent_record.c agent/ctl/record.c \
  $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
$(eval $(call unit_test,check_agent_statedir,tests/unit/check_agent_statedir.c agent/daemon/statedir.c \
  agent/common/secret.c,))
$(eval $(call unit_test,check_agent_wizard,tests/unit/check_agent_wizard.c agent/screen/wizard.c \
  agent/screen/keypad.c agent/screen/phrases.c lib/damm.c lib/names.c,))
$(eval $(call unit_test,check_agent_seccomp,tests/unit/check_agent_seccomp.c agent/daemon/seccomp.c \
  agent/daemon/account.c agent/common/process.c,-lseccomp))
$(eval $(call unit_test,check_names,tests/unit/check_names.c agent/ctl/explain.c agent/common/local.c \
  core/check.c $(AGENT_TEXT),-ljansson $(CRYPTO_LIBS)))
