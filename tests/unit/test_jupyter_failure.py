"""What a server's last words mean: the words are those of real logs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.jupyter.failure import LINE_LIMIT, TAIL_LINES, cause_of, masked, tail_of

STAMP = "2026-11-23 04:00:00.000 ServerApp]"


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (f"[C {STAMP} Running as root is not recommended. Use --allow-root to bypass.", "add `-- --allow-root`"),
        (
            f"[C {STAMP} ERROR: the Jupyter server could not be started because port 8888 is not available.",
            "port 8888 was taken",
        ),
        (f"[I {STAMP} The port 8888 is already in use, trying another port.", "port 8888 was taken"),
        (
            f"[C {STAMP} Bad config encountered during initialization: The 'port' trait expected an int, not 'abc'.",
            "a setting is wrong: The 'port' trait expected an int, not 'abc'.",
        ),
        (
            f"[C {STAMP} Bad config encountered during initialization: No such directory: '/none'",
            "a setting is wrong: No such directory: '/none'",
        ),
        ("/usr/bin/python: No module named jupyterlab", "jupyterlab is not installed in this Python"),
        ("ModuleNotFoundError: No module named 'jupyter_server.x'", "jupyter_server.x is not installed"),
        ('ValueError: certfile "/none.pem" does not exist', '"/none.pem" does not exist'),
        ("OSError: [Errno 99] Cannot assign requested address", "is not one of this machine's"),
        ("socket.gaierror: [Errno -2] Name or service not known", "leads nowhere"),
        ("PermissionError: [Errno 13] Permission denied: '/srv/x'", "permission denied: '/srv/x'"),
        ("jupyter-lab: error: unrecognized arguments: --prot", "does not know this option: --prot"),
        ("the end", "Jupyter ended with status 3: the end"),
        ("", "Jupyter ended with status 3 and said nothing"),
    ],
)
def test_a_cause(log: str, words: str) -> None:
    assert words in cause_of(tail_of(log), 3)


def test_a_signal_is_named() -> None:
    assert cause_of((), -9) == "Jupyter ended with signal 9 and said nothing"


def test_the_tail_is_bounded_and_skips_empty_lines() -> None:
    tail = tail_of("\n\n".join(f"line {number}" for number in range(100)) + "\n" + "x" * 5000 + "\n")
    assert len(tail) == TAIL_LINES
    assert tail[0] == "line 81"
    assert len(tail[-1]) == LINE_LIMIT


@pytest.mark.parametrize(
    "line",
    [
        "http://localhost:8888/lab?token=0ff1ce&x=1",
        "token: '0ff1ce'",
        '"token": "0ff1ce"',
        "--IdentityProvider.token=0ff1ce",
        "password=0ff1ce",
        "hashed_password = 'argon2:0ff1ce'",
        "c.ServerApp.password = sha1:abc:0ff1ce",
    ],
)
def test_no_secret_stays(line: str) -> None:
    assert "0ff1ce" not in masked(line)


@given(st.text())
def test_what_is_shown_is_fit_for_a_terminal(text: str) -> None:
    for line in tail_of(text):
        assert "\x1b" not in line and "\r" not in line
    assert "\n" not in cause_of(tail_of(text), 1)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("c.ServerApp.token = 'ab&cd, ef'  # mine", "c.ServerApp.token = '***'  # mine"),
        ('{"token": "ab,cd\\"ef", "port": 1}', '{"token": "***", "port": 1}'),
        ('{"token": "", "password": "", "port": 1}', None),
        ("GET /?token=ab&cd=ef", "GET /?token=***&cd=ef"),
        ("password: it's", "password: ***'s"),
    ],
)
def test_a_secret_in_quotes_is_covered_up_to_their_end(line: str, shown: str | None) -> None:
    assert masked(line) == (line if shown is None else shown)
