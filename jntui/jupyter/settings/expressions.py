"""What evaluating an expression of a config file may do to `c`, beside giving a value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jntui.jupyter.settings.names import RUNNERS

if TYPE_CHECKING:
    from jntui.jupyter.settings.effects import Effects
    from jntui.jupyter.settings.scope import Reference, Scope

_HARMLESS = frozenset(
    {"bool", "callable", "dir", "float", "hasattr", "hash", "id", "int", "isinstance", "len", "print", "repr", "str"}
) | {"type"}
"""Builtins that change nothing and keep nothing of what they are given."""
_ONLY_LOOKS = frozenset({"keys", "has_key", "collisions", "_has_section", "__contains__", "__len__"})
"""Methods of a Config that neither change it nor hand out what is in it."""
_VALUES_ONLY = (ast.BinOp, ast.Compare, ast.UnaryOp, ast.JoinedStr, ast.FormattedValue)
"""Expressions whose value is a new object, never the one that went in."""


class Expressions:
    """Goes through expressions, each part once, and reports to the effects what they do."""

    def __init__(self, effects: Effects, scope: Scope) -> None:
        self._effects = effects
        self._scope = scope
        self.later: list[ast.expr] = []
        """Bodies of lambdas: they run when somebody calls them."""
        self._kept: set[ast.expr] = set()

    def run(self, call: ast.Call) -> None:
        """A call that is a statement of its own. Raises Failure, RecursionError."""
        self._call(call)

    def scan(self, node: ast.AST | None, keeps: bool = True) -> None:
        """What is inside a statement. `keeps`: whoever gets the value may keep it, and change it later.

        Raises RecursionError.
        """
        before = self._effects.conditional
        # Whether a part of an expression is evaluated at all is not looked at: `and`, `if … else`, comprehensions.
        self._effects.conditional = True
        try:
            self._scan(node, keeps)
        finally:
            self._effects.conditional = before

    def _scan(self, node: ast.AST | None, keeps: bool = True) -> None:
        if node is None or isinstance(node, (ast.Constant, ast.expr_context, ast.operator)):
            return
        if isinstance(node, ast.expr) and (reference := self._scope.resolve(node)):
            self._value(reference, node, keeps)
        elif isinstance(node, ast.Lambda):
            self._later(node.body)
            for default in (*node.args.defaults, *node.args.kw_defaults):
                self._scan(default)
        elif isinstance(node, ast.Call):
            self._call(node)
        elif isinstance(node, ast.NamedExpr):
            self._scan(node.value)
            self._scope.bind(node.target.id, None, conditional=True)
        elif isinstance(node, ast.Name):
            return
        elif isinstance(node, ast.IfExp):
            self._scan(node.test, keeps=False)
            self._scan(node.body, keeps)
            self._scan(node.orelse, keeps)
        else:
            # A statement drops the value of a `yield`; whoever iterates over the generator has it all the same.
            kept = (keeps and not isinstance(node, _VALUES_ONLY)) or isinstance(node, (ast.Yield, ast.YieldFrom))
            for child in ast.iter_child_nodes(node):
                self._scan(child, kept or isinstance(node, ast.comprehension))

    def _later(self, body: ast.expr) -> None:
        if body not in self._kept:
            self._kept.add(body)
            self.later.append(body)
        before = self._effects.rehearsing
        self._effects.rehearsing = True
        self._scan(body)
        self._effects.rehearsing = before

    def _value(self, reference: Reference, node: ast.expr, keeps: bool) -> None:
        for place in reference.places:
            if not keeps:
                continue
            if place.kind == "trait":
                # Of a trait without a value one gets an object that collects `append` and the like.
                if not self._effects.is_immutable(place.names):
                    self._effects.put(place.names, node, computed=True)
            else:
                self._effects.hand_out(place.names, node)

    def _call(self, node: ast.Call) -> None:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        scope, effects = self._scope, self._effects
        if scope.is_builtin(node.func, _HARMLESS):
            for argument in arguments:
                self.scan(argument, keeps=False)
            return
        if scope.is_builtin(node.func, RUNNERS) or scope.is_known(node.func, "load_subconfig"):
            effects.run_other(node)
        elif scope.is_builtin(node.func, frozenset({"setattr", "delattr"})) and len(node.args) > 1:
            self._set(node)
            arguments = node.args[2:]
        elif (method := scope.resolve(node.func)) and all(place.kind == "method" for place in method.places):
            if self._method(method, node):
                return
        elif isinstance(node.func, ast.Attribute) and self._changes_trait(node.func.value, node):
            pass
        else:
            # A method may change what it is a method of, as `update` in `(c.ServerApp,)[0].update(…)`.
            self.scan(node.func.value if isinstance(node.func, ast.Attribute) else node.func)
            if not scope.is_foreign(node.func) and not scope.is_known(node.func, "Config"):
                effects.doubt_escaped()
        for argument in arguments:
            self.scan(argument.value if isinstance(argument, ast.Starred) else argument)

    def _changes_trait(self, base: ast.expr, node: ast.Call) -> bool:
        """`c.ServerApp.x.append(1)`: a method of a trait's value, which may change the value."""
        reference = self._scope.resolve(base)
        if reference is None or any(place.kind != "trait" for place in reference.places):
            return False
        if not all(self._effects.is_immutable(place.names) for place in reference.places):
            self._effects.change(reference, node)
        return True

    def _set(self, node: ast.Call) -> None:
        """`setattr` and `delattr`, which do to `c` what a statement does. Raises Failure."""
        reference = self._scope.child(node.args[0], self._scope.text(node.args[1]))
        if reference is None:
            self.scan(node.args[0])
        elif len(node.args) == 3:
            self._effects.assign(reference, node.args[2])
        else:
            self._effects.delete(reference, node)

    def _method(self, reference: Reference, node: ast.Call) -> bool:
        """A method of a Config; True if its arguments need no further look. Raises Failure."""
        from jntui.jupyter.settings.scope import Place, Reference

        name = reference.places[0].method
        sections = Reference(tuple(Place(place.names) for place in reference.places), reference.certain)
        if name in _ONLY_LOOKS:
            return True
        if name in {"update", "merge", "_merge"}:
            self._effects.update(sections, node, merging=name != "update")
            return False
        for place in sections.places:
            if name in {"pop", "popitem", "clear", "setdefault"}:
                self._effects.doubt(place.names, "changes {} in a way that only running it tells", node)
            else:
                self._effects.hand_out(place.names, node)
        return False
