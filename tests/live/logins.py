"""Logging in to a Jupyter server with a password, as a browser does."""

from __future__ import annotations

import http.client
import urllib.parse
from http.cookies import SimpleCookie


def password_opens(port: int, password: str) -> bool:
    """POST login with the password and the page's own `_xsrf` leads on; a wrong one gets 401."""
    return login_status(port, password) == 302


def login_status(port: int, password: str) -> int:
    """What the login page answers to a password."""
    page = _request(port, "GET", "/login")
    cookies = SimpleCookie(page.headers["Set-Cookie"] or "")
    xsrf = cookies["_xsrf"].value
    body = urllib.parse.urlencode({"password": password, "_xsrf": xsrf})
    headers = {"Cookie": f"_xsrf={xsrf}", "Content-Type": "application/x-www-form-urlencoded"}
    return _request(port, "POST", "/login", body, headers).status


def _request(
    port: int, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body or None, headers or {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer
