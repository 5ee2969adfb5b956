# SPDX-License-Identifier: MIT
# Tests that belong to no single part.

.PHONY: doc-tables
doc-tables: $(BIN)/names-table ## write the tables of names in doc/ anew
	@BUILD=$(BUILD) doc/tables.sh

.PHONY: check-tree
check-tree: all ## the tree itself: licences, includes, names, calls, sizes, manual pages, scripts
	@BUILD=$(BUILD) tests/tree.sh
