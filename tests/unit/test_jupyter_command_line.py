"""What a command line says: one row for each kind that people have on their machines."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.jupyter.command_line import interpreter_of, is_kernel, read_command_line, words_of_application
from jntui.model import Secret

LAB, NOTEBOOK, SERVER, GATEWAY, HUB = "JupyterLab", "Notebook", "Jupyter Server", "Kernel Gateway", "JupyterHub"

SERVERS = [
    ("/venv/bin/python /venv/bin/jupyter-lab", LAB),
    ("/venv/bin/python3.11 /venv/bin/jupyter-lab --port=8888", LAB),
    ("/venv/bin/python3.13t /venv/bin/jupyter-lab", LAB),
    ("python /usr/local/bin/jupyter-lab --no-browser /srv", LAB),
    ("python -m jupyterlab", LAB),
    ("python -Im jupyterlab --port 9000", LAB),
    ("python -X dev -W ignore -m jupyterlab", LAB),
    ("python -m jupyterlab.labapp", LAB),
    ("python -m jupyter lab --ip=0.0.0.0", LAB),
    ("python -m jupyter_core lab", LAB),
    ("python /venv/bin/jupyter lab", LAB),
    ("jupyter lab", LAB),
    ("/opt/conda/bin/jupyter-lab --allow-root", LAB),
    ("pypy3 /venv/bin/jupyter-lab", LAB),
    ("python /venv/lib/python3.11/site-packages/jupyterlab/__main__.py", LAB),
    (r"C:\venv\Scripts\python.exe C:\venv\Scripts\jupyter-lab-script.py", LAB),
    (r"C:\venv\Scripts\jupyter-lab.exe --port=9000", LAB),
    ("python /venv/bin/jupyter-notebook", NOTEBOOK),
    ("python -m notebook", NOTEBOOK),
    ("python -m notebook.notebookapp", NOTEBOOK),
    ("python -m jupyter notebook list-of-things", NOTEBOOK),
    ("python /venv/bin/jupyter-nbclassic", NOTEBOOK),
    ("python -m nbclassic", NOTEBOOK),
    ("python /venv/bin/jupyter-server --ServerApp.port=1234", SERVER),
    ("python -m jupyter_server", SERVER),
    ("python -u -B -m jupyter_server --sock=/tmp/j.sock", SERVER),
    ("python -m jupyter server --debug", SERVER),
    ("python /venv/bin/jupyter-kernelgateway", GATEWAY),
    ("python -m kernel_gateway --KernelGatewayApp.port=1", GATEWAY),
    ("jupyter kernelgateway", GATEWAY),
    ("python /venv/bin/jupyterhub-singleuser --port=50001", HUB),
    ("python -m jupyterhub.singleuser", HUB),
    ("python /venv/bin/jupyter-labhub", HUB),
    ("/venv/bin/jupyterhub-singleuser", HUB),
]

OTHERS = [
    "python -m ipykernel_launcher -f /run/kernel-1b2c.json",
    "python -m ipykernel -f /home/ada/.local/share/jupyter/runtime/kernel-12.json",
    "R --slave -e IRkernel::main() --args /run/kernel-77.json",
    "python /venv/bin/jupyter-server list",
    "python /venv/bin/jupyter server stop 8888",
    "jupyter lab build",
    "jupyter lab clean",
    "jupyter labextension install x",
    "python /venv/bin/jupyter-labextension list",
    "jupyter lab password",
    "jupyter notebook password",
    "jupyter notebook list --json",
    "jupyter server extension list",
    "jupyter lab --version",
    "jupyter lab --help",
    "jupyter server --generate-config -y",
    "jupyter server --show-config",
    "jupyter --paths --json",
    "jupyter",
    "python -m jupyter",
    "jupyter console",
    "jupyter nbconvert --to html a.ipynb",
    "jupyter kernelspec list",
    "jupyter tui",
    "jupyter-tui list",
    "vim /home/ada/.jupyter/jupyter_server_config.py",
    "emacs jupyter-lab",
    "less jupyter-lab.log",
    "grep -r jupyter /etc",
    "tail -f jupyter-notebook",
    "bash -c 'jupyter lab --port=8888'",
    "sh -c 'exec jupyter-lab'",
    "/bin/bash /usr/local/bin/start-notebook.sh jupyter lab",
    "tmux new -s jupyter jupyter lab",
    "screen -S jupyter",
    "sudo -u ada jupyter lab",
    "nohup jupyter lab",
    "ssh -N -L 8888:localhost:8888 lab-box",
    "ssh lab-box jupyter lab",
    "docker run jupyter/base-notebook",
    "uv run jupyter lab",
    "systemd-run jupyter-lab",
    "timeout 5 jupyter-lab",
    "ps -ef jupyter-lab",
    "nginx: master process nginx -g jupyter",
    "node /venv/share/jupyter/lab/server.js",
    "python -c 'import jupyterlab; print(1)' jupyter-lab",
    "python - jupyter-lab",
    "python",
    "python myapp.py --notebook",
    "python jupyter_config_editor.py",
    "python /home/ada/jupyter-backup.py",
    "python -m http.server 8888",
    "python -m pip install jupyterlab",
    "python -m pytest tests/jupyter-lab",
    "/venv/bin/python /venv/bin/jupyterhub --port 8000",
]


@pytest.mark.parametrize(("line", "app"), SERVERS, ids=[line for line, _ in SERVERS])
def test_a_server(line: str, app: str) -> None:
    found = read_command_line(split(line))
    assert found is not None
    assert found.app == app


@pytest.mark.parametrize("line", OTHERS)
def test_no_server(line: str) -> None:
    assert read_command_line(split(line)) is None


def split(line: str) -> list[str]:
    return shlex.split(line, posix="\\" not in line)


def test_no_argv_is_no_server() -> None:
    assert read_command_line(None) is None
    assert read_command_line(()) is None
    assert read_command_line(("",)) is None


@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        ("--port=9000", "port", 9000),
        ("--port 9000", "port", 9000),
        ("--ServerApp.port=9000", "port", 9000),
        ("--NotebookApp.port=9000", "port", 9000),
        ("--LabApp.port=9000", "port", 9000),
        ("--KernelGatewayApp.port=9000", "port", 9000),
        ("--port=1 --port=2", "port", 2),
        ("--port=abc", "port", None),
        ("--port=0", "port", None),
        ("--port=99999999999999999999", "port", None),
        ("--port", "port", None),
        ("--port-retries=0", "port", None),
        ("--ip=0.0.0.0", "ip", "0.0.0.0"),
        ("--ServerApp.ip='*'", "ip", "*"),
        ("--ip ::", "ip", "::"),
        ("--sock=/run/j.sock", "sock", "/run/j.sock"),
        ("--ServerApp.sock=/run/j.sock", "sock", "/run/j.sock"),
        ("--notebook-dir=/srv", "root_dir", "/srv"),
        ("--ServerApp.root_dir=/srv", "root_dir", "/srv"),
        ("--NotebookApp.notebook_dir=/srv", "root_dir", "/srv"),
        ("/srv/nb --port=1", "root_dir", "/srv/nb"),
        ("a.ipynb", "root_dir", None),
        ("--ServerApp.base_url=/a/b", "base_url", "/a/b/"),
        ("--ServerApp.base_url=/", "base_url", "/"),
        ("--no-browser", "base_url", None),
        ("--certfile=/c.pem", "secure", True),
        ("--ServerApp.certfile=/c.pem", "secure", True),
        ("--certfile=", "secure", False),
        ("--IdentityProvider.token=abc", "token", Secret("abc")),
        ("--ServerApp.token=", "token", Secret("")),
        ("--IdentityProvider.token=''", "token", Secret("")),
        ("--KernelGatewayApp.auth_token=abc", "token", Secret("abc")),
        ("--no-browser", "token", None),
        ("--PasswordIdentityProvider.hashed_password=argon2:x", "password", True),
        ("--ServerApp.password=sha1:a:b", "password", True),
        ("--ServerApp.password=", "password", False),
        ("--ServerApp.password_required=True", "password", False),
        ("--MyExtension.port=7", "port", None),
        ("-- --port=7", "port", None),
    ],
)
def test_an_option(options: str, field: str, expected: object) -> None:
    found = read_command_line(["python", "/venv/bin/jupyter-lab", *shlex.split(options)])
    assert found is not None
    assert getattr(found, field) == expected


def test_the_interpreter_is_the_environment_s_own() -> None:
    assert interpreter_of(["/venv/bin/python3", "x"]) == "/venv/bin/python3"
    assert interpreter_of(["nginx"]) is None
    found = read_command_line(["/venv/bin/python", "-m", "jupyterlab"])
    assert found is not None
    assert found.python == "/venv/bin/python"


def test_a_token_is_in_no_repr() -> None:
    found = read_command_line(["jupyter-lab", "--IdentityProvider.token=made-up"])
    assert "made-up" not in repr(found)


@pytest.mark.parametrize(
    ("argv", "kernel"),
    [
        (["python", "-m", "ipykernel_launcher", "-f", "/r/kernel-1.json"], True),
        (["python", "-m", "ipykernel"], True),
        (["ark", "--connection_file", "/r/kernel-ab-12.json"], True),
        (["python", "-m", "bash_kernel", "--f=/r/kernel-a.json"], True),
        (["python", "-m", "jupyterlab"], False),
        (["python", "app.py", "kernel.json"], False),
        ([], False),
        (None, False),
    ],
)
def test_kernels_are_known_so_that_nobody_speaks_http_to_them(argv: list[str] | None, kernel: bool) -> None:
    assert is_kernel(argv) is kernel


@given(st.lists(st.text(max_size=12), max_size=8))
def test_no_argv_raises(words: list[str]) -> None:
    read_command_line(["jupyter-lab", *words])
    read_command_line(["python", *words])
    is_kernel(words)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ("/env/bin/python /env/bin/jupyter-lab --port 1 dir", ("JupyterLab", ["--port", "1", "dir"])),
        ("python3 -m notebook --ip=x", ("Notebook", ["--ip=x"])),
        ("jupyter server list", ("Jupyter Server", ["list"])),
        ("python myapp.py --port=1", (None, None)),
        ("", (None, None)),
    ],
)
def test_the_words_after_the_application(argv: str, expected: object) -> None:
    assert words_of_application(argv.split()) == expected
