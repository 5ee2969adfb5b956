# SPDX-License-Identifier: MIT
# Unit tests of center/ and of lib/.
CENTER_TESTED := tests/unit/center_fixture.c tests/unit/center_alone.c $(CENTER_JUDGE) $(CENTER_COMMON)
$(eval $(call unit_test,check_center_lib,tests/unit/check_center_lib.c $(CENTER_COMMON),-levent -ljansson -lcrypto))
$(eval $(call unit_test,check_center_job,tests/unit/check_center_job.c $(CENTER_TESTED),$(CENTER_LIBS)))
$(eval $(call unit_test,check_center_judge,tests/unit/check_center_judge.c $(CENTER_TESTED),$(CENTER_LIBS)))
$(eval $(call unit_test,check_center_audit,tests/unit/check_center_audit.c $(CENTER_TESTED),$(CENTER_LIBS)))
$(eval $(call unit_test,check_center_store,$(addprefix tests/unit/,check_center_store.c center_v1.c center_vfs.c) \
  $(CENTER_JUDGE) $(CENTER_COMMON),$(CENTER_LIBS)))
$(eval $(call unit_test,check_center_reader,tests/unit/check_center_reader.c $(CENTER_TESTED),$(CENTER_LIBS)))
$(eval $(call unit_test,check_center_sandbox,tests/unit/check_center_sandbox.c center/daemon/sandbox.c,-lseccomp))
