# SPDX-License-Identifier: MIT
"""A file system on another partition that the policy names, and everything that only claims to be it.

  disk.img    vda1 ext4  the ATM's root
              vda2 ext4  /opt/data, named by its UUID in the policy
              vda3 ext4  another                        first in a stock machine, where every
              vda4 vfat  what starts the machine        trick works, then in the guarded one
  clone.img   vdb  ext4  with vda2's UUID, in a hot-plug slot; then as sda, the listed stick

  +--------------+  10.0.2.100:8443   +--------+
  | ATM, guarded |--------------------| center |  jobs: update, media-read
  +--------------+                    +--------+
     ttyS3: screen; hand: mounts, intruder, policies 50 and 51; switched off in the end
"""

import errno
import os
import re
import subprocess
import sys

from tests.machine import center, disk, machine, partition, quiet, story, vendor

INTRUDER = story.TESTS + "/intruder"
PAYLOAD = os.path.join(machine.BUILD, "demo", "payload")
# The guard for a machine that runs without it, and what seals there.
MODULE = os.path.join(machine.BUILD, "kmod", machine.KERNEL, "atmguard.ko")
LATE = os.path.join(machine.BUILD, "bench", "late")
# Protected by the policy's "protect /opt".
POINT, ELSEWHERE, OTHER_POINT = "/opt/data", "/mnt/elsewhere", "/mnt/other"
DISK, NAMED, OTHER, BOOT = "/dev/vda", "/dev/vda2", "/dev/vda3", "/dev/vda4"
BOOT_POINT, FOREIGN, STICK = "/mnt/boot", "/dev/vdb", "/dev/sda"
TEXT = f"filesystem {POINT} uuid {partition.DATA_UUID}\n"
OTHER_UUID = "07e407e4-0000-4000-8000-0000000007e4"
MIB, BOOT_MIB = 96, 8
# Blocks of 1 KiB put the first copy of the superblock here, in units of 1 KiB as ext4's option sb= counts.
BACKUP = "sb=8193"


