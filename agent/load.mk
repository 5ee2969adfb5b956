# SPDX-License-Identifier: MIT
# atmguard-load: static, as it runs before there is a root file system.

LOAD_OBJECTS := $(patsubst %.c,$(OBJ)/%.o,$(wildcard agent/load*.c))

$(OBJ)/agent/load_bpf.o: $(BUILD)/bpf/atmguard.skel.h
$(OBJ)/agent/load_bpf.o: EXTRA_CFLAGS = -I$(BUILD)/bpf

$(BIN)/atmguard-load: $(LOAD_OBJECTS)
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) -static-pie $(AG_LDFLAGS:-pie=) -o $@ $^ -lbpf -lelf -lz $(LOAD_LIBS)

DEPS += $(LOAD_OBJECTS:.o=.d)
