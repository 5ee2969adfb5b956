# SPDX-License-Identifier: MIT
# The kernel module, once for each kernel: build/kmod/KERNEL/atmguard.ko.

KMOD_SOURCES := Kbuild $(wildcard kmod/*.[ch] kmod/Kbuild core/*.[ch] core/*.def include/atmguard/*.h include/atmguard/*.def include/uapi/linux/*.h)
# A file that changes when the set of anchors does.
ANCHOR_DATA := $(BUILD)/kmod/anchor_data.h

$(ANCHOR_DATA): kmod/anchors.sh $(BUILD)/keys/stamp
	@mkdir -p $(@D)
	@echo "  ANCHORS $(ANCHORS)"
	@kmod/anchors.sh $(ANCHORS) > $@

# Built in a copy: the kernel's make writes beside the sources.
$(BUILD)/kmod/%/atmguard.ko: $(KMOD_SOURCES) $(ANCHOR_DATA) $(BUILD)/kernel/%/release packaging/machine/kbuild.sh
	@rm -rf $(BUILD)/kmod/$*/src && mkdir -p $(BUILD)/kmod/$*/src
	@cp --parents $(KMOD_SOURCES) $(BUILD)/kmod/$*/src/
	@cp $(ANCHOR_DATA) $(BUILD)/kmod/$*/src/kmod/
	@echo "  KMOD    $@"
	@BUILD=$(BUILD) packaging/machine/kbuild.sh $* $(BUILD)/kmod/$*/src
	@strip --strip-debug -o $@ $(BUILD)/kmod/$*/src/kmod/atmguard.ko
.PRECIOUS: $(BUILD)/kmod/%/atmguard.ko

.PHONY: kmod
kmod: $(BUILD)/kmod/6.12/atmguard.ko ## build the kernel module for the 6.12 kernel
