"""Who else minds a server: a systemd unit, JupyterHub, a container. Pure: from texts of the system to words.

A program that is ended behind its supervisor's back is started again, or leaves it with a wrong picture; so the right
command is named instead.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.model import Supervisor
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the place a process runs in."""

    pid: int
    ppid: int | None = None
    parent_name: str = ""
    """The system's short name of its parent."""
    user: str = ""
    port: int | None = None
    cgroup: str = ""
    """/proc/PID/cgroup, whole (cgroups(7))."""
    own_cgroup: str = ""
    """The same of jntui: what runs in our own container is not in another one."""
    root: bool = False
    """jntui runs as root."""
    mine: bool = True
    """The process belongs to the user who asks."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    hub: bool = False
    """It is JupyterHub's single-user server, by its command line or its own answer: the variables of a hub are
    inherited by whatever is started in one of its terminals and prove nothing."""
    hub_answers: bool = False
    """It sends to a hub's login."""


def supervisor_of(where: Surroundings) -> Supervisor | None:
    """The innermost program that minds the server's end; None if nobody is seen to."""
    if where.hub:
        return _hub(where)
    container = _container(where)
    return container if container is not None else _systemd(where)


def _hub(where: Surroundings) -> Supervisor:
    environ = where.environ
    # Where the hub is seen from outside is told by JupyterHub 5 and later; its path is known to all.
    public = environ.get("JUPYTERHUB_PUBLIC_HUB_URL", "")
    base = public or f"{environ.get('JUPYTERHUB_HOST', '')}{environ.get('JUPYTERHUB_BASE_URL', '/')}hub/"
    page = visible(f"{base}home", 300)
    user = visible(environ.get("JUPYTERHUB_USER", "") or where.user, 64)
    by_name = not where.hub_answers and not any(name.startswith("JUPYTERHUB_") for name in environ)
    return Supervisor("jupyterhub", user, page, page, by_name)


_ID = r"([0-9a-f]{64})"
_ENGINES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"/docker[-/]{_ID}"), "docker"),
    (re.compile(rf"/libpod-{_ID}"), "podman"),
    (re.compile(rf"/nerdctl-{_ID}"), "nerdctl"),
    (re.compile(rf"/(?:cri-containerd|crio)-{_ID}"), "crictl"),
    (re.compile(rf"/kubepods[^\n]*/{_ID}"), "crictl"),
)
"""How each engine names a container's control group, under systemd and by itself."""

_SYSTEMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"/lxc(?:\.payload)?[./]([^/.\n][^/\n]*)"), "lxc-attach -n {name} -- {command}"),
    (re.compile(r"/machine-([^/\n]+)\.scope"), "machinectl shell {name} /usr/bin/env {command}"),
)
"""Containers that hold a whole system: they are not stopped for one server's sake; the command runs inside."""


def _container(where: Surroundings) -> Supervisor | None:
    for pattern, engine in _ENGINES:
        found = _other(pattern, where)
        if found:
            name = found[:12]
            again = "" if engine == "crictl" else f"{engine} restart {name}"
            return Supervisor("container", name, f"{engine} stop {name}", again)
    for pattern, form in _SYSTEMS:
        found = _other(pattern, where)
        if found:
            name = visible(found, 64)
            command = f"jupyter server stop {where.port or ''}".strip()
            return Supervisor("container", name, form.format(name=shlex.quote(name), command=command), "")
    return None


def _other(pattern: re.Pattern[str], where: Surroundings) -> str:
    """The innermost container of the process, unless jntui is in that one too; empty if there is none."""
    theirs, own = pattern.findall(where.cgroup), pattern.findall(where.own_cgroup)
    return str(theirs[-1]) if theirs and theirs[-1] not in own else ""


_USER_MANAGER = re.compile(r"user@\d+\.service")
_HOSTS = (
    "ssh",
    "cron",
    "atd",
    "tmux",
    "screen",
    "docker",
    "containerd",
    "podman",
    "gnome-",
    "konsole",
    "app-",
    "plasma-",
    "xfce",
    "getty",
    "serial-getty",
    "display-manager",
    "xrdp",
    "dbus",
    "slurm",
    "code-server",
    "rstudio",
    "emacs",
)
"""Units that other people's programs are started in: their end is not meant when one of those is to end."""


def _systemd(where: Surroundings) -> Supervisor | None:
    unit, of_user = _unit(where.cgroup)
    if not unit or not _is_run_by(unit, where):
        return None
    name = visible(unit, 200)
    tool = _system_tool(where) if not of_user else _user_tool(where)
    stop, restart = (f"{tool} {verb} {shlex.quote(name)}" for verb in ("stop", "restart"))
    return Supervisor("systemd", name, stop, restart, not where.environ.get("SYSTEMD_EXEC_PID"))


def _system_tool(where: Surroundings) -> str:
    return "systemctl" if where.root else "sudo systemctl"


def _user_tool(where: Surroundings) -> str:
    if where.mine:
        return "systemctl --user"
    return f"systemctl --user --machine={shlex.quote(visible(where.user, 64))}@"


def _unit(cgroup: str) -> tuple[str, bool]:
    """The service unit of a control group, and whether a user's own manager runs it; empty for scopes and sessions."""
    for line in cgroup.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if (controllers or number) not in {"name=systemd", "0"}:
            continue
        parts = path.split("/")
        managers = [at for at, part in enumerate(parts) if _USER_MANAGER.fullmatch(part)]
        under = parts[managers[-1] + 1 :] if managers else parts
        units = [part for part in under if part.endswith((".service", ".scope"))]
        if units and units[-1].endswith(".service"):
            return units[-1], bool(managers)
    return "", False


def _is_run_by(unit: str, where: Surroundings) -> bool:
    """The unit was made for this server, which is its main process or was started by that."""
    main = where.environ.get("SYSTEMD_EXEC_PID", "")
    if main == str(where.pid):
        return True
    if unit.startswith(_HOSTS):
        return False
    if main:
        return main == str(where.ppid)
    # Before version 248 systemd did not say so: then its main process is a child of the manager.
    return where.ppid == 1 or where.parent_name == "systemd"


def words_of(supervisor: Supervisor) -> str:
    """Why jntui does not stop it, and what does, in one line."""
    return f"{keeps(supervisor)}: {_way(supervisor)}"


def keeps(supervisor: Supervisor) -> str:
    """`systemd runs it as jupyter.service`; `likely` where only a name tells."""
    sure = "likely runs" if supervisor.likely else "runs"
    if supervisor.kind == "jupyterhub":
        return f"JupyterHub {sure} it for {supervisor.name}"
    if supervisor.kind == "systemd":
        return f"systemd {sure} it as {supervisor.name}"
    return f"it runs in the container {supervisor.name}"


def _way(supervisor: Supervisor) -> str:
    if supervisor.kind == "jupyterhub":
        return f"stop it at {supervisor.stop} (Stop My Server)"
    return f"`{supervisor.stop}` stops it"
