"""Finds Jupyter servers: info files, processes and sockets together; and asks each who it is.

`look` sends nothing to anybody. `ask` may be called from several threads at once. Looking changes nothing: no file is
deleted, no signal sent.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jntui.jupyter import rest
from jntui.jupyter.candidates import ProcessScan
from jntui.jupyter.claims import Gathering
from jntui.jupyter.command_line import GATEWAY, LAB, NOTEBOOK, interpreter_of
from jntui.jupyter.evidence import decide
from jntui.jupyter.info_file import Listing, list_info_files, read_info_file, redirect_of
from jntui.jupyter.managed import ManagedServers, state_dir
from jntui.jupyter.paths import home_dir, runtime_dir
from jntui.jupyter.rest import Question
from jntui.model import Looked, Server
from jntui.text import home_short, visible
from jntui.transport import Deadline, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.jupyter.claims import Claim
    from jntui.jupyter.evidence import Evidence
    from jntui.jupyter.rest import ServerAnswer
    from jntui.model import Listener, RedirectFile, Sockets, State
    from jntui.process import Processes
    from jntui.transport import Transport

Key = tuple[int, float, int, str]
"""pid, start, port, socket: an answer holds for exactly this."""
Scheme = Literal["http", "https"]


@dataclass(frozen=True, slots=True)
class _Learned:
    """A server's last answer, and the scheme at which it gave it."""

    answer: ServerAnswer
    scheme: Scheme


