"""A Python config file: what it sets, found in its syntax tree. Nothing of it is run.

Source of what each statement does: `traitlets.config.loader`, `PyFileConfigLoader` and `Config`.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from jntui.jupyter.settings.assignment import UNSEEN, ReadFile
from jntui.jupyter.settings.bulk import too_much
from jntui.jupyter.settings.effects import Ending, Failure
from jntui.jupyter.settings.pointing import caret_at, caret_below, lines_of
from jntui.jupyter.settings.walk import Walk
from jntui.text import visible

Load = Callable[[str], "bytes | str | None"]
"""Gives the bytes of a file, or the reason in words why it is not read, or None where Jupyter finds no file."""

DEPTH_LIMIT = 5
"""So deep may files load one another."""
_FILE_NAME = "<a config file of Jupyter>"
"""What the parser is told; the filter for its warnings goes by this name."""
_TOO_DEEP = "nested too deeply to be read"


@dataclass(frozen=True, slots=True)
class _Loading:
    """How a file came to be read."""

    folder: str
    """Where the first file stands: names of subconfigs are looked up there, also by a subconfig from elsewhere."""
    load: Load
    chain: tuple[str, ...]
    """Real paths of the files that load this one, and its own."""


def read_python(raw: bytes, path: str, load: Load | None = None) -> ReadFile:
    """What the bytes of a Python config file set. Never raises for what they are.

    `load` reads the files that it loads with `load_subconfig`; without it they are only noted.
    """
    loading = _Loading(str(Path(path).parent), load or _not_loaded, (_real(path),))
    return _read(raw, path, loading)


def _not_loaded(path: str) -> str:
    return "it is not read"


def _real(path: str) -> str:
    try:
        return str(Path(path).resolve())
    except (OSError, RuntimeError, ValueError):
        return path


def _read(raw: bytes, path: str, loading: _Loading) -> ReadFile:
    file = ReadFile(path, kind="py")
    if b"\0" in raw:
        line = len(lines_of(raw[: raw.index(b"\0")].decode("latin-1")))
        return replace(file, trouble="it holds zero bytes: no Python source", line=line, dropped=True)
    if reason := too_much(raw):
        return replace(file, trouble=reason, veils=UNSEEN)
    text = _decoded(raw)
    lines = lines_of(text if text is not None else raw.decode("utf-8", "replace").removeprefix("\ufeff"))
    try:
        tree = _parsed(raw)
    except SyntaxError as error:
        return _broken(file, raw, text, lines, error)
    except ValueError as error:
        return replace(file, trouble=f"no Python source: {visible(str(error), 100)}", dropped=True)
    except (RecursionError, MemoryError):
        return replace(file, trouble=_TOO_DEEP, veils=UNSEEN)
    walk = Walk(tree, lines, path, _Subconfigs(loading))
    try:
        walk.run(tree)
    except Failure as failure:
        return _failing(file, lines, failure)
    except (RecursionError, MemoryError):
        return replace(file, trouble=_TOO_DEEP, veils=UNSEEN)
    contents = walk.effects.contents
    plain = tuple(sorted(".".join(names) for names in contents.plain))
    return replace(
        file,
        assignments=contents.assignments(),
        plain=plain,
        notes=tuple(walk.effects.notes),
        veils=tuple(walk.effects.veils),
        needs=tuple(walk.outside.needs),
        paths_changed=walk.outside.paths_changed,
    )


def _parsed(source: bytes | str) -> ast.Module:
    """The syntax tree. Raises SyntaxError, ValueError, RecursionError, MemoryError.

    The second step finds what the grammar alone lets pass (`return` at top level) and throws its result away.
    """
    # Jupyter's own log has these warnings. Set each time: whoever catches warnings puts the list back as it was.
    warnings.filterwarnings("ignore", module=re.escape(_FILE_NAME))
    tree = ast.parse(source, _FILE_NAME)
    compile(tree, _FILE_NAME, "exec", dont_inherit=True)
    return tree


def _decoded(raw: bytes) -> str | None:
    """The text of the file in the encoding that it names (PEP 263); None if it is not in it."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
        return raw.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        return None


