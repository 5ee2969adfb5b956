# SPDX-License-Identifier: MIT
# Agent, center and policy tool in one program: a name that two of them define fails the link.
#
# Every file of user space is in it.  main() is each program's own, so its
# objects are taken with that name made local.
TOGETHER_SRC := $(wildcard agent/*/*.c center/*/*.c policy/*.c lib/*.c core/*.c)
TOGETHER_OBJ := $(patsubst %.c,$(OBJ)/together/%.o,$(TOGETHER_SRC))

$(OBJ)/together/%.o: $(OBJ)/%.o
	@mkdir -p $(@D)
	@objcopy --localize-symbol=main $< $@

$(eval $(call unit_test,check_together,tests/unit/check_together.c $(addprefix tests/unit/,center_fixture.c center_alone.c),\
  $(AGENTD_LIBS) $(CENTER_LIBS) -lncursesw -ltinfo -lbpf -llzma))
$(BUILD)/tests/unit/check_together: $(TOGETHER_OBJ)
