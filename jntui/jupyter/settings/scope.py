"""What the names and expressions of a config file stand for: `c`, a section of it, a trait, a constant."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from jntui.jupyter.settings.literals import NotLiteral, is_section, literal
from jntui.jupyter.settings.names import bindings, can_bind_unseen, modules, origins, stored

Known = Literal["get_config", "load_subconfig", "Config", "module"]

_DICT_NAMES = frozenset(dir(dict)) | {"merge", "_merge", "collisions", "has_key", "_has_section", "_ensure_subconfig"}
"""Attributes of a `Config` that are no keys of it when they are read."""
_CONFIG_HOMES = ("traitlets", "IPython.config", "jupyter")
"""Packages from which a class called `Config` is the one of traitlets."""
_PLACES_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Place:
    """One thing that can be reached from `c`."""

    names: tuple[str, ...]
    """From `c`, which is (); of a method and of an unknown key the section's."""
    kind: Literal["section", "trait", "method", "unknown"] = "section"
    method: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """What an expression stands for: one place, or one of several."""

    places: tuple[Place, ...]
    certain: bool = True
    """False: it may stand for something else altogether."""


ROOT = Reference((Place(()),))


class Scope:
    """The names of one file at the point that the walk has reached."""

    def __init__(self, tree: ast.Module) -> None:
        self.bound = bindings(tree)
        self.open = can_bind_unseen(tree)
        """Names may have values that no statement shows."""
        self.stored, self.modules = stored(tree), modules(tree)
        self.constants: dict[str, object] = {}
        self._origins = origins(tree)
        self.names: dict[str, Reference | Known] = {
            "c": ROOT,
            "get_config": "get_config",
            "load_subconfig": "load_subconfig",
        }
        self.outer: list[dict[str, Reference | Known]] = []
        """The names of what surrounds the body of a class or function in which the walk is: they come back after it."""

    def bind(self, name: str, what: Reference | Known | None, conditional: bool) -> None:
        """From here on the name stands for this; None: for something else."""
        before = self.names.get(name)
        if before == what:
            return
        if conditional:
            what = _either(before, what)
        if what is None:
            self.names.pop(name, None)
        else:
            self.names[name] = what

    def detach(self, section: tuple[str, ...], certain: bool) -> None:
        """The section is another object from here on: names that stand for the old one no longer reach `c`."""
        for names in (self.names, *self.outer):
            for name, what in list(names.items()):
                if not isinstance(what, Reference) or all(one.names[: len(section)] != section for one in what.places):
                    continue
                left = tuple(place for place in what.places if not certain or place.names[: len(section)] != section)
                if left:
                    names[name] = Reference(left, certain=False)
                else:
                    del names[name]

    def bind_import(self, alias: ast.alias, module: str, conditional: bool) -> None:
        """From here on the name stands for what was imported."""
        name = alias.asname or alias.name.partition(".")[0]
        is_config = alias.name == "Config" and module.startswith(_CONFIG_HOMES)
        self.bind(name, "Config" if is_config else "module", conditional)

    def is_builtin(self, node: ast.expr, names: frozenset[str]) -> bool:
        """The expression is one of these builtins, and the file binds no such name."""
        return isinstance(node, ast.Name) and node.id in names and not self.bound[node.id]

    def is_known(self, node: ast.expr, what: Known) -> bool:
        """The expression is a name that stands for this."""
        if isinstance(node, ast.Attribute) and what == "Config":
            return node.attr == "Config" and self._root_name(node) in {"traitlets", "config", "loader"}
        return isinstance(node, ast.Name) and self.names.get(node.id) == what

    def dotted(self, node: ast.expr) -> str:
        """`os.environ` for whatever the file calls it; a builtin's own name; empty for what was not imported."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        found = self._origins.get(node.id, [])
        if found and len(found) == self.bound[node.id] and len(set(found)) == 1:
            return ".".join((found[0], *names))
        return node.id if not names and not self.bound[node.id] else ""

    def perhaps(self, node: ast.expr) -> frozenset[str]:
        """All that an imported name may stand for, whatever else the file makes of it; a builtin's own name."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return frozenset()
        found = self._origins.get(node.id, [node.id] if node.id.startswith("__") else [])
        return frozenset(".".join((origin, *names)) for origin in found)

    def is_foreign(self, node: ast.expr) -> bool:
        """The expression hangs on an imported name, so it is no part of `c`."""
        name = self._root_name(node)
        return self.names.get(name) in {"module", "Config"}

    def _root_name(self, node: ast.expr) -> str:
        while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
            node = node.func if isinstance(node, ast.Call) else node.value
        return node.id if isinstance(node, ast.Name) else ""

    def value(self, node: ast.expr) -> object:
        """The literal that stands there. Raises NotLiteral."""
        return literal(node, self.constants)

    def text(self, node: ast.expr) -> str | None:
        """The text that stands there, None if it is no text or not known."""
        try:
            found = self.value(node)
        except NotLiteral:
            return None
        return found if isinstance(found, str) else None

    def resolve(self, node: ast.expr) -> Reference | None:
        """The part of `c` that the expression stands for; None if for none, or for one that cannot be told."""
        if isinstance(node, ast.Name):
            found = self.names.get(node.id)
            return found if isinstance(found, Reference) else None
        if isinstance(node, ast.Attribute):
            return self._child(node.value, node.attr, reading=True)
        if isinstance(node, ast.Subscript):
            return self._child(node.value, self.text(node.slice), reading=False)
        if isinstance(node, (ast.BoolOp, ast.IfExp)):
            return self._any_of(node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse])
        if not isinstance(node, ast.Call) or node.keywords:
            return None
        if self.is_known(node.func, "get_config") and not node.args:
            return ROOT
        if self.is_builtin(node.func, frozenset({"getattr"})) and len(node.args) == 2:
            return self._child(node.args[0], self.text(node.args[1]), reading=True)
        return None

    def _any_of(self, nodes: list[ast.expr]) -> Reference | None:
        """One of these expressions, and nobody knows which; certain if all stand for the same."""
        found = [self.resolve(node) for node in nodes]
        if all(one == found[0] for one in found):
            return found[0]
        places = dict.fromkeys(place for one in found if one is not None for place in one.places)
        return Reference(tuple(places), certain=False)

    def target(self, node: ast.Attribute | ast.Subscript) -> Reference | None:
        """The same for what is assigned to or deleted: there every attribute is a key."""
        key = node.attr if isinstance(node, ast.Attribute) else self.text(node.slice)
        return self._child(node.value, key, reading=False)

    def child(self, base: ast.expr, key: str | None) -> Reference | None:
        """The place that `setattr(base, key, …)` sets."""
        return self._child(base, key, reading=False)

    def _child(self, base: ast.expr, key: str | None, reading: bool) -> Reference | None:
        found = self.resolve(base)
        if found is None or any(place.kind != "section" for place in found.places):
            return None
        if key is not None and key.startswith("__") and not reading:
            return None
        return Reference(tuple(_under(place, key, reading) for place in found.places), found.certain)


def _under(place: Place, key: str | None, reading: bool) -> Place:
    if key is None:
        return Place(place.names, "unknown")
    if reading and (key in _DICT_NAMES or key.startswith("__")):
        return Place(place.names, "method", key)
    return Place((*place.names, key), "section" if is_section(key) else "trait")


def _either(one: Reference | Known | None, other: Reference | Known | None) -> Reference | None:
    places: list[Place] = []
    for found in (one, other):
        if isinstance(found, Reference):
            places.extend(place for place in found.places if place not in places)
    return Reference(tuple(places[:_PLACES_LIMIT]), certain=False) if places else None
