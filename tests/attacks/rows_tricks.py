# SPDX-License-Identifier: MIT
"""Listed programs made to do what they were not listed for (X34, X60-X68 of doc/THREATS.md)."""

from tests.attacks.row import PAYLOAD, Put, Row, Variant, calls

# A listed shell script, and one that nobody listed.
SCRIPT, OWN = "/usr/bin/which.debianutils", "/var/tmp/own.sh"
STRICT = "/usr/lib/x86_64-linux-gnu/perl-base/strict.pm"
CORE_PATTERN = "/proc/sys/kernel/core_pattern"
OURS = "/var/tmp/ours"
UNIT = f"""[Service]
Type=oneshot
ExecStart=/usr/bin/echo {OURS}
StandardOutput=file:{CORE_PATTERN}
""".encode()
# A login shell whose /etc/profile is a module of Perl.
BOUND = f"""[Service]
Type=oneshot
Environment="strict=eval echo PAYLOAD RUNS;:"
ExecStart=@/bin/sh -sh -c ""
BindReadOnlyPaths={STRICT}:/etc/profile
StandardOutput=file:/var/tmp/bound-output
"""


def trick(hooks, *names, **more):
    return calls("trick", hooks, names, **more)


def named_settings():
    """systemd-sysctl told by its arguments, its environment or its unit's credentials what to read."""
    program, setting = "/usr/lib/systemd/systemd-sysctl", f"kernel.core_pattern={OURS}\n".encode()
    common = {"proof": OURS, "errors": (), "by": "systemd-sysctl", "look": ["/usr/bin/cat", CORE_PATTERN],
              "undo": reset(), "unless": {"error": "the program says that it failed, not why"}}
    named, credential = "/var/tmp/own.conf", "/var/tmp/credentials/sysctl.extra"
    return [
        Variant("a file that the caller names", [program, named], ("interp",), says=named,
                prepare=[Put(named, setting, 0o644)], **common),
        Variant("a credential", [program], ("interp",), says="sysctl.extra",
                env={"CREDENTIALS_DIRECTORY": "/var/tmp/credentials"},
                prepare=[["/usr/bin/mkdir", "-p", "/var/tmp/credentials"], Put(credential, setting, 0o600)], **common),
        Variant("a credential of its unit", ["/usr/bin/systemctl", "restart", "systemd-sysctl.service"], ("interp",),
                says="sysctl.extra", prepare=[["/usr/bin/mkdir", "-p", "/run/credstore"],
                                              Put("/run/credstore/sysctl.extra", setting, 0o600)],
                **{**common, "undo": [["/usr/bin/rm", "-r", "/run/credstore"], *reset()]}),
    ]


def reset():
    """Sets the switch back, where that is possible."""
    return [["/usr/bin/rm", "-f", "/run/sysctl.d/ours.conf"], ["/usr/sbin/sysctl", "-q", "kernel.core_pattern=core"]]


