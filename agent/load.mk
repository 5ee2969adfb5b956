# SPDX-License-Identifier: MIT
# atmguard-load: runs in the initramfs, which takes its libraries along.

LOAD_OBJECTS := $(patsubst %.c,$(OBJ)/%.o,$(wildcard agent/load*.c))

$(OBJ)/agent/load_bpf.o: $(BUILD)/bpf/atmguard.skel.h
$(OBJ)/agent/load_bpf.o: EXTRA_CFLAGS = -I$(BUILD)/bpf

$(BIN)/atmguard-load: $(LOAD_OBJECTS) agent/load.mk
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) $(AG_LDFLAGS) -o $@ $(LOAD_OBJECTS) -lbpf

DEPS += $(LOAD_OBJECTS:.o=.d)
