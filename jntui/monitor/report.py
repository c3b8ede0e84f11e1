"""A diagnosis as Markdown, to be pasted into an issue: no secret, no name unless it is asked for."""

from __future__ import annotations

import os
import platform
import re
import sys
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui import __version__
from jntui.model.words import SCOPE_WORDS
from jntui.monitor.pool import gather
from jntui.monitor.unnamed import Unnamed
from jntui.text import home_short, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jntui.model import Check, Configuration, Server, Source
    from jntui.monitor.survey import Survey

CHECK_S = 4.0
_QUIET = frozenset({"stale", "other-user", "starting"})
_LIBRARIES = ("textual", "rich", "requests", "urllib3", "psutil", "ifaddr")
_VARIABLES = ("TERM", "COLORTERM", "LANG", "LC_ALL", "NO_COLOR", "TERM_PROGRAM")
_NAMING = frozenset({"local_hostnames", "allow_origin", "allow_origin_pat", "custom_display_url", "ip"})
"""Settings whose values are names of machines."""
_HOST_NAME = re.compile(r"(?:[^\W_][\w-]*\.)+[^\W\d_][\w-]*|\A[^\W\d_][\w-]*\Z")
"""`lab.example.org`, wherever it stands; a word that is the whole value."""

_LITERAL = (*(("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), (">", "&gt;"), ("`", "'"), ("*", "\\*"), ("](", "]\\(")),)
"""What Markdown takes for a sign of its own, and how it is written as itself."""


def report(survey: Survey, *, names: bool = False) -> str:
    """Looks at everything, and writes nothing anywhere; takes some seconds. `names`: those of users and hosts stay."""
    servers = _asked(survey)
    survey.reach.resolve_names()
    configurations = [survey.configuration(one) for one in servers if one.state not in _QUIET]
    configurations = configurations or [survey.configuration(None)]
    lines = [*_versions(survey), *_servers(survey, servers)]
    checks: list[Check] = []
    for server in servers:
        if server.state not in _QUIET:
            found = _checks(survey, server)
            lines += _endpoints(server, found)
            checks += found
    for one in configurations:
        lines += _settings(one, survey.home)
    text = _without_secrets(lines, servers)
    if names:
        return text
    unnamed = _unnamed(survey, servers)
    unnamed.foreign(_names_in(configurations))
    unnamed.foreign(_names_of(checks))
    return unnamed(text)


def _asked(survey: Survey) -> list[Server]:
    found = survey.servers()
    found = survey.servers() if survey.ask_candidates() else found
    works = [partial(survey.ask, one) if one.state not in _QUIET else partial(_as_it_is, one) for one in found]
    return gather(works) if works else []


def _as_it_is(server: Server) -> Server:
    return server


def _unnamed(survey: Survey, servers: Sequence[Server]) -> Unnamed:
    machine = survey.machine
    users = {machine.user, *(one.user or "" for one in servers), os.environ.get("SUDO_USER", "")}
    endpoints = [end for one in servers if one.state not in _QUIET for end in survey.endpoints(one)]
    own = {_host(end.url) for end in endpoints if end.kind == "direct"}
    unnamed = Unnamed(users=users, hosts={machine.hostname, platform.node(), *own}, homes={survey.home, machine.home})
    unnamed.foreign(_host(end.url) for end in endpoints if end.kind != "direct")
    return unnamed


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""  # what no URL is has no host


def _names_in(configurations: Iterable[Configuration]) -> Iterator[str]:
    for found_here in configurations:
        for setting in found_here.settings:
            if setting.name in _NAMING:
                values = setting.value if isinstance(setting.value, (list, tuple)) else [setting.value]
                # In a pattern a backslash stands before each dot.
                texts = [value.replace("\\.", ".") for value in values if isinstance(value, str)]
                yield from (name for text in texts for name in _HOST_NAME.findall(text))


def _names_of(checks: Iterable[Check]) -> Iterator[str]:
    """Those in certificates, which findings tell."""
    for certificate in (one.certificate for one in checks):
        if certificate is not None:
            yield from (*certificate.names, certificate.issuer)


def _without_secrets(lines: Iterable[str], servers: Iterable[Server]) -> str:
    from jntui.jupyter.failure import masked, without

    tokens = [one.token for one in servers if one.token]
    return "\n".join(masked(without(line, tokens), 1000) for line in lines)


def _cell(text: object) -> str:
    """Text in a table of Markdown: no column, tag, link, entity, end of line or call of a user begins in it."""
    words = ("yes" if text else "no") if isinstance(text, bool) else str(text)
    shown = re.sub(r"&(?=#?\w+;)", "&amp;", visible(words, 400))
    for char, put in _LITERAL:
        shown = shown.replace(char, put)
    return re.sub(r"(?<!\S)@", "&#64;", shown) or "-"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return [*lines, *("| " + " | ".join(map(_cell, row)) + " |" for row in rows), ""]


def _versions(survey: Survey) -> list[str]:
    from importlib.metadata import PackageNotFoundError, version

    rows: list[tuple[str, str]] = [
        ("jntui", __version__),
        ("Python", platform.python_version()),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
    ]
    for name in _LIBRARIES:
        try:
            rows.append((name, version(name)))
        except PackageNotFoundError:
            rows.append((name, "not installed"))
    rows += [(name, os.environ[name]) for name in _VARIABLES if name in os.environ]
    rows += [("over SSH", "yes" if survey.machine.ssh else "no"), ("in tmux", "yes" if "TMUX" in os.environ else "no")]
    rows.append(("standard output", "a terminal" if sys.stdout.isatty() else "no terminal"))
    trouble = [f"trouble: {_cell(survey.trouble)}", ""] if survey.trouble else []
    return ["# jntui report", "", "## Versions", "", *_table(["what", "version"], rows), *trouble]


def _servers(survey: Survey, servers: Sequence[Server]) -> list[str]:
    rows = []
    for one in servers:
        lives = survey.living.survival(one).words if one.state not in _QUIET else "-"
        listeners = ", ".join(listener.text for listener in one.listeners)
        reach = SCOPE_WORDS[one.exposure] if one.exposure else "-"
        app = f"{one.app or '-'} {one.version or ''}".strip()
        rows.append([one.id, one.state, app, one.auth or "-", reach, listeners, one.managed, lives, one.reason or "-"])
    head = ["server", "state", "app", "authentication", "open to", "listeners", "by jntui", "at logout", "why"]
    return ["## Servers", "", *(_table(head, rows) if rows else ["no server was found", ""])]


def _checks(survey: Survey, server: Server) -> list[Check]:
    offered = [one for one in survey.endpoints(server) if one.offered and one.covered is not False]
    return gather([partial(survey.check, server, one, CHECK_S) for one in offered]) if offered else []


def _endpoints(server: Server, checks: Iterable[Check]) -> list[str]:
    rows = []
    for check in checks:
        finding = check.finding
        why = "" if check.verdict == "ok" else f"{finding.cause} {finding.evidence}".strip()
        scope = SCOPE_WORDS[check.endpoint.scope]
        rows.append([scope, check.endpoint.url, check.verdict, check.endpoint.interface or "-", why])
    head = ["from", "URL", "verdict", "interface", "why"]
    return [f"## Endpoints of {_cell(server.label)}", "", *(_table(head, rows) if rows else ["none is offered", ""])]


def _origin(source: Source, home: str) -> str:
    if source.kind in {"file", "computed"} and source.path:
        place = home_short(source.path, home) + (f":{source.line}" if source.line else "")
        return place if source.kind == "file" else f"computed in {place}"
    return f"{source.kind} {source.path or source.name or source.text}".strip() if source.kind != "default" else "-"


def _settings(configuration: Configuration, home: str) -> list[str]:
    whose = configuration.server or "a start from this environment"
    rows = [
        [one.name, one.shown, _origin(one.source, home), one.running or "-", one.needs_restart is True, one.note]
        for one in configuration.settings
        if one.source.kind != "default" or one.needs_restart
    ]
    there = [
        [one.order, one.path, one.trouble or f"{one.assigns} {'line' if one.assigns == 1 else 'lines'}"]
        for one in configuration.files
        if one.exists
    ]
    head = ["setting", "value", "from", "running", "waits for a restart", "note"]
    return [
        f"## Settings of {_cell(whose)}",
        "",
        *(f"- {_cell(note)}" for note in configuration.notes),
        *([""] if configuration.notes else []),
        *(_table(["order", "file", "sets"], there) if there else ["no config file is there", ""]),
        *(_table(head, rows) if rows else ["every setting has its default", ""]),
    ]
