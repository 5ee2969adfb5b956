# SPDX-License-Identifier: MIT
"""How long an unlock takes while somebody reads a long log beside it.

usage: tests/run center/latency BIN [RECORDS]

Ships RECORDS (100000) audit records of one machine, then lets others unlock
over warm connections: alone, beside `audit verify`, beside `audit list`.
"""
import base64
import hashlib
import http.client
import json
import pathlib
import shutil
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

BIN = pathlib.Path(sys.argv[1]).resolve()
RECORDS = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
BATCH, MACHINES, CLIENTS, ENTRIES, EMPLOYEE = 512, 64, 4, 60, "100234"
DENY = 6


def center(home, *words):
    return subprocess.run([BIN / "atmcenter", "--dir", home / "center", *words], check=True,
                          capture_output=True, text=True).stdout


def enrol(home):
    """Machines 1 to MACHINES, each with an open job: lines for center-load."""
    subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", home / "key", "-out", home / "csr", "-subj", "/CN=x"], check=True, capture_output=True)
    center(home, "employee", "add", "--number", EMPLOYEE)
    for i in range(1, MACHINES + 1):
        folder = home / str(i)
        center(home, "atm", "add", "--number", str(i), "--class", "std", "--boot-uuid",
               "11111111-2222-3333-4444-555555555555", "--csr", home / "csr", "--out", folder)
        shutil.copy(home / "key", folder / "agent.key")


def open_jobs(home):
    """New passwords for all machines, so that each run begins with fresh jobs."""
    lines = []
    for i in range(1, MACHINES + 1):
        job = json.loads(center(home, "job", "open", "--atm", str(i), "--employee", EMPLOYEE, "--work",
                                "diagnosis", "--json"))
        lines.append((job["job"], f"{home / str(i)} {job['otp']} {EMPLOYEE}\n"))
    return lines


def ship(home, port):
    context = ssl.create_default_context(cafile=str(home / "center/tls/ca.pem"))
    context.load_cert_chain(home / "1/agent.pem", home / "1/agent.key")
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=60)
    tip, batch = bytes(32), []
    for seq in range(RECORDS):
        body = struct.pack("<QQQHHiIIQ16s32sQQ208s", seq, 0, 0, DENY, 1, 0, 1, 0, 0, b"test", bytes(32), 0, 0,
                           b"/tmp/x%d" % seq)
        tip = hashlib.sha256(tip + body).digest()
        batch.append(body + tip)
        if len(batch) < BATCH and seq + 1 < RECORDS:
            continue
        connection.request("POST", "/v1/audit", json.dumps({
            "v": 1, "boot_id": "11" * 16, "records": base64.b64encode(b"".join(batch)).decode()}))
        answer = json.loads(connection.getresponse().read())
        assert answer["result"] == "ok", answer
        batch = []
    connection.close()


def measure(home, port, title, words):
    """Runs `atmcenter WORDS` again and again while the machines unlock."""
    jobs, is_over, nr_runs = open_jobs(home), threading.Event(), [0]

    def read():
        while words and not is_over.is_set():
            center(home, *words)
            nr_runs[0] += 1

    reader = threading.Thread(target=read)
    reader.start()
    result = subprocess.run([BIN / "center-load", str(port), str(CLIENTS), str(ENTRIES)], capture_output=True,
                            text=True, input="".join(line for _, line in jobs))
    is_over.set()
    reader.join()
    print(f"{title:24} {result.stdout.strip() or result.stderr.strip()}; read {nr_runs[0]} times", flush=True)
    for job, _ in jobs:
        center(home, "job", "close", str(job), "--force", "--reason", "measured")
    return result.returncode


def main():
    home = pathlib.Path(tempfile.mkdtemp(prefix="atmcenter."))
    subprocess.run([BIN / "atmcenter", "--dir", home / "center", "init", "--host", "127.0.0.1"], check=True,
                   capture_output=True)
    service = subprocess.Popen([BIN / "atmcenterd", "--dir", home / "center", "--listen", "127.0.0.1:0"],
                               stdout=subprocess.PIPE, stderr=open(home / "log", "w"), text=True)
    try:
        port = int(service.stdout.readline().rsplit(":", 1)[1])
        enrol(home)
        ship(home, port)
        return sum([measure(home, port, "alone", None),
                    measure(home, port, "beside audit verify", ["audit", "verify", "--atm", "1"]),
                    measure(home, port, "beside audit list --all", ["audit", "list", "--atm", "1", "--all"])])
    finally:
        service.terminate()
        service.wait()
        shutil.rmtree(home)


sys.exit(main())
