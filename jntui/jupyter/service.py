"""A server as a systemd user service: the unit's text, where it lies, the commands that make it run."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.failure import masked
from jntui.jupyter.survival import lingers
from jntui.model import ServicePlan, StartFailed, StartRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import StartPlan
    from jntui.process import Processes

_APPS = {"lab": "JupyterLab", "notebook": "Jupyter Notebook", "server": "Jupyter Server"}
CALL_S = 30.0
"""How long one systemctl may take."""
LOOK_S = 0.3
LIMIT = 64 * 1024
TAIL = 8
"""Lines of the journal that say why it did not come up."""


def plan_service(
    plan: StartPlan, user: str, environ: Mapping[str, str], home: str, root: Path = Path("/")
) -> ServicePlan:
    """What would be written and typed; nothing is. Raises StartRefused where systemd is not there."""
    # What systemd itself says of how to see that it runs (sd_booted(3)).
    if not (root / "run/systemd/system").is_dir() or shutil.which("systemctl", path=environ.get("PATH", "")) is None:
        raise StartRefused(
            "systemd does not run this machine, so there are no user services: `jntui start` alone starts a server "
            "that survives your logout"
        )
    config = environ.get("XDG_CONFIG_HOME", "")
    name = f"jupyter-{plan.port or 'socket'}.service"
    path = Path(config if config.startswith("/") else Path(home) / ".config") / "systemd" / "user" / name
    linger = lingers(user, root)
    more = () if linger else ("loginctl enable-linger",)
    words = (
        "you linger: it runs from boot on, without a login"
        if linger
        else "without linger your services end with your last login, and start with the next: enable-linger keeps them"
    )
    commands = ("systemctl --user daemon-reload", f"systemctl --user enable --now {name}", *more)
    return ServicePlan(str(path), unit_text(plan), commands, linger, words)


def unit_text(plan: StartPlan) -> str:
    """The unit file, pure. Raises StartRefused for what such a file cannot hold."""
    return (
        "[Unit]\n"
        f"Description={_APPS[plan.app]} on {f'port {plan.port}' if plan.port else 'a socket'}\n"
        "\n"
        "[Service]\n"
        f"WorkingDirectory={_folder(plan.root_dir)}\n"
        f"ExecStart={' '.join([_program(plan.command[0]), *map(quoted, plan.command[1:])])}\n"
        "Restart=on-failure\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def quoted(word: str) -> str:
    """An argument of a command line as systemd reads it (systemd.service(5), COMMAND LINES; systemd.syntax(7)).

    What is no printable character is written by its bytes: what a path holds comes back, also where it is no UTF-8.
    """
    text = _specifiers(word).replace("$", "$$")
    if text and all((char.isascii() and char.isalnum()) or char in "-_./=:,+@%$" for char in text):
        return text
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else _bytes(char) for char in inner) + '"'


def _bytes(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))


def _program(path: str) -> str:
    """The first word: no variable is put in there, and no control character may be in it (systemd.service(5))."""
    if not path.isprintable() or "$" in path:
        raise StartRefused(f"a unit file cannot hold the path of this Python: {visible(path, 300)}")
    return quoted(path)


def _folder(path: str) -> str:
    """A directory stands there as it is, without quotes (systemd.exec(5), WorkingDirectory=)."""
    if not path.isprintable() or path != path.strip() or path.endswith("\\"):
        raise StartRefused(
            f"a unit file cannot hold this directory, name another with --root-dir: {visible(path, 300)}"
        )
    return _specifiers(path)


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


class Service:
    """One unit of the user's own service manager."""

    def __init__(self, plan: ServicePlan, processes: Processes, environ: Mapping[str, str]) -> None:
        self.path = Path(plan.path)
        self.name = self.path.name
        self.reader = f"journalctl --user --unit={self.name}"
        """What shows its log."""
        self._unit = plan.unit
        self._processes = processes
        self._environ = environ

    def install(self) -> None:
        """Writes the unit and starts it, now and from the next login on. Raises StartRefused, StartFailed.

        What was written is taken back where the manager does not take it.
        """
        self._write()
        try:
            self._systemctl("daemon-reload")
            self._systemctl("enable", "--now", self.name)
        except StartFailed:
            self.remove()
            raise

    def remove(self) -> None:
        """Stops it and takes the unit away; what is gone already is no failure."""
        for words in (("disable", "--now", self.name), ("daemon-reload",), ("reset-failed", self.name)):
            with contextlib.suppress(StartFailed):  # the failure that led here says more
                self._systemctl(*words)
            if words[0] == "disable":
                with contextlib.suppress(OSError):
                    self.path.unlink()

    def wait(self, latest: float) -> int:
        """Its main process, as soon as there is one that was not restarted, until `latest` (monotonic).

        Raises StartFailed with the end of its journal.
        """
        while True:
            main, state, restarts = self._state()
            if state in {"failed", "inactive"} or restarts:
                raise StartFailed(f"{self.name} ended again; see `{self.reader}`", tail=self.journal())
            if main and state == "active":
                return main
            if time.monotonic() >= latest:
                raise StartFailed(f"{self.name} has no process yet: see `systemctl --user status {self.name}`")
            time.sleep(LOOK_S)

    def journal(self) -> tuple[str, ...]:
        """Its last lines, secrets masked; none where there is no journal."""
        argv = (*self.reader.split(), "--output=cat", "--no-pager", f"--lines={TAIL}")
        printed = self._processes.output(argv, self._environ, os.sep, CALL_S, LIMIT) or ""
        return tuple(masked(line, 400) for line in printed.splitlines()[-TAIL:])

    def _state(self) -> tuple[int, str, int]:
        asked = self._systemctl("show", "--property=MainPID,ActiveState,NRestarts", self.name)
        told = dict(line.partition("=")[::2] for line in asked.splitlines())
        numbers = [
            int(text) if text.isdecimal() else 0 for text in (told.get("MainPID", ""), told.get("NRestarts", ""))
        ]
        return numbers[0], told.get("ActiveState", ""), numbers[1]

    def _write(self) -> None:
        """A unit of somebody else stays. Raises StartRefused."""
        try:
            if self.path.is_symlink() or self.path.exists():
                if self.path.read_bytes() == self._unit.encode():
                    return
                raise StartRefused(
                    f"{visible(str(self.path))} is there already and is another one: choose another --port"
                )
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("x", encoding="utf-8") as stream:
                stream.write(self._unit)
        except (OSError, UnicodeError) as error:
            raise StartRefused(f"{visible(str(self.path))} cannot be written: {error}") from error

    def _systemctl(self, *words: str) -> str:
        try:
            argv = ("systemctl", "--user", "--no-pager", "--no-ask-password", *words)
            ended = self._processes.run_bounded(argv, b"", self._environ, CALL_S)
        except OSError as error:
            raise StartFailed(f"systemctl cannot be run: {error.strerror or error}") from error
        printed = ended.output.decode("utf-8", "replace")
        if ended.status != 0:
            said = visible(printed.strip().replace("\n", "; "), 300)
            raise StartFailed(f"systemctl --user {' '.join(words)}: {said or 'it failed or took too long'}")
        return printed
