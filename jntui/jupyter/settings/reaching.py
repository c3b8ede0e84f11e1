"""Where a statement gets hold of the environment or of Jupyter's own objects in ways that are not followed any further.

The ways that are followed are listed; any other use of these names may change them later, by another name.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.jupyter.settings.scope import Scope

_METHODS = frozenset(
    {"get", "setdefault", "update", "pop", "popitem", "clear", "copy", "items", "keys", "values", "__contains__"}
) | {"__getitem__", "__setitem__", "__delitem__"}
_ONLY_LOOK = frozenset(
    {"bool", "dict", "frozenset", "hasattr", "isinstance", "issubclass", "len", "list", "print", "repr", "set"}
) | {"sorted", "str", "tuple", "type"}
_JUPYTER = frozenset({"jupyter_server", "jupyterlab", "notebook", "nbclassic", "jupyter_core", "jupyter_client"})
_SINGLE = frozenset({"instance", "_instance", "clear_instance", "_walk_mro", "initialized"})
"""`traitlets.config.SingletonConfigurable`: ways to the one that runs."""
_IMPORTERS = ("__import__", "importlib.import_module", "importlib.__import__")
_HARMLESS = frozenset({"Config", "LazyConfigValue", "get_config"})


def reaches_environment(nodes: Iterable[ast.AST], scope: Scope) -> ast.expr | None:
    """The first use of the environment that may change it later."""
    for node, parent, above in _with_parents(nodes):
        if not isinstance(node, (ast.Name, ast.Attribute)):
            continue
        names = scope.perhaps(node)
        if "os.environb" in names or "sys.modules" in names or _imports(node, parent, names):
            return node
        if "os" in names and not isinstance(parent, ast.Attribute):
            return node
        if "os.environ" in names and not _is_followed(node, parent, above, scope):
            return node
    return None


def _imports(node: ast.expr, parent: ast.AST | None, names: frozenset[str]) -> bool:
    if not names & set(_IMPORTERS):
        return False
    first = parent.args[0] if isinstance(parent, ast.Call) and parent.func is node and parent.args else None
    known = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return not known or str(first.value).partition(".")[0] in _JUPYTER | {"os", "sys", "traitlets", "builtins"}  # type: ignore[union-attr]


def _is_followed(node: ast.expr, parent: ast.AST | None, above: ast.AST | None, scope: Scope) -> bool:
    if isinstance(parent, ast.Attribute):
        return parent.attr in _METHODS and isinstance(above, ast.Call) and above.func is parent
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    if isinstance(parent, ast.Call):
        return scope.is_builtin(parent.func, _ONLY_LOOK)
    if isinstance(parent, ast.keyword):
        # `subprocess.run(…, env=os.environ)`, `dict(**os.environ)`
        return parent.arg in {"env", None}
    stored = not isinstance(getattr(node, "ctx", None), ast.Load)
    return stored or isinstance(parent, (ast.Compare, ast.Dict, ast.Delete))


def reaches_jupyter(nodes: Iterable[ast.AST], scope: Scope) -> ast.expr | None:
    """The first use of an object of Jupyter's that may change what runs."""
    for node, parent, _above in _with_parents(nodes):
        if isinstance(node, ast.Attribute) and node.attr in _SINGLE:
            return node
        if not isinstance(node, (ast.Name, ast.Attribute)) or isinstance(parent, ast.Attribute):
            continue
        names = scope.perhaps(node)
        if any(_is_jupyter(name) for name in names) and not _only_names(node, parent, names, scope):
            return node
    return None


def _is_jupyter(name: str) -> bool:
    return name.partition(".")[0] in _JUPYTER or name.startswith(("traitlets.config", "IPython.config"))


def _only_names(node: ast.expr, parent: ast.AST | None, names: frozenset[str], scope: Scope) -> bool:
    """A class is named there, as a base or as a value of a trait; or a function is called."""
    last = {name.rpartition(".")[2] for name in names}
    if last <= _HARMLESS or isinstance(parent, (ast.ClassDef, ast.Compare, ast.FormattedValue)):
        return True
    if isinstance(parent, ast.Call):
        function = parent.func is node and all(name[:1].islower() for name in last)
        return function or scope.is_builtin(parent.func, _ONLY_LOOK)
    if isinstance(parent, ast.Assign):
        return all(isinstance(one, (ast.Attribute, ast.Subscript)) and scope.target(one) for one in parent.targets)
    # A list or dict as the value of a trait; what is only looked at.
    return isinstance(parent, (ast.Dict, ast.List, ast.Expr, ast.BoolOp, ast.If))


def _with_parents(nodes: Iterable[ast.AST]) -> Iterable[tuple[ast.AST, ast.AST | None, ast.AST | None]]:
    """Each of the nodes, the one that it is in, and the one around that."""
    known = list(nodes)
    parents = {id(child): node for node in known for child in ast.iter_child_nodes(node)}
    for node in known:
        parent = parents.get(id(node))
        yield node, parent, parents.get(id(parent))
