# SPDX-License-Identifier: MIT
"""The center's processes: killed, stopped, flooded, started twice, on databases of all kinds.

usage: tests/run center/processes BIN [WORDS]

As outside.py; WORDS pick tests whose sentence contains them.
"""
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import struct
import subprocess
import sys

from tests.center.cases import main, test
from tests.center.service import ATM, BIN, EMPLOYEE, is_ok, run, wait_for, wrong


@test
def any_process_ends_all(c):
    "when any process dies the service ends with an error"
    for index in range(5):
        children = run("pgrep", "-P", c.process.pid).stdout.split()
        os.kill(int(children[index]), signal.SIGKILL)
        assert c.process.wait(10) == 1
        assert run("pgrep", "-P", c.process.pid, check=False).stdout == ""
        c.process.stdout.close()
        c.start()


@test
def reader_killed(c):
    "a reader that dies costs its own answer only: unlocks go on, the next list has another"
    job = c.open()
    asked, reader = c.ask_reader()
    os.kill(reader, signal.SIGKILL)
    assert is_ok(c.unlock(job["otp"]))
    assert asked.recv(1) == b""
    assert c.json("job", "list")[0]["state"] == "active"
    wait_for(lambda: "a reader ended by signal 9" in c.log())
    assert c.process.poll() is None


@test
def reader_hangs(c):
    "a reader that hangs is ended in time, and unlocks and lists go on meanwhile"
    job = c.open()
    asked, reader = c.ask_reader()
    os.kill(reader, signal.SIGSTOP)
    body = json.dumps({"do": "status"}).encode()
    asked.sendall(struct.pack("<IIHh", len(body), 0, 101, 0) + body)
    for nonce in range(5):
        assert is_ok(c.unlock(job["otp"], nonce=nonce))
    assert c.json("status")["jobs_open"] == 1
    try:
        assert asked.recv(1) == b""
    except ConnectionResetError:  # the question was not read
        pass
    assert "a reader takes longer" in c.log()
    wait_for(lambda: not pathlib.Path(f"/proc/{reader}").exists())
    assert is_ok(c.unlock(job["otp"], nonce=9))


@test
def keeper_hangs(c):
    "while nobody takes questions unlocks go on and the judge holds none of them; later each is answered"
    job, (_, judge, keeper) = c.open(), c.children()[:3]
    before = len(os.listdir(f"/proc/{judge}/fd"))
    os.kill(keeper, signal.SIGSTOP)
    askers = [subprocess.Popen([BIN / "atmcenter", "--dir", c.dir, "job", "list"], stdout=subprocess.PIPE,
                               text=True) for _ in range(24)]
    for nonce in range(5):
        assert is_ok(c.unlock(job["otp"], nonce=nonce))
    assert len(os.listdir(f"/proc/{judge}/fd")) == before
    os.kill(keeper, signal.SIGCONT)
    assert all("active" in asker.communicate(timeout=30)[0] for asker in askers)


@test
def readers_bounded(c):
    "connections that ask nothing use up no reader for long, and no memory of the judge"
    idle = [socket.socket(socket.AF_UNIX) for _ in range(12)]
    for s in idle:
        s.connect(str(c.dir / "reader.sock"))
    assert c.json("status")["atms"] == 2
    for s in idle:
        s.close()


@test
def askers_bounded(c):
    "connections to the judge that ask nothing or take no answer cost it little, and end by themselves"
    judge = c.children()[1]
    before = held = len(os.listdir(f"/proc/{judge}/fd"))
    idle = [socket.socket(socket.AF_UNIX) for _ in range(80)]
    for nr, s in enumerate(idle, 1):
        s.setblocking(False)
        s.connect(str(c.dir / "admin.sock"))
        # One by one, for the queue is shorter than what is taken.
        held = wait_for(lambda: (now := len(os.listdir(f"/proc/{judge}/fd"))) >= before + min(64, nr) and now)
    assert held == before + 64, (before, held)
    for s in idle:
        s.close()
    body = b'{"do":"nothing"}'
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(str(c.dir / "admin.sock"))
        try:
            while True:
                s.sendall((struct.pack("<IIHh", len(body), 0, 101, 0) + body) * 100)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert is_ok(c.unlock(c.open()["otp"]))


@test
def acts_and_looks(c):
    "the judge's socket answers no list, the readers' socket does nothing"
    for name, do in (("admin.sock", "job-list"), ("reader.sock", "atm-revoke")):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(30)
            s.connect(str(c.dir / name))
            body = json.dumps({"do": do, "number": ATM}).encode()
            s.sendall(struct.pack("<IIHh", len(body), 0, 101, 0) + body)
            assert b"no such request" in s.recv(4096), name
    assert c.post("/v1/hello", "{")[0] == 400


@test
def sandboxes(c):
    "every process is under seccomp with no new privileges and no capability"
    asked, reader = c.ask_reader()
    for pid in [c.process.pid, reader, *c.children()]:
        status = dict(line.split(":\t") for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
                      if ":\t" in line)
        assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1", (pid, status)
        assert int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0


