"""What the statements of a config file do to `c`: set, take away, replace, merge, hand it to code nobody here sees."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from jntui.jupyter.settings.assignment import Assignment, Span, Veil
from jntui.jupyter.settings.contents import Contents
from jntui.jupyter.settings.literals import NotLiteral, is_section
from jntui.jupyter.settings.pointing import piece
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.settings.scope import Place, Reference, Scope

    Names = tuple[str, ...]

NOTES_LIMIT = 20
"""Notes that are kept of one file."""

_NEVER_A_CONFIG = (ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.JoinedStr, ast.ListComp, ast.DictComp)


class Failure(Exception):
    """The file is certain to end here with an error, so Jupyter leaves all of it out; the text says why, in words."""

    def __init__(self, words: str, node: ast.expr | ast.stmt) -> None:
        super().__init__(words)
        self.node = node


class Ending(Failure):
    """Python, and Jupyter with it, is certain to end here."""


class _Entry(NamedTuple):
    """One key of a dict that stands in the file."""

    names: Names
    key: ast.expr | ast.keyword
    value: ast.expr


class Effects:
    """Applies to the contents what one statement after the other does; `at` says where the walk is."""

    def __init__(self, scope: Scope, lines: list[str], path: str) -> None:
        self.scope = scope
        self.contents = Contents()
        self.notes: list[str] = []
        self.veils: list[Veil] = []
        self.path = path
        self.conditional = False
        """The statement may run once, several times or never."""
        self.rehearsing = False
        """The body of a function is looked at where it is defined: what it hands out counts, what it sets not yet."""
        self._lines = lines
        self._statement: ast.stmt = ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)

    def at(self, statement: ast.stmt) -> None:
        """What follows is done by this statement."""
        self._statement = statement

    def note(self, words: str, node: ast.expr | ast.stmt | None = None) -> None:
        """Keeps a sentence about a line, once."""
        text = f"line {(node or self._statement).lineno} {words}"
        if text not in self.notes and len(self.notes) < NOTES_LIMIT:
            self.notes.append(text)

    def assign(self, reference: Reference, value: ast.expr, shared: bool = False) -> None:
        """The reference is set to a value. `shared`: other names get the same object. Raises Failure."""
        certain = self._is_certain(reference)
        for place in reference.places:
            if place.kind == "trait":
                self.put(place.names, value, computed=not certain or (shared and self._is_mutable(value)))
            elif place.kind == "section":
                self._replace(place.names, value, certain)
            else:
                self.unknown_key(place.names)

    def put(
        self,
        names: Names,
        value: ast.expr,
        *,
        computed: bool = False,
        key: ast.expr | ast.keyword | None = None,
    ) -> None:
        """The trait gets the value that stands there; `key` is where its name stands in a dict."""
        if self.rehearsing or any("." in name for name in names):
            # No class and no trait has a dot in its name: `c["A.b"] = 1` sets nothing.
            return
        statement = self._statement
        found: object = None
        computed = computed or self.conditional or names[:-1] in self.contents.shared
        if not computed:
            try:
                found = self.scope.value(value)
            except NotLiteral:
                computed = True
        where = _span(value)
        assignment = Assignment(
            cls=".".join(names[:-1]),
            trait=names[-1],
            value=found,
            computed=computed,
            line=(key or statement).lineno,
            end_line=where.end_line if key else _span(statement).end_line,
            text=piece(self._lines, where),
            path=self.path,
            conditional=self.conditional,
            where=where,
            statement=_span(statement),
        )
        self.contents.put(names, assignment)

    def delete(self, reference: Reference, node: ast.expr) -> None:
        """The reference is taken out of `c`. Raises Failure."""
        for place in reference.places:
            if place.kind == "unknown":
                self.unknown_key(place.names)
            elif not self._is_certain(reference):
                self._doubt(place)
                self.scope.detach(place.names, certain=False)
            elif place.kind == "trait":
                if self.contents.absent(place.names):
                    raise Failure(f"{spelled(place.names)} is deleted and was never set", node)
                self.contents.take(place.names)
            else:
                self._renew(place.names, certain=True)

    def change(self, reference: Reference, node: ast.expr) -> None:
        """A trait's value is changed in place: `.append`, `+=`, `["key"] = …`."""
        for place in reference.places:
            if place.kind == "trait":
                self.put(place.names, node, computed=True)
            else:
                self.doubt(place.names, "changes {} in a way that only running it tells", node)

    def is_immutable(self, names: Names) -> bool:
        """The trait is certain to hold a value that nothing can change in place."""
        found = self.contents.current(names)
        return found is not None and not found.computed and not isinstance(found.value, (list, dict))

    def unknown_key(self, section: Names) -> None:
        """Some trait of the section is set, and which cannot be told."""
        self.doubt(section, "sets something in {} whose name only running it tells")

    def hand_out(self, names: Names, node: ast.expr) -> None:
        """Code that nobody here sees gets hold of `c` or of a section."""
        self.contents.escaped.add(names)
        self.doubt(names, "hands {} to other code: what it sets cannot be seen", node)

    def run_other(self, node: ast.expr | ast.stmt) -> None:
        """Code runs that is not in the file."""
        self.contents.escaped.add(())
        self.doubt((), "runs other code: what it sets cannot be seen", node)

    def doubt(self, names: Names, words: str, node: ast.expr | ast.stmt | None = None) -> None:
        """Casts doubt on a section and says why; `{}` in the words becomes the section as it is spelled."""
        self.contents.doubt(names)
        self.veil(names, node)
        self.note(words.format(spelled(names)), node)

    def veil(self, names: Names, node: ast.expr | ast.stmt | None = None) -> None:
        """What the section holds from here on may have been set by something that names no trait."""
        found = Veil(names[0] if names else "", (node or self._statement).lineno)
        if found not in self.veils and len(self.veils) < NOTES_LIMIT:
            self.veils.append(found)

    def veil_other(self, section: str, node: ast.expr | ast.stmt, words: str) -> None:
        """Something beside `c` changes that settings hang on: `section` is one of those in `outside`."""
        if self.rehearsing:
            return
        self.veil((section,), node)
        self.note(words, node)

    def doubt_escaped(self) -> None:
        """A call may change what other code has got hold of before."""
        for names in self.contents.escaped:
            self.contents.doubt(names)

    def update(self, reference: Reference, call: ast.Call, merging: bool) -> None:
        """`update` or `merge` of a Config. Raises Failure."""
        certain = self._is_certain(reference)
        for place in reference.places:
            entries = self._entries(call)
            if entries is None or place.kind == "unknown":
                self.doubt(place.names, "updates {} with what only running it tells", call)
                continue
            if merging and certain and place.names in self.contents.plain:
                raise Failure(f"{spelled(place.names)} is a bare dict here: it has no merge", call)
            self._update(place.names, entries, certain, merging, within_config=self._is_config(call))

    def _update(self, section: Names, entries: list[_Entry], certain: bool, merging: bool, within_config: bool) -> None:
        """`within_config`: the entries are those of a Config, which makes Configs of the dicts in it."""
        for entry in entries:
            names = (*section, *entry.names)
            if not is_section(names[-1]):
                self.put(names, entry.value, computed=not certain, key=entry.key)
                continue
            is_config = within_config or self._is_config_call(entry.value)
            if is_config and merging and names not in self.contents.plain:
                continue
            self._renew(names, certain)
            if certain and not is_config:
                # `dict.update` and `Config.merge` put a bare dict in as it is.
                self.contents.plain.add(names)
            elif not certain:
                self.note(f"may replace all of {spelled(names)}", entry.value)

    def _renew(self, section: Names, certain: bool) -> None:
        """Another object takes the section's place, with nothing in it yet."""
        if certain:
            self.contents.clear(section)
        else:
            self.contents.doubt(section)
        self.scope.detach(section, certain)

    def _replace(self, names: Names, value: ast.expr, certain: bool) -> None:
        """A section is set as a whole. Raises Failure."""
        if other := self.scope.resolve(value):
            places = [place.names for place in other.places]
            if places != [names]:
                self.contents.shared |= {names, *places}
                for section in (names, *places):
                    self.doubt(section, "gives {} the same content as another section")
            return
        if certain and isinstance(value, _NEVER_A_CONFIG):
            raise Failure(f"{spelled(names)} takes a Config, not {_kind(value)}", value)
        entries = self._entries(value) if isinstance(value, ast.Call) and self._is_config_call(value) else None
        if entries is None:
            self.doubt(names, "replaces {} by what only running it tells", value)
            self.scope.detach(names, certain=False)
            return
        self._renew(names, certain)
        for entry in entries:
            if is_section(entry.names[-1]):
                continue
            self.put((*names, *entry.names), entry.value, computed=not certain, key=entry.key)

    def _is_config(self, call: ast.Call) -> bool:
        return bool(call.args) and self._is_config_call(call.args[0])

    def _is_config_call(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self.scope.is_known(node.func, "Config")

    def _entries(self, call: ast.Call) -> list[_Entry] | None:
        """The keys and values of a call that takes a dict as `dict` itself does; None if they cannot be told."""
        found: list[_Entry] = []
        if len(call.args) > 1:
            return None
        if call.args:
            first = call.args[0]
            inner = self._inner(first)
            if inner is None:
                return None
            found.extend(inner)
        for keyword in call.keywords:
            if keyword.arg is None or not self._add(found, keyword.arg, keyword, keyword.value):
                return None
        return found

    def _inner(self, node: ast.expr) -> list[_Entry] | None:
        """The entries of a dict or of `Config(...)`, those of nested sections with all their names."""
        if isinstance(node, ast.Call):
            return self._entries(node) if self._is_config_call(node) else None
        if not isinstance(node, ast.Dict):
            return None
        found: list[_Entry] = []
        for key, value in zip(node.keys, node.values, strict=True):
            name = self.scope.text(key) if key is not None else None
            if key is None or not name or not self._add(found, name, key, value):
                return None
        return found

    def _add(self, found: list[_Entry], name: str, key: ast.expr | ast.keyword, value: ast.expr) -> bool:
        """Adds one key; a key that stands there twice counts once. False: what it holds cannot be told."""
        found[:] = [entry for entry in found if entry.names[0] != name]
        if not is_section(name):
            found.append(_Entry((name,), key, value))
            return True
        inner = self._inner(value)
        if inner is None:
            return False
        # The section itself is an entry too: an empty dict replaces what was there.
        found.append(_Entry((name,), key, value))
        found.extend(_Entry((name, *entry.names), entry.key, entry.value) for entry in inner)
        return True

    def _doubt(self, place: Place) -> None:
        if place.kind == "trait":
            self.contents.doubt_trait(place.names)
        else:
            self.contents.doubt(place.names)

    def _is_certain(self, reference: Reference) -> bool:
        return reference.certain and len(reference.places) == 1 and not self.conditional

    def _is_mutable(self, node: ast.expr) -> bool:
        return isinstance(node, (ast.List, ast.Dict, ast.Set, ast.Tuple))


def spelled(names: Names) -> str:
    """`c.ServerApp.ip`, as a person would write it."""
    return visible(".".join(("c", *names)), 100)


def _span(node: ast.expr | ast.stmt) -> Span:
    end_line = node.end_lineno if node.end_lineno is not None else node.lineno
    end_column = node.end_col_offset if node.end_col_offset is not None else node.col_offset
    return Span(node.lineno, node.col_offset, end_line, end_column)


def _kind(node: ast.expr) -> str:
    words = ((ast.Dict, "a dict"), (ast.DictComp, "a dict"), (ast.List, "a list"), (ast.Tuple, "a tuple"))
    return next((word for kind, word in words if isinstance(node, kind)), "a plain value")
