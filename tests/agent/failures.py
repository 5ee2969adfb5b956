# SPDX-License-Identifier: MIT
"""The agent against a center that fails in every way the protocol knows.

usage: tests/run agent/failures ATMGUARDD [WORDS]

ATMGUARDD is the agent over a device in memory (tests/agent/fake_device.c);
everything else is as on an ATM: sandbox, TLS, sockets. WORDS pick tests whose
sentence contains them. Each test waits for events with a bound, none sleeps.
"""
import base64
import json
import os
import pathlib
import shutil
import ssl
import struct
import sys
import time

from tests.agent.failing_center import Center, grant_for, padded, receipt_for
from tests.agent.runner import OTP, UNLOCK, Agent, run, same, test, wait_for


def fails_with(keys, reason, misbehaviour, nr_requests=1):
    """Unlocks against a misbehaving center and looks at the reason and the number of tries."""
    center = Center(keys)
    center.misbehaviour["/v1/unlock"] = misbehaviour
    agent = Agent(keys, f"https://127.0.0.1:{center.port}")
    answer = agent.ask(UNLOCK)
    same((answer["result"], answer.get("reason")), ("error", reason))
    same(len(center.requests("/v1/unlock")), nr_requests)
    same(agent.ask({"do": "status"})["state"], "locked")
    same(agent.stop(), 0)
    center.stop()


def answers(keys, misbehaviour, **fake):
    center = Center(keys)
    center.misbehaviour["/v1/unlock"] = misbehaviour
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", **fake)
    return center, agent


@test
def wrong_values_are_answered_with_a_uniform_ng(keys):
    center, agent = answers(keys, lambda h, r: h.answer(padded({"result": "ng"})))
    same(agent.ask(UNLOCK), {"result": "ng"})
    same(center.requests("/v1/unlock")[0]["otp"], OTP)
    same(agent.stop(), 0)


@test
def a_grant_opens_and_complete_locks_again(keys):
    center, agent = answers(keys, lambda h, r: h.answer(padded(grant_for(r))))
    answer = agent.ask(UNLOCK)
    same((answer["result"], answer["job"], answer["scopes"]), ("ok", 17, ["storage-read"]))
    status = agent.ask({"do": "status"})
    same((status["state"], status["atm"], status["job"]), ("maintenance", "00012345", 17))
    same(agent.ask(UNLOCK)["reason"], "state")
    same(agent.ask({"do": "complete"}), {"result": "ok", "survivors": 0})
    same(agent.ask({"do": "complete"})["reason"], "state")
    wait_for(lambda: agent.ask({"do": "status"})["center"] == "up")
    same(agent.stop(), 0)


@test
def a_grant_the_kernel_refuses_is_told_apart(keys):
    center, agent = answers(keys, lambda h, r: h.answer(padded(grant_for(r))), grant_errno=126)
    answer = agent.ask(UNLOCK)
    same((answer["reason"], answer["detail"]), ("grant-refused", "ENOKEY"))
    same(agent.stop(), 0)


@test
def a_center_that_is_not_there_is_unreachable(keys):
    agent = Agent(keys, "https://127.0.0.1:1")
    same(agent.ask(UNLOCK)["reason"], "center-unreachable")
    same(agent.ask({"do": "status"})["center"], "down")
    same(agent.stop(), 0)


@test
def a_host_name_nobody_knows_is_unreachable(keys):
    agent = Agent(keys, "https://center.invalid:8443")
    same(agent.ask(UNLOCK)["reason"], "center-unreachable")
    same(agent.stop(), 0)


@test
def a_center_by_host_name_is_found_by_the_resolver_under_the_sandbox(keys):
    if os.getuid():
        return "skipped: needs root to put a name into /etc/hosts of its own"
    center = Center(keys)
    (keys / "hosts").write_text("127.0.0.1 center.test\n")
    wrapper = ["unshare", "--mount", "sh", "-c",
               f'mount --bind {keys}/hosts /etc/hosts; exec "$@"', "sh"]
    agent = Agent(keys, f"https://center.test:{center.port}", wrapper=wrapper)
    same(agent.ask(UNLOCK), {"result": "ng"})
    same(agent.stop(), 0)


