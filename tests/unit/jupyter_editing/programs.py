"""Python config files put together at random: all spellings of an assignment, all oddities of bytes."""

from __future__ import annotations

from hypothesis import strategies as st

TRAITS = [("ServerApp", "ip"), ("ServerApp", "port"), ("A", "x"), ("A.B", "y")]
ENCODINGS = ["", "", "", "latin-1", "cp1252", "utf-8", "shift_jis"]

texts = st.text(st.one_of(st.sampled_from("a'\"\\é猫ü\n\r\t\0 {}%#;ß€\x7f\u200b\ud800😀"), st.characters()), max_size=8)
scalars = st.one_of(
    texts, st.booleans(), st.none(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False)
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=3),
    st.dictionaries(st.text("abé'", max_size=3), st.one_of(scalars, st.lists(scalars, max_size=2)), max_size=3),
)

LITERALS = [
    *("1", "-2", "0x1f", "'a'", '"b"', "u'c'", "r'd\\e'", "'''f\ng'''", '"""h"""', "True", "None", "1.5", "'é'"),
    *("[1, 'k']", "[\n    1,  # one\n    2,\n]", "(3,)", "{'m': 1}", "'n' \"o\"", "('p'\n  'q')", "60 * 60", "()"),
    *("1 if N else 2", "str(7)", "N", "[N, 1]", "c.A.x", "not 1", "lambda: c.A.x"),
]
SPELLINGS = [
    *("c.{0}.{1} = {2}", "c.{0}.{1}={2}  # why", "c.{0}['{1}'] = {2}", "get_config().{0}.{1} = {2}"),
    *("c.{0}.update({{'{1}': {2}}})", "c.{0}.update({1}={2})", "c.{0}.update({{'{1}': {2}, 'o': 0}})"),
    *("c.{0}.update(o=0, {1}={2})", "c.{0}.merge({{'{1}': {2},}})", "setattr(c.{0}, '{1}', {2})"),
    *("c.A.z = 0; c.{0}.{1} = {2}", "c.{0}.{1} = {2}; c.A.z = 0", "c.A.z = c.{0}.{1} = {2}", "c.{0}.{1} = m = {2}"),
    *("c.A.z, c.{0}.{1} = 0, {2}", "c.{0}.{1}, c.A.z = {2}, 0", "s = c.{0}\ns.{1} = {2}", "c.{0}.{1}: int = {2}"),
    *(
        "c.{0}.{1} = \\\n    {2}",
        "c.{0}.{1}\t=\t{2} \t",
        "\x0cc.{0}.{1} = {2}",
        "# c.{0}.{1} = {2}",
        "#c.{0}.{1} = {2}",
    ),
    *("#  Default: 0\n# c.{0}.{1} = 0", "if N:\n    c.{0}.{1} = {2}", "for q in (0, 1):\n    c.{0}.{1} = {2}"),
    *(
        "def f():\n    c.{0}.{1} = {2}",
        "try:\n    c.{0}.{1} = {2}\nfinally:\n    pass",
        "class K:\n    c.{0}.{1} = {2}",
    ),
    *("(c.{0}.{1}) = ({2})", "(c.{0}.{1}) = c.A.z = {2}", "[c.A.z, c.{0}.{1}] = [0, {2}]", "c.{0}.{1} = {2};"),
    *("if 1: c.{0}.{1} = {2}", "x = '''\n# c.{0}.{1} = 0\n'''", "if 1:\n    pass\n# c.{0}.{1} = 0\n    pass"),
]
FIXED = [
    *("", "# a comment", "'''A text.'''", "import os, sys", "from os import environ", "k = lambda: c.A.x", "N = 4"),
    *("c = get_config()  #noqa", "c = None", "del c", "c, z = 1, 2", "for c in ():\n    pass", "print(c.A.x)"),
    *("del c.A", "c.A.o = [0]", "c.A.o.append(1)", "c.update({'A': {'x': 5}})", "c.merge({'A': {'x': 6}})", "\x0c"),
    *(
        "load_subconfig('none.py')",
        "help",
        "f()",
        "w = [c]",
        "w[0].A.x = 8",
        "c.A.x += 1",
        "N += 1",
        "  \t",
        "c.B = c.A",
    ),
    *("c.A.t = c.ServerApp.ip", "if N:\n    c = None", "with open(__file__) as c:\n    pass", "exec('c.A.x = 9')"),
]


@st.composite
def programs(draw: st.DrawFn) -> bytes:
    parts = ["N = 3", "w = [c]", "c.A.o = [0]", "def f(): pass"] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(0, 6))):
        if draw(st.integers(0, 3)):
            cls, trait = draw(st.sampled_from(TRAITS))
            parts.append(draw(st.sampled_from(SPELLINGS)).format(cls, trait, draw(st.sampled_from(LITERALS))))
        else:
            parts.append(draw(st.sampled_from(FIXED)))
    encoding = draw(st.sampled_from(ENCODINGS))
    if encoding:
        parts.insert(0, f"# -*- coding: {encoding} -*-")
    text = "\n".join(parts) + draw(st.sampled_from(["", "\n", "\n\n", "  ", "\n  ", "  # end", "\n\t\n"]))
    ends = draw(st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=3))
    pieces = text.split("\n")
    whole = pieces[0] + "".join(ends[at % len(ends)] + piece for at, piece in enumerate(pieces[1:]))
    bom = b"\xef\xbb\xbf" if encoding in {"", "utf-8"} and draw(st.integers(0, 4)) == 0 else b""
    return bom + whole.encode(encoding or "utf-8", "backslashreplace")
