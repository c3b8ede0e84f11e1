"""Text made to fit: what is left of it says most."""

from __future__ import annotations

import pytest

from jntui.tui.cutting import cut_url, wrapped

LONG = "http://[2001:db8:85a3:8d3:1319:8a2e:370:7348]:8888/"


@pytest.mark.parametrize(
    ("url", "cells", "shown"),
    [
        (LONG, 45, "http://[2001:db8:85a3:8…:8a2e:370:7348]:8888/"),
        (LONG + "?token=0123456789abcdef", 45, "http://[2001:db8:85a3:8…:8a2e:370:7348]:8888/"),
        ("http://localhost:8888/?token=0123456789abcdef", 34, "http://localhost:8888/?token=0123…"),
    ],
)
def test_a_url_keeps_its_port_longer_than_its_token(url: str, cells: int, shown: str) -> None:
    assert cut_url(url, cells, "…") == shown


@pytest.mark.parametrize("cells", range(1, 60))
def test_nothing_of_a_long_word_is_lost(cells: int) -> None:
    for word in ("/home/ada/.jupyter/jupyter_server_config.py:12", LONG, "x" * 100, "/" * 9):
        parts = wrapped(word, cells)
        assert "".join(parts) == word
        assert all(0 < len(part) <= cells for part in parts)


def test_a_path_is_broken_after_a_slash() -> None:
    path = "~/.jupyter/jupyter_server_config.py:12"
    assert wrapped(path, 35) == ["~/.jupyter/", "jupyter_server_config.py:12"]
    assert wrapped(LONG, 20)[0] == LONG[:20]


def test_a_number_keeps_its_unit() -> None:
    assert wrapped("it still runs after 5 s, and SIGKILL is left", 21) == [
        "it still runs after",
        "5 s, and SIGKILL is",
        "left",
    ]
    assert wrapped("pid 4711, 3.1 GiB, CPU 100 % of one core", 13) == [
        "pid 4711,",
        "3.1 GiB, CPU",
        "100 % of one",
        "core",
    ]
    assert wrapped("a 5 s", 3) == ["a", "5 s"]
    assert wrapped("123456 s", 3) == ["123", "456", "s"]
