"""Which port a restarted server takes, and the options that hold it there. Pure.

The running port is kept, unless a config file that was changed after the start names another: then that is what its
owner waits for. `port_retries` is 0, so that a port that is taken meanwhile ends the start with a word instead of
moving the server to another port.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.secret_options import without
from jntui.text import home_short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.secret_options import Option
    from jntui.model import Configuration, Server, Setting

_APP = re.compile(r"\w*App\Z")


@dataclass(frozen=True, slots=True)
class Pinned:
    """The port of the next start."""

    port: int
    """0: a socket, or whichever port is free then."""
    words: tuple[str, ...]
    """The options as typed, without those that the pins replace."""
    pins: tuple[str, ...] = ()
    kept: str = ""
    lost: str = ""
    """Why the running port is not kept, in one sentence."""


def pin_port(server: Server, configuration: Configuration, words: Sequence[str], home: str) -> Pinned:
    """`configuration` is what the files, the environment and the words say at this moment."""
    port, retries = configuration.setting("port"), configuration.setting("port_retries")
    if not server.port:
        return Pinned(0, tuple(words), kept="its socket")
    if port is None:
        return Pinned(server.port, tuple(words), kept=f"port {server.port}")
    wanted = port.value if isinstance(port.value, int) else None
    path = port.source.path or ""
    if wanted != server.port and changed_since(server, port, configuration):
        what = "computes it" if wanted is None else f"sets {wanted}" if wanted else "asks for any free one"
        lost = f"port {server.port}: {home_short(path, home)} was changed after the start and {what} now"
        rest, pins = _retries(words, retries) if wanted else (tuple(words), ())
        return Pinned(wanted or 0, rest, pins, lost=lost)
    rest, pins = _retries(words, retries)
    if wanted != server.port:
        rest = without(rest, lambda option: names(option, "port"))
        pins = (f"--port={server.port}", *pins)
    return Pinned(server.port, rest, pins, f"port {server.port}")


def named_port(port: int, configuration: Configuration, words: Sequence[str]) -> Pinned:
    """The port that a file names, whatever the running one is: no option says it."""
    rest, pins = _retries(words, configuration.setting("port_retries")) if port else (tuple(words), ())
    return Pinned(port, rest, pins)


def changed_since(server: Server, setting: Setting, configuration: Configuration) -> bool:
    """The file that decides this setting was written after the server started."""
    if setting.source.kind not in {"file", "computed"} or server.started is None:
        return False
    files = (file.changed for file in configuration.files if file.path == setting.source.path)
    return any(changed is not None and changed > server.started for changed in files)


def _retries(words: Sequence[str], retries: Setting | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words without another number of tries, and the option for none."""
    if retries is None or retries.value == 0:
        return tuple(words), ()
    rest = without(words, lambda option: names(option, "port_retries"))
    return rest, (f"--{retries.cls}.{retries.name}=0",)


def names(option: Option, trait: str) -> bool:
    """`--port`, `--port-retries`, `--LabApp.port`: traitlets takes a value only once."""
    if "." in option.name:
        return option.trait == trait and _APP.match(option.cls) is not None
    return option.name.replace("-", "_") == trait
