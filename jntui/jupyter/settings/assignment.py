"""What a config file sets, as values: one record for each place where a trait gets a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a file, counted as Python's `ast` counts.

    The columns are bytes of the line's text in UTF-8, whatever the file's own encoding, and without a byte order mark.
    """

    line: int
    """Counted from 1."""
    column: int
    """Counted from 0."""
    end_line: int
    end_column: int
    """Of the first byte behind it."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One place in a file that gives a trait a value. The last one of a trait is what the file says."""

    cls: str
    """`ServerApp`; of nested sections all names: `ServerApp.IdentityProvider`; empty for `c.port = 1`."""
    trait: str
    value: object = field(repr=False)
    """The literal: text, number, bool, None, list (tuples and sets too), dict; None when computed. May be a secret."""
    computed: bool
    """Only running the file would tell: no literal, or not certain to run, or other code may change it."""
    line: int
    """Counted from 1: where the statement begins, where the entry of a dict begins, in JSON where the key is."""
    end_line: int
    text: str = field(repr=False)
    """The value as it is written, in one line of at most 200 characters, fit for a screen. May be a secret."""
    path: str
    """The file that holds it: of a subconfig its own."""
    conditional: bool
    """It stands under `if`, `for`, `while`, `try`, `with`, `match`, `def`, `class` or in a lambda."""
    where: Span
    """The value's expression."""
    statement: Span
    """The statement; in JSON from the key to the end of the value."""


@dataclass(frozen=True, slots=True)
class Veil:
    """Code that may set traits without naming them: what the file says of a section cannot be seen."""

    section: str
    """`ServerApp`; empty for all."""
    line: int | None
    """Of the code, counted from 1; None where the whole file is not seen."""


@dataclass(frozen=True, slots=True)
class Need:
    """What must be there when a Python file runs; where it is not, Jupyter leaves the whole file out."""

    kind: Literal["module", "variable", "number", "code"]
    """`code`: what may fail in ways that only running it tells; `number`: a variable that must be one if it is set."""
    name: str
    """Of a module its dotted name, behind a colon what is taken from it: finding them runs none of it."""
    line: int
    """Counted from 1."""
    certain: bool
    """The line is run whatever happens."""
    note: str
    """What is said where nobody can be asked, beginning with the line."""
    caret: tuple[str, ...] = ()
    place: str = ""
    """The file that is loaded there and has the need, in words."""
    unsure: bool = False
    """The file may have changed where modules come from."""
    base: int = 10
    """Of a number."""


@dataclass(frozen=True, slots=True)
class Void:
    """A section of a JSON file that is no object, so that Jupyter fails where it reads or merges it."""

    section: str
    line: int
    hard: bool
    """Null, a number, true or false: already a second file with the same section is too much."""


UNSEEN = (Veil("", None),)
"""Of a file that Jupyter reads and jntui does not."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What one config file says, or why it says nothing."""

    path: str
    exists: bool = True
    readable: bool = True
    """Its content was read, whatever it says."""
    kind: Literal["py", "json"] = "py"
    assignments: tuple[Assignment, ...] = ()
    """In the order in which they come to effect; those that the file itself takes back are left out."""
    trouble: str = ""
    """Why it does not count, or not wholly, in one line."""
    line: int | None = None
    """The line of the trouble, counted from 1."""
    caret: tuple[str, ...] = ()
    """That line and below it a caret; empty where there is no place to point at. No secret stands in it."""
    dropped: bool = False
    """Jupyter leaves the whole file out because of the trouble."""
    ends: bool = False
    """Jupyter ends when it reads it: traitlets goes on after an `Exception`, and `SystemExit` is none."""
    needs: tuple[Need, ...] = ()
    paths_changed: bool = False
    """It may have changed where modules come from, also for the files that are read after it."""
    changed: datetime | None = None
    """When it was last written, or came to this place, UTC."""
    loads: tuple[tuple[str, datetime | None], ...] = ()
    """The files that it loads with `load_subconfig`, and the same of them; None where no file was read."""
    notes: tuple[str, ...] = ()
    """What cannot be seen without running it, one sentence a place, and keys that are lost."""
    veils: tuple[Veil, ...] = ()
    """Where it may set what `assignments` does not name; a file that Jupyter reads and jntui does not has one."""
    voids: tuple[Void, ...] = ()
    plain: tuple[str, ...] = ()
    """Sections that are no `Config` but a bare dict (`c.update({"ServerApp": {...}})`) or no dict at all.

    Such a section is never merged: it replaces the one of the files before it, and the next file or command line that
    names the section replaces it (`traitlets.config.loader.Config.merge`).
    """
