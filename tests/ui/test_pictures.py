"""The pictures of the README are those of the present screen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from screenshots.canned import TOKEN

ROOT = Path(__file__).resolve().parents[2]


def test_no_picture_is_stale() -> None:
    command = [sys.executable, str(ROOT / "screenshots" / "draw.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_picture_holds_a_token() -> None:
    pictures = list((ROOT / "screenshots").glob("*.svg"))
    assert len(pictures) >= 12
    assert not [path.name for path in pictures if TOKEN in path.read_text(encoding="utf-8")]