@test
def a_silent_center_is_given_up_within_bounds_while_status_is_answered(keys):
    def hang(handler, request):
        time.sleep(15)
    center, agent = answers(keys, hang)
    waiting = agent.connect()
    start = time.monotonic()
    waiting.send(json.dumps(UNLOCK).encode())
    wait_for(lambda: center.requests("/v1/unlock"))
    same(agent.ask({"do": "status"})["state"], "locked")
    same(agent.ask(UNLOCK)["reason"], "busy")
    same(json.loads(waiting.recv(4097))["reason"], "center-unreachable")
    if time.monotonic() - start > 40:
        raise AssertionError("the technician waited too long")
    same(agent.stop(), 0)


@test
def a_center_restarted_in_mid_job_is_asked_again_over_the_same_nonce(keys):
    def once(handler, request):
        if len(handler.server.requests("/v1/unlock")) == 1:
            handler.hang_up()
        else:
            handler.answer(padded(grant_for(request)))
    center, agent = answers(keys, once)
    same(agent.ask(UNLOCK)["result"], "ok")
    nonces = [request["nonce"] for request in center.requests("/v1/unlock")]
    same((len(nonces), len(set(nonces))), (2, 1))
    same(agent.stop(), 0)


@test
def an_answer_broken_off_is_asked_for_again_a_bounded_number_of_times(keys):
    def cut(handler, request):
        handler.send_response(200)
        handler.send_header("Content-Length", "1024")
        handler.end_headers()
        handler.wfile.write(b'{"result":')
        handler.hang_up()
    fails_with(keys, "center-unreachable", cut, 3)


@test
def a_busy_center_503_is_asked_again_a_bounded_number_of_times(keys):
    fails_with(keys, "center-unreachable", lambda h, r: h.answer(b"", 503), 3)


@test
def a_certificate_the_center_does_not_know_403_is_not_tried_again(keys):
    fails_with(keys, "center-unreachable", lambda h, r: h.answer(b"", 403))


for sentence, body in (
        ("text that is not JSON", b"<html>" + b" " * 1018),
        ("an empty body", b""),
        ("a body one byte short", padded({"result": "ng"}, 1023)),
        ("a body one byte long", padded({"result": "ng"}, 1025)),
        ("a body of ten megabytes", b" " * 10_000_000),
        ("an array", b"[]".ljust(1024)),
        ("two objects", b'{"result":"ng"}{}'.ljust(1024)),
        ("an unknown result", padded({"result": "maybe"})),
        ("a result of another type", padded({"result": 1})),
        ("ok without a grant", padded({"result": "ok"})),
        ("a grant that is not base64", padded({"result": "ok", "job": 17, "grant": "!", "sig": "AAAA"})),
        ("a short grant", padded({"result": "ok", "job": 17, "grant": "AAAA", "sig": "AAAA"})),
        ("zero bytes", b"\0" * 1024)):
    def garbled(keys, body=body):
        fails_with(keys, "center-garbled", lambda h, r: h.answer(body))
    garbled.__name__ = sentence.replace(" ", "_") + "_is_garbled_and_not_tried_again"
    test(garbled)

for sentence, changes in (("another nonce", {"nonce": b"\7" * 32}), ("another job", {"job": 18}),
                          ("another purpose", {"purpose": b"atmguard-receipt-1"})):
    def misfit(keys, changes=changes):
        fails_with(keys, "center-garbled", lambda h, r: h.answer(padded(grant_for(r, **changes))))
    misfit.__name__ = f"a_grant_over_{sentence.replace(' ', '_')}_is_garbled"
    test(misfit)


@test
def a_redirect_is_not_followed(keys):
    fails_with(keys, "center-garbled",
               lambda h, r: h.answer(b"", 307, [("Location", "https://127.0.0.1:1/")]))


@test
def noise_instead_of_http_is_garbled(keys):
    def noise(handler, request):
        handler.wfile.write(b"\x07noise\r\n" * 50)
        handler.hang_up()
    fails_with(keys, "center-garbled", noise)


@test
def a_center_of_another_authority_gets_nothing(keys):
    center = Center(keys)
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", ca="other.pem")
    same(agent.ask(UNLOCK)["reason"], "center-unreachable")
    same(center.seen, [])
    same(agent.stop(), 0)


