# SPDX-License-Identifier: MIT
"""Programs and libraries that nobody listed (X1-X7, X16, X17, X44, X45, X53, X54 of doc/THREATS.md)."""

from tests.attacks.row import HERE, PAYLOAD, Put, Row, Variant, calls

LOADER = "/lib64/ld-linux-x86-64.so.2"
FILE, LIBRARY, CODE = HERE + "/payload", HERE + "/payload.so", HERE + "/code.bin"
TMP = "/var/tmp"
UNIT = b"[Service]\nType=oneshot\nExecStart=/attack/payload\nStandardOutput=file:/var/tmp/unit\n"


def execs(hooks, *names, proof=PAYLOAD, **more):
    return calls("exec", hooks, names, proof=proof, **more)


def started(name, argv, **more):
    """Started by the hand, which is told execve's errno."""
    more.setdefault("by", "hand")
    return Variant(name, argv, ("exec",), proof=more.pop("proof", PAYLOAD), **more)


def loaded(name, argv, library, **more):
    """A listed program that is made to load a library; ld.so does not tell the error."""
    more.setdefault("unless", {"error": "ld.so says that the library cannot be mapped, not why"})
    return Variant(name, argv, ("mmap",), proof=more.pop("proof", PAYLOAD), says=library, errors=(), **more)


def tool(path, *words, proof):
    """A program of the system that the policy leaves out as a door (policy/doors.c)."""
    return started(path.rsplit("/", 1)[-1], [path, *words], proof=proof, says=path)


