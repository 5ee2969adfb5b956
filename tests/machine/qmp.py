# SPDX-License-Identifier: MIT
"""QEMU's machine protocol (QMP): one command at a time, events kept until asked for."""

import json
import socket
import time


class QmpError(Exception):
    """QEMU refused a command, or went away."""


class Qmp:
    def __init__(self, sock, timeout=30):
        self.sock = sock
        self.sock.settimeout(timeout)
        self.buffer = b""
        self.events = []
        if "QMP" not in self._read():
            raise QmpError("no greeting")
        self.execute("qmp_capabilities")

    def _read(self):
        while b"\n" not in self.buffer:
            try:
                data = self.sock.recv(65536)
            except (socket.timeout, OSError) as error:
                raise QmpError(f"no answer: {error}") from error
            if not data:
                raise QmpError("QEMU is gone")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def execute(self, command, **arguments):
        """Returns what QEMU returns; argument names may have _ for -."""
        request = {"execute": command}
        if arguments:
            request["arguments"] = {k.replace("_", "-"): v for k, v in arguments.items()}
        self.sock.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self._read()
            if "event" in answer:
                self.events.append(answer)
            elif "error" in answer:
                raise QmpError(f"{command}: {answer['error'].get('desc', answer['error'])}")
            else:
                return answer["return"]

    def monitor(self, line):
        """A command of the human monitor, for what QMP has no word for."""
        return self.execute("human-monitor-command", command_line=line)

    def wait_event(self, name, matches=lambda data: True, timeout=30):
        """Takes the first event of that name whose data fits, past or to come."""
        until = time.monotonic() + timeout
        while True:
            for event in self.events:
                if event["event"] == name and matches(event.get("data", {})):
                    self.events.remove(event)
                    return event
            left = until - time.monotonic()
            if left <= 0:
                raise QmpError(f"no event {name} within {timeout} s")
            self.sock.settimeout(left)
            try:
                self.events.append(self._read())
            finally:
                self.sock.settimeout(30)
