"""Python config files: every spelling held against the loader of traitlets, and everything that is no Python."""

from __future__ import annotations

import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jntui.jupyter.settings.assignment import ReadFile, Span
from jntui.jupyter.settings.bulk import WORDS_LIMIT
from jntui.jupyter.settings.python_file import read_python
from jntui.jupyter.settings.reading import read_config_file
from tests.unit.jupyter_settings.loader import loaded, said, wrong
from tests.unit.jupyter_settings.snippets import CAUTIOUS, DROPPED, EXACT


def read(folder: Path, source: str | bytes, name: str = "jupyter_server_config.py") -> tuple[ReadFile, Path]:
    path = folder / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return read_config_file(str(path)), path


@pytest.mark.parametrize("source", EXACT)
def test_what_the_loader_makes_of_it(source: str, tmp_path: Path) -> None:
    file, path = read(tmp_path, source)
    assert (wrong(file, path), file.trouble, file.notes) == ([], "", ())
    assert None not in said(file).values()


@pytest.mark.parametrize("source", CAUTIOUS)
def test_never_certain_of_what_is_not_so(source: str, tmp_path: Path) -> None:
    file, path = read(tmp_path, source)
    assert loaded(path) is not None
    assert (wrong(file, path), file.trouble) == ([], "")


@pytest.mark.parametrize(("source", "line", "words"), DROPPED)
def test_what_jupyter_leaves_out(source: str, line: int, words: str, tmp_path: Path) -> None:
    file, path = read(tmp_path, source)
    assert loaded(path) is None
    assert (file.dropped, file.line, file.assignments) == (True, line, ())
    assert file.trouble.startswith(words)


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("import json\njson.dump(c)", "line 2 hands c to other code: what it sets cannot be seen"),
        ("print(1)\nhelp(c.A)", "line 2 hands c.A to other code: what it sets cannot be seen"),
        ("exec('')", "line 1 runs other code: what it sets cannot be seen"),
        ("\nfrom os import *", "line 2 imports names that only running it tells: what it sets cannot be seen"),
        ("x = str(1)\nc.A[x] = 1", "line 2 sets something in c.A whose name only running it tells"),
        ("c.A.update(dict())", "line 1 updates c.A with what only running it tells"),
        ("load_subconfig(str(1))", "line 1 loads a file whose name only running it tells: what it sets cannot be seen"),
        (
            "load_subconfig('~/x.py', '')",
            "line 1 loads a file whose name only running it tells: what it sets cannot be seen",
        ),
        (
            "load_subconfig('$X.py')",
            "line 1 loads a file whose name only running it tells: what it sets cannot be seen",
        ),
    ],
)
def test_what_cannot_be_seen_is_said(source: str, note: str, tmp_path: Path) -> None:
    assert read(tmp_path, source)[0].notes == (note,)


def test_a_doubt_falls_on_what_stands_before_it_only(tmp_path: Path) -> None:
    file, _ = read(tmp_path, "c.A.x = 1\nc.A.y = 1\nhelp(c.A)\nc.A.x = 2\nc.B.x = 3\n")
    assert [(one.trait, one.computed, one.value) for one in file.assignments] == [
        ("x", True, None),
        ("y", True, None),
        ("x", False, 2),
        ("x", False, 3),
    ]


def test_places_and_texts(tmp_path: Path) -> None:
    source = (
        "x = 1;c.A.ü = 'ä'; c.A.y = [\n  1,  \n\t2]\nif x:\n  c.A.z = 5\n"
        "c.B.update({\n 'p': 1,\n 'q': 2})\na = c.A.t = c.B.u = 'x' * 300\n"
    )
    found = {one.trait: one for one in read(tmp_path, source)[0].assignments}
    assert (found["ü"].line, found["ü"].text) == (1, "'ä'")
    # `ü` and `ä` are two bytes each, as ast counts.
    assert (found["ü"].where, found["ü"].statement) == (Span(1, 15, 1, 19), Span(1, 6, 1, 19))
    assert (found["y"].line, found["y"].end_line, found["y"].text) == (1, 3, "[ 1, 2]")
    assert (found["z"].line, found["z"].conditional, found["z"].computed, found["z"].text) == (5, True, True, "5")
    assert (found["p"].line, found["p"].end_line, found["q"].line, found["q"].statement.line) == (7, 7, 8, 6)
    assert (found["t"].line, found["u"].line, found["t"].text) == (9, 9, "'x' * 300")


def test_a_long_value_is_cut_and_fit_for_a_screen(tmp_path: Path) -> None:
    file, _ = read(tmp_path, "c.A.x = '" + "\u202e\x1b" + "y" * 100_000 + "'")
    assert len(file.assignments[0].text) == 200
    assert file.assignments[0].text.startswith("'??yyy")


