"""The plan of a start over a fake process seam: which Python, which application, which command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from jntui.jupyter import launch
from jntui.jupyter.interpreter import python_of, python_of_script
from jntui.jupyter.managed import ManagedServers, Record, state_dir
from jntui.model import Listener, StartFailed, StartPlan, StartRequest
from tests.contract.fake_processes import FakeProcesses
from tests.live.servers import free_port


class Machine:
    """Pythons that exist as empty files, and what each says it has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes = FakeProcesses()
        self.environ = {"HOME": str(folder), "PATH": str(folder / "path")}
        (folder / "path").mkdir()

    def python(self, name: str, *packages: str, notebook: str = "7.6.5", scripts: bool = True) -> str:
        bin_dir = self.folder / name / "bin"
        bin_dir.mkdir(parents=True)
        path = bin_dir / "python"
        path.touch(mode=0o755)
        if scripts:
            for script in ("jupyter-lab", "jupyter-notebook", "jupyter-server"):
                (bin_dir / script).write_text(f"#!{path}\n")
        answer = {"found": packages, "notebook": notebook, "folders": [str(bin_dir)]}
        self.processes.outputs[str(path)] = json.dumps(answer)
        return str(path)

    def own(self, *packages: str) -> None:
        self.processes.outputs[sys.executable] = json.dumps({"found": packages, "notebook": None, "folders": []})

    def plan(self, *options: str, **request: object) -> StartPlan:
        wanted = StartRequest(**{"root_dir": str(self.folder), "options": options, **request})  # type: ignore[arg-type]
        return launch.plan(wanted, self.processes, self.environ, str(self.folder))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_named_python_is_taken_as_a_file_or_a_folder(machine: Machine) -> None:
    path = machine.python("venv", "jupyterlab", "jupyter_server")
    for named in (path, str(Path(path).parent.parent), str(Path(path).parent)):
        planned = machine.plan(python=named)
        assert (planned.python, planned.chosen, planned.app) == (path, "--python", "lab")


def test_the_order_of_environments(machine: Machine) -> None:
    virtual = machine.python("virtual", "jupyterlab")
    conda = machine.python("conda", "notebook", "jupyter_server")
    machine.own("jupyter_server")
    machine.environ.update(VIRTUAL_ENV=str(machine.folder / "virtual"), CONDA_PREFIX=str(machine.folder / "conda"))
    assert (machine.plan().python, machine.plan().chosen) == (virtual, "VIRTUAL_ENV")
    without = machine.plan(app="notebook")
    assert (without.python, without.app) == (conda, "notebook")
    assert without.chosen == "CONDA_PREFIX; VIRTUAL_ENV has no notebook"
    del machine.environ["VIRTUAL_ENV"], machine.environ["CONDA_PREFIX"]
    on_path = machine.python("path-env", "jupyter_server")
    script = machine.folder / "path" / "jupyter"
    script.write_text(f"#!{on_path}\n")
    script.chmod(0o755)
    planned = machine.plan()
    assert (planned.python, planned.app) == (on_path, "server")
    assert planned.chosen == f"the jupyter on PATH ({script})"
    script.unlink()
    assert machine.plan().chosen == "jntui's own Python"


def test_no_python_has_it(machine: Machine) -> None:
    machine.own()
    with pytest.raises(StartFailed, match="no Python with jupyterlab was found; jntui's own Python has no Jupyter"):
        machine.plan()
    with pytest.raises(StartFailed, match="there is no Python"):
        machine.plan(python="/none")


def test_a_python_that_does_not_run_is_passed_over(machine: Machine) -> None:
    broken = machine.python("broken", "jupyterlab")
    machine.processes.outputs[broken] = "Segmentation fault"
    machine.environ["VIRTUAL_ENV"] = str(machine.folder / "broken")
    machine.own("jupyterlab")
    assert machine.plan().chosen.startswith("jntui's own Python; VIRTUAL_ENV")


def test_the_command(machine: Machine) -> None:
    path = machine.python("venv", "jupyterlab")
    port = free_port()
    planned = machine.plan("--ip=0.0.0.0", python=path, port=port)
    script = str(Path(path).parent / "jupyter-lab")
    root = f"--ServerApp.root_dir={machine.folder}"
    head = (path, script, f"--port={port}", "--ServerApp.port_retries=0", "--no-browser", root)
    assert planned.command == (*head, "--ip=0.0.0.0")
    assert "--allow-root" not in planned.command
    assert planned.port == port
    assert str(port) in planned.log


def test_without_a_script_the_module_is_run(machine: Machine) -> None:
    path = machine.python("venv", "jupyter_server", scripts=False)
    assert machine.plan(python=path).command[:3] == (path, "-m", "jupyter_server")


def test_notebook_6_has_its_own_names(machine: Machine) -> None:
    path = machine.python("old", "notebook", notebook="6.5.7")
    command = machine.plan(python=path).command
    assert "--NotebookApp.port_retries=0" in command
    assert f"--NotebookApp.notebook_dir={machine.folder}" in command


def test_a_port_among_the_options_is_not_said_twice(machine: Machine) -> None:
    path = machine.python("venv", "jupyterlab")
    port = free_port()
    planned = machine.plan(f"--ServerApp.port={port}", python=path)
    assert planned.port == port
    assert sum(str(port) in word for word in planned.command) == 1
    sock = machine.plan("--sock=/run/j.sock", python=path)
    assert sock.port == 0
    assert not any(word.startswith("--port") for word in sock.command)


