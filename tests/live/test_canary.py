"""No output channel shows a token or a password: canaries on real servers, jntui used through a pty and its commands.

What is asked for (`t`, `c`, `--token`) is shown: the same scanner finds the canaries there, and so proves that it sees.
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import gc
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import psutil
import pytest
from textual.message import Message
from textual.widgets import Input
from textual.worker import Worker

from jntui import model as jntui_model
from jntui.cli.parser import build_parser
from jntui.model import Secret, Server
from jntui.monitor.live import LiveMonitor
from jntui.monitor.survey import Survey
from jntui.tui.actions import ACTIONS
from jntui.tui.app import JntuiApp
from tests.live.canary import Canary, Record, kept_in, leaks
from tests.live.servers import Jupyter, clean_environment, free_port, start_jupyter
from tests.live.test_terminal import end_server, environment, jntui, quit_cleanly
from tests.terminal import Terminal

pytestmark = pytest.mark.timeout(280)

TYPED = Canary("token of a command line", "Zaunkoenig4711Nest")
WRITTEN = Canary("token of a config file", "Rotkehlchen0815Ast")
PASSWORD = Canary("password", "Goldammer2468Feld")
CANARIES = (TYPED, WRITTEN, PASSWORD)

SKIPPED = frozenset({"tokens", "copy", "answer", "qr", "browse", "quit", "palette", "help", "password", "access"})
"""Keys that show a token because they are asked to, or that have a walk of their own."""
SHOWS = {
    "connect": r"Connect to .*ssh -L",
    "open": r"─ Check ─.*websocket",
    "check": r"─ Check ─.*websocket",
    "check-all": r"─ Check ─.*websocket",
    "watch": r"w ends the watch",
    "check-from": r"from another host",
    "clients": r"No other machine is connected",
    "stages": r"resolve.*connect.*http",
    "files": r"Config files of .*jupyter_server_config\.py",
    "every": r"All settings of :\d+: [1-9]",
    "doctor": r"What is wrong with the configuration.*(?:nothing was found|fix)",
    "log": r"Log of .*gone/",
    "running": r"Running in .*no kernel and no terminal",
    "commands": r"Command log.*\$EDITOR.*nohup",
    "report": r"# jntui report.*## Versions",
    "edit": r"3 opens Config",
    "undo": r"Take back the last change.*hashed_password",
    "editor": r"is as it was",
    "close-all": r"jntui opened nothing",
    "log-out": r"Log everyone out of .*cookie.*token: ",
    "certificate": r"Make a certificate for this machine",
    "start": r"Start a server",
    "stop": r"Stop :\d+ .*SIGTERM",
    "restart": r"Restart :\d+ .*jupyter.*--port",
    "add-url": r"Add a URL of",
    "remove": r"can be removed",
    "help": r"check this every 10 s; again: end that",
    "palette": r"copy the answer",
    "password": r"Set the password of .*Save",
    "access": r"Access to ",
    "story": r"token of :\d+ .*token, 25 characters",
    "edit of the token": r"Set token of",
    "all settings": r"All settings of :\d+: [1-9].*token",
}
"""What stands there once all of it is there: a dialog that still waits for its text shows nobody's secret."""
QUIET_S = 0.12
"""A dialog is there when nothing was written for so long."""
CRASH = """
import sys
from jntui.tui.app import JntuiApp
def copy_to_clipboard(self, text):
    raise RuntimeError("made by a test")
JntuiApp.copy_to_clipboard = copy_to_clipboard
from jntui.cli import main
sys.exit(main(sys.argv[1:]))
"""


