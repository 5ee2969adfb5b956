# SPDX-License-Identifier: MIT
"""Text that interpreters take for code (X31-X35 of doc/THREATS.md): by file, argument, input, variable, archive."""

from tests.attacks.row import HERE, PAYLOAD, Put, Row, Variant

TMP = "/var/tmp/scripts"
SH, PERL, PYTHON = b"echo PAYLOAD RUNS\n", b"print \"PAYLOAD RUNS\\n\";\n", b"print('PAYLOAD RUNS')\n"
APT_CONFIG = b"""APT::Periodic::Enable "1";
APT::Periodic::BackupArchiveInterval "always";
Dir::Cache::Backup "/;echo PAYLOAD RUNS;";
"""
DIRECTORY = ["/usr/bin/mkdir", "-p", TMP]


def put(name, data, mode=0o755):
    return Put(f"{TMP}/{name}", data, mode)


def started(name, argv, says, hooks=("interp",), **more):
    """The interpreter does not start: the hand is told execve's errno."""
    more["prepare"] = [DIRECTORY, *more.get("prepare", [])]
    return Variant(name, argv, hooks, proof=PAYLOAD, says=says, **more)


def reads(name, argv, says, **more):
    """The interpreter starts, for a listed script or in a listed program, and may not read what is not listed."""
    more.setdefault("errors", ())
    more.setdefault("unless", {"error": "the interpreter does not pass the error on"})
    return started(name, argv, says, **more)


def through(name, argv, says="dash", **more):
    """A listed program that hands text to a shell."""
    return reads(name, argv, says, **more)


