"""What the running server has, as far as it shows: its listeners, its info file, its command line and environment."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jntui.jupyter.settings.catalogue import PASSWORD, TOKEN
from jntui.jupyter.settings.places import same_place
from jntui.jupyter.settings.since import Since, since, written_after
from jntui.jupyter.settings.values import shown
from jntui.model import Secret
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from jntui.jupyter.settings.decision import Decided
    from jntui.jupyter.settings.since import Times
    from jntui.model import Server, Setting

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_CHANGED = "its file changed after the server started"
_OTHERS_CHANGED = "its files changed after the server started"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What shows of one setting."""

    value: object = field(repr=False)
    words: str
    differs: bool | None
    """From what a start of today would have; None: cannot be told."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """One setting, and everything that its running value may show in."""

    decided: Decided
    server: Server
    all: Mapping[str, Decided]
    changed: bool | None
    """What decides it changed after the server started; None: cannot be told."""
    others: bool = False
    """A file that may have decided changed, but not the one that does."""

    @property
    def value(self) -> object:
        return self.decided.found.value

    @property
    def known(self) -> bool:
        return self.decided.found.known

    @property
    def unchanged(self) -> bool:
        """Nothing changed since the server read it: it has the same, seen or not."""
        return self.changed is False and (self.known or self.decided.found.source.kind == "default")


def observe(
    settings: Sequence[Setting],
    decided: Sequence[Decided],
    server: Server | None,
    times: Times,
    lasting: Collection[str] = (),
    *,
    doubting: bool = True,
) -> tuple[list[Setting], Since]:
    """The settings with what the running server has, and what became of the directories of its files.

    Unchanged without a server that runs. `lasting`: directories that are certain to have been there at its start.
    `doubting`: what may have stood in one that is not there counts.
    """
    if server is None or server.state == "stale":
        return list(settings), Since()
    by_name = {one.known.name: one for one in decided}
    after = set(written_after(server, times))
    found = since(server, times, lasting)
    doubt = bool(after) or bool(found if doubting else replace(found, perhaps=()))
    seen = [
        _observed(setting, _case(setting, _Case(one, server, by_name, None), after, doubt))
        for setting, one in zip(settings, decided, strict=True)
    ]
    return seen, found


def _case(setting: Setting, case: _Case, after: set[str], doubt: bool) -> _Case:
    """With whether the deciding file, or for what no file decides any of them, was written after the server read it.

    None where that cannot be told: another file, or one that is gone, may have decided.
    """
    if setting.source.kind == "command line":
        return replace(case, changed=False)
    if case.server.started is None:
        return case
    path = setting.source.path if setting.source.kind in {"file", "computed"} else None
    changed = path in after if path else bool(after)
    return replace(case, changed=True if changed else None if doubt else False, others=bool(after) and not changed)


def _observed(setting: Setting, case: _Case) -> Setting:
    look = _LOOKS.get(case.decided.known.name)
    seen = look(case) if look is not None else None
    if seen is None:
        seen = _told(setting, case)
    note = ""
    if setting.source.path and setting.source.kind in {"file", "computed"}:
        note = _CHANGED if case.changed else _OTHERS_CHANGED if case.others else ""
    if seen is None:
        if case.changed or case.others:
            return replace(setting, note=setting.note or note)
        return replace(setting, needs_restart=False if case.unchanged else None)
    differs = seen.differs
    if differs is None and case.unchanged:
        differs = False
    if differs is not None:
        note = ""
    return replace(
        setting,
        running_value=None if setting.secret else seen.value,
        running=seen.words,
        needs_restart=differs,
        note=setting.note or seen.note or note,
    )


def _told(setting: Setting, case: _Case) -> _Seen | None:
    """What the server's own command line or environment says, which cannot change while it runs."""
    if setting.source.kind == "command line" or (setting.source.kind == "env" and case.changed is False):
        return _Seen(case.value, setting.shown, False) if case.known else None
    return None


def _ip(case: _Case) -> _Seen | None:
    hosts = {listener.host for listener in case.server.listeners if not listener.path}
    if not hosts:
        return None
    value = _bound(hosts)
    wanted = case.value if case.known and isinstance(case.value, str) else None
    if wanted is None:
        return _Seen(value, shown(value), None)
    if wanted in {"", "*"}:
        return _Seen(value, shown(value), value != "*")
    if wanted in {"localhost", "127.0.0.1"} and hosts <= _LOOPBACK and (wanted == "localhost" or "127.0.0.1" in hosts):
        return _Seen(wanted, shown(wanted), False)
    if value == wanted:
        return _Seen(value, shown(value), False)
    try:
        same = len(hosts) == 1 and ipaddress.ip_address(wanted) == ipaddress.ip_address(next(iter(hosts)))
    except ValueError:
        # A name: whether it leads to the address would have to be asked of a name server.
        named = case.server.bind == wanted or case.changed is False
        differs = True if wanted == "localhost" or value == "*" else (False if named else None)
        return _Seen(value, shown(value), differs)
    return _Seen(wanted if same else value, shown(wanted if same else value), not same)


