"""Which statement of a config file may fail when it runs: Jupyter then leaves the whole file out.

What is known to go well is listed (`calm`); of everything else the first place is remembered.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.settings import calm
from jntui.jupyter.settings.certainty import ANY, Trouble
from jntui.jupyter.settings.effects import Failure
from jntui.jupyter.settings.kinds import Kinds
from jntui.jupyter.settings.literals import NotLiteral, is_section
from jntui.jupyter.settings.names import certain_parts, globals_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jntui.jupyter.settings.contents import Contents
    from jntui.jupyter.settings.scope import Scope

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_TRIES = ("Try", "TryStar")
CALLS_LIMIT = 200
"""Calls of the file's own functions that are followed."""


class Failing:
    """Looks at one statement of the file after the other, before the walk applies it."""

    def __init__(self, scope: Scope, contents: Contents, found: Callable[[Trouble, bool], None]) -> None:
        self._scope = scope
        self._kinds = Kinds(scope, contents, self._report, self._own_function)
        self._contents = contents
        self._found = found
        """Told of each place that may fail, and whether its line is certain to run."""
        self._catching: list[list[Trouble]] = []
        self._certain: set[int] = set()
        self._asked: list[str] = []
        """Texts of the conditions around."""
        self._defined: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self._running: list[str] = []
        self._called = 0
        self._returned: list[str] = []
        self._looping = False
        self._in_class = False
        """There only the names of the class itself can be deleted."""

    def look(self, statement: ast.stmt) -> None:
        """Raises Failure where the statement is certain to fail, RecursionError."""
        self._certain = {id(node) for node in certain_parts(statement)} | {id(statement)}
        self._kinds.nested = False
        self._statement(statement)

    def _report(self, trouble: Trouble) -> None:
        if self._catching:
            self._catching[-1].append(trouble)
            return
        sure = id(trouble.node) in self._certain and not self._kinds.nested and not self._scope.open
        if sure and trouble.certain:
            raise Failure(trouble.certain, trouble.node)
        if trouble.variable and any(trouble.variable in text for text in self._asked):
            return  # `if "X" in os.environ`
        self._found(trouble, sure)

    def _block(self, body: Sequence[ast.stmt]) -> None:
        before, self._kinds.nested = self._kinds.nested, True
        for statement in body:
            self._statement(statement)
        self._kinds.nested = before

    def _statement(self, node: ast.stmt) -> None:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            method(node)
        elif isinstance(node, _FUNCTIONS):
            self._function(node)
        elif type(node).__name__ in _TRIES:
            self._attempt(node)
        elif not isinstance(node, (ast.Pass, ast.Global, ast.Nonlocal, ast.Break, ast.Continue)):
            self._kinds.fails(node)

    def _expr(self, node: ast.Expr) -> None:
        self._kinds.of(node.value)

    def _assign(self, node: ast.Assign) -> None:
        kind = self._kinds.of(node.value)
        for target in node.targets:
            self._store(target, kind, node.value)

    def _annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._store(node.target, self._kinds.of(node.value), node.value)

    def _store(self, target: ast.expr, kind: str, value: ast.expr | None) -> None:
        state = self._kinds.state
        if isinstance(target, ast.Name):
            keys = self._keys(value)
            state.bind(target.id, kind)
            if keys is not None:
                state.tables[target.id] = keys
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, kind, value)
        elif isinstance(target, ast.Starred):
            self._store(target.value, "list", None)
        elif isinstance(target, ast.Attribute):
            self._store_attribute(target, kind)
        elif isinstance(target, ast.Subscript):
            self._store_entry(target, kind)

    def _keys(self, value: ast.expr | None) -> tuple[object, ...] | None:
        """The keys of a dict that stands there."""
        if not isinstance(value, ast.Dict) or len(value.keys) > 100:
            return None
        found: list[object] = []
        for key in value.keys:
            try:
                found.append(self._scope.value(key) if key is not None else None)
            except NotLiteral:
                continue
        return tuple(found)

    def _unpack(self, target: ast.Tuple | ast.List, kind: str, value: ast.expr | None) -> None:
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
        starred = any(isinstance(one, ast.Starred) for one in (*parts, *target.elts))
        plain = len(parts) == len(target.elts) and not starred
        if not plain and not (kind == "pair" and len(target.elts) == 2):
            self._kinds.fails(target, "ValueError", "TypeError")
        for at, one in enumerate(target.elts):
            inner = parts[at] if plain else None
            before, self._catching = self._catching, [*self._catching, []]
            found = self._kinds.of(inner) if inner is not None else "text" if kind == "pair" else ANY
            self._catching = before  # what may fail in it is reported already
            self._store(one, found, inner)

    def _store_attribute(self, target: ast.Attribute, kind: str) -> None:
        base = self._kinds.of(target.value)
        if base == "config":
            if (is_section(target.attr) and kind != "config") or self._kinds.is_bare(target.value):
                self._kinds.fails(target, "ValueError", "AttributeError")
        elif not base.startswith(("module ", "call ", "def ")) and base not in {"class", "lazy", "lambda", "object"}:
            self._kinds.fails(target, "AttributeError")

    def _store_entry(self, target: ast.Subscript, kind: str) -> None:
        base, index = self._kinds.of(target.value), self._kinds.of(target.slice)
        if base == "environ" and index == kind == "text":
            return
        if base == "environ":
            literal = index in calm.PLAIN and kind in calm.PLAIN
            self._kinds.fails(target, "TypeError", certain="a variable takes text, nothing else" if literal else "")
        elif base == "config" and index == "text":
            key = self._scope.text(target.slice)
            if key is None or (is_section(key) and kind != "config"):
                self._kinds.fails(target, "ValueError")
        elif base != "dict" or index not in calm.PLAIN - {"list", "texts", "dict", "set"}:
            self._kinds.fails(target)

    def _augassign(self, node: ast.AugAssign) -> None:
        value = node.value
        if isinstance(node.target, ast.Name):
            load = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
            both = ast.copy_location(ast.BinOp(load, node.op, value), node)
            self._certain |= {id(load)} if id(node) in self._certain else set()
            self._store(node.target, self._kinds.of(both), None)
            return
        self._kinds.of(value)
        self._kinds.fails(node)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._remove(target, node)

    def _remove(self, target: ast.expr, node: ast.Delete) -> None:
        state = self._kinds.state
        if isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self._remove(one, node)
        elif isinstance(target, ast.Subscript) and self._kinds.of(target.value) == "environ":
            self._report(Trouble(target, ("KeyError",), variable=self._scope.text(target.slice) or ""))
        elif not isinstance(target, ast.Name):
            if self._kinds.nested or not isinstance(target, (ast.Attribute, ast.Subscript)) or not self._holds(target):
                self._kinds.fails(node)
        elif target.id not in state.sure or self._in_class:
            gone = target.id not in state.kinds and self._scope.bound[target.id] < 3
            words = "what it deletes has no value" if gone and not self._in_class else ""
            self._kinds.fails(node, "NameError", certain=words)
        else:
            state.unbind(target.id)

    def _holds(self, target: ast.Attribute | ast.Subscript) -> bool:
        """It is certain to be there; or so certain not to be that the walk says it."""
        found = self._scope.target(target)
        if found is None or not found.certain or len(found.places) != 1:
            return False
        place = found.places[0]
        if place.kind == "trait" and self._contents.absent(place.names):
            return True
        return place.kind in {"trait", "section"} and self._contents.holds(place.names)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            self._kinds.state.bind(alias.asname or name, f"module {name}")
            if alias.name not in calm.MODULES:
                self._report(Trouble(node, ("ImportError",), asked=True))

    def _importfrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            dotted = f"{node.module or ''}.{alias.name}"
            known = (node.module or "") in calm.MODULES and not node.level
            kind = calm.of_module(dotted) if known else f"call {dotted}" if dotted in calm.CALLS else "object"
            if not known or (not kind and dotted not in calm.CALLS):
                self._report(Trouble(node, ("ImportError",), asked=not known))
            self._kinds.state.bind(alias.asname or alias.name, kind or "object")

    def _if(self, node: ast.If) -> None:
        self._kinds.of(node.test)
        self._asked.append(ast.unparse(node.test))
        before = self._kinds.state
        self._kinds.state = before.copy()
        self._block(node.body)
        one = self._kinds.state
        self._kinds.state = before
        self._block(node.orelse)
        self._asked.pop()
        if _leaves(node.body):
            return
        if _leaves(node.orelse):
            self._kinds.state = one
            return
        self._kinds.state.join(one)

    def _for(self, node: ast.For) -> None:
        kind = self._kinds.of(node.iter)
        if kind not in calm.ITERABLE:
            self._kinds.fails(node.iter, "TypeError")
        before = self._kinds.state.copy()
        if isinstance(node.target, (ast.Tuple, ast.List)):
            if not self._kinds.yields_pairs(node.iter, node.target):
                self._kinds.fails(node.target)
            for part in ast.walk(node.target):
                if isinstance(part, ast.Name):
                    self._kinds.state.bind(part.id, ANY)
        else:
            self._store(node.target, self._kinds.element(node.iter), None)
        target = set(self._kinds.state.sure)
        self._turns([*node.body])
        certain = isinstance(node.iter, (ast.Tuple, ast.List)) and bool(node.iter.elts)
        if not certain:
            self._kinds.state.join(before)
        else:
            self._kinds.state.sure &= target
        self._block(node.orelse)

    def _turns(self, body: list[ast.stmt]) -> None:
        """The body of a loop; what a name is at its end it is in the next turn."""
        outermost, self._looping = not self._looping, True
        before = self._kinds.state.copy()
        self._block(body)
        self._kinds.state.join(before)
        if outermost and self._kinds.state.kinds != before.kinds:
            self._block(body)
            self._kinds.state.join(before)
        self._looping = not outermost

    def _while(self, node: ast.While) -> None:
        self._kinds.of(node.test)
        before = self._kinds.state.copy()
        self._turns([*node.body])
        self._kinds.state.join(before)
        self._block(node.orelse)

    def _with(self, node: ast.With) -> None:
        for item in node.items:
            self._kinds.of(item.context_expr)
            self._kinds.fails(item.context_expr)
            if item.optional_vars is not None:
                self._store(item.optional_vars, ANY, None)
        self._block(node.body)

    def _match(self, node: ast.Match) -> None:
        self._kinds.of(node.subject)
        before = self._kinds.state
        ends = []
        for case in node.cases:
            self._kinds.state = before.copy()
            for part in ast.walk(case.pattern):
                for name in (getattr(part, "name", None), getattr(part, "rest", None)):
                    if isinstance(name, str):
                        self._kinds.state.bind(name, ANY)
            if case.guard is not None:
                self._kinds.of(case.guard)
            self._block(case.body)
            ends.append(self._kinds.state)
        self._kinds.state = before
        for end in ends:
            self._kinds.state.join(end)

    def _raise(self, node: ast.Raise) -> None:
        self._kinds.fails(node)

    def _assert(self, node: ast.Assert) -> None:
        self._kinds.of(node.test)
        self._kinds.fails(node, "AssertionError")

    def _return(self, node: ast.Return) -> None:
        self._returned.append(self._kinds.of(node.value))

    def _attempt(self, node: ast.stmt) -> None:
        """`try`: what may fail in it counts if nothing there catches it."""
        handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
        before = self._kinds.state.copy()
        found: list[Trouble] = []
        self._catching.append(found)
        self._block(getattr(node, "body", []))
        self._catching.pop()
        inner = self._kinds.state.copy()
        caught = [trouble for trouble in found if catches(handlers, trouble.errors)]
        for trouble in found:
            if trouble not in caught:
                self._report_later(trouble)
        self._block(getattr(node, "orelse", []))
        ends = [self._kinds.state]
        for handler in handlers:
            self._kinds.state = before.copy()
            self._kinds.state.join(inner)
            self._handle(handler, bool(caught))
            if not _leaves(handler.body):
                ends.append(self._kinds.state)
        self._kinds.state = ends[0]
        for end in ends[1:]:
            self._kinds.state.join(end)
        self._block(getattr(node, "finalbody", []))

    def _report_later(self, trouble: Trouble) -> None:
        """What may fail on some way: the line of an import is asked for by itself."""
        before, self._kinds.nested = self._kinds.nested, True
        self._report(trouble)
        self._kinds.nested = before

    def _handle(self, handler: ast.ExceptHandler, reached: bool) -> None:
        """The body of a handler; where nothing in the `try` may fail, it never runs."""
        if handler.name:
            self._kinds.state.bind(handler.name, ANY)
        if not reached:
            self._catching.append([])
        self._block(handler.body)
        if not reached:
            self._catching.pop()
        if handler.name:
            self._kinds.state.unbind(handler.name)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        kinds = [self._kinds.of(part) for part in node.decorator_list]
        for part in (*node.args.defaults, *node.args.kw_defaults):
            self._kinds.of(part)
        if any(kind not in {"call staticmethod", "call classmethod", "call property"} for kind in kinds):
            self._kinds.fails(node.decorator_list[0])
        usual = isinstance(node, ast.FunctionDef) and not node.decorator_list and self._scope.bound[node.name] == 1
        if usual:
            self._defined[node.name] = node
        self._kinds.state.bind(node.name, f"def {node.name}" if usual else ANY)

    def _classdef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases):
            self._kinds.of(part)
        for keyword in node.keywords:
            self._kinds.fails(keyword.value)
        outer = self._kinds.state
        self._kinds.state = outer.copy()
        before, self._in_class = self._in_class, True
        self._block(node.body)
        self._in_class = before
        self._kinds.state = outer
        outer.bind(node.name, "class")

    def _own_function(self, call: ast.Call, name: str, kinds: list[str]) -> str:
        """What a function of the file gives; what may fail in it fails where it is called."""
        function = self._defined.get(name)
        self._called += 1
        if function is None or name in self._running or self._called > CALLS_LIMIT or _is_generator(function):
            self._kinds.fails(call)
            return ANY
        arguments = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        given = dict(zip(arguments, kinds, strict=False))
        given |= {keyword.arg: ANY for keyword in call.keywords if keyword.arg}
        optional = arguments[len(arguments) - len(function.args.defaults) :]
        needed = set(arguments) - set(optional)
        names = set(arguments) | {one.arg for one in function.args.kwonlyargs}
        rare = function.args.vararg or function.args.kwarg or function.args.kwonlyargs
        if rare or len(kinds) > len(arguments) or not needed <= set(given) <= names:
            self._kinds.fails(call)
        return self._run(call, function, dict.fromkeys(names, ANY) | given)

    def _run(self, call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef, given: dict[str, str]) -> str:
        outer, returned, certain, in_class = self._kinds.state, self._returned, self._certain, self._in_class
        self._kinds.state, self._returned, self._certain, self._in_class = outer.copy(), [], set(), False
        for name in _locals(function) - set(given):
            self._kinds.state.unbind(name)
        for name, kind in given.items():
            self._kinds.state.bind(name, kind)
        found: list[Trouble] = []
        self._catching.append(found)
        self._running.append(function.name)
        self._block(function.body)
        self._running.pop()
        self._catching.pop()
        inner = self._kinds.state
        kinds = {*self._returned, *([] if _leaves(function.body) else ["none"])}
        self._kinds.state, self._returned, self._certain, self._in_class = outer, returned, certain, in_class
        for name in globals_of(function):
            if name in inner.sure:
                outer.bind(name, inner.kinds.get(name, ANY))
            else:
                outer.sure.discard(name)
        for trouble in found:
            self._report_later(replace(trouble, node=call, certain="", asked=False))
        return kinds.pop() if len(kinds) == 1 else ANY


def catches(handlers: Sequence[ast.ExceptHandler], errors: Sequence[str]) -> bool:
    """The first handlers catch all these exceptions (none named: any `Exception`)."""
    return all(any(_covers(handler, name) for handler in handlers) for name in errors or ("Exception",))


def _covers(handler: ast.ExceptHandler, name: str) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    found = [getattr(builtins, one.id, None) for one in types if isinstance(one, ast.Name)]
    error = getattr(builtins, name)
    return any(isinstance(one, type) and issubclass(error, one) for one in found)


def _leaves(body: Sequence[ast.stmt]) -> bool:
    """What stands behind it is not reached on this way."""
    return bool(body) and isinstance(body[-1], (ast.Raise, ast.Return, ast.Break, ast.Continue))


def _is_generator(function: ast.AST) -> bool:
    return any(isinstance(one, (ast.Yield, ast.YieldFrom, ast.Await)) for one in ast.walk(function))


def _locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that the function itself binds."""
    found: set[str] = set()
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        if not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            waiting.extend(ast.iter_child_nodes(node))
    return found - globals_of(function)
