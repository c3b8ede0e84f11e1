"""jntui's own certificate: for all names and addresses, with a key that only its owner reads, renewed in time."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

from jntui.network.certificate_files import pair_problem
from jntui.network.own_certificates import DAYS, RENEW_DAYS, make_pair, read_pair, wanted_names

NAMES = wanted_names("Lab-Box.example.org", ["192.168.2.169", "fd00::1", "fe80::1%eth0", "127.0.0.1"])


def test_what_it_is_for() -> None:
    assert NAMES == (
        "localhost",
        "lab-box.example.org",
        "lab-box.local",
        "127.0.0.1",
        "::1",
        "192.168.2.169",
        "fd00::1",
    )
    assert wanted_names("böx_1", []) == ("localhost", "127.0.0.1", "::1"), "what no certificate can hold is left out"
    assert wanted_names("localhost", []) == ("localhost", "127.0.0.1", "::1")


def test_a_pair_is_made_and_read(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    assert read_pair(folder, NAMES).due
    made = make_pair(folder, NAMES)
    assert set(made.names) == set(NAMES)
    assert made.days_left is not None
    assert DAYS - 2 <= made.days_left <= DAYS
    assert (made.due, made.missing, made.problem) == (False, (), "")
    assert [path.stat().st_mode & 0o777 for path in (folder, Path(made.keyfile))] == [0o700, 0o600]
    assert pair_problem(made.certfile, made.keyfile) == ""
    assert sorted(path.name for path in folder.iterdir()) == ["jntui.key", "jntui.pem"]


def test_a_client_that_was_given_it_trusts_it(tmp_path: Path) -> None:
    made = make_pair(tmp_path, NAMES)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certfile, made.keyfile)
    for name in ("192.168.2.169", "lab-box.local", "::1"):
        client = ssl.create_default_context(cafile=made.certfile)
        ends = [ssl.MemoryBIO() for _ in range(2)]
        asking = client.wrap_bio(ends[0], ends[1], server_hostname=name)
        telling = server.wrap_bio(ends[1], ends[0], server_side=True)
        for _ in range(4):
            for one in (asking, telling):
                try:
                    one.do_handshake()
                except ssl.SSLWantReadError:
                    continue
        assert asking.version()


def test_it_is_due_before_it_ends_and_when_an_address_is_new(tmp_path: Path) -> None:
    now = datetime.now(timezone.utc)
    first = make_pair(tmp_path, NAMES, now)
    late = now + timedelta(days=DAYS - RENEW_DAYS + 1)
    assert read_pair(tmp_path, NAMES, late).due
    moved = read_pair(tmp_path, [*NAMES, "10.0.0.7"], now)
    assert (moved.due, moved.missing) == (True, ("10.0.0.7",))
    renewed = make_pair(tmp_path, [*NAMES, "10.0.0.7"], now)
    assert not renewed.due
    assert renewed.certfile == first.certfile


def test_a_broken_one_is_due(tmp_path: Path) -> None:
    made = make_pair(tmp_path, NAMES)
    Path(made.certfile).write_text("no certificate")
    assert read_pair(tmp_path, NAMES).due
    make_pair(tmp_path, NAMES)
    Path(made.keyfile).write_text("no key")
    found = read_pair(tmp_path, NAMES)
    assert found.due
    assert found.problem