def test_no_secret_in_a_repr(tmp_path: Path) -> None:
    file, _ = read(tmp_path, "c.ServerApp.token = 'made-up'\n")
    assert "made-up" not in repr(file)
    assert file.assignments[0].value == "made-up"


@pytest.mark.parametrize(
    ("source", "caret"),
    [
        ("c.A.x = = 2", ("c.A.x = = 2", "        ^")),
        ("c.A.ä猫 = = 2", ("c.A.ä猫 = = 2", "          ^")),
        ("if 1:\n\tc.A.x = 'a\n", ("c.A.x = 'a", "        ^")),
        ("c.A.x = " + "1 + " * 40 + "= 2", ("1 + " * 12 + "= 2", " " * 48 + "^")),
        ("c.A.x = localhost", ("c.A.x = localhost", "        ^")),
        ("c.IdentityProvider.token = 'made-up-0", ("c.IdentityProvider.token = '····-··-·", " " * 27 + "^")),
        ("c.A.token = (\n  'made-up' 5 5)", ("'····-··' · ·)", "^")),
        ("c.A.token = (\n  hunter2)", ("·······)", "^")),
        ("x = \\\n'argon2:$argon2id$made-up' = 5", ("'························' = 5", "^")),
    ],
)
def test_the_caret(source: str, caret: tuple[str, str], tmp_path: Path) -> None:
    assert read(tmp_path, source)[0].caret == caret


ENCODED = [
    "# coding: latin-1\nc.A.x = 'ä'\n".encode("latin-1"),
    "# -*- coding: cp1252 -*-\r\nc.A.x = '€'\r\n".encode("cp1252"),
    "#!/usr/bin/python\n# vim: set fileencoding=koi8-r :\nc.A.x = 'Ж'".encode("koi8-r"),
    "\ufeff# coding: utf-8\nc.A.x = 'ä'".encode(),
    b"# \xe4 in a comment\nc.A.x = 1",
    b"# coding: utf-7\nc.A.x = '+AOQ-'",
    b"c.A.x = '\xe4'",
    b"# coding: nothing-known\nc.A.x = 1",
    b"# coding: rot13\np.N.k = 1",
    b"\xef\xbb\xbf# coding: latin-1\nc.A.x = 1",
    b"\xff\xfec\0.\0A\0",
    b"c.A.x = 1\x1a",
    b"# coding: utf-16\nc.A.x = 1",
    b"c.A.x = " + b"9" * 5000,
]


@pytest.mark.parametrize("raw", ENCODED)
def test_encodings(raw: bytes, tmp_path: Path) -> None:
    file, path = read(tmp_path, raw)
    assert wrong(file, path) == []


def test_a_byte_that_is_not_in_the_encoding_has_its_line(tmp_path: Path) -> None:
    file, _ = read(tmp_path, b"c.A.x = 1\nc.A.y = '\xe4'\n")
    assert (file.trouble, file.line, file.dropped) == ("syntax error: byte 0xe4 is not utf-8", 2, True)


def test_the_text_of_a_value_is_decoded(tmp_path: Path) -> None:
    file, _ = read(tmp_path, "# coding: latin-1\nc.A.x = 'äöü'; c.A.y = 'ß'\n".encode("latin-1"))
    assert [one.text for one in file.assignments] == ["'äöü'", "'ß'"]


def test_warnings_of_the_parser_stay_silent(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        file, _ = read(tmp_path, "c.A.x = '\\d'\nif 1 is 1: pass\nassert (1, 'x')\n")
    assert (file.trouble, file.assignments[0].value) == ("", "\\d")


DEEP = [
    "-" * 150_000 + "1",
    "+".join(["1"] * 150_000),
    "a" + ".b" * 150_000,
    "a" + "()" * 150_000,
    "a" + "[0,]" * 90_000,
]
DEEP += ["(" * 5000 + ")" * 5000, "not " * 9000 + "1", "lambda:" * 3000 + "1", "1 if 2 else " * 3000 + "3"]
DEEP += [
    "if a: pass\n" + "elif b: pass\n" * 4000,
    "**".join(["1"] * 900),
    "a\\\n" + ".b\\\n" * 50_000,
    "(1" + "\n+1" * 9000 + ")",
]
DEEP += [
    "f'" + "{1}" * 500_000 + "'",
    "x=1\n" * 500_000,
    "[" + "1," * 500_000 + "]",
    "'''" * 300_001,
    "\\'''" * 300_000,
    '"\\' * 300_000,
]


def test_deep_and_huge_code_neither_raises_nor_crashes() -> None:
    def work() -> None:
        files.extend(read_python(source.encode(), "x.py") for source in DEEP)

    files: list[ReadFile] = []
    # The monitor reads in a thread, whose stack is no larger than this.
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(files) == len(DEEP)
    assert all(file.trouble and not file.assignments for file in files)
    assert f"Jupyter reads it; jntui does not: more than {WORDS_LIMIT} words of code" in {
        file.trouble for file in files
    }


def test_the_file_that_jupyter_generates(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "jupyter_server", "--generate-config", "-y", "--allow-root"]
    env = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(argv, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
    path = tmp_path / "jupyter_server_config.py"
    assert path.exists(), done.stderr
    path.write_text(path.read_text().replace("# c.ServerApp.ip = ", "c.ServerApp.ip = "))
    file = read_config_file(str(path))
    assert [(one.cls, one.trait, one.value) for one in file.assignments] == [("ServerApp", "ip", "localhost")]
    assert wrong(file, path) == []


VALID = "\n".join([*EXACT[:20], *CAUTIOUS[:40]]).encode()


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300)
    | st.builds(lambda at, more: VALID[:at] + more, st.integers(0, len(VALID)), st.binary(max_size=4))
)
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    file = read_python(raw, "x.py")
    assert file.dropped <= bool(file.trouble)


