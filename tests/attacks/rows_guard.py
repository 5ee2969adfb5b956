# SPDX-License-Identifier: MIT
"""The guard itself (X38, X42, X43, X49 of doc/THREATS.md): cannot be removed, and decides inside the kernel."""

from tests.attacks.row import HERE, PAYLOAD, Row, Try, Variant, calls

FILE, AGENT = HERE + "/payload", "atmguardd.service"
NO_GUARD = {"stock": "there is no such guard to attack"}
SUBMIT = "/usr/lib/atmguard-tests/submit"
SHARED = "/var/tmp/shared"


def still(name, *steps, undo=()):
    """The payload, after something was done to the guard; on the stock machine there is nothing to do it to."""
    return Variant(name, [FILE], ("exec",), proof=PAYLOAD, by="hand", says="payload",
                   prepare=[Try(step) for step in steps], undo=list(undo))


ROWS = [
    Row("X42", "the bpf file system and what is pinned there taken away, then an exec", [
        still("unmounted", ["/usr/bin/umount", "-l", "/sys/fs/bpf"]),
        still("mounted anew", ["/usr/bin/mount", "-t", "bpf", "bpf", "/sys/fs/bpf"])]),
    Row("X43", "the agent killed, stopped, frozen, starved, then an exec", [
        still("stopped", ["/usr/bin/systemctl", "kill", "--signal=SIGSTOP", AGENT],
              undo=[["/usr/bin/systemctl", "kill", "--signal=SIGCONT", AGENT]]),
        still("frozen", ["/usr/bin/systemctl", "freeze", AGENT], undo=[["/usr/bin/systemctl", "thaw", AGENT]]),
        still("without memory", ["/usr/bin/systemctl", "set-property", "--runtime", AGENT, "MemoryMax=1M"],
              undo=[["/usr/bin/systemctl", "set-property", "--runtime", AGENT, "MemoryMax=infinity"]]),
        still("killed", ["/usr/bin/systemctl", "kill", "--signal=SIGKILL", AGENT]),
        still("switched off", ["/usr/bin/systemctl", "stop", AGENT], undo=[["/usr/bin/systemctl", "start", AGENT]])]),
    Row("X49", "a policy of the intruder's own that lists the payload (tests/stories/objects.py has all kinds)", [
        Variant("forged", [SUBMIT, "policy", HERE + "/forged.bin", HERE + "/forged.p7s"], ("policy",), proof=PAYLOAD,
                event="REFUSED", errors=("ENOKEY",), by="submit", look=[FILE])]),
    Row("X38", "modules removed by force, the guard's first", [
        *calls("kernel", ("module",), [("remove-forced", "atmguard")], errors=("EBUSY", "EAGAIN"), says="forced",
               unless=NO_GUARD),
        *calls("kernel", ("module",), [("remove-forced", "9p")], errors=("EBUSY", "EAGAIN"), says="forced", prepare=[
            Try(["/usr/sbin/modprobe", "9pnet_virtio"]), ["/usr/bin/mkdir", "-p", SHARED],
            ["/usr/bin/mount", "-t", "9p", "share", SHARED, "-o", "trans=virtio,version=9p2000.L"]],
               undo=[["/usr/bin/umount", "-l", SHARED]])]),
]
