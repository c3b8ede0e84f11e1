"""The names of a Python file: how often each is bound, and which is used although nothing binds it."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from jntui.jupyter.settings.calm import ALWAYS, UNSURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PRESET = frozenset({"c", "get_config", "load_subconfig", "__file__"})
"""What `traitlets.config.loader.PyFileConfigLoader` puts into the namespace of a config file."""
RUNNERS = frozenset({"exec", "eval", "execfile", "globals", "locals", "vars"})
"""Builtins that reach the file's own names behind the back of a reader."""

_BUILTINS = ALWAYS | UNSURE
LATER = ("Error", "Warning", "Group")
"""Python adds builtins with these endings; the server's Python may be newer."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bindings(tree: ast.AST) -> Counter[str]:
    """How often each name is bound anywhere in the file; names that functions rebind count twice."""
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found[node.id] += not isinstance(node.ctx, ast.Load)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(dict.fromkeys(node.names, 2))
        elif isinstance(node, ast.alias):
            found[node.asname or node.name.partition(".")[0]] += 1
        elif isinstance(node, ast.arg):
            found[node.arg] += 1
        else:
            # Functions, classes, exception handlers, patterns, type parameters.
            for name in (getattr(node, "name", None), getattr(node, "rest", None)):
                if isinstance(name, str):
                    found[name] += 1
    return found


def origins(tree: ast.AST) -> dict[str, list[str]]:
    """Imported names -> what each import makes of them, with the module's name: `os.environ`."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                found.setdefault(alias.asname or first, []).append(alias.name if alias.asname else first)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, []).append(f"{node.module or ''}.{alias.name}")
    return found


def globals_of(function: ast.AST) -> set[str]:
    """Names outside that the function binds."""
    kinds = (ast.Global, ast.Nonlocal)
    return {name for one in ast.walk(function) if isinstance(one, kinds) for name in one.names}


def stored(tree: ast.AST) -> frozenset[str]:
    """Attributes, of whatever, that the file sets."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return frozenset(node.attr for node in nodes if isinstance(node.ctx, ast.Store))


def modules(tree: ast.AST) -> frozenset[str]:
    """Modules that the file imports by their whole names, and those that they are in."""
    found: set[str] = set()
    for node in ast.walk(tree):
        for alias in node.names if isinstance(node, ast.Import) else ():
            parts = alias.name.split(".")
            found.update(".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return frozenset(found)


def can_bind_unseen(tree: ast.AST) -> bool:
    """Names may get values that no statement shows: `exec`, `globals`, `import *`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in RUNNERS:
            return True
        if isinstance(node, ast.alias) and node.name.partition(".")[0] in {"*", "builtins", "__main__"}:
            return True
        if isinstance(node, ast.Attribute) and node.attr in {"__dict__", "__builtins__", "__globals__", "f_globals"}:
            return True
    return False


def undefined(statement: ast.stmt, bound: Counter[str]) -> ast.Name | None:
    """A name that the statement is certain to look up and that nothing in the file binds: a NameError."""
    for name in certain_parts(statement):
        if not isinstance(name, ast.Name) or not isinstance(name.ctx, ast.Load):
            continue
        known = name.id in PRESET or name.id in _BUILTINS or bound[name.id]
        if not known and not name.id.endswith(LATER):
            return name
    return None


def certain_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions that the statement is certain to evaluate; none behind a condition or in a lambda."""
    return _evaluated(_first_run(statement))


def _first_run(statement: ast.stmt) -> list[ast.expr | None]:
    """The expressions of a statement that run whatever happens; not its annotations, which traitlets leaves unrun."""
    if isinstance(statement, ast.Assign):
        return [statement.value, *statement.targets]
    if isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        return [statement.value, statement.target]
    if isinstance(statement, ast.Expr):
        return [statement.value]
    if isinstance(statement, ast.Delete):
        return [one for one in statement.targets if not isinstance(one, ast.Name)]
    if isinstance(statement, (ast.If, ast.While, ast.Assert)):
        return [statement.test]
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return [statement.iter]
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return [statement.items[0].context_expr]
    if isinstance(statement, ast.Raise):
        return [statement.exc]
    if isinstance(statement, ast.ClassDef):
        return [*statement.decorator_list, *statement.bases]
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [*statement.decorator_list, *statement.args.defaults]
    return []


def _evaluated(parts: Iterable[ast.AST | None]) -> Iterator[ast.AST]:
    waiting = [part for part in parts if part is not None]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.Lambda):
            waiting.extend(node.args.defaults)
        elif isinstance(node, _COMPREHENSIONS):
            waiting.append(node.generators[0].iter)
        elif isinstance(node, ast.IfExp):
            waiting.append(node.test)
        elif isinstance(node, ast.BoolOp):
            waiting.append(node.values[0])
        elif isinstance(node, ast.Compare):
            waiting.extend((node.left, node.comparators[0]))
        else:
            waiting.extend(ast.iter_child_nodes(node))
