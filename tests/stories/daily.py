# SPDX-License-Identifier: MIT
"""A day in the life of a locked machine: what a stock Debian does by itself and what its keepers do raises no denial.

  +----------------------+ ttyS1                   +-----------+
  | ATM, locked all day  |-------------------------| dispenser |  the teller withdraws, every second or so
  | policy 2 lists the   | 10.0.2.100:8443         +--------+--+
  | bank's scripts, cron |-------------------------| center |  takes records, opens no job
  | jobs, postrotate     |                         +--------+
  +----------------------+
     | hand: useradd, logrotate, apt-get, ifup, ... as root; cron and timers by themselves
"""

import os
import subprocess
import sys
import threading

from tests.machine import disk, machine, story, vendor

TELLER = ["/opt/atm/bin/teller", "withdraw", "10000"]
STATE = "/var/lib/teller"
SYSTEMCTL = "/usr/bin/systemctl"
# cron looks once a minute, and a loaded host is slow.
CRON_S = 180
# Set for a second from now, and to be told to the second.
TIMER_S = 120

# The bank's own scripts, listed by the vendor.
NIGHTLY = b"""#!/bin/sh
# From cron: notes that it ran, with what it finds in the account file.
set -e
while IFS=: read -r name _ uid rest; do
	[ "$uid" != 0 ] || root=$name
done </etc/passwd
echo "$1 $root" >>"$2"
"""
COUNT = b"""#!/usr/bin/python3
# Counts its runs in a file of its own.
import os

PATH = "/var/lib/teller/count"
try:
    with open(PATH) as file:
        count = int(file.read() or 0)
except FileNotFoundError:
    count = 0
with open(PATH + ".new", "w") as file:
    file.write(str(count + 1))
os.rename(PATH + ".new", PATH)
print("run", count + 1)
"""
WHO = b"""#!/usr/bin/perl
# Where an account that was made today lives.
my @entry = getpwnam($ARGV[0]) or die "nobody of that name\\n";
print "$entry[7]\\n";
"""
SCRIPTS = {"/opt/atm/bin/nightly": NIGHTLY, "/opt/atm/bin/count": COUNT, "/opt/atm/bin/who": WHO}
ROOTS_JOB = f"/opt/atm/bin/nightly system {STATE}/system"
USERS_JOB = "/opt/atm/bin/nightly user /home/user/report"
NOBODYS_JOB = "echo PAYLOAD RUNS >/home/user/payload"
POSTROTATE = "\n\t\tsystemctl kill --signal=HUP cron.service\n\t\tlogger --tag rotated teller\n"
LOGROTATE = b"/var/log/teller.log {\n\trotate 3\n\tcreate 640 root adm\n\tcompress\n\tpostrotate" + \
    POSTROTATE.encode() + b"\tendscript\n}\n"
CRONTAB_GROUP = 101


class Paying:
    """The ATM's application at work, again and again, until close(); counts what it could not pay."""

    def __init__(self, atm):
        self.atm, self.paid, self.unpaid = atm, 0, []
        self._log = os.path.join(atm.machine.dir, "dispenser.log")
        self._dispenser = subprocess.Popen(
            [os.path.join(machine.TOP, "tests", "run"), "machine/dispenser", "--connect",
             os.path.join(atm.machine.dir, "ttyS1"), "--log", self._log, "--notes", "2000"])
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self):
        while not self._end.wait(1):
            done = self.atm.machine.run(TELLER)
            if done.status == 0 and done.out.startswith("OK"):
                self.paid += 1
            else:
                self.unpaid.append(done)

    def close(self):
        self._end.set()
        self._thread.join()
        self._dispenser.terminate()
        self._dispenser.wait()


