"""Whether a server outlives the login in which it was started. Linux: what the kernel and logind would do.

A terminal that goes away sends SIGHUP to its shell and to the job in its foreground; bash, zsh and fish hand it on to
their other jobs, but to those that they were told to `disown`; dash does not. Left by `exit`, zsh and fish do the
same (zshoptions(1), `HUP`), bash only if it is set up for that (bash(1), SIGNALS, `huponexit`). What is stopped, bash
ends with SIGTERM whichever way it goes, and nohup is no help against that. nohup ignores SIGHUP, a session of its own
never gets it. With KillUserProcesses logind ends all that is left of a session, what ignores SIGHUP too
(logind.conf(5)); a user's own service manager ends with the last login unless the user lingers (loginctl(1),
enable-linger).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.stop import minder_of
from jntui.model import Survival
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.model import Server, Supervisor
    from jntui.process import Processes, Session

_LOGIN_SCOPE = re.compile(r"/session-[^/\n]+\.scope")
_USER_MANAGER = re.compile(r"/user@\d+\.service")
_HOLDERS = ("tmux", "screen", "SCREEN", "dtach", "abduco", "zellij")
"""Programs whose terminals live on when the one that looks at them is gone."""
_ENDS_JOBS = ("zsh", "fish")
"""Shells that end their jobs at `exit` too."""
_DEPTH = 8
_FOLDERS = ("usr/lib/systemd", "usr/local/lib/systemd", "run/systemd", "etc/systemd")
"""Low to high (logind.conf(5)): the last file that sets a value decides."""
LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Login:
    """What is known of the login that a server hangs on."""

    name: str
    """How the server is named in a command: `8888`."""
    session: Session | None
    holder: str = ""
    """The program that keeps its terminal (`tmux`), if one does."""
    cgroup: str = ""
    kills_left: bool = False
    """logind ends what is left of this user's sessions."""
    lingers: bool | None = None
    supervisor: Supervisor | None = None
    shell: str = ""
    """The shell of which it is a job, where it is one in the background and that can be told."""
    suspended: bool = False
    """It is stopped by job control."""


def survival(server: Server, processes: Processes, root: Path = Path("/")) -> Survival:
    """Looks at its process and at logind's settings; `root` is where those lie."""
    if server.pid is None or server.state in {"stale", "other-user"}:
        return Survival(None, "it does not run, or may not be looked at")
    session = processes.session(server.pid)
    name = str(server.port or server.id)
    user = server.user or ""
    facts = processes.look(server.pid)
    return judge(
        Login(
            name,
            session,
            _holder(session.sid, processes) if session is not None and session.terminal else "",
            processes.cgroup(server.pid) or "",
            kills_left(user, root),
            lingers(user, root),
            minder_of(server, processes),
            _shell(server.pid, session, processes) if session is not None and session.background else "",
            facts is not None and facts.suspended,
        )
    )


def judge(login: Login) -> Survival:
    """Pure: from facts to words."""
    minder = login.supervisor
    in_manager = bool(_USER_MANAGER.search(login.cgroup))
    if in_manager and login.lingers is False:
        keep = "`loginctl enable-linger` lets your services run without a login"
        return Survival(False, "your service manager runs it, which ends with your last login", keep)
    if minder is not None:
        return Survival(True, f"{_MINDERS[minder.kind]} keeps it: {minder.name}")
    service = "`jntui start --service` starts it as a service"
    if login.kills_left and _LOGIN_SCOPE.search(login.cgroup):
        keep = f"{service}, and `loginctl enable-linger` lets that run without a login; nohup and tmux do not help"
        return Survival(False, "logind ends all of a login with it (KillUserProcesses=yes)", keep)
    session = login.session
    if session is None:
        return Survival(None, "what it does when you log out cannot be told on this system")
    if not session.terminal:
        return Survival(True, "it has no terminal whose end would end it")
    if login.holder:
        return Survival(True, f"its terminal is kept by {login.holder}")
    return _of_its_terminal(login, session)