class Discovery:
    """Keeps what was learned between looks. `environ` and `home` are the user's own."""

    def __init__(
        self,
        processes: Processes,
        transport: Transport,
        environ: Mapping[str, str],
        home: str,
        platform: str = sys.platform,
    ) -> None:
        self._processes = processes
        self._transport = transport
        self._home = home_dir(environ, home)
        self._folder = runtime_dir(environ, self._home, platform)
        self._scan = ProcessScan(processes, self._home, platform)
        self._managed = ManagedServers(state_dir(environ, home, platform))
        self._lock = threading.Lock()
        self._learned: dict[Key, _Learned] = {}
        self._claims: dict[str, Claim] = {}
        self._elsewhere: tuple[str, ...] = ()
        self._listing = Listing()
        self.candidates: tuple[Server, ...] = ()
        """Processes of the last look that may be servers, not asked yet: not shown before one answered as Jupyter."""

    @property
    def runtime_dirs(self) -> tuple[str, ...]:
        """Where info files lie: the user's own runtime directory first, then those of servers found elsewhere."""
        return (self._folder, *self._elsewhere)

    def look(self, sockets: Sockets, *, processes: bool = True) -> tuple[Server, ...]:
        """Every server that files, processes and sockets show; `asked` is False until its own answer is in.

        Without `processes` those that have an info file in the runtime directory: a third of the time.
        """
        gathering = Gathering(self._processes, sockets)
        self._listing = list_info_files(self._folder)
        claims = [gathering.of_file(read_info_file(path)) for path in self._listing.paths]
        alive = {claim.evidence.pid for claim in claims if decide(claim.evidence)[0] != "stale"}
        known = {pid for pid in alive if pid is not None}
        for found in self._scan.scan(sockets, known) if processes else ():
            path = found.info.path if found.info is not None else None
            if any(claim.path == path and claim.evidence.pid == found.process.pid for claim in claims if path):
                # Its file was read already and found stale: the process is told by its listeners alone.
                claims += gathering.of_process(replace(found, info=None))
                continue
            if path in self._listing.paths:
                # The file has the number that the process goes by in a pid namespace of its own.
                claims = [claim for claim in claims if claim.path != path]
            claims += gathering.of_process(found)
        claims = _unique([self._with_answer(claim) for claim in claims if _counts(claim)])
        with self._lock:
            self._claims = {claim.id: claim for claim in claims}
            keys = {_key(claim.evidence) for claim in claims}
            self._learned = {key: entry for key, entry in self._learned.items() if key in keys}
        folders = {str(Path(claim.path).parent) for claim in claims if claim.path}
        self._elsewhere = tuple(sorted(folders - {self._folder}))[:64]
        self.candidates = tuple(self._server(claim) for claim in claims if claim.candidate and not _answered(claim))
        return tuple(sorted((self._server(claim) for claim in claims if _shown(claim)), key=_order))

    def ask(self, server: Server, timeout_s: float = 2.0) -> Server:
        """Asks the server who it is, at most `timeout_s` seconds, and returns it with what it said.

        Sends `server.token` where that is safe, and no token if the server comes without one. A server that has no
        listener, or is not ours, is returned as it is.
        """
        with self._lock:
            claim = self._claims.get(server.id)
        if claim is None or not claim.evidence.listeners or claim.evidence.foreign or server.state == "stale":
            return replace(server, asked=True)
        learned = self._ask(claim, server, Deadline(timeout_s))
        with self._lock:
            self._learned[_key(claim.evidence)] = learned
        return self._server(self._with_answer(claim))

    def ask_candidates(self, timeout_s: float = 2.0) -> bool:
        """Asks each candidate of the last look once, one after the other, all within `timeout_s` seconds.

        True if one answered as Jupyter: the next look shows it.
        """
        deadline = Deadline(timeout_s)
        asked = [self.ask(entry, deadline.left()) for entry in self.candidates if deadline.left() > 0]
        self.candidates = ()
        return any(entry.state == "running" for entry in asked)

    @property
    def trouble(self) -> str:
        """What of the runtime directory could not be read, in one line; empty if all could."""
        return self._listing.trouble

    def looked(self, servers: Sequence[Server]) -> tuple[Looked, ...]:
        """Where servers were looked for and what was there, for the empty screen."""
        folder = home_short(visible(self._folder), self._home)
        count = len(self._listing.paths)
        if self._listing.trouble:
            found = self._listing.trouble
        elif not Path(self._folder).is_dir():
            found = "does not exist yet"
        else:
            found = f"{count} info file{'' if count == 1 else 's'}" if count else "no info file"
        others = sum(1 for server in servers if server.state == "other-user")
        without = sum(1 for server in servers if server.info_file is None and server.state != "other-user")
        rows = [
            Looked("looked in", folder, found),
            Looked(
                "looked in", "processes that listen", f"{without} without an info file" if without else "no Jupyter"
            ),
        ]
        if others:
            rows.append(Looked("not seen", "other users' files and sockets", f"{others} of their servers"))
        return tuple(rows)

    def recheck(self, info_path: str) -> tuple[State, str]:
        """The state and reason of an info file's server at this moment, by files, processes and sockets alone."""
        gathering = Gathering(self._processes, self._processes.sockets())
        return decide(gathering.of_file(read_info_file(info_path)).evidence)

    def _with_answer(self, claim: Claim) -> Claim:
        with self._lock:
            learned = self._learned.get(_key(claim.evidence))
        if learned is None:
            return claim
        return replace(claim, evidence=replace(claim.evidence, answer=learned.answer))

    def _ask(self, claim: Claim, server: Server, deadline: Deadline) -> _Learned:
        with self._lock:
            before = self._learned.get(_key(claim.evidence))
        question = _question(claim, server, before.answer if before else None)
        answer = rest.ask(question, self._transport, deadline)
        scheme = server.scheme
        if answer.base_url is not None and deadline.left() > 0:
            answer = replace(
                rest.ask(replace(question, base_url=answer.base_url), self._transport, deadline),
                base_url=answer.base_url,
            )
        if answer.kind == "none" and claim.info is None and scheme == "http" and deadline.left() > 0.2:
            # Without an info file nothing but the command line tells of TLS, and a config file may name a certificate.
            secure = replace(question, target=replace(question.target, scheme="https"))
            second = rest.ask(secure, self._transport, deadline)
            if second.kind == "jupyter":
                answer, scheme = second, "https"
        if answer.kind == "none" and before is not None:
            known = before.answer
            answer = replace(answer, version=known.version, auth=known.auth, base_url=known.base_url)
        return _Learned(answer, scheme)

    def _server(self, claim: Claim) -> Server:
        """The claim as a value for everybody else: every text of it fit for a screen."""
        evidence, info = claim.evidence, claim.info
        state, reason = decide(evidence)
        process, command, answer = evidence.process, evidence.command, evidence.answer
        alive = state != "stale"
        record = self._managed.find(process.pid, process.create_time) if process is not None and alive else None
        left = self._managed.of_file(info.pid, info.mtime) if info is not None and not alive else record
        redirect = redirect_of(claim.path) if claim.path else None
        return Server(
            id=claim.id,
            state=state,
            reason=reason,
            pid=evidence.pid,
            port=evidence.port,
            app=command.app if command is not None and alive else _app_without_command(claim, redirect),
            version=(answer.version if answer else None)
            or (visible(info.version, 64) if info and info.version else None),
            python=self._python(evidence) if alive else None,
            root_dir=self._root_dir(claim) if alive or info else None,
            base_url=_base_url(claim),
            scheme=self._scheme(claim),
            auth=answer.auth if answer else None,
            listeners=evidence.listeners,
            started=_time(process.create_time) if process is not None and alive else None,
            last_activity=answer.last_activity if answer else None,
            kernels=answer.kernels if answer else None,
            info_file=claim.path,
            user=visible(process.user, 64) if process is not None and process.user and alive else None,
            managed=record is not None,
            token=claim.token if alive else None,
            log=left.log if left is not None else None,
            asked=answer is not None or state != "running",
            bind=visible(command.ip, 256) if command is not None and command.ip and alive else None,
            api_started=answer.api_started if answer else None,
            redirect_file=redirect,
        )

    def _scheme(self, claim: Claim) -> Scheme:
        with self._lock:
            learned = self._learned.get(_key(claim.evidence))
        if claim.info is not None:
            return "https" if claim.info.secure else "http"
        if learned is not None and learned.answer.kind == "jupyter":
            return learned.scheme
        return "https" if claim.evidence.command is not None and claim.evidence.command.secure else "http"

    @staticmethod
    def _python(evidence: Evidence) -> str | None:
        """The interpreter as argv names it: /proc/PID/exe would be the base one, never the environment's."""
        named = interpreter_of(evidence.process.argv) if evidence.process is not None else None
        return visible(named) if named else None

    def _root_dir(self, claim: Claim) -> str | None:
        if claim.info is not None and claim.info.root_dir:
            return visible(claim.info.root_dir)
        command, process = claim.evidence.command, claim.evidence.process
        if process is None or claim.evidence.foreign:
            return visible(command.root_dir) if command is not None and command.root_dir else None
        here = self._processes.cwd(process.pid)
        named = command.root_dir if command is not None else None
        if named and here:
            return visible(str(Path(here) / named))
        return visible(named or here or "") or None


