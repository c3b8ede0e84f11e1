"""What runs on the other host under its own python3: sent to it as text on stdin, never imported by jntui.

Python 3.6 or newer, the standard library alone, isolated (-I), no file written (-B). It makes the requests that it is
told side by side, each within its limits, and prints what it saw; it decides nothing.
"""

import binascii
import errno
import os
import socket
import sys
import threading
import time
from typing import Any

try:
    import ssl
except ImportError:  # a Python built without OpenSSL still speaks http
    ssl = None  # type: ignore[assignment]

SIDE_BY_SIDE = 32
PIECE = 200
"""Bytes in one line, so that a line is one write that no other can split (PIPE_BUF)."""


class Work:
    """One request and what has been seen of it so far; read by another thread when its time is over."""

    def __init__(self, job: Any) -> None:
        self.job = job
        self.begin = time.monotonic()
        self.stage = "resolve"
        self.peer = ""
        self.times: Any = {}
        self.data = bytearray()
        self.end = ""
        self.fail = ""
        self.certificate = ""
        self.done = False

    def left(self, limit_s: float) -> float:
        """Seconds until a limit that counts from the beginning; at least a moment, for a socket needs a number."""
        return max(0.001, self.begin + limit_s - time.monotonic())

    def mark(self, name: str) -> None:
        """Notes the milliseconds since the beginning."""
        self.times[name] = (time.monotonic() - self.begin) * 1000

    def run(self) -> None:
        """Makes the request; every failure becomes words."""
        try:
            self._exchange()
        except Exception as error:  # noqa: BLE001 - whatever it is becomes a word for the other side
            self.fail = self.stage + " " + _kind(error) + " " + _words(error)
        self.mark("all")
        self.done = True

    def _exchange(self) -> None:
        job = self.job
        found = socket.getaddrinfo(job["host"], job["port"], 0, socket.SOCK_STREAM)
        self.mark("resolve")
        self.stage = "connect"
        sock = self._connect(found[:8])
        self.mark("connect")
        try:
            if job["tls"]:
                self.stage = "tls"
                sock = self._secure(sock)
                self.mark("tls")
            if not job["verify"]:
                self.stage = "http"
                self._ask(sock)
        finally:
            sock.close()

    def _connect(self, found: Any) -> Any:
        first = None
        for place, (family, kind, protocol, _, address) in enumerate(found):
            sock = socket.socket(family, kind, protocol)
            sock.settimeout(self.left(self.job["connect_s"]) / (len(found) - place))
            try:
                sock.connect(address)
            except OSError as error:
                sock.close()
                if first is None or error.errno == errno.ECONNREFUSED:
                    first = error
                continue
            self.peer = address[0].split("%")[0]
            return sock
        raise first or OSError("the name has no address")

    def _secure(self, sock: Any) -> Any:
        """TLS; a job that verifies ends before the alert that would put a line into the server's log."""
        if ssl is None:
            raise OSError("this Python has no ssl module")
        host = self.job["host"]
        if not self.job["verify"]:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            sock.settimeout(self.left(self.job["connect_s"]))
            return context.wrap_socket(sock, server_hostname=host)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=host)
        verdict = getattr(ssl, "SSLCertVerificationError", ssl.CertificateError)
        for _ in range(64):
            sock.settimeout(self.left(self.job["connect_s"]))
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                sock.sendall(outgoing.read())
                piece = sock.recv(16384)
                if not piece:
                    raise OSError("the connection ended in the handshake") from None
                incoming.write(piece)
            except verdict as error:
                self.certificate = "no " + str(getattr(error, "verify_message", "") or error)
                return sock
            else:
                sock.sendall(outgoing.read())
                self.certificate = "yes"
                return sock
        raise OSError("the handshake has no end")

    def _ask(self, sock: Any) -> None:
        job = self.job
        sock.settimeout(self.left(job["whole_s"]))
        sock.sendall(job["head"].encode("ascii"))
        while len(self.data) < job["limit"]:
            sock.settimeout(self.left(job["whole_s"]))
            piece = sock.recv(job["limit"] - len(self.data))
            if not piece:
                self.end = "eof"
                return
            self.data += piece
            if _is_whole(bytes(self.data)):
                self.end = "whole"
                return
        self.end = "limit"

    def report(self) -> Any:
        """What was seen, by name, as the other side knows it."""
        times = dict(self.times)
        fields = {"peer": self.peer, "end": self.end, "cert": self.certificate}
        fields["fail"] = self.fail or ("" if self.done else self.stage + " TIMEOUT timed out")
        fields["time"] = " ".join(name + "=" + format(times[name], ".1f") for name in sorted(times))
        found = {name: value.encode("utf-8", "replace") for name, value in fields.items()}
        found["data"] = bytes(self.data)
        return found


def _is_whole(data: bytes) -> bool:
    """A server that keeps the connection open ends its answer by its length alone."""
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank or head[9:10] == b"1":
        return False
    low = head.lower()
    if b"\r\ntransfer-encoding: chunked" in low:
        return body.endswith(b"0\r\n\r\n")
    _, named, rest = low.partition(b"\r\ncontent-length:")
    length = rest.split(b"\r\n", 1)[0].strip()
    return bool(named) and length.isdigit() and len(length) < 10 and len(body) >= int(length)


def _kind(error: Any) -> str:
    if isinstance(error, socket.gaierror):
        return "NAME"
    if isinstance(error, socket.timeout):
        return "TIMEOUT"
    if ssl is not None and isinstance(error, ssl.SSLEOFError):
        return "EOF"
    if ssl is not None and isinstance(error, ssl.SSLError):
        return "TLS"
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number, "OTHER") if isinstance(number, int) else "OTHER"


def _words(error: Any) -> str:
    words = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return str(words).replace("\n", " ")[:300]


def main(mark: str, jobs: Any) -> None:
    """Makes the requests, at most 32 at once, and prints what came of each."""
    for first in range(0, len(jobs), SIDE_BY_SIDE):
        works = [Work(job) for job in jobs[first : first + SIDE_BY_SIDE]]
        for work in works:
            threading.Thread(target=work.run, daemon=True).start()
        end = time.monotonic() + max(work.job["whole_s"] for work in works)
        while time.monotonic() < end and not all(work.done for work in works):
            time.sleep(0.01)
        for place, work in enumerate(works):
            for name, value in work.report().items():
                _send(mark + " " + str(first + place) + " " + name + " ", value)
    sys.stdout.flush()
    # A lookup that hangs keeps its thread; nobody waits for it.
    os._exit(0)


def _send(prefix: str, value: bytes) -> None:
    for place in range(0, len(value), PIECE):
        line = prefix.encode("ascii") + binascii.hexlify(value[place : place + PIECE]) + b"\n"
        os.write(1, line)
