# SPDX-License-Identifier: MIT
"""What the kernel refuses to take: every kind of bad request and bad signed object, by errno and record.

  +-------------------+  10.0.2.100:8443   +--------+
  | ATM, guarded      |--------------------| center |  one job, whose grant is read from its database
  | /attack: payload, |                    +--------+
  | not listed        |  ttyS3
  +-------------------+------ screen: the three values of that job
     | hand, submit: objects and signatures straight to the device
     +- signed by the vendor, the center's keys, a stranger, impostors of their names

  locked - maintenance - locked, policy 2 - power cut - locked - a grant made here
"""

import errno
import os
import secrets
import signal
import sqlite3
import sys

from tests.machine import center, disk, machine, quiet, signing, story, vendor

PAYLOAD = os.path.join(machine.BUILD, "demo", "payload")
# In the first policy, not in the second.
DROPPED = "/usr/bin/sleep"


class Objects:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.center, self.scratch = tally, maintenance_center, scratch
        self.atm = story.Atm(tally, maintenance_center, copy=[PAYLOAD])
        self.guest = self.atm.machine
        self.stranger = signing.make_signer(scratch, "stranger")
        self.impostor = {who: signing.make_signer(scratch, "impostor-" + name, like=who)
                         for name, who in (("vendor", signing.VENDOR), ("grants", signing.GRANTS))}

    # ---- verbs ----

    def check_refused(self, sentence, purpose, error, said):
        name, since, unchanged = said
        record = self.atm.find_record(since, lambda r: r["event"] == "REFUSED" and r["what"] == purpose and
                                      r["errno"] == -error)
        self.tally.check(f"{sentence}: {errno.errorcode[error]}", name == errno.errorcode[error] and
                         unchanged == "unchanged" and record, f"{said}\nrecord: {record}")

    def refuses(self, sentence, purpose, error, data, sig):
        """Refused with that error, recorded with the same one, and the lock is as before."""
        self.check_refused(sentence, purpose, error, self.atm.hands_in(purpose, data, sig))

    def rejects(self, sentence, error, *words):
        """A request that is none: refused before anything is looked at."""
        said = self.atm.submits(*words)
        self.tally.check(f"{sentence}: {errno.errorcode[error]}",
                         said[0] == errno.errorcode[error] and said[2] == "unchanged", said)

    def refuses_signatures(self, purpose, signer, data):
        """What holds for every purpose, by an object that is right in itself."""
        sig = signing.sign(data, signer)
        for what, error, bad in (
                ("a signature cut short", errno.EBADMSG, sig[:-7]),
                ("a signature with a wrong tag in front", errno.EBADMSG, signing.flip(sig, 0)),
                ("noise for a signature", errno.EBADMSG, secrets.token_bytes(len(sig))),
                ("a signature that carries its own content", errno.EBADMSG,
                 signing.sign(data, signer, "-nodetach")),
                ("a signature with one bit turned", errno.EKEYREJECTED, signing.flip(sig, -1)),
                ("the signature of another object", errno.EKEYREJECTED, signing.sign(data + b"x", signer)),
                ("a signature by a key nobody knows", errno.ENOKEY, signing.sign(data, self.stranger)),
                ("a key that bears the right one's name", errno.EKEYREJECTED,
                 signing.sign(data, self.impostor[signer]))):
            self.refuses(f"{purpose}: {what}", purpose, error, data, bad)
        for what, place in (("at its start", 3), ("in the middle", len(data) // 2), ("at its end", -1)):
            self.refuses(f"{purpose}: one bit of the object turned {what}", purpose, errno.EKEYREJECTED,
                         signing.flip(data, place), sig)
        for lengths in (("0", "64"), ("64", "0"), (str((64 << 20) + 1), "64"), ("64", "8193"),
                        ("0xffffffff", "0xffffffff")):
            self.check_refused(f"{purpose}: lengths {' and '.join(lengths)}", purpose, errno.EMSGSIZE,
                               self.atm.submits(purpose, "lengths", *lengths))

    def refuses_malformed(self, purpose, signer, rows):
        for what, error, data in rows:
            self.refuses(f"{purpose}, rightly signed: {what}", purpose, error, data, signing.sign(data, signer))

    # ---- the steps ----

    def boots(self):
        word = self.atm.boot()
        self.tally.check("the machine is up and locked",
                         word == "running" and self.atm.status()["state"] == "locked", word)

    def requests(self):
        blob = ("0xA7", "2", "24")
        self.rejects("an unknown request", errno.ENOTTY, "call", "0xA7", "77", "24")
        self.rejects("a known request of another size", errno.ENOTTY, "call", "0xA7", "2", "32")
        self.rejects("a known request in another direction", errno.ENOTTY, "call", *blob)
        self.rejects("a request of another device", errno.ENOTTY, "call", "0x54", "1", "24")
        self.rejects("a request without an argument", errno.ENOTTY, "null", "0xA7", "0", "4096")
        self.rejects("an identity once sealed", errno.EBUSY, "identity", "lengths", "64", "64")
        self.rejects("a second seal", errno.EBUSY, "seal")
        self.rejects("a relock while locked", errno.EBUSY, "relock")
        self.rejects("reading less than a record", errno.EINVAL, "read-short")
        self.rejects("writing to the device", errno.EINVAL, "write")
        for what, words in (("a policy", ("policy", "lengths", "64", "64")), ("the nonce", ("nonce",)),
                            ("records", ("read-short",))):
            self.rejects(f"{what} through a descriptor for reading only", errno.EBADF, "-r", *words)
        for what, data, sig in (("no address of the object", "0", "0x7fffff000000"),
                                ("no addresses", "0", "0"),
                                ("addresses in the kernel", "0xffffffff81000000", "0xffffffff81000000"),
                                ("addresses that are none", "0x8000000000000000", "0x8000000000000000")):
            self.check_refused(what, "policy", errno.EFAULT, self.atm.submits("policy", "pointers", data, sig))

    def policies(self):
        digest = bytes(range(32))
        later = bytes(range(1, 33))
        one = (digest, 1, 0, 0)
        good = signing.policy(entries=[one])
        self.refuses_signatures("policy", signing.VENDOR, good)
        for what, signer in (("the key of the grants", signing.GRANTS), ("the key of the identities", signing.IDENTITIES)):
            self.refuses(f"policy: signed by the center with {what}", "policy", errno.ENOKEY, good,
                         signing.sign(good, signer))
        self.refuses_malformed("policy", signing.VENDOR, (
            ("one byte", errno.EPROTO, b"x"),
            ("nothing but half a header", errno.EPROTO, good[:72]),
            ("cut short", errno.EPROTO, good[:-1]),
            ("a byte too many", errno.EPROTO, good + b"\0"),
            ("another purpose", errno.EPROTO, signing.policy(entries=[one], purpose=b"atmguard-policy-2")),
            ("a grant", errno.EPROTO, signing.grant(bytes(32))),
            ("entries not in order", errno.EPROTO, signing.policy(entries=[(later, 1, 0, 0), one])),
            ("an entry twice", errno.EPROTO, signing.policy(entries=[one, one])),
            ("more entries than there are", errno.EPROTO, signing.policy(entries=[one], nr_entries=2)),
            ("more entries than can be", errno.EPROTO, signing.policy(nr_entries=0xffffffff)),
            ("an entry of no type", errno.EPROTO, signing.policy(entries=[(digest, 0, 0, 0)])),
            ("an entry known by fs-verity, without a use", errno.EPROTO, signing.policy(entries=[(digest, 0x80, 0, 0)])),
            ("a flag that does not exist", errno.EPROTO, signing.policy(entries=[(digest, 1, 0, 0x8000)])),
            ("a mode that does not exist", errno.EPROTO, signing.policy(entries=[one], flags=2)),
            ("a file system announced that is not there", errno.EPROTO, signing.policy(entries=[one], nr_filesystems=1)),
            ("version 0", errno.EPROTO, signing.policy(version=0, floor=0, entries=[one])),
            ("a floor above the version", errno.EPROTO, signing.policy(floor=51, entries=[one])),
            ("a class that is no text", errno.EPROTO, signing.policy(entries=[one], atm_class=b"\xff")),
            ("for another class of machines", errno.EXDEV, signing.policy(entries=[one], atm_class=b"other")),
            ("the version that is loaded", errno.ESTALE, signing.policy(version=1, entries=[one])),
        ))

    def receipts(self):
        status = self.atm.status()
        boot_id = bytes.fromhex(status["boot_id"])
        held = self.atm.records()[0]
        good = signing.receipt(boot_id, held["seq"], bytes.fromhex(held["hash"]))
        self.refuses_signatures("receipt", signing.GRANTS, good)
        for what, signer in (("the vendor", signing.VENDOR), ("the key of the identities", signing.IDENTITIES)):
            self.refuses(f"receipt: signed by {what}", "receipt", errno.ENOKEY, good, signing.sign(good, signer))
        self.refuses_malformed("receipt", signing.GRANTS, (
            ("cut short", errno.EMSGSIZE, good[:-1]),
            ("a byte too many", errno.EMSGSIZE, good + b"\0"),
            ("another purpose", errno.EPROTO,
             signing.receipt(boot_id, 0, bytes(32), purpose=b"atmguard-grant-1")),
            ("an ATM number that is none", errno.EPROTO, signing.receipt(boot_id, 0, bytes(32), atm="12a45")),
            ("for another machine", errno.EXDEV, signing.receipt(boot_id, 0, bytes(32), atm=center.OTHER_ATM)),
            ("of another history", errno.ESTALE,
             signing.receipt(boot_id, status["next_seq"] - 1, secrets.token_bytes(32))),
            ("of records still to come", errno.ESTALE, signing.receipt(boot_id, 1 << 40, bytes(32))),
            ("of another boot, with numbers already fixed", errno.EBUSY,
             signing.receipt(secrets.token_bytes(16), 1 << 20, bytes(32))),
        ))

    def grants(self):
        nonce = self.atm.nonce()
        self.tally.check("the nonce stays the same until a grant used it", nonce == self.atm.nonce())
        good = signing.grant(nonce)
        sig = signing.sign(good, signing.GRANTS)
        self.refuses_signatures("grant", signing.GRANTS, good)
        for what, signer in (("the vendor", signing.VENDOR), ("the key of the identities", signing.IDENTITIES)):
            self.refuses(f"grant: signed by {what}", "grant", errno.ENOKEY, good, signing.sign(good, signer))
        self.refuses("grant: scopes widened", "grant", errno.EKEYREJECTED, signing.flip(good, 104, 4), sig)
        self.refuses("grant: time lengthened", "grant", errno.EKEYREJECTED, signing.flip(good, 109, 4), sig)
        self.refuses_malformed("grant", signing.GRANTS, (
            ("cut short", errno.EMSGSIZE, good[:-1]),
            ("a byte too many", errno.EMSGSIZE, good + b"\0"),
            ("another purpose", errno.EPROTO, signing.grant(nonce, purpose=b"atmguard-receipt-1")),
            ("no scope", errno.EPROTO, signing.grant(nonce, scopes=0)),
            ("a scope that does not exist", errno.EPROTO, signing.grant(nonce, scopes=0x102)),
            ("no time", errno.EPROTO, signing.grant(nonce, duration_s=0)),
            ("more time than a shift", errno.EPROTO, signing.grant(nonce, duration_s=12 * 3600 + 1)),
            ("no job", errno.EPROTO, signing.grant(nonce, job=0)),
            ("an employee number that is none", errno.EPROTO, signing.grant(nonce, employee="boss")),
            ("for another machine", errno.EXDEV, signing.grant(nonce, atm=center.OTHER_ATM)),
            ("over another nonce", errno.ESTALE, signing.grant(secrets.token_bytes(32))),
        ))

    def real_grant(self, job):
        """What the center answered, from its database."""
        with sqlite3.connect(f"file:{self.center.data}/center.db?mode=ro", uri=True) as store:
            return store.execute("SELECT object, sig FROM entry WHERE job = ?", (job,)).fetchone()

    def replays(self):
        job, otp = self.center.open_job("media-read")
        self.tally.check("after all this the right three values open the machine",
                         self.atm.types(otp, center.EMPLOYEE) == "ok")
        self.taken = self.real_grant(job)
        for what, words in (("the nonce", ("nonce",)), ("a grant", ("grant", "lengths", "112", "64")),
                            ("a policy", ("policy", "lengths", "64", "64"))):
            self.rejects(f"during maintenance, {what}", errno.EBUSY, *words)
        self.tally.check("the grant in force, handed in again, is not looked at",
                         self.atm.hands_in("grant", *self.taken)[0] == "EBUSY")
        self.atm.finishes()
        self.refuses("the same grant after the relock", "grant", errno.ESTALE, *self.taken)
        self.tally.check("the machine is locked", self.atm.status()["state"] == "locked")

    def newer_policy(self):
        lines = vendor.text_of().splitlines(keepends=True)
        # All its names: the content counts.
        digests = [line.split()[1] for line in lines if line.split()[2:3] == [DROPPED]]
        text = "".join(line for line in lines if not any(digest in line for digest in digests))
        policy = vendor.sign(vendor.change(text, version=2) + disk.policy_line(PAYLOAD))
        self.atm.allows("the first policy lets its programs start", [DROPPED, "0"])
        running = self.guest.begin([DROPPED, "600"])
        self.atm.denies("and nothing else", ["/attack/payload"], "exec")
        said = self.atm.hands_in("policy", *policy)
        self.tally.check("a newer policy is taken in the running machine", said[0] == "ok", said)
        self.atm.reports("and recorded", said[1], lambda r: r["event"] == "POLICY" and r["aux"] == 2)
        self.tally.check("the kernel names its version", self.atm.status()["policy_version"] == 2)
        self.atm.allows("a program that only the newer one lists starts", ["/attack/payload"], says="PAYLOAD RUNS")
        self.atm.denies("one that only the older one listed starts no more", [DROPPED, "0"], "exec")
        self.tally.check("and is ended where it runs", running.wait(60).signal == signal.SIGKILL)
        self.atm.reports("with an alarm that names it", said[1],
                         lambda r: r["event"] == "ALARM" and "ended: sleep" in r["detail"] and DROPPED in r["detail"])
        self.refuses("the older policy", "policy", errno.ESTALE,
                     *(self.guest.get(f"/var/lib/atmguard/policy/current.{end}") for end in ("bin", "p7s")))

    def still_works(self):
        quiet.check(self.tally, self.guest, "after all this")
        log = os.path.join(self.scratch, "records")
        command = self.guest.begin([story.ATMGUARDCTL, "log", "--raw"])
        command.wait(60)
        with open(log, "wb") as file:
            file.write(command.out)
        said = os.popen(f"{machine.BUILD}/bin/atmguardctl verify {log}").read()
        self.tally.check("the chain of the records holds", "0 gaps, 0 breaks" in said, said)

    def after_reboot(self):
        self.atm.cut_power()
        self.atm.boot()
        self.refuses("the same grant after a reboot", "grant", errno.ESTALE, *self.taken)
        nonce = self.atm.nonce()
        said = self.atm.hands_in("grant", signing.grant(nonce, job=1), signing.sign(signing.grant(nonce, job=1), signing.GRANTS))
        self.tally.check("a grant that is right in everything opens the machine", said[0] == "ok", said)
        self.tally.check("and the work can be completed", self.atm.submits("relock")[0] == "ok")

    def play(self):
        with self.atm:
            for step in (self.boots, self.requests, self.policies, self.receipts, self.grants, self.replays,
                         self.newer_policy, self.still_works, self.after_reboot):
                step()


if __name__ == "__main__":
    sys.exit(story.play("objects", Objects))
