"""Where Jupyter puts its files: a table, and the real `jupyter_core` asked under the same environments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.jupyter.paths import data_dir, home_dir, own_runtime_dir, runtime_dir

ENVIRONMENTS: list[dict[str, str]] = [
    {},
    {"XDG_DATA_HOME": "/x/data"},
    {"XDG_DATA_HOME": ""},
    {"XDG_DATA_HOME": " "},
    {"XDG_RUNTIME_DIR": "/run/user/7"},
    {"JUPYTER_DATA_DIR": "/x/jupyter"},
    {"JUPYTER_DATA_DIR": "/x/jupyter", "XDG_DATA_HOME": "/x/data"},
    {"JUPYTER_RUNTIME_DIR": "/x/run"},
    {"JUPYTER_RUNTIME_DIR": "/x/run", "JUPYTER_DATA_DIR": "/x/jupyter"},
    {"JUPYTER_RUNTIME_DIR": "relative/run"},
    {"JUPYTER_RUNTIME_DIR": ""},
    {"JUPYTER_PLATFORM_DIRS": "1"},
    {"JUPYTER_PLATFORM_DIRS": "1", "XDG_DATA_HOME": "/x/data"},
    {"JUPYTER_PLATFORM_DIRS": "no", "XDG_DATA_HOME": "/x/data"},
    {"JUPYTER_PLATFORM_DIRS": "1", "JUPYTER_DATA_DIR": "/x/jupyter"},
    {"JUPYTER_NO_CONFIG": "1"},
    {"JUPYTER_CONFIG_DIR": "/x/config"},
]


@pytest.mark.parametrize("extra", ENVIRONMENTS, ids=lambda extra: ",".join(f"{k}={v}" for k, v in extra.items()) or "-")
def test_as_jupyter_core_itself_computes_it(extra: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "ada"
    home.mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), **extra}
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_core", "--paths", "--json"], env=environ, capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    assert runtime_dir(environ, home_dir(environ, "/nowhere"), sys.platform) == answer["runtime"][0]
    assert data_dir(environ, home_dir(environ, "/nowhere"), sys.platform) in answer["data"]


def test_a_home_that_is_a_link_is_resolved(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    environ = {"HOME": str(tmp_path / "link")}
    assert own_runtime_dir(environ) == str(tmp_path / "real" / ".local" / "share" / "jupyter" / "runtime")


@pytest.mark.parametrize(
    ("platform", "environ", "home", "expected"),
    [
        ("darwin", {}, "/Users/ada", "/Users/ada/Library/Jupyter/runtime"),
        ("darwin", {"XDG_DATA_HOME": "/x"}, "/Users/ada", "/Users/ada/Library/Jupyter/runtime"),
        ("darwin", {"JUPYTER_PLATFORM_DIRS": "1"}, "/U/ada", "/U/ada/Library/Application Support/Jupyter/runtime"),
        ("darwin", {"JUPYTER_RUNTIME_DIR": "/x/run"}, "/U/ada", "/x/run"),
        (
            "win32",
            {"APPDATA": r"C:\Users\ada\AppData\Roaming"},
            r"C:\Users\ada",
            r"C:\Users\ada\AppData\Roaming\jupyter\runtime",
        ),
        ("win32", {}, r"C:\Users\ada", r"C:\Users\ada\.jupyter\data\runtime"),
        ("win32", {"JUPYTER_CONFIG_DIR": r"D:\j"}, r"C:\Users\ada", r"D:\j\data\runtime"),
        ("win32", {"JUPYTER_DATA_DIR": r"D:\data"}, r"C:\Users\ada", r"D:\data\runtime"),
        ("win32", {"JUPYTER_PLATFORM_DIRS": "1", "LOCALAPPDATA": r"C:\L"}, r"C:\Users\ada", r"C:\L\Jupyter\runtime"),
        ("linux", {}, "/home/ada", "/home/ada/.local/share/jupyter/runtime"),
        ("freebsd14", {}, "/home/ada", "/home/ada/.local/share/jupyter/runtime"),
    ],
)
def test_other_systems(platform: str, environ: dict[str, str], home: str, expected: str) -> None:
    assert runtime_dir(environ, home, platform) == expected


@given(
    st.dictionaries(
        st.sampled_from(["XDG_DATA_HOME", "JUPYTER_DATA_DIR", "JUPYTER_PLATFORM_DIRS"]), st.text(max_size=20)
    )
)
def test_a_named_runtime_directory_beats_everything(environ: dict[str, str]) -> None:
    for platform in ("linux", "darwin", "win32"):
        assert runtime_dir({**environ, "JUPYTER_RUNTIME_DIR": "/x"}, "/home/ada", platform) == "/x"
