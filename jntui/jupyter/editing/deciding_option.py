"""The option of a running server's command line that decides a setting over every file, and what can be done then."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.value import is_secret
from jntui.jupyter.settings.catalogue import APPLICATION, GENERATIONS
from jntui.jupyter.settings.options import is_flag, read_options
from jntui.model import ChangeRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.settings.catalogue import Generation
    from jntui.model import ChangeRequest, Configuration, Source

FLAG = "--restart-without-option"
"""Of `jntui config set`, `jntui config unset` and `jntui password`."""
_KEPT = frozenset({"open_browser", "port_retries"})
"""A restart from jntui puts these on the command line itself: no browser, and the same port or none."""


def deciding_option(name: str, found: Configuration, words: Sequence[str]) -> Source | None:
    """The option that decides this setting, also one that the catalogue does not have; None if none does."""
    setting = found.setting(name)
    if setting is not None:
        return setting.source if setting.source.kind == "command line" else None
    cls, _, trait = name.rpartition(".")
    given = read_options(words, _generation(found), None).givens
    return next((one.source for one in given if cls and (one.cls, one.trait) == (cls, trait)), None)


def _generation(found: Configuration) -> Generation:
    """As far as it makes a difference to the names of options."""
    port = found.setting("port")
    return next((one for one in GENERATIONS if port is not None and port.cls == APPLICATION[one]), "server2")


def refused_by_option(name: str, source: Source, request: ChangeRequest, found: Configuration) -> ChangeRefused:
    """Says which option decides, and offers to write the file and to restart without it where a restart can do that."""
    decides = f"{name} is decided by the command line:"
    if found.server is None:
        return ChangeRefused(f"{decides} {spelled_option(source)} decides over every file")
    decides = f"{decides} {found.server} was started with {spelled_option(source)}, which decides over every file"
    if not can_go(name, source):
        return ChangeRefused(f"{decides}: start it without that")
    return ChangeRefused(
        decides,
        offer=replace(request, restart_without_option=True),
        command=command_without(name, request, found),
    )


def can_go(name: str, source: Source) -> bool:
    """A restart from jntui can leave it out."""
    return name.rpartition(".")[2] not in _KEPT and source.name.startswith("-")


def spelled_option(source: Source) -> str:
    """`--ip=0.0.0.0`; of a secret, a flag and a directory the word alone."""
    alone = not source.text or is_secret(source.name) or is_flag(source.name) or not source.name.startswith("-")
    return visible(source.name if alone else f"{source.name}={source.text}", 120)


def command_without(name: str, request: ChangeRequest, found: Configuration) -> str:
    """What does it from a shell; a secret is read from standard input there."""
    value = "-" if is_secret(name) and request.value else request.value
    what = ["unset", request.name] if value is None else ["set", request.name, value]
    words = ["jntui", "config", *what, "--server", found.server or "", FLAG]
    words += ["--generate"] if request.generate else []
    words += ["--override"] if request.override else []
    return shlex.join([*words, *(["--file", request.file] if request.file else [])])