@dataclass
class Walk:
    """What one use of everything gave, by channel."""

    folder: Path
    home: Path
    record: Record
    env: dict[str, str]
    typed: Jupyter
    port: int = 0
    """Of the server with the password, which jntui started."""
    terminals: dict[str, bytes] = field(default_factory=dict)
    """What a terminal got, whole, by what was done there."""
    screens: dict[str, str] = field(default_factory=dict)
    """What stood on the screen, by what was opened."""
    answers: dict[str, str] = field(default_factory=dict)
    """Both outputs of every command, by its words."""
    statuses: dict[str, int] = field(default_factory=dict)
    strings: list[tuple[bytes, bytes]] = field(default_factory=list)
    """OSC number and text while nothing was asked for."""
    asked: dict[str, bytes] = field(default_factory=dict)
    """What was asked for with a token in it."""

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """One command as a user types it."""
        argv = [sys.executable, "-m", "jntui", *words]
        done = subprocess.run(
            argv, env=self.env, cwd=self.home, input=given, capture_output=True, text=True, timeout=200, check=False
        )
        self.answers[" ".join(words)] = done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def look(self, name: str, terminal: Terminal) -> None:
        """Keeps what stands on the screen."""
        self.screens[name] = terminal.text


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("secrets")
    home, record = folder / "home", Record(folder / "watch")
    (folder / "tmp").mkdir()
    env = environment(home, TMPDIR=str(folder / "tmp"), EDITOR="true", BROWSER="true")
    config = home / ".jupyter/jupyter_server_config.py"
    config.parent.mkdir()
    config.write_text(f"c.ServerApp.allow_root = True\nc.IdentityProvider.token = {WRITTEN.text!r}\n")
    config.chmod(0o600)
    option = f"--IdentityProvider.token={TYPED.text}"
    with start_jupyter("server", option, home=home, env={"TMPDIR": env["TMPDIR"]}) as typed:
        found = Walk(folder, home, record, record.environment(env), typed)
        # What a careless client leaves in a log, which jntui shows.
        typed.status(f"gone/{TYPED.text}?password={quote(PASSWORD.text, safe='')}")
        try:
            password_at_a_prompt(found)
            started(found)
            with ThreadPoolExecutor(2) as pool:
                each = [pool.submit(one, found) for one in (on_the_screen, by_commands)]
                _ = [one.result() for one in each]
            followed(found)
            crashed(found)
            found.run("restart", str(typed.port))
            yield found
        finally:
            end_server(home)


def opened(walk: Walk, name: str, terminal: Terminal, key: str, *typed: str) -> None:
    """A key, what is typed then, what stands there; and back to the panes."""
    for one in (key, *typed):
        terminal.press(one)
        terminal.settle(QUIET_S, 5.0)
    shows = re.compile(SHOWS[name], re.DOTALL)
    terminal.wait_for(lambda text: shows.search(text) is not None, 20)
    terminal.settle(QUIET_S, 5.0)
    walk.look(name, terminal)
    for _ in range(5):
        terminal.press("escape")
        terminal.settle(QUIET_S, 5.0)
        if bare(terminal.text):
            break
    terminal.wait_for(bare)


def bare(text: str) -> bool:
    """The panes and nothing above them."""
    return text.lstrip().startswith("jntui ") and "? help" in text and not re.search(r"[^╮\n]╭─", text)


def password_at_a_prompt(walk: Walk) -> None:
    """`jntui password`, asked twice."""
    with Terminal([sys.executable, "-m", "jntui", "password"], walk.env, cwd=walk.home) as terminal:
        terminal.wait_for("new password")
        terminal.press(PASSWORD.text, "enter")
        terminal.wait_for("the same again")
        terminal.press(PASSWORD.text, "enter")
        assert terminal.wait(120) == 0, terminal.text
        walk.terminals["jntui password"] = bytes(terminal.raw)


def started(walk: Walk) -> None:
    """The server with token and password."""
    walk.port = free_port()
    done = walk.run("start", "--app", "server", "--port", str(walk.port), "--json")
    assert done.returncode == 0, done.stderr


def on_the_screen(walk: Walk) -> None:
    """Every key of the table, every dialog, both passwords typed; then what is asked for."""
    works = re.compile(rf"http://127\.0\.0\.1:{walk.typed.port}/ +(ok|login)")
    with jntui(walk.env, "--server", str(walk.typed.port), columns=150, rows=45) as terminal:
        terminal.wait_for(lambda text: works.search(text) is not None, 60)
        walk.look("panes", terminal)
        for action in ACTIONS:
            if action.group != "Move" and action.id not in SKIPPED:
                if not action.keys:
                    terminal.press("ctrl+p", action.label)
                    terminal.wait_for(action.help)
                opened(walk, action.id, terminal, (*action.keys, "enter")[0])
        opened(walk, "help", terminal, "?")
        opened(walk, "palette", terminal, "ctrl+p")
        passwords(walk, terminal)
        terminal.press("3")
        terminal.settle(QUIET_S, 5.0)
        for name, keys in {"story": ["enter"], "edit of the token": ["e"], "all settings": ["A"]}.items():
            opened(walk, name, terminal, "/", "token", "enter", *keys)
        walk.terminals["the screen"] = bytes(terminal.raw)
        walk.strings += terminal.strings
        terminal.press("1", "t")
        terminal.wait_for("?token=")
        walk.asked["t"] = terminal.text.encode()
        terminal.press("t", "c")
        terminal.wait_for("to your terminal")
        walk.asked["c"] = b"".join(text for number, text in terminal.strings if number == b"52")
        quit_cleanly(terminal)


