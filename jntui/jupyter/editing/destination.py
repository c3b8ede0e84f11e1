"""Where a setting is written: the file that decides it now, else the user's own."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing.deciding_option import can_go, refused_by_option, spelled_option
from jntui.jupyter.editing.spellings import other_names, spellings_of
from jntui.jupyter.editing.value import is_secret
from jntui.jupyter.settings.applications import SERVER_TRAITS
from jntui.jupyter.settings.catalogue import CATALOGUE
from jntui.jupyter.settings.places import same_place
from jntui.jupyter.settings.reading import read_config_file
from jntui.model import ChangeRefused
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.settings.catalogue import Kind
    from jntui.model import ChangeRequest, Configuration, Setting, Source

_BASES = {"NotebookApp": "jupyter_notebook_config", "KernelGatewayApp": "jupyter_kernel_gateway_config"}
"""What the user's own file is called where it is not `jupyter_server_config`, by the class of the application."""
_OWN_LEVELS = frozenset({"environment", "user", "assumed"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The trait that is meant."""

    cls: str
    trait: str
    kind: Kind | None
    """None for one that the catalogue does not have."""
    setting: Setting | None
    """What decides it now; None likewise."""

    @property
    def name(self) -> str:
        """`ServerApp.port`."""
        return f"{self.cls}.{self.trait}"

    @property
    def secret(self) -> bool:
        """Its value is shown to nobody."""
        return self.kind == "secret" or is_secret(self.trait)

    @property
    def also(self) -> tuple[tuple[str, str], ...]:
        """The same setting under other names."""
        return other_names(self.cls, self.trait)


def wanted(name: str, found: Configuration) -> Wanted:
    """The trait of this name, `port` or `ServerApp.port`. Raises ChangeRefused with what may be meant."""
    name = name.removeprefix("c.")
    setting = found.setting(name) or same_setting(name, found)
    if setting is not None:
        return Wanted(setting.cls, setting.name, _kind(setting), setting)
    cls, _, trait = name.rpartition(".")
    if cls and trait:
        return Wanted(cls, trait, None, None)
    port = found.setting("port")
    application = port.cls if port is not None else ""
    known = [setting.name for setting in found.settings]
    if application == "ServerApp":
        if trait in SERVER_TRAITS:
            return Wanted(application, trait, None, None)
        known = list(dict.fromkeys([*known, *sorted(SERVER_TRAITS)]))
    close = difflib.get_close_matches(trait.replace("-", "_"), known, 3, 0.6)
    hint = f"did you mean {' or '.join(close)}?" if close else "`jntui config show` lists them"
    hint += "; a setting of another class is named with it, as MappingKernelManager.cull_interval"
    raise ChangeRefused(f"jntui knows no setting {visible(name, 80)!r}: {hint}")


def same_setting(name: str, found: Configuration) -> Setting | None:
    """A trait under a class of an older Jupyter (`NotebookApp.port`): the setting that it becomes here."""
    cls, _, trait = name.rpartition(".")
    names = {(cls, trait), *spellings_of(cls, trait)} if cls else set()
    return next((one for one in found.settings if (one.cls, one.name) in names), None)


def _kind(setting: Setting) -> Kind | None:
    return next((known.kind for known in CATALOGUE if setting.name in known.names), None)


def place_to_set(want: Wanted, request: ChangeRequest, found: Configuration, home: str) -> str:
    """The file to write. Raises ChangeRefused where no file can decide."""
    source = want.setting.source if want.setting is not None else None
    if source is not None and source.kind == "command line":
        raise refused_by_option(want.name, source, request, found)
    if source is not None and source.kind == "computed" and source.path is None and source.text.startswith("by "):
        # By JupyterHub, by a class that jntui does not know; a default that is worked out is no decision.
        raise ChangeRefused(f"{want.name} is decided {visible(source.text, 100)}, which no config file changes")
    if request.file is not None:
        return _named(request.file, home)
    in_file = source is not None and source.kind in {"file", "computed"}
    deciding = source.path if source is not None and in_file else _file_of_other(want, found)
    return deciding or own_file(found)


class NoFileSets(ChangeRefused):
    """There is nothing to take out."""


def place_to_unset(want: Wanted, request: ChangeRequest, found: Configuration, home: str) -> str:
    """The file whose line goes. Raises ChangeRefused where no file sets it."""
    if request.file is not None:
        return _named(request.file, home)
    if want.setting is None:
        path = _file_of_other(want, found)
    else:
        sources = (want.setting.source, *want.setting.shadowed)
        path = next((one.path for one in sources if one.kind in {"file", "computed"} and one.path), None)
    if path is None:
        source = want.setting.source if want.setting is not None else None
        if source is not None and source.kind == "command line" and found.server and can_go(want.name, source):
            raise refused_by_option(want.name, source, request, found)
        raise NoFileSets(f"no file sets {want.name}{_from_elsewhere(source, found) if source is not None else ''}")
    return path


def _from_elsewhere(source: Source, found: Configuration) -> str:
    """What gives the value of a setting that no file sets, and how to be rid of that."""
    whom = found.server or "Jupyter"
    if source.kind == "env":
        return f": it comes from the variable {source.path}; `unset {source.path}`, and start {whom} again from there"
    if source.kind == "command line":
        return f": it comes from the command line, {spelled_option(source)}; start {whom} without that"
    return f": it comes from the {source.kind}"


def _file_of_other(want: Wanted, found: Configuration) -> str | None:
    """Of a trait that the catalogue does not have: the first file that sets it."""
    if want.setting is not None:
        return None
    for file in found.files:
        said = read_config_file(file.path).assignments if file.exists else ()
        if any((one.cls, one.trait) == (want.cls, want.trait) for one in said):
            return file.path
    return None


def own_file(found: Configuration) -> str:
    """The user's own file: the `.py`, or the `.json` if only that is there. Raises ChangeRefused if there is none.

    With `--config=FILE` that file alone is read.
    """
    named = [file for file in found.files if file.level == "option"]
    port = found.setting("port")
    base = _BASES.get(port.cls if port is not None else "", "jupyter_server_config")
    own = named or [
        file for file in found.files if file.level in _OWN_LEVELS and Path(file.path).name.rpartition(".")[0] == base
    ]
    if not own:
        raise ChangeRefused("this Jupyter reads no config file of the user's own: name one with --file")
    folder = Path(own[0].path).parent
    here = [file for file in own if Path(file.path).parent == folder]
    program = next((file for file in here if file.kind == "py"), here[0])
    only_json = next((file for file in here if file.kind == "json" and file.exists), None)
    return only_json.path if only_json is not None and not program.exists else program.path


def _named(file: str, home: str) -> str:
    """Raises ChangeRefused."""
    path = os.path.normpath(Path(home + file[1:] if file.startswith("~" + os.sep) else file).absolute())
    if not path.endswith((".py", ".json")):
        raise ChangeRefused(f"{visible(file, 300)} is neither a .py nor a .json file: Jupyter reads no other")
    return path


def decided_elsewhere(want: Wanted, path: str, found: Configuration) -> Source | None:
    """What decides this setting in a file of higher order than `path`; None if nothing does or nobody knows."""
    source = want.setting.source if want.setting is not None else None
    if source is None or source.path is None or source.kind not in {"file", "computed"}:
        return None
    if same_place(source.path, path):
        return None
    other, this = order_of(source.path, found), order_of(path, found)
    return source if other is not None and (this is None or other < this) else None


def order_of(path: str, found: Configuration) -> int | None:
    """1 decides over 2; None for a file that this Jupyter does not read by itself."""
    return next((file.order for file in found.files if same_place(file.path, path)), None)
