"""Makes the canned snapshots importable and keeps the terminal of whoever runs the tests out of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

for place in (Path(__file__).resolve().parents[2], Path(__file__).resolve().parent):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "JNTUI_ASCII", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
