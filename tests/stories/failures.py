# SPDX-License-Identifier: MIT
"""What happens when the center is away, slow, killed or false, a reply is lost, the power goes, a worker guesses.

  +---------------+                      at first +--------+
  | ATM, guarded  |    10.0.2.100:8443 +----------| center |  stopped, slowed, killed, restarted
  | /attack has   |--------------------+          +--------+
  | payload,      |                    | then        | TLS
  | not listed    |                    +---------[ tap ]  loses, forges and counts answers
  +---------------+                    |
     | ttyS3: screen                   +---- a center of another authority; a server without TLS
     one power cut on the way; it starts again from the same disk
"""

import base64
import contextlib
import errno
import json
import os
import signal
import sys

from tests.machine import center, machine, maintenance, signing, story, tap

PAYLOAD = os.path.join(machine.BUILD, "demo", "payload")
RECEIPT = "/var/lib/atmguard/receipt.bin"
NG, BODY_LEN = 3, 1024  # exit status of atmguardctl; every answer of the center to three values
# Passwords with a right check digit; one in 10^8 is given out.
WRONG = ("000000000", "123456786")
# The agent waits up to a minute before it ships again what it could not.
SHIP_TIMEOUT_S = 150
# Alarms that say the history has a hole.
BROKEN_HISTORY = {"rewind", "gap", "lost", "fork", "chain-broken"}


