"""Names of config files in few cells: what stays, and that two files never look the same."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from jntui.tui.file_names import file_name

USER = "~/.jupyter/jupyter_server_config.py"
FILES = [
    f"{folder}/{name}.{kind}"
    for folder in ("~/.jupyter", "~/.venv/etc/jupyter", "/usr/local/etc/jupyter", "/etc/jupyter")
    for name in ("jupyter_server_config", "jupyter_config", "jupyter_lab_config", "jupyter_notebook_config")
    for kind in ("py", "json")
]


@pytest.mark.parametrize(
    ("path", "cells", "shown"),
    [
        (USER, 38, "~/.jupyter/jupyter_server_config.py:2"),
        (USER, 34, "~/.jupyter/…server_config.py:2"),
        (USER, 22, "~/…server_config.py:2"),
        ("~/.jupyter/jupyter_server_config.json", 22, "~/…server….json:2"),
        ("~/.venv/etc/jupyter/jupyter_lab_config.py", 22, "~/.venv/…lab….py:2"),
        ("/opt/conda/envs/data/etc/jupyter/jupyter_config.py", 22, "…/data/…config.py:2"),
        ("~/.jupyter/jupyter_server_config.d/my.json", 34, "~/…server_config.d/my.json:2"),
        ("/srv/given.py", 22, "/srv/given.py:2"),
        ("/srv/a/b/c/a_name_of_thirty_characters.py", 22, "…/c/…y_characters.py:2"),
    ],
)
def test_what_stays(path: str, cells: int, shown: str) -> None:
    assert file_name(path, cells, "…", ":2") == shown


@pytest.mark.parametrize("cells", [22, 34, 36])
def test_no_two_files_look_the_same(cells: int) -> None:
    shown = [file_name(path, cells, "…", ":12" if cells == 22 else "") for path in FILES]
    assert all(cell_len(name) <= cells for name in shown)
    assert sorted(set(shown)) == sorted(shown)
