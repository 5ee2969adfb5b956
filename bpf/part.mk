# SPDX-License-Identifier: MIT
# The BPF programs as one object, the same for every kernel (CO-RE), and their skeleton.

BPF_SOURCES := $(wildcard bpf/*.bpf.c bpf/*.bpf.h include/atmguard/*.h include/atmguard/*.def include/uapi/linux/*.h)

$(BUILD)/bpf/vmlinux.h: $(BUILD)/kernel/6.12/release
	@mkdir -p $(@D)
	@$(BPFTOOL) btf dump file $(BUILD)/kernel/6.12/headers/vmlinux format c > $@

$(BUILD)/bpf/atmguard.bpf.o: $(BPF_SOURCES) $(BUILD)/bpf/vmlinux.h
	@echo "  BPF     $@"
	@$(CLANG) -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -I$(BUILD)/bpf -Iinclude -Iinclude/uapi \
		-Wall $(if $(WERROR),-Werror) -Wno-missing-declarations -c bpf/atmguard.bpf.c -o $@

# Linked once: that leaves the debugger's half out, which nothing reads at boot.
$(BUILD)/bpf/atmguard.skel.h: $(BUILD)/bpf/atmguard.bpf.o
	@$(BPFTOOL) gen object $(@:.skel.h=.bare.o) $<
	@$(BPFTOOL) gen skeleton $(@:.skel.h=.bare.o) name atmguard > $@

.PHONY: bpf
bpf: $(BUILD)/bpf/atmguard.bpf.o ## build the BPF programs
