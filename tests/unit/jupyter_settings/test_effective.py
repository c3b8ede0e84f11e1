"""Whole configurations, on real files: troubles, secrets, other users, files that come and go."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jntui.jupyter.command_line import GATEWAY, HUB, LAB, NOTEBOOK, SERVER
from jntui.jupyter.settings.effective import configuration
from jntui.jupyter.settings.subject import Subject, of_caller, of_server
from jntui.model import Configuration, Server, Setting
from tests.contract.fake_processes import FakeProcesses

PYTHON = "/env/bin/python"
PACKAGES = {"jupyter_server": "2.21.1", "jupyterlab": "4.6.6", "notebook": "7.6.5"}


class World:
    """A home, a prefix and a Python that names them."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.own = self.home / ".jupyter"
        self.prefix = folder / "env"
        for place in (self.own, self.prefix / "etc" / "jupyter"):
            place.mkdir(parents=True)
        self.write("jupyter_server_config.d/all.json", '{"ServerApp": {"jpserver_extensions": {"jupyterlab": true}}}')
        self.packages = dict(PACKAGES)

    def write(self, name: str, text: str) -> Path:
        path = self.own / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def processes(self) -> FakeProcesses:
        paths = [str(self.own), str(self.prefix / "etc" / "jupyter")]
        answer = json.dumps({"config": paths, "prefix": str(self.prefix), "packages": self.packages})
        return FakeProcesses(outputs={PYTHON: answer})

    def subject(self, *words: str, app: str = LAB, **environ: str) -> Subject:
        environ = {"HOME": str(self.home), **environ}
        return Subject(None, environ, str(self.home), PYTHON, "", app, words, cwd=str(self.home))

    def look(self, *words: str, app: str = LAB, **environ: str) -> Configuration:
        return configuration(self.subject(*words, app=app, **environ), self.processes)