@test
def a_center_that_speaks_tls_1_2_gets_nothing(keys):
    center = Center(keys, version=ssl.TLSVersion.TLSv1_2)
    agent = Agent(keys, f"https://127.0.0.1:{center.port}")
    same(agent.ask(UNLOCK)["reason"], "center-unreachable")
    same(center.seen, [])
    same(agent.stop(), 0)


@test
def a_wrong_check_digit_never_reaches_the_center(keys):
    center = Center(keys)
    agent = Agent(keys, f"https://127.0.0.1:{center.port}")
    same(agent.ask({**UNLOCK, "otp": "123456789"})["reason"], "request")
    same(center.requests("/v1/unlock"), [])
    same(agent.stop(), 0)


@test
def garbage_on_the_local_socket_is_answered_and_harmless(keys):
    agent = Agent(keys, "https://127.0.0.1:1")
    client = agent.connect()
    for packet in (b"x", b"{}", b"[]", b'{"do":7}', b'{"do":"open"}', b"{" * 4000, b" " * 4097,
                   b"\0", b'{"do":"unlock"}', b'{"do":"unlock","otp":"1","employee":"1"}',
                   b'{"do":"unlock","otp":"123456786","employee":""}',
                   b'{"do":"unlock","otp":"123456786","employee":"1234567890123456"}',
                   b'{"do":"unlock","otp":"12345678\\u0000","employee":"1"}'):
        same(agent.ask(packet, client)["reason"], "request")
    same(agent.ask({"do": "status"}, client)["result"], "ok")
    same(agent.stop(), 0)


@test
def many_clients_that_say_nothing_do_not_stop_the_others_from_being_served_later(keys):
    agent = Agent(keys, "https://127.0.0.1:1")
    idle = [agent.connect() for _ in range(16)]
    late = agent.connect()
    late.send(b'{"do":"status"}')
    idle.pop().close()
    same(json.loads(late.recv(4097))["result"], "ok")
    same(agent.stop(), 0)


@test
def all_records_are_shipped_once_and_the_receipt_is_kept(keys):
    center = Center(keys)
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", records=1500)
    wait_for(lambda: len(center.requests("/v1/audit")) >= 3)
    numbers = sum(shipped(center), [])
    same(numbers, list(range(len(numbers))))
    wait_for(lambda: (agent.state / "receipt.bin").exists())
    same((agent.state / "receipt.bin").stat().st_size, 104)
    same((agent.state / "receipt.p7s").read_bytes(), b"\0\0\0")
    same(sorted(path.name for path in agent.state.glob("*.new")), [])
    same(agent.stop(), 0)


@test
def the_record_of_a_receipt_alone_is_not_shipped(keys):
    center = Center(keys)
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", records=3)
    wait_for(lambda: len(center.requests("/v1/hello")) >= 4)
    same(len(center.requests("/v1/audit")), 1)
    same(agent.stop(), 0)


@test
def a_gap_is_filled_from_where_the_center_says(keys):
    def gap_once(handler, request):
        if len(handler.server.requests("/v1/audit")) == 2:
            handler.answer({"result": "gap", "expected": 100})
        else:
            handler.answer(receipt_for(request))
    center = Center(keys)
    center.misbehaviour["/v1/audit"] = gap_once
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", records=600)
    wait_for(lambda: len(center.requests("/v1/audit")) >= 3)
    third = center.requests("/v1/audit")[2]
    same((struct.unpack_from("<Q", base64.b64decode(third["records"]))[0], third.get("lost")),
         (100, None))
    same(agent.stop(), 0)


@test
def a_gap_the_kernel_cannot_fill_is_admitted(keys):
    def gap_once(handler, request):
        if request.get("lost"):
            handler.answer(receipt_for(request))
        else:
            handler.answer({"result": "gap", "expected": 0})
    center = Center(keys)
    center.misbehaviour["/v1/audit"] = gap_once
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", records=20, oldest=5)
    wait_for(lambda: any(r.get("lost") for r in center.requests("/v1/audit")))
    wait_for(lambda: (agent.state / "receipt.bin").exists())
    same(agent.stop(), 0)


