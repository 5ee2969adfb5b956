# SPDX-License-Identifier: MIT
"""The center's programs from the outside, over real TLS, as a machine sees them.

usage: tests/run center/outside BIN [WORDS]

BIN holds atmcenterd and atmcenter. WORDS pick tests whose sentence contains
them. Each test has a center of its own; none sleeps, all wait with a bound.
"""
import base64
import hashlib
import http.client
import json
import shutil
import signal
import socket
import sqlite3
import ssl
import struct
import sys
import time

from tests.center.cases import main, test
from tests.center.service import ATM, BIN, Chain, DENY, EMPLOYEE, NG, OTHER, RELOCK, is_ok, run, wrong


# ---- enrolment ----

@test
def init_refuses_to_overwrite(c):
    "init refuses a directory that holds a center, and changes nothing"
    before = (c.dir / "pepper").read_bytes()
    result = c.cli("init", check=False)
    assert result.returncode == 1 and "holds a center already" in result.stderr
    assert (c.dir / "pepper").read_bytes() == before


@test
def modes(c):
    "keys, pepper, database and socket are for their owner only"
    for name in ("pepper", "sign/grant.key", "sign/identity.key", "tls/ca.key", "tls/server.key",
                 "center.db", "admin.sock"):
        assert (c.dir / name).stat().st_mode & 0o777 == 0o600, name


@test
def identity_verifies(c):
    "the identity verifies with openssl cms and names machine, disk and key"
    folder = c.home / ATM
    run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "identity.p7s",
        "-content", folder / "identity.bin", "-certfile", c.dir / "sign/identity.pem", "-nointern",
        "-noverify", "-out", "/dev/null")
    data = (folder / "identity.bin").read_bytes()
    assert data[:19] == b"atmguard-identity-1" and data[48:56] == ATM.encode()
    key = run("openssl", "x509", "-in", folder / "agent.pem", "-pubkey", "-noout").stdout
    der = base64.b64decode("".join(key.splitlines()[1:-1]))
    assert data[112:144] == hashlib.sha256(der).digest()


@test
def subject_of_request_is_ignored(c):
    "the certificate carries the number the center gave, not the one asked for"
    assert ATM in run("openssl", "x509", "-in", c.home / ATM / "agent.pem", "-noout", "-subject").stdout


# ---- unlock ----

@test
def right_values(c):
    "right values give a grant that openssl cms verifies"
    job = c.open()
    answer = json.loads(c.unlock(job["otp"], nonce=7))
    (c.home / "grant").write_bytes(base64.b64decode(answer["grant"]))
    (c.home / "sig").write_bytes(base64.b64decode(answer["sig"]))
    run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", c.home / "sig", "-content",
        c.home / "grant", "-certfile", c.dir / "sign/grant.pem", "-nointern", "-noverify", "-out", "/dev/null")
    fields = struct.unpack("<24s16s16s32sQQII", (c.home / "grant").read_bytes())
    assert fields[0].rstrip(b"\0") == b"atmguard-grant-1" and fields[1].rstrip(b"\0") == ATM.encode()
    assert int.from_bytes(fields[3], "big") == 7 and fields[4] == answer["job"] == job["job"]
    assert fields[6] == 1 and fields[7] == 7200


@test
def uniform(c):
    "every no is the same bytes, header by header, and yes is as long"
    job = c.open()
    seen = set()
    for otp, employee, folder in ((wrong(job["otp"]), EMPLOYEE, ATM), (job["otp"], "999", ATM),
                                  (job["otp"], EMPLOYEE, OTHER), ("000000000", "1", OTHER)):
        connection = c.connect(folder)
        connection.request("POST", "/v1/unlock", json.dumps({"v": 1, "otp": otp, "employee": employee,
                                                             "nonce": "00" * 32}))
        answer = connection.getresponse()
        headers = tuple((k, v) for k, v in answer.getheaders() if k != "Date")
        seen.add((answer.status, headers, answer.read()))
        connection.close()
    assert len(seen) == 1, seen
    assert next(iter(seen))[2] == NG
    assert len(c.unlock(job["otp"])) == 1024


@test
def retry_over_restart(c):
    "a retry by nonce after kill -9 gets the same grant; a new nonce another one"
    job = c.open()
    first = c.unlock(job["otp"], nonce=1)
    assert is_ok(first)
    c.restart(signal.SIGKILL)
    assert c.unlock(job["otp"], nonce=1) == first
    second = c.unlock(job["otp"], nonce=2)
    assert is_ok(second) and second != first
    assert c.job(job["job"])["job"]["entries"] == 2


