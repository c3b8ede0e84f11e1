"""Certificate and key files: which certificate a server must show, and why TLS cannot work with a pair."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from jntui.network.certificate_files import date_problem, key_beside, own_certificate, pair_problem, told, unnamed
from tests.live.certificates import make_certificate


def test_the_first_certificate_of_a_chain(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, "trusted")
    chain = tmp_path / "chain.pem"
    chain.write_text("Bag Attributes\n" + files.certificate.read_text() + files.authority.read_text())
    assert own_certificate(str(chain)) == ssl.PEM_cert_to_DER_cert(files.certificate.read_text())


@pytest.mark.parametrize("content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nxx", b"\xff" * 100])
def test_what_is_no_certificate_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pem").write_bytes(content)
    assert own_certificate(str(tmp_path / "x.pem")) == b""
    assert own_certificate(str(tmp_path / "missing.pem")) == b""
    assert own_certificate(str(tmp_path)) == b""


def test_a_pair_that_works_has_no_problem(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, "self-signed")
    assert pair_problem(str(files.certificate), str(files.key)) == ""


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    files, other = make_certificate(tmp_path, "self-signed"), make_certificate(tmp_path, "expired")
    certificate, key = str(files.certificate), str(files.key)
    assert "does not belong to the certificate" in pair_problem(certificate, str(other.key))
    assert "gone.key is not there" in pair_problem(certificate, str(tmp_path / "gone.key"))
    assert "no keyfile is set" in pair_problem(certificate, "")
    assert pair_problem(key, certificate) == f"no certificate is in {key}: are certificate and key exchanged?"
    assert pair_problem(certificate, certificate) == f"no private key is in {certificate}"
    (tmp_path / "broken.key").write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")
    assert "cannot be loaded" in pair_problem(certificate, str(tmp_path / "broken.key"))
    assert "not a file" in pair_problem(str(tmp_path), key)


def test_a_key_with_a_passphrase_asks_nobody(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    files = make_certificate(tmp_path, "self-signed")
    plain = serialization.load_pem_private_key(files.key.read_bytes(), None)
    files.key.write_bytes(
        plain.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    words = pair_problem(str(files.certificate), str(files.key))
    assert words.startswith(f"the key in {files.key} needs a passphrase, which a server cannot ask for")


def test_what_a_certificate_is_and_whether_the_key_is_its_own(tmp_path: Path) -> None:
    files, other = make_certificate(tmp_path, "self-signed"), make_certificate(tmp_path, "expired")
    certificate, key = str(files.certificate), str(files.key)
    assert told(certificate, key).endswith("; the key in keyfile is its own")
    assert ", until 20" in told(certificate, key)
    assert " days left); self-signed; " in told(certificate, key)
    chain = tmp_path / "chain.pem"
    chain.write_text(other.certificate.read_text() + other.authority.read_text())
    assert "; issued by A test authority; " in told(str(chain), str(other.key))
    assert "its key is not in it: set keyfile first" in told(certificate, "")
    assert "does not belong to the certificate" in told(certificate, str(other.key))
    assert "expired on " in told(str(other.certificate), str(other.key))
    both = tmp_path / "both.pem"
    both.write_text(files.certificate.read_text() + files.key.read_text())
    assert told(str(both), "").endswith("; its key is in it")
    assert told(key, "") == "no certificate is in it that can be read"
    assert told("", key).startswith("a private key; certfile comes next")
    assert told("", certificate) == "no private key is in it"


def test_names_and_dates_are_looked_at_before_it_is_set(tmp_path: Path) -> None:
    valid, over = make_certificate(tmp_path, "self-signed"), make_certificate(tmp_path, "expired")
    assert date_problem(str(valid.certificate)) == ""
    assert date_problem(str(over.certificate)).startswith("expired on ")
    assert unnamed(str(valid.certificate), ["127.0.0.1", "192.168.77.1"]) == ("192.168.77.1",)


def test_the_key_beside_a_certificate_is_found(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, "self-signed")
    make_certificate(tmp_path, "expired")
    assert key_beside(str(files.certificate)) == str(files.key)
    files.key.unlink()
    assert key_beside(str(files.certificate)) == ""
    assert key_beside(str(tmp_path / "gone" / "x.pem")) == ""