def _bound(hosts: set[str]) -> str:
    """The `ip` that makes a server listen so."""
    if hosts == {"0.0.0.0", "::"}:
        return "*"
    if hosts == _LOOPBACK:
        return "localhost"
    return ", ".join(sorted(visible(host, 60) for host in hosts))


def _port(case: _Case) -> _Seen | None:
    port = case.server.port
    if not port or any(listener.path for listener in case.server.listeners):
        return None
    wanted = case.value
    if not case.known or not isinstance(wanted, int):
        return _Seen(port, str(port), None)
    if wanted in {port, 0}:
        return _Seen(port, str(port), False)
    retries = case.all["port_retries"].found.value
    reach = 2 * retries if isinstance(retries, int) else 0
    if not case.changed and abs(port - wanted) <= reach:
        # `jupyter_server.serverapp.random_ports`: the next five, then any within twice the number of retries.
        if case.changed is None:
            return _Seen(port, str(port), None, f"{wanted} was likely taken when it started")
        return _Seen(port, str(port), False, f"{wanted} was taken when it started")
    return _Seen(port, str(port), True)


def _base_url(case: _Case) -> _Seen | None:
    server = case.server
    if server.info_file is None and server.version is None:
        return None
    running = "/" + server.base_url.strip("/") + "/" if server.base_url.strip("/") else "/"
    differs = running != case.value if case.known else None
    return _Seen(running, shown(running), differs)


def _root_dir(case: _Case) -> _Seen | None:
    running = case.server.root_dir
    if not running:
        return None
    differs = None
    if case.known and isinstance(case.value, str):
        # The server's is fit for a screen; another name that looks the same there does not come up.
        differs = running != visible(case.value) and not same_place(running, case.value)
    return _Seen(running, shown(running), differs)


def _sock(case: _Case) -> _Seen | None:
    paths = [listener.path for listener in case.server.listeners if listener.path]
    if not paths and not case.server.listeners:
        return None
    running = paths[0] if paths else ""
    wanted = case.value
    if not case.known or not isinstance(wanted, str):
        return _Seen(running, shown(running), None)
    same = same_place(running, wanted) if running and wanted else running == wanted
    return _Seen(running, shown(running), not same)


def _certfile(case: _Case) -> _Seen | None:
    """Only whether it has one shows, not which."""
    server = case.server
    if not server.listeners or (server.info_file is None and server.version is None):
        return None
    tls = server.scheme == "https"
    if tls != bool(case.value) and case.known:
        return _Seen(None if tls else "", "it answers https" if tls else shown(""), True)
    return _Seen(None if tls else "", "it answers https" if tls else shown(""), None if tls else False)


def _token(case: _Case) -> _Seen | None:
    """Compared inside; what is said is only whether they are the same."""
    server, wanted = case.server, case.value
    running = server.token
    guarded = server.auth in {"token", "token+password"} or bool(running)
    if not guarded and server.auth not in {"none", "password"}:
        return None
    words = "a token guards it" if guarded else "no token"
    if case.known and isinstance(wanted, Secret):
        if bool(wanted) != guarded:
            return _Seen(None, words, True)
        if not guarded:
            return _Seen(None, words, False)
        if running is None:
            return _Seen(None, words, None)
        same = running == wanted
        return _Seen(None, words, not same, "" if same else "the running server has another token")
    if case.decided.found.source.kind == "default":
        return _Seen(None, words, None if guarded else True)
    return _Seen(None, words, None)


def _password(case: _Case) -> _Seen | None:
    auth = case.server.auth
    if auth is None or auth == "hub":
        return None
    wanted = bool(case.value) if case.known and isinstance(case.value, Secret) else None
    if auth in {"password", "token+password"}:
        return _Seen(None, "a password guards it", None if wanted is not False else True)
    if auth == "none":
        return _Seen(None, "no password", bool(wanted) if wanted is not None else None)
    # The login pages of a token, and of a token and a password, are the same.
    return None


_LOOKS: Mapping[str, Callable[[_Case], _Seen | None]] = {
    "ip": _ip,
    "port": _port,
    "base_url": _base_url,
    "root_dir": _root_dir,
    "sock": _sock,
    "certfile": _certfile,
    TOKEN: _token,
    PASSWORD: _password,
}
