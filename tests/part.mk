# SPDX-License-Identifier: MIT
# Tests that belong to no single part.

.PHONY: check-tree
check-tree: all kmod ## the tree itself: licences, includes, circles, sizes, manual pages, scripts
	@BUILD=$(BUILD) tests/tree.sh
