# SPDX-License-Identifier: MIT
"""Debian packages on a protected machine: refused while locked, installed and upgraded under scope update.

  +-----------------------+  10.0.2.100:8443   +--------+
  | ATM                   |--------------------| center |  three jobs: update
  | policy 2 lists coins  |                    +--------+
  | 1.0, 3 lists 2.0      |  ttyS3
  +-----------------------+------ screen: the three values, work complete
     | hand: coins_1.0.deb, coins_2.0.deb and two packages of strangers, as files in /var/tmp

  locked - installs - locked, policy 3 - upgrades - locked - removes - locked
"""

import errno
import os
import sys

from tests.machine import center, machine, package, story, vendor

DPKG, APT_GET = "/usr/bin/dpkg", "/usr/bin/apt-get"
UNIT = "/usr/lib/systemd/system/coins.service"
ALTERNATIVE = "/usr/bin/money"
OLD_COPY = "/var/tmp/old-coins"
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}

UNIT_TEXT = b"""[Unit]
Description=Counts coins

[Service]
Type=oneshot
ExecStart=/usr/bin/coins

[Install]
WantedBy=multi-user.target
"""

PREINST = b"""#!/bin/sh
set -e
echo "preinst $1 of %VERSION%"
"""
POSTINST = b"""#!/bin/sh
set -e
# %VERSION%
if [ "$1" = configure ]; then
	ldconfig
	update-alternatives --install /usr/bin/money money /usr/bin/coins 10
	update-locale --no-checks LANG=C.UTF-8
	locale-gen
	deb-systemd-helper unmask coins.service >/dev/null || true
	deb-systemd-helper enable coins.service >/dev/null
	systemctl daemon-reload
	deb-systemd-invoke start coins.service >/dev/null
	# What a vendor's script may do as well: write itself below /usr.
	mkdir -p /usr/share/coins
	echo "%VERSION%" >/usr/share/coins/version
fi
"""
PRERM = b"""#!/bin/sh
set -e
echo "prerm $1 of %VERSION%"
"""
POSTRM = b"""#!/bin/sh
set -e
echo "postrm $1 of %VERSION%"
"""
SCRIPTS = {"preinst": PREINST, "postinst": POSTINST, "prerm": PRERM, "postrm": POSTRM}


class Version:
    """One version of the package, and the lines that list what is in it."""

    def __init__(self, scratch, version):
        self.version = version
        self.files = {**package.coins(scratch, version), UNIT: (UNIT_TEXT, 0o644)}
        self.scripts = {name: text.replace(b"%VERSION%", version.encode()) for name, text in SCRIPTS.items()}
        self.deb = package.build(scratch, "coins", version, self.files, self.scripts)
        self.lines = [vendor.entry(self._types(path), content, path)
                      for path, (content, _) in self.files.items()]
        self.script_lines = [vendor.entry("script", text, f"/var/lib/dpkg/info/coins.{name}")
                             for name, text in self.scripts.items()]
        self.lines += self.script_lines
        # deb-systemd-helper's book about the unit.
        self.lines.append("reads /var/lib/systemd/deb-systemd-helper-enabled/coins.service.dsh-also")
        # deb-systemd-invoke has a shell ask for the unit's state.
        self.lines.append("command " + vendor.quote("systemctl --system is-enabled -- 'coins.service'"))

    @staticmethod
    def _types(path):
        return {package.PROGRAM: "program+library", package.LIBRARY: "library", UNIT: "data"}[path]


