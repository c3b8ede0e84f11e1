"""URLs of Jupyter servers: how one is written, and how one that a user typed is read. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit

from jntui.model import Secret
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from urllib.parse import SplitResult

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 2048
_PATH_SAFE = "/:@!$&'()*+,;=~-._%"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?\Z")
_PRINTED_PAIR = re.compile(r"\((\S+) or (\S+)\)")
_PAGES = frozenset({"lab", "tree", "notebooks", "login", "doc", "edit", "consoles", "terminals", "retro", "nbclassic"})
"""Pages under a server's base URL, as JupyterLab and Notebook name them."""


def join(scheme: str, host: str, port: int, base_url: str) -> str:
    """The URL of a server: `host` is a name or literal (IPv6 without brackets, its zone after `%`).

    A scheme's default port is left out, as every browser does; the base URL begins and ends with a slash, and what
    a URL cannot carry is percent-encoded (what is encoded already stays).
    """
    text = f"[{host.replace('%', '%25')}]" if ":" in host else host
    tail = "" if _DEFAULT_PORTS.get(scheme) == port else f":{port}"
    return f"{scheme}://{text}{tail}{clean_base_url(base_url)}"


@lru_cache(maxsize=256)
def clean_base_url(base_url: str) -> str:
    """A base URL with one slash at each end, percent-encoded where it has to be."""
    inner = base_url.strip("/")
    path = f"/{inner}/" if inner else "/"
    return quote(_LONE_PERCENT.sub("%25", path), safe=_PATH_SAFE, errors="replace")


def parse_custom_url(text: str, bases: Iterable[str] = ()) -> tuple[str, Secret | None]:
    """What a user typed or pasted, as the URL of a server, and the token that was in it.

    Scheme and host in lower case, default port left out, page names (`/lab`, `/tree/a.ipynb`), query and fragment
    gone, a slash at the end. `bases` are base URLs of known servers: one of them may have a page's name in it.
    Raises ValueError with one line that says what is wrong and what to write instead; the line never repeats a query,
    for a token may stand in it.
    """
    parts = _split(text.strip())
    host = _host(parts)
    port = _port(parts)
    tokens = [value for key, value in parse_qsl(parts.query) if key == "token" and value]
    url = join(parts.scheme, host, port, _base_path(parts.path, bases))
    return url, Secret(tokens[0]) if tokens else None


def _split(text: str) -> SplitResult:
    if not text:
        raise ValueError("the URL is empty: write one like http://192.168.2.169:8888/")
    if len(text) > _LONGEST:
        raise ValueError(f"the URL has {len(text)} characters: more than {_LONGEST} are not accepted")
    pair = _PRINTED_PAIR.search(text)
    if pair:
        names = " or ".join(visible(name, 80) for name in pair.groups())
        raise ValueError(f"the host is a choice that Jupyter printed: write one of the two, {names}")
    shown = visible(re.split(r"[?#]", text, maxsplit=1)[0].rpartition("@")[2], 80)
    if any(char.isspace() for char in text) or visible(text) != text:
        raise ValueError(f"the URL {shown!r} has a space or a control character in it: write %20, or leave it out")
    if "://" not in text:
        raise ValueError(f"the URL {shown!r} has no scheme: put http:// or https:// before it")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(f"the URL {shown!r} has a malformed host: write an IPv6 address as [::1]") from error
    if parts.scheme in ("http+unix", "https+unix"):
        raise ValueError(f"the URL {shown!r} is a socket file: no browser opens one, forward it with ssh -L instead")
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"the scheme {visible(parts.scheme, 40)!r} is not for Jupyter: write http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("the URL has a user name or password before an @: leave that part out")
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host:
        raise ValueError("the URL has no host: write an address or a name after ://")
    if parts.netloc.startswith("["):
        if "%" in host:
            raise ValueError(f"the host {visible(host, 80)!r} has a zone: no browser opens that, take another address")
        try:
            return str(IPv6Address(host))
        except ValueError as error:
            raise ValueError(f"the host {visible(host, 80)!r} is no IPv6 address: write one like [::1]") from error
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"the host {visible(host, 80)!r} is no host name: write it in its xn-- form") from error
    if not _HOST.match(name) or len(name) > 253:
        raise ValueError(f"the host {visible(host, 80)!r} is no host name: letters, digits, dots and hyphens only")
    return name


def _port(parts: SplitResult) -> int:
    typed = parts.netloc.rpartition("]")[2].partition(":")[2]
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"the port {visible(typed, 20)!r} is none: write a number from 1 to 65535") from error
    if port == 0:
        raise ValueError("the port 0 is none: write a number from 1 to 65535")
    return _DEFAULT_PORTS[parts.scheme] if port is None else port


def _base_path(path: str, bases: Iterable[str]) -> str:
    """The path up to a page of Jupyter; `/lab/` with a slash at its end is a base URL, not a page, and so is what a
    known server has as its own."""
    typed = clean_base_url(path)
    known = max((base for base in map(clean_base_url, bases) if typed.startswith(base)), key=len, default="/")
    if known != "/":
        return known.removesuffix("/") + _base_path(typed[len(known) - 1 :], ())
    words = path.split("/")
    for place, word in enumerate(words):
        if word in _PAGES and words[place + 1 :] != [""]:
            return "/".join(words[:place]) + "/"
    return path


def host_of(url: str) -> str:
    """The host of a URL that `join` or `parse_custom_url` made: lower case, without brackets and zone."""
    return (urlsplit(url).hostname or "").partition("%")[0]