ROWS = [
    Row("X31", "an unlisted script by its first line: shells, perl, python, awk; chains and options of it", [
        *(started("#! " + line, [f"{TMP}/by-{n}"], f"by-{n}", ("exec",),
                  prepare=[put(f"by-{n}", b"#!" + line.encode() + b"\n" + text)])
          for n, (line, text) in enumerate((
              ("/bin/sh", SH), ("/usr/bin/bash", SH), ("/usr/bin/perl", PERL), ("/usr/bin/python3", PYTHON),
              ("/usr/bin/mawk -f", b"BEGIN { print \"PAYLOAD RUNS\" }\n"), ("/usr/bin/env sh", SH),
              ("/usr/bin/env -S sh -e", SH), ("/bin/sh -", SH)))),
        started("a chain", [f"{TMP}/second"], "second", ("exec",), prepare=[
            put("first", b"#!/bin/sh\n" + SH), put("second", f"#!{TMP}/first\n".encode())])]),
    Row("X32", "an interpreter with an unlisted file, module, start-up file, and what variables name", [
        *(started(" ".join(argv), [*argv, f"{TMP}/file"], says, prepare=[put("file", text)])
          for argv, says, text in (
              (["/bin/sh"], "dash", SH), (["/usr/bin/bash"], "bash", SH), (["/usr/bin/bash", "--"], "bash", SH),
              (["/usr/bin/perl"], "perl", PERL), (["/usr/bin/perl", "-x"], "perl", b"#!perl\n" + PERL),
              (["/usr/bin/python3"], "python3", PYTHON), (["/usr/bin/python3", "-I"], "python3", PYTHON),
              (["/usr/bin/mawk", "-f"], "mawk", b"BEGIN { print \"PAYLOAD RUNS\" }\n"))),
        started("python3 -m", ["/usr/bin/python3", "-m", "own"], "python3", env={"PYTHONPATH": TMP},
                prepare=[put("own.py", PYTHON)]),
        started("python3 of an archive", ["/usr/bin/python3", HERE + "/own.zip"], "python3"),
        started("python3 of a directory", ["/usr/bin/python3", TMP + "/own"], "python3", prepare=[
            ["/usr/bin/mkdir", "-p", TMP + "/own"], put("own/__main__.py", PYTHON)]),
        started("bash --rcfile", ["/usr/bin/bash", "--rcfile", f"{TMP}/rc", "-i"], "bash", stdin=b"",
                prepare=[put("rc", SH)]),
        started("bash --init-file", ["/usr/bin/bash", "--init-file", f"{TMP}/rc", "-i"], "bash", stdin=b"",
                prepare=[put("rc", SH)]),
        started("bash as login shell", ["/usr/bin/bash", "-l"], "bash", stdin=b"", env={"HOME": TMP},
                prepare=[put(".profile", SH)]),
        started("perl -I", ["/usr/bin/perl", f"-I{TMP}", "-MOwn", "/usr/bin/shasum", "--version"], "perl",
                prepare=[put("Own.pm", PERL + b"1;\n")]),
        *(started(variable, [script, *words], says, env={variable: value}, prepare=[put(name, text)])
          for variable, value, script, words, says, name, text in (
              ("BASH_ENV", f"{TMP}/sourced", "/usr/bin/ldd", ["--version"], "bash", "sourced", SH),
              ("PERL5LIB", TMP, "/usr/bin/shasum", ["--version"], "perl", "strict.pm", PERL + b"1;\n"),
              ("PERL5OPT", f"-I{TMP} -MOwn", "/usr/bin/shasum", ["--version"], "perl", "Own.pm", PERL + b"1;\n"),
              ("PERL5DB", PERL.decode(), "/usr/bin/perl", ["-d", "/usr/bin/shasum"], "perl", "none", b""),
              ("PYTHONPATH", TMP, "/usr/bin/py3clean", ["--help"], "python3", "optparse.py", PYTHON),
              ("PYTHONPATH", TMP, "/usr/bin/py3clean", ["--version"], "python3", "sitecustomize.py", PYTHON),
              ("BASH_FUNC_test%%", "() { echo PAYLOAD RUNS; }", "/usr/bin/ldd", ["/usr/bin/true"], "bash", "none",
               b"")))]),
    Row("X33", "code in arguments, standard input, here documents, descriptors, terminals", [
        started("sh -c", ["/bin/sh", "-c", "echo PAYLOAD RUNS"], "dash"),
        started("bash -c", ["/usr/bin/bash", "-c", "echo PAYLOAD RUNS"], "bash"),
        started("perl -e", ["/usr/bin/perl", "-e", "print 'PAYLOAD RUNS'"], "perl"),
        started("python3 -c", ["/usr/bin/python3", "-c", "print('PAYLOAD RUNS')"], "python3"),
        started("mawk", ["/usr/bin/mawk", "BEGIN { print \"PAYLOAD RUNS\" }"], "mawk"),
        started("sh <", ["/bin/sh"], "dash", stdin=SH), started("bash -s <", ["/usr/bin/bash", "-s"], "bash", stdin=SH),
        started("perl <", ["/usr/bin/perl"], "perl", stdin=PERL),
        started("perl -c '' <", ["/usr/bin/perl", "-c", ""], "perl", stdin=b"BEGIN { print 'PAYLOAD RUNS' }\n"),
        started("python3 - <", ["/usr/bin/python3", "-"], "python3", stdin=PYTHON),
        started("sh /dev/stdin", ["/bin/sh", "/dev/stdin"], "dash", stdin=SH),
        started("sh /dev/fd/0", ["/bin/sh", "/dev/fd/0"], "dash", stdin=SH),
        started("sh /proc/self/fd/0", ["/bin/sh", "/proc/self/fd/0"], "dash", stdin=SH),
        started("an interpreter by another name", [TMP + "/rbash", "-c", "echo PAYLOAD RUNS"], "rbash", prepare=[
            ["/usr/bin/cp", "/usr/bin/bash", TMP + "/rbash"]]),
        started("a listed script by a name of one's own", ["/bin/sh", TMP + "/listed"], "dash", prepare=[
            ["/usr/bin/cp", "/usr/bin/which.debianutils", TMP + "/listed"]], stdin=SH,
            unless={"stock": "the script is listed; it is the path that somebody could turn to another file"}),
        through("env sh -c", ["/usr/bin/env", "sh", "-c", "echo PAYLOAD RUNS"]),
        through("xargs sh -c", ["/usr/bin/xargs", "sh", "-c"], stdin=b"'echo PAYLOAD RUNS'"),
        through("find -exec sh -c", ["/usr/bin/find", "/etc/hostname", "-exec", "sh", "-c", "echo PAYLOAD RUNS", ";"]),
        through("tar --checkpoint-action", ["/usr/bin/tar", "-cf", "/dev/null", "--checkpoint=1",
                                            "--checkpoint-action=exec=echo PAYLOAD ''RUNS", "/etc/hostname"]),
        through("tar --to-command", ["/usr/bin/tar", "-xf", HERE + "/own.tar", "--to-command=echo PAYLOAD ''RUNS"]),
        through("sed e", ["/usr/bin/sed", "e echo PAYLOAD RUNS", "/etc/hostname"]),
        through("split --filter", ["/usr/bin/split", "--filter=echo PAYLOAD ''RUNS", "/etc/hostname"]),
        through("script -c", ["/usr/bin/script", "-q", "-c", "echo PAYLOAD RUNS", "/dev/null"]),
        through("flock -c", ["/usr/bin/flock", TMP, "-c", "echo PAYLOAD RUNS"]),
        through("su -c", ["/usr/bin/su", "-s", "/bin/sh", "-c", "echo PAYLOAD RUNS", "user"]),
        through("a unit in /run with sh -c", ["/usr/bin/systemctl", "start", "own-sh.service"],
                look=["/usr/bin/cat", TMP + "/unit"], prepare=[
                    put("unit", b"", 0o644),
                    Put("/run/systemd/system/own-sh.service", b"[Service]\nType=oneshot\n"
                        b"ExecStart=/bin/sh -c 'echo PAYLOAD RUNS'\n"
                        b"StandardOutput=file:/var/tmp/scripts/unit\n", 0o644),
                    ["/usr/bin/systemctl", "daemon-reload"]])]),
    Row("X35", "listed scripts that take their input or variables for code", [
        started("json_pp -f eval", ["/usr/bin/json_pp", "-f", "eval"], "json_pp", ("exec",),
                stdin=b"print \"PAYLOAD RUNS\\n\"; {}"),
        started("cpan !", ["/usr/bin/cpan"], "cpan", ("exec",), env={"HOME": TMP}, timeout=120,
                stdin=b"yes\n! print \"PAYLOAD\".\" RUNS\\n\"\nquit\n"),
        started("debconf by its frontend", ["/usr/bin/debconf-communicate"], "debconf-communicate", ("exec",), stdin=b"",
                env={"DEBIAN_FRONTEND": "noninteractive;BEGIN{print STDERR \"PAYLOAD\".\" RUNS\\n\"}#"}),
        started("debconf --frontend", ["/usr/bin/debconf", "--frontend", "noninteractive;BEGIN{print STDERR \"PAYLOAD\"."
                                       "\" RUNS\\n\"}#", "/bin/true"], "debconf", ("exec",), stdin=b""),
        started("debconf by its interpreter", ["/usr/bin/perl", "/usr/bin/debconf", "--frontend", "noninteractive;BEGIN{"
                                               "print STDERR \"PAYLOAD\".\" RUNS\\n\"}#", "/bin/true"], "perl", stdin=b""),
        started("zmore by PAGER", ["/usr/bin/zmore", "/etc/hostname"], "zmore", ("exec",),
                env={"PAGER": "echo PAYLOAD RUNS;:"}),
        started("a file that may be read, sourced", ["/usr/lib/init/init-d-script", "/var/lib/teller/count"],
                "init-d-script", ("exec",), prepare=[
                    ["/usr/bin/mkdir", "-p", "/var/lib/teller"], Put("/var/lib/teller/count", SH, 0o644)]),
        started("apt-key by PATH", ["/usr/bin/apt-key", "list"], "apt-key", ("exec",),
                env={"PATH": TMP + ":/usr/bin", "shell": "echo PAYLOAD RUNS; exit"}, prepare=[
                    ["/usr/bin/ln", "-sf", "/usr/bin/printenv", TMP + "/apt-config"]]),
        started("ldd by LD_DEBUG", ["/usr/bin/ldd", "-u", "/usr/bin/true"], "bash",
                env={"LD_DEBUG": "\";echo PAYLOAD RUNS;\""}),
        started("savelog by SHELL", ["/usr/bin/savelog", "-x", ";echo PAYLOAD RUNS", "-t", TMP + "/log"], "dash",
                env={"SHELL": "eval :"}, prepare=[put("log", b"x\n", 0o644)]),
        started("apt's daily script by APT_CONFIG", ["/usr/lib/apt/apt.systemd.daily", "update"], "dash", timeout=120,
                env={"APT_CONFIG": TMP + "/apt.conf"}, prepare=[put("apt.conf", APT_CONFIG, 0o644)])]),
]
