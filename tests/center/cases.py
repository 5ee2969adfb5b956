# SPDX-License-Identifier: MIT
"""Tests with a center of their own each: collect them, run them, sum up."""
import sys

from tests.center.service import Center

tests = []


def test(function):
    tests.append(function)
    return function


def main():
    """Runs the tests whose sentence contains the words behind BIN; the exit status."""
    failed = 0
    chosen = [t for t in tests if all(w in t.__doc__ for w in sys.argv[2:])]
    for function in chosen:
        center = Center()
        try:
            function(center)
            print(f"ok      {function.__doc__}", flush=True)
        except Exception as error:  # a test that fails must not stop the others
            failed += 1
            print(f"FAILED  {function.__doc__}\n        {type(error).__name__}: {error}\n{center.log()}", flush=True)
        finally:
            center.close()
    print(f"check_center  {len(chosen) - failed} passed, {failed} failed")
    return 1 if failed or not chosen else 0