ROWS = [
    Row("X34", "a script that is another one when its interpreter opens it", trick(
        ("exec", "interp"), ("swapped-script", SCRIPT, OWN), proof=PAYLOAD, by="", says="sh",
        prepare=[Put(OWN, b"#!/bin/sh\necho PAYLOAD RUNS\n")], timeout=120)),
    Row("X60", "a listed script under a name that its interpreter takes for an option", trick(
        ("interp",), ("option-name", SCRIPT, "-c"), proof=PAYLOAD, by="", says="dash")),
    Row("X61", "who answers an interpreter's system calls gives it another script", trick(
        ("ptrace",), ("supervisor", SCRIPT, OWN), proof=PAYLOAD, by="", says="dash",
        prepare=[Put(OWN, b"echo PAYLOAD RUNS\n")]) + trick(
            ("ptrace",), ("forged-open", SCRIPT), proof=PAYLOAD, by="", says="dash",
            stdin=b"echo PAYLOAD RUNS\n")),
    Row("X62", "memory changed on its way to the disk: a swap file that is mapped", trick(
        ("control",), "swap-file", errors=("EINVAL",))),
    Row("X63", "the file system stopped as a whole, attributes of a listed file changed", trick(
        ("control",), "freeze", "freeze-by-pipe", "freeze-by-node", ("set-flags", "/usr/bin/true"))),
    Row("X64", "mounts over the root, a process, a directory above protected ones; another root", [
        *(variant for place in ("/", "/proc/1", "/etc")
          for variant in trick(("mount",), ("mount-over", place))), *trick(("mount",), "other-root"),
        *trick(("mount",), ("mount-detached", "etc"), since=(6, 15), absent=("EINVAL",)),
        *trick(("mount",), ("mount-under", "/"), since=(7, 0), absent=("EINVAL",))]),
    Row("X65", "kernel switches by listed programs that may set them", [
        *trick(("replace",), "run-setting", undo=reset()),
        *trick(("mount",), "covered-setting", "slipped-setting", undo=reset()),
        *trick(("replace",), "udev-rule", undo=[["/usr/bin/rm", "-f", "/run/udev/rules.d/99-own.rules"],
                                                ["/usr/bin/udevadm", "control", "--reload"]]),
        *trick(("exec",), "jailed-setting", by="", says="systemd-sysctl", undo=reset()),
        *trick(("exec",), "jailed-fchroot", by="", says="systemd-sysctl", undo=reset(), since=(7, 3)),
        *trick(("exec",), "jailed-tree", by="", says="systemd-sysctl", undo=reset(), since=(7, 0),
               absent=("EINVAL",)),
        *named_settings(),
        Variant("a unit's output", ["/usr/bin/systemctl", "start", "ours.service"], ("control",), proof=OURS,
                errors=(), says="core_pattern", prepare=[Put("/run/systemd/system/ours.service", UNIT, 0o644),
                                                         ["/usr/bin/systemctl", "daemon-reload"]],
                look=["/usr/bin/cat", CORE_PATTERN], undo=reset(),
                unless={"error": "systemctl says that the unit failed, not why"})]),
    Row("X68", "a listed file under the name of another: as a shell's profile, as a script's helper", [
        *(variant for how in ("link", "copy") for variant in trick(
            ("interp",), ("foreign-profile", STRICT, "strict", how), proof=PAYLOAD, by="", says="strict.pm" if how == "link"
            else ".profile", errors=(), unless={"error": "a shell does not tell that it could not read its profile"})),
        *trick(("interp",), "named-profile", proof=PAYLOAD, by="", says="/status", errors=(),
               unless={"error": "a shell does not tell that it could not read its profile"}),
        Variant("a unit's bind mount", ["/usr/bin/systemctl", "start", "bound.service"], ("interp",), proof=PAYLOAD,
                errors=(), says="/etc/profile", look=["/usr/bin/cat", "/var/tmp/bound-output"], prepare=[
                    Put("/var/tmp/bound-output", b"", 0o644), Put("/run/systemd/system/bound.service", BOUND.encode(), 0o644),
                    ["/usr/bin/systemctl", "daemon-reload"]],
                unless={"error": "a shell does not tell that it could not read its profile"}),
        Variant("PATH", ["/usr/lib/apt/apt.systemd.daily", "install"], ("interp",), proof=PAYLOAD, says="dash",
                env={"PATH": "/var/tmp/path:/usr/bin", "shell": "echo PAYLOAD RUNS"}, prepare=[
                    ["/usr/bin/mkdir", "-p", "/var/tmp/path"],
                    ["/usr/bin/ln", "-sf", "/usr/bin/printenv", "/var/tmp/path/apt-config"]])]),
    Row("X66", "code in a file that interpreters may read, under a name they look for code by", trick(
        ("interp",), ("other-name", SCRIPT), proof=PAYLOAD, by="", says="passwd", errors=(),
        unless={"error": "a shell does not tell that it could not read its profile"})),
]