def passwords(walk: Walk, terminal: Terminal) -> None:
    """The dialogs in which one is typed."""
    terminal.press("g")
    terminal.wait_for("Set the password")
    terminal.press(PASSWORD.text, "enter")
    terminal.settle(QUIET_S, 5.0)
    terminal.press(PASSWORD.text, "enter")
    terminal.wait_for("Save", 60)
    opened(walk, "password", terminal, "down")
    terminal.press("a")
    terminal.wait_for("the same once more")
    terminal.press(PASSWORD.text, "enter")
    terminal.settle(QUIET_S, 5.0)
    terminal.press(PASSWORD.text)
    terminal.wait_for("→ argon2 hash", 60)
    opened(walk, "access", terminal, "enter")


def calls(walk: Walk) -> list[list[str]]:
    """Every command; what asks Jupyter's own loader, which takes a second each time, as text or as JSON only."""
    typed, written = str(walk.typed.port), str(walk.port)
    quoted = quote(WRITTEN.text, safe="")
    both = (
        "list",
        f"urls {typed}",
        f"check {typed} --all",
        f"check {written} http://127.0.0.1:{written}/?token={quoted} http://me:{quoted}@127.0.0.1:{written}/",
        f"check {written} --from 127.0.0.1 --all",
        "start --preview --service",
        f"stop {typed} --preview",
        f"restart {typed} --preview",
        f"qr {typed} --address 127.0.0.1",
        f"config show --server {typed}",
        f"config show --server {written}",
        f"config get token --server {typed}",
        "config get hashed_password",
        f"log {typed}",
        f"log {written}",
        f"kernels {typed}",
        "report --names",
        f"logout-everyone {written} --preview",
        f"qr {written} --address 127.0.0.1 --png code.png",
        "access --local --all --preview",
        "keys",
        "completion bash",
        "man",
    )
    once = (
        f"start --preview -- --IdentityProvider.token={TYPED.text}",
        f"restart {written} --preview --json",
        f"access {written} --lan --preview --password - --json",
        f"config doctor --server {written}",
        f"config set token {WRITTEN.text}",
        "config set ip 127.0.0.1",
        "config undo --preview --json",
        f"password --verify --server {written}",
        "password --upgrade --json",
        "--help",
    )
    return [one.split() for call in both for one in (call, f"{call} --json")] + [one.split() for one in once]


