"""The proxies and the netrc file that would catch the user's own tools, requests and curl, on the way to an endpoint.

jntui itself heeds neither. Only whether and which is told: a proxy's URL or a login may hold a password.
"""

from __future__ import annotations

import os
import stat
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_NETRC_LIMIT = 1024 * 1024


def proxy_for(url: str, environ: Mapping[str, str]) -> str:
    """The variable, as spelt, whose proxy requests or curl would take for `url`; empty if neither takes one."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not host or parts.scheme not in {"http", "https"}:
        return ""
    caught = requests_proxy(parts.scheme, host, port, environ)
    return caught or curl_proxy(parts.scheme, host, environ)


def requests_proxy(scheme: str, host: str, port: int | None, environ: Mapping[str, str]) -> str:
    """The variable that requests takes (requests.utils.get_environ_proxies, urllib.request.getproxies_environment)."""
    if requests_spares(host, port, no_proxy_of(environ)):
        return ""
    for wanted in (f"{scheme}_proxy", "all_proxy"):
        # The small spelling wins, even where it is empty: that switches the other one off.
        spelt = (name for name in sorted(environ) if name.lower() == wanted)
        found = wanted if wanted in environ else next(spelt, "")
        if found and environ[found] and not (found == "HTTP_PROXY" and "REQUEST_METHOD" in environ):
            return found
    return ""


def curl_proxy(scheme: str, host: str, environ: Mapping[str, str]) -> str:
    """The variable that curl takes (curl(1), ENVIRONMENT): of `HTTP_PROXY` it knows the small spelling alone."""
    if curl_spares(host, no_proxy_of(environ)):
        return ""
    names = ["http_proxy"] if scheme == "http" else ["https_proxy", "HTTPS_PROXY"]
    return next((name for name in (*names, "all_proxy", "ALL_PROXY") if environ.get(name)), "")


def no_proxy_of(environ: Mapping[str, str]) -> str:
    """The value that both read: the small spelling first."""
    return environ.get("no_proxy") or environ.get("NO_PROXY") or ""


def requests_spares(host: str, port: int | None, no_proxy: str) -> bool:
    """requests goes there without a proxy (requests.utils.should_bypass_proxies, then urllib's proxy_bypass)."""
    entries = [entry for entry in no_proxy.replace(" ", "").split(",") if entry]
    if _is_ipv4(host):
        if any(entry == host or _in_cidr(host, entry) for entry in entries):
            return True
    else:
        # Up to requests 2.33 an entry was any end of the name; from 2.34 it is the name or a domain of it.
        names = (host, f"{host}:{port}" if port else host)
        domains = [entry.lstrip(".") for entry in entries]
        if any(name == domain or name.endswith(f".{domain}") for domain in domains for name in names):
            return True
    return _urllib_spares(host, no_proxy)


def _urllib_spares(host: str, no_proxy: str) -> bool:
    """urllib.request.proxy_bypass_environment: names and their domains, no networks."""
    if no_proxy == "*":
        return True
    lowered = host.lower()
    for entry in no_proxy.split(","):
        name = entry.strip().lstrip(".").lower()
        if name and (lowered == name or lowered.endswith("." + name)):
            return True
    return False


def curl_spares(host: str, no_proxy: str) -> bool:
    """curl (7.86 and later, which knows networks) goes there without a proxy (lib/noproxy.c)."""
    if no_proxy == "*":
        return True
    literal = _is_literal(host)
    lowered = host.rstrip(".").lower()
    for entry in no_proxy.replace(",", " ").split():
        if literal:
            if _in_network(host, entry):
                return True
            continue
        name = entry.strip(".").lower()
        if name and (lowered == name or lowered.endswith("." + name)):
            return True
    return False


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_ipv4(host: str) -> bool:
    return _is_literal(host) and ":" not in host


def _in_cidr(host: str, entry: str) -> bool:
    """requests' own reading: exactly one slash, a mask of 1 to 32 bits, an IPv4 address before it."""
    address, slash, bits = entry.partition("/")
    if not slash or not bits.isdecimal() or not 1 <= int(bits) <= 32 or not _is_ipv4(address):
        return False
    return ip_address(host) in ip_network(f"{address}/{int(bits)}", strict=False)


def _in_network(host: str, entry: str) -> bool:
    try:
        net = ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False
    return ip_address(host) in net


def netrc_for(host: str, environ: Mapping[str, str], home: str) -> tuple[str, str]:
    """The netrc file with an entry for this host or a default one, and what is wrong with a broken file, in words.

    requests looks at NETRC, else at ~/.netrc and ~/_netrc, takes the first that is there, and passes over a broken one.
    Nothing of a login is kept, nor quoted.
    """
    named = environ.get("NETRC")
    for text in [named] if named else [f"{home}/.netrc", f"{home}/_netrc"]:
        path = Path(text.replace("~", home, 1) if text.startswith("~/") else text)
        found = _netrc(path, host)
        if found is not None:
            return (str(path), "") if found == "entry" else ("", f"{path} {found}" if found else "")
    return "", ""


def _netrc(path: Path, host: str) -> str | None:
    """`entry`, nothing, or what is wrong with the file; None if there is no such file."""
    import netrc

    try:
        about = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode) or about.st_size > _NETRC_LIMIT:
        return "is no netrc file"
    try:
        return "entry" if netrc.netrc(os.fspath(path)).authenticators(host) is not None else ""
    except netrc.NetrcParseError as error:
        # Its message quotes the word it stopped at, which may be a password.
        return f"is broken in line {error.lineno}" if error.lineno else "is broken"
    except (OSError, UnicodeError) as error:
        return f"cannot be read: {error.strerror if isinstance(error, OSError) else 'it is not UTF-8'}"