ROWS = [
    Row("X1", "an unlisted program: dynamic, static, at a fixed address; every call that starts one", [
        *(started(name, [f"{HERE}/{name}"], says=name)
          for name in ("payload", "payload-static", "payload-nopie", "payload-static-pie")),
        started("as an ordinary user", [FILE], uid=1000, says="payload"),
        started("a changed copy", [TMP + "/changed"], says="changed", proof="the listed program",
                prepare=[["/usr/bin/cp", HERE + "/victim", TMP + "/changed"],
                         ["/usr/bin/truncate", "-s", "+1", TMP + "/changed"]]),
        *execs(("exec",), ("plain", FILE), ("by-vfork", FILE), ("by-o-path", FILE), ("by-dir-fd", FILE)),
        started("xargs", ["/usr/bin/xargs", FILE], stdin=b"x\n", by="xargs"),
        started("find -exec", ["/usr/bin/find", FILE, "-exec", "{}", ";"], by="find"),
        started("env -S", ["/usr/bin/env", "-S", FILE + " x"], by="env"),
        started("nice", ["/usr/bin/nice", FILE], by="nice"),
        started("timeout", ["/usr/bin/timeout", "9", FILE], by="timeout"),
        started("start-stop-daemon", ["/sbin/start-stop-daemon", "--start", "--exec", FILE],
                by="start-stop-daem"),
        started("run-parts", ["/usr/bin/run-parts", TMP + "/parts"], by="run-parts",
                prepare=[["/usr/bin/mkdir", "-p", TMP + "/parts"], ["/usr/bin/cp", FILE, TMP + "/parts/payload"]]),
        started("a unit in /run", ["/usr/bin/systemctl", "start", "own.service"], by="(payload)", errors=(),
                unless={"error": "systemd turns it into status 203 of the unit"}, look=["/usr/bin/cat", TMP + "/unit"],
                prepare=[Put("/run/systemd/system/own.service", UNIT, 0o644),
                         ["/usr/bin/install", "-m", "644", "/dev/null", TMP + "/unit"],
                         ["/usr/bin/systemctl", "daemon-reload"]])]),
    Row("X2", "an unlisted program by way of ld.so", [
        started("ld.so", [LOADER, FILE], says="ld-linux"),
        started("ld.so --preload", [LOADER, "--preload", LIBRARY, "/usr/bin/true"], says="ld-linux"),
        started("ld.so --audit", [LOADER, "--audit", LIBRARY, "/usr/bin/true"], says="ld-linux"),
        started("ld.so --library-path", [LOADER, "--library-path", TMP, FILE], says="ld-linux"),
        started("a copy of ld.so", [TMP + "/ld.so", FILE], says="ld.so",
                prepare=[["/usr/bin/cp", LOADER, TMP + "/ld.so"]]),
        started("a listed program, by ld.so", [LOADER, HERE + "/victim"], says="ld-linux",
                proof="the listed program")]),
    Row("X3", "an unlisted library by LD_PRELOAD, LD_AUDIT, ld.so.preload", [
        loaded("LD_PRELOAD", ["/usr/bin/true"], "payload.so", env={"LD_PRELOAD": LIBRARY}),
        loaded("LD_AUDIT", ["/usr/bin/true"], "payload.so", env={"LD_AUDIT": LIBRARY}),
        Variant("ld.so.preload", [HERE + "/files", "create", "/etc/ld.so.preload", TMP + "/preload"], ("replace",),
                proof=PAYLOAD, by="create", look=["/usr/bin/true"],
                prepare=[["/usr/bin/cp", HERE + "/preload", TMP + "/preload"]],
                undo=[["/usr/bin/rm", "-f", "/etc/ld.so.preload"]])]),
    Row("X4", "plugins: dlopen, PAM, NSS, character sets, OpenSSL", [
        *execs(("mmap",), ("by-dlopen", LIBRARY), says="payload.so"),
        loaded("NSS", ["/usr/bin/getent", "-s", "payload", "passwd", "nobody9"], "libnss_payload",
               env={"LD_LIBRARY_PATH": TMP}, prepare=[["/usr/bin/cp", LIBRARY, TMP + "/libnss_payload.so.2"]]),
        loaded("PAM", ["/usr/bin/su", "-c", "true", "user"], "payload.so", stdin=b"",
               prepare=[["/usr/bin/cp", "/etc/pam.d/su", TMP + "/pam-su"],
                        ["/usr/bin/cp", HERE + "/pam", "/etc/pam.d/su"]],
               undo=[["/usr/bin/cp", TMP + "/pam-su", "/etc/pam.d/su"]]),
        loaded("GCONV_PATH", ["/usr/bin/iconv", "-f", "PAYLOAD", "-t", "UTF-8"], "payload.so", stdin=b"x",
               env={"GCONV_PATH": TMP + "/gconv"},
               prepare=[["/usr/bin/mkdir", "-p", TMP + "/gconv"],
                        ["/usr/bin/cp", HERE + "/gconv-modules", LIBRARY, TMP + "/gconv/"]]),
        loaded("OPENSSL_CONF", ["/usr/bin/openssl", "version", "-v"], "payload.so",
               env={"OPENSSL_CONF": HERE + "/openssl.cnf"}),
        loaded("openssl provider", ["/usr/bin/openssl", "list", "-provider-path", HERE, "-provider", "payload",
                                    "-providers"], "payload.so")]),
    Row("X5", "an older library by LD_LIBRARY_PATH: not in the present list", [
        *execs(("mmap",), ("by-soname", "libold.so.1"), says="libold", env={"LD_LIBRARY_PATH": TMP}, errors=(),
               unless={"error": "ld.so says that the library cannot be mapped, not why"},
               prepare=[["/usr/bin/cp", LIBRARY, TMP + "/libold.so.1"]])]),
    Row("X6", "a program in memory (memfd), with seals and without, by every name", [
        *execs(("exec",), ("memfd", FILE), ("memfd-seals", FILE), ("memfd-exec-flag", FILE), ("memfd-by-proc", FILE)),
        *execs(("exec",), ("memfd", HERE + "/victim"), proof="the listed program")]),
    Row("X7", "a library in memory; files without a name, given one later or not", [
        *execs(("mmap",), ("memfd-load", LIBRARY), says="memfd"),
        *execs(("exec",), ("tmpfile-exec", FILE, TMP), ("tmpfile-exec", FILE, "/dev/shm"),
               ("tmpfile-linked", FILE, TMP)),
        *execs(("mmap",), ("tmpfile-load", LIBRARY, TMP), ("tmpfile-so", LIBRARY, TMP))]),
    Row("X16", "listed ELF files that ask for an executable stack or for code that can be written", [
        *calls("exec", ("mmap", "mprotect"), [("stack-library", HERE + "/stack.so")], errors=(),
               unless={"error": "ld.so says that the stack cannot be made executable, not why"}),
        started("a program with an executable stack", [HERE + "/stack-program"], proof="the listed program",
                says="stack-program"),
        started("a program with room behind its code", [HERE + "/bss-program"], proof="SUCCEEDED",
                says="bss-program")]),
    Row("X17", "the 32-bit system calls", [
        *execs(("mmap",), ("map-32", CODE), proof="SUCCEEDED", says="code.bin"),
        *execs(("mprotect",), "protect-32", proof="SUCCEEDED"),
        *execs(("exec",), ("exec-32", FILE))]),
    Row("X45", "an exec while memory runs out",
        execs(("exec",), ("pressure", FILE), timeout=180)),
    Row("X53", "odd files: deleted, with a hole of 3 GiB, growing", [
        *execs(("exec",), ("deleted", TMP + "/deleted"), prepare=[["/usr/bin/cp", FILE, TMP + "/deleted"]]),
        *execs(("mmap",), ("sparse", TMP + "/sparse"), ("growing", TMP + "/growing"), proof="SUCCEEDED",
               undo=[["/usr/bin/rm", "-f", TMP + "/sparse", TMP + "/growing"]]),
        *(Variant(what, [path], prepare=[["/usr/bin/rm", "-rf", path], [*made, path]],
                  errors=("EPERM", "EACCES", "ENOEXEC"), proof=PAYLOAD,
                  unless={"stock": "no kernel runs it; what counts is that there is an answer",
                          "record": "the kernel refuses by itself what is no regular file or has no format"})
          for what, path, made in (
              ("a directory", TMP + "/directory", ["/usr/bin/mkdir"]),
              ("a pipe", TMP + "/pipe", ["/usr/bin/mkfifo", "-m", "755"]),
              ("an empty file", TMP + "/empty", ["/usr/bin/install", "-m", "755", "/dev/null"])))]),
    Row("X54", "tools of the system that are doors: not listed", [
        tool("/usr/bin/dd", "--version", proof="coreutils"), tool("/usr/bin/setarch", "--version", proof="util-linux"),
        tool("/usr/bin/unshare", "--version", proof="util-linux"),
        tool("/usr/bin/nsenter", "--version", proof="util-linux")]),
    Row("X44", "so many refusals that the record overflows, then an exec",
        execs((), ("flood", TMP + "/unlisted"), timeout=300,
              prepare=[["/usr/bin/cp", FILE, TMP + "/unlisted"]],
              unless={"record": "the record is full by design of the attack; what was left out is counted"})),
]
