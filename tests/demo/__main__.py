# SPDX-License-Identifier: MIT
"""Plays the whole chain: a locked ATM, attacks on it, three values, work, the lock again, the record.

                               10.0.2.100:8443    +--------+
  +-----------------------+-----------------------| center |  two jobs: media-read
  | ATM, guarded          |  ttyS1                +-----------+
  | /attack: takeover     |-----------------------| dispenser |  counts notes
  | listed; payload,      |  ttyS3                +-----------+
  | payload.so, jackpot   |------ screen: the technician types the three values
  | not                   |  USB
  +-----------------------+------ ATMGUARD-SERVICE-1, listed: in port 8 at power-on; plugged in
     | hand: malware, as root     FOUND-IN-THE-STREET, not listed

Everything is real: a stock Debian kernel in QEMU, the module and the BPF
programs, the center, USB sticks, a dispenser on a serial line that counts
notes.  Exit status 0 only if every step was seen to hold.
"""

import argparse
import os
import subprocess
import sys
import time

from tests.machine import center, dispenser, machine, story

DEMO = os.path.join(machine.BUILD, "demo")
LISTED_STICK, OTHER_STICK = "ATMGUARD-SERVICE-1", "FOUND-IN-THE-STREET"
LOADER = "/lib64/ld-linux-x86-64.so.2"
# The shortest work a center gives; long enough that a loaded host sees both sides of it.
SHORT_S = 60


def make_stick(path, files):
    """A FAT image with the files, made without mounting."""
    with open(path, "wb") as image:
        image.truncate(16 << 20)
    subprocess.run(["mkfs.vfat", "-n", "SERVICE", path], check=True, stdout=subprocess.DEVNULL)
    for name, source in files.items():
        subprocess.run(["mcopy", "-i", path, source, f"::{name}"], check=True)


