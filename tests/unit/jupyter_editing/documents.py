"""JSON config files put together at random: any layout, keys that stand twice, numbers that Python alone takes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hypothesis import strategies as st

TRAITS = [("ServerApp", "ip"), ("ServerApp", "port"), ("A", "x"), ("A.B", "y")]
SECTIONS = ["ServerApp", "A", "B"]
VALUES = [
    *("1", "-0.0", "1E+5", "123456789012345678901234567890", "NaN", "-Infinity", "true", "null", '"a"', '""'),
    *('"\\u00e9\\/"', '"é猫"', "[]", "[1, 2]", '[\n  "k"\n]', '{"m": {"n": 1}}', '"\\ud83d\\ude00"', '"{"', '"\\""'),
]


@dataclass(frozen=True)
class Layout:
    """What stands around the signs."""

    opened: str
    """Behind an opening brace; `#` is one step of indentation for each level."""
    colon: str
    comma: str
    closed: str
    line_end: str
    unit: str


layouts = st.builds(
    Layout,
    opened=st.sampled_from(["", "", " ", "\n#", "\n#", "\n\n#", "\t"]),
    colon=st.sampled_from([":", ": ", " : ", ":\n#", "\t:\t"]),
    comma=st.sampled_from([",", ", ", ",\n#", ",\n#", "\n#, ", " ,"]),
    closed=st.sampled_from(["", "", " ", "\n#", "\n#", "\n"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    unit=st.sampled_from(["  ", "    ", "\t", " ", ""]),
)


def _blank(text: str, layout: Layout, level: int) -> str:
    return text.replace("\n", layout.line_end).replace("#", layout.unit * level)


@st.composite
def _members(draw: st.DrawFn, layout: Layout, level: int) -> str:
    """An object with its braces."""
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        inside = level < 3 and draw(st.integers(0, 3 if level > 1 else 1)) == 0
        if inside:
            key, value = draw(st.sampled_from(SECTIONS)), draw(_members(layout, level + 1))
        else:
            key, value = draw(st.sampled_from(["ip", "x", "y", "port", "o", "p", "é"])), draw(st.sampled_from(VALUES))
        spelled = json.dumps(key, ensure_ascii=draw(st.booleans()))
        parts.append(spelled + _blank(layout.colon, layout, level) + value)
    if not parts:
        return "{" + draw(st.sampled_from(["", "", " ", _blank("\n#", layout, level - 1)])) + "}"
    inner = _blank(layout.comma, layout, level).join(parts)
    return "{" + _blank(layout.opened, layout, level) + inner + _blank(layout.closed, layout, level - 1) + "}"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    layout = draw(layouts)
    body = draw(_members(layout, 1))
    return (
        draw(st.sampled_from(["", "", " ", "\n"])) + body + draw(st.sampled_from(["", "\n", "\r\n", " \n"]))
    ).encode()
