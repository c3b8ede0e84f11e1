"""Config files in Python put together at random, and ordinary ones, judged by the loader of traitlets."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jntui.jupyter.settings.assignment import Need, ReadFile
from jntui.jupyter.settings.reading import read_config_file
from tests.live.servers import clean_environment
from tests.live.settings_ordinary import ORDINARY

BEFORE = ("", "import os\n", "import os, sys\ns = c.A\n", "from traitlets.config import Config\nN = 3\n", "LIST = []\n")


def _parts(text: str) -> list[str]:
    return text.strip("\n").split("\n\n")


PIECES = _parts("""
c.A.x = 1

c.A.y = 2

c.B.x = N

c.A.l = ['a']

c.A.d = {'k': 6}

N = 7

PORT = 9

c.A.x = PORT

s = c.A

s.x = 8

t = s

t.y = 9

s = c.B

k = c

k.A.x = 10

c = get_config()

del s

del N

c.A.update(x=11)

c.update({'A': {'x': 13}})

c.merge({'B': {'x': 14}})

c.A.merge({'x': 3})

c.B = c.A

del c.A.x

del c.A

c.A.x += 18

c.A.pop('x')

c.A.pop('x', None)

c.A.setdefault('y', 20)

c.A.l.append(21)

c.A.d['k'] = 23

c.A.x.foo

c.A.z.foo

c.A.z.append(1)

c.A.z.foo = 5

c.A.z[0]

x = 1 / 0

x = 1 / N

x = 5 % N

x = 'a' + 1

x = 'a' + os.sep

x = -'a'

x = 2 ** N

x = N < 'a'

int('5')

int('x')

int(os.environ.get('NOT_SET', '5'))

int(os.environ.get('HOME', '5'))

len(5)

c.A.y = os.environ['HOME']

c.A.y = os.environ['NOT_SET']

c.A.y = os.environ.get('NOT_SET')

x = os.nosuch

c.A.y = os.path.join(os.path.expanduser('~'), 'a')

os.path.join(os.environ.get('NOT_SET'), 'a')

os.listdir('/no')

os.environ['X'] = 'a'

os.environ['X'] = 5

e = os.environ

e['JUPYTER_PORT'] = '9'

os.putenv('A', 'b')

getattr(os, 'environ')['JUPYTER_PORT'] = '9'

os.environb[b'JUPYTER_PORT'] = b'9'

m = os

m.environ.update(JUPYTER_PORT='9')

import no_such_module

import json

import json.nosuch

from os import nosuch

from os import path

import xml.dom

raise ValueError

assert N

nosuch

FooError

_x

__x

__name__

_

LIST.append(5)

LIST[0]

x = {}['a']

T = {'a': 1}
c.A.x = T['a']

T['b']

a, b = 1, 2

a, b = LIST

for q in (c.A, c.B):
    q.x = 33

[z.update(x=27) for z in [c.A]]

(c.A,)[0].update(x=5)

{'a': c.A}['a'].x = 6

[c.A][0].x = 7

c.A['x'] = 4

def f():
    global c
    c = None

def f():
    return N
c.A.y = f()

def f(a):
    c.A.x = a
f(5)

f()

def g():
    global N
    N = 'a'
g()

w = lambda: c.A.update(x=28)

w()

class K:
    a = N

class K(Foo):
    pass

print(c.A.x)

load_subconfig('no.py')

load_subconfig('no.py', profile='x')

load_subconfig()

c._x

c.__x

c.A._y

c = Config()

os = os

os = None

c.A.__y

c.A.__y = 5

c.A = Config({'x': 15})

c.A = Config(x=LIST)

c.A = {}

c.x = 5

c.a.b = 5

x = [y for y in N]

x = [y for y in (1, 2)]

for q in N:
    pass

for a, b in {'a': 1}.items():
    c.A[a] = b

import os as o
o.environ['JUPYTER_PORT'] = '9'

'%s' % N

'%d' % 'a'

f'{N:>5}'

c = Config()

'{}{}'.format(1)

' a'.strip()

with open('/no') as h:
    pass

import pathlib
c.A.y = str(pathlib.Path.home() / 'a')

sys.exit

sys.path.append('x')
""")
"""What config files may have in them, divided by empty lines."""
FRAMES = ["{}"] * 8 + _parts("""
{}

if N:
    {}

if True:
    {}

if 0:
    {}

for _ in (1, 2):
    {}

class K:
    {}

try:
    {}
finally:
    pass

try:
    {}
except Exception:
    pass

try:
    {}
except ImportError:
    pass

try:
    {}
except KeyError:
    pass

try:
    {}
except Exception:
    raise