def test_the_next_free_port_from_8888_on(machine: Machine) -> None:
    path = machine.python("venv", "jupyterlab")
    machine.processes.listeners.append(Listener("10.0.0.1", 8888))
    assert machine.plan(python=path).port > 8888


def test_who_holds_a_port(machine: Machine) -> None:
    path = machine.python("venv", "jupyterlab")
    machine.processes.add(77, "nginx", ports=(8888,), name="nginx")
    with pytest.raises(StartFailed, match=r"port 8888 is taken: pid 77 \(nginx\) holds it"):
        machine.plan(python=path, port=8888)
    machine.processes.add(78, "python -m jupyterlab", ports=(8889,))
    with pytest.raises(StartFailed, match=r"pid 78 \(JupyterLab\) holds it"):
        machine.plan(python=path, port=8889)
    machine.processes.listeners.append(Listener("127.0.0.1", 8890, uid=1001))
    with pytest.raises(StartFailed, match=r"a process of another user \(uid 1001\) holds it"):
        machine.plan(python=path, port=8890)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port(machine: Machine, port: int) -> None:
    with pytest.raises(StartFailed, match="is none"):
        machine.plan(port=port)


@pytest.mark.parametrize(
    "options",
    [
        ("--IdentityProvider.token=0ff1ce",),
        ("--IdentityProvider.token", "0ff1ce"),
        ("--ServerApp.token=0ff1ce",),
        ("--token=0ff1ce",),
        ("--NotebookApp.password='0ff1ce'",),
        ("--PasswordIdentityProvider.hashed_password=argon2:0ff1ce",),
        ("--KernelGatewayApp.auth_token=0ff1ce",),
        ("--ServerApp.cookie_secret=0ff1ce",),
    ],
)
def test_a_secret_is_refused_and_not_repeated(machine: Machine, options: tuple[str, ...]) -> None:
    with pytest.raises(StartFailed, match="would show its secret") as caught:
        machine.plan(*options)
    assert "0ff1ce" not in caught.value.message


@pytest.mark.parametrize(
    "options",
    [("--IdentityProvider.token=",), ("--ServerApp.password_required=True",), ("--IdentityProvider.token=''",)],
)
def test_what_holds_no_secret_is_let_through(machine: Machine, options: tuple[str, ...]) -> None:
    path = machine.python("venv", "jupyterlab")
    assert set(options) <= set(machine.plan(*options, python=path).command)


def test_a_missing_root_directory(machine: Machine) -> None:
    with pytest.raises(StartFailed, match="there is no directory /none: name one with --root-dir"):
        machine.plan(root_dir="/none")
    (machine.folder / "work").mkdir()
    path = machine.python("venv", "jupyterlab")
    assert machine.plan(root_dir="~/work", python=path).root_dir == str(machine.folder / "work")


@pytest.mark.parametrize(
    "head",
    [
        "#!{python}\n",
        "#! {python} -E\n",
        "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n",
        "#!/bin/sh\n'''exec' {python} \"$0\" \"$@\"\n' '''\n",
        "#!/usr/bin/env python\n",
        "#!/bin/bash\n",
        "",
    ],
)
def test_the_python_of_a_script(tmp_path: Path, head: str) -> None:
    (tmp_path / "with blank").mkdir()
    bin_dir = tmp_path / ("with blank" if '"{python}"' in head else "bin")
    bin_dir.mkdir(exist_ok=True)
    python = bin_dir / "python"
    python.touch(mode=0o755)
    script = bin_dir / "jupyter"
    script.write_text(head.format(python=python))
    assert python_of_script(script, {"PATH": str(bin_dir)}) == str(python)
    assert python_of(bin_dir) == python


def test_a_link_to_a_script_leads_to_its_python(tmp_path: Path) -> None:
    for name in ("tool", "path"):
        (tmp_path / name).mkdir()
    (tmp_path / "tool" / "python").touch(mode=0o755)
    (tmp_path / "tool" / "jupyter").write_text("no script")
    (tmp_path / "path" / "jupyter").symlink_to(tmp_path / "tool" / "jupyter")
    assert python_of_script(tmp_path / "path" / "jupyter", {}) == str(tmp_path / "tool" / "python")
    assert python_of_script(tmp_path / "none", {}) is None


def test_where_state_is_kept_is_where_platformdirs_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import platformdirs

    for value in (None, str(tmp_path / "state"), " "):
        environ = {"HOME": str(tmp_path), **({} if value is None else {"XDG_STATE_HOME": value})}
        monkeypatch.delenv("XDG_STATE_HOME", raising=False)
        for name, text in environ.items():
            monkeypatch.setenv(name, text)
        assert str(state_dir(environ, str(tmp_path))) == platformdirs.user_state_dir("jntui", appauthor=False)


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b'[1, {}, {"pid": "x"}]', b"\xff", b"[" * 9999])
def test_a_broken_record_holds_no_servers_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    servers = ManagedServers(tmp_path / "jntui")
    servers.path.parent.mkdir()
    servers.path.write_bytes(content)
    assert servers.records() == ()
    servers.add(Record(7, 1.0, "/log", ("a",)))
    assert ManagedServers(tmp_path / "jntui").find(7, 1.5) == Record(7, 1.0, "/log", ("a",))
    assert ManagedServers(tmp_path / "jntui").find(7, 9.0) is None
    assert [path.name for path in (tmp_path / "jntui").iterdir()] == ["managed.json"]
    assert servers.path.parent.stat().st_mode & 0o777 == 0o700
