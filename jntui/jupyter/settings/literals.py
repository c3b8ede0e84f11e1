"""Values that stand in a Python file as they are: the literals of `ast.literal_eval`, in the shapes that JSON has."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

INTEGER_BITS = 256
"""No trait takes a longer integer; Python refuses to print one of more than 4300 digits."""


_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


class NotLiteral(Exception):
    """Only running the file would tell this value."""


def is_section(key: str) -> bool:
    """A key of a Config that names a class, not a trait (`traitlets.config.loader._is_section_key`)."""
    return bool(key) and key[0].upper() == key[0] and not key.startswith("_")


def fits(value: object) -> bool:
    """Every integer in the value is short enough to be shown."""
    if isinstance(value, int):
        return value.bit_length() <= INTEGER_BITS
    if isinstance(value, list):
        return all(map(fits, value))
    return all(map(fits, value.values())) if isinstance(value, dict) else True


def literal(node: ast.expr, constants: Mapping[str, object]) -> object:
    """The value of the expression, tuples and sets as lists. `constants` are names whose value is known.

    Raises NotLiteral; RecursionError for an expression that is nested too deeply.
    """
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.Name):
        if node.id not in constants:
            raise NotLiteral
        return constants[node.id]
    if isinstance(node, (ast.List, ast.Tuple)):
        return [literal(one, constants) for one in node.elts]
    if isinstance(node, ast.Set):
        found: list[object] = []
        for one in node.elts:
            value = _key(one, constants)
            if value not in found:
                found.append(value)
        return found
    if isinstance(node, ast.Dict):
        return _dict(node, constants)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
        value = literal(node.operand, constants)
        if type(value) in {int, float}:
            return -value if isinstance(node.op, ast.USub) else value  # type: ignore[operator]
    if isinstance(node, ast.BinOp):
        return _arithmetic(node, constants)
    raise NotLiteral


def _arithmetic(node: ast.BinOp, constants: Mapping[str, object]) -> object:
    """`60 * 60` is how people write a time limit; numbers only, as nothing else is sure to stay small."""
    left, right = literal(node.left, constants), literal(node.right, constants)
    function = _OPERATORS.get(type(node.op))
    if function is None or type(left) not in {int, float} or type(right) not in {int, float}:
        raise NotLiteral
    try:
        value: object = function(left, right)
    except ArithmeticError:
        # Division by zero, or too large: the file fails where it runs, and running it is what would tell.
        raise NotLiteral from None
    if not fits(value):
        raise NotLiteral
    return value


def _constant(value: object) -> object:
    if value is None or isinstance(value, (str, bool, float)) or (isinstance(value, int) and fits(value)):
        return value
    raise NotLiteral


def _dict(node: ast.Dict, constants: Mapping[str, object]) -> dict[object, object]:
    """Raises NotLiteral."""
    found: dict[object, object] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            raise NotLiteral
        found[_key(key, constants)] = literal(value, constants)
    return found


def _key(node: ast.expr, constants: Mapping[str, object]) -> object:
    """Raises NotLiteral for what Python could not hash, and for tuples, which JSON has no key for."""
    value = literal(node, constants)
    if isinstance(value, (list, dict)):
        raise NotLiteral
    return value
