# SPDX-License-Identifier: MIT
"""A center that fails on purpose; only atmcenterd answers right.

`misbehaviour` maps a path to a function that gets the request handler and the
request and answers it, badly. What is not in the map is answered just well
enough that the agent comes to the failure under test.
"""
import base64
import http.server
import json
import ssl
import struct
import threading
import time


def receipt_for(request):
    """A receipt over the last record sent. The signature is none."""
    records = base64.b64decode(request["records"])
    last = records[-352:]
    receipt = struct.pack("<24s16s16sQ32sQ", b"atmguard-receipt-1", b"00012345",
                          bytes.fromhex(request["boot_id"]), struct.unpack("<Q", last[:8])[0],
                          last[-32:], int(time.time()))
    return {"result": "ok", "receipt": base64.b64encode(receipt).decode(), "sig": "AAAA"}


def grant_for(request, **changes):
    """A grant over the nonce sent. The signature is none."""
    fields = {"purpose": b"atmguard-grant-1", "nonce": bytes.fromhex(request["nonce"]), "job": 17}
    fields.update(changes)
    grant = struct.pack("<24s16s16s32sQQII", fields["purpose"], b"00012345", b"100234",
                        fields["nonce"], fields["job"], int(time.time()), 2, 3600)
    return {"result": "ok", "job": 17, "grant": base64.b64encode(grant).decode(), "sig": "AAAA"}


def padded(answer, length=1024):
    return json.dumps(answer).encode().ljust(length)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = json.loads(body)
        self.server.seen.append((self.path, request))
        self.server.misbehaviour.get(self.path, self.server.DEFAULT[self.path])(self, request)

    def answer(self, body, status=200, headers=()):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self):
        self.close_connection = True
        self.connection.close()


class Center(http.server.ThreadingHTTPServer):
    daemon_threads = True
    DEFAULT = {
        "/v1/hello": lambda h, r: h.answer({"result": "ok", "interval_s": 1}),
        "/v1/audit": lambda h, r: h.answer(receipt_for(r)),
        "/v1/unlock": lambda h, r: h.answer(padded({"result": "ng"})),
    }

    def __init__(self, keys, port=0, ca="ca.pem", version=ssl.TLSVersion.TLSv1_3):
        self.misbehaviour, self.seen = {}, []
        super().__init__(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = version
        context.load_cert_chain(keys / "server.pem", keys / "server.key")
        context.load_verify_locations(keys / ca)
        context.verify_mode = ssl.CERT_REQUIRED
        self.socket = context.wrap_socket(self.socket, server_side=True,
                                          do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass

    @property
    def port(self):
        return self.server_address[1]

    def requests(self, path):
        return [request for seen, request in self.seen if seen == path]

    def stop(self):
        self.shutdown()
        self.server_close()