@test
def five_tries_over_restart(c):
    "five wrong tries over a restart block the job; another machine goes on"
    job, other = c.open(), c.open(OTHER)
    for i in range(5):
        if i == 3:
            c.restart(signal.SIGKILL)
        assert c.unlock(wrong(job["otp"])) == NG
    assert c.unlock(job["otp"]) == NG
    assert c.job(job["job"])["job"]["state"] == "blocked"
    assert any(a["kind"] == "job-blocked" for a in c.json("alarm", "list"))
    assert is_ok(c.unlock(other["otp"], folder=OTHER))


@test
def reissue(c):
    "a new password kills the old one"
    job = c.open()
    new = c.json("job", "reissue", job["job"])
    assert c.unlock(job["otp"]) == NG
    assert is_ok(c.unlock(new["otp"]))


@test
def revoked_and_unknown(c):
    "revoked, replaced and unknown certificates get 403 on everything, malformed too"
    old = c.home / "old"
    shutil.copytree(c.home / ATM, old)
    for path, body in (("/v1/unlock", "{"), ("/v1/hello", {}), ("/nothing", "")):
        assert c.post(path, body)[0] in (400, 404)
    c.cli("atm", "revoke", "--number", ATM)
    for path, body in (("/v1/unlock", "{"), ("/v1/hello", {}), ("/nothing", "")):
        assert c.post(path, body)[0] == 403, path
    c.enrol(ATM)
    assert c.post("/v1/hello", "{")[0] == 400
    assert c.post("/v1/hello", "{", "old")[0] == 403
    version = (c.home / ATM / "identity.bin").read_bytes()[24]
    assert version == 2


@test
def revoked_at_once(c):
    "revoking a machine closes its open connections at once, in every worker, and no other's"
    hello = {"v": 1, "state": "locked", "policy_version": 1, "next_seq": 0, "boot_id": "11" * 16}
    own, other = [c.connect() for _ in range(6)], c.connect(OTHER)
    for connection in (*own, other):
        assert c.post("/v1/hello", hello, connection=connection)[0] == 200
    own[0].sock.sendall(b"POST /v1/hello HTTP/1.1\r\nContent-Length: 10\r\n")  # in mid-request
    c.cli("atm", "revoke", "--number", ATM)
    for connection in own:
        connection.sock.settimeout(5)
        try:
            assert connection.sock.recv(1) == b""
        except ConnectionError:
            pass
        connection.close()
    assert c.post("/v1/hello", hello, connection=other)[0] == 200
    assert c.post("/v1/hello", hello)[0] == 403


@test
def foreign_certificate(c):
    "a certificate of another authority, or none, gets no connection"
    folder = c.home / "foreign"
    c.key(folder, f"/CN={ATM}")
    run("openssl", "req", "-x509", "-key", folder / "agent.key", "-subj", f"/CN={ATM}", "-out",
        folder / "agent.pem")
    for name in ("foreign", None):
        try:
            status = c.post("/v1/hello", "{}", name)[0]
        except (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected):
            continue
        raise AssertionError(f"{name}: {status}")


