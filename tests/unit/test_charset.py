"""What a terminal that shows ASCII alone gets from a command."""

from __future__ import annotations

import io
import json

import pytest

from jntui.cli.outlet import Outlet
from jntui.process.charset import takes_ascii_alone

TEXT = "✓ http://lab/ → works…  実 ü\n"


class Screen(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def printed(stream: io.TextIOWrapper) -> str:
    print(TEXT, end="", file=Outlet(stream))  # type: ignore[arg-type]
    stream.flush()
    return stream.buffer.getvalue().decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(("locale", "shown"), [("C", "+ http://lab/ -> works...  ? ?\n"), ("de_DE.UTF-8", TEXT)])
def test_a_terminal_is_written_to_as_its_locale_says(monkeypatch: pytest.MonkeyPatch, locale: str, shown: str) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.delenv("JNTUI_ASCII", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert printed(Screen(io.BytesIO(), encoding="utf-8")) == shown


def test_what_is_piped_elsewhere_is_whole_and_json_is_never_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert printed(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) == TEXT
    assert json.dumps(TEXT).isascii()


def test_an_encoding_without_them_breaks_nothing() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    assert takes_ascii_alone(stream)
    assert printed(stream) == "+ http://lab/ -> works...  ? ?\n"
