# SPDX-License-Identifier: MIT
# The virtual machines: what is needed to build and boot them.

VM := tests/vm
$(eval $(call program,hand,$(VM)/guest/hand.c $(VM)/guest/command.c $(VM)/guest/frame.c,))

.PHONY: setup kernel images image-6.12 image-newest
setup: ## install the Debian packages that building and testing needs
	@BUILD=$(BUILD) $(VM)/setup.sh

kernel: $(BUILD)/kernel/6.12/release ## fetch the stock kernel 6.12 and its headers

images: image-6.12 ## make the guest's disk and initramfs
image-6.12: $(BUILD)/images/6.12/root.img
image-newest: $(BUILD)/images/newest/root.img

$(BUILD)/kernel/%/release: $(VM)/kernel.sh $(VM)/archive.sh
	@BUILD=$(BUILD) $(VM)/kernel.sh $*

$(BUILD)/rootfs/base.tar: $(VM)/rootfs.sh $(VM)/archive.sh $(VM)/guest/customize \
		$(shell find $(VM)/guest/etc -type f)
	@BUILD=$(BUILD) $(VM)/rootfs.sh

$(BUILD)/images/%/root.img: $(BUILD)/kernel/%/release $(BUILD)/rootfs/base.tar $(BIN)/hand \
		$(VM)/image.sh $(VM)/initrd.sh $(VM)/guest/hand.service \
		$(VM)/guest/init $(VM)/guest/init-stock $(VM)/guest/boot.sh
	@BUILD=$(BUILD) $(VM)/image.sh $*

.PRECIOUS: $(BUILD)/kernel/%/release $(BUILD)/images/%/root.img
