"""A certificate of jntui's own making for all names and addresses of this machine: made, read, renewed.

Nobody has signed it but itself, so browsers warn before the page, and iPads run no cell behind it: that is said where
it is offered. What it gives is that nobody in between reads along.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.network.certificate_files import own_certificate, pair_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

DAYS = 397
"""Apple's systems take no more of a certificate that a person did not trust by hand (support.apple.com/102028)."""
RENEW_DAYS = 30
MOST_NAMES = 64
CERTIFICATE, KEY = "jntui.pem", "jntui.key"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its key, as files."""

    certfile: str
    keyfile: str
    names: tuple[str, ...] = ()
    """Names and addresses that it is for; empty where there is none yet."""
    days_left: int | None = None
    """None: there is none yet."""
    missing: tuple[str, ...] = ()
    """Names and addresses of this machine that it is not for."""
    problem: str = ""
    """Why it cannot be used, in one line: it will be made anew."""

    @property
    def due(self) -> bool:
        """It has to be made, or made anew."""
        return self.days_left is None or self.days_left < RENEW_DAYS or bool(self.missing or self.problem)


def wanted_names(hostname: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """What a certificate of this machine is to be for: its names, then its addresses, link-local ones left out."""
    host = hostname.lower().rstrip(".")
    names = ["localhost", *([host, f"{host.partition('.')[0]}.local"] if host and host != "localhost" else [])]
    found = [ip_address(text.partition("%")[0]) for text in ("127.0.0.1", "::1", *addresses)]
    literals = [str(one) for one in found if not one.is_link_local]
    return tuple(dict.fromkeys([*filter(_fits, names), *literals]))[:MOST_NAMES]


def _fits(name: str) -> bool:
    """A host name that a certificate can hold (RFC 5280, IA5String)."""
    return name.isascii() and all(0 < len(label) < 64 for label in name.split(".")) and "_" not in name


def read_pair(folder: Path, wanted: Sequence[str], now: datetime | None = None) -> Pair:
    """The pair of this folder as it is; nothing is made."""
    certfile, keyfile = str(folder / CERTIFICATE), str(folder / KEY)
    if not (folder / CERTIFICATE).exists():
        return Pair(certfile, keyfile, missing=tuple(wanted))
    problem = pair_problem(certfile, keyfile)
    found = _loaded(own_certificate(certfile))
    if found is None:
        return Pair(certfile, keyfile, missing=tuple(wanted), problem=problem or "it is no certificate")
    names = _names_of(found)
    left = (found.not_valid_after_utc - (now or datetime.now(timezone.utc))).days
    return Pair(certfile, keyfile, names, left, tuple(one for one in wanted if one not in names), problem)


def make_pair(folder: Path, wanted: Sequence[str], now: datetime | None = None) -> Pair:
    """Makes a new key (0600) and its certificate, in place of what was there. Raises OSError.

    A running server reads both for each connection: between the two writes, the key first, no handshake succeeds. Of
    somebody who was killed there a pair is left that is `due`.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(key, wanted, now or datetime.now(timezone.utc))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder / KEY, secret)
    _write(folder / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM))
    return read_pair(folder, wanted, now)


def _signed(key: EllipticCurvePrivateKey, wanted: Sequence[str], now: datetime) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    common = next((name for name in wanted if not _is_address(name) and name != "localhost"), "localhost")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])
    names = [x509.IPAddress(ip_address(one)) if _is_address(one) else x509.DNSName(one) for one in wanted]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A phone's clock may be behind.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now - timedelta(hours=1) + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _loaded(der: bytes) -> Certificate | None:
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(der) if der else None
    except ValueError:
        return None


def _names_of(certificate: Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return (
        *found.get_values_for_type(x509.DNSName),
        *(str(one) for one in found.get_values_for_type(x509.IPAddress)),
    )


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, 0600. Raises OSError."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".jntui-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # the first error says more than that its leftover stays
            Path(beside).unlink()
        raise
