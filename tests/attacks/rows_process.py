# SPDX-License-Identifier: MIT
"""Other processes (X19 of doc/THREATS.md): nobody's memory, descriptors or name is changed from outside."""

from tests.attacks.row import HERE, MEM_CLOSED, Row, Variant, calls

ROWS = [
    Row("X19", "ptrace, process_vm_writev, /proc/PID/mem, pidfd_getfd, another exe file", [
        *calls("process", ("ptrace",), ["by-attach", "by-seize", "by-traceme", "by-writev", "by-readv", "by-mem-data",
                                        "steal-fd", "first-process"]),
        *calls("process", ("ptrace",), ["by-mem"], closed=MEM_CLOSED),
        Variant("another exe file", [HERE + "/exec", "by-dlopen", HERE + "/otherexe.so"], ("persona",),
                by="by-dlopen", env={"OTHER_EXE": "/opt/atm/bin/teller"})]),
]