class Demo:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.center, self.scratch = tally, maintenance_center, scratch
        self.stick = os.path.join(scratch, "stick.img")
        text = os.path.join(scratch, "readme.txt")
        with open(text, "w", encoding="ascii") as file:
            file.write("log of the last night\n")
        make_stick(self.stick, {"readme.txt": text, "payload": os.path.join(DEMO, "payload")})
        self.atm = story.Atm(tally, maintenance_center, trust=[os.path.join(DEMO, "takeover")],
                             copy=[os.path.join(DEMO, name) for name in ("payload", "payload.so", "jackpot")],
                             extra=self._cold_stick())
        self.guest = self.atm.machine
        self.notes = None

    def _cold_stick(self):
        """The listed stick, in its port when the power comes on."""
        return ["-drive", f"if=none,id=cold,format=raw,readonly=on,file={self.stick}",
                "-device", f"usb-storage,bus=xhci.0,port=8,drive=cold,serial={LISTED_STICK}"]

    def title(self, number, english, japanese):
        self.tally.say()
        self.tally.say(f"{number}. {english} / {japanese}")

    def show_screen(self):
        for line in self.atm.screen.text().splitlines():
            if line.strip():
                self.tally.say(f"        ┃ {line}")

    def note(self, text):
        self.tally.say(f"        {text}")

    def no_disk(self, sentence):
        found = [name for name in self.guest.run(["/bin/ls", "/dev"]).out.split() if name.startswith("sd")]
        self.tally.check(sentence, not found, found)

    # ---- 1 ----

    def boots(self):
        self.title(1, "The machine boots, locked from its initramfs on", "施錠された状態で起動")
        began = time.monotonic()
        word = self.atm.boot()
        self.note(f"up after {time.monotonic() - began:.0f} s, systemd says {word!r}")
        self.tally.check("systemd starts under enforcement, and no unit fails", word == "running", word)
        status = self.atm.status()
        self.tally.check("the kernel says it is locked, with a signed policy and identity",
                         status["state"] == "locked" and status["atm"] == center.ATM and
                         status["policy_entries"] > 5000, status)
        self.note(f"{status['policy_entries']} contents listed, {status['policy_bytes']} bytes of kernel memory, "
                  f"kernel {self.guest.run(['/bin/uname', '-r']).out.strip()}")
        self.note("records of the boot:")
        for line in self.guest.run(["/usr/sbin/atmguardctl", "log"]).out.splitlines()[:8]:
            self.note("  " + line)
        self.notes = dispenser.Notes(self.guest.serial_path(1), os.path.join(self.scratch, "dispenser.log"))
        self.atm.allows("the ATM application withdraws 30000 yen",
                        ["/opt/atm/bin/teller", "withdraw", "30000"])
        self.tally.check("the dispenser counted 3 notes", self.notes.count() == 3, self.notes.count())

    # ---- 2 ----

    def resists(self):
        self.title(2, "Locked: what malware does, as root", "施錠中:不正プログラムの試み(管理者権限)")
        atm = self.atm
        atm.denies("an unlisted program does not start", ["/attack/payload"], "exec")
        self.guest.run(["/bin/cp", "/usr/bin/true", "/var/tmp/true"])
        self.guest.run(["/usr/bin/tee", "-a", "/var/tmp/true"], stdin=b"changed")
        atm.denies("a changed copy of a listed program does not start", ["/var/tmp/true"], "exec")
        atm.denies("nor does an unlisted program by way of ld.so", [LOADER, "/attack/payload"], "exec")
        preload = atm.next_seq()
        done = self.guest.run(["/usr/bin/true"], env={"LD_PRELOAD": "/attack/payload.so"})
        self.tally.check("an unlisted library is not preloaded into a listed program",
                         "PAYLOAD" not in done.out and atm.find_record(
                             preload, lambda r: r["what"] == "mmap" and "payload.so" in r["detail"]), done)
        atm.denies("a listed program that was taken over runs nothing from memory (memfd)",
                   ["/attack/takeover", "memfd", "/attack/payload"], "exec", says="memfd")
        before = self.notes.count()
        atm.denies("an unlisted program that talks to the dispenser does not start",
                   ["/attack/jackpot"], "exec")
        atm.denies("a listed program that is not the teller cannot open the dispenser",
                   ["/usr/bin/tee", "/dev/ttyS1"], "node", says="ttyS1", stdin=b"\x02DISPENSE")
        self.tally.check("the dispenser's count has not moved", self.notes.count() == before, self.notes.count())
        atm.denies("root cannot overwrite a listed file", ["/bin/cp", "/attack/payload", "/usr/bin/false"],
                   "write", says="/usr/bin/false")
        self.sticks_stay_out()

    def sticks_stay_out(self):
        since = self.atm.next_seq()
        self.guest.wait_path("/sys/bus/usb/devices/2-8")
        self.no_disk("a USB stick that was there at power-on has no block device")
        hot = self.guest.plug(self.stick, LISTED_STICK)
        self.guest.wait_enumerated(hot)
        self.no_disk("a USB stick plugged in now has none either")
        self.atm.reports("the record names the stick", since,
                         lambda r: r["event"] == "USB" and r["errno"] and LISTED_STICK in r["detail"])
        self.guest.unplug(hot)

    # ---- 3 ----

    def refuses(self):
        self.title(3, "The dispatcher opens a job; wrong values are all refused alike",
                   "作業の受付。値が違えば、どれが違っても同じ回答")
        said = self.center.text("job", "open", "--atm", center.ATM, "--employee", center.EMPLOYEE,
                                "--work", "media-read")
        for line in said.splitlines():
            self.note("> " + line)
        self.job = int(said.split("Job: ")[1].split()[0])
        self.otp = said.split("One-time password: ")[1].split("\n")[0].replace(" ", "")
        _, foreign = self.center.open_job("media-read", atm=center.OTHER_ATM, employee=center.OTHER_EMPLOYEE)
        wrong = "000000000" if self.otp != "000000000" else "123456786"
        screens = []
        for what, otp, employee in (("a wrong password", wrong, center.EMPLOYEE),
                                    ("a wrong employee number", self.otp, center.OTHER_EMPLOYEE),
                                    ("another machine's password", foreign, center.EMPLOYEE)):
            answer = self.atm.types(otp, employee)
            screens.append(self.atm.screen.text())
            self.tally.check(f"{what} is not accepted", answer == "ng")
        self.show_screen()
        self.tally.check("the screen says the same each time", len(set(screens)) == 1, "\n---\n".join(screens))
        self.tally.check("the machine is still locked", self.atm.status()["state"] == "locked")

    # ---- 4 ----

    def opens(self):
        self.title(4, "The right three values open the job's functions and nothing else",
                   "正しい3つの値で、その作業の機能だけを開放")
        self.tally.check("password, employee number and this machine are accepted",
                         self.atm.types(self.otp, center.EMPLOYEE) == "ok")
        self.show_screen()
        status = self.atm.status()
        self.tally.check("the kernel has verified the grant and opened storage-read",
                         status["state"] == "maintenance" and status["job"] == self.job and
                         status["scopes"] == ["storage-read"], status)
        self.guest.wait_path("/dev/sda")
        self.guest.run(["/bin/mkdir", "-p", "/mnt/stick"])
        self.atm.allows("the listed stick can be mounted, read-only",
                        ["/bin/mount", "-o", "ro,noexec,nosuid,nodev", "/dev/sda", "/mnt/stick"])
        self.atm.allows("and read", ["/bin/cat", "/mnt/stick/readme.txt"], says="log of the last night")
        self.guest.run(["/bin/umount", "/mnt/stick"])
        self.guest.run(["/bin/mount", "-o", "rw,exec,suid,dev", "/dev/sda", "/mnt/stick"])
        written = self.guest.run(["/usr/bin/tee", "/mnt/stick/new"], stdin=b"x")
        self.tally.check("nothing can be written to it, though it was mounted rw",
                         written.status and "Read-only" in written.err, written)
        self.atm.denies("a program on it does not start, though it was mounted exec",
                        ["/mnt/stick/payload"], "exec")
        other = self.guest.plug(self.stick, OTHER_STICK)
        self.guest.wait_enumerated(other)
        found = self.guest.run(["/bin/ls", "/dev"]).out.split()
        self.tally.check("another stick gets no block device", "sda" in found and "sdb" not in found, found)
        self.guest.unplug(other)

    # ---- 5 ----

    def closes(self):
        self.title(5, "Work complete: the lock closes and the password dies", "作業完了:施錠し、パスワードは無効")
        holder = self.guest.begin(["/attack/takeover", "hold", "/mnt/stick/readme.txt"])
        holder.wait_output("holding")
        self.note("a process holds a file on the stick, open and mapped")
        since = self.atm.next_seq()
        self.atm.finishes()
        self.atm.reports("the kernel relocks, nothing survives", since,
                         lambda r: r["event"] == "RELOCK" and r["aux"] == 0 and r["job"] == self.job)
        self.tally.check("the process that held the file was ended", holder.wait(60).signal == 9)
        self.no_disk("the stick is gone")
        self.tally.check("its files cannot be read any more",
                         self.guest.run(["/bin/cat", "/mnt/stick/readme.txt"]).status != 0)
        self.wait_job(self.job, "completed")
        self.tally.check("the same password, entered again, is not accepted",
                         self.atm.types(self.otp, center.EMPLOYEE) == "ng")

    def wait_job(self, job, state):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            seen = next(j["state"] for j in self.center.ask("job", "list") if j["job"] == job)
            if seen == state:
                break
            time.sleep(0.5)
        self.tally.check(f"the center has the job as {state}", seen == state, seen)

    def expires(self):
        self.note("")
        self.note("a second job, and an agent that is stopped before its time ends")
        job, otp = self.center.open_job("media-read", valid=f"{SHORT_S}s")
        self.tally.check("a new password opens the machine", self.atm.types(otp, center.EMPLOYEE) == "ok")
        since = self.atm.next_seq()
        self.guest.run(["/bin/systemctl", "kill", "--signal=SIGSTOP", "atmguardd.service"])
        deadline = time.monotonic() + 4 * SHORT_S
        while self.atm.status()["state"] != "locked" and time.monotonic() < deadline:
            time.sleep(0.5)
        self.atm.reports("the kernel's own timer locks it again, with the agent stopped", since,
                         lambda r: r["event"] == "RELOCK" and r["what"].startswith("timer") and r["job"] == job)
        self.guest.run(["/bin/systemctl", "kill", "--signal=SIGCONT", "atmguardd.service"])
        self.wait_job(job, "expired")

    # ---- 6 ----

    def tells(self):
        self.title(6, "The center's record of the job", "センターの作業記録")
        report = self.center.text("job", "report", str(self.job))
        for line in report.splitlines():
            self.note(line)
        for what, word in (("who", center.EMPLOYEE), ("which machine", center.ATM),
                           ("the device that was seen", OTHER_STICK), ("what was refused", "/mnt/stick/payload")):
            self.tally.check(f"it says {what}", word in report, word)

    def play(self):
        with self.atm:
            for step in (self.boots, self.resists, self.refuses, self.opens, self.closes, self.expires, self.tells):
                step()
                if self.tally.failed:
                    raise story.StoryError("a step did not hold; the following ones would say nothing")
            if os.environ.get("KEEP"):
                self.keep()

    def keep(self):
        self.tally.say()
        self.tally.say("The machine and the center are running; Ctrl-C ends both.")
        self.tally.say(f"  center:      {machine.BUILD}/bin/atmcenter --dir {self.center.data} job open "
                       f"--atm {center.ATM} --employee {center.EMPLOYEE} --work media-read")
        self.atm.screen.close()
        self.tally.say("  screen:      socat -,raw,echo=0,escape=0x1d UNIX-CONNECT:" + self.guest.serial_path(3) +
                       "    (Ctrl-L draws, Ctrl-] leaves)")
        self.tally.say(f"  console log: tail -f {self.guest._path('console.log')}")
        try:
            while self.guest.is_running():
                time.sleep(1)
        except KeyboardInterrupt:
            pass


def main():
    argparse.ArgumentParser(prog="tests/run demo", description=__doc__,
                            formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    return story.play("demo", Demo)


if __name__ == "__main__":
    sys.exit(main())
