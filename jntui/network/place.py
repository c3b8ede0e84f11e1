"""What a URL says of where to connect, and why some texts can be no URL of a Jupyter server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from jntui.text import visible
from jntui.transport import Target, is_ip


class BadUrl(ValueError):
    """The text cannot be the URL of a Jupyter server; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a URL says: where to connect and under which base URL."""

    target: Target
    base: str
    """With a slash at both ends."""
    unix: bool = False

    def path(self, name: str) -> str:
        """The path of `api`, `login` and so on under the base URL."""
        return f"{self.base}{name}"


def read_url(url: str) -> Place:
    """The parts of `url`. Raises BadUrl with one clear line."""
    if any(char.isspace() or not char.isprintable() for char in url):
        raise BadUrl("it holds a blank or a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrl(visible(str(error), 120)) from error
    if parts.scheme == "http+unix":
        return Place(Target("http", "localhost", 0, unix_path=unquote(parts.netloc)), "/", unix=True)
    if parts.scheme not in {"http", "https"}:
        raise BadUrl("it does not begin with http:// or https://")
    if not parts.hostname:
        raise BadUrl("it names no host")
    if port == 0:
        raise BadUrl("port 0 is no port that can be opened")
    host = unquote(parts.hostname)
    if any(char.isspace() or not char.isprintable() for char in host):
        raise BadUrl("its host holds a blank or a control character, spelt with %")
    if ":" in host and not is_ip(host):
        raise BadUrl(f"{visible(host, 60)} is no IPv6 address")
    path = parts.path if parts.path.endswith("/") else parts.path + "/"
    return Place(Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80)), path)
