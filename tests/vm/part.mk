# SPDX-License-Identifier: MIT
# The virtual machines: what is needed to build and boot them.

VM_GUEST := tests/vm/guest
$(eval $(call program,hand,$(VM_GUEST)/hand.c $(VM_GUEST)/command.c $(VM_GUEST)/frame.c,))