@test
def as_user(c):
    "started as root with --user it serves as that user and cannot touch the keys"
    if os.geteuid():
        return
    c.stop()
    c.home.chmod(0o755)
    c.start("--user", "nobody")
    job = c.open()
    assert is_ok(c.unlock(job["otp"]))
    for pid in run("pgrep", "-P", c.process.pid).stdout.split():
        assert pathlib.Path(f"/proc/{pid}/status").read_text().split("Uid:\t")[1].split()[0] != "0"
    assert (c.dir / "pepper").stat().st_uid == 0
    result = subprocess.run(["setpriv", "--reuid=nobody", "--clear-groups", "mv", c.dir / "pepper",
                             c.dir / "moved"], capture_output=True)
    assert result.returncode


@test
def parent_killed(c):
    "kill -9 of the first process ends all others, also when they serve as another user"
    for options in ([], ["--user", "nobody"] if os.geteuid() == 0 else []):
        c.stop()
        c.home.chmod(0o755)
        c.start(*options)
        children = c.children()
        assert c.stop(signal.SIGKILL) == -signal.SIGKILL
        wait_for(lambda: not any(pathlib.Path(f"/proc/{child}").exists() for child in children), 5)
        c.start(*options)
        c.cli("status")


@test
def database_locked(c):
    "while another process holds the database nothing is decided: 503, and no try counted"
    job = c.open()
    db = sqlite3.connect(c.dir / "center.db", isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    body = {"v": 1, "otp": wrong(job["otp"]), "employee": EMPLOYEE, "nonce": "00" * 32}
    status, _ = c.post("/v1/unlock", body)
    assert status == 503, status
    db.execute("ROLLBACK")
    assert c.job(job["job"])["job"]["tries"] == 0
    assert is_ok(c.unlock(job["otp"]))


@test
def database_damaged(c):
    "a damaged database does not start"
    c.stop()
    for name in ("center.db-wal", "center.db-shm"):
        (c.dir / name).unlink(missing_ok=True)
    (c.dir / "center.db").write_bytes(b"not a database" * 1000)
    process = subprocess.run([BIN / "atmcenterd", "--dir", c.dir, "--listen", "127.0.0.1:0"],
                             capture_output=True, timeout=30)
    assert process.returncode == 1 and b"ready" not in process.stdout


@test
def database_of_version_1(c):
    "a database of version 1 is kept and brought up to date at start; the service says so and serves"
    c.stop()
    for path in c.dir.glob("center.db*"):
        path.unlink()
    source = pathlib.Path(__file__).resolve().parents[1] / "unit/center_v1.c"
    db = sqlite3.connect(c.dir / "center.db")
    db.executescript("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', source.read_text().split("center_v1_tables[] =")[1])))
    db.close()
    c.start()
    # The three that were open are over by today's clock: the sweep ends them.
    wait_for(lambda: {j["job"]: j["state"] for j in c.json("job", "list")} == {
        1: "completed", 2: "expired", 3: "blocked", 4: "revoked", 5: "expired", 6: "expired", 7: "expired"})
    assert f"judge: {c.dir}/center.db: version 1 is kept as {c.dir}/center-v1.db" in c.log()
    assert (c.dir / "center-v1.db").stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(c.dir / "center-v1.db") as db:
        assert db.execute("SELECT count(*) FROM job WHERE state <= 3").fetchone() == (3,)
    c.enrol(ATM)
    assert is_ok(c.unlock(c.open()["otp"]))


@test
def database_of_newer_version(c):
    "a database of a newer version than the program is refused with a reason, and not changed"
    c.stop()
    db = sqlite3.connect(c.dir / "center.db", isolation_level=None)
    db.execute("PRAGMA user_version = 77")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    before = (c.dir / "center.db").read_bytes()
    process = subprocess.run([BIN / "atmcenterd", "--dir", c.dir, "--listen", "127.0.0.1:0"],
                             capture_output=True, timeout=30, text=True)
    assert process.returncode == 1 and "is of version 77" in process.stderr, process.stderr
    assert (c.dir / "center.db").read_bytes() == before


@test
def second_service(c):
    "a second service on the same directory does not start"
    process = subprocess.run([BIN / "atmcenterd", "--dir", c.dir, "--listen", "127.0.0.1:0"],
                             capture_output=True, timeout=30, text=True)
    assert process.returncode == 1 and "another service runs there" in process.stderr
    c.cli("status")


@test
def two_at_once(c):
    "of two services started at once on the same directory one starts, whichever sockets lie there"
    c.stop(signal.SIGKILL)
    for _ in range(5):
        two = [subprocess.Popen([BIN / "atmcenterd", "--dir", c.dir, "--listen", "127.0.0.1:0"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        wait_for(lambda: any(p.poll() is not None for p in two))
        assert sorted(p.poll() is None for p in two) == [False, True]
        winner = next(p for p in two if p.poll() is None)
        assert winner.stdout.readline().startswith("ready ")
        c.cli("status")
        winner.terminate()
        for p in two:
            p.communicate(timeout=30)


sys.exit(main())
