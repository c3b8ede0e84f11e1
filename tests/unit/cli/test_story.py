"""One setting whole, as `jntui config get` prints it."""

from __future__ import annotations

import pytest

from jntui.cli.settings import story
from jntui.model import Setting, Source

PATH = "/h/.jupyter/jupyter_server_config.py"


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        (Source("file", PATH, 3, text="9001"), "hides    9001 in ~/.jupyter/jupyter_server_config.py:3"),
        (Source("computed", PATH, 3, text="computed"), "hides    computed in ~/.jupyter/jupyter_server_config.py:3"),
        (Source("computed", PATH, 3, text="base + 1"), "hides    base + 1, computed in ~/.jupyter/jupyter_server"),
        (Source("env", "JUPYTER_PORT", text="9002"), "hides    9002 in environment JUPYTER_PORT"),
    ],
)
def test_what_a_setting_hides(hidden: Source, said: str) -> None:
    port = Setting("port", "ServerApp", "integer", "the port", "8888", 1, "1", Source("default"), (hidden,))
    assert said in story(port, "/h")
