"""Where a server went that is not at the port it was to have: Jupyter takes another one when the first is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.diagnose.case import fit, takes, url_of, usable_host, written
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case
    from jntui.model import Server, Setting, Verdict

NEXT_PORTS = 4
"""jupyter_server's serverapp.random_ports tries the next four first; what comes after them is random."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A server that runs at another port than the URL names."""

    server: Server
    setting: Setting | None
    """Its setting `port`, where it names the URL's port."""
    asked: str = ""
    """The URL's host, if the server listens at its address as well."""

    @property
    def certain(self) -> bool:
        """Its settings name the URL's port, and did so when it started."""
        # The note of whoever read the settings: the file is older than the server, and so is the port it names.
        return self.setting is not None and "was taken" in self.setting.note

    @property
    def changed(self) -> bool:
        """Its settings name the URL's port only since it started."""
        return self.setting is not None and bool(self.setting.needs_restart)

    @property
    def url(self) -> str:
        """Where it answers: at the host that the URL names, if that can be."""
        if self.asked:
            return url_of(self.server, self.asked)
        hosts = [usable_host(one) for one in self.server.listeners if not one.path]
        return url_of(self.server, "127.0.0.1" if "127.0.0.1" in hosts or not hosts else hosts[0])


def moved(case: Case) -> Moved | None:
    """The server that was likely meant by a URL of this machine at whose port it is not; None if there is none."""
    port = case.port
    if port is None or not case.local:
        return None
    told = moved_by_setting(case)
    if told is not None:
        return told
    for server in case.known:
        if server.state == "running" and server.port and 0 < server.port - port <= NEXT_PORTS:
            return Moved(server, None, _asked(case, server))
    return None


def moved_by_setting(case: Case) -> Moved | None:
    """The same, where the server's own setting `port` says so."""
    own, setting = case.server, case.setting("port")
    if not case.local or own is None or not own.port or own.port == case.port:
        return None
    return Moved(own, setting, _asked(case, own)) if setting is not None and setting.value == case.port else None


def _asked(case: Case, server: Server) -> str:
    return case.host if any(takes(one, case.peer) for one in server.listeners) else ""


def why(case: Case, where: Moved) -> str:
    """Why it is not at that port, one sentence; it says "likely" unless `certain` or `changed`."""
    actual = where.server.port
    if where.certain:
        return (
            f"{where.server.label} has port {case.port} in its settings; that one was taken when it started, so it "
            f"took {actual} (port_retries)."
        )
    if where.changed:
        return f"{where.server.label} has port {case.port} in its settings only since it started, and runs at {actual}."
    if where.setting is not None:
        return (
            f"{where.server.label} has port {case.port} in its settings and runs at {actual}: likely the first was "
            "taken when it started (port_retries)."
        )
    return (
        f"Likely {where.server.label} is meant: where a port is taken, Jupyter takes the next free one (port_retries)."
    )


def certain(where: Moved) -> bool:
    """The reason excludes others."""
    return where.certain or where.changed


def evidence(case: Case, where: Moved) -> str:
    """The setting with its place, if it was read."""
    return written(case, "port") if where.setting is not None else f"{where.server.label}: pid {where.server.pid}"


def fix(where: Moved) -> str:
    """Verb first."""
    if where.changed:
        return f"Restart {where.server.label}, or open {where.url} until then."
    return f"Open {where.url} instead. With port_retries 0 it would not start where the port is taken, and say so."


def leads_there(
    verdict: Verdict, headline: str, cause: str, seen: str, where: Moved, brief: tuple[str, str]
) -> Finding:
    """The finding of a port at which the server is not; `brief`: the short cause where it is sure, and where not."""
    sure = certain(where)
    return Finding(
        verdict,
        headline,
        cause,
        seen,
        fix(where),
        certain=sure,
        short_cause=fit(brief[0] if sure else brief[1]),
        short_fix=fit(f"Open {where.url}"),
        instead=where.url if where.certain else "",
        settings=("port", "port_retries"),
    )
