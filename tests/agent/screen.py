# SPDX-License-Identifier: MIT
"""The technician's screen as a technician sees it, in tmux, over a scripted agent.

usage: tests/run agent/screen ATMGUARD_MAINT [WORDS]
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

from tests.agent.runner import run, same, test, wait_for

MAINT = pathlib.Path(sys.argv[1]).absolute()
OTP, EMPLOYEE = "123456786", "100234"


class ScriptedAgent:
    """Answers the local socket as told; keeps what it was asked."""

    def __init__(self, path):
        self.path, self.asked, self.answers = path, [], {}
        self.state, self.center = "locked", "up"
        self.start()

    def start(self):
        self.path.unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(str(self.path))
        self.listener.listen()
        self.clients = []
        threading.Thread(target=self.serve, args=(self.listener,), daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in self.clients:
            client.shutdown(socket.SHUT_RDWR)

    def serve(self, listener):
        while True:
            try:
                client = listener.accept()[0]
            except OSError:
                return
            self.clients.append(client)
            threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client):
        while packet := client.recv(4097):
            request = json.loads(packet)
            if request["do"] != "status":
                self.asked.append(request)
            client.send(json.dumps(self.answer(request)).encode())

    def answer(self, request):
        is_open = self.state == "maintenance"
        opened = {"result": "ok", "job": 17, "scopes": ["tools", "storage-read"],
                  "remaining_s": 3600}
        if request["do"] == "status":
            return {**(opened if is_open else {**opened, "job": 0, "scopes": [], "remaining_s": 0}),
                    "state": self.state, "atm": "00012345", "center": self.center}
        if request["do"] == "complete":
            self.state = "locked"
        answer = self.answers.get(request["do"])
        if answer:
            return answer
        if request["do"] == "unlock":
            self.state = "maintenance"
        return opened if request["do"] == "unlock" else {"result": "ok", "survivors": 0}


class Screen:
    """atmguard-maint in a tmux of its own, whose server ends with it."""

    def __init__(self, term="xterm", cols=80, rows=24):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="atmguard-screen-"))
        self.agent = ScriptedAgent(self.dir / "sock")
        (self.dir / "conf").write_text("set -g escape-time 0\n")
        self.tmux("-f", self.dir / "conf", "-u", "new-session", "-d", "-x", str(cols), "-y",
                  str(rows), f"env -u LANG -u LC_ALL -u LC_CTYPE TERM={term} {MAINT} "
                  f"--socket {self.dir}/sock")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-S", self.dir / "tmux", *words], check=True,
                              stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def shows(self, *texts):
        try:
            wait_for(lambda: all(text in self.text() for text in texts), 10)
        except AssertionError:
            raise AssertionError(f"{texts} not on\n{self.text()}") from None

    def close(self):
        self.tmux("kill-server")
        shutil.rmtree(self.dir, ignore_errors=True)


def on_screen(**how):
    def wrap(function):
        def body(keys):
            if not shutil.which("tmux"):
                return "skipped: needs tmux"
            screen = Screen(**how)
            try:
                return function(screen)
            finally:
                screen.close()
        body.__name__ = function.__name__
        return test(body)
    return wrap


@on_screen()
def a_locked_machine_asks_for_the_password_in_both_languages(screen):
    screen.shows("施錠中 / LOCKED", "保守パスワード / One-time password", "00012345",
                 "センター / Center: 接続 / connected")


for terminal in ("vt220", "linux", "xterm", "dumb", ""):
    def appears(screen):
        screen.shows("施錠中 / LOCKED", "保守パスワード / One-time password")
    appears.__name__ = f"the_same_appears_on_TERM={terminal}"
    on_screen(term=terminal)(appears)


@on_screen()
def a_job_goes_from_its_password_to_its_completion(screen):
    screen.shows("1/3")
    screen.keys(OTP, "Enter")
    screen.shows("2/3 社員番号 / Employee number")
    screen.keys(EMPLOYEE, "#")
    screen.shows("3/3 確認 / Confirm", "123 456 786")
    screen.keys("Enter")
    screen.shows("保守中 / MAINTENANCE", "残り", "作業番号 / Job 17", "診断ツール / tools",
                 "媒体の読出し / storage-read", "9 + Enter = 作業完了 / work complete")
    same("123 456 786" in screen.text(), False)
    screen.keys("9", "Enter")
    screen.shows("Is the work complete?")
    screen.keys("Enter")
    screen.shows("作業完了・施錠しました / Work complete, locked", "survivors 0", "施錠中 / LOCKED")
    same(screen.agent.asked, [{"do": "unlock", "otp": OTP, "employee": EMPLOYEE},
                              {"do": "complete"}])


@on_screen()
def a_slip_is_named_and_nothing_is_sent(screen):
    screen.shows("1/3")
    screen.keys("123456785", "Enter")
    screen.shows("打ち間違いです", "this costs no try")
    same(screen.agent.asked, [])
    screen.keys("*", "6", "#")
    screen.shows("2/3")


@on_screen()
def ng_is_uniform_and_forgets_the_entries(screen):
    screen.agent.answers["unlock"] = {"result": "ng"}
    screen.shows("1/3")
    screen.keys(OTP, "Enter", EMPLOYEE, "Enter", "Enter")
    screen.shows("照合できません / Not accepted", "1/3")
    screen.keys("Enter")
    screen.shows("Too few digits")


@on_screen()
def an_unreachable_center_is_named_and_enter_tries_again(screen):
    screen.agent.answers["unlock"] = {"result": "error", "reason": "center-unreachable",
                                      "detail": "HTTP 503"}
    screen.shows("1/3")
    screen.keys(OTP, "Enter", EMPLOYEE, "Enter", "Enter")
    screen.shows("センターに接続できません / The center cannot be reached", "Nothing was judged",
                 "(HTTP 503)")
    del screen.agent.answers["unlock"]
    screen.keys("Enter")
    screen.shows("保守中 / MAINTENANCE")
    same(len(screen.agent.asked), 2)


@on_screen()
def survivors_are_named_with_what_to_do(screen):
    screen.agent.state = "maintenance"
    screen.agent.answers["complete"] = {"result": "ok", "survivors": 2}
    screen.shows("保守中 / MAINTENANCE")
    screen.keys("9", "Enter", "Enter")
    screen.shows("Locked, but something is left over: 2", "Call the center before you leave")


@on_screen()
def a_machine_locked_by_the_timer_says_so(screen):
    screen.agent.state = "maintenance"
    screen.shows("保守中 / MAINTENANCE")
    screen.agent.state = "locked"
    screen.shows("施錠中 / LOCKED", "Time over, or completed elsewhere")


@on_screen()
def an_agent_that_restarts_is_found_again(screen):
    screen.shows("1/3")
    screen.agent.stop()
    screen.shows("保守エージェントに接続できません / No connection to the agent")
    screen.agent.start()
    screen.shows("施錠中 / LOCKED", "1/3")


@on_screen(term="vt220")
def a_terminal_attached_later_sees_everything(screen):
    screen.shows("1/3")
    screen.keys("-R")
    wait_for(lambda: "LOCKED" not in screen.text())
    screen.shows("施錠中 / LOCKED", "00012345", "Enter # OK")


@on_screen()
def function_keys_and_control_c_do_nothing(screen):
    screen.shows("1/3")
    screen.keys("F5", "Up", "C-c", "C-z", "C-\\", OTP, "Enter")
    screen.shows("2/3")


@on_screen(cols=79)
def a_screen_that_is_too_small_says_what_it_needs(screen):
    screen.shows("The screen needs 80x24")
    screen.tmux("resize-window", "-x", "100", "-y", "30")
    screen.shows("1/3")


@on_screen()
def a_machine_that_is_not_ready_takes_no_entry(screen):
    screen.agent.state = "unsealed"
    screen.shows("起動中 / UNSEALED", "お待ちください / Please wait")
    screen.agent.state = "tampered"
    screen.agent.center = "down"
    screen.shows("異常検出・施錠中 / TAMPERED", "不通 / offline", "1/3")


if __name__ == "__main__":
    os.environ.pop("TMUX", None)
    sys.exit(run(" ".join(sys.argv[2:])))