class Packages:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.center, self.scratch = tally, maintenance_center, scratch
        self.old, self.new = Version(scratch, "1.0"), Version(scratch, "2.0")
        self.atm = story.Atm(tally, maintenance_center)
        self.guest = self.atm.machine
        self.text = vendor.text_of()
        vendor.install(self.guest.image, vendor.sign(vendor.change(self.text, version=2), *self.old.lines))

    # ---- verbs ----

    def opens(self):
        job, otp = self.center.open_job("update")
        word = self.atm.types(otp, center.EMPLOYEE)
        self.tally.check("a job for software opens the machine", word == "ok" and
                         "update" in self.atm.status()["scopes"], word)
        return job

    def brings(self, name, deb):
        """As a vendor's medium or channel leaves it on the disk."""
        path = f"/var/tmp/{name}.deb"
        self.guest.put(deb, path)
        return path

    # ---- the steps ----

    def boots(self):
        word = self.atm.boot()
        self.tally.check("the machine is up, nothing was denied", word == "running" and not self.atm.troubles(),
                         f"{word} {self.atm.troubles()}")

    def locked(self):
        deb = self.brings("coins_1.0", self.old.deb)
        self.atm.denies("while locked dpkg installs nothing", [DPKG, "-i", deb], "interp", says="preinst",
                        reason=errno.EXDEV, env=QUIET)
        self.tally.check("and nothing of the package is there", not self.atm.exists(package.PROGRAM))
        # dpkg left a package half installed in its books; they lie where it may write.
        self.guest.run([DPKG, "--purge", "--force-all", "coins"], env=QUIET)

    def installs(self):
        self.opens()
        self.atm.does("under scope update dpkg installs a package, its scripts run, nothing is denied",
                      [DPKG, "-i", "/var/tmp/coins_1.0.deb"], env=QUIET, timeout=300)
        self.atm.does("its program starts with its library", [package.PROGRAM], says="coins 1.0, library 1.0")
        self.atm.does("its alternative stands", [ALTERNATIVE], says="coins 1.0")
        self.atm.does("its unit is enabled", ["/usr/bin/systemctl", "is-enabled", "coins.service"], says="enabled")
        self.atm.does("its script wrote below /usr", ["/usr/bin/cat", "/usr/share/coins/version"], says="1.0")
        since = self.atm.next_seq()
        self.atm.finishes()
        self.atm.reports("the job ends with no survivors", since,
                         lambda r: r["event"] == "RELOCK" and r["aux"] == 0)
        self.atm.does("what was installed runs after the relock", [package.PROGRAM], says="coins 1.0")
        self.guest.run(["/usr/bin/cp", package.PROGRAM, OLD_COPY])

    def loads_new(self):
        self.atm.loads("the vendor's next policy is taken",
                   vendor.sign(vendor.change(self.text, version=3), *self.new.lines,
                               # An upgrade also runs the removal scripts of what it replaces.
                               *self.old.script_lines))
        self.atm.denies("what it does not list any more does not start", [package.PROGRAM], "exec", says="coins")
        deb = self.brings("coins_2.0", self.new.deb)
        self.atm.denies("and locked still means locked", [DPKG, "-i", deb], "interp", says="preinst",
                        reason=errno.EXDEV, env=QUIET)

    def upgrades(self):
        self.opens()
        self.atm.does("apt-get upgrades the package from a file, nothing is denied",
                      [APT_GET, "install", "-y", "/var/tmp/coins_2.0.deb"], env=QUIET, timeout=300)
        self.foreign()
        self.atm.finishes()
        self.atm.does("after the relock the new program runs with the new library", [package.PROGRAM],
                      says="coins 2.0, library 2.0")
        self.atm.denies("the old one, kept as a copy, does not", [OLD_COPY], "exec", says=OLD_COPY)
        self.atm.does("dpkg knows the package as installed",
                      ["/usr/bin/dpkg-query", "-W", "-f", "${Version} ${db:Status-Status}", "coins"],
                      says="2.0 installed")

    def removes(self):
        self.opens()
        self.atm.does("dpkg removes the package under scope update, nothing is denied", [DPKG, "--purge", "coins"],
                      env=QUIET, timeout=300)
        self.tally.check("and its program is gone", not self.atm.exists(package.PROGRAM))
        self.atm.finishes()

    def foreign(self):
        """Still under the job: packages that the policy does not list."""
        with open(os.path.join(machine.BUILD, "demo", "payload"), "rb") as file:
            payload = file.read()
        deb = self.brings("foreign", package.build(self.scratch, "foreign", "1", {"/usr/bin/foreign": (payload, 0o755)}))
        self.atm.allows("a package with an unlisted program can be installed", [DPKG, "-i", deb], env=QUIET)
        self.atm.denies("but the program does not start", ["/usr/bin/foreign"], "exec", says="/usr/bin/foreign")
        script = b"#!/bin/sh\necho PAYLOAD RUNS\n"
        deb = self.brings("script", package.build(self.scratch, "script", "1", {}, {"postinst": script}))
        self.atm.denies("a maintainer script that is not listed does not run", [DPKG, "-i", deb], "exec",
                        says="postinst", env=QUIET)
        self.atm.denies("a program that no updater started changes nothing under /usr",
                        ["/usr/bin/touch", "/usr/bin/coins2"], "replace", says="coins2")

    def play(self):
        with self.atm:
            for step in (self.boots, self.locked, self.installs, self.loads_new, self.upgrades, self.removes):
                step()


if __name__ == "__main__":
    sys.exit(story.play("packages", Packages))