try:
    pass
except E:
    {}

def h():
    {}
h()

def h():
    {}

def h():
    global s, t, k, N, LIST, c
    {}
h()

try:
    {}
except:
    c.A.x = 5

if 'NOT_SET' in os.environ:
    {}

while True:
    {}
    break

try:
    {}
except (NameError, AttributeError) as e:
    N = 1
""")
"""What may stand around a piece."""
_THERE = ("os", "json:", "sys", "xml", "traitlets")
_OWN = {"", "os.environ", "os.environ.JUPYTER_PORT"}
PROGRAMS, BATCHES = 400, 3


def program(seed: int) -> str:
    """One file."""
    draw = random.Random(seed)
    parts = [draw.choice(BEFORE), draw.choice(BEFORE)]
    for _ in range(draw.randint(1, 5)):
        piece = draw.choice(PIECES)
        parts.append(draw.choice(FRAMES).replace("{}", piece.replace("\n", "\n    ")) + "\n")
    return "".join(parts)


def judged(paths: list[Path], home: Path) -> list[dict[str, str] | None]:
    """What the loader makes of each."""
    script = Path(__file__).with_name("settings_loader.py")
    found = subprocess.run(
        [sys.executable, str(script)],
        input="".join(f"{path}\n" for path in paths),
        capture_output=True,
        text=True,
        check=True,
        env=clean_environment(home),
        cwd=home,
        timeout=120,
    )
    return [json.loads(line) for line in found.stdout.splitlines()]


def unmet(file: ReadFile, environ: dict[str, str]) -> list[Need]:
    """What the file needs and is not there, or is not known to be."""

    def is_there(need: Need) -> bool:
        if need.kind == "number":
            return environ.get(need.name, "0").isdecimal()
        return need.name in environ if need.kind == "variable" else need.name.startswith(_THERE)  # what is there

    return [need for need in file.needs if need.kind == "code" or need.name.startswith("json.") or not is_there(need)]


def wrong(file: ReadFile, true: dict[str, Any] | None, environ: dict[str, str]) -> str:
    """In words what jntui is certain of and is not so; empty if nothing."""
    needs = unmet(file, environ)
    certain = [need for need in needs if need.certain and need.kind in {"variable", "number"}]
    if true is None or not isinstance(true, dict):
        return "" if file.dropped or file.ends or needs else "Jupyter leaves it out, and jntui does not say so"
    if file.dropped or certain:
        return f"Jupyter takes it, and jntui says it does not: {file.trouble} {certain}"
    if any(need.kind == "module" for need in needs):
        return ""
    port = true.pop("$JUPYTER_PORT")
    if port is not None and not _OWN & {veil.section for veil in file.veils}:
        return "it sets a variable, and jntui does not say so"
    read = {f"{one.cls}.{one.trait}".strip("."): one for one in file.assignments}
    for name, one in read.items():
        if not one.computed and true.get(name) != repr(one.value):
            return f"{name}: {one.value!r} in line {one.line}, Jupyter has {true.get(name)}"
    for name in true:
        section = name.partition(".")[0]
        if name not in read and not any(veil.section in {"", section} for veil in file.veils):
            return f"{name} is not seen"
    return ""


@pytest.mark.parametrize("batch", range(BATCHES))
def test_programs_put_together_at_random(batch: int, tmp_path: Path) -> None:
    texts = {tmp_path / f"p{seed}.py": program(seed) for seed in range(batch * PROGRAMS, (batch + 1) * PROGRAMS)}
    for path, text in texts.items():
        path.write_text(text)
    environ = clean_environment(tmp_path)
    found = zip(texts.items(), judged(list(texts), tmp_path), strict=True)
    said = [(wrong(read_config_file(str(path)), true, environ), text) for (path, text), true in found]
    bad = [f"--- {words}\n{text}" for words, text in said if words]
    assert not bad, f"{len(bad)} of {PROGRAMS}:\n" + "\n".join(bad[:8])


def test_ordinary_files_get_no_note(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.py" for name in ORDINARY]
    for path, text in zip(paths, ORDINARY.values(), strict=True):
        path.write_text(text)
    environ = clean_environment(tmp_path)
    said: dict[str, object] = {}
    for path, found in zip(paths, judged(paths, tmp_path), strict=True):
        file = read_config_file(str(path))
        words = "Jupyter leaves it out" if found is None else wrong(file, dict(found), environ)
        notes = [need.note for need in unmet(file, environ) if need.kind != "module"]
        said[path.stem] = (words, file.trouble, file.notes, notes)
    assert {name: one for name, one in said.items() if one != ("", "", (), [])} == {}
