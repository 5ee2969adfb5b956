# SPDX-License-Identifier: MIT
"""The dispenser of the demo: the far end of the ATM's second serial port.

usage: tests/run machine/dispenser (--listen | --connect) PATH --log FILE [--control PATH] [--notes N]

PATH is the unix socket of a QEMU chardev; --listen when QEMU connects
(server=off), --connect when QEMU listens (server=on). The protocol is in
tests/guest/demo/line.h. Each command goes to FILE as one line of JSON; the control
socket answers lines: "count" with a JSON object, "quit" ends.
"""
import argparse
import asyncio
import json
import os
import signal
import threading
import time

STX, ACK, NAK = 0x02, 0x06, 0x15
PAYLOAD_MAX = 64
NOTES_MAX = 50
FRAME_S = 1.0           # a frame that stopped for so long is not coming
TRIES = 3
KNOWN_IDS = 1000        # answers kept, in case an acknowledgement was lost


def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def frame(text):
    body = bytes([len(text)]) + text.encode("ascii")
    return bytes([STX]) + body + crc16(body).to_bytes(2, "big")


class Dispenser:
    """The cassette and its book-keeping."""

    def __init__(self, notes, log):
        self.notes, self.log = notes, log
        self.dispensed = self.commands = self.refused = self.garbage = 0
        self.answers = {}

    def record(self, command, answer):
        entry = {"time": round(time.time(), 3), "command": command, "answer": answer,
                 "dispensed": self.dispensed}
        with open(self.log, "a", encoding="ascii") as file:
            file.write(json.dumps(entry) + "\n")

    def execute(self, text):
        """The answer to one command; None when it is not one."""
        words = text.split(" ")
        if len(words) != 3 or words[0] != "DISPENSE" or len(words[1]) != 8 or \
                not all(c in "0123456789abcdef" for c in words[1]) or not words[2].isdecimal():
            return None
        ident, notes = words[1], int(words[2])
        if ident in self.answers:
            return self.answers[ident]
        self.commands += 1
        if 1 <= notes <= min(NOTES_MAX, self.notes):
            self.notes -= notes
            self.dispensed += notes
            answer = f"OK {ident} {notes}"
        else:
            self.refused += 1
            answer = f"ERR {ident} {'EMPTY' if notes > self.notes else 'AMOUNT'}"
        self.answers[ident] = answer
        while len(self.answers) > KNOWN_IDS:
            del self.answers[next(iter(self.answers))]
        self.record(text, answer)
        return answer

    def count(self):
        return {"dispensed": self.dispensed, "commands": self.commands, "refused": self.refused,
                "garbage": self.garbage, "left": self.notes}


class Line:
    """One connection to the ATM's serial port."""

    def __init__(self, dispenser, reader, writer):
        self.dispenser, self.reader, self.writer = dispenser, reader, writer

    async def read_frame(self):
        """The text of the next frame, None when it was damaged."""
        while (await self.reader.readexactly(1))[0] != STX:
            self.dispenser.garbage += 1
        try:
            async with asyncio.timeout(FRAME_S):
                length = (await self.reader.readexactly(1))[0]
                if not 1 <= length <= PAYLOAD_MAX:
                    return None
                rest = await self.reader.readexactly(length + 2)
        except TimeoutError:
            return None
        if crc16(bytes([length]) + rest):
            return None
        try:
            return rest[:-2].decode("ascii")
        except UnicodeDecodeError:
            return None

    async def send(self, text):
        for _ in range(TRIES):
            self.writer.write(frame(text))
            await self.writer.drain()
            try:
                async with asyncio.timeout(FRAME_S):
                    if (await self.reader.readexactly(1))[0] == ACK:
                        return
            except TimeoutError:
                pass

    async def serve(self):
        try:
            while True:
                text = await self.read_frame()
                answer = self.dispenser.execute(text) if text is not None else None
                if text is None:
                    self.dispenser.garbage += 1
                self.writer.write(bytes([NAK if text is None else ACK]))
                await self.writer.drain()
                if answer:
                    await self.send(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.writer.close()


async def control(dispenser, end, reader, writer):
    try:
        while line := await reader.readline():
            if line.strip() == b"quit":
                end.set()
            reply = dispenser.count() if line.strip() == b"count" else {}
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
    except (ConnectionError, ValueError):
        pass
    writer.close()


def remove(path):
    if path and os.path.exists(path):
        os.unlink(path)


class Notes:
    """A dispenser in this program, at the other end of an ATM's serial line."""

    def __init__(self, path, log):
        self.dispenser = Dispenser(1000, log)
        serve = connect_for_ever(self.dispenser, path)
        threading.Thread(target=lambda: asyncio.run(serve), daemon=True).start()

    def count(self):
        return self.dispenser.dispensed


async def connect_for_ever(dispenser, path):
    """QEMU listens; it may start later than this, and be started again."""
    while True:
        try:
            await Line(dispenser, *await asyncio.open_unix_connection(path)).serve()
        except OSError:
            pass
        await asyncio.sleep(0.1)


async def run(options):
    dispenser = Dispenser(options.notes, options.log)
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    tasks = []
    if options.listen:
        remove(options.listen)
        tasks.append(await asyncio.start_unix_server(
            lambda r, w: Line(dispenser, r, w).serve(), options.listen))
    else:
        tasks.append(asyncio.create_task(connect_for_ever(dispenser, options.connect)))
    if options.control:
        remove(options.control)
        tasks.append(await asyncio.start_unix_server(
            lambda r, w: control(dispenser, end, r, w), options.control))
    await end.wait()


def main():
    parser = argparse.ArgumentParser(description="The dispenser of the demo.")
    end = parser.add_mutually_exclusive_group(required=True)
    end.add_argument("--listen", metavar="PATH", help="unix socket that QEMU connects to")
    end.add_argument("--connect", metavar="PATH", help="unix socket that QEMU listens on")
    parser.add_argument("--control", metavar="PATH", help="unix socket that answers `count`")
    parser.add_argument("--log", metavar="FILE", required=True, help="one line of JSON a command")
    parser.add_argument("--notes", metavar="N", type=int, default=2000, help="in the cassette")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
