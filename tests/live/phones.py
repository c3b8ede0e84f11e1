"""What somebody with a phone does: opens a URL, logs in with the password, runs a cell over the WebSocket."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.parse
import uuid
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

import websocket

TIMEOUT_S = 30.0


def unverified() -> ssl.SSLContext:
    """As somebody who taps through the warning."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass
class Phone:
    """A browser with its cookies at one URL."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, bytes]:
        """Status and body; the cookies are kept."""
        parts = urllib.parse.urlsplit(self.url)
        assert parts.hostname
        if parts.scheme == "https":
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=TIMEOUT_S, context=unverified()
            )
        else:
            made = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_S)
        headers = {"Cookie": self.cookie} if self.cookies else {}
        if "_xsrf" in self.cookies:
            headers["X-XSRFToken"] = self.cookies["_xsrf"]
        if kind:
            headers["Content-Type"] = kind
        made.request(method, path, body or None, headers)
        answer = made.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies |= {key: one.value for key, one in SimpleCookie(value).items()}
        made.close()
        return answer.status, content

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def log_in(self, password: str) -> int:
        """What the login page answers to the password: 302 lets in, 401 does not."""
        self.request("GET", "/login")
        form = urllib.parse.urlencode({"password": password, "_xsrf": self.cookies["_xsrf"]})
        return self.request("POST", "/login", form, "application/x-www-form-urlencoded")[0]

    def status(self, path: str = "/api/kernels") -> int:
        return self.request("GET", path)[0]

    def run_cell(self, code: str) -> str:
        """What the cell prints."""
        status, body = self.request("POST", "/api/kernels", json.dumps({"name": "python3"}), "application/json")
        assert status == 201, (status, body)
        kernel = json.loads(body)["id"]
        parts = urllib.parse.urlsplit(self.url)
        channel = websocket.create_connection(
            f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/api/kernels/{kernel}/channels",
            timeout=TIMEOUT_S * 4,
            cookie=self.cookie,
            origin=f"{parts.scheme}://{parts.netloc}",
            sslopt={"context": unverified()} if parts.scheme == "https" else None,
        )
        try:
            return _told(channel, code)
        finally:
            channel.close()
            self.request("DELETE", f"/api/kernels/{kernel}")


def _told(channel: websocket.WebSocket, code: str) -> str:
    name = uuid.uuid4().hex
    header = {"msg_id": name, "msg_type": "execute_request", "username": "", "session": name, "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    channel.send(json.dumps({**message, "buffers": []}))
    said = ""
    while True:
        told = json.loads(channel.recv())
        if told["parent_header"].get("msg_id") != name:
            continue
        if told["msg_type"] == "stream":
            said += told["content"]["text"]
        if told["msg_type"] == "status" and told["content"]["execution_state"] == "idle":
            return said.strip()
