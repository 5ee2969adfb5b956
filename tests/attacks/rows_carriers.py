# SPDX-License-Identifier: MIT
"""Programs on file systems that are not the machine's own (X20-X26 of doc/THREATS.md): none runs, listed or not."""

from tests.attacks.row import HERE, PAYLOAD, SUCCEEDED, Row, Variant, calls

FILE, STATIC, VICTIM = HERE + "/payload", HERE + "/payload-static", HERE + "/victim"
ROOM, IMAGE = "/var/tmp/room", HERE + "/foreign.img"
AWAY = [["/usr/bin/umount", "-l", ROOM]]
LISTED = "the listed program"


def carried(hooks, *names, proof=PAYLOAD, undo=AWAY, **more):
    return calls("carrier", hooks, names, proof=proof, undo=undo, **more)


ROWS = [
    Row("X20", "file systems in memory, in name spaces, behind chroot; listed programs there, too", [
        *carried(("exec",), ("in-memory", FILE, "tmpfs"), ("in-memory", FILE, "ramfs")),
        *carried(("exec",), ("in-memory", VICTIM, "tmpfs"), proof=LISTED),
        *carried(("exec",), ("in-directory", FILE, "/dev/shm"), ("in-directory", FILE, "/run"),
                 ("in-directory", FILE, "/tmp"), ("in-directory", FILE, "/dev"), undo=[]),
        *carried(("exec",), ("in-namespace", FILE, "/mnt"), ("detached", FILE), undo=[]),
        *carried(("exec",), ("other-root", FILE)),
        *(variant for word in ("own-namespace", "empty-namespace")
          for variant in calls("newer", ("exec",), [(word, STATIC)], proof=PAYLOAD, since=(7, 1),
                               absent=("EINVAL",))),
        *carried(("control",), ("in-namespace", FILE, "/mnt"), uid=1000, undo=[])]),
    Row("X21", "FUSE: a file that is what its server says", carried(
        ("node",), ("fuse", FILE), prepare=[["/usr/sbin/modprobe", "fuse"]])),
    Row("X22", "a program on a share (9p)", carried(
        ("exec",), ("mounted", "payload", "9p", "share", "trans=virtio,version=9p2000.L"),
        prepare=[["/usr/sbin/modprobe", "9pnet_virtio"], ["/usr/sbin/modprobe", "9p"]])),
    Row("X23", "overlays: a layer in memory over the machine; a directory of the machine as a layer", [
        *carried(("exec",), ("overlaid", FILE, VICTIM), prepare=[["/usr/sbin/modprobe", "overlay"]],
                 undo=[["/usr/bin/umount", "-l", ROOM + "/merged"], *AWAY]),
        *carried(("exec",), ("mounted", "victim", "overlay", "overlay", "lowerdir=/attack:/opt"), proof=LISTED,
                 prepare=[["/usr/sbin/modprobe", "overlay"]]),
        *carried(("write", "replace"), ("overlay-write", FILE, HERE, "v40"), look=[HERE + "/v40"],
                 prepare=[["/usr/sbin/modprobe", "overlay"]]),
        *carried(("write", "replace"), ("overlay-write", FILE, HERE, "new"), look=[HERE + "/new"],
                 prepare=[["/usr/sbin/modprobe", "overlay"]])]),
    Row("X25", "a disk image by the loop driver, with its control node or a node of one's own", [
        *carried(("node",), ("loop-control", "/var/tmp/foreign.img"),
                 prepare=[["/usr/sbin/modprobe", "loop"], ["/usr/bin/cp", IMAGE, "/var/tmp/foreign.img"]]),
        *carried(("block",), ("own-loop-node", "/var/tmp/foreign2.img", "/var/tmp/loop"),
                 prepare=[["/usr/sbin/modprobe", "loop"], ["/usr/bin/cp", IMAGE, "/var/tmp/foreign2.img"]],
                 undo=[*AWAY, ["/usr/sbin/losetup", "-D"]])]),
    Row("X26", "another disk, a USB stick, by the old and the new mount calls; a mount over listed programs", [
        *carried(("mount",), ("mounted", "payload", "ext4", "/dev/vdb", "")),
        *carried(("mount",), ("mounted-new", "payload", "ext4", "/dev/vdb")),
        *carried(("mount",), ("mounted-empty", "jffs2", "mtd0"), proof=SUCCEEDED,
                 prepare=[["/usr/sbin/modprobe", "mtdram"], ["/usr/sbin/modprobe", "jffs2"]]),
        Variant("blkid", ["/usr/sbin/blkid", "-p", "/dev/vdb"], ("block",), proof='TYPE="ext4"', by="blkid",
                says="/dev/vdb"),
        *carried((), ("mounted", "payload", "ext4", "/dev/sda", ""), errors=("ENOENT",),
                 unless={"record": "the stick got no driver when it was found, and with it no disk"}),
        *carried(("mount",), ("bind-over", "/var/tmp/fake", "/usr/local/bin", "/usr/local/bin/payload"),
                 prepare=[["/usr/bin/mkdir", "-p", "/var/tmp/fake"], ["/usr/bin/cp", FILE, "/var/tmp/fake/"]],
                 undo=[["/usr/bin/umount", "-l", "/usr/local/bin"]]),
        *carried(("mount",), ("bind-over-new", "/var/tmp/fake", "/usr/local/sbin", "/usr/local/sbin/payload"),
                 prepare=[["/usr/bin/mkdir", "-p", "/var/tmp/fake"], ["/usr/bin/cp", FILE, "/var/tmp/fake/"]],
                 undo=[["/usr/bin/umount", "-l", "/usr/local/sbin"]])]),
]
