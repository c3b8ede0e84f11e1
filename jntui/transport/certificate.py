"""What a browser would say of a certificate: names, dates, issuer, and all that is wrong with it.

OpenSSL stops at the first error, and a self-signed certificate hides that it also names another host or has expired.
So the certificate itself is read.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from jntui.model import Certificate
from jntui.text import visible
from jntui.transport.der import read as read_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jntui.model import CertificateProblem

MOST_NAMES = 32

_BY_VERIFY_CODE: dict[int, CertificateProblem] = {
    9: "not-yet-valid",
    10: "expired",
    18: "self-signed",
    19: "unknown-authority",
    20: "unknown-authority",
    21: "unknown-authority",
    62: "name-mismatch",
    64: "name-mismatch",
}
"""OpenSSL's X509_V_ERR_* (openssl/x509_vfy.h)."""


def problem_of(verify_code: int) -> CertificateProblem:
    """OpenSSL's verification error in the model's words."""
    return _BY_VERIFY_CODE.get(verify_code, "other")


def read_trusted(facts: Mapping[str, Any], now: datetime) -> Certificate:
    """A verified certificate, as ssl.SSLSocket.getpeercert() tells it."""
    begin, end = _moment(facts.get("notBefore")), _moment(facts.get("notAfter"))
    names = [str(name) for kind, name in facts.get("subjectAltName", ()) if kind in {"DNS", "IP Address"}]
    issuer = {key: value for part in facts.get("issuer", ()) for key, value in part}
    return Certificate(
        trusted=True,
        names=_shown(names),
        not_before=begin,
        not_after=end,
        days_left=_days(end, now),
        issuer=visible(str(issuer.get("commonName") or issuer.get("organizationName") or ""), 100),
    )


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def _days(end: datetime | None, now: datetime) -> int | None:
    return None if end is None else (end - now).days


def _shown(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(visible(name, 253) for name in list(names)[:MOST_NAMES])


def read_untrusted(der: bytes, host: str, refused: Certificate, now: datetime) -> Certificate:
    """`refused`, as verification left it, with everything that the certificate itself tells.

    What cannot be parsed leaves it as it is: a hostile peer may send any bytes as its certificate.
    """
    try:
        read = read_fields(der)
    except ValueError:
        return refused
    problems = dict.fromkeys(refused.problems)
    if read.self_issued:
        # A leaf that names itself as issuer is its own authority, whatever OpenSSL met first.
        problems = dict.fromkeys(["self-signed", *(one for one in problems if one != "unknown-authority")])
    if now > read.end:
        problems["expired"] = None
    if now < read.begin:
        problems["not-yet-valid"] = None
    if not matches(host, read.names):
        problems["name-mismatch"] = None
    return replace(
        refused,
        problems=tuple(problems),
        names=_shown(read.names),
        not_before=read.begin,
        not_after=read.end,
        days_left=_days(read.end, now),
        issuer=visible(read.issuer, 100),
    )


def matches(host: str, names: Iterable[str]) -> bool:
    """One of the names is for this host (RFC 6125, 6.4: a wildcard stands for one whole leftmost label)."""
    bare = host.split("%", 1)[0].rstrip(".").lower()
    try:
        wanted = ipaddress.ip_address(bare)
    except ValueError:
        return any(_name_matches(bare, name.rstrip(".").lower()) for name in names)
    return any(_same_address(wanted, name) for name in names)


def _name_matches(host: str, name: str) -> bool:
    if not name.startswith("*."):
        return host == name
    first, dot, rest = host.partition(".")
    return bool(first and dot) and rest == name[2:]


def _same_address(wanted: ipaddress.IPv4Address | ipaddress.IPv6Address, name: str) -> bool:
    try:
        return ipaddress.ip_address(name) == wanted
    except ValueError:
        return False