@settings(max_examples=200, deadline=None)
@given(st.text("cA.x=1'\"()[]{}:,\n\t \\#äu+-*/@if defor\0", max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    file = read_python(text.encode(), "x.py")
    assert file.dropped <= bool(file.trouble)


SUBCONFIGS: list[dict[str, str]] = [
    {"": "c.A.x = 1\nload_subconfig('other.py')\nc.A.z = 3", "other.py": "c.A.x = 2\nc.A.y = 2\nc.A.z = 2"},
    {"": "load_subconfig('not-there.py')\nc.A.x = 1"},
    {"": "load_subconfig('folder')\nc.A.x = 1", "folder/x.py": ""},
    {
        "": "load_subconfig('folder/x.py')",
        "folder/x.py": "c.A.x = 1\nload_subconfig('y.py')",
        "y.py": "c.A.y = 1",
        "folder/y.py": "c.A.y = 2",
    },
    {
        "": "NAME = 'other.py'\nload_subconfig(fname=NAME)",
        "other.py": "c = get_config()\nc.A.x = 2\ndel c.A.x\nc.B.x = 1",
    },
    {"": "c.A.x = 1\nload_subconfig('other.py')", "other.py": "c.A.y = \n"},
    {"": "c.A.x = 1\nload_subconfig('other.py')", "other.py": "c.A.y = nobody\n"},
    {"": "c.A.x = 1\nload_subconfig('other.py')", "other.py": "load_subconfig('jupyter_server_config.py')\n"},
    {"": "c.A.x = 1\nif True:\n    load_subconfig('other.py')", "other.py": "c.A.x = 2\nc.A.y = 3\n"},
    {"": "c.A.x = 1\nx = load_subconfig('other.py')", "other.py": "c.A.x = 2\nc.A.y = 3\n"},
    {"": "c.A.x = 1\nload_subconfig('other.py')", "other.py": "c.update({'A': {'y': 3}})\n"},
    {"": "c.update({'A': {'y': 3}})\nload_subconfig('other.py')", "other.py": "c.A.x = 1\n"},
    {"": "c.A.x = [1]\nload_subconfig('other.py')", "other.py": "c.A.x.append(2)\n"},
    {"": "c.A.x = 1\nload_subconfig('other.py')\nc.A.z = 5", "other.py": "exec('c.A.x = 2')\n"},
    {"": "c.A.x = 1\nload_subconfig('\"other.py\"')\nc.A.z = 5", "other.py": "c.A.x = 5\n"},
]


@pytest.mark.parametrize("files", SUBCONFIGS)
def test_subconfigs(files: dict[str, str], tmp_path: Path) -> None:
    for name, source in files.items():
        path = tmp_path / (name or "jupyter_server_config.py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(source)
    path = tmp_path / "jupyter_server_config.py"
    assert wrong(read_config_file(str(path)), path) == []


def test_a_subconfig_is_named_with_its_own_lines(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("\n\nc.A.x = 2\n")
    file, path = read(tmp_path, f"load_subconfig({str(tmp_path / 'other.py')!r})\nc.A.y = 1\n")
    places = [(Path(one.path).name, one.line, one.trait) for one in file.assignments]
    assert places == [("other.py", 3, "x"), (path.name, 2, "y")]


def test_subconfigs_without_end(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.py").write_text(f"c.A.x = {number}\n" + f"load_subconfig('{number + 1}.py')\n" * 9)
    file = read_config_file(str(tmp_path / "0.py"))
    assert file.trouble == ""
    assert any("which is not read" in note for note in file.notes)
    assert set(said(file).values()) == {None}


def test_a_broken_subconfig_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("\nc.A.x = (2\n")
    file, _ = read(tmp_path, "c.A.y = 1\nload_subconfig('other.py')\n")
    assert (file.line, file.trouble, file.dropped) == (2, "other.py, line 2: syntax error: '(' was never closed", True)
