"""What outlives a login, a server as a service, and what is remembered of starts."""

from __future__ import annotations

import json
import shlex
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from jntui.jupyter.recents import MOST, Recents
from jntui.jupyter.service import plan_service, quoted, unit_text
from jntui.jupyter.survival import Login, judge, kills_left, survival
from jntui.model import Server, StartPlan, StartRefused, Supervisor
from jntui.process import Session
from tests.contract.fake_processes import FakeProcesses

UNIT = Supervisor("systemd", "jupyter.service", "", "")
TERMINAL = Session(7, terminal=True, ignores_hangup=False)
JOB = Session(7, terminal=True, ignores_hangup=False, background=True, group=9)
NOHUP = Session(7, terminal=True, ignores_hangup=True)
SCOPE = "0::/user.slice/user-1000.slice/session-3.scope\n"
MANAGER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/jupyter.service\n"
PLAN = StartPlan(
    "lab", "/env/bin/python", "--python", ("/env/bin/python", "-m", "jupyterlab"), 8890, "/home/ada", "/log"
)


@pytest.mark.parametrize(
    ("login", "outlives", "word"),
    [
        (Login("8888", TERMINAL), False, "ends with the terminal"),
        (Login("8888", NOHUP), True, "nohup"),
        (Login("8888", JOB, shell="bash"), False, "bash leaves it alone at a plain `exit`"),
        (Login("8888", JOB, shell="zsh"), False, "zsh ends it, at `exit` too, unless `disown`"),
        (Login("8888", JOB, shell="dash"), False, "the shell in which it was started decides"),
        (Login("8888", JOB), False, "the shell in which it was started decides"),
        (Login("8888", JOB, shell="bash", suspended=True), False, "it is stopped (ctrl+z)"),
        (Login("8888", NOHUP, suspended=True), False, "it is stopped (ctrl+z)"),
        (Login("8888", NOHUP, holder="tmux", suspended=True), True, "tmux"),
        (Login("8888", Session(7, terminal=False, ignores_hangup=False)), True, "no terminal"),
        (Login("8888", TERMINAL, holder="tmux"), True, "tmux"),
        (Login("8888", TERMINAL, holder="tmux", cgroup=SCOPE, kills_left=True), False, "KillUserProcesses"),
        (Login("8888", None), None, "cannot be told"),
        (Login("8888", TERMINAL, cgroup=MANAGER, lingers=False), False, "last login"),
        (
            Login(
                "8888", TERMINAL, cgroup=MANAGER, lingers=True, supervisor=Supervisor("systemd", "j.service", "", "")
            ),
            True,
            "systemd keeps it",
        ),
    ],
)
def test_what_outlives_a_login(login: Login, outlives: bool | None, word: str) -> None:
    found = judge(login)
    assert found.outlives is outlives
    assert word in found.words
    assert bool(found.keep) is (outlives is False)


def test_a_terminal_in_tmux_is_kept(tmp_path: Path) -> None:
    processes = FakeProcesses(sessions={9: TERMINAL})
    processes.add(9, "jupyter-lab", ppid=7)
    processes.add(7, "bash", ppid=5)
    processes.add(5, "tmux new", name="tmux: server")
    found = survival(Server("jpserver-9", "running", pid=9, port=8888), processes, tmp_path)
    assert (found.outlives, found.words) == (True, "its terminal is kept by tmux")


def test_the_shell_of_a_job_is_the_one_outside_of_it(tmp_path: Path) -> None:
    processes = FakeProcesses(sessions={9: JOB, 8: JOB, 7: replace(JOB, group=7), 6: replace(JOB, group=6)})
    processes.add(9, "jupyter-lab", ppid=8)
    processes.add(8, "bash serve.sh", name="bash", ppid=7)
    processes.add(7, "zsh", name="zsh", ppid=6)
    processes.add(6, "bash", name="bash", ppid=1)
    found = survival(Server("jpserver-9", "running", pid=9, port=8888), processes, tmp_path)
    assert "zsh ends it" in found.words and found.mark == "may end at logout"


def test_logind_s_files_decide_in_their_order(tmp_path: Path) -> None:
    assert kills_left("ada", tmp_path) is False
    main = tmp_path / "etc/systemd/logind.conf"
    main.parent.mkdir(parents=True)
    main.write_text("[Login]\n#KillUserProcesses=no\nKillUserProcesses=yes\n")
    assert kills_left("ada", tmp_path) is True
    assert kills_left("root", tmp_path) is False
    drop = tmp_path / "usr/lib/systemd/logind.conf.d/50-off.conf"
    drop.parent.mkdir(parents=True)
    drop.write_text("[Login]\nKillUserProcesses=no\n")
    assert kills_left("ada", tmp_path) is False


def systemd(root: Path) -> dict[str, str]:
    (root / "run/systemd/system").mkdir(parents=True)
    tool = root / "systemctl"
    tool.write_text("")
    tool.chmod(0o755)
    return {"PATH": str(root)}


