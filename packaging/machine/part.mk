# SPDX-License-Identifier: MIT
# A whole machine out of packages: kernel, root file system, keys, disk and initramfs.

MACHINE := packaging/machine

.PHONY: kernel images image-6.12 image-newest
kernel: $(BUILD)/kernel/6.12/release ## fetch the stock kernel 6.12 and its headers

images: image-6.12 ## make the guest's disk and initramfs
image-6.12: $(BUILD)/images/6.12/root.img
image-newest: $(BUILD)/images/newest/root.img

# Fetched once; `packaging/machine/kernel.sh NAME --again` brings a later one.
$(BUILD)/kernel/%/release: | $(MACHINE)/kernel.sh $(MACHINE)/archive.sh
	@BUILD=$(BUILD) $(MACHINE)/kernel.sh $*

$(BUILD)/rootfs/base.tar: $(MACHINE)/rootfs.sh $(MACHINE)/customize \
		$(shell find $(MACHINE)/etc -type f) | $(MACHINE)/archive.sh
	@BUILD=$(BUILD) $(MACHINE)/rootfs.sh

# Made once: the keys outlive the programs that made them (rm -r build/keys for new ones).
$(BUILD)/keys/stamp: | $(BIN)/atmguard-policy $(BIN)/atmcenter $(BIN)/atmcenterd
	@BUILD=$(BUILD) $(MACHINE)/keys.sh

$(BUILD)/images/%/root.img: $(BUILD)/kernel/%/release $(BUILD)/rootfs/base.tar $(BUILD)/keys/stamp \
		$(BUILD)/kmod/%/atmguard.ko $(INSTALLED) $(BIN)/atmguard-policy $(IN_OVERLAY) \
		$(wildcard packaging/systemd/* packaging/sysusers.d/* packaging/udev/* $(MACHINE)/initrd/*) \
		$(addprefix $(MACHINE)/, image.sh initrd.sh policy.sh enrol.sh policy.rules root-uuid)
	@BUILD=$(BUILD) $(MACHINE)/image.sh $* $(OVERLAY)

.PRECIOUS: $(BUILD)/kernel/%/release $(BUILD)/images/%/root.img
