"""Where in the syntax tree of a config file a value stands, who reads it, and where the file ends Jupyter."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.settings.literals import NotLiteral, literal

if TYPE_CHECKING:
    from jntui.jupyter.settings.assignment import Span

_ENDS = frozenset({"exit", "quit", "sys.exit", "os._exit", "os.abort"})


@dataclass(frozen=True, slots=True)
class Found:
    """A value and what it stands in."""

    value: ast.expr
    parents: tuple[ast.AST, ...]
    """From the value outwards, without the module."""

    @property
    def statement(self) -> ast.stmt:
        """The innermost statement around it."""
        return next(node for node in self.parents if isinstance(node, ast.stmt))


def find(tree: ast.Module, where: Span) -> Found | None:
    """The outermost expression with exactly this span; None where there is none."""
    waiting: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(node, ()) for node in tree.body]
    while waiting:
        node, parents = waiting.pop()
        if isinstance(node, ast.expr) and _has_span(node, where):
            return Found(node, parents)
        if isinstance(node, (ast.stmt, ast.expr)) and not _contains(node, where):
            continue
        waiting.extend((child, (node, *parents)) for child in ast.iter_child_nodes(node))
    return None


def _has_span(node: ast.expr, where: Span) -> bool:
    begin = (node.lineno, node.col_offset) == (where.line, where.column)
    return begin and (node.end_lineno, node.end_col_offset) == (where.end_line, where.end_column)


def _contains(node: ast.stmt | ast.expr, where: Span) -> bool:
    end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    # A decorator stands above the line where its function begins.
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return first <= where.line and (where.end_line, where.end_column) <= end


def has_names(value: ast.expr) -> bool:
    """The value hangs on a name, so its text is not all that there is to it."""
    return any(isinstance(node, ast.Name) for node in ast.walk(value))


def is_literal(value: ast.expr) -> bool:
    """The value stands there as it is, whatever else in the file may change it afterwards."""
    try:
        literal(value, {})
    except NotLiteral:
        return False
    return True


def reader_of(tree: ast.Module, trait: str, behind: int = 0) -> int | None:
    """The line that reads the trait, or something else of that name; None where nothing does.

    `behind`: only what may run after this line counts, which is also what stands in a function if code follows.
    """
    modules = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    goes_on = bool(tree.body) and (tree.body[-1].end_lineno or 0) > behind and tree.body[-1].lineno != behind
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, later = waiting.pop()
        base = _read_from(node, trait)
        runs = base is not None and (base.lineno >= behind or (later and goes_on))
        if base is not None and runs and _root(base) not in modules:
            return base.lineno
        inner = later or isinstance(node, functions)
        waiting.extend((child, inner) for child in ast.iter_child_nodes(node))
    return None


def _read_from(node: ast.AST, trait: str) -> ast.expr | None:
    """Out of what the expression takes something of this name."""
    if isinstance(node, ast.Attribute) and node.attr == trait and isinstance(node.ctx, ast.Load):
        return node.value
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_text(node.slice, trait):
        return node.value
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        return node.func.value if _is_text(node.args[0], trait) else None
    is_getattr = isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) > 1
    return node.args[0] if is_getattr and _is_text(node.args[1], trait) else None


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_text(node: ast.expr, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def end_of_jupyter(tree: ast.Module) -> tuple[ast.stmt, str] | None:
    """A statement behind which nothing runs, and what it does; None where the file runs to its end.

    `traitlets.config.Application._load_config_files` catches `Exception`: `SystemExit` is none, so it ends Jupyter.
    """
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = ast.unparse(node.value.func) if isinstance(node.value.func, (ast.Name, ast.Attribute)) else ""
            if name in _ENDS and name.partition(".")[0] not in bound:
                return node, "ends Jupyter itself"
        elif isinstance(node, ast.Raise) and node.exc is not None and _is_exit(node.exc):
            return node, "ends Jupyter itself"
        elif isinstance(node, ast.Assert) and _is_constant(node.test, truth=False):
            return node, "always fails, so Jupyter leaves the whole file out"
        elif isinstance(node, ast.While) and _is_constant(node.test, truth=True) and not _has_break(node):
            return node, "never ends, so Jupyter never starts"
    return None


def _is_exit(node: ast.expr) -> bool:
    name = node.func if isinstance(node, ast.Call) else node
    return isinstance(name, ast.Name) and name.id in {"SystemExit", "KeyboardInterrupt"}


def _is_constant(node: ast.expr, *, truth: bool) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value) is truth


def _has_break(loop: ast.While) -> bool:
    ways_out = (ast.Break, ast.Raise, ast.Call)
    return any(isinstance(node, ways_out) for statement in loop.body for node in ast.walk(statement))
