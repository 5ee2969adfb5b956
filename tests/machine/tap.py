# SPDX-License-Identifier: MIT
"""Sits in the line between ATM and center, with the keys of both: passes, loses, or makes up answers."""

import http.client
import http.server
import os
import ssl
import threading

from tests.machine import center, signing

TIMEOUT_S = 60


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # the name that http.server looks for
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.tap.take(self.path, body)
        if answer is None:
            self.close_connection = True  # without a word
            return
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(answer[1])))
        self.end_headers()
        self.wfile.write(answer[1])

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a connection that ends is what the stories are about


class Tap:
    """
    Runs until close().  Every request goes through `take(path, body)`, which
    returns (status, body), or None to close the line without an answer;
    unless a story puts another one there it asks the center.
    """

    def __init__(self, maintenance_center, signer=None):
        """signer: (key, certificate) to show to the ATM instead of the center's."""
        self.center, self.take = maintenance_center, self.ask
        self.answers = []  # (path, body) of what the center said
        tls = os.path.join(maintenance_center.data, "tls")
        key, certificate = signer or (os.path.join(tls, "server.key"), os.path.join(tls, "server.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._upstream = ssl.create_default_context(cafile=os.path.join(tls, "ca.pem"))
        agent = os.path.join(signing.KEYS, "atm", center.ATM, "agent.")
        self._upstream.load_cert_chain(agent + "pem", agent + "key")
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.tap = self
        # The handshake in the connection's own thread, not where others are accepted.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                  do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def ask(self, path, body):
        """The center's answer; None if it has none."""
        line = http.client.HTTPSConnection("127.0.0.1", self.center.port, timeout=TIMEOUT_S, context=self._upstream)
        try:
            line.request("POST", path, body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            said = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()
        self.answers.append((path, said[1]))
        return said

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class PlainServer:
    """Speaks HTTP without TLS on a port of its own."""

    def __init__(self):
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.tap = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, _path, _body):
        return 200, b'{"result":"ok"}'

    def close(self):
        self._server.shutdown()
        self._server.server_close()
