"""Every setting of a Jupyter: asked of that Jupyter itself, kept by version, with the values that its files give."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jntui.jupyter.command_line import LAB
from jntui.jupyter.settings import traits
from jntui.jupyter.settings.subject import Subject
from jntui.model import Setting, TraitsUnknown
from jntui.monitor.survey import Survey
from jntui.process import Processes
from tests.live.changing import jntui, refused
from tests.live.servers import clean_environment

_OWN_WORDS = """
import json
from jupyter_server.serverapp import ServerApp
from traitlets.config import Configurable
print(json.dumps([f"{cls.__name__}.{name}" for top in (ServerApp, *ServerApp.classes) for cls in top.__mro__
                  if issubclass(cls, Configurable) for name in cls.class_own_traits(config=True)]))
"""
CONFIG = """\
c.MappingKernelManager.cull_interval = 60
c.FileContentsManager.allow_hidden = True
c.ServerApp.log_level = 'DEBUG'
c.LabApp.news_url = None
c.GatewayClient.auth_token = 'hunter2-hunter2'
c.ServerApp.cookie_secret = 'hunter2-hunter2'
import os; c.ServerApp.extra_static_paths = [os.getcwd()]
c.ServerApp.tornado_settings = {'autoreload': True, 'headers': {'Authorization': 'token hunter2-hunter2'}}
c.ServerApp.websocket_url = 'wss://ada:hunter2-hunter2@lab.example/'
c.ServerApp.browser = 'kiosk --token=hunter2-hunter2'
c.ServerApp.port = 9000
c.GatewayClient.headers = '{"Authorization": "token hunter2-hunter2"}'
c.ServerApp.extra_template_paths = ['{"token": "hunter2-hunter2"}']
"""
OLDER_NAMES = {"ServerApp.password", "ServerApp.token", "ServerApp.password_required", "ServerApp.notebook_dir"}


def of(home: Path) -> dict[str, Setting]:
    return {f"{one.cls}.{one.name}": one for one in Survey(clean_environment(home)).every_setting(None)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    path = home / ".jupyter" / "jupyter_server_config.py"
    path.parent.mkdir()
    path.write_text(CONFIG)
    return home


@pytest.fixture(scope="module")
def every(home: Path) -> dict[str, Setting]:
    return of(home)


def test_all_that_jupyter_names_are_there_with_its_own_help(every: dict[str, Setting]) -> None:
    said = subprocess.check_output([sys.executable, "-c", _OWN_WORDS], text=True, timeout=240)
    assert set(json.loads(said)) - every.keys() <= OLDER_NAMES
    assert {"PasswordIdentityProvider.hashed_password", "IdentityProvider.token", "LabApp.dev_mode"} <= every.keys()
    interval = every["MappingKernelManager.cull_interval"]
    assert (interval.type, interval.default) == ("integer", "300")
    assert "The interval (in seconds) on which to check for idle kernels" in interval.doc
    assert every["ServerApp.ip"].doc.startswith("The IP address the Jupyter server will listen on")
    assert every["ServerApp.ip"].help.startswith("the address it listens on")
    level = every["Application.log_level"]
    assert (level.type, "'DEBUG'" in level.choices) == ("one of", True)
    assert every["ServerApp.cookie_secret_file"].default == "worked out at each start"


def test_each_has_the_value_of_the_file_whatever_class_is_written_there(every: dict[str, Setting]) -> None:
    def said(name: str) -> tuple[object, str, int | None]:
        return every[name].value, every[name].source.name, every[name].source.line

    assert said("MappingKernelManager.cull_interval") == (60, "MappingKernelManager.cull_interval", 1)
    assert said("ContentsManager.allow_hidden") == (True, "FileContentsManager.allow_hidden", 2)
    assert said("Application.log_level") == ("DEBUG", "ServerApp.log_level", 3)
    assert (every["LabApp.news_url"].shown, every["LabApp.news_url"].source.line) == ("None", 4)
    assert every["ServerApp.extra_static_paths"].shown == "computed"
    assert said("ServerApp.tornado_settings")[0] == {"autoreload": True, "headers": {"Authorization": "..."}}
    assert said("ServerApp.websocket_url")[0] == "wss://ada:...@lab.example/"
    assert said("ServerApp.browser")[0] == "kiosk --token=..."
    assert said("ServerApp.port") == (9000, "ServerApp.port", 11)
    assert every["ConnectionFileMixin.ip"].source.kind == "default"


def test_no_secret_is_in_it(every: dict[str, Setting], home: Path) -> None:
    assert every["GatewayClient.auth_token"].secret
    assert every["ServerApp.cookie_secret"].secret
    assert every["GatewayClient.headers"].secret
    assert every["ServerApp.extra_template_paths"].value == ['{"token": "..."}']
    assert "hunter2" not in "".join(map(repr, every.values()))
    assert not [path for path in (home / ".local").rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()]


def test_it_is_asked_once_for_each_version_and_again_if_what_was_kept_is_corrupt(
    every: dict[str, Setting], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / ".local" / "state" / "jntui" / "traits"
    (kept,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)
    good = kept.read_bytes()
    kept.write_bytes(good[: len(good) // 2])
    assert of(home).keys() == every.keys()
    assert len(json.loads(kept.read_bytes())["traits"]) == len(json.loads(good)["traits"])
    monkeypatch.setattr(traits, "TIMEOUT_S", 0.0)
    assert of(home).keys() == every.keys()
    kept.write_bytes(b'{"traits": [{"cls": 1}], "classes": []}')
    with pytest.raises(TraitsUnknown, match="gave no answer within"):
        of(home)
    for number in range(traits.FILES_LIMIT + 3):
        (folder / f"{number}.json").write_bytes(b"{}")
    monkeypatch.undo()
    of(home)
    assert len(list(folder.iterdir())) == traits.FILES_LIMIT


def test_a_python_without_jupyter_says_so(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True, timeout=240)
    environ = clean_environment(tmp_path)
    subject = Subject(None, environ, str(tmp_path), str(bare / "bin" / "python"), app=LAB)
    with pytest.raises(TraitsUnknown, match="has no Jupyter that loads"):
        traits.listed(subject, Processes(), tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_a_command_shows_them_all(every: dict[str, Setting], home: Path) -> None:
    shown = jntui(home, "config", "show", "--all")
    assert shown.returncode == 0, shown.stderr
    assert len([line for line in shown.stdout.splitlines() if "MappingKernelManager.cull_interval" in line]) == 1
    assert "hunter2" not in shown.stdout
    document = json.loads(jntui(home, "config", "show", "--all", "--json").stdout)
    assert {f"{one['class']}.{one['name']}" for one in document["settings"]} == every.keys()
    assert "do not go together" in refused(home, "config", "show", "--all", "--file", "x.py")