@test
def old_tls(c):
    "TLS 1.2 is refused"
    context = ssl.create_default_context(cafile=str(c.dir / "tls/ca.pem"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.wrap_socket(socket.create_connection(("127.0.0.1", c.port)), server_hostname="localhost")
    except (ssl.SSLError, ConnectionError):
        return
    raise AssertionError("TLS 1.2 was taken")


# ---- HTTP ----

@test
def garbage(c):
    "malformed requests get 400 with a reason, other paths 404, other methods 405"
    for path, body, status in (("/v1/unlock", "garbage", 400), ("/v1/unlock", b"\xff\0" * 100, 400),
                               ("/v1/unlock", '{"v":1}', 400), ("/v1/unlock", "[" * 100000, 400),
                               ("/v1/audit", '{"v":1,"boot_id":"x","records":""}', 400),
                               ("/", "{}", 404), ("/v1/unlock/../hello", "{}", 404)):
        got, data = c.post(path, body)
        assert got == status and json.loads(data)["error"], (path, got, data)
    for method in ("GET", "PUT", "DELETE"):
        assert c.post("/v1/hello", "", method=method)[0] == 405
    assert c.process.poll() is None


@test
def oversize(c):
    "a body over 1 MiB and headers over 8 KiB are refused and the service goes on"
    for body, headers in ((b"x" * ((1 << 20) + 1), {}), (b"{}", {"X": "y" * 20000})):
        connection = c.connect()
        try:
            connection.request("POST", "/v1/hello", body, headers)
            status = connection.getresponse().status
            assert status in (400, 413), status
        except (ConnectionError, ssl.SSLError, http.client.HTTPException):
            pass
        connection.close()
    assert c.post("/v1/hello", "{")[0] == 400
    assert c.process.poll() is None


@test
def plain_bytes(c):
    "bytes that are not TLS do not disturb the service"
    for data in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 100, b""):
        with socket.create_connection(("127.0.0.1", c.port)) as s:
            s.sendall(data)
    assert c.post("/v1/hello", "{")[0] == 400


@test
def hello(c):
    "a heartbeat shows in the list of machines"
    status, data = c.post("/v1/hello", {"v": 1, "state": "locked", "policy_version": 3, "next_seq": 57,
                                        "boot_id": "11" * 16})
    assert status == 200 and json.loads(data) == {"result": "ok", "interval_s": 30}
    machine = next(a for a in c.json("atm", "list") if a["number"] == ATM)
    assert machine["state"] == "locked" and machine["policy_version"] == 3 and machine["seen_s"]


@test
def no_delay(c):
    "warm requests do not wait for delayed acknowledgements"
    connection = c.connect()
    body = {"v": 1, "state": "locked", "policy_version": 3, "next_seq": 57, "boot_id": "11" * 16}
    times = []
    for _ in range(20):
        start = time.monotonic()
        c.post("/v1/hello", body, connection=connection)
        times.append(time.monotonic() - start)
    connection.close()
    assert sorted(times)[10] < 0.035, times


# ---- audit ----

@test
def audit_batches(c):
    "batches are receipted, holes are asked for, lost records leave an alarm"
    chain = Chain()
    for i in range(600):
        chain.add(DENY, 1, detail=b"/tmp/x%d" % i)
    answer = c.audit(chain, chain.records[:512])
    receipt = base64.b64decode(answer["receipt"])
    assert struct.unpack_from("<Q", receipt, 56)[0] == 511
    (c.home / "r").write_bytes(receipt)
    (c.home / "s").write_bytes(base64.b64decode(answer["sig"]))
    run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", c.home / "s", "-content",
        c.home / "r", "-certfile", c.dir / "sign/grant.pem", "-nointern", "-noverify", "-out", "/dev/null")
    assert c.audit(chain, chain.records[520:]) == {"result": "gap", "expected": 512}
    assert c.audit(chain, chain.records[520:], lost=True)["result"] == "ok"
    assert any(a["kind"] == "lost" for a in c.json("alarm", "list"))
    assert c.cli("audit", "verify", "--atm", ATM, check=False).returncode == 1


@test
def audit_export(c):
    "an exported log verifies without a center, and a changed byte is found"
    chain = Chain()
    for _ in range(1500):
        chain.add(DENY, 1)
    for start in range(0, 1500, 500):
        c.audit(chain, chain.records[start:start + 500])
    c.cli("audit", "export", "--atm", ATM, "--out", c.home / "log.bin")
    data = bytearray((c.home / "log.bin").read_bytes())
    assert data == b"".join(chain.records)
    assert run(BIN / "atmcenter", "audit", "verify", c.home / "log.bin").returncode == 0
    data[352 * 700 + 100] ^= 1
    (c.home / "log.bin").write_bytes(data)
    result = run(BIN / "atmcenter", "audit", "verify", c.home / "log.bin", "--json", check=False)
    assert result.returncode == 1 and json.loads(result.stdout)["first_bad_seq"] == 700


@test
def relock_closes(c):
    "the machine's relock completes the job, and its record tells the story"
    job = c.open()
    assert c.cli("job", "open", "--atm", ATM, "--employee", EMPLOYEE, "--work", "boot",
                 check=False).returncode == 1
    c.unlock(wrong(job["otp"]))
    c.unlock(job["otp"])
    chain = Chain()
    chain.add(7, detail=b"0951:1666 stick").add(8, job=job["job"], aux=1, detail=EMPLOYEE.encode())
    chain.add(DENY, 1, job=job["job"], detail=b"/tmp/evil").add(13, job=job["job"], detail=b"/usr/bin/diag")
    chain.add(RELOCK, 1, job=job["job"])
    c.audit(chain, chain.records)
    report = c.cli("job", "show", job["job"]).stdout
    for part in ("completed", "0951:1666 stick", "/tmp/evil", "/usr/bin/diag", "wrong-password",
                 "survivors 0", "山田", "作業記録"):
        assert part in report, (part, report)
    assert c.unlock(job["otp"], nonce=3) == NG
    c.open()