def _broken(file: ReadFile, raw: bytes, text: str | None, lines: list[str], error: SyntaxError) -> ReadFile:
    """The file with the line of the syntax error and a caret below its place; Jupyter leaves it out."""
    if text is None and (undecodable := _undecodable(raw)):
        trouble, line = undecodable
        return replace(file, trouble=trouble, line=line, dropped=True)
    if text is not None:
        # Of bytes, Pythons before 3.13 count the column in bytes for some errors and in characters for others.
        try:
            _parsed(text)
        except SyntaxError as better:
            error = better
        except (ValueError, RecursionError, MemoryError):
            # The first error stands.
            pass
    number = error.lineno
    # The line stands beside it; another one, where a text that never ends was noticed, is kept.
    words = (error.msg or "invalid syntax").removesuffix(f" (detected at line {number})")
    trouble = f"syntax error: {visible(words, 120)}"
    if not number or not 0 < number <= len(lines):
        return replace(file, trouble=trouble, line=number or None, dropped=True)
    caret = caret_below(lines, number, (error.offset or 1) - 1)
    return replace(file, trouble=trouble, line=number, caret=caret, dropped=True)


def _undecodable(raw: bytes) -> tuple[str, int | None] | None:
    """Which byte is not in the file's encoding, in words, and its line."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(lines_of(raw[: error.start].decode("latin-1")))
        return f"syntax error: byte 0x{raw[error.start]:02x} is not {visible(error.encoding, 40)}", line
    except (SyntaxError, UnicodeError, LookupError):
        # Python's own words say it: an encoding that it does not know.
        return None
    return None


def _failing(file: ReadFile, lines: list[str], failure: Failure) -> ReadFile:
    ends = isinstance(failure, Ending)
    caret = caret_at(lines, failure.node)
    return replace(file, trouble=str(failure), line=failure.node.lineno, caret=caret, dropped=not ends, ends=ends)


class _Subconfigs:
    """What `load_subconfig` does: `PyFileConfigLoader.load_subconfig`."""

    def __init__(self, loading: _Loading) -> None:
        self._loading = loading

    def __call__(self, walk: Walk, call: ast.Call) -> None:
        """Applies the file that the call loads. Raises Failure."""
        path = self._path(walk, call)
        effects = walk.effects
        if path is None:
            effects.doubt((), "loads a file whose name only running it tells: what it sets cannot be seen")
            return
        name = visible(Path(path).name, 60)
        if _real(path) in self._loading.chain:
            if not effects.conditional:
                raise Failure(f"{name} is loaded by what it loads itself, without end", call)
            effects.doubt((), f"loads {name} again: what it sets cannot be seen")
            return
        if len(self._loading.chain) > DEPTH_LIMIT:
            effects.doubt((), f"loads {name}, which is not read: {DEPTH_LIMIT} files deep is enough")
            return
        raw = self._loading.load(path)
        if isinstance(raw, str):
            effects.doubt((), f"loads {name}, which is not read: {raw}")
        elif raw is not None:
            chain = (*self._loading.chain, _real(path))
            self._apply(walk, _read(raw, path, replace(self._loading, chain=chain)), name, call)

    def _path(self, walk: Walk, call: ast.Call) -> str | None:
        """Where the file stands; None if only running it would tell."""
        given = {"fname": None, "path": None} | dict(zip(("fname", "path"), call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        name = walk.scope.text(given["fname"]) if given["fname"] is not None else None
        folder = walk.scope.text(given["path"]) if given["path"] is not None else self._loading.folder
        if name is None or folder is None or len(call.args) > 2:
            return None
        path = str(Path(folder) / name.strip('"').strip("'"))
        # Variables and home directories are the server's, not ours.
        return None if "$" in path or path.startswith("~") or "\0" in path else path

    def _apply(self, walk: Walk, file: ReadFile, name: str, call: ast.Call) -> None:
        """Merges what the file sets into `c`. Raises Failure."""
        effects = walk.effects
        if file.trouble:
            if (file.dropped or file.ends) and not effects.conditional:
                where = f", line {file.line}" if file.line else ""
                kind = Ending if file.ends else Failure
                raise kind(f"{name}{where}: {file.trouble}", call)
            effects.doubt((), f"loads {name}: {file.trouble}")
            return
        walk.outside.load(file.needs, f"loads {name}", call)
        walk.outside.paths_changed = walk.outside.paths_changed or file.paths_changed
        told = {need.note for need in file.needs}
        notes = [note for note in file.notes if note not in told]
        if notes:
            effects.contents.doubt(())
        for veil in file.veils:
            effects.veil((veil.section,) if veil.section else (), call)
        for note in notes:
            effects.note(f"loads {name}: {note}")
        for section in {*file.plain} | {".".join(names) for names in effects.contents.plain}:
            effects.doubt(tuple(section.split(".")), "loads " + name + ", which replaces {}")
            effects.contents.plain.add(tuple(section.split(".")))
        for one in file.assignments:
            found = replace(one, computed=True, value=None, conditional=True) if effects.conditional else one
            effects.contents.put((*filter(None, one.cls.split(".")), one.trait), found)
