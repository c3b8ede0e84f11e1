"""A server that misbehaves in one chosen way, as a process of its own.

`python -m tests.live.hostile BEHAVIOUR` prints the port it listens on, misbehaves until its stdin closes or its time is
over, and then prints as JSON what went over its sockets: the test's own count of what a client really read.
The behaviours stand in `tests.live.behaviours`.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUEST_LIMIT = 65536
"""Bytes of a request's head that are read at most."""
SEND_BUFFER = 65536
"""Bytes: small, so that `sent` is close to what the client took."""


@dataclass
class Tally:
    """What went over the sockets, in bytes and counts."""

    connections: int = 0
    requests: int = 0
    received: int = 0
    sent: int = 0


class Stopped(Exception):
    """The process ends; the behaviour gives up."""


class Wire:
    """One accepted connection, seen from the misbehaving side."""

    def __init__(self, sock: socket.socket, stop: threading.Event, tally: Tally, interval: float) -> None:
        self.sock = sock
        self.port: int = sock.getsockname()[1]
        self.interval = interval
        self.number = tally.connections
        """Which connection of the server it is, from 1."""
        self.head = ""
        """The last request's."""
        self._stop = stop
        self._tally = tally

    def request(self) -> str:
        """Reads one request's head; the path it asks for, empty if the client left or spoke no HTTP."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < REQUEST_LIMIT:
            data = self.sock.recv(4096)
            if not data:
                return ""
            self._tally.received += len(data)
            head += data
        self._tally.requests += 1
        self.head = head.decode("latin-1")
        words = head.split(b"\r\n", 1)[0].split(b" ")
        return words[1].decode("latin-1") if len(words) == 3 else ""

    def hello(self) -> bytes:
        """The first bytes the client sends, whatever they are."""
        data = self.sock.recv(4096)
        self._tally.received += len(data)
        return data

    def send(self, data: bytes) -> None:
        """Sends all of it, counted as the kernel takes it."""
        view = memoryview(data)
        while view:
            if self._stop.is_set():
                raise Stopped
            taken = self.sock.send(view)
            self._tally.sent += taken
            view = view[taken:]

    def drip(self, data: bytes) -> None:
        """One byte per interval."""
        for byte in data:
            self.send(bytes([byte]))
            if self._stop.wait(self.interval):
                raise Stopped

    def hold(self) -> None:
        """Says nothing until the client leaves."""
        while not self._stop.is_set():
            readable, _, _ = select.select([self.sock], [], [], 0.2)
            if readable and not self.sock.recv(4096):
                return

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def serve(listener: socket.socket, name: str, stop: threading.Event, options: argparse.Namespace, tally: Tally) -> None:
    """Accepts until the end; every connection misbehaves in a thread of its own."""
    from tests.live.behaviours import BEHAVIOURS

    context = server_context(options.tls) if options.tls else None

    def handle(sock: socket.socket) -> None:
        # The client may leave at any moment: that it does is what these servers provoke.
        with suppress(OSError, Stopped), context.wrap_socket(sock, server_side=True) if context else sock as plain:
            BEHAVIOURS[name](Wire(plain, stop, tally, options.interval))

    while True:
        sock, _ = listener.accept()
        tally.connections += 1
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(options.seconds)
        threading.Thread(target=handle, args=(sock,), daemon=True).start()


def server_context(kind: str) -> ssl.SSLContext:
    """A TLS server context with a certificate of this kind (`tests.live.certificates`)."""
    from tests.live.certificates import make_certificate

    with tempfile.TemporaryDirectory() as folder:
        files = make_certificate(Path(folder), kind)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
    return context


def fill_backlog(listener: socket.socket) -> list[socket.socket]:
    """Connections that nobody accepts, until the kernel lets no more in: from then on a SYN gets no answer.

    Linux completes one more connection than `listen(backlog)` says, and drops what comes after.
    """
    held = []
    for _ in range(16):
        sock = socket.socket(listener.family)
        sock.settimeout(0.3)
        held.append(sock)
        try:
            sock.connect(listener.getsockname())
        except TimeoutError:
            return held
    raise SystemExit("this system takes every connection: the backlog cannot be filled")


def main() -> None:
    """Misbehaves until stdin closes or `--seconds` are over."""
    from tests.live.behaviours import PREPARATIONS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("behaviour")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--interval", type=float, default=0.2, help="seconds between two dripped bytes")
    parser.add_argument("--tls", default="", help="speak TLS with a certificate of this kind")
    options = parser.parse_args()
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listener = socket.create_server((options.host, options.port), family=family, backlog=0)
    stop, tally = threading.Event(), Tally()
    held = []
    if options.behaviour == "never-accepts":
        held = fill_backlog(listener)
    else:
        if prepare := PREPARATIONS.get(options.behaviour):
            prepare()
        listener.listen(128)
        arguments = (listener, options.behaviour, stop, options, tally)
        threading.Thread(target=serve, args=arguments, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    select.select([sys.stdin], [], [], options.seconds)
    stop.set()
    for sock in held:
        sock.close()
    print(json.dumps(asdict(tally)), flush=True)


@dataclass
class Hostile:
    """A running hostile server, seen from a test."""

    behaviour: str
    port: int
    process: subprocess.Popen[str]

    def end(self) -> Tally:
        """Ends it and says what went over its sockets."""
        out, _ = self.process.communicate(timeout=30)
        return Tally(**json.loads(out))


@contextmanager
def hostile(behaviour: str, *options: str) -> Iterator[Hostile]:
    """Runs one hostile server on 127.0.0.1 while the block lasts."""
    argv = [sys.executable, "-m", "tests.live.hostile", behaviour, *options]
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Hostile(behaviour, int(process.stdout.readline()), process)
        finally:
            process.kill()


if __name__ == "__main__":
    main()
