# SPDX-License-Identifier: MIT
# Tests that belong to no single part; X1 is a row of doc/THREATS.md.

.PHONY: doc-tables
doc-tables: $(BIN)/names-table ## write the tables of names in doc/ anew
	@BUILD=$(BUILD) doc/tables.sh

.PHONY: check-tree
check-tree: all kmod ## the tree itself: licences, includes, names, circles, sizes, manual pages, scripts
	@BUILD=$(BUILD) tests/tree/tree.sh

.PHONY: check-named
check-named: ## every target that is named and that no other part of `make check` runs, in short
	@BUILD=$(BUILD) tests/named.sh

.PHONY: setup
setup: ## install the Debian packages that building and testing needs
	@BUILD=$(BUILD) tests/setup.sh

include $(filter-out tests/guest/part.mk, $(wildcard tests/*/part.mk))

# ---- on machines ----

.PHONY: demo-run check-vm check-stress attacks attacks-rivals
demo-run: all images guest-programs
	@BUILD=$(BUILD) KEEP=$(KEEP) tests/run demo

check-vm: all image-$(KERNEL) guest-programs ## the demo and the stories on real machines (KERNEL=newest: on that one)
	@BUILD=$(BUILD) KERNEL=$(KERNEL) tests/stories.sh $(if $(SHORT),locked)

check-stress: all image-$(KERNEL) guest-programs ## races, pressure and an hour of soak in full: takes hours
	@BUILD=$(BUILD) KERNEL=$(KERNEL) STRESS=$(if $(SHORT),short,full) tests/stories.sh $(if $(SHORT),soak,races pressure soak)

attacks: all image-$(KERNEL) guest-programs ## every attack of the table, on a stock and on a guarded machine (KERNEL=newest)
	@BUILD=$(BUILD) tests/run attacks --kernel $(KERNEL) $(if $(SHORT),--only X1)

# The Debian packages of a rival protection, fetched once; a release may have none.
$(BUILD)/rivals/fapolicyd/stamp: tests/machine/fapolicyd.sh $(BUILD)/rootfs/base.tar | packaging/machine/archive.sh
	@BUILD=$(BUILD) tests/machine/fapolicyd.sh

attacks-rivals: all image-$(KERNEL) guest-programs $(BUILD)/rivals/fapolicyd/stamp ## the same attacks on IMA appraisal and on fapolicyd: how many variants each stops (KERNEL=newest)
	@status=0; for rival in ima fapolicyd; do \
		BUILD=$(BUILD) tests/run attacks --kernel $(KERNEL) --subject $$rival $(if $(SHORT),--only X1) || status=1; \
	done; exit $$status
