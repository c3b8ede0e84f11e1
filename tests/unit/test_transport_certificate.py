"""What a certificate tells beyond OpenSSL's first error."""

from __future__ import annotations

import ssl
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.model import Certificate
from jntui.transport.certificate import matches, read_trusted, read_untrusted
from tests.live.certificates import make_certificate

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
