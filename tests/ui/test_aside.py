"""`E` in a real terminal: the screen steps aside for the editor, ctrl+c there is the editor's, and it comes back."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]

EDITOR = """#!/bin/sh
trap 'echo interrupted >> "$1"; echo GOT-IT' INT
echo EDITOR-OF "$1"
until read line; do :; done
echo "$line" >> "$1"
"""

PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {ui!r}]
from test_editor import with_file
from screenshots.source import CannedSource
from jntui.tui.app import run
sys.exit(run(CannedSource(with_file(Path(sys.argv[1])))))
"""


def test_the_screen_steps_aside_and_comes_back(tmp_path: Path) -> None:
    config, editor = tmp_path / "conf.py", tmp_path / "editor"
    config.write_text("c.ServerApp.port = 1\n", encoding="utf-8")
    editor.write_text(EDITOR, encoding="utf-8")
    editor.chmod(stat.S_IRWXU)
    keep = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    env = {**keep, "HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8", "EDITOR": str(editor)}
    program = PROGRAM.format(root=str(ROOT), ui=str(ROOT / "tests" / "ui"))
    terminal = Terminal([sys.executable, "-c", program, str(config)], env)
    try:
        terminal.wait_for("Config of :8888")
        terminal.press("3", "E")
        terminal.wait_for("EDITOR-OF")
        assert not terminal.modes[1049], "the editor has the terminal's own screen"
        terminal.press("ctrl+c")
        terminal.wait_for("GOT-IT")
        terminal.press("c.ServerApp.ip = '*'", "enter")
        terminal.wait_for("nothing wrong was found in conf.py now")
        assert terminal.modes[1049]
        terminal.wait_for(lambda text: "Endpoints of :8888" in text and "Config of :8888" in text)
        terminal.press("q")
        assert terminal.wait(30) == 0, terminal.text
        assert terminal.restored()
    finally:
        terminal.close()
    assert config.read_text(encoding="utf-8").splitlines()[1:] == ["interrupted", "c.ServerApp.ip = '*'"]
