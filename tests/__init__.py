# SPDX-License-Identifier: MIT
"""The Python of the tests; `tests/run NAME` starts what is to be started of it."""