def _of_its_terminal(login: Login, session: Session) -> Survival:
    """Nothing keeps the terminal: what its end does to the server."""
    again = (
        f"`jntui restart {login.name}` starts it again in a session of its own; next time start it with `jntui start`"
    )
    if login.suspended:
        on = "`bg` in its terminal lets it go on"
        words = "it is stopped (ctrl+z), and a shell ends what is stopped when it ends itself, with nohup too"
        return Survival(False, words, on if session.ignores_hangup else f"{on}; {again}", sure=False)
    if session.ignores_hangup:
        return Survival(True, "it ignores the end of its terminal (nohup)")
    if session.background:
        return Survival(False, _of_its_shell(login.shell), again, sure=False)
    return Survival(False, "it ends with the terminal in which it was started (no nohup)", again)


def _of_its_shell(shell: str) -> str:
    """What a shell does with a job in the background when it ends itself."""
    disowned = "unless `disown` was typed after it"
    if shell == "bash":
        ends = f"it ends when its terminal is closed or the line drops, {disowned}"
        return f"{ends}; bash leaves it alone at a plain `exit`"
    if shell in _ENDS_JOBS:
        return f"when its terminal is closed or the line drops {shell} ends it, at `exit` too, {disowned}"
    return "when its terminal is closed or the line drops, the shell in which it was started decides: most end it"


_MINDERS = {"systemd": "systemd", "jupyterhub": "JupyterHub", "container": "its container"}


def _holder(pid: int, processes: Processes) -> str:
    """The nearest program above the session that keeps terminals."""
    for _ in range(_DEPTH):
        facts = processes.look(pid)
        if facts is None:
            return ""
        if facts.name.startswith(_HOLDERS):
            return visible(facts.name.partition(":")[0], 30)
        pid = facts.ppid or 0
    return ""


def _shell(pid: int, session: Session, processes: Processes) -> str:
    """The first program above it that is not of its own job."""
    above: Session | None = session
    for _ in range(_DEPTH):
        facts = processes.look(pid)
        if facts is None:
            return ""
        if above is None or above.group != session.group:
            return facts.name
        pid = facts.ppid or 0
        above = processes.session(pid)
    return ""


def kills_left(user: str, root: Path) -> bool:
    """KillUserProcesses for this user, by logind's own files; where they are silent, what distributions ship: no."""
    kill, only, exclude = False, [""], ["root"]
    for line in _lines(root):
        key, _, value = (part.strip() for part in line.partition("="))
        if key == "KillUserProcesses":
            kill = value.lower() in {"yes", "true", "on", "1"}
        elif key == "KillOnlyUsers":
            only = value.split()
        elif key == "KillExcludeUsers":
            exclude = value.split()
    return kill and user not in exclude and (not any(only) or user in only)


def _lines(root: Path) -> Iterable[str]:
    drops: dict[str, Path] = {}
    first: Path | None = None
    for folder in _FOLDERS:
        main = root / folder / "logind.conf"
        first = main if main.is_file() else first
        try:
            drops.update({one.name: one for one in (root / folder / "logind.conf.d").glob("*.conf")})
        except OSError:
            continue  # what may not be read cannot be told
    for path in [*([first] if first else []), *(drops[name] for name in sorted(drops))]:
        try:
            with path.open("rb") as stream:
                yield from stream.read(LIMIT).decode("utf-8", "replace").splitlines()
        except OSError:
            continue


def lingers(user: str, root: Path) -> bool | None:
    """The user's services run without a login: a file that loginctl makes; None where logind keeps none."""
    folder = root / "var/lib/systemd/linger"
    try:
        if not (root / "run/systemd/system").is_dir():
            return None
        return bool(user) and "/" not in user and (folder / user).exists()
    except OSError:
        return None
