"""Cutting, wrapping and signs: pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from jntui.model import VERDICTS
from jntui.tui.cutting import cut_end, cut_path, cut_url, wrapped
from jntui.tui.signs import ASCII, UNICODE, group_of, signs_for


@pytest.mark.parametrize(
    ("url", "cells", "cut"),
    [
        ("http://localhost:8888/", 40, "http://localhost:8888/"),
        ("http://[2001:db8:85a3:8d3:1319:8a2e:370:7348]:8888/", 45, "http://[2001:db8:85a3:8…:8a2e:370:7348]:8888/"),
        ("https://fuzzy-otter-prairie.example.org/lab/", 34, "https://fuzzy-otte…xample.org/lab/"),
    ],
)
def test_a_url_loses_the_middle_of_its_host(url: str, cells: int, cut: str) -> None:
    assert cut_url(url, cells, "…") == cut
    assert cell_len(cut) <= cells


@pytest.mark.parametrize(
    ("path", "cells", "cut"),
    [
        ("~/work", 10, "~/work"),
        ("~/研究/データ解析/2026年度/実験ノート", 24, "~/…/2026年度/実験ノート"),
        ("~/研究/データ解析/2026年度/実験ノート", 15, "~/…/実験ノート"),
        ("/srv/a/very/long/way/down", 14, "/…/way/down"),
    ],
)
def test_a_path_keeps_its_root_and_its_end(path: str, cells: int, cut: str) -> None:
    assert cut_path(path, cells, "…") == cut


@given(st.text(max_size=60), st.integers(0, 40))
def test_what_was_cut_fits(text: str, cells: int) -> None:
    assert cell_len(cut_end(text, cells, "…")) <= max(cells, 1)
    assert cell_len(cut_url(text, cells, "…")) <= max(cells, 1)
    assert cell_len(cut_path(text, cells, "…")) <= max(cells, 1)


@given(st.text(alphabet="ab 実-", max_size=80), st.integers(2, 30))
def test_wrapping_loses_nothing(text: str, cells: int) -> None:
    lines = wrapped(text, cells)
    assert all(cell_len(line) <= cells for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_host_names_are_not_broken_at_hyphens() -> None:
    assert wrapped("use lab-box-number-one now", 20) == ["use", "lab-box-number-one", "now"]


def test_red_is_only_for_what_should_work() -> None:
    groups = {verdict: group_of(verdict, "lan") for verdict in VERDICTS}
    assert [verdict for verdict, group in groups.items() if group == "works"] == ["ok", "login"]
    assert [verdict for verdict, group in groups.items() if group == "catch"] == ["tls-untrusted", "page-only"]
    assert [verdict for verdict, group in groups.items() if group == "calm"] == ["not-listening"]
    assert group_of("open", "this-machine") == "catch"
    assert groups["open"] == "alarm"


@pytest.mark.parametrize(
    ("environ", "signs"),
    [
        ({"LANG": "en_GB.UTF-8"}, UNICODE),
        ({"LANG": "C"}, ASCII),
        ({"LC_ALL": "POSIX", "LANG": "de_DE.utf8"}, ASCII),
        ({}, UNICODE),
        ({"TMUX": "/tmp/x"}, ASCII),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, ASCII),
        ({"JNTUI_ASCII": "1", "LANG": "C.UTF-8"}, ASCII),
    ],
)
def test_the_locale_chooses_the_signs(environ: dict[str, str], signs: object) -> None:
    assert signs_for(environ) is signs
