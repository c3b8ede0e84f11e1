"""The server's own certificate and key, as files: which certificate it must show, and why TLS cannot work with them."""

from __future__ import annotations

import ssl
import stat
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Certificate

MOST_BYTES = 1024 * 1024
"""A chain of certificates is a few kilobytes long."""
MOST_BESIDE = 200
"""Names of a directory in which a key is looked for."""
MOST_CHAIN = 4
"""Certificates of a file whose issuers are told."""
MOST_NAMES = 3
"""Names of a certificate that are told."""


def own_certificate(certfile: str) -> bytes:
    """The first certificate of the file (DER), which is the one that a server shows; empty where there is none."""
    return next(iter(_certificates(certfile, 1)), b"")


def _certificates(certfile: str, most: int) -> list[bytes]:
    """The first ones of the file (DER): the server's own, then those that it sends along to vouch for it."""
    found: list[bytes] = []
    try:
        text = Path(certfile).read_bytes()[:MOST_BYTES].decode("ascii", "replace") if _readable(Path(certfile)) else ""
        while len(found) < most and ssl.PEM_HEADER in text:
            end = text.index(ssl.PEM_FOOTER) + len(ssl.PEM_FOOTER)
            found.append(ssl.PEM_cert_to_DER_cert(text[text.index(ssl.PEM_HEADER) : end]))
            text = text[end:]
    except (OSError, ValueError):
        pass  # unreadable, or no certificate: then no more is known
    return found


def _chain(certfile: str) -> str:
    """Who vouches for it, as far as the file tells."""
    now = datetime.now(timezone.utc)
    own, *above = [_read(one, now) for one in _certificates(certfile, MOST_CHAIN)]
    if "self-signed" in own.problems:
        return "self-signed"
    # The root names itself.
    others = [one.issuer for one in above if one.issuer and "self-signed" not in one.problems]
    return ", that by ".join([f"issued by {own.issuer or 'nobody named'}", *others])


def told(certfile: str, keyfile: str) -> str:
    """What the files are, in one line: for which names, until when, whether certificate and key are a pair.

    Either may be empty; then nothing is said of a pair but that the other one is missing.
    """
    der = own_certificate(certfile) if certfile else b""
    if certfile and not der:
        return "no certificate is in it that can be read"
    if not certfile:
        return (
            "a private key; certfile comes next, without it no page opens"
            if has_key(keyfile)
            else "no private key is in it"
        )
    return f"{_certificate(der)}; {_chain(certfile)}; {_pair(certfile, keyfile)}"


def date_problem(certfile: str) -> str:
    """`expired on 2025-01-02`; empty while it is valid."""
    words = _certificate(own_certificate(certfile)).rpartition(", ")[2]
    return "" if words.startswith("until ") else words


def unnamed(certfile: str, hosts: Sequence[str]) -> tuple[str, ...]:
    """Those of these names and addresses that the certificate is not for."""
    names = _read(own_certificate(certfile), datetime.now(timezone.utc)).names
    return tuple(one for one in hosts if one not in names and f"*.{one.partition('.')[2]}" not in names)


def _read(der: bytes, now: datetime) -> Certificate:
    from jntui.model import Certificate
    from jntui.transport.certificate import read_untrusted

    return read_untrusted(der, "", Certificate(trusted=False), now)


def _certificate(der: bytes) -> str:
    now = datetime.now(timezone.utc)
    found = _read(der, now)
    names = ", ".join(found.names[:MOST_NAMES]) or "no name"
    more = f" and {len(found.names) - MOST_NAMES} more" if len(found.names) > MOST_NAMES else ""
    if found.not_before is None or found.not_after is None:
        return "a certificate that cannot be read"
    until = f"until {found.not_after:%Y-%m-%d} ({(found.not_after - now).days} days left)"
    if now > found.not_after:
        until = f"expired on {found.not_after:%Y-%m-%d}"
    elif now < found.not_before:
        until = f"valid only from {found.not_before:%Y-%m-%d} on"
    return f"for {names}{more}, {until}"


def _pair(certfile: str, keyfile: str) -> str:
    if not keyfile and not has_key(certfile):
        return "its key is not in it: set keyfile first, then this"
    problem = pair_problem(certfile, keyfile)
    if problem:
        return problem
    return "the key in keyfile is its own" if keyfile else "its key is in it"


def has_key(path: str) -> bool:
    """The file holds a private key (RFC 7468), or one that needs a passphrase."""
    try:
        return _readable(Path(path)) and b"PRIVATE KEY-----" in Path(path).read_bytes()[:MOST_BYTES]
    except (OSError, ValueError):
        return False  # unreadable: nothing is known of it


def key_beside(certfile: str) -> str:
    """A file of the same directory that holds the key of this certificate; empty if none is found."""
    try:
        names = sorted(one.name for one in islice(Path(certfile).parent.iterdir(), MOST_BESIDE))
    except OSError:
        return ""  # it cannot be listed: the key can still be typed
    likely = [name for name in names if name.endswith((".key", ".pem"))]
    paths = (str(Path(certfile).parent / name) for name in likely)
    return next((one for one in paths if has_key(one) and not pair_problem(certfile, one)), "")


def _readable(path: Path) -> bool:
    found = path.stat()
    return stat.S_ISREG(found.st_mode) and found.st_size <= MOST_BYTES


def pair_problem(certfile: str, keyfile: str) -> str:
    """Why a TLS server cannot work with these files, in one line; empty where it can, or where nothing tells.

    Jupyter starts with a pair that does not match, and then every handshake fails (ssl.SSLContext.load_cert_chain is
    what tornado's server calls at each of them).
    """
    for name, path in (("certfile", certfile), ("keyfile", keyfile)):
        if not path:
            continue
        try:
            if not _readable(Path(path)):
                return f"{name} {path} is not a file of a certificate's size"
        except FileNotFoundError:
            return f"{name} {path} is not there"
        except PermissionError:
            return ""
        except (OSError, ValueError) as error:
            return f"{name} {path} cannot be read: {getattr(error, 'strerror', None) or error}"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An empty answer to the question for a passphrase: without one OpenSSL would ask the terminal.
        context.load_cert_chain(certfile, keyfile or None, password=lambda: "")
    except PermissionError:
        return ""
    except ssl.SSLError as error:
        return _words(error, certfile, keyfile)
    except (OSError, ValueError) as error:
        return f"certificate and key cannot be loaded: {error}"
    return ""


def _words(error: ssl.SSLError, certfile: str, keyfile: str) -> str:
    reason = error.reason or ""
    if reason == "KEY_VALUES_MISMATCH":
        return f"the key in {keyfile or certfile} does not belong to the certificate in {certfile}"
    if not own_certificate(certfile):
        exchanged = ": are certificate and key exchanged?" if has_key(certfile) and own_certificate(keyfile) else ""
        return f"no certificate is in {certfile}{exchanged}"
    if keyfile and not has_key(keyfile):
        return f"no private key is in {keyfile}"
    if has_key(keyfile or certfile) and b"ENCRYPTED" in Path(keyfile or certfile).read_bytes()[:MOST_BYTES]:
        plain = f"`openssl pkey -in {keyfile or certfile} -out NEW` writes one without"
        return f"the key in {keyfile or certfile} needs a passphrase, which a server cannot ask for: {plain}"
    if not keyfile:
        return f"no keyfile is set, and {certfile} holds no key that can be used ({reason or 'PEM lib'})"
    return f"certificate {certfile} and key {keyfile} cannot be loaded ({reason or error})"