def test_the_unit_of_a_start(tmp_path: Path) -> None:
    found = plan_service(PLAN, "ada", systemd(tmp_path), "/home/ada", tmp_path)
    assert found.path == "/home/ada/.config/systemd/user/jupyter-8890.service"
    assert "ExecStart=/env/bin/python -m jupyterlab\n" in found.unit
    assert "WorkingDirectory=/home/ada\n" in found.unit
    assert found.linger is False and found.commands[-1] == "loginctl enable-linger"
    linger = tmp_path / "var/lib/systemd/linger/ada"
    linger.parent.mkdir(parents=True)
    linger.write_text("")
    assert plan_service(PLAN, "ada", {"PATH": str(tmp_path)}, "/home/ada", tmp_path).linger is True


def test_without_systemd_one_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="systemd does not run this machine"):
        plan_service(PLAN, "ada", {"PATH": str(tmp_path)}, "/home/ada", tmp_path)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("--ip=0.0.0.0", "--ip=0.0.0.0"),
        ("/my notes", '"/my notes"'),
        ("100%", "100%%"),
        ("$HOME", "$$HOME"),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("", '""'),
        ("a\nb", '"a\\x0ab"'),
        ("a;b", '"a;b"'),
        ("\u202e", '"\\xe2\\x80\\xae"'),
        ("\udcff", '"\\xff"'),
        ("é", '"é"'),
    ],
)
def test_words_are_quoted_as_systemd_reads_them(word: str, text: str) -> None:
    assert quoted(word) == text


@pytest.mark.parametrize("folder", ["/a\nExecStartPre=/bin/x", "/a\r", "/a ", "/a\\", "/a\udcff", "/\u202e"])
def test_a_directory_that_no_unit_can_hold_is_refused(folder: str) -> None:
    with pytest.raises(StartRefused, match="a unit file cannot hold this directory, name another with --root-dir"):
        unit_text(replace(PLAN, root_dir=folder))


@pytest.mark.parametrize("python", ["/a$b/python", "/a\nb/python"])
def test_a_python_that_no_unit_can_hold_is_refused(python: str) -> None:
    with pytest.raises(StartRefused, match="a unit file cannot hold the path of this Python"):
        unit_text(replace(PLAN, command=(python, "-m", "jupyterlab")))


def test_starts_are_remembered_newest_first_and_once(tmp_path: Path) -> None:
    recents = Recents(tmp_path / "jntui")
    for port in [*range(8000, 8000 + MOST + 5), 8010]:
        recents.add(StartPlan("lab", "/env/bin/python", "", ("x",), port, "/home/ada", "/log", ("--ServerApp.ip=*",)))
    found = recents.all()
    assert [one.port for one in found[:2]] == [8010, 8000 + MOST + 4]
    assert len(found) == MOST and len({one.port for one in found}) == MOST
    assert found[0].options == ("--ServerApp.ip=*",)
    assert stat.S_IMODE(recents.path.stat().st_mode) == 0o600


def test_no_secret_is_remembered(tmp_path: Path) -> None:
    recents = Recents(tmp_path / "jntui")
    options = tuple(shlex.split("--IdentityProvider.token=c4n4ry"))
    recents.add(StartPlan("lab", "/env/bin/python", "", ("x",), 8888, "/home/ada", "/log", options))
    assert recents.all() == () and not recents.path.exists()


def test_what_starts_a_server_again_is_kept_to_the_letter(tmp_path: Path) -> None:
    recents = Recents(tmp_path / "jntui")
    odd, options = "/srv/a\n\u202eb\udcff", ("--ServerApp.terminado_settings={'shell_command': ['x\ty']}",)
    recents.add(StartPlan("lab", odd, "", ("x",), 8888, odd, "/log", options))
    (found,) = recents.all()
    assert (found.python, found.root_dir, found.options) == (odd, odd, options)


def test_entries_that_start_nothing_are_left_out(tmp_path: Path) -> None:
    recents = Recents(tmp_path)
    recents.add(PLAN)
    (good,) = json.loads(recents.path.read_text())
    bad: list[dict[str, object]] = [
        {"port": 70000},
        {"root_dir": "/a\0b"},
        {"python": "x" * 5000},
        {"options": [1]},
        {"options": "--ip=*"},
        {"options": ["x"] * 1000},
        {"options": ["--IdentityProvider.token=c4n4ry"]},
        {"at": "yesterday"},
        {"app": "voila"},
    ]
    recents.path.write_text(json.dumps([*({**good, **one} for one in bad), "x", good]))
    assert [(one.port, one.options) for one in recents.all()] == [(8890, ())]
    recents.add(PLAN)
    assert "c4n4ry" not in recents.path.read_text()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"app": "lab"}]', '[{"app": "x", "port": true}]', "[" * 100_000])
def test_a_broken_file_is_no_memory(tmp_path: Path, text: str) -> None:
    recents = Recents(tmp_path)
    recents.path.write_text(text)
    assert recents.all() == ()
    recents.add(PLAN)
    assert [one.port for one in recents.all()] == [8890]
    assert len(json.loads(recents.path.read_text())) == 1
