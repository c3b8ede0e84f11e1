"""What a certificate tells beyond OpenSSL's first error."""

from __future__ import annotations

import ipaddress
import ssl
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from jntui.model import Certificate
from jntui.transport.certificate import matches, read_trusted, read_untrusted
from jntui.transport.der import read as read_fields
from tests.live.certificates import KINDS, make_certificate

NOW = datetime.now(timezone.utc)
REFUSED = Certificate(False, "OpenSSL's words", ("unknown-authority",))


@pytest.mark.parametrize(
    ("kind", "host", "problems"),
    [
        ("self-signed", "127.0.0.1", {"self-signed"}),
        ("self-signed", "lab-box", {"self-signed", "name-mismatch"}),
        ("trusted", "127.0.0.1", {"unknown-authority"}),
        ("expired", "localhost", {"unknown-authority", "expired"}),
        ("not-yet", "localhost", {"unknown-authority", "not-yet-valid"}),
        ("other-name", "127.0.0.1", {"unknown-authority", "name-mismatch"}),
        ("no-names", "localhost", {"unknown-authority", "name-mismatch"}),
    ],
)
def test_all_problems_are_told(tmp_path: Path, kind: str, host: str, problems: set[str]) -> None:
    files = make_certificate(tmp_path, kind)
    der = ssl.PEM_cert_to_DER_cert(files.certificate.read_text())
    read = read_untrusted(der, host, REFUSED, NOW)
    assert set(read.problems) == problems
    assert read.issuer == ("localhost" if kind == "self-signed" else "A test authority")
    assert read.not_after is not None
    assert read.days_left == (read.not_after - NOW).days
    assert not read.trusted


def _strange() -> x509.Certificate:
    """Its dates are of two kinds, its names of all, its issuer an organization in UTF-8."""
    key = ec.generate_private_key(ec.SECP256R1())
    far = ipaddress.ip_address("2001:db8::7")
    issuer = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "AT"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ä")]
    )
    names = [x509.DNSName(f"n{number}.example") for number in range(40)]
    others = [x509.RFC822Name("x@y.example"), x509.DNSName("*.w.example"), x509.IPAddress(far)]
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(2**150)
        .not_valid_before(datetime(1999, 12, 31, 23, 59, 59))
        .not_valid_after(datetime(2061, 2, 3, 4, 5, 6))
        .add_extension(x509.BasicConstraints(ca=True, path_length=3), critical=True)
        .add_extension(x509.SubjectAlternativeName([*others, *names]), critical=True)
        .sign(key, hashes.SHA256())
    )


def test_the_fields_are_what_another_reader_finds(tmp_path: Path) -> None:
    files = [make_certificate(tmp_path, kind) for kind in KINDS]
    pems = [path.read_bytes() for one in files for path in (one.certificate, one.authority)]
    for one in (*map(x509.load_pem_x509_certificate, pems), _strange()):
        found = read_fields(one.public_bytes(serialization.Encoding.DER))
        assert (found.begin, found.end) == (one.not_valid_before_utc, one.not_valid_after_utc)
        assert found.self_issued is (one.issuer == one.subject)
        expected: list[str] = []
        for extension in one.extensions:
            if isinstance(extension.value, x509.SubjectAlternativeName):
                expected = list(extension.value.get_values_for_type(x509.DNSName))
                expected += [str(address) for address in extension.value.get_values_for_type(x509.IPAddress)]
        assert list(found.names) == expected
        assert found.issuer == one.issuer.rdns[-1].rfc4514_string().partition("=")[2]


def test_a_certificate_is_read_without_a_library_of_cryptography(tmp_path: Path) -> None:
    der = ssl.PEM_cert_to_DER_cert(make_certificate(tmp_path, "expired").certificate.read_text())
    script = (
        "import sys; from datetime import datetime, timezone; from jntui.model import Certificate; "
        "from jntui.transport.certificate import read_untrusted; "
        f"read = read_untrusted({der!r}, 'x', Certificate(False, ''), datetime.now(timezone.utc)); "
        "print(read.issuer, 'cryptography' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["A", "test", "authority", "False"]


@given(st.binary(max_size=600))
def test_no_bytes_make_it_raise(der: bytes) -> None:
    assert read_untrusted(der, "localhost", REFUSED, NOW) == REFUSED


@given(st.binary(min_size=1, max_size=3), st.integers(0, 400))
def test_no_damage_makes_it_raise(damage: bytes, place: int) -> None:
    files = _sample()
    der = files[:place] + damage + files[place + len(damage) :]
    read = read_untrusted(der, "localhost", REFUSED, NOW)
    assert not read.trusted
    assert all(name.isprintable() for name in (*read.names, read.issuer))


_SAMPLE: list[bytes] = []


def _sample() -> bytes:
    if not _SAMPLE:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            files = make_certificate(Path(folder), "trusted")
            _SAMPLE.append(ssl.PEM_cert_to_DER_cert(files.certificate.read_text()))
    return _SAMPLE[0]


@pytest.mark.parametrize(
    ("host", "names", "expected"),
    [
        ("box.example", ["box.example"], True),
        ("BOX.example.", ["box.Example"], True),
        ("a.example", ["*.example"], True),
        ("a.b.example", ["*.example"], False),
        ("example", ["*.example"], False),
        ("192.0.2.1", ["192.0.2.1"], True),
        ("192.0.2.1", ["*.0.2.1"], False),
        ("fd00::1%eth0", ["fd00:0::1"], True),
        ("box", [], False),
    ],
)
def test_names(host: str, names: list[str], expected: bool) -> None:
    assert matches(host, names) is expected


def test_a_trusted_one_as_the_standard_library_tells_it() -> None:
    facts = {
        "notBefore": "Jan  1 00:00:00 2026 GMT",
        "notAfter": "Jan 31 00:00:00 2026 GMT",
        "subjectAltName": (("DNS", "box.example"), ("IP Address", "192.0.2.1"), ("email", "x@y")),
        "issuer": ((("organizationName", "An authority"),), (("commonName", "R3"),)),
    }
    read = read_trusted(facts, datetime(2026, 1, 11, tzinfo=timezone.utc))
    assert read.trusted
    assert (read.names, read.days_left, read.issuer) == (("box.example", "192.0.2.1"), 20, "R3")
    assert read_trusted({}, NOW).days_left is None
    assert read_trusted({"notAfter": "nonsense"}, NOW).not_after is None
