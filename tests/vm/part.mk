# SPDX-License-Identifier: MIT
# The virtual machines: what is needed to build and boot them.

VM := tests/vm
$(eval $(call program,hand,$(VM)/guest/hand.c $(VM)/guest/command.c $(VM)/guest/frame.c,))
# What the stories start in the guest.
GUEST_TESTS := submit intruder diagnose
$(foreach name,$(GUEST_TESTS),$(eval $(call program,$(name),$(VM)/guest/$(name).c,)))

.PHONY: setup kernel images image-6.12 image-newest
setup: ## install the Debian packages that building and testing needs
	@BUILD=$(BUILD) $(VM)/setup.sh

kernel: $(BUILD)/kernel/6.12/release ## fetch the stock kernel 6.12 and its headers

images: image-6.12 ## make the guest's disk and initramfs
image-6.12: $(BUILD)/images/6.12/root.img
image-newest: $(BUILD)/images/newest/root.img

# Fetched once; `tests/vm/kernel.sh NAME --again` brings a later one.
$(BUILD)/kernel/%/release: | $(VM)/kernel.sh $(VM)/archive.sh
	@BUILD=$(BUILD) $(VM)/kernel.sh $*

$(BUILD)/rootfs/base.tar: $(VM)/rootfs.sh $(VM)/guest/customize \
		$(shell find $(VM)/guest/etc -type f) | $(VM)/archive.sh
	@BUILD=$(BUILD) $(VM)/rootfs.sh

# Made once: the keys outlive the programs that made them (rm -r build/keys for new ones).
$(BUILD)/keys/stamp: | $(BIN)/atmguard-policy $(BIN)/atmcenter $(BIN)/atmcenterd
	@BUILD=$(BUILD) $(VM)/keys.sh

$(BUILD)/images/%/root.img: $(BUILD)/kernel/%/release $(BUILD)/rootfs/base.tar $(BUILD)/keys/stamp \
		$(BUILD)/kmod/%/atmguard.ko $(INSTALLED) $(BIN)/atmguard-policy $(BIN)/hand \
		$(addprefix $(BIN)/, $(GUEST_TESTS)) $(DEMO_PROGRAMS) $(wildcard packaging/*/*) \
		$(addprefix $(VM)/, image.sh initrd.sh policy.sh enrol.sh policy.rules) \
		$(addprefix $(VM)/guest/, hand.service init init-stock boot.sh root-uuid)
	@BUILD=$(BUILD) $(VM)/image.sh $*

.PRECIOUS: $(BUILD)/kernel/%/release $(BUILD)/images/%/root.img

.PHONY: check-vm check-stress
check-vm: all image-$(KERNEL) $(ATTACK_PROGRAMS) $(STRESS_PROGRAMS) ## the demo and the stories on real machines (KERNEL=newest: on that one)
	@BUILD=$(BUILD) KERNEL=$(KERNEL) $(VM)/stories.sh

check-stress: all image-$(KERNEL) $(STRESS_PROGRAMS) ## races, pressure and an hour of soak in full: takes hours
	@BUILD=$(BUILD) KERNEL=$(KERNEL) STRESS=full $(VM)/stories.sh races pressure soak