class Failures:
    def __init__(self, tally, maintenance_center, scratch):
        self.tally, self.center, self.scratch = tally, maintenance_center, scratch
        self.stack = contextlib.ExitStack()
        self.tap = tap.Tap(maintenance_center)
        self.atm = story.Atm(tally, maintenance_center, copy=[PAYLOAD])
        self.guest = self.atm.machine
        self.unreached = None  # number of a record that was made while the center was away

    # ---- verbs ----

    def check(self, sentence, holds, detail=""):
        return self.tally.check(sentence, holds, detail)

    def state(self):
        return self.atm.status()["state"]

    def types(self, sentence, otp, word):
        said = self.atm.types(otp, center.EMPLOYEE)
        return self.check(sentence, said == word, f"{said}\n{self.atm.screen.text()}")

    def tries_again(self, sentence):
        """Enter, at the values that still stand there."""
        self.atm.screen.enter()
        self.atm.screen.wait("Work can start")
        self.check(sentence, self.state() == "maintenance")

    def completes(self, sentence, job):
        self.atm.finishes()
        self.check(sentence, story.wait_for(lambda: self.center.job(job)["state"] == "completed", SHIP_TIMEOUT_S),
                   self.center.job(job))

    def entered(self, sentence, job, entries):
        seen = self.center.job(job)
        self.check(sentence, seen["entries"] == entries, seen)

    def restart_center(self):
        self.center.stop()
        self.center.start()

    def point(self, port):
        """From now on the agent finds this at the center's address; its old connections end."""
        self.guest.point_center(port)
        self.guest.run(["/usr/bin/systemctl", "restart", "atmguardd.service"])

    # ---- the center is away, slow, restarted ----

    def boots(self):
        word = self.atm.boot()
        self.check("the machine is up and locked", word == "running" and self.state() == "locked", word)
        self.check("the screen says that the center is there",
                   story.wait_for(lambda: "connected" in self.atm.screen.text(), 120), self.atm.screen.text())

    def center_away(self):
        job, otp = self.center.open_job("media-read")
        self.center.stop()
        self.unreached = self.atm.denies("with the center away the machine enforces as before",
                                         ["/attack/payload"], "exec")["seq"]
        self.types("to the three values the screen says that the center cannot be reached", otp, "unreachable")
        self.atm.screen.wait("offline")
        self.check("and offline, and that nothing was judged", "Nothing was judged" in self.atm.screen.text(),
                   self.atm.screen.text())
        self.check("the machine is locked", self.state() == "locked")
        self.center.start()
        self.tries_again("with the center back, Enter alone opens it")
        self.entered("which is the first entry", job, 1)
        self.completes("and the work is completed", job)

    def center_slow(self):
        job, otp = self.center.open_job("media-read")
        self.center.signal(signal.SIGSTOP)
        try:
            self.types("to a center that does not answer the screen says the same", otp, "unreachable")
            self.check("the machine is locked", self.state() == "locked")
        finally:
            self.center.signal(signal.SIGCONT)
        self.tries_again("when it answers again, Enter alone opens the machine")
        self.entered("late answers and the last one are one entry", job, 1)
        self.restart_center()
        self.check("while the center restarts the work goes on", self.state() == "maintenance")
        self.completes("and its completion arrives at the new one", job)

    # ---- replies are lost ----

    def unlock_answers(self):
        return [body for path, body in self.tap.answers if path == "/v1/unlock"]

    def grants_taken(self, job):
        return [r for r in self.atm.records() if r["event"] == "UNLOCK" and r["job"] == job]

    def reply_lost(self):
        job, otp = self.center.open_job("media-read")
        lost = []

        def lose_one(path, body):
            said = self.tap.ask(path, body)
            if path == "/v1/unlock" and not lost:
                lost.append(said[1])
                return None
            return said

        self.tap.take = lose_one
        self.point(self.tap.port)
        self.types("when the center's reply is lost the machine opens all the same", otp, "ok")
        answers = self.unlock_answers()
        self.check("the center was asked again and gave the same grant", len(answers) == 2 and
                   lost == answers[:1] and answers[0] == answers[1], answers)
        self.entered("which it counts once", job, 1)
        self.check("and the kernel took once", len(self.grants_taken(job)) == 1, self.grants_taken(job))
        self.tap.take = self.tap.ask
        self.completes("the work is completed", job)

    def center_killed(self):
        job, otp = self.center.open_job("media-read")
        self.tap.answers.clear()

        def kill(path, body):
            said = self.tap.ask(path, body)
            if path == "/v1/unlock" and said:
                self.center.kill()
                return None
            return said

        self.tap.take = kill
        self.types("a center that dies after its judgement cannot be reached", otp, "unreachable")
        self.check("the machine is locked", self.state() == "locked")
        self.tap.take = self.tap.ask
        self.center.start()
        self.tries_again("when it runs again, Enter alone opens the machine")
        answers = self.unlock_answers()
        self.check("by the grant that was made before the center died",
                   len(answers) == 2 and answers[0] == answers[1], answers)
        self.entered("which is counted once", job, 1)
        self.completes("the work is completed", job)

    # ---- the power goes ----

    def held_receipt(self):
        """The number of the last record that the receipt on the machine's disk covers."""
        done, data = self.guest.hand.get(RECEIPT)
        return signing.RECEIPT.unpack(data)[3] if not done.status else -1

    def power_cut(self):
        job, otp = self.center.open_job("media-read")
        self.types("a job opens the machine", otp, "ok")
        opened = self.grants_taken(job)[0]["seq"]
        # What was not receipted is lost with the power; the numbers after it are the question.
        self.check("the center has the record of it", story.wait_for(lambda: self.held_receipt() >= opened,
                                                                     SHIP_TIMEOUT_S))
        last = self.held_receipt()
        self.atm.cut_power()
        self.atm.boot()
        self.check("after a power cut in the middle of the work the machine comes up locked", self.state() == "locked")
        first = self.atm.records()[0]
        self.check("its records go on behind the receipt", first["seq"] == last + 1, f"{last}: {first}")
        self.check("and say so", any(r["event"] == "CONTINUE" for r in self.atm.records()))
        self.check("without a receipt that was refused",
                   not [r for r in self.atm.records() if r["event"] == "REFUSED"])
        self.types("the same password of the open job is accepted again", otp, "ok")
        self.entered("and counted as a second entry", job, 2)
        self.completes("the work is completed", job)
        report = self.center.ask("job", "report", str(job))
        boots = [r for r in report["records"] if r["event"] == "BOOT"]
        self.check("the center's report shows the boot in between and both entries",
                   len(boots) == 1 and len(report["entries"]) == 2, json.dumps(report)[:2000])

    # ---- somebody else answers ----

    def closing(self, server):
        return self.stack.enter_context(contextlib.closing(server))

    def other_server(self, sentence, server, word):
        asked = []
        genuine, server.take = server.take, lambda *request: asked.append(request) or genuine(*request)
        self.point(server.port)
        self.types(sentence, self.otp, word)
        self.check("and told it nothing", not asked, asked)
        self.check("and stays locked", self.state() == "locked")
        self.atm.clears()

    def false_answer(self, sentence, answer, word):
        self.tap.take = lambda path, body: answer(body) if path == "/v1/unlock" else self.tap.ask(path, body)
        self.types(sentence, self.otp, word)
        self.check("and stays locked", self.state() == "locked")
        self.atm.clears()

    def forge(self, body):
        """A grant for this machine and this nonce, right in everything but the signature."""
        grant = signing.grant(bytes.fromhex(json.loads(body)["nonce"]), job=self.job)
        text = json.dumps({"result": "ok", "job": self.job, "grant": base64.b64encode(grant).decode(),
                           "sig": base64.b64encode(signing.sign(grant, self.stranger)).decode()})
        return 200, text.ljust(BODY_LEN).encode()

    def false_centers(self):
        self.job, self.otp = self.center.open_job("media-read")
        self.stranger = signing.make_signer(self.scratch, "10.0.2.100")
        self.other_server("the machine does not speak to a center of another authority",
                          self.closing(tap.Tap(self.center, self.stranger)), "unreachable")
        self.other_server("nor to one without TLS", self.closing(tap.PlainServer()), "unreachable")
        self.point(self.tap.port)
        self.false_answer("an answer that is no JSON makes no sense to it", lambda _: (200, b"<html>"), "garbled")
        self.false_answer("nor does an OK without a grant", lambda _: (200, b'{"result":"ok"}'), "garbled")
        since = self.atm.next_seq()
        self.false_answer("a grant that somebody else signed is refused by the machine", self.forge, "refused")
        self.atm.reports("and the refusal recorded", since, lambda r: r["event"] == "REFUSED" and
                         r["what"] == "grant" and r["errno"] == -errno.ENOKEY)
        self.tap.take = self.tap.ask
        self.entered("none of this is an entry", self.job, 0)
        self.types("from the true center the same password opens the machine", self.otp, "ok")
        self.completes("the work is completed", self.job)

    # ---- a worker guesses ----

    def guesses(self, otp, employee=center.EMPLOYEE):
        return maintenance.unlock(self.guest, otp, employee).status

    def wrong_tries(self):
        job, otp = self.center.open_job("media-read")
        _, foreign = self.center.open_job("media-read", atm=center.OTHER_ATM, employee=center.OTHER_EMPLOYEE)
        self.tap.answers.clear()
        said = [*(self.guesses(number) for number in WRONG), self.guesses(foreign),
                self.guesses(otp, center.OTHER_EMPLOYEE), self.guesses(otp, "999999")]
        self.check("five wrong tries are not accepted", said == [NG] * 5, said)
        self.check("the fifth blocks the job", self.center.job(job)["state"] == "blocked", self.center.job(job))
        self.check("then the right values are not accepted either", self.guesses(otp) == NG)
        self.restart_center()
        self.check("nor by a center that was restarted", self.guesses(otp) == NG)
        answers = self.unlock_answers()
        self.check("all seven answers are the same bytes", len(answers) == 7 and len(set(answers)) == 1 and
                   len(answers[0]) == BODY_LEN, answers)
        self.check("the machine is locked", self.state() == "locked")
        alarms = [alarm for alarm in self.center.ask("alarm", "list") if alarm["kind"] == "job-blocked"]
        self.check("the center raised an alarm", [alarm["job"] for alarm in alarms] == [job], alarms)
        attempts = [a["reason"] for a in self.center.ask("job", "report", str(job))["attempts"]]
        self.check("and knows what was wrong each time", attempts ==
                   ["wrong-password"] * 3 + ["wrong-employee"] * 2 + ["job-closed"] * 2, attempts)
        job, otp = self.center.open_job("media-read")
        self.types("a new job opens the machine", otp, "ok")
        self.completes("and is completed", job)

    # ---- the history ----

    def held_records(self):
        return self.center.ask("audit", "list", "--atm", center.ATM, "--all")

    def history(self):
        # A receipt is a record itself, which waits for company.
        last = [r["seq"] for r in self.atm.records() if r["event"] != "RECEIPT"][-1]
        self.check("all records arrive at the center", story.wait_for(
            lambda: self.atm.status()["receipted_seq"] > last, SHIP_TIMEOUT_S), self.atm.status())
        held = self.held_records()
        self.check("also those made while it was away", [r for r in held if r["seq"] == self.unreached and
                                                         r["event"] == "DENY"], self.unreached)
        seqs = [r["seq"] for r in held]
        self.check("without a gap and none twice", sorted(seqs) == list(range(len(seqs))), seqs)
        said = self.center.text("audit", "verify", "--atm", center.ATM)
        self.check("their chain is whole over both boots", "whole" in said and "boots: 2" in said, said)
        alarms = [alarm for alarm in self.center.ask("alarm", "list") if alarm["kind"] in BROKEN_HISTORY]
        self.check("and no alarm says otherwise", not alarms, alarms)

    def play(self):
        with contextlib.closing(self.tap), self.atm, self.stack:
            for step in (self.boots, self.center_away, self.center_slow, self.reply_lost, self.center_killed,
                         self.power_cut, self.false_centers, self.wrong_tries, self.history):
                step()


if __name__ == "__main__":
    sys.exit(story.play("failures", Failures))
