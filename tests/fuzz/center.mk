# SPDX-License-Identifier: MIT
# Fuzzers of center/.
$(eval $(call fuzz_test,fuzz_center_request,tests/fuzz/fuzz_center_request.c center/common/request.c \
  center/common/text.c lib/hex.c lib/names.c,-ljansson -lcrypto))
$(eval $(call fuzz_test,fuzz_center_audit,tests/fuzz/fuzz_center_audit.c tests/fuzz/quiet_log.c \
  tests/unit/center_alone.c \
  $(filter-out center/common/log.c,$(CENTER_JUDGE)) $(CENTER_COMMON),$(CENTER_LIBS)))
