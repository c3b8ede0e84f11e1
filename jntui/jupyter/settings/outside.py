"""What a config file does beside filling `c`: imports, variables, the end of Python, a hand on Jupyter itself."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jntui.jupyter.settings.assignment import Need
from jntui.jupyter.settings.effects import Ending
from jntui.jupyter.settings.names import certain_parts
from jntui.jupyter.settings.pointing import caret_at
from jntui.jupyter.settings.reaching import reaches_environment, reaches_jupyter
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from jntui.jupyter.settings.certainty import Trouble
    from jntui.jupyter.settings.effects import Effects
    from jntui.jupyter.settings.scope import Scope

    Kind = Literal["module", "variable", "number", "code"]

NEEDS_LIMIT = 50
"""Modules and variables that are remembered of one file."""
ENVIRON, DIRECTORY = "os.environ", "os.chdir"
"""Sections of a `Veil` that stand for no section: the environment (a variable behind a dot), the working directory."""

_END_CALLS = frozenset({"sys.exit", "os._exit", "os.abort", "exit", "quit"})
_END_ERRORS = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException"})
"""traitlets catches `Exception` when it loads a file, and these are none."""
_MOVES = frozenset({"os.chdir", "os.fchdir"})
_CHANGE_ENVIRON = frozenset({"update", "setdefault", "pop", "popitem", "clear", "__setitem__", "__delitem__"})
_PATHS = frozenset({"sys.path", "sys.meta_path", "sys.path_hooks", "sys.modules", "site.addsitedir"})
"""Who touches these may change where modules come from."""
_FRAMES = frozenset({"f_globals", "f_locals", "f_back", "f_builtins", "__globals__", "gi_frame", "tb_frame"})
_JUPYTER = ("jupyter_server", "jupyterlab", "notebook", "nbclassic", "jupyter_core", "jupyter_client", "traitlets")
_PLACES_OF_FILES = ("JUPYTER_CONFIG", "JUPYTER_PREFER", "JUPYTER_NO_CONFIG", "JUPYTER_PLATFORM", "XDG_CONFIG")
"""Beginnings of variables that decide which files are read."""


class Outside:
    """Looks at one statement after the other, before the walk applies it."""

    def __init__(self, scope: Scope, effects: Effects, lines: list[str]) -> None:
        self._scope = scope
        self._effects = effects
        self._lines = lines
        self._given: set[str] = set()
        """Variables that the file sets itself."""
        self._perhaps_given: set[str] = set()
        """Those that it sets on a condition."""
        self._any_given = False
        self.guarded = 0
        """In so many `try`, `with`, functions and classes: what fails there may be caught, or is never run."""
        self.needs: list[Need] = []
        self.paths_changed = False
        """From here on modules may come from elsewhere."""

    def look(self, statement: ast.stmt) -> None:
        """Raises Ending where Python is certain to end here."""
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._import(statement)
            return
        certain: set[int] = set()
        if not self._effects.conditional and not self._scope.open:
            certain = {id(node) for node in certain_parts(statement)}
        if isinstance(statement, ast.Raise):
            self._raise(statement)
        parts = list(_own(statement))
        if (reached := reaches_environment(parts, self._scope)) is not None:
            self._give(None, reached)
        if (reached := reaches_jupyter(parts, self._scope)) is not None:
            self._effects.doubt((), "reaches for Jupyter's own objects: what it sets cannot be seen", reached)
        for node in parts:
            if isinstance(node, ast.Call):
                self._call(node, statement, id(node) in certain)
            elif isinstance(node, ast.Subscript):
                self._subscript(node, id(node) in certain)
            elif isinstance(node, ast.Attribute):
                self._attribute(node)

    def load(self, needs: tuple[Need, ...], words: str, call: ast.Call) -> None:
        """Another file is loaded here, which needs these."""
        for need in needs:
            note = f"line {call.lineno} {words}: {need.note}"
            line = f"{words}, line {need.line}"
            self._need(need.kind, need.name, call, need.certain, note, line, need.unsure, need.base)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        for name in [module] if module else [alias.name for alias in node.names]:
            note = f"line {node.lineno} imports {visible(name, 80)}: if that fails, Jupyter leaves the whole file out"
            self._need("module", name, node, True, note)
            for alias in node.names if module else ():
                if alias.name != "*":
                    self._need("module", f"{module}:{alias.name}", node, True, note)

    def _need(
        self,
        kind: Kind,
        name: str,
        node: ast.expr | ast.stmt,
        certain: bool,
        note: str,
        place: str = "",
        unsure: bool = False,
        base: int = 10,
    ) -> None:
        sure = certain and not self._effects.conditional
        if (self.guarded and kind == "module" and ":" not in name) or len(self.needs) >= NEEDS_LIMIT:
            return
        unsure = unsure or (kind == "module" and self.paths_changed)
        caret = caret_at(self._lines, node)
        need = Need(kind, name, node.lineno, sure, note, caret, place, unsure, base)
        if need not in self.needs:
            self.needs.append(need)

    def _raise(self, node: ast.Raise) -> None:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if raised is not None and self._scope.is_builtin(raised, _END_ERRORS):
            self._end(f"raise {ast.unparse(raised)}", node, not self._effects.conditional)

    def _call(self, node: ast.Call, statement: ast.stmt, certain: bool) -> None:
        name = self._scope.dotted(node.func) or next(iter(self._scope.perhaps(node.func)), "")
        if name in _END_CALLS:
            self._end(f"{name}()", node, certain)
        elif name in _MOVES:
            self._effects.veil_other(DIRECTORY, node, "changes the working directory")
        elif name.startswith(f"{ENVIRON}.") and name.rpartition(".")[2] in _CHANGE_ENVIRON:
            self._change_environ(node, name.rpartition(".")[2])
        elif name in _PATHS or name.rpartition(".")[0] in _PATHS:
            self.paths_changed = True
        elif name in {"sys._getframe", "inspect.currentframe", "inspect.stack"} or name.startswith(("gc.", "ctypes.")):
            self._effects.run_other(node)

    def trouble(self, found: Trouble, sure: bool) -> None:
        """A place that may fail when it runs; `sure`: its line is certain to run."""
        node = found.node
        if found.variable:
            # One that is certain to be looked up is found where it is.
            if not sure and found.variable not in self._given:
                self._need("variable", found.variable, node, False, _variable_note(found.variable, node))
        elif found.number:
            words = f"line {node.lineno} takes the variable {visible(found.number, 60)} for a number"
            note = f"{words}: if it is none, Jupyter leaves the whole file out"
            self._need("number", found.number, node, sure, note, base=found.base)
        elif found.module:
            words = f"line {node.lineno} uses {visible(found.module.replace(':', '.'), 80)}"
            note = f"{words}: if that is not there, Jupyter leaves the whole file out"
            self._need("module", found.module, node, sure, note)
        elif not found.asked and all(need.kind != "code" for need in self.needs):
            self._need("code", "", node, False, _code_note(node))

    def _subscript(self, node: ast.Subscript, certain: bool) -> None:
        where = self._scope.dotted(node.value) or next(iter(self._scope.perhaps(node.value)), "")
        if where in _PATHS and not isinstance(node.ctx, ast.Load):
            self.paths_changed = True
        if where != ENVIRON:
            return
        name = self._scope.text(node.slice)
        if isinstance(node.ctx, ast.Store):
            self._give(name, node)
        elif certain and name and name not in self._given:
            unsure = self._any_given or name in self._perhaps_given
            self._need("variable", name, node, not unsure, _variable_note(name, node))
        if isinstance(node.ctx, ast.Del):
            self._give(name, node)

    def _change_environ(self, node: ast.Call, method: str) -> None:
        names = [keyword.arg for keyword in node.keywords]
        if method == "update":
            for argument in node.args:
                keys = argument.keys if isinstance(argument, ast.Dict) else [None]
                names += [self._scope.text(key) if key is not None else None for key in keys]
        else:
            names = [self._scope.text(node.args[0]) if node.args else None]
        for name in names:
            self._give(name, node)

    def _give(self, name: str | None, node: ast.expr) -> None:
        """A variable gets another value; None: nobody knows which."""
        if name is None:
            self._any_given = True
            self._effects.veil_other(ENVIRON, node, "changes variables that only running it tells")
            return
        (self._perhaps_given if self._effects.conditional else self._given).add(name)
        if name.startswith(_PLACES_OF_FILES):
            self._effects.doubt((), f"sets {visible(name, 60)}: other files may be read than those here", node)
        elif name.startswith(("JUPYTER_", "KG_")):
            self._effects.veil_other(f"{ENVIRON}.{name}", node, f"sets the variable {visible(name, 60)}")

    def _attribute(self, node: ast.Attribute) -> None:
        name = self._scope.dotted(node) or next(iter(self._scope.perhaps(node)), "")
        if node.attr in _FRAMES:
            self._effects.run_other(node)
        elif isinstance(node.ctx, ast.Load):
            return
        elif name in _PATHS:
            self.paths_changed = True
        elif name == ENVIRON:
            self._give(None, node)
        elif name.partition(".")[0] in _JUPYTER:
            self._effects.doubt((), "changes Jupyter's own code: what that does cannot be seen", node)

    def _end(self, words: str, node: ast.expr | ast.stmt, certain: bool) -> None:
        if certain and not self.guarded:
            raise Ending(f"it ends Jupyter: {words}", node)
        if not self._effects.rehearsing:
            self._effects.note(f"may end Jupyter: {words}", node)


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """The parts of a statement that are in no other statement of its body."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(child for child in ast.iter_child_nodes(node) if not _is_body(child))


def _is_body(node: ast.AST) -> bool:
    return isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case))


def _variable_note(name: str, node: ast.expr | ast.stmt) -> str:
    # The name may stand beside a secret, never the value: that is in the environment.
    return f"line {node.lineno} needs the variable {visible(name, 60)}: without it Jupyter leaves the file out"


def _code_note(node: ast.expr | ast.stmt) -> str:
    if isinstance(node, ast.Call):
        return f"line {node.lineno} runs code: if that fails, Jupyter leaves the whole file out"
    return f"a line of it may fail when it runs (line {node.lineno}), and Jupyter then leaves the whole file out"
