"""The few fields of a certificate that a user is told of, read from its bytes (RFC 5280 in the form of X.690).

Importing a whole library of cryptography for them costs 8 MiB, on a machine that may be a Raspberry Pi. Nothing
is verified here: OpenSSL has done that, and refused.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 64 * 1024
MOST_PARTS = 256
"""Parts of one sequence that are read: names, parts of a name, extensions."""

_BOOLEAN, _OCTETS, _OID, _SEQUENCE, _SET = 0x01, 0x04, 0x06, 0x30, 0x31
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_ALTERNATIVE_NAMES = b"\x55\x1d\x11"
_COMMON_NAME, _ORGANIZATION = b"\x55\x04\x03", b"\x55\x04\x0a"
_TEXT = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}
"""UTF8String, PrintableString, TeletexString, IA5String, UniversalString, BMPString."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a certificate says of itself."""

    begin: datetime
    """UTC; it is valid from here, and until `end`."""
    end: datetime
    names: tuple[str, ...]
    """Of the extension subjectAltName: DNS names, then addresses."""
    issuer: str
    """Its common name, else its organization."""
    self_issued: bool
    """It names itself as its issuer."""


def read(der: bytes) -> Fields:
    """The fields of an X.509 certificate. Raises ValueError where it is none."""
    if len(der) > MOST_BYTES:
        raise ValueError("too long for a certificate")
    signed = _inside(_inside(der, _SEQUENCE), _SEQUENCE)
    fields = list(_parts(signed))
    if fields and fields[0][0] == _VERSION:
        del fields[0]
    if len(fields) < 6:
        raise ValueError("not the fields of a certificate")
    (_, issuer), (_, validity), (_, subject) = fields[2:5]
    begin, end = _moments(validity)
    extensions = next((value for tag, value in fields[6:] if tag == _EXTENSIONS), b"")
    return Fields(begin, end, _alternative_names(extensions), _known_as(issuer), issuer == subject)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tags and contents that stand one after another. Raises ValueError."""
    place = 0
    for _ in range(MOST_PARTS):
        if place >= len(data):
            return
        tag, place, end = _head(data, place)
        yield tag, data[place:end]
        place = end
    raise ValueError("too many parts")


def _head(data: bytes, place: int) -> tuple[int, int, int]:
    """The tag here, where its content begins and where it ends. Raises ValueError."""
    if place + 2 > len(data):
        raise ValueError("cut off")
    tag, length = data[place], data[place + 1]
    place += 2
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or place + count > len(data):
            raise ValueError("a length that is none")
        length = int.from_bytes(data[place : place + count], "big")
        place += count
    if place + length > len(data):
        raise ValueError("cut off")
    return tag, place, place + length


def _inside(data: bytes, wanted: int) -> bytes:
    """The content of the first part, which must be of this tag. Raises ValueError."""
    tag, content = next(_parts(data), (None, b""))
    if tag != wanted:
        raise ValueError("another part was expected")
    return content


def _moments(validity: bytes) -> tuple[datetime, datetime]:
    begin, end = (_moment(tag, value) for tag, value in _parts(validity))
    return begin, end


def _moment(tag: int, value: bytes) -> datetime:
    """Years of two digits are of 1950 to 2049 (RFC 5280, 4.1.2.5.1). Raises ValueError."""
    text = value.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError("no time")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)


def _known_as(name: bytes) -> str:
    """The common name, else the organization, else nothing. Raises ValueError."""
    found: dict[bytes, str] = {}
    for tag, relative in _parts(name):
        for inner, attribute in _parts(relative if tag == _SET else b""):
            (_, oid), (kind, value) = list(_parts(attribute if inner == _SEQUENCE else b""))[:2]
            found.setdefault(oid, value.decode(_TEXT.get(kind, "latin-1"), "replace"))
    return found.get(_COMMON_NAME) or found.get(_ORGANIZATION) or ""


def _alternative_names(extensions: bytes) -> tuple[str, ...]:
    """Raises ValueError."""
    if not extensions:
        return ()
    for _, extension in _parts(_inside(extensions, _SEQUENCE)):
        (_, oid), *rest = _parts(extension)
        if oid == _ALTERNATIVE_NAMES and rest:
            names = list(_parts(_inside(rest[-1][1], _SEQUENCE)))
            hosts = [value.decode("ascii") for tag, value in names if tag == _DNS_NAME]
            return (*hosts, *(str(ipaddress.ip_address(value)) for tag, value in names if tag == _IP_ADDRESS))
    return ()
