"""The command log: the last 200 things that jntui did, in memory and in `commands.json`, secrets masked."""

from __future__ import annotations

import shlex
import threading
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.jupyter.failure import masked
from jntui.jupyter.rest import parse_time
from jntui.jupyter.state_file import read_entries, write_entries
from jntui.model import CommandEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from jntui.model import DiffLine, KernelVerb, Server, ServicePlan, Started, Stopped

MOST = 200
LINES_LIMIT = 60
LINE_LIMIT = 2000
_TOKEN = "-H 'Authorization: token ***'"  # noqa: S105 - stars


class CommandLog:
    """Serves all threads; what another jntui wrote down meanwhile is kept."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "commands.json"
        self._lock = threading.Lock()
        self._unwritten: tuple[CommandEntry, ...] = ()
        """What the disk did not take."""

    def entries(self) -> tuple[CommandEntry, ...]:
        """Oldest first."""
        with self._lock:
            return self._all()

    def record(self, what: str, lines: Iterable[str], *, ok: bool = True) -> None:
        """Writes it down; never raises for what the disk is like."""
        shown = [masked(line, LINE_LIMIT) for line in lines]
        if len(shown) > LINES_LIMIT:
            shown = [*shown[:LINES_LIMIT], f"... {len(shown) - LINES_LIMIT} more lines"]
        now = datetime.now(timezone.utc).replace(microsecond=0)
        entry = CommandEntry(now, masked(what, LINE_LIMIT), tuple(shown), ok)
        with self._lock:
            kept = (*self._all(), entry)[-MOST:]
            try:
                write_entries(self.path, [_as_json(one) for one in kept])
                self._unwritten = ()
            except OSError:
                self._unwritten = (*self._unwritten, entry)[-MOST:]

    def _all(self) -> tuple[CommandEntry, ...]:
        read = (_entry(one) for one in read_entries(self.path, MOST))
        return (*(one for one in read if one is not None), *self._unwritten)[-MOST:]


def _as_json(entry: CommandEntry) -> dict[str, object]:
    return {"at": entry.at.isoformat(), "what": entry.what, "lines": list(entry.lines), "ok": entry.ok}


def _entry(found: Mapping[str, object]) -> CommandEntry | None:
    at, what, lines = parse_time(found.get("at")), found.get("what"), found.get("lines")
    if at is None or not isinstance(what, str) or not isinstance(lines, list):
        return None
    shown = tuple(masked(str(line), LINE_LIMIT) for line in lines[: LINES_LIMIT + 1])
    return CommandEntry(at, masked(what, LINE_LIMIT), shown, found.get("ok") is True)


def start_lines(started: Started) -> tuple[str, ...]:
    """A start, as it would be typed into a shell."""
    typed = started.typed or f"nohup {shlex.join(started.command)}"
    return (f"{typed} >>{shlex.quote(started.log)} 2>&1 &",)


def stop_lines(server: Server, stopped: Stopped) -> tuple[str, ...]:
    """A stop: each rung that was tried, and what was removed after it."""
    typed = {"api": _request(server, "POST", "api/shutdown"), "SIGTERM": f"kill {server.pid}"}
    typed["SIGKILL"] = f"kill -KILL {server.pid}"
    rungs = [typed[step.rung] for step in stopped.steps]
    return (*rungs, *(f"rm {shlex.quote(path)}" for path in stopped.removed))


def kernel_lines(server: Server, kernel_id: str, verb: KernelVerb) -> tuple[str, ...]:
    """An interrupt, a restart or a shutdown of one kernel."""
    path = f"api/kernels/{kernel_id}"
    return (_request(server, "DELETE", path) if verb == "shutdown" else _request(server, "POST", f"{path}/{verb}"),)


def service_lines(plan: ServicePlan) -> tuple[str, ...]:
    """A unit file, as it would be typed into a shell, and what makes it run; not what was left to the user."""
    typed = (command for command in plan.commands if command.startswith("systemctl "))
    return (f"cat >{shlex.quote(plan.path)} <<'UNIT'", *plan.unit.rstrip("\n").split("\n"), "UNIT", *typed)


def terminal_lines(server: Server, name: str) -> tuple[str, ...]:
    """The end of one terminal."""
    return (_request(server, "DELETE", f"api/terminals/{name}"),)


def edit_lines(path: str, diff: Iterable[DiffLine]) -> tuple[str, ...]:
    """A change of a file: its name, then the diff, in which secrets are covered already, as a comment of the shell."""
    from jntui.jupyter.editing import diff as words

    return (f"$EDITOR {shlex.quote(path)}", *(f"# {line}" for line in words.as_text(tuple(diff)).split("\n")))


def reversed_lines(path: str, diff: Iterable[DiffLine]) -> tuple[str, ...]:
    """The same change taken back."""
    back = (
        replace(one, sign="-" if one.sign == "+" else "+" if one.sign == "-" else one.sign, old=one.new, new=one.old)
        for one in diff
    )
    return edit_lines(path, back)


def certificate_lines(key: str, certificate: str, names: Sequence[str], days: int) -> tuple[str, ...]:
    """A key and its self-signed certificate."""
    place = f"-keyout {shlex.quote(key)} -out {shlex.quote(certificate)}"
    common = next((name for name in names if not _is_address(name) and name != "localhost"), "localhost")
    also = ",".join(f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in names)
    return (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days {days} {place} "
        f"-subj {shlex.quote(f'/CN={common}')} -addext {shlex.quote(f'subjectAltName={also}')}",
    )


def url_lines(path: str, port: int, url: str, *, gone: bool = False) -> tuple[str, ...]:
    """A URL that was added to jntui's own config file, or went out of it."""
    sign = "-" if gone else "+"
    entry = ("[[urls]]", f"port = {port}", f'url = "{url}"')
    return (f"$EDITOR {shlex.quote(path)}", *(f"# {sign} {line}" for line in entry))


def _is_address(name: str) -> bool:
    return ":" in name or name.replace(".", "").isdigit()


def chmod_line(path: str, mode: int) -> str:
    """A change of who may read a file or enter a directory."""
    return f"chmod {mode:o} {shlex.quote(path)}"


def _request(server: Server, method: str, path: str) -> str:
    token = f"{_TOKEN} " if server.token else ""
    socket = next((one.path for one in server.listeners if one.path), "") if not server.port else ""
    through = f"--unix-socket {shlex.quote(socket)} " if socket else ""
    place = "localhost" if socket else f"127.0.0.1:{server.port}"
    return f"curl -X {method} {token}{through}{shlex.quote(f'{server.scheme}://{place}{server.base_url}{path}')}"
