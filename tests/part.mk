# SPDX-License-Identifier: MIT
# Tests that belong to no single part.

.PHONY: check-tree
check-tree: all ## the tree itself: licences, includes, names, calls, sizes, manual pages, scripts
	@BUILD=$(BUILD) tests/tree.sh
