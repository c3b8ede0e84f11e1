"""Certificates for real TLS servers: good, self-signed, expired, for another name."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

KINDS = ("trusted", "self-signed", "expired", "not-yet", "other-name", "no-names")
"""`trusted` means: by a client that trusts `CertificateFiles.authority`. All but `self-signed` are signed by it."""


@dataclass(frozen=True)
class CertificateFiles:
    """PEM files, as `--certfile` and `--keyfile` of Jupyter take them."""

    certificate: Path
    key: Path
    authority: Path
    """The certificate that signed it: itself, if self-signed."""


def make_certificate(folder: Path, kind: str) -> CertificateFiles:
    """Writes a certificate of one of `KINDS` for 127.0.0.1, ::1 and localhost, with its key (0600), into the folder."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of certificate: {kind}")
    key = ec.generate_private_key(ec.SECP256R1())
    authority_key = key if kind == "self-signed" else ec.generate_private_key(ec.SECP256R1())
    issuer = _name("localhost") if kind == "self-signed" else _name("A test authority")
    now = datetime.now(timezone.utc)
    begin, end = now - timedelta(days=30), now + timedelta(days=30)
    if kind == "expired":
        end = now - timedelta(days=1)
    if kind == "not-yet":
        begin = now + timedelta(days=1)
    builder = _builder(_name("localhost"), issuer, key, begin, end)
    builder = builder.add_extension(x509.BasicConstraints(ca=kind == "self-signed", path_length=None), critical=True)
    if kind != "no-names":
        builder = builder.add_extension(_names(kind), critical=False)
    certificate = builder.sign(authority_key, hashes.SHA256())
    files = CertificateFiles(folder / f"{kind}.pem", folder / f"{kind}.key", folder / f"{kind}-authority.pem")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    authority = certificate if kind == "self-signed" else _authority(issuer, authority_key, now)
    files.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return files


def _authority(name: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    builder = _builder(name, name, key, now - timedelta(days=30), now + timedelta(days=30))
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _names(kind: str) -> x509.SubjectAlternativeName:
    if kind == "other-name":
        return x509.SubjectAlternativeName([x509.DNSName("jupyter.example")])
    addresses = [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ("127.0.0.1", "::1")]
    return x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses])


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
