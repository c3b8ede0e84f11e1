"""Twenty processes that listen, answer like Jupyter Server with a token, and have an info file each: for the benchmark.

`python -m tests.benchmarks.cheap_servers COUNT [ADDRESS]` writes the info files where JUPYTER_RUNTIME_DIR says, prints
the ports as JSON and serves until its stdin closes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = "2.14.0"
STARTED = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
LOGIN = b"<html><title>Jupyter Server</title><body>Token authentication is enabled</body></html>"


COOKIE = "username-cheap=2|1:0|signed"
"""What a login leaves behind."""


class Answers(BaseHTTPRequestHandler):
    """The few paths that a look at a server needs."""

    protocol_version = "HTTP/1.1"
    server_version = "TornadoServer/6.5"
    sys_version = ""
    token = ""

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        known = self.headers.get("Authorization", "") == f"token {self.token}"
        if path == "/api":
            self.answer(200, {"version": VERSION})
        elif path == "/login":
            self.answer(200, LOGIN)
        elif path == "/api/status" and known:
            self.answer(200, {"connections": 0, "kernels": 0, "last_activity": STARTED, "started": STARTED})
        elif path == "/api/events/subscribe" and (known or COOKIE in self.headers.get("Cookie", "")):
            self.upgrade()
        elif path.startswith("/api/"):
            self.answer(403, {"message": "Forbidden", "reason": None})
        else:
            self.answer(404, b"<html><title>Not found</title></html>")

    def answer(self, status: int, content: object) -> None:
        html = isinstance(content, bytes)
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if html else "application/json")
        self.send_header("Content-Security-Policy", "frame-ancestors 'self'; report-uri /api/security/csp-report")
        self.send_header("Content-Length", str(len(body)))
        if self.headers.get("Authorization"):
            self.send_header("Set-Cookie", f"{COOKIE}; HttpOnly; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def upgrade(self) -> None:
        """Opens the WebSocket (RFC 6455, 4.2.2), and has nothing to say on it."""
        key = self.headers.get("Sec-WebSocket-Key", "").encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key).digest()).decode())
        self.end_headers()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: nobody reads it."""


class Server(ThreadingHTTPServer):
    """Many connections at once, and no word about a client that leaves in the middle."""

    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """The client's end is the client's business."""


def end_with(parent: int) -> None:
    """Ends this process when the parent's end of this pipe closes, however the parent ended."""
    os.read(parent, 1)
    os._exit(0)


def serve_one(runtime_dir: Path, ready: int, parent: int, address: str) -> None:
    """One server in this process: listens, writes its info file, tells its port, serves for ever."""
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    Answers.token = os.urandom(24).hex()
    server = Server((address, 0), Answers)
    port = server.server_address[1]
    info = {
        "base_url": "/",
        "hostname": "localhost",
        "password": False,
        "pid": os.getpid(),
        "port": port,
        "root_dir": str(runtime_dir),
        "secure": False,
        "sock": "",
        "token": Answers.token,
        "url": f"http://localhost:{port}/",
        "version": VERSION,
    }
    file = runtime_dir / f"jpserver-{os.getpid()}.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(info), encoding="utf-8")
    os.write(ready, b"%d\n" % port)
    server.serve_forever()


def main() -> None:
    """Forks the servers, prints their ports, and ends them when stdin closes."""
    count, address = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    runtime_dir = Path(os.environ["JUPYTER_RUNTIME_DIR"])
    runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    outlet, ready = os.pipe()
    parent, life = os.pipe()
    for _ in range(count):
        if os.fork() == 0:
            os.close(life)
            serve_one(runtime_dir, ready, parent, address)
    with os.fdopen(outlet) as lines:
        print(json.dumps([int(lines.readline()) for _ in range(count)]), flush=True)
    sys.stdin.read()
    os.close(life)
    for _ in range(count):
        os.wait()


if __name__ == "__main__":
    main()