class Daily:
    def __init__(self, tally, maintenance_center, _scratch):
        self.tally = tally
        self.atm = story.Atm(tally, maintenance_center)
        self.guest = self.atm.machine
        self.paying = None
        self.prepare(self.guest.image)

    @staticmethod
    def prepare(image):
        """What the bank added to a stock Debian before the vendor made the policy."""
        disk.debugfs(image, [f"mkdir {STATE}"])
        for path, text in SCRIPTS.items():
            disk.put(image, path, text, 0o755)
        disk.put(image, "/etc/logrotate.d/teller", LOGROTATE)
        disk.put(image, "/etc/cron.d/teller", f"* * * * * root {ROOTS_JOB}\n".encode())
        crontab = "/var/spool/cron/crontabs/user"
        disk.put(image, crontab, f"* * * * * {USERS_JOB}\n".encode(), 0o600)
        disk.debugfs(image, [f"sif {crontab} uid 1000", f"sif {crontab} gid {CRONTAB_GROUP}"])
        commands = [ROOTS_JOB, USERS_JOB, POSTROTATE]
        vendor.install(image, vendor.sign(
            vendor.change(vendor.text_of(), version=2),
            *(vendor.entry("script", text, path) for path, text in SCRIPTS.items()),
            *("command " + vendor.quote(command) for command in commands)))

    def works(self, sentence, *argv, **more):
        return self.atm.does(sentence, list(argv), **more)

    # ---- the steps ----

    def boots(self):
        word = self.atm.boot()
        self.tally.check("systemd reaches its target and no unit fails", word == "running", word)
        found = self.atm.troubles()
        self.tally.check("nothing was denied, refused or alarming while it booted", not found, found)
        self.paying = Paying(self.atm)

    def scripts(self):
        self.works("a listed python script keeps a file of its own", "/opt/atm/bin/count", says="run 1")
        self.works("and reads it again, changed", "/opt/atm/bin/count", says="run 2")
        self.guest.put(b"", STATE + "/count")
        self.works("and empty", "/opt/atm/bin/count", says="run 1")
        self.guest.put(b"41", STATE + "/count")
        self.works("and written in place by another program", "/opt/atm/bin/count", says="run 42")

    def accounts(self):
        self.works("an account is made", "/usr/sbin/useradd", "--create-home", "courier")
        self.works("it gets a name", "/usr/sbin/usermod", "--comment", "Courier", "courier")
        self.works("its password is locked", "/usr/bin/passwd", "--lock", "courier")
        self.works("a listed perl script finds it in the changed file", "/opt/atm/bin/who", "courier",
                   says="courier")
        self.works("the account goes", "/usr/sbin/userdel", "--remove", "courier")

    def logs(self):
        self.guest.put(b"paid\n", "/var/log/teller.log")
        self.works("logrotate rotates a log and runs the listed postrotate script", "/usr/sbin/logrotate", "--force",
                   "/etc/logrotate.d/teller")
        self.works("which did its work", "/usr/bin/journalctl", "--no-pager", "-t", "rotated", says="teller")
        self.works("the log is packed", "/usr/bin/zcat", "/var/log/teller.log.1.gz", says="paid")
        self.works("rsyslog starts", SYSTEMCTL, "start", "rsyslog.service")
        self.works("and is sent a line", "/usr/bin/logger", "counted")
        self.tally.check("which it writes", story.wait_for(
            lambda: "counted" in self.guest.run(["/usr/bin/cat", "/var/log/syslog"]).out))
        self.guest.put(b"paid again\n", "/var/log/teller.log")
        self.works("all of Debian's logs are rotated, rsyslog's with its script", "/usr/sbin/logrotate", "--force",
                   "/etc/logrotate.conf")
        self.works("also as a unit", SYSTEMCTL, "start", "logrotate.service")
        self.works("the journal is cleaned", "/usr/bin/journalctl", "--vacuum-time=1s")

    def services(self):
        for sentence, argv in (
                ("units are read again", [SYSTEMCTL, "daemon-reload"]),
                ("cron restarts", [SYSTEMCTL, "restart", "cron.service"]),
                ("temporary files are cleaned", [SYSTEMCTL, "start", "systemd-tmpfiles-clean.service"]),
                ("the disk is trimmed", [SYSTEMCTL, "start", "fstrim.service"]),
                ("dpkg backs up its books", [SYSTEMCTL, "start", "dpkg-db-backup.service"]),
                ("apt's daily service runs, both halves", [SYSTEMCTL, "start", "apt-daily.service",
                                                           "apt-daily-upgrade.service"]),
                ("devices are announced again", ["/usr/bin/udevadm", "trigger", "--settle"]),
                ("run-parts runs what cron runs daily", ["/usr/bin/run-parts", "--report", "/etc/cron.daily"]),
                ("what SysV still has can be listed", ["/usr/sbin/service", "--status-all"]),
                ("apt finds its packages whole", ["/usr/bin/apt-get", "check"]),
                ("so does dpkg", ["/usr/bin/dpkg", "--audit"]),
                ("the clock is read", ["/usr/sbin/hwclock", "--show"])):
            self.works(sentence, *argv, timeout=180)
        since = self.guest.run(["/usr/bin/cat", STATE + "/count"]).out
        self.works("a timer is set", "/usr/bin/systemd-run", "--on-active=1", "--timer-property=AccuracySec=1s",
                   "/opt/atm/bin/count")
        self.tally.check("and runs its script", story.wait_for(
            lambda: self.guest.run(["/usr/bin/cat", STATE + "/count"]).out not in ("", since), TIMER_S))

    def locales(self):
        self.works("the locale is shown", "/usr/bin/locale", says="LANG=C.UTF-8")
        self.works("all of them are listed", "/usr/bin/locale", "-a", says="POSIX")
        # Warns, as on any Debian: POSIX has no paper.
        before = self.atm.status()["denials"]
        done = self.guest.run(["/usr/bin/localedef", "-c", "-i", "POSIX", "-f", "ANSI_X3.4-1968", "/var/tmp/posix"],
                              timeout=180)
        self.tally.check("one is compiled", self.guest.run(["/usr/bin/test", "-d", "/var/tmp/posix"]).status == 0 and
                         self.atm.status()["denials"] == before, done)

    def network(self):
        self.works("an interface is made", "/usr/sbin/ip", "link", "add", "dummy0", "type", "dummy")
        self.works("gets an address", "/usr/sbin/ip", "addr", "add", "10.9.0.1/24", "dev", "dummy0")
        self.works("networking starts by ifupdown", SYSTEMCTL, "start", "networking.service")
        self.works("ifdown takes an interface down with its scripts", "/usr/sbin/ifdown", "lo")
        self.works("ifup brings it up", "/usr/sbin/ifup", "lo")

    def cron(self):
        def ran(path):
            return self.guest.run(["/usr/bin/cat", path]).out

        self.tally.check("cron has run a job of /etc/cron.d",
                         story.wait_for(lambda: "system root" in ran(STATE + "/system"), CRON_S))
        self.tally.check("and one of a user", story.wait_for(lambda: "user root" in ran("/home/user/report"), CRON_S))

    def stays_clean(self):
        found = self.atm.troubles()
        self.tally.check("in all of that nothing was denied, refused or alarming", not found, found)
        self.tally.check("no unit has failed", not self.guest.run([SYSTEMCTL, "--failed", "--quiet", "--plain"]).out)
        self.paying.close()
        self.tally.check("the teller paid all the while, every time", self.paying.paid and not self.paying.unpaid,
                         f"{self.paying.paid} paid; {self.paying.unpaid}")
        self.tally.say(f"        {self.paying.paid} withdrawals")

    # ---- what must not pass for daily use ----

    def refuses(self):
        """The same programs with what nobody listed."""
        atm = self.atm
        # First, for its minute has to come.
        since = atm.next_seq()
        self.guest.put(f"* * * * * {NOBODYS_JOB}\n".encode(), "/var/tmp/crontab")
        atm.allows("root writes a crontab of its own", ["/usr/bin/crontab", "-u", "user", "/var/tmp/crontab"])
        atm.denies("a text that only begins like a listed command is refused",
                   ["/bin/sh", "-c", ROOTS_JOB + "; echo PAYLOAD RUNS"], "interp", says=ROOTS_JOB)
        atm.denies("a listed command behind more options as well", ["/bin/sh", "-x", "-c", ROOTS_JOB], "interp")
        atm.denies("and with a variable that brings in code", ["/bin/sh", "-c", ROOTS_JOB], "interp",
                   env={"BASH_ENV": "/var/tmp/evil"})
        count = STATE + "/count"
        self.guest.put(b"echo PAYLOAD RUNS\n", count)
        atm.denies("a file that interpreters may read is no script", ["/bin/sh", count], "interp", says=count)
        self.guest.put(b"#!/bin/sh\necho PAYLOAD RUNS\n", count, mode=0o755)
        atm.denies("nor by its first line", [count], "exec", says=count)
        record = atm.find_record(since, lambda r: r["event"] == "DENY" and r["what"] == "interp" and
                                 NOBODYS_JOB in r["detail"], CRON_S)
        self.tally.check("the crontab's job is refused when its minute comes, and the record says what it was", record,
                         atm.troubles(since))
        self.tally.check("and did nothing", not atm.exists("/home/user/payload"))

    def repeats(self):
        """Every denial is in a record, though equal ones share it."""
        before = self.atm.status()
        for _ in range(8):
            self.guest.run(["/usr/bin/bash", "--version"])
        denied = self.atm.status()["denials"] - before["denials"]

        def told():
            return sum(1 + r["repeats"] for r in self.atm.records() if r["seq"] >= before["next_seq"] and
                       r["event"] == "DENY" and r["detail"].endswith("bash --version"))

        self.tally.check("the last of equal denials are told as well, with how many there were",
                         denied == 8 and story.wait_for(lambda: told() == 8), f"{denied} denied, {told()} told")

    def play(self):
        with self.atm:
            try:
                for step in (self.boots, self.scripts, self.accounts, self.logs, self.services, self.locales,
                             self.network, self.cron, self.stays_clean, self.refuses, self.repeats):
                    step()
            finally:
                if self.paying:
                    self.paying.close()


if __name__ == "__main__":
    sys.exit(story.play("daily", Daily))
