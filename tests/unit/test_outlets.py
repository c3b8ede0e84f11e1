"""Text reaches the screen and the terminal through a few doors, and whoever uses one cleans what goes through it.

On the screen `ink`, `linked`, `line`, `words` and `rewrite` do so themselves, of a command's outputs `cli.outlet`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import jntui

ROOT = Path(jntui.__file__).parent
DOORS = {"Static", "Content", "Text", "Label", "Span", "Segment", "Button", "notify"}
"""What shows its first argument as it is."""
ITSELF = {"ink.py", "paper.py", "signs.py", "field.py"}
"""Files of what is behind them."""
OWN = {"signs", "_signs", "_verb", "VERB", "KEYS", "_FULL"}
"""Names of texts of jntui's own."""


def calls(folder: Path) -> Iterator[tuple[Path, ast.Call, str]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                yield path, node, name


def names(node: ast.AST) -> set[str]:
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def own(node: ast.AST) -> bool:
    """A text of jntui's own: it stands there, or it is blanks."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant))


def test_what_goes_to_the_screen_is_clean() -> None:
    unclean = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)[:100]}"
        for path, call, name in calls(ROOT / "tui")
        if name in DOORS and call.args and not own(call.args[0]) and path.name not in ITSELF
        if not names(call.args[0]) & {"visible", *OWN}
    ]
    assert not unclean


def test_every_field_is_one_that_cleans_what_it_shows() -> None:
    assert not [f"{path}:{call.lineno}" for path, call, name in calls(ROOT / "tui") if name in {"Input", "TextArea"}]


def test_only_the_commands_print() -> None:
    elsewhere = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for folder in ("model", "transport", "process", "jupyter", "network", "diagnose", "monitor", "tui")
        for path, call, name in calls(ROOT / folder)
        if ast.unparse(call.func) in {"print", "sys.stdout.write", "sys.stderr.write"} and path.name != "far_side.py"
        if "visible" not in names(call)
    ]
    assert not elsewhere
