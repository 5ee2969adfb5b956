# SPDX-License-Identifier: MIT
"""The technician's screen on a serial line: what stands on it, and keys typed at it."""

import threading
import time

import pyte

LINES, COLUMNS = 24, 80
# Typed no faster than a person's fingers, so that the guest's UART keeps up.
KEY_PAUSE_S = 0.05


class ScreenError(Exception):
    """What should appear on the screen does not; says what stands there."""


class Screen:
    """A terminal at the far end of `sock`, kept up to date until close()."""

    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(None)
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        threading.Thread(target=self._reader, daemon=True).start()

    def _reader(self):
        while True:
            try:
                data = self.sock.recv(65536)
            except OSError:
                return
            if not data:
                return
            with self._changed:
                self._stream.feed(data)
                self._changed.notify_all()

    def close(self):
        self.sock.close()

    def text(self):
        with self._changed:
            return self._text()

    def _text(self):
        # pyte keeps an empty cell behind each wide character: joining drops it.
        return "\n".join("".join(self._screen.buffer[y][x].data for x in range(COLUMNS)).rstrip()
                         for y in range(LINES))

    def wait(self, words, timeout=120):
        """Waits until one of the words stands on the screen; returns which."""
        words = [words] if isinstance(words, str) else words
        until = time.monotonic() + timeout
        with self._changed:
            while True:
                for word in words:
                    if word in self._text():
                        return word
                left = until - time.monotonic()
                if left <= 0:
                    raise ScreenError(f"no {' or '.join(words)} on the screen:\n{self._text()}")
                self._changed.wait(min(left, 1))

    def type(self, keys):
        for key in keys:
            self.sock.sendall(key.encode())
            time.sleep(KEY_PAUSE_S)

    def enter(self, keys=""):
        self.type(keys + "\r")

    def redraw(self):
        """Asks for a fresh picture: what was drawn before we looked is not repeated."""
        self.type("\x0c")
