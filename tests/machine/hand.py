# SPDX-License-Identifier: MIT
"""The host's end of the hand in the guest (tests/guest/hand/): starts programs, moves files."""

import errno as errnos
import os
import struct
import threading
from dataclasses import dataclass

FRAME_MAX = 65536
RUN, PUT, GET, DATA, KILL = 1, 2, 3, 4, 5
READY, STARTED, OUT, ERR, EXIT = 16, 17, 18, 19, 20
EXITED, SIGNALED, NOT_RUN, TIMEOUT = 0, 1, 2, 3
RUN_STDIN = 1


class HandError(Exception):
    """The guest does not answer: no statement about the program is possible."""


@dataclass
class Result:
    """How a command ended."""

    status: int  # as a shell would say: exit status, 128 + signal, 126/127: not run, 124: too long
    out: str
    err: str
    errno: int = 0  # of execve(), when the program was not run
    signal: int = 0  # that ended it
    timed_out: bool = False

    @property
    def ran(self):
        """Whether execve() succeeded."""
        return not self.errno


class Command:
    """A program running in the guest."""

    def __init__(self, hand, number, argv, on_out, on_err):
        self.hand = hand
        self.number = number
        self.argv = argv
        self.pid = None
        self.out = bytearray()
        self.err = bytearray()
        self.end = None  # (kind, value)
        self.on_out = on_out
        self.on_err = on_err

    def take(self, kind, body):
        """Called by the hand's reader, under its lock."""
        if kind == STARTED:
            self.pid = struct.unpack("<I", body)[0]
        elif kind == OUT:
            self.out += body
        elif kind == ERR:
            self.err += body
        elif kind == EXIT:
            self.end = struct.unpack("<II", body)
            if self.end[0] == NOT_RUN:
                text = f"{self.argv[0]}: cannot execute: {os.strerror(self.end[1])}\n"
                self.take(ERR, text.encode())
        call = {OUT: self.on_out, ERR: self.on_err}.get(kind)
        if call:
            call(body)

    def write(self, data):
        """Bytes for its standard input; it must have been started with stdin=True."""
        for at in range(0, len(data), FRAME_MAX):
            self.hand.send(self.number, DATA, data[at : at + FRAME_MAX])

    def close_stdin(self):
        self.hand.send(self.number, DATA, b"")

    def kill(self, signal=9):
        """Signals the command's process group."""
        self.hand.send(self.number, KILL, struct.pack("<I", signal))

    def wait_started(self, timeout=60):
        """Returns its process number; 0 if it was not run."""
        self.hand.wait(lambda: self.pid is not None or self.end, timeout, f"start of {self.argv[0]}")
        return self.pid or 0

    def wait_output(self, text, timeout=60):
        """Waits until its standard output contains text."""
        want = text.encode()
        self.hand.wait(lambda: want in self.out or self.end, timeout, f"{text!r} from {self.argv[0]}")
        if want not in self.out:
            raise HandError(f"{self.argv[0]} ended without saying {text!r}")

    def wait(self, timeout=None):
        """Waits for its end."""
        self.hand.wait(lambda: self.end, timeout, f"end of {self.argv[0]}")
        kind, value = self.end
        result = Result(0, self.out.decode(errors="replace"), self.err.decode(errors="replace"))
        if kind == EXITED:
            result.status = value
        elif kind == SIGNALED:
            result.status, result.signal = 128 + value, value
        elif kind == NOT_RUN:
            result.status, result.errno = (127 if value == errnos.ENOENT else 126), value
        else:
            result.status, result.signal, result.timed_out = 124, value, True
        return result


class Hand:
    """Speaks with the guest over a connected socket; a thread of its own reads."""

    def __init__(self, sock):
        self.sock = sock
        self.changed = threading.Condition()
        self.sending = threading.Lock()
        self.commands = {}
        self.number = 0
        self.release = None  # of the guest's kernel, once it is ready
        self.gone = None  # why nothing more will come
        threading.Thread(target=self._reader, daemon=True).start()

    def _exactly(self, length):
        data = b""
        while len(data) < length:
            more = self.sock.recv(length - len(data))
            if not more:
                raise EOFError("the machine is gone")
            data += more
        return data

    def _reader(self):
        try:
            while True:
                length, number, kind = struct.unpack("<III", self._exactly(12))
                if length > FRAME_MAX:
                    raise ValueError(f"frame of {length} bytes")
                body = self._exactly(length)
                with self.changed:
                    if kind == READY:
                        self.release = body.decode()
                    elif number in self.commands:
                        self.commands[number].take(kind, body)
                    self.changed.notify_all()
        except (OSError, EOFError, ValueError, struct.error) as error:
            with self.changed:
                self.gone = str(error)
                self.changed.notify_all()

    def wait(self, done, timeout, what):
        """Waits for a condition on what the guest has said."""
        with self.changed:
            self.changed.wait_for(lambda: done() or self.gone, timeout)
            if done():
                return
            if self.gone:
                raise HandError(f"waiting for {what}: {self.gone}")
            raise HandError(f"no {what} within {timeout} s")

    def send(self, number, kind, body):
        try:
            with self.sending:
                self.sock.sendall(struct.pack("<III", len(body), number, kind) + body)
        except OSError as error:
            raise HandError(f"the machine is gone: {error}") from error

    def _begin(self, kind, argv, uid, gid, groups, env, timeout, mode, flags, on_out, on_err):
        strings = [os.fsencode(s) for s in argv]
        strings += [os.fsencode(f"{k}={v}") for k, v in (env or {}).items()]
        body = struct.pack(
            "<8I", uid, uid if gid is None else gid, int((timeout or 0) * 1000), mode, flags,
            len(groups), len(argv), len(env or {}),
        )
        body += struct.pack(f"<{len(groups)}I", *groups) + b"".join(s + b"\0" for s in strings)
        if len(body) > FRAME_MAX:
            raise HandError("arguments too long")
        with self.changed:
            self.number += 1
            command = Command(self, self.number, argv, on_out, on_err)
            self.commands[command.number] = command
        self.send(command.number, kind, body)
        return command

    def start(self, argv, uid=0, gid=None, groups=(), env=None, timeout=None, stdin=None,
              on_out=None, on_err=None):
        """Starts a program.  stdin: None, bytes, or True to write() it later."""
        flags = 0 if stdin is None else RUN_STDIN
        command = self._begin(RUN, argv, uid, gid, groups, env, timeout, 0, flags, on_out, on_err)
        if isinstance(stdin, bytes):
            command.write(stdin)
            command.close_stdin()
        return command

    def run(self, argv, timeout=60, **more):
        """Runs a program to its end; after timeout seconds it is killed."""
        return self.start(argv, timeout=timeout, **more).wait(timeout + 60)

    def put(self, data, path, mode=0o644, uid=0, timeout=60):
        """Writes a file in the guest, as uid."""
        command = self._begin(PUT, [path], uid, None, (), None, timeout, mode, 0, None, None)
        command.write(data)
        command.close_stdin()
        return command.wait(timeout + 60)

    def get(self, path, uid=0, timeout=60):
        """Reads a file in the guest, as uid; returns the result and its bytes."""
        command = self._begin(GET, [path], uid, None, (), None, timeout, 0, 0, None, None)
        result = command.wait(timeout + 60)
        return result, bytes(command.out)
