"""Goes through the statements of a config file in the order in which Python runs them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jntui.jupyter.settings.effects import Effects, Failure
from jntui.jupyter.settings.expressions import Expressions
from jntui.jupyter.settings.failing import Failing, catches
from jntui.jupyter.settings.literals import NotLiteral, is_section
from jntui.jupyter.settings.names import globals_of, undefined
from jntui.jupyter.settings.outside import Outside
from jntui.jupyter.settings.pointing import may_be_secret
from jntui.jupyter.settings.scope import Reference, Scope
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_TRIES = ("Try", "TryStar")
"""By name: Python 3.10 has no `except*`."""


class Walk:
    """One pass over one file; afterwards `effects` has what it does to `c`."""

    def __init__(
        self,
        tree: ast.Module,
        lines: list[str],
        path: str,
        subconfig: Callable[[Walk, ast.Call], None],
    ) -> None:
        self.scope = Scope(tree)
        self.effects = Effects(self.scope, lines, path)
        self.outside = Outside(self.scope, self.effects, lines)
        self._failing = Failing(self.scope, self.effects.contents, self.outside.trouble)
        self._expressions = Expressions(self.effects, self.scope)
        self._lines = lines
        self._subconfig = subconfig
        """Applies a file that is loaded with `load_subconfig`."""
        self._functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
        self._kept: set[ast.stmt] = set()
        """Functions that are or were in that list."""
        self._inside = 0
        """In so many functions and classes: there a name may be an attribute, or global."""
        self._in_loop = False

    def run(self, tree: ast.Module) -> None:
        """Raises Failure where Jupyter is certain to raise; RecursionError for code that is nested too deeply."""
        for statement in tree.body:
            if not self.scope.open and (name := undefined(statement, self.scope.bound)):
                raise Failure(self._undefined(name), name)
            self._failing.look(statement)
            self._statement(statement)
        self._run_later()

    def _undefined(self, name: ast.Name) -> str:
        # `c.ServerApp.password = hunter2`: the name itself may be the secret.
        secret = may_be_secret(self._lines, name.lineno) or len(name.id) > 40
        return "a name in it is not defined" if secret else f"the name {visible(name.id)!r} is not defined"

    def _run_later(self) -> None:
        """Bodies of functions and lambdas: somebody may call them at any time, so they come last, as conditional."""
        self.effects.conditional = True
        while self._functions or self._expressions.later:
            for body in self._taken(self._expressions.later):
                self._expressions.scan(body)
            for function in self._taken(self._functions):
                self._body(function)

    def _body(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.scope.outer.append(dict(self.scope.names))
        for argument in () if isinstance(node, ast.ClassDef) else ast.walk(node.args):
            if isinstance(argument, ast.arg):
                self.scope.bind(argument.arg, None, conditional=False)
        self._inside += 1
        self.outside.guarded += not isinstance(node, ast.ClassDef)
        self._block(node.body)
        self.outside.guarded -= not isinstance(node, ast.ClassDef)
        self._inside -= 1
        inner, self.scope.names = self.scope.names, self.scope.outer.pop()
        for name in globals_of(node):
            self.scope.bind(name, inner.get(name), conditional=True)

    @staticmethod
    def _taken(waiting: list[ast.expr] | list[ast.FunctionDef | ast.AsyncFunctionDef]) -> list:  # type: ignore[type-arg]
        taken = list(waiting)
        waiting.clear()
        return taken

    def _block(self, body: Sequence[ast.stmt]) -> None:
        before = self.effects.conditional
        self.effects.conditional = True
        for statement in body:
            self._statement(statement)
        self.effects.conditional = before

    def _statement(self, node: ast.stmt) -> None:
        self.effects.at(node)
        self.outside.look(node)
        if isinstance(node, ast.Assign):
            self._assign(node.targets, node.value)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._assign([node.target], node.value)
        elif isinstance(node, ast.AugAssign):
            self._change(node)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self._delete(target)
        elif isinstance(node, ast.Expr):
            self._expression(node.value)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node)
        elif isinstance(node, ast.Raise) and not self.effects.conditional:
            raise Failure("it raises an exception", node)
        else:
            self._compound(node)

    def _compound(self, node: ast.stmt) -> None:
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            self._definition(node)
        elif isinstance(node, _LOOPS):
            self._loop(node)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self._expressions.scan(item.context_expr)
                if item.optional_vars is not None:
                    self._unknown(item.optional_vars)
            self._block(node.body)
        elif type(node).__name__ in _TRIES:
            self._try(node)
        elif isinstance(node, ast.Match):
            self._match(node)
        elif isinstance(node, ast.If):
            self._expressions.scan(node.test, keeps=False)
            self._block(node.body)
            self._block(node.orelse)
        else:
            # assert, return, raise; global, pass, break and continue have nothing to look at.
            for child in ast.iter_child_nodes(node):
                self._expressions.scan(child, keeps=isinstance(node, ast.Return))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """The body of a function runs when somebody calls it, the body of a class at once, with names of its own."""
        outer: list[ast.AST | None] = [*node.decorator_list]
        if isinstance(node, ast.ClassDef):
            outer += [*node.bases, *node.keywords]
        else:
            outer += [*node.args.defaults, *node.args.kw_defaults]
            if node not in self._kept:
                self._kept.add(node)
                self._functions.append(node)
        for part in outer:
            self._expressions.scan(part)
        before = self.effects.rehearsing
        self.effects.rehearsing = before or not isinstance(node, ast.ClassDef)
        self._body(node)
        self.effects.rehearsing = before
        self.scope.bind(node.name, None, self.effects.conditional)

    def _match(self, node: ast.Match) -> None:
        self._expressions.scan(node.subject)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                self._forget(getattr(part, "name", None))
                self._forget(getattr(part, "rest", None))
            self._expressions.scan(case.guard, keeps=False)
            self._block(case.body)

    def _try(self, node: ast.stmt) -> None:
        handlers = getattr(node, "handlers", [])
        if catches(handlers, ("ImportError",)):
            self._guarded(getattr(node, "body", []))
        else:
            self._block(getattr(node, "body", []))
        self._block(getattr(node, "orelse", []))
        for handler in handlers:
            self._forget(handler.name)
            self._block(handler.body)
        self._block(getattr(node, "finalbody", []))

    def _guarded(self, body: Sequence[ast.stmt]) -> None:
        """A module that is not found there does not end the file."""
        self.outside.guarded += 1
        self._block(body)
        self.outside.guarded -= 1

    def _forget(self, name: object) -> None:
        if isinstance(name, str):
            self.scope.bind(name, None, conditional=True)

    def _loop(self, node: ast.stmt) -> None:
        if isinstance(node, ast.While):
            self._expressions.scan(node.test, keeps=False)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            sections = self._sections(node.iter)
            if sections is not None and isinstance(node.target, ast.Name):
                self.scope.bind(node.target.id, sections, conditional=False)
            else:
                self._expressions.scan(node.iter)
                before, self.effects.conditional = self.effects.conditional, True
                # With nothing to go through, the target is never bound.
                self._unknown(node.target)
                self.effects.conditional = before
        body = [*getattr(node, "body", []), *getattr(node, "orelse", [])]
        names = dict(self.scope.names)
        outermost = not self._in_loop
        self._in_loop = True
        self._block(body)
        if outermost and self.scope.names != names:
            # What a name stands for at the end of the body is what it stands for in the next turn.
            self._block(body)
        self._in_loop = not outermost

    def _sections(self, node: ast.expr) -> Reference | None:
        """`(c.ServerApp, c.NotebookApp)`: one reference to any of them; None if something else is in it."""
        if not isinstance(node, (ast.Tuple, ast.List)) or not 0 < len(node.elts) <= 20:
            return None
        found = [self.scope.resolve(one) for one in node.elts]
        places = tuple(place for one in found if one is not None for place in one.places)
        if None in found or any(place.kind != "section" for place in places):
            return None
        return Reference(places, certain=False)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        if isinstance(node, ast.ImportFrom) and node.level and not self.effects.conditional:
            raise Failure("it imports from its own package, and a config file is in none", node)
        for alias in node.names:
            if alias.name == "*":
                self.effects.doubt((), "imports names that only running it tells: what it sets cannot be seen")
            else:
                self.scope.bind_import(alias, module, self.effects.conditional)

    def _expression(self, value: ast.expr) -> None:
        if isinstance(value, ast.Call) and self.scope.is_known(value.func, "load_subconfig"):
            self._subconfig(self, value)
        elif isinstance(value, ast.Call):
            self._expressions.run(value)
        else:
            self._expressions.scan(value, keeps=False)

    def _assign(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        names_c = self.scope.resolve(value)
        if names_c is None or any(place.kind != "section" for place in names_c.places):
            names_c = None
            self._expressions.scan(value)
        shared = len(targets) > 1
        for target in targets:
            if names_c is not None and self._keeps(target):
                self._expressions.scan(value)
            if isinstance(target, ast.Name):
                self._name(target.id, value, names_c)
            elif isinstance(target, (ast.Tuple, ast.List)):
                self._unpack(target, value)
            elif isinstance(target, (ast.Attribute, ast.Subscript)):
                self._store(target, value, shared)

    def _keeps(self, target: ast.expr) -> bool:
        """What is assigned to the target can be reached later in ways that the scope does not follow."""
        if isinstance(target, ast.Name):
            return self._inside > 0
        return not isinstance(target, (ast.Attribute, ast.Subscript)) or self.scope.target(target) is None

    def _name(self, name: str, value: ast.expr, sections: Reference | None) -> None:
        conditional = self.effects.conditional
        if sections is not None:
            self.scope.bind(name, sections, conditional)
            return
        known = self.scope.names.get(value.id) if isinstance(value, ast.Name) else None
        self.scope.bind(name, known, conditional)
        if conditional or self.scope.open or self.scope.bound[name] != 1:
            return
        try:
            found = self.scope.value(value)
        except NotLiteral:
            return
        if not isinstance(found, (list, dict)):
            self.scope.constants[name] = found

    def _unpack(self, target: ast.Tuple | ast.List, value: ast.expr) -> None:
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
        pairs = len(parts) == len(target.elts) and not any(isinstance(one, ast.Starred) for one in target.elts)
        if pairs and not any(isinstance(one, ast.Starred) for one in parts):
            for one, part in zip(target.elts, parts, strict=True):
                self._assign([one], part)
        else:
            self._unknown(target)

    def _unknown(self, target: ast.expr) -> None:
        """The target gets a value that cannot be told."""
        if isinstance(target, ast.Name):
            self.scope.bind(target.id, None, self.effects.conditional)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self._unknown(one)
        elif isinstance(target, ast.Starred):
            self._unknown(target.value)
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            before = self.effects.conditional
            self.effects.conditional = True
            self._store(target, target, shared=False)
            self.effects.conditional = before

    def _store(self, target: ast.Attribute | ast.Subscript, value: ast.expr, shared: bool) -> None:
        """Raises Failure."""
        reference = self.scope.target(target)
        if isinstance(target, ast.Subscript):
            self._expressions.scan(target.slice, keeps=False)
        if reference is None:
            self._store_inside(target, value)
            return
        if isinstance(target, ast.Attribute) and reference.certain and not self.effects.conditional:
            section = reference.places[0].names[:-1]
            if section in self.effects.contents.plain:
                raise Failure(f"{'.'.join(('c', *section))} is a bare dict here: it has no attributes", target)
        self.effects.assign(reference, value, shared)

    def _store_inside(self, target: ast.Attribute | ast.Subscript, value: ast.expr) -> None:
        """Into the value of a trait, or into something that may have to do with `c`. Raises Failure."""
        node: ast.expr = target
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
            inner = self.scope.resolve(node)
            if inner is not None:
                certain = not self.effects.conditional and inner.certain and isinstance(target, ast.Subscript)
                if certain and node is target.value and self._is_unset(inner):
                    raise Failure("an entry of a trait is set that has no value yet", target)
                self.effects.change(inner, value)
                return
        self._expressions.scan(target.value)
        if not self.scope.is_foreign(target):
            self._store_somewhere(target, value)

    def _is_unset(self, reference: Reference) -> bool:
        place = reference.places[0]
        return len(reference.places) == 1 and place.kind == "trait" and self.effects.contents.absent(place.names)

    def _store_somewhere(self, target: ast.Attribute | ast.Subscript, value: ast.expr) -> None:
        """`x.ServerApp.ip = …` where nobody knows what `x` is; or `x.ip = …` after a section was handed out."""
        names: list[str] = []
        node: ast.expr = target
        while isinstance(node, (ast.Attribute, ast.Subscript)) and len(names) < 2:
            key = node.attr if isinstance(node, ast.Attribute) else self.scope.text(node.slice)
            if not key:
                break
            names.insert(0, key)
            node = node.value
        if len(names) == 2 and is_section(names[0]) and not is_section(names[1]):
            self.effects.put(tuple(names), value, computed=True)
        elif names and not is_section(names[-1]):
            for section in self.effects.contents.escaped:
                if section:
                    self.effects.put((*section, names[-1]), value, computed=True)
        else:
            self.effects.doubt_escaped()

    def _change(self, node: ast.AugAssign) -> None:
        """`c.ServerApp.x += 1`. Raises Failure."""
        self._expressions.scan(node.value)
        target = node.target
        if isinstance(target, ast.Name):
            if (known := self.scope.names.get(target.id)) and isinstance(known, Reference):
                # `c |= {…}` changes the Config in place and leaves the name as it is.
                self.effects.change(known, node.value)
            else:
                self.scope.bind(target.id, None, self.effects.conditional)
            return
        reference = self.scope.target(target)
        if reference is None:
            self._store_inside(target, node.value)
            return
        is_literal = isinstance(node.value, (ast.Constant, ast.List, ast.Dict, ast.Tuple))
        if is_literal and reference.certain and not self.effects.conditional and self._is_unset(reference):
            raise Failure("a trait is added to that has no value yet", node)
        self.effects.change(reference, node.value)

    def _delete(self, target: ast.expr) -> None:
        """Raises Failure."""
        if isinstance(target, ast.Name):
            self.scope.bind(target.id, None, self.effects.conditional)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self._delete(one)
        elif isinstance(target, (ast.Attribute, ast.Subscript)):
            reference = self.scope.target(target)
            if reference is None:
                self._store_inside(target, target)
            else:
                self.effects.delete(reference, target)