def test_files_at_the_paths_of_a_container_are_not_its_own(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("jupyter_server_config.py", "c.ServerApp.port = 9001\n")
    (tmp_path / "token").write_text("abc")
    environ = {"JUPYTER_TOKEN_FILE": str(tmp_path / "token")}
    subject = replace(world.subject("--ip=::", "--notebook-dir=/no/such", **environ), reaches_files=False, python=None)
    found = configuration(subject, world.processes)
    shown = {one.name: (one.value, one.shown, one.note) for one in found.settings}
    assert shown["port"] == (None, "not known", "may be set in a file that jntui cannot read")
    assert shown["ip"] == ("::", "'::'", "")
    assert shown["root_dir"] == ("/no/such", "'/no/such'", "")
    assert shown["token"][1] == "not known"
    assert not any(file.exists and not file.because for file in found.files)
    assert "it runs in a container or another root directory: what its config files set is not known" in found.notes


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def get(found: Configuration, name: str) -> Setting:
    setting = found.setting(name)
    assert setting is not None, name
    return setting


def test_an_empty_home_has_defaults(world: World) -> None:
    found = world.look()
    assert found.assumed == ""
    assert found.notes == ()
    assert {setting.source.kind for setting in found.settings} == {"default", "computed"}
    assert get(found, "port").value == 8888
    assert (get(found, "token").value, get(found, "token").secret) == (None, True)
    assert get(found, "root_dir").value == str(world.home)
    assert [file.order for file in found.files] == list(range(1, len(found.files) + 1))
    assert not any(file.exists and not file.because for file in found.files)
    assert all(setting.needs_restart is None and setting.running == "" for setting in found.settings)


def test_the_file_and_the_line_that_decide(world: World) -> None:
    path = world.write("jupyter_server_config.py", "\n\nc.ServerApp.port = 9001\n")
    source = get(world.look(), "ServerApp.port").source
    assert (source.kind, source.path, source.line, source.name) == ("file", str(path), 3, "ServerApp.port")
    assert (source.text, source.level) == ("9001", "user")


def test_a_syntax_error_is_said_above_all(world: World) -> None:
    world.write("jupyter_server_config.py", "c.ServerApp.port = 9001\nc.ServerApp.ip = (\n")
    found = world.look()
    assert get(found, "port").value == 8888
    assert "line 2" in found.notes[0]
    assert "starts with defaults for what stands in it" in found.notes[0]
    broken = next(file for file in found.files if file.exists)
    assert (broken.dropped, broken.line, len(broken.caret)) == (True, 2, 2)


def test_what_ends_jupyter_is_said_beside_the_setting(world: World) -> None:
    world.write("jupyter_server_config.py", "c.ServerApp.port = 'abc'\nc.ServerApp.root_dir = '/no/such'\n")
    found = world.look("--ServerApp.quit_button=perhaps", JUPYTER_PORT_RETRIES="many")
    assert get(found, "port").note == "Jupyter will not start with it: port is an integer"
    assert get(found, "port").value is None
    assert "no such directory" in get(found, "root_dir").note
    assert "quit_button is True or False" in get(found, "quit_button").note
    assert "integer" in get(found, "port_retries").note


def test_a_misspelt_trait_and_a_config_file_that_is_not_there(world: World) -> None:
    world.write("jupyter_config.py", "c.ServerApp.prot = 1\n")
    found = world.look("--config=nowhere.py")
    assert "jupyter_config.py line 1: ServerApp has no trait prot; did you mean port?" in found.notes
    assert any("named by --config, is not there" in note for note in found.notes)


SECRETS = {
    "token": "tok-en-that-nobody-may-see",
    "hash": "argon2:$argon2id$v=19$m=10240,t=10,p=8$c29tZXNhbHQ$aGFzaHRoYXRub2JvZHlzZWVz",
    "sha": "sha1:67c9e60bb8b6:9ffede0825894254b2e042ea597d771089e11aed",
    "plain": "hunter2hunter2",
    "env": "fromtheenvironment",
    "option": "fromthecommandline",
}


def test_no_secret_is_shown_anywhere(world: World) -> None:
    world.write(
        "jupyter_server_config.py",
        f"c.ServerApp.token = '{SECRETS['token']}'\nc.ServerApp.password = '{SECRETS['hash']}'\n"
        f"c.PasswordIdentityProvider.hashed_password = '{SECRETS['plain']}'\n"
        f"c.ServerApp.custom_display_url = 'http://a/?token={SECRETS['token']}'\n"
        f"import os\nif os.name:\n    c.IdentityProvider.token = '{SECRETS['token']}'\n",
    )
    world.write("jupyter_server_config.json", f'{{"IdentityProvider": {{"hashed_password": "{SECRETS["sha"]}"}}}}')
    world.write("jupyter_config.json", f'{{"IdentityProvider": {{"token": ["{SECRETS["token"]}"]}}}}')
    world.write(
        "jupyter_lab_config.py",
        f"c.NotebookApp.token = '{SECRETS['token']}'\nc.NotebookApp.token = '{SECRETS['token']}\n",
    )
    subject = world.subject(f"--PasswordIdentityProvider.token={SECRETS['option']}", JUPYTER_TOKEN=SECRETS["env"])
    found = configuration(subject, world.processes)
    text = repr(found) + repr(subject) + repr([setting.value for setting in found.settings])
    assert [name for name, secret in SECRETS.items() if secret[:12] in text or secret[-12:] in text] == []
    assert get(found, "token").shown == "token, 18 characters"
    assert get(found, "hashed_password").shown == "not a hash: no login works"
    kinds = {one.text for name in ("token", "hashed_password") for one in get(found, name).shadowed}
    assert {"token, 18 characters", "argon2 hash", "sha1 hash", "computed"} <= kinds


def test_a_token_file_with_a_line_break(world: World) -> None:
    path = world.write("token", "0123456789\n")
    token = get(world.look(JUPYTER_TOKEN_FILE=str(path)), "token")
    assert (token.shown, token.source.kind, token.source.path) == ("token, 11 characters", "env", "JUPYTER_TOKEN_FILE")
    assert "line break" in token.note
    assert get(world.look(JUPYTER_TOKEN_FILE=".jupyter/token"), "token").shown == token.shown
    missing = get(world.look(JUPYTER_TOKEN_FILE="/no/such"), "token")
    assert missing.shown == "in a file that cannot be read"


def test_what_is_no_file_is_said_and_waits_for_nothing(world: World) -> None:
    os.mkfifo(world.own / "jupyter_server_config.py")
    (world.own / "jupyter_server_config.json").mkdir()
    (world.own / "jupyter_config.py").symlink_to("jupyter_config.py")
    (world.own / "jupyter_lab_config.py").write_bytes(os.urandom(4096) + b"\0")
    found = world.look()
    assert get(found, "port").value == 8888
    troubles = {Path(file.path).name: file.trouble for file in found.files if file.trouble}
    assert "pipe" in troubles["jupyter_server_config.py"]
    assert "directory" in troubles["jupyter_server_config.json"]
    assert "jupyter_lab_config.py" in troubles


def test_variables_that_switch_files_off(world: World) -> None:
    world.write("jupyter_server_config.py", "c.ServerApp.port = 1\n")
    found = world.look(JUPYTER_NO_CONFIG="1")
    assert (found.files, get(found, "port").value) == ((), 8888)
    assert found.notes == ("JUPYTER_NO_CONFIG is set: Jupyter reads no config file",)


def test_jupyter_server_1_holds_token_and_password_itself(world: World) -> None:
    world.packages["jupyter_server"] = "1.24.0"
    world.write("jupyter_server_config.py", "c.ServerApp.password = 'sha1:a:b'\nc.IdentityProvider.token = 'abc'\n")
    found = world.look(app=SERVER)
    assert (get(found, "hashed_password").cls, get(found, "password").shown) == ("ServerApp", "sha1 hash")
    assert get(found, "token").shown == "none: a password is set"
    assert found.setting("allow_unauthenticated_access") is None


def test_notebook_6_by_its_package(world: World) -> None:
    world.packages["notebook"] = "6.5.7"
    world.write("jupyter_notebook_config.py", "c.NotebookApp.notebook_dir = '/'\n")
    found = world.look(app=NOTEBOOK)
    assert get(found, "root_dir") is get(found, "NotebookApp.notebook_dir")
    assert {Path(file.path).stem for file in found.files} == {"jupyter_config", "jupyter_notebook_config"}
    assert get(found, "root_dir").value == "/"


def test_the_kernel_gateway(world: World) -> None:
    world.write("jupyter_kernel_gateway_config.py", "c.KernelGatewayApp.port = 9\nc.JupyterApp.ip = '*'\n")
    found = world.look("--KernelGatewayApp.port=10", app=GATEWAY, KG_AUTH_TOKEN="abc", KG_BASE_URL="/g")
    assert (get(found, "port").value, get(found, "ip").value, get(found, "base_url").value) == (10, "*", "/g")
    assert (get(found, "token").name, get(found, "token").shown) == ("auth_token", "token, 3 characters")


def test_a_hub_decides_by_its_variables(world: World) -> None:
    world.write("jupyter_server_config.py", "c.ServerApp.port = 9\nc.ServerApp.open_browser = True\n")
    hub = {"JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:4321/user/ada/", "JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}
    found = world.look(app=HUB, **hub)
    port = get(found, "port")
    assert (port.value, port.source.kind, port.source.path) == (4321, "env", "JUPYTERHUB_SERVICE_URL")
    assert [one.text for one in port.shadowed] == ["9"]
    assert (get(found, "ip").value, get(found, "base_url").value) == ("127.0.0.1", "/user/ada/")
    assert get(found, "open_browser").value is False
    assert get(found, "allow_remote_access").source.text == "by JupyterHub"
    assert get(world.look("--port=7", app=HUB, **hub), "port").value == 7
    assert {get(found, name).shown for name in ("token", "hashed_password")} == {"the hub decides"}


def test_values_that_are_no_paths_end_nothing(world: World) -> None:
    world.write("jupyter_server_config.py", "c.ServerApp.root_dir = 'a\\0b'\nc.JupyterApp.config_file = 'x\\0.py'\n")
    world.write("jupyter_server_config.json", json.dumps({"ServerApp": {"certfile": "x" * 5000, "sock": "\x1b[2J"}}))
    found = world.look("--config=" + "y" * 5000)
    assert get(found, "certfile").source.kind == "default"
    found = world.look("z" * 5000, "--no-browser")
    assert "no such directory" in get(found, "root_dir").note
    assert "\x1b" not in get(found, "sock").shown


def test_a_server_of_another_user_is_read_without_running_its_python(world: World) -> None:
    processes = world.processes
    uid = os.geteuid() + 1
    processes.add(42, f"{PYTHON} -m jupyterlab --port=9009", uid=uid, user="bob")
    found = configuration(of_server(Server("jpserver-42", "running", pid=42, app=LAB), processes), processes)
    assert found.server == "jpserver-42"
    assert found.assumed == "it runs as bob, whose Python jntui does not run"
    assert any("environment cannot be read" in note for note in found.notes)
    assert (get(found, "port").value, get(found, "port").source.kind) == (9009, "command line")


def test_a_server_by_its_process(world: World, tmp_path: Path) -> None:
    processes = world.processes
    processes.outputs[sys.executable] = processes.outputs[PYTHON]
    processes.add(42, f"{sys.executable} /env/bin/jupyter-lab --ip=::1")
    processes.environs[42] = {"HOME": str(world.home), "JUPYTER_TOKEN": "abcde"}
    processes.cwds[42] = str(tmp_path)
    server = Server("jpserver-42", "running", pid=42, app=LAB, python=sys.executable, version="2.21.1")
    subject = of_server(server, processes)
    assert (subject.python, subject.words, subject.words_known) == (sys.executable, ("--ip=::1",), True)
    found = configuration(subject, processes)
    assert found.assumed == ""
    assert get(found, "token").shown == "token, 5 characters"
    assert get(found, "root_dir").value == str(tmp_path)
    container = replace(server)
    processes.namespaces[42] = "other"
    assert "container" in of_server(container, processes).reason


def test_an_embedded_server_may_set_more(world: World) -> None:
    processes = world.processes
    processes.add(42, f"{PYTHON} myapp.py --port=1")
    processes.environs[42] = {"HOME": str(world.home)}
    found = configuration(of_server(Server("jpserver-42", "running", pid=42, app=SERVER), processes), processes)
    assert get(found, "port").value == 8888
    assert any("may set more" in note for note in found.notes)


def test_the_caller_without_any_jupyter_is_assumed(tmp_path: Path) -> None:
    processes = FakeProcesses()
    environ = {"HOME": str(tmp_path), "PATH": ""}
    found = configuration(of_caller(processes, environ, str(tmp_path), str(tmp_path)), processes)
    assert "no Python with Jupyter" in found.assumed or found.assumed
    assert get(found, "port").value == 8888


def test_everything_can_be_written_as_json(world: World) -> None:
    world.write(
        "jupyter_server_config.py",
        "c.ServerApp.local_hostnames = {'a'}\nc.ServerApp.port = 10**9\nc.ServerApp.ip = b'x'\n",
    )
    values: list[Any] = [setting.value for setting in world.look().settings]
    assert json.loads(json.dumps(values)) == values


def test_a_file_that_is_left_out_and_ends_jupyter_is_not_said_to_start_with_defaults(tmp_path: Path) -> None:
    """Left out as a config file, it is read once more for the extensions that it lists."""
    world = World(tmp_path)
    (world.own / "jupyter_server_config.json").write_bytes(b"\xf9")
    notes = [note for note in world.look().notes if note.startswith("jupyter_server_config.json")]
    assert [note.partition("; ")[2] for note in notes] == [
        "Jupyter leaves the whole file out",
        "Jupyter does not start with it",
    ]
