"""What may be typed and what may not: exit 2, one clear line on stderr, an empty stdout, never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jntui.cli import main
from jntui.cli.choose import choose
from jntui.cli.errors import CallError
from jntui.cli.parser import parse
from jntui.model import Listener, Server

COMMANDS = ["list", "urls", "check", "start", "stop", "restart", "password", "qr", "access"]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["list", "--nonsense"], "--nonsense"),
        (["check", "--timeout", "0"], "between 0.1 and 600"),
        (["check", "--timeout", "nan"], "between 0.1 and 600"),
        (["check", "--timeout", "soon"], "'soon' is not a number of seconds"),
        (["start", "--port", "0"], "'0' is not a port"),
        (["start", "--port", "70000"], "'70000' is not a port"),
        (["start", "--port", "-1"], "--port"),
        (["start", "--app", "voila"], "invalid choice: 'voila'"),
        (["--server"], "expected one argument"),
        (["urls", "1", "2"], "unrecognized arguments: 2"),
        (["stop", "1", "2"], "unrecognized arguments: 2"),
        (["start", "lab"], "unrecognized arguments: lab"),
        (["access", "8888"], "one of the arguments --lan --local --address is required"),
        (["access", "--lan", "--local"], "not allowed with argument"),
        (["start", "--lan", "--address", "10.0.0.1"], "not allowed with argument"),
        (["qr", "8888", "8889"], "unrecognized arguments: 8889"),
        (["list", "--", "--ip=x"], "only `jntui start` takes options"),
        (["--server", "8888", "list"], "--server is for the screen"),
        (["start", "--port", "9" * 5000], "is not a port"),
    ],
)
def test_a_wrong_call_is_one_line(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("jntui: ")
    assert words in err
    assert "--help" in err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert f"example: jntui {command}" in out
    assert "--json" in out


def test_help_names_the_commands_that_are_there_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(f"\n    {command} " in out for command in COMMANDS)
    for later in ("--from", "--watch"):
        assert f" {later} " not in out


def test_the_screen_needs_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", open("/dev/null"))  # noqa: PTH123, SIM115
    assert main([]) == 2
    assert "the screen needs a terminal" in capsys.readouterr().err


def test_of_two_certificates_none_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["access", "--lan", "--tls", "--certfile", "a.pem", "--keyfile", "a.key"]) == 2
    assert "leave one of them out" in capsys.readouterr().err


def test_jupyter_options_come_after_two_dashes() -> None:
    arguments = parse(["start", "--port", "9000", "--", "--ip=0.0.0.0", "--allow-root"])
    assert arguments.options == ["--ip=0.0.0.0", "--allow-root"]


@pytest.mark.parametrize("argv", [["list"], ["list", "--json"]])
def test_a_full_disk_is_one_line(argv: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run([sys.executable, "-m", "jntui", *argv], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "jntui: the answer cannot be written: No space left on device\n"


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m jntui list --json | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def server(name: str, port: int, pid: int, state: str = "running", **fields: object) -> Server:
    return Server(name, state, pid=pid, port=port, **fields)  # type: ignore[arg-type]


LAB = server("jpserver-100", 8888, 100, info_file="/run/j/jpserver-100.json")
NB = server("jpserver-8888", 9000, 8888)
SIX = server("jpserver-101", 8889, 101)
FOUR = server("jpserver-102", 8889, 102)
GONE = server("jpserver-103", 8888, 103, state="stale")
SOCK = Server("jpserver-104", "running", pid=104, listeners=(Listener("", 0, "/run/j.sock"),))
ALL = [LAB, NB, SIX, FOUR, GONE, SOCK]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8888", LAB),  # a port before a pid, a running server before a stale one
        ("100", LAB),
        ("jpserver-100", LAB),
        ("/run/j/jpserver-100.json", LAB),
        ("/run/j.sock", SOCK),
        ("103", GONE),
    ],
)
def test_choosing(text: str, expected: Server) -> None:
    assert choose(ALL, text) is expected


@pytest.mark.parametrize(
    ("servers", "text", "words"),
    [
        (ALL, "8889", "fits 2 servers, name one by its id: jpserver-101 (:8889), jpserver-102 (:8889)"),
        (ALL, "7", "no server '7' here"),
        (ALL, None, "5 servers run, name one"),
        ([], None, "no running Jupyter server"),
        ([GONE], None, "no running Jupyter server"),
        ([], "8888", "none runs"),
        (ALL, "x\x1b[2J", "no server 'x?[2J'"),
        (ALL, "9" * 5000, "no server '9999"),
    ],
)
def test_not_choosing(servers: list[Server], text: str | None, words: str) -> None:
    with pytest.raises(CallError) as refused:
        choose(servers, text)
    assert words in str(refused.value)


def test_without_a_name_the_only_running_one_is_meant() -> None:
    assert choose([GONE, LAB], None) is LAB


def test_many_choices_are_cut_and_counted() -> None:
    many = [server(f"jpserver-{pid}", 9000 + pid, pid) for pid in range(101, 112)]
    with pytest.raises(CallError) as refused:
        choose(many, None)
    assert "jpserver-108 (:9108) and 3 more (`jntui list` shows all)" in str(refused.value)
