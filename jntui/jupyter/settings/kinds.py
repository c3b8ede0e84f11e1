"""What kind of value an expression of a config file has, and whether evaluating it may fail."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from jntui.jupyter.settings import calm
from jntui.jupyter.settings.certainty import ANY, State, Trouble
from jntui.jupyter.settings.literals import NotLiteral, is_section
from jntui.jupyter.settings.names import LATER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jntui.jupyter.settings.contents import Contents
    from jntui.jupyter.settings.scope import Scope

_ORDERED = ({"text"}, {"tuple"}, {"list", "texts"}, set(calm.NUMBERS))
_DICT_NAMES = frozenset(dir(dict))


class Kinds:
    """Goes through expressions; what may fail in them is reported."""

    def __init__(
        self,
        scope: Scope,
        contents: Contents,
        report: Callable[[Trouble], None],
        calls: Callable[[ast.Call, str, list[str]], str],
    ) -> None:
        self.state = State()
        self.nested = False
        """Not at the place that the walk has reached: what `c` holds is not known."""
        self._rough = False
        """Somewhere a section may have become a bare dict."""
        self._scope = scope
        self._contents = contents
        self._report = report
        self._calls = calls
        """Tells the kind of what a function of the file itself gives."""

    def of(self, node: ast.expr | None) -> str:
        """The kind of the expression's value. Raises RecursionError."""
        if node is None:
            return "none"
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            self.fails(node)
            return ANY
        kind: str = method(node)
        return kind

    def fails(self, node: ast.expr | ast.stmt, *errors: str, certain: str = "") -> None:
        """Reports that this may fail."""
        self._report(Trouble(node, errors, certain))

    def _constant(self, node: ast.Constant) -> str:
        return calm.kind_of(node.value)

    def _list(self, node: ast.List) -> str:
        kinds = [self.of(one) for one in node.elts]
        return "texts" if kinds and set(kinds) == {"text"} else "list"

    def _tuple(self, node: ast.Tuple) -> str:
        for one in node.elts:
            self.of(one)
        return "tuple"

    def _set(self, node: ast.Set) -> str:
        for one in node.elts:
            self._key(one)
        return "set"

    def _dict(self, node: ast.Dict) -> str:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self._key(key)
            if self.of(value) not in {"dict", "environ", "config"} and key is None:
                self.fails(value, "TypeError")
        return "dict"

    def _key(self, node: ast.expr) -> None:
        if self.of(node) in {"list", "texts", "dict", "set", "config"} and not isinstance(node, ast.Tuple):
            self.fails(node, "TypeError")

    def _joinedstr(self, node: ast.JoinedStr) -> str:
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                self.of(one.value)
                if one.format_spec is not None:
                    self.fails(one, "ValueError", "TypeError")
        return "text"

    def _starred(self, node: ast.Starred) -> str:
        if self.of(node.value) not in calm.ITERABLE:
            self.fails(node, "TypeError")
        return ANY

    def _lambda(self, node: ast.Lambda) -> str:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            self.of(default)
        return "lambda"

    def _namedexpr(self, node: ast.NamedExpr) -> str:
        kind = self.of(node.value)
        self.state.bind(node.target.id, kind)
        return kind

    def _name(self, node: ast.Name) -> str:
        state, name = self.state, node.id
        if name in state.sure:
            return state.kinds.get(name, ANY)
        if name in state.kinds:
            self.fails(node, "NameError")
            return state.kinds[name]
        if name in calm.ALWAYS:
            if name in calm.CALLS:
                return f"call {name}"
            return "text" if name in {"__name__", "__doc__"} else _builtin(name)
        sure = not self._scope.open and name not in calm.UNSURE and not name.endswith(LATER)
        late = "a name is used before it has a value" if self._scope.bound[name] else ""
        self.fails(node, "NameError", certain=late if sure and self._scope.bound[name] < 2 else "")
        return ANY

    def _ifexp(self, node: ast.IfExp) -> str:
        self.of(node.test)
        kinds = {self._perhaps(one) for one in (node.body, node.orelse)}
        return kinds.pop() if len(kinds) == 1 else ANY

    def _boolop(self, node: ast.BoolOp) -> str:
        kinds = {self.of(node.values[0]), *(self._perhaps(one) for one in node.values[1:])}
        if isinstance(node.op, ast.Or) and kinds == {ANY, "text"} and self._is_variable(node.values[0]):
            # `os.environ.get("X") or "y"`
            return "text"
        return kinds.pop() if len(kinds) == 1 else ANY

    def _is_variable(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._scope.dotted(node.func) in {"os.environ.get", "os.getenv"}

    def _perhaps(self, node: ast.expr) -> str:
        before, self.nested = self.nested, True
        kind = self.of(node)
        self.nested = before
        return kind

    def _unaryop(self, node: ast.UnaryOp) -> str:
        kind = self.of(node.operand)
        if isinstance(node.op, ast.Not):
            return "bool"
        if kind not in calm.NUMBERS:
            self.fails(node, "TypeError")
        return kind if kind == "float" else "int"

    def _binop(self, node: ast.BinOp) -> str:
        left, right = self.of(node.left), self.of(node.right)
        if left in calm.NUMBERS and right in calm.NUMBERS:
            return self._arithmetic(node, left, right)
        if isinstance(node.op, ast.Add) and left == right and left in {"text", "list", "texts", "tuple", "bytes"}:
            return left
        if isinstance(node.op, ast.Add) and {left, right} == {"list", "texts"}:
            return "list"
        if isinstance(node.op, ast.Div) and left == "path" and right in calm.TEXTS:
            return "path"
        if isinstance(node.op, ast.Mult) and {left, right} in ({"text", "int"}, {"list", "int"}):
            return "text" if "text" in {left, right} else "list"
        if isinstance(node.op, ast.Mod) and left == "text" and self._fills(node):
            return "text"
        if isinstance(node.op, ast.BitOr) and left == right and left in {"dict", "set"}:
            return left
        self.fails(node)
        return "text" if left == "text" and isinstance(node.op, (ast.Add, ast.Mod)) else ANY

    def _arithmetic(self, node: ast.BinOp, left: str, right: str) -> str:
        kind = "float" if "float" in {left, right} or isinstance(node.op, ast.Div) else "int"
        if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult)):
            return kind
        if isinstance(node.op, (ast.BitOr, ast.BitAnd, ast.BitXor)) and kind == "int":
            return kind
        divisor = self._literal(node.right)
        if isinstance(node.op, (ast.Div, ast.FloorDiv, ast.Mod)):
            zero = divisor is not None and not divisor
            if divisor is None or zero:
                self.fails(node, "ZeroDivisionError", certain="it divides by zero" if zero else "")
            return kind
        if not isinstance(node.op, ast.Pow) or not isinstance(divisor, int) or not 0 <= divisor <= 100:
            self.fails(node)
        return kind

    def _literal(self, node: ast.expr) -> object:
        """The value that stands there; None where only running the file tells it."""
        try:
            return self._scope.value(node)
        except NotLiteral:
            return None

    def _fills(self, node: ast.BinOp) -> bool:
        """`"%s:%s" % (a, b)`, as many values as places."""
        text = node.left.value if isinstance(node.left, ast.Constant) else None
        if not isinstance(text, str):
            return False
        count = len(node.right.elts) if isinstance(node.right, ast.Tuple) else 1
        alone = isinstance(node.right, ast.Tuple) or self.of(node.right) in {"text", "int", "float", "bool", "path"}
        bare = text.replace("%%", "")
        return alone and bare.count("%") == bare.count("%s") == count

    def _compare(self, node: ast.Compare) -> str:
        kinds = [self.of(one) for one in (node.left, *node.comparators)]
        for op, left, right in zip(node.ops, kinds, kinds[1:], strict=False):
            if isinstance(op, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)):
                continue
            if isinstance(op, (ast.In, ast.NotIn)):
                fits = (right in calm.ITERABLE - {"text", "config", "environ", "bytes"}) or (
                    left == "text" and right in {"text", "config", "environ"}
                )
            else:
                fits = any({left, right} <= group for group in _ORDERED)
            if not fits:
                self.fails(node, "TypeError")
        return "bool"

    def _subscript(self, node: ast.Subscript) -> str:
        kind = self.of(node.value)
        if isinstance(node.slice, ast.Slice):
            if {self.of(one) for one in (node.slice.lower, node.slice.upper, node.slice.step)} - {"int", "none"}:
                self.fails(node, "TypeError")
            if kind in {"text", "list", "texts", "tuple", "bytes"}:
                return kind
            self.fails(node)
            return ANY
        index = self.of(node.slice)
        if kind == "environ" and index == "text":
            name = self._scope.text(node.slice)
            self._report(Trouble(node, ("KeyError",), variable=name or ""))
            return "text"
        if kind == "config" and index == "text":
            key = self._scope.text(node.slice)
            return self._child(node, key) if key is not None else ANY
        return self._entry(node, kind)

    def _entry(self, node: ast.Subscript, kind: str) -> str:
        key = self._literal(node.slice)
        name = node.value.id if isinstance(node.value, ast.Name) else ""
        if key is not None and key in self.state.tables.get(name, ()):
            return ANY
        if kind == "pair" and key in (0, 1):
            return "text"
        if self._scope.dotted(node.value) in {"sys.argv", "sys.version_info"} and key == 0:
            return "text" if kind != "tuple" else "int"
        self.fails(node, *(("KeyError",) if kind == "dict" else ()))
        return ANY

    def _attribute(self, node: ast.Attribute) -> str:
        kind = self.of(node.value)
        if kind.startswith("module "):
            return self._of_module(node, kind[7:])
        if kind == "config":
            return self._of_config(node)
        if kind == "lazy" and node.attr not in calm.LAZY:
            words = f"{node.attr} is asked of a trait that has no value yet"
            self.fails(node, "AttributeError", certain=words)
            return ANY
        if kind == "environ":
            return f"call os.environ.{node.attr}"
        found = calm.attribute(kind, node.attr)
        if not found and kind.startswith("call ") and kind[5:].partition(".")[0] in calm.MODULES:
            return self._of_module(node, kind[5:])
        if not found and kind.startswith(("call ", "def ")) and node.attr == "__name__":
            return "text"
        if not found:
            self.fails(node, "AttributeError")
        return found or ANY

    def _of_module(self, node: ast.Attribute, module: str) -> str:
        dotted = f"{module}.{node.attr}"
        if module.partition(".")[0] in calm.MODULES:
            found = calm.of_module(dotted)
            if not found and dotted not in calm.CALLS:
                self.fails(node, "AttributeError")
            return found or (f"call {dotted}" if dotted in calm.CALLS else ANY)
        if dotted in calm.CALLS:
            return f"call {dotted}"
        # Whether another module has it is asked of the server's Python.
        self._report(Trouble(node, ("AttributeError",), module=f"{module}:{node.attr}"))
        return f"module {dotted}" if dotted in self._scope.modules else "object"

    def _of_config(self, node: ast.Attribute) -> str:
        name = node.attr
        if name in _DICT_NAMES or name in {"merge", "has_key", "collisions"}:
            return f"method config.{name}"
        if name.startswith("__"):
            self.fails(node, "AttributeError", certain="" if self.nested else "a Config has no such attribute")
            return ANY
        return self._child(node, name)

    def _child(self, node: ast.Attribute | ast.Subscript, name: str) -> str:
        if self.is_bare(node.value):
            self.fails(node, "AttributeError", "KeyError")
            return ANY
        if is_section(name):
            return ANY if self._rough else "config"
        found = self._scope.resolve(node)
        place = found.places[0] if found is not None and found.certain and len(found.places) == 1 else None
        if place is None or place.kind != "trait":
            return ANY
        current = self._contents.current(place.names)
        if name.startswith("_") and (self.nested or current is None or current.conditional):
            self.fails(node, "AttributeError" if isinstance(node, ast.Attribute) else "KeyError")
            return ANY
        if self._contents.absent(place.names) and not (self.nested and name in self._scope.stored):
            return "lazy"
        if self.nested or current is None or current.computed or current.conditional:
            return ANY
        return calm.kind_of(current.value) if not isinstance(current.value, list) else ANY

    def _is_told(self, node: ast.Call) -> bool:
        """The walk knows what such a call does."""
        return all(isinstance(one, ast.Dict) for one in node.args) and self._scope.resolve(node.func) is not None

    def _has_no_section(self, node: ast.Call) -> bool:
        keys = [key for one in node.args if isinstance(one, ast.Dict) for key in one.keys]
        names = [self._scope.text(key) if key is not None else None for key in keys]
        names += [keyword.arg for keyword in node.keywords]
        known = all(isinstance(one, ast.Dict) for one in node.args)
        return known and all(name is not None and not is_section(name) for name in names)

    def is_bare(self, node: ast.expr) -> bool:
        """A section may be a bare dict there, which has no attributes."""
        found = self._scope.resolve(node)
        plain = self._contents.plain
        return found is not None and any(place.names in plain for place in found.places)

    def _call(self, node: ast.Call) -> str:
        function = self.of(node.func)
        kinds = [self.of(one) for one in node.args]
        keywords = {keyword.arg: self.of(keyword.value) for keyword in node.keywords}
        if any(isinstance(one, ast.Starred) for one in node.args) or None in keywords:
            self.fails(node)
            return ANY
        if function.startswith("def "):
            return self._calls(node, function[4:], kinds)
        name = function.partition(" ")[2]
        table = calm.METHODS if function.startswith("method ") else calm.CALLS
        rule = table.get(name)
        if name in {"config.update", "config.merge"} and (self.nested or not self._is_told(node)):
            self._rough = self._rough or not self._has_no_section(node)
        if name in {"int", "float"} and self._number(node, kinds):
            return name
        if name == "text.format" and self._formats(node):
            return "text"
        if rule is not None and self._fits(node, name, rule[0], kinds, keywords):
            default = kinds[1] if len(kinds) == 2 else ""
            return "text" if name in {"os.getenv", "os.environ.get"} and default == "text" else rule[1]
        self._wrong_call(node, name, kinds, keywords)
        return rule[1] if rule is not None else ANY

    def _fits(
        self, node: ast.Call, name: str, rule: str, kinds: Sequence[str], keywords: dict[str | None, str]
    ) -> bool:
        if name == "os.environ.update":
            dicts = [one for one in node.args if isinstance(one, ast.Dict)]
            texts = all(self._is_text(part) for one in dicts for part in (*one.keys, *one.values))
            return texts and len(dicts) == len(node.args) and len(node.args) < 2 and set(keywords.values()) <= {"text"}
        if name == "load_subconfig":
            kinds = kinds if kinds or keywords.get("fname") != "text" else ["text"]
            keywords = {key: kind for key, kind in keywords.items() if key not in {"fname", "path"} or kind != "text"}
        if name.endswith(".passwd"):
            named = [one.value for one in node.keywords if one.arg == "algorithm"]
            known = all(self._scope.text(one) in {"argon2", "sha1", "sha256"} for one in named)
            return known and len(named) == len(keywords) and list(kinds) == ["text"]
        if name == "isinstance":
            return len(kinds) == 2
        if name == "setattr" and len(kinds) == 3 and kinds[0] == "config":
            key = self._scope.text(node.args[1])
            return key is not None and (not is_section(key) or kinds[2] == "config")
        return calm.takes(name, rule, kinds, bool(keywords))

    def _is_text(self, node: ast.expr | None) -> bool:
        return node is not None and self.of(node) == "text"

    def _wrong_call(self, node: ast.Call, name: str, kinds: Sequence[str], keywords: dict[str | None, str]) -> None:
        certain = ""
        given = {*keywords, *(["fname"] if kinds else [])}
        if name == "load_subconfig" and (len(kinds) > 2 or given - {"path"} != {"fname"}):
            certain = "load_subconfig takes the name of a file and a directory, nothing else"
        self.fails(node, certain=certain)

    def _number(self, node: ast.Call, kinds: Sequence[str]) -> bool:
        """`int("5")`; of a variable, whether it is a number is asked later."""
        base = self._literal(node.args[1]) if len(kinds) == 2 else 10
        if not kinds or len(kinds) > 2 or not isinstance(base, int) or not 1 < base < 37 or node.keywords:
            return False
        argument = node.args[0]
        if kinds[0] == "text" and (text := self._scope.text(argument)) is not None:
            return text.strip().isdecimal() and base > 9
        name, default = self._variable(argument)
        if not name or not default.isdecimal():
            return False
        self._report(Trouble(node, ("ValueError",), number=name, base=base))
        return True

    def _variable(self, node: ast.expr) -> tuple[str, str]:
        """The variable that is looked up, and what one gets where it is not set: a number where that fails."""
        if isinstance(node, ast.Subscript) and self._scope.dotted(node.value) == "os.environ":
            return self._scope.text(node.slice) or "", "0"
        if isinstance(node, ast.Call) and self._is_variable(node) and len(node.args) == 2:
            return self._scope.text(node.args[0]) or "", str(self._literal(node.args[1]))
        return "", ""

    def _formats(self, node: ast.Call) -> bool:
        """`"{}:{}".format(a, b)`: nothing in the braces, as many values as places."""
        base = node.func.value if isinstance(node.func, ast.Attribute) else None
        text = base.value if isinstance(base, ast.Constant) and isinstance(base.value, str) else ""
        return bool(text) and text.count("{") == text.count("}") == text.count("{}") <= len(node.args)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        outer = self.state
        self.state = outer.copy()
        for one in node.generators:
            if self.of(one.iter) not in calm.ITERABLE:
                self.fails(one.iter, "TypeError")
            for part in ast.walk(one.target):
                if isinstance(part, ast.Name):
                    self.state.bind(part.id, self.element(one.iter))
            if isinstance(one.target, (ast.Tuple, ast.List)) and not self.yields_pairs(one.iter, one.target):
                self.fails(one.target)
            for condition in one.ifs:
                self._perhaps(condition)
        for value in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self._perhaps(value)
        self.state = outer

    def element(self, node: ast.expr) -> str:
        """The kind of what one gets from going through it."""
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and node.elts:
            kinds = {self.of(one) for one in node.elts}
            return kinds.pop() if len(kinds) == 1 else ANY
        kind = self.of(node)
        if isinstance(node, ast.Call) and self._scope.is_builtin(node.func, frozenset({"range"})):
            return "int"
        return "text" if kind in {"texts", "text", "environ"} else ANY

    def yields_pairs(self, node: ast.expr, target: ast.Tuple | ast.List) -> bool:
        """`d.items()`, `enumerate(…)`, or a list of as many each as there are names."""
        if isinstance(node, (ast.Tuple, ast.List)):
            parts = [one for one in node.elts if isinstance(one, (ast.Tuple, ast.List))]
            return len(parts) == len(node.elts) and all(len(one.elts) == len(target.elts) for one in parts)
        if not isinstance(node, ast.Call):
            return False
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        pairs = method == "items" or self._scope.is_builtin(node.func, frozenset({"enumerate"}))
        return (pairs or self._scope.is_builtin(node.func, frozenset({"zip"}))) and len(target.elts) == 2

    def _listcomp(self, node: ast.ListComp) -> str:
        self._comprehension(node)
        return "list"

    def _setcomp(self, node: ast.SetComp) -> str:
        self._comprehension(node)
        return "set"

    def _generatorexp(self, node: ast.GeneratorExp) -> str:
        self._comprehension(node)
        return "gen"

    def _dictcomp(self, node: ast.DictComp) -> str:
        self._comprehension(node)
        return "dict"


def _builtin(name: str) -> str:
    found = getattr(builtins, name, None)
    if isinstance(found, type):
        return "class"
    return f"call {name}" if callable(found) else ANY
