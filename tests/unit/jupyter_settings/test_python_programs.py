"""Config files put together at random: the reader is never certain of what the loader of traitlets does not say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jntui.jupyter.settings.reading import read_config_file
from tests.unit.jupyter_settings.loader import loaded, wrong

BEFORE = (
    "from traitlets.config import Config\nlst = []\nm = z = []\nN = 3\n"
    "s = c.A\nt = c.B\nk = c\nc.A.x = c.A.y = 0\nc.A.d = {}\n"
)
PIECES = [
    *(
        "c.A.x = 1",
        "c.A.y = 2",
        "c.B.x = 3",
        "c['A']['x'] = 4",
        "c.A.l = [5]",
        "c.A.d = {'k': 6}",
        "N = 7",
        "c.A.x = N",
    ),
    *(
        "s = c.A",
        "s = c.B",
        "s.x = 8",
        "t = s",
        "t.y = 9",
        "k = c",
        "k.A.x = 10",
        "c = get_config()",
        "s, t = c.B, c.A",
    ),
    *("c.A.update(x=11)", "c.A.update({'y': 12})", "c.update({'A': {'x': 13}})", "c.merge({'B': {'x': 14}})"),
    *("c.A = Config({'x': 15})", "c.merge(Config({'A': {'y': 16}}))", "c.update(B=Config(x=17))", "c.B = c.A"),
    *("del c.A.x", "del c.A", "c.A.x += 18", "c.A |= {'x': 19}", "c.A.pop('x', None)", "c.A.setdefault('y', 20)"),
    *("c.A.l.append(21)", "m = c.A.l", "m.append(22)", "c.A.d['k'] = 23", "c.A.d.update(k=24)", "z = c.A.x = [25]"),
    *("setattr(c.A, 'x', 26)", "lst.append(c)", "lst.append(s)", "[e.update(x=27) for e in lst]", "lst[0].A = c.B"),
    *("w = lambda: c.A.update(x=28)", "w()", "u = c.A.update", "u(y=29)", "exec('c.A.x = 30')", "globals()['N'] = 31"),
    *("(c.A if N else c.B).x = 32", "for q in (c.A, c.B):\n    q.x = 33", "for q in (1, 2):\n    s.x = q\n    s = c.B"),
]
FRAMES = [
    *(
        "{}",
        "{}",
        "{}",
        "if N:\n    {}",
        "for _ in (1, 2):\n    {}",
        "try:\n    {}\nfinally:\n    pass",
        "class K:\n    {}",
    ),
    *(
        "while True:\n    {}\n    break",
        "def f():\n    global s, t, k, m, z, N\n    {}\n    return c.A\nf()",
        "for s in [c.B]:\n    {}",
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FRAMES), st.sampled_from(PIECES)), max_size=7))
def test_programs_put_together_at_random(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, str]]
) -> None:
    body = [frame.format(piece.replace("\n", "\n    ")) if frame != "{}" else piece for frame, piece in parts]
    path = tmp_path_factory.getbasetemp() / "random.py"
    path.write_text(BEFORE + "\n".join(body) + "\n")
    if loaded(path) is not None:
        assert wrong(read_config_file(str(path)), path) == []
