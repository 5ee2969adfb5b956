# SPDX-License-Identifier: MIT
# Where things go on an ATM: make install DESTDIR=...

DESTDIR ?=
SBIN_PROGRAMS := atmguardd atmguardctl
INSTALLED := $(addprefix $(BIN)/, $(SBIN_PROGRAMS) atmguard-maint atmguard-load)

.PHONY: install
install: $(INSTALLED) ## install the ATM's programs, units and accounts below DESTDIR
	@install -d $(addprefix $(DESTDIR),/usr/sbin /usr/bin /usr/lib/atmguard /usr/lib/systemd/system \
		/usr/lib/sysusers.d /usr/lib/udev/rules.d /etc/atmguard /var/lib/atmguard/policy)
	@install -m 0755 $(addprefix $(BIN)/,$(SBIN_PROGRAMS)) $(DESTDIR)/usr/sbin/
	@install -m 0755 $(BIN)/atmguard-maint $(DESTDIR)/usr/bin/
	@install -m 0755 $(BIN)/atmguard-load $(DESTDIR)/usr/lib/atmguard/
	@install -m 0644 packaging/systemd/*.service $(DESTDIR)/usr/lib/systemd/system/
	@install -m 0644 packaging/sysusers.d/*.conf $(DESTDIR)/usr/lib/sysusers.d/
	@install -m 0644 packaging/udev/*.rules $(DESTDIR)/usr/lib/udev/rules.d/
