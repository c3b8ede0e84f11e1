from __future__ import annotations

import pytest

from jntui.model import SshSession
from jntui.network.ssh_session import parse_connection, session

GOOD = "192.168.2.23 50022 192.168.2.169 22"
HERE = SshSession("192.168.2.23", "192.168.2.169", 22)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (GOOD, HERE),
        ("fe80::9%eth0 50022 fe80::1%eth0 22", SshSession("fe80::9", "fe80::1", 22)),
        ("::ffff:10.0.0.2 5 ::ffff:10.0.0.1 2222", SshSession("10.0.0.2", "10.0.0.1", 2222)),
        ("2001:DB8::2 5 2001:db8:0::1 22", SshSession("2001:db8::2", "2001:db8::1", 22)),
        ("", None),
        ("192.168.2.23 50022 192.168.2.169", None),
        ("192.168.2.23 50022 192.168.2.169 22 9", None),
        ("UNKNOWN 65535 UNKNOWN 65535", None),
        ("192.168.2.23 x 192.168.2.169 22", None),
        ("192.168.2.23 50022 192.168.2.169 0", None),
        ("192.168.2.23 50022 192.168.2.169 70000", None),
        ("host 50022 192.168.2.169 22", None),
        ("192.168.2.23 50022 \x1b[2J 22", None),
    ],
)
def test_connection_values(value, expected):
    assert parse_connection(value) == expected
    assert session({"SSH_CONNECTION": value}) == expected


def test_no_session_without_the_variable():
    assert session({}) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"SSH_CONNECTION={GOOD}\n", HERE),
        ("-SSH_CONNECTION\n", None),
        ("SSH_CONNECTION=\n", None),
        ("unknown\n", None),
        ("", None),
        (None, None),
    ],
)
def test_in_tmux_only_tmux_is_believed(said, expected):
    asked = []

    def run(argv, timeout_s):
        asked.append((tuple(argv), timeout_s))
        return said

    old = "10.0.0.9 1 10.0.0.1 22"
    assert session({"TMUX": "/tmp/tmux-0/default,1,0", "SSH_CONNECTION": old}, run) == expected
    assert asked == [(("tmux", "show-environment", "SSH_CONNECTION"), 0.5)]


def test_a_tmux_that_cannot_be_asked_claims_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert session({"TMUX": "/nowhere,1,0", "SSH_CONNECTION": GOOD}) is None


def test_a_tmux_that_hangs_or_fails_claims_nothing(monkeypatch, tmp_path):
    program = tmp_path / "tmux"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for script in ("exec sleep 60", f"echo SSH_CONNECTION={GOOD}; exit 1"):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        assert session({"TMUX": "x"}) is None
    program.write_text(f"#!/bin/sh\necho 'SSH_CONNECTION={GOOD}'\n")
    assert session({"TMUX": "x"}) == HERE


def test_who_logged_in_is_known_where_sudo_says_it():
    found = session({"SSH_CONNECTION": GOOD, "SUDO_USER": "ada", "USER": "root"})
    assert found is not None
    assert found.user == "ada", "sshd knows ada, and may let no root in"
    for strange in ("", "a b", "-oProxyCommand=x", "a;b"):
        assert session({"SSH_CONNECTION": GOOD, "SUDO_USER": strange}) == session({"SSH_CONNECTION": GOOD})