def _key(evidence: Evidence) -> Key:
    begun = evidence.process.create_time if evidence.process is not None else 0.0
    return (evidence.pid or 0, begun, evidence.port or 0, evidence.sock)


def _counts(claim: Claim) -> bool:
    """A process without an info file and without a listener counts only while it starts, or where we cannot see."""
    evidence = claim.evidence
    return bool(claim.path or evidence.listeners or evidence.foreign) or decide(evidence)[0] != "stale"


def _answered(claim: Claim) -> bool:
    return claim.evidence.answer is not None


def _shown(claim: Claim) -> bool:
    answer = claim.evidence.answer
    return not claim.candidate or (answer is not None and (answer.kind == "jupyter" or answer.version is not None))


def _unique(claims: list[Claim]) -> list[Claim]:
    """With a suffix where two claims have one id (the same stem in two runtime directories)."""
    seen: set[str] = set()
    unique: list[Claim] = []
    for claim in claims:
        name, count = claim.id, 1
        while name in seen:
            count += 1
            name = f"{claim.id}-{count}"
        seen.add(name)
        unique.append(replace(claim, id=name) if count > 1 else claim)
    return unique


def _order(server: Server) -> tuple[bool, int, str]:
    """Living servers by port, then the stale ones."""
    return (server.state == "stale", server.port or 65536, server.id)


def _time(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(round(seconds, 2), timezone.utc)
    except (OverflowError, OSError, ValueError):
        return None


def _base_url(claim: Claim) -> str:
    answer, command = claim.evidence.answer, claim.evidence.command
    if answer is not None and answer.base_url:
        return answer.base_url
    if claim.info is not None:
        return claim.info.base_url
    return visible(command.base_url) if command is not None and command.base_url else "/"


def _app_without_command(claim: Claim, redirect: RedirectFile | None) -> str | None:
    """An embedded or gone server's application, by what its files say: Notebook 6's own name, or the page they open."""
    if claim.info is not None and claim.info.legacy:
        return NOTEBOOK
    page = redirect.target.rstrip("/").rsplit("/", 1)[-1] if redirect is not None else ""
    return {"lab": LAB, "tree": NOTEBOOK}.get(page)


def _question(claim: Claim, server: Server, before: ServerAnswer | None) -> Question:
    command, info = claim.evidence.command, claim.info
    return Question(
        target=target_of(server.listeners or claim.evidence.listeners, server.scheme, info.sock if info else ""),
        base_url=server.base_url,
        token=server.token,
        gateway=command is not None and command.app == GATEWAY,
        password_proven=bool((info and info.password) or (command and command.password)),
        auth=before.auth if before is not None else None,
    )


def target_of(listeners: Sequence[Listener], scheme: str, sock: str) -> Target:
    """Where to connect: a loopback address if one is taken, else the very address that is bound."""
    wildcard = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    hosts = [wildcard.get(entry.host, entry.host) for entry in listeners if entry.port]
    if not hosts:
        path = sock if sock.startswith("/") else next((entry.path for entry in listeners if entry.path), sock)
        return Target("http", "127.0.0.1", 0, unix_path=path)
    host = min(hosts, key=lambda text: (not text.startswith("127."), text != "::1", text))
    # The Host check lets a loopback literal pass whatever `local_hostnames` holds (jupyter_server base/handlers.py,
    # check_host), and a refusal would write warnings.
    return Target(scheme, "127.0.0.1", listeners[0].port, address=host, verify=False)