@test
def newer_machine(c):
    "records whose numbers this center does not know are kept, listed and shown with the numbers"
    job = c.open()
    c.unlock(job["otp"])
    chain = Chain()
    chain.add(8, job=job["job"], aux=1 << 9 | 1, detail=EMPLOYEE.encode())
    chain.add(77, 99, job=job["job"], aux=5, detail=b"/new/thing").add(DENY, 99, job=job["job"], detail=b"/x")
    chain.add(65535, 65535, detail=b"/of/no/job").add(RELOCK, 9, job=job["job"])
    assert c.audit(chain, chain.records)["result"] == "ok"

    listed = c.json("audit", "list", "--atm", ATM)
    assert [r["seq"] for r in listed] == [0, 1, 2, 3, 4], listed
    assert [(r["event"], r["code"], r["hook"]) for r in listed[1:4]] == [
        ("event 77", 99, ""), ("DENY", 99, "hook 99"), ("event 65535", 65535, "")], listed
    assert listed[1]["aux"] == 5 and listed[1]["detail"] == "/new/thing"
    text = c.cli("audit", "list", "--atm", ATM).stdout
    for part in ("event 77  code 99", "hook 99", "/new/thing", "event 65535 code 65535"):
        assert part in text, (part, text)

    shown = c.job(job["job"])["records"]
    assert {(r["seq"], r["event"]) for r in shown} >= {(1, "event 77"), (2, "DENY"), (3, "event 65535"),
                                                        (4, "RELOCK")}, shown
    report = c.cli("job", "show", job["job"]).stdout
    for part in ("event 77 code 99, aux 5 /new/thing", "hook 99 /x", "relock 9",
                 "tools,scope 9 " + EMPLOYEE):
        assert part in report, (part, report)
    c.cli("audit", "export", "--atm", ATM, "--out", c.home / "log.bin")
    assert (c.home / "log.bin").read_bytes() == b"".join(chain.records)


# ---- what people see ----

@test
def alarms_in_order(c):
    "the alarm that was raised last is shown first, however old it is"
    with sqlite3.connect(c.dir / "center.db") as db:
        db.executemany("INSERT INTO alarm (kind, atm, job, detail, first_s, last_s) VALUES ('fork', '', 0, ?, 1, ?)",
                       [("a", 30), ("b", 10), ("c", 30), ("d", 20)])
    assert [a["detail"] for a in c.json("alarm", "list")] == ["c", "a", "d", "b"]


@test
def no_secrets_in_log(c):
    "no password appears in the log or in the database's files"
    job = c.open()
    c.unlock(wrong(job["otp"]))
    c.unlock(job["otp"])
    c.stop()
    data = c.log().encode() + b"".join(p.read_bytes() for p in c.dir.glob("center.db*"))
    assert job["otp"].encode() not in data and wrong(job["otp"]).encode() not in data


@test
def cli_usage(c):
    "wrong usage exits 2, refusals 1, with the reason"
    for words in ([], ["nothing"], ["job", "open"], ["job", "show"], ["status", "x"], ["status", "--nothing"],
                  ["job", "list", "--csr", "x"]):
        assert c.cli(*words, check=False).returncode == 2, words
    for words in (["job", "show", "77"], ["job", "show", "x"], ["atm", "revoke", "--number", "1"],
                  ["job", "open", "--atm", "1", "--employee", EMPLOYEE, "--work", "boot"],
                  ["job", "open", "--atm", ATM, "--employee", "1", "--work", "boot"],
                  ["job", "open", "--atm", ATM, "--employee", EMPLOYEE, "--work", "party"],
                  ["employee", "add", "--number", "x"], ["audit", "verify", "/nonexistent"]):
        result = c.cli(*words, check=False)
        assert result.returncode == 1 and result.stderr, words
    text = c.cli("job", "open", "--atm", ATM, "--employee", EMPLOYEE, "--work", "boot").stdout
    spoken = text.split("One-time password: ")[1].splitlines()[0]
    assert "ワンタイムパスワード" in text and [len(p) for p in spoken.split()] == [3, 3, 3]


sys.exit(main())
