"""The whole journey by keys alone: nothing, a server, open to the LAN, a code, a phone that runs a cell, and back."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.live.namespaces import processes_apart
from tests.live.netlab import BOX, PHONE, Lab, lab, unavailable
from tests.live.phones import Phone
from tests.live.test_access import connect_only
from tests.live.test_terminal import environment, jntui, quit_cleanly
from tests.terminal import Terminal
from tests.zbar import BLACK, WHITE, Colour, needs_zbar, read_cells

pytestmark = [
    pytest.mark.timeout(280),
    pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "there is a lab"),
]

PASSWORD = "correct horse battery"
MOST_KEYS = 12


class Hand:
    """Presses keys and counts them; what it does is kept with the screens that it led to."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.keys: list[str] = []
        self.record: list[str] = []

    def press(self, key: str, until: str | re.Pattern[str], timeout: float = 30) -> str:
        """One key, and the screen that it leads to."""
        self.keys.append(key)
        self.terminal.press(key)
        return self.sees(until, timeout)

    def sees(self, until: str | re.Pattern[str], timeout: float = 30) -> str:
        """A screen that comes by itself."""
        fits = until.search if isinstance(until, re.Pattern) else lambda text: until in text
        screen = self.terminal.wait_for(lambda text: bool(fits(text)), timeout)
        last = self.keys[-1] if self.keys else "-"
        self.record.append(
            f"== key {len(self.keys)} {last}, {time.perf_counter() - self.terminal.began:.1f} s\n{screen}"
        )
        return screen

    def write(self, text: str, until: str) -> None:
        """Types what is no key of the way: the password."""
        self.terminal.press(*text)
        self.sees(until)


def colour(name: str, default: Colour) -> Colour:
    """Of pyte's name."""
    if not re.fullmatch(r"[0-9a-fA-F]{6}", name):
        return {"default": default, "black": BLACK, "white": WHITE}.get(name, default)
    red, green, blue = bytes.fromhex(name)
    return red, green, blue


def read_code(terminal: Terminal, folder: Path) -> str:
    """What zbar reads from all cells of the screen."""
    cells = []
    for line in terminal.cells:
        row = []
        for char, front_name, back_name in line:
            front, back = colour(front_name, WHITE), colour(back_name, BLACK)
            row.append((front if char in "▀█" else back, front if char in "▄█" else back))
        cells.append(row)
    return read_cells(cells, folder, BLACK)


def written(home: Path) -> dict[str, bytes]:
    """The config files and what lies beside them, but for Jupyter's own mark that it looked for older ones."""
    files = [path for path in (home / ".jupyter").rglob("*") if path.is_file() and path.name != "migrated"]
    return {str(path): path.read_bytes() for path in files}


def own_start_s(home: Path) -> float:
    """From the process's begin to its info file, which Jupyter writes once it listens."""
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") == str(home) and "--port=8888" in process.cmdline():
                files = list((home / ".local/share/jupyter/runtime").glob("jpserver-*.json"))
                return max(file.stat().st_mtime for file in files) - process.create_time()
        except psutil.Error:
            continue
    raise AssertionError("no server of this HOME runs")


def secrets_told(home: Path) -> list[str]:
    """Where the password can be read: command lines of all processes, and files that are not Jupyter's own."""
    found = []
    for process in psutil.process_iter():
        try:
            if PASSWORD in " ".join(process.cmdline()):
                found.append(f"cmdline of {process.pid}")
        except psutil.Error:
            continue
    files = [path for path in home.rglob("*") if path.is_file()]
    return found + [str(path) for path in files if PASSWORD.encode() in path.read_bytes()]


@pytest.fixture
def wire() -> Iterator[Lab]:
    with lab("way") as made:
        yield made


@needs_zbar
def test_from_nothing_to_a_phone_and_back(wire: Lab, tmp_path: Path) -> None:
    home, system = tmp_path / "home", tmp_path / "etc"
    # Root has to say that it is meant; the user of the journey is none, so the keys are the same without it.
    system.mkdir()
    (system / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": {"allow_root": True}}))
    env = environment(home, JUPYTER_CONFIG_PATH=str(system))
    with processes_apart(("ip", "netns", "exec", wire.box.name)) as apart, jntui(env, inside=apart) as terminal:
        hand = Hand(terminal)
        hand.sees("n  start one")
        own = started(hand, home)
        files = written(home)
        own += opened(hand, home)
        seconds = time.perf_counter() - terminal.began
        url = read_code(terminal, tmp_path)
        print(f"{len(hand.keys)} keys: {' '.join(hand.keys)}; {seconds:.1f} s, of them Jupyter's own start {own:.1f} s")
        assert len(hand.keys) <= MOST_KEYS
        assert url == f"http://{BOX['ip']}:8888/"
        phone = Phone(url)
        assert wire.phone_runs(lambda: (phone.log_in(PASSWORD), phone.run_cell("print(6 * 7)"))) == (302, "42")
        # A page that is shown keeps connections open, as this one; the phone of the test closes each of its own.
        with wire.phone_runs(lambda: socket.create_connection((BOX["ip"], 8888))):
            hand.sees(f"seen from {PHONE['ip']}")
            hand.press("escape", re.compile(rf"{BOX['ip']}:8888/ .*seen from {PHONE['ip']}"))
        assert secrets_told(home) == []
        back(hand)
        assert written(home) == files
        refused = [wire.phone_runs(lambda host=BOX[one]: connect_only(host, 8888)) for one in ("ip", "ip6")]
        assert refused == ["ECONNREFUSED", "ECONNREFUSED"]
        assert PASSWORD.encode() not in terminal.raw
        assert not [text for number, text in terminal.strings if number == b"52"]
        (tmp_path / "journey.txt").write_text("\n\n".join(hand.record))
        quit_cleanly(terminal)


def started(hand: Hand, home: Path) -> float:
    """A server; seconds that Jupyter took for its own start."""
    hand.press("n", "runs with")
    hand.press("enter", "Start")
    hand.press("enter", re.compile(r"http://127\.0\.0\.1:8888/ +ok"))
    return own_start_s(home)


def opened(hand: Hand, home: Path) -> float:
    """Up to the code; seconds of Jupyter's second start."""
    hand.press("a", "the same once more")
    hand.write(PASSWORD, "type it once more")
    hand.press("enter", "type it once more")
    hand.terminal.settle(0.3, 5)
    hand.write(PASSWORD, "→ argon2 hash")
    hand.press("enter", "Save and restart")
    hand.press("enter", "can be opened at each of these addresses")
    # Its last row is of light squares alone, as the first is: the whole code has been painted.
    hand.press("r", re.compile(r"█{25}[\s\S]*[▀▄][\s\S]*█{25}"))
    return own_start_s(home)


def back(hand: Hand) -> None:
    """Only this machine again."""
    hand.press("a", "ctrl+o")
    hand.press("ctrl+o", re.compile(r"after +this machine; token; [\s\S]*byte for byte as before"))
    hand.press("enter", re.compile(r"Only this machine can open .* now[\s\S]* Close"))
    hand.press("escape", re.compile(r":8888: this machine, token(?![\s\S]* Close)"))