def by_commands(walk: Walk) -> None:
    """Every command, as text and as JSON."""
    given = json.dumps([{"words": words, "given": f"{PASSWORD.text}\n"} for words in calls(walk)])
    argv = [sys.executable, "-m", "tests.live.canary_calls", "jntui"]
    done = subprocess.run(
        argv, env=walk.env, cwd=walk.home, input=given, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    for one in json.loads(done.stdout):
        walk.answers[" ".join(one["words"]).replace(WRITTEN.text, "...").replace(TYPED.text, "...")] = (
            one["out"] + one["err"]
        )
        walk.statuses[" ".join(one["words"])] = one["status"]
    walk.asked["urls --token"] = walk.run("urls", str(walk.typed.port), "--token").stdout.encode()
    walk.answers.pop(f"urls {walk.typed.port} --token")


def followed(walk: Walk) -> None:
    """What a command goes on to print: what a client leaves in the log meanwhile, and a watch."""
    log = ["log", str(walk.typed.port), "--follow"]
    watch = ["check", str(walk.port), "--watch"]
    for words, shows in ((log, "later/"), (watch, r"  (?:ok|login)\b")):
        with Terminal(
            [sys.executable, "-m", "jntui", *words], walk.env, columns=150, rows=45, cwd=walk.home
        ) as terminal:
            if words is log:
                terminal.wait_for("ServerApp]")
                walk.typed.status(f"later/{TYPED.text}?password={quote(PASSWORD.text, safe='')}")
            terminal.wait_for(lambda text, shows=shows: re.search(shows, text) is not None)
            terminal.press("ctrl+c")
            terminal.wait(30)
            walk.terminals[f"jntui {' '.join(words)}"] = bytes(terminal.raw)


def crashed(walk: Walk) -> None:
    """An error of jntui's own while a URL with its token is in hand."""
    argv = [sys.executable, "-c", CRASH, "--server", str(walk.typed.port)]
    with Terminal(argv, walk.env, columns=120, rows=40, cwd=walk.home) as terminal:
        terminal.wait_for(lambda text: re.search(r" (ok|login) ", text) is not None, 60)
        terminal.press("c")
        terminal.settle(1.0, 10.0)
        if terminal.process.poll() is None:
            terminal.press("q")
        terminal.wait(60)
        assert "made by a test" in terminal.text, terminal.text
        walk.terminals["an error of our own"] = bytes(terminal.raw)


def test_what_is_asked_for_is_found(walk: Walk) -> None:
    """The same scanner sees them where they are to be seen: on the screen, in OSC 52, in an answer, in a log."""
    assert {name: bool(leaks(data, CANARIES)) for name, data in walk.asked.items()} == {
        "t": True,
        "c": True,
        "urls --token": True,
    }
    assert leaks(walk.typed.log_text(), [TYPED])
    assert leaks(walk.typed.log_text(), [PASSWORD])


def told(walk: Walk) -> dict[str, list[str]]:
    """What stands in each channel, by its name; nothing, if all is well."""
    found = {f"terminal: {name}": leaks(data, CANARIES, terminal=True) for name, data in walk.terminals.items()}
    found |= {f"screen: {name}": leaks("".join(text.split()), CANARIES) for name, text in walk.screens.items()}
    found |= {f"answer: jntui {words}": leaks(text, CANARIES) for words, text in walk.answers.items()}
    for number, name in ((b"8", "OSC 8"), (b"52", "OSC 52")):
        sent = [text for one, text in walk.strings if one == number]
        found[f"{name}, not asked"] = leaks(b" ".join(sent + [_decoded(one) for one in sent]), CANARIES)
    return found


def _decoded(sent: bytes) -> bytes:
    try:
        return base64.b64decode(sent.rpartition(b";")[2])
    except ValueError:
        return b""


def test_no_output_shows_one(walk: Walk) -> None:
    found = told(walk)
    print("\n".join(found))
    assert {name: seen for name, seen in found.items() if seen} == {}
    assert {one.id for one in ACTIONS if one.group != "Move"} - SKIPPED - set(walk.screens) == set()
    commands = build_parser()._subparsers
    assert commands is not None
    known = {name for group in commands._group_actions for name in (group.choices or ())}
    assert known - {words.split()[0] for words in walk.answers} == set()


def test_no_child_gets_one(walk: Walk) -> None:
    """Of each child that a jntui began; then of what still runs: the servers that it started."""
    children = walk.record.children()
    print(len(children), "children:", sorted({Path(argv.split("\0")[0]).name for argv, _ in children}))
    assert [(argv, "environment") for argv, env in children if leaks(env, CANARIES)] == []
    # The walk asks for what a start with this option would run, and the command line is then the user's own.
    assert [argv for argv, _ in children if leaks(argv, CANARIES)] == []
    here = [one for one in psutil.process_iter() if _home(one) == str(walk.home)]
    assert len(here) >= 2
    for one in here:
        assert leaks("\0".join(one.cmdline()), CANARIES) == []
        assert leaks("\0".join(one.environ().values()), CANARIES) == []


def _home(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return process.environ().get("HOME", "")
    return ""


def test_files_with_one_are_private_and_belong_there(walk: Walk) -> None:
    """The config file of the user and its backups and drafts, Jupyter's own files, what a restart moved: no other."""
    temporary, runtime = walk.folder / "tmp", walk.home / ".local/share/jupyter/runtime"
    kept = kept_in(walk.home, [runtime]) + kept_in(temporary)
    gone = walk.record.files()
    print(len(kept), "files,", len(gone), "that were there for a moment")
    for one in [*kept, *gone]:
        assert leaks(one.data, [PASSWORD]) == [] or one.path == str(walk.typed.log), one.path
    holding = [one for one in [*kept, *gone] if leaks(one.data, [TYPED, WRITTEN]) and one.path != str(walk.typed.log)]
    print("\n".join(sorted({f"{one.mode:o} {one.path}" for one in holding})))
    assert [one.path for one in holding if one.mode & 0o077] == []
    state = walk.home / ".local/state/jntui"
    own = {path for path in state.rglob("*") if path.is_file()}
    assert {"commands.json", "errors.log"} <= {path.name for path in own}
    assert (state.stat().st_mode & 0o777, (state / "errors.log").stat().st_mode & 0o777) == (0o700, 0o600)
    assert {Path(one.path).relative_to(state).parts[0] for one in holding if Path(one.path).is_relative_to(state)} == {
        "options"
    }


def test_no_repr_screenshot_thread_or_worker_shows_one(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this very process: the screen on real servers, and the repr of all objects of jntui that live then."""
    names: list[str] = []
    begin = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda self: (names.append(repr(self)), begin(self))[1])
    make = Worker.__init__
    monkeypatch.setattr(Worker, "__init__", lambda self, *a, **n: (make(self, *a, **n), names.append(repr(self)))[0])
    survey = Survey({**clean_environment(walk.home), "TERM": "xterm-256color"})
    live = LiveMonitor(survey)
    live.look_first(20.0)
    objects, pictures = asyncio.run(in_this_process(walk, live))
    live.stop()
    shown = [repr(one) for one in objects]
    print(len(shown), "objects of", len({type(one) for one in objects}), "classes;", len(names), "threads and workers")
    assert any(isinstance(one, Server) and one.token == Secret(WRITTEN.text) for one in objects)
    assert {text[:80] for text in shown if leaks(text, CANARIES)} == set()
    assert [name for name in names if leaks(name, CANARIES)] == []
    assert [number for number, text in enumerate(pictures) if leaks(text, CANARIES)] == []


async def in_this_process(walk: Walk, live: LiveMonitor) -> tuple[list[object], list[str]]:
    """Dialogs with secrets in them, as objects and as pictures."""
    app = JntuiApp(live, server=next(one.server.id for one in live.snapshot.views if one.server.port == walk.port))
    objects: list[object] = []
    pictures: list[str] = []
    async with app.run_test(size=(120, 40)) as pilot:
        for keys in (("p",), ("g", *PASSWORD.core, "enter", *PASSWORD.core), ("S",), ("e",), ("r",), ("a",)):
            for key in keys:
                await pilot.press(key)
            await pilot.pause(0.05)
            if keys != ("r",):  # the code on it is a token, asked for
                pictures.append(app.export_screenshot())
            objects += _ours(gc.get_objects())
            while app.screen is not app.main:
                await pilot.press("escape")
                await pilot.pause()
    return objects, pictures


def _ours(found: Iterable[object]) -> list[object]:
    """Values of jntui's own classes, its messages, its dialogs and the events and fields in them."""
    return [
        one for one in found if type(one).__module__.startswith("jntui.") or isinstance(one, (Message, Input, Thread))
    ]


def test_the_repr_of_every_model_class() -> None:
    """Each class, with a canary wherever a `Secret` can stand and in what is documented to hold a token."""
    classes = {
        one
        for path in Path(jntui_model.__file__).parent.glob("*.py")
        for one in vars(import_module(f"jntui.model.{path.stem}".removesuffix(".__init__"))).values()
        if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__.startswith("jntui.model")
    }
    assert len(classes) > 60
    hidden = {"text", "squares", "value", "raw"}
    filled = []
    for one in classes:
        values = {}
        for each in dataclasses.fields(one):
            secret = "Secret" in str(each.type)
            values[each.name] = Secret(TYPED.text) if secret else TYPED.text if not each.repr else None
            if secret or not each.repr:
                filled.append(f"{one.__name__}.{each.name}")
                assert secret or each.name in hidden
        made = one.__new__(one)
        for name, value in values.items():
            object.__setattr__(made, name, value)
        assert leaks(repr(made), CANARIES) == [], one
    print(len(classes), "classes; a canary in", ", ".join(sorted(filled)))
    assert {"Server.token", "QrCode.text", "Connect.text", "AccessWish.password"} <= set(filled)