def shipped(center):
    """The numbers of the records in each request."""
    batches = []
    for request in center.requests("/v1/audit"):
        data = base64.b64decode(request["records"])
        batches.append([struct.unpack_from("<Q", data, i)[0] for i in range(0, len(data), 352)])
    return batches


@test
def records_overwritten_before_shipping_are_admitted_as_lost(keys):
    center = Center(keys)
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", records=100, hole=30)
    wait_for(lambda: len(center.requests("/v1/audit")) >= 2)
    same(shipped(center)[0], list(range(30)))
    same(shipped(center)[1][:60], list(range(40, 100)))
    same([request.get("lost") for request in center.requests("/v1/audit")][:2], [None, True])
    same(agent.stop(), 0)


@test
def a_center_that_names_gaps_for_ever_is_not_asked_for_ever(keys):
    center = Center(keys)
    center.misbehaviour["/v1/audit"] = lambda h, r: h.answer({"result": "gap", "expected": 0})
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", records=3)
    wait_for(lambda: "keeps asking" in agent.logged())
    if len(center.requests("/v1/audit")) > 10:
        raise AssertionError("asked without a pause")
    same(agent.stop(), 0)


@test
def garbage_as_a_receipt_acknowledges_nothing(keys):
    def garbage(handler, request):
        handler.answer({"result": "ok", "receipt": "AAAA", "sig": "AAAA"})
    center = Center(keys)
    center.misbehaviour["/v1/audit"] = garbage
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", records=3)
    wait_for(lambda: len(center.requests("/v1/audit")) >= 2)
    first, second = center.requests("/v1/audit")[:2]
    same(first["records"], second["records"])
    same((agent.state / "receipt.bin").exists(), False)
    same(agent.stop(), 0)


@test
def records_wait_for_a_center_that_is_down(keys):
    center = Center(keys)
    port = center.port
    center.stop()
    agent = Agent(keys, f"https://127.0.0.1:{port}", records=30)
    wait_for(lambda: "is down" in agent.logged())
    center = Center(keys, port)
    wait_for(lambda: center.requests("/v1/audit"))
    same(agent.stop(), 0)


@test
def a_receipt_that_cannot_be_stored_does_not_stop_shipping(keys):
    if os.getuid():
        return "skipped: needs root to take a directory from the agent"
    center = Center(keys)
    agent = Agent(keys, f"https://127.0.0.1:{center.port}", records=2)
    wait_for(lambda: (agent.state / "receipt.bin").exists())
    shutil.chown(agent.state, "root")
    (agent.state / "receipt.bin.new").mkdir()
    center.misbehaviour["/v1/unlock"] = lambda h, r: h.answer(padded(grant_for(r)))
    agent.ask(UNLOCK)
    wait_for(lambda: "cannot store receipts" in agent.logged())
    nr = len(center.requests("/v1/audit"))
    agent.ask({"do": "complete"})
    wait_for(lambda: len(center.requests("/v1/audit")) > nr)
    same(agent.logged().count("cannot store receipts"), 1)
    same(agent.stop(), 0)


@test
def the_running_agent_has_no_rights_left(keys):
    agent = Agent(keys, "https://127.0.0.1:1")
    status = dict(line.split(":\t", 1) for line in
                  pathlib.Path(f"/proc/{agent.process.pid}/status").read_text().splitlines()
                  if ":\t" in line)
    same((status["NoNewPrivs"], status["Seccomp"], int(status["CapEff"], 16),
          int(status["CapPrm"], 16), int(status["CapAmb"], 16)), ("1", "2", 0, 0, 0))
    same("0" in status["Uid"].split(), False)
    same(agent.stop(), 0)


@test
def the_log_holds_no_password(keys):
    center, agent = answers(keys, lambda h, r: h.answer(padded(grant_for(r))))
    agent.ask(UNLOCK)
    same((OTP in agent.logged(), "100234" in agent.logged()), (False, False))
    same(agent.stop(), 0)


@test
def a_mistake_in_the_configuration_is_named_with_its_line(keys):
    agent = Agent(keys, "http://127.0.0.1:1")
    same(agent.process.wait(10), 1)
    same("conf:1: the center's address must begin with https://" in agent.logged(), True)


if __name__ == "__main__":
    sys.exit(run(" ".join(sys.argv[2:])))
