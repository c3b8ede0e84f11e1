"""JSON config files: held against the loader of traitlets, with the line of every key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jntui.jupyter.settings.assignment import ReadFile, Span
from jntui.jupyter.settings.json_file import read_json
from jntui.jupyter.settings.reading import read_config_file
from tests.unit.jupyter_settings.loader import wrong

LOADED = [
    '{"ServerApp": {"port": 9000, "ip": "x"}, "LabApp": {}}',
    '{"version": 1, "ServerApp": {"port": 9000}}',
    '{"version": 1.0, "A": {"version": 5}}',
    '{"A": {"B": {"x": {"y": {"z": 1}}}, "w": {"C": {"D": 1}}}}',
    '{"A": {"x": NaN, "y": -Infinity, "z": 1e999, "w": -0, "v": 1.50}}',
    '{"A": {"x": null, "y": true, "z": false, "w": [], "v": {}}}',
    '{"A": {"x": "\\u00e4\\ud83d\\ude00", "y": "ä😀", "\\u007a": 1}}',
    '{"A": {"x": 1}, "A": {"y": 2}}',
    '{"A": {"x": 1, "x": 2, "y": 3}}',
    '{"A": {"B": {"x": 1}, "B": 5}}',
    '{"port": 1, "lower": {"A": {"x": 1}}}',
    '{"": 1, "_A": {"x": 1}, "1": {"x": 2}}',
    '\r\n\t {"A"\r\n:\r{"x":1}}\n\n',
    "{}",
    "[]",
    '""',
    '[["A", {"x": 1}]]',
    '{"ServerApp": 5}',
    '{"A": [1]}',
]
LEFT_OUT = [
    ('{"A": {"x": 1,}}', 1, "broken JSON: a comma before the closing bracket"),
    ('{"A": {"x": 1}\n// why\n}', 2, "broken JSON: JSON knows no comments"),
    ('{\n# why\n"A": {}}', 2, "broken JSON: JSON knows no comments"),
    ("{'A': {}}", 1, "broken JSON: JSON wants double quotes"),
    ('{"A": {"x": True}}', 1, "broken JSON: JSON writes true, false and null"),
    ('{"A": {"x": "a\nb"}}', 1, "broken JSON: invalid control character at"),
    ('{"A": {"x": 1}', 1, "broken JSON: expecting ',' delimiter"),
    ('{"A": {}}\n{"B": {}}', 2, "broken JSON: extra data"),
    ("", 1, "broken JSON: expecting value"),
    ('\ufeff{"A": {}}', 1, "broken JSON: it begins with a byte order mark"),
    ('{"A": {"x": 1},\n "version": 2}', 2, "its version is not 1: Jupyter knows no other"),
    ("null", 1, "it holds null, not an object"),
    ("[1]", 1, "it holds a list, not an object"),
    ('"ab"', 1, "it holds a text, not an object"),
    ("5", 1, "it holds a number, not an object"),
    ("[" * 100_000, None, "its JSON is nested too deeply"),
]


def read(folder: Path, source: str | bytes) -> tuple[ReadFile, Path]:
    path = folder / "jupyter_config.json"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return read_config_file(str(path)), path


@pytest.mark.parametrize("source", LOADED)
def test_what_the_loader_makes_of_it(source: str, tmp_path: Path) -> None:
    file, path = read(tmp_path, source)
    assert wrong(file, path) == []
    assert not any(one.computed for one in file.assignments)


@pytest.mark.parametrize(("source", "line", "words"), LEFT_OUT)
def test_what_jupyter_leaves_out(source: str, line: int | None, words: str, tmp_path: Path) -> None:
    file, path = read(tmp_path, source)
    assert wrong(file, path) == []
    assert (file.dropped, file.line, file.assignments) == (True, line, ())
    assert file.trouble.startswith(words)


def test_bytes_that_are_no_utf_8(tmp_path: Path) -> None:
    file, path = read(tmp_path, b'{"A": {\n"x": "\xe4"}}')
    assert (file.trouble, file.line, wrong(file, path)) == ("not UTF-8: byte 0xe4", 2, [])


def test_keys_that_stand_twice_are_said(tmp_path: Path) -> None:
    file, _ = read(tmp_path, '{"A": {"x": 1,\n "x": 2},\n "A": {"y": 3}}')
    assert file.notes == (
        "line 2 repeats 'x': what line 1 says is lost",
        "line 3 repeats 'A': what line 1 says is lost",
    )
    assert [(one.trait, one.value) for one in file.assignments] == [("y", 3)]


def test_a_section_without_an_object_is_said(tmp_path: Path) -> None:
    file, _ = read(tmp_path, '{"ServerApp": 5}')
    assert file.notes == ("line 1: ServerApp holds no object, so it sets nothing",)
    assert [(one.section, one.line) for one in file.voids] == [("ServerApp", 1)]


def test_places(tmp_path: Path) -> None:
    file, _ = read(tmp_path, '{"Ä": {"ö": "ü",\n  "list": [\n 1,\n 2]},\r\n"B": {"x":{"y": 1}}}')
    first, second, third = file.assignments
    assert (first.cls, first.trait, first.line, first.where) == ("Ä", "ö", 1, Span(1, 14, 1, 18))
    assert first.statement == Span(1, 8, 1, 18)
    assert (second.line, second.end_line, second.text, second.where) == (2, 4, "[ 1, 2]", Span(2, 10, 4, 3))
    assert (third.line, third.text) == (5, '{"y": 1}')


def test_the_caret_and_no_secret_in_it(tmp_path: Path) -> None:
    file, _ = read(tmp_path, '{\n  "IdentityProvider": {"token": "made-up", }\n}')
    assert file.caret == ('"IdentityProvider": {"token": "····-··", }', " " * 41 + "^")
    assert "made-up" not in repr(file)


def test_an_integer_of_5000_digits(tmp_path: Path) -> None:
    file, path = read(tmp_path, '{"A": {"x": ' + "9" * 5000 + "}}")
    assert wrong(file, path) == []
    assert file.trouble or file.assignments[0].computed


def test_a_long_line_costs_nothing_twice(tmp_path: Path) -> None:
    file, _ = read(tmp_path, json.dumps({"A": {f"x{number}": "ä" for number in range(60_000)}}, ensure_ascii=False))
    assert len(file.assignments) == 60_000


VALID = json.dumps({"version": 1, "A": {"x": [1, {"B": None}], "C": {"y": "ä"}}, "port": 1.5}).encode()
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('aÄ"\\\n', max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("AaBb.", max_size=2), inner, max_size=3),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["A", "B", "version", "port"]), TREES, max_size=3), st.sampled_from([None, 1]))
def test_any_object(tmp_path_factory: pytest.TempPathFactory, tree: object, indent: int | None) -> None:
    file, path = read(tmp_path_factory.getbasetemp(), json.dumps(tree, indent=indent))
    assert wrong(file, path) == []


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=100)
    | st.builds(lambda at, more: VALID[:at] + more, st.integers(0, len(VALID)), st.binary(max_size=4))
)
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    file = read_json(raw, "x.json")
    assert file.dropped <= bool(file.trouble)