class Pinned:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.center, self.scratch = tally, maintenance_center, scratch
        self.atm = story.Atm(tally, maintenance_center, text=TEXT, copy=[PAYLOAD, MODULE, LATE],
                             extra=["-device", "pcie-root-port,id=hot,chassis=9,slot=9"])
        self.guest = self.atm.machine
        self.listed = os.path.join(scratch, "listed")
        self.image = self.make_disk()

    def path(self, name):
        return os.path.join(self.scratch, name)

    def make_disk(self):
        root = self.guest.image
        with open(self.listed, "wb") as file:
            file.write(disk.read(root, "/usr/bin/echo"))
        disk.debugfs(root, [f"mkdir {POINT}", f"mkdir {ELSEWHERE}", f"mkdir {OTHER_POINT}", f"mkdir {BOOT_POINT}"])
        files = {"listed": self.listed, "payload": PAYLOAD, "config": __file__}
        partition.make_ext4(self.path("named.img"), MIB, files=files)
        partition.make_ext4(self.path("other.img"), MIB, "-b", "1024", "-O", "metadata_csum_seed", uuid=OTHER_UUID,
                            files=files)
        partition.make_vfat(self.path("boot.img"), BOOT_MIB, {"loader": PAYLOAD})
        self.starts = partition.assemble([root, *map(self.path, ("named.img", "other.img", "boot.img"))],
                                         self.path("disk.img"))
        # Behind the last partition, before the second copy of the table.
        self.free = (str((self.starts[3] + (BOOT_MIB << 20)) // partition.SECTOR), "1024")
        self.guest.image = self.path("disk.img")
        return self.guest.image

    # ---- verbs ----

    def denies(self, sentence, argv, hook, says="", **more):
        return self.atm.denies(sentence, argv, hook, says=says, **more)

    def succeeds(self, sentence, *words):
        self.atm.answers(sentence, [INTRUDER, *words], "ok")

    def runs(self, sentence, path):
        self.atm.allows(sentence, [path, "it", "runs"], says="it runs")

    # ---- without the guard ----

    def stock(self):
        """Each way works on this kernel and disk: what is refused later is refused by the guard."""
        with machine.Machine(stock=True, image=self.image) as guest:
            def works(sentence, *words, argv=None):
                done = guest.run(argv or [INTRUDER, *words])
                return self.tally.check("without the guard " + sentence,
                                        done.status == 0 and done.out.split()[:1] in (["ok"], ["PAYLOAD"]), done)

            guest.wait_up()
            works("another partition is mounted over the protected place", "mount", OTHER, POINT, "ext4")
            works("takes the UUID of the named one while it is mounted", "set-uuid", POINT)
            works("and runs anything", argv=[POINT + "/payload"])
            works("can be unmounted", "umount", POINT)
            works("its superblock is read from where an option says", "mount", OTHER, OTHER_POINT, "ext4", BACKUP)
            works("the boot partition is mounted", "mount", BOOT, BOOT_POINT, "vfat")
            works("and what starts the machine removed", "unlink", BOOT_POINT + "/loader")
            works("another partition is cut out of the disk", "add-partition", DISK, *self.free)
            works("a file is made one of fs-verity or takes flags", "set-flags", "/usr/bin/cat")
            works("the named partition is opened for writing past its file system",
                  argv=[INTRUDER, "open-write", NAMED])
            works("the other partition is unmounted", "umount", OTHER_POINT)
            self.seals_late(guest)

    def seals_late(self, guest):
        """
        The machine gets the guard while it runs, with a partition mounted that
        took the named one's UUID: as an initramfs could have mounted both.
        """
        def makes(sentence, answer, *argv):
            done = guest.run(argv)
            return self.tally.check("sealed late, " + sentence, answer in done.out + done.err, done)

        makes("it has the named file system mounted", "ok", INTRUDER, "mount", NAMED, POINT, "ext4")
        makes("and one of the same UUID", "ok", INTRUDER, "mount", OTHER, OTHER_POINT, "ext4")
        done = guest.run(["/usr/sbin/insmod", "/attack/atmguard.ko"])
        self.tally.check("sealed late, it takes the module", done.status == 0, done)
        makes("it is not sealed with both", os.strerror(errno.EEXIST), "/attack/late", "seal")
        makes("nor locked", "PAYLOAD RUNS", POINT + "/payload")
        makes("the second can be unmounted", "ok", INTRUDER, "umount", OTHER_POINT)
        makes("and nothing of it is left: it is sealed", "sealed", "/attack/late", "seal")
        makes("a listed program on what was mounted before runs", "it runs", POINT + "/listed", "it", "runs")
        makes("an unlisted one does not", os.strerror(errno.EPERM), POINT + "/payload")
        makes("the second is not mounted again", "EPERM", INTRUDER, "mount", OTHER, OTHER_POINT, "ext4")
        quiet.check(self.tally, guest, "of the machine that was sealed late")

    # ---- with it ----

    def boots(self):
        word = self.atm.boot()
        self.tally.check("the machine starts from a partition", word == "running", word)

    def only_the_named(self):
        mount = "mount"
        self.denies("another partition is not mounted over the protected place", [INTRUDER, "mount", OTHER, POINT, "ext4"],
                    mount, reason=errno.EXDEV)
        self.denies("nor the new way", [INTRUDER, "mount-new", OTHER, POINT, "ext4"], mount, says=POINT)
        self.denies("nor a file system in memory", [INTRUDER, "mount", "none", POINT, "tmpfs"], mount, reason=errno.EXDEV)
        self.denies("nor another directory", [INTRUDER, "bind", "/var/tmp", POINT], mount, says=POINT)
        self.denies("the named one not over another protected place", [INTRUDER, "mount", NAMED, "/opt/atm", "ext4"],
                    mount, says="/opt/atm")
        since = self.atm.next_seq()
        self.atm.allows("the named one is, by mount(8)", ["/bin/mount", "-t", "ext4", NAMED, POINT], uid=0)
        self.atm.reports("and that is recorded", since, lambda r: r["event"] == "MOUNT" and r["detail"] == POINT)

    def is_like_the_root(self, at):
        """at: where it is mounted; what counts is the place it is named for."""
        config, new = at + "/config", at + "/new"
        self.runs(f"a listed program on it runs ({at})", at + "/listed")
        self.denies("an unlisted one does not", [at + "/payload"], "exec", says="payload")
        self.denies("a file on it is not opened for writing", [INTRUDER, "open-write", config], "write", says="config")
        for sentence, call, path, says in (
                ("nor removed", "unlink", config, "config"),
                ("nor cut", "truncate", config, "config"), ("nor made set-user-ID", "chmod", config, "config"),
                ("nothing new comes to it", "create", new, "new")):
            self.denies(sentence, [INTRUDER, call, path], "replace", says=f"{POINT}/{says}")
        self.denies("nor moved", [INTRUDER, "rename", config], "replace", says=POINT + "/config")
        self.denies("no file on it gets fs-verity", [INTRUDER, "enable-verity", config], "control", says="config")
        self.denies("nor other flags", [INTRUDER, "set-flags", config], "control", says="config")

    def elsewhere(self):
        self.succeeds("the named one is mounted at a second place", "mount", NAMED, ELSEWHERE, "ext4")
        self.is_like_the_root(ELSEWHERE)
        self.succeeds("and unmounted there", "umount", ELSEWHERE)

    def other(self):
        self.succeeds("a partition that is not named is mounted", "mount", OTHER, OTHER_POINT, "ext4")
        self.denies("a listed program on it does not run", [OTHER_POINT + "/listed"], "exec", says="listed")
        self.atm.answers("but files can be made there", [INTRUDER, "create", OTHER_POINT + "/new"], "ok")
        self.denies("it does not take another UUID", [INTRUDER, "set-uuid", OTHER_POINT], "control", says=OTHER_POINT)
        self.succeeds("it is unmounted", "umount", OTHER_POINT)
        self.denies("its superblock is not read from elsewhere", [INTRUDER, "mount", OTHER, OTHER_POINT, "ext4", BACKUP],
                    "mount")
        self.denies("nor its journal from another disk", [INTRUDER, "mount", OTHER, OTHER_POINT, "ext4", "journal_dev=1"],
                    "mount")
        for node in (DISK, NAMED, OTHER):
            self.denies(f"{node} is not opened for writing", [INTRUDER, "open-write", node], "block", says=node)
        self.denies("no other partition is cut out of the disk", [INTRUDER, "add-partition", DISK, *self.free],
                    "control", says=DISK)

    def boot_partition(self):
        loader, new = BOOT_POINT + "/loader", BOOT_POINT + "/new"
        self.denies("the boot partition is not mounted for writing", [INTRUDER, "mount", BOOT, BOOT_POINT, "vfat"],
                    "mount")
        self.atm.allows("but for reading", ["/bin/mount", "-r", "-t", "vfat", BOOT, BOOT_POINT])
        self.succeeds("and remounted for writing", "remount-write", BOOT_POINT)
        self.denies("but what is there is not opened for writing", [INTRUDER, "open-write", loader], "write",
                    says="/loader")
        self.denies("nor removed", [INTRUDER, "unlink", loader], "replace", says="/loader")
        self.denies("nothing new comes to it", [INTRUDER, "create", new], "replace", says="/new")
        _, otp = self.center.open_job("update")
        self.tally.check("a job for software opens the machine", self.atm.types(otp, center.EMPLOYEE) == "ok")
        self.atm.answers("under it the boot partition can be changed", [INTRUDER, "create", new], "ok")
        self.atm.finishes()
        self.denies("and afterwards no more, though it is still mounted", [INTRUDER, "unlink", new], "replace",
                    says="/new")
        self.succeeds("it is unmounted", "umount", BOOT_POINT)

    def foreign(self):
        clone = self.path("clone.img")
        partition.make_ext4(clone, MIB, files={"listed": self.listed})
        self.guest.qmp.execute("blockdev-add", node_name="foreign", driver="raw",
                               file={"driver": "file", "filename": clone})
        self.guest.add_device("virtio-blk-pci", "foreign-disk", bus="hot", drive="foreign")
        self.guest.wait_path(FOREIGN)
        self.guest.run(["/usr/bin/udevadm", "settle"])
        self.denies("another disk with the same UUID is not mounted", [INTRUDER, "mount", FOREIGN, ELSEWHERE, "ext4"],
                    "mount")
        self.denies("nor at the named place", [INTRUDER, "mount", FOREIGN, POINT, "ext4"], "mount")
        self.guest.remove_device("foreign-disk")
        self.denies("no loop device is set up", [INTRUDER, "open-read", "/dev/loop-control"], "node")
        _, otp = self.center.open_job("media-read")
        self.tally.check("a job for reading media opens the machine", self.atm.types(otp, center.EMPLOYEE) == "ok")
        self.guest.plug(clone, "ATMGUARD-SERVICE-1")
        self.guest.wait_path(STICK)
        self.guest.run(["/usr/bin/udevadm", "settle"])
        self.atm.allows("under it the listed stick with the same UUID is mounted",
                        ["/bin/mount", "-r", "-t", "ext4", STICK, ELSEWHERE])
        self.denies("a listed program on it does not run", [ELSEWHERE + "/listed"], "exec", says="listed")
        self.succeeds("it is unmounted", "umount", ELSEWHERE)
        self.atm.finishes()

    def comes_and_goes(self):
        self.succeeds("the named one is unmounted", "umount", POINT)
        self.succeeds("and mounted the new way", "mount-new", NAMED, POINT, "ext4")
        self.is_like_the_root(POINT)

    # ---- another policy ----

    def follows(self, version, lines):
        """A policy of the vendor that is in force from now on."""
        self.atm.loads(f"policy {version} is taken",
                       vendor.sign(vendor.change(vendor.text_of(), version=version) + lines))

    def policies(self):
        program = POINT + "/listed"
        self.follows(50, "")
        self.denies("when the policy does not name it any more its programs do not run", [program], "exec", says="listed")
        self.atm.answers("and its files can be written", [INTRUDER, "open-write", POINT + "/config"], "ok")
        self.follows(51, TEXT)
        self.denies("named again while it is mounted they still do not", [program], "exec", says="listed")
        self.succeeds("it can be mounted once more", "mount", NAMED, ELSEWHERE, "ext4")
        self.denies("which does not change that", [ELSEWHERE + "/listed"], "exec", says="listed")
        self.succeeds("unmounted there", "umount", ELSEWHERE)
        self.succeeds("and there", "umount", POINT)
        self.succeeds("and mounted anew", "mount", NAMED, POINT, "ext4")
        self.is_like_the_root(POINT)

    def ends(self):
        self.guest.begin(["/usr/bin/systemctl", "poweroff"])
        self.guest.wait_off(180)
        said = self.guest.console.text
        self.tally.check("the machine shuts down in order", "reboot: Power down" in said, self.guest.console.tail())
        quiet.check(self.tally, self.guest, "up to its end")
        left = self.path("left.img")
        partition.extract(os.path.join(self.guest.dir, "root.qcow2"), self.starts[1], MIB << 20, left)
        state = subprocess.run(["dumpe2fs", "-h", left], check=True, capture_output=True, text=True).stdout
        self.tally.check("the named file system was unmounted: clean, no journal to replay",
                         re.search(r"Filesystem state: +clean", state) and "needs_recovery" not in state, state)
        checked = subprocess.run(["e2fsck", "-fn", left], check=False, capture_output=True, text=True)
        self.tally.check("and whole", checked.returncode == 0, checked.stdout)

    def play(self):
        self.stock()
        with self.atm:
            self.boots()
            self.only_the_named()
            self.is_like_the_root(POINT)
            self.elsewhere()
            self.other()
            self.boot_partition()
            self.foreign()
            self.comes_and_goes()
            self.policies()
            self.ends()


if __name__ == "__main__":
    sys.exit(story.play("pinned", Pinned))
