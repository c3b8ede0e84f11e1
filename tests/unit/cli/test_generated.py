"""The manual page and the completions name every command and option of the parser, and their readers take them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from jntui.cli import main
from jntui.cli.grammar import Command, commands
from jntui.cli.parser import build_parser
from jntui.cli.tables import servers_table
from jntui.model import Machine, Server

ALL = tuple(commands(build_parser()))


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


def test_the_parser_is_walked_whole() -> None:
    paths = {one.path for one in ALL}
    assert {(), ("list",), ("log",), ("config",), ("config", "set"), ("completion",)} <= paths
    (start,) = [one for one in ALL if one.path == ("start",)]
    assert {"--app", "--port", "--json", "--help"} <= {name for option in start.options for name in option.names}


@pytest.mark.parametrize("one", ALL, ids=lambda one: " ".join(one.path) or "jntui")
def test_every_command_and_option_is_named(one: Command, capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, "man").replace("\\-", "-")
    section = page.partition(f".SS {' '.join(one.path)}\n")[2].partition(".SS ")[0] if one.path else page
    assert section
    texts = {shell: printed(capsys, "completion", shell) for shell in ("bash", "zsh", "fish")}
    for option in one.options:
        for name in option.names:
            assert f"\\fB{name}\\fR" in section
            assert name in texts["bash"] and name in texts["zsh"]
            assert (f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}") in texts["fish"]
    for word in one.path:
        assert all(word in text for text in texts.values())


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("jntui ", {"list", "log", "config", "--server"}),
        ("jntui li", {"list"}),
        ("jntui config ", {"show", "set", "--help"}),
        ("jntui config set --o", {"--override"}),
        ("jntui --read-only kernels --", {"--json", "--help"}),
        ("jntui start --app ", {"lab", "notebook", "server"}),
        ("jntui completion z", {"zsh"}),
    ],
)
def test_bash_completes(typed: str, offered: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "jntui.bash"
    script.write_text(printed(capsys, "completion", "bash"), encoding="utf-8")
    code = f'. {script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jntui; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(
        ["bash", "-c", code, "-", *typed.split(" ")], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    assert offered <= set(done.stdout.split())


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff")
def test_groff_has_nothing_to_say_against_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, "man")
    argv = ["groff", "-man", "-Tascii", "-ww"]
    done = subprocess.run(argv, input=page, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    assert "jntui config set" in done.stdout and "--follow" in done.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_shell_reads_it(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    script = tmp_path / "script"
    script.write_text(printed(capsys, "completion", shell), encoding="utf-8")
    assert subprocess.run([program, "-n", str(script)], check=False, timeout=60).returncode == 0


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("jntui config ", {"show", "get", "doctor", "set", "unset", "undo"}),
        ("jntui completion ", {"bash", "zsh", "fish"}),
        ("jntui list ", set()),
        ("jntui start --app ", {"lab", "notebook", "server"}),
        ("jntui config get --file ", {"jntui", "jntui.fish"}),
    ],
)
def test_fish_completes(typed: str, offered: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names of files only where one can stand."""
    here = tmp_path / "here"
    here.mkdir()
    (here / "jntui").write_text("#!/bin/sh\n")
    (here / "jntui").chmod(0o755)
    (here / "jntui.fish").write_text(printed(capsys, "completion", "fish"), encoding="utf-8")
    code = "set -x PATH $PWD $PATH; source jntui.fish; complete -C $argv[1]"
    environ = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        ["fish", "-N", "-c", code, typed],
        cwd=here,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert {line.split("\t")[0] for line in done.stdout.splitlines()} == offered


def completed(shell: str, folder: Path, typed: str) -> set[str]:
    """What that shell offers after `typed`; `jntui` in the folder is what it asks for the servers."""
    if shell == "fish":
        argv = ["fish", "-N", "-c", "source script; complete -C $argv[1]", typed]
    else:
        code = '. ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jntui; printf "%s\\n" "${COMPREPLY[@]}"'
        asked = 'compdef() { :; }; _describe() { print -l -- "${found[@]%%:*}"; }; '
        zsh = asked + '. ./script; words=("$@"); CURRENT=$#; _jntui'
        argv = [
            shell,
            *(["-f"] if shell == "zsh" else []),
            "-c",
            code if shell == "bash" else zsh,
            "-",
            *typed.split(" "),
        ]
    environ = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    environ["PATH"] = f"{folder}:{os.environ['PATH']}"
    done = subprocess.run(argv, cwd=folder, env=environ, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return {line.split("\t")[0] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_servers_are_offered_where_one_is_named(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which(shell) is None or shutil.which("awk") is None:
        pytest.skip(f"no {shell} or no awk here")
    machine = Machine(hostname="box", user="ada", home="/home/ada")
    one = Server(id="jpserver-4242", state="running", port=8888, base_url="/lab/", root_dir="/home/ada/my work")
    sock = Server(id="jpserver-77", state="stale", reason="pid 77 is gone")
    for name, servers in (("some", (one, sock)), ("none", ())):
        (tmp_path / name).write_text(servers_table(servers, machine))
    (tmp_path / "jntui").write_text(f"#!/bin/sh\ncat {tmp_path}/some\n")
    (tmp_path / "jntui").chmod(0o755)
    (tmp_path / "script").write_text(printed(capsys, "completion", shell), encoding="utf-8")
    known = {"8888", "jpserver-4242", "jpserver-77"}
    for typed in ("jntui stop ", "jntui config show --server ", "jntui --server "):
        assert known <= completed(shell, tmp_path, typed), typed
    for typed in ("jntui stop --", "jntui report ", "jntui config get "):
        assert not known & completed(shell, tmp_path, typed), typed
    (tmp_path / "jntui").write_text(f"#!/bin/sh\ncat {tmp_path}/none\n")
    assert "runs" not in " ".join(completed(shell, tmp_path, "jntui --server "))
