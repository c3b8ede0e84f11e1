"""`[keys]` of config.toml: what is taken, what is told, and that every action keeps a key that works."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.cli import main
from jntui.tui.actions import ACTIONS
from jntui.tui.keymap import DEFAULT, RESERVED, SLOTS, Keys, resolved
from jntui.tui.wishes import wishes


def told(given: object) -> list[str]:
    return [f"{one.name} {one.words}" for one in resolved(given)[1]]


def keys(given: object) -> Keys:
    found, problems = resolved(given)
    assert not problems
    return found


def test_without_a_wish_the_keys_are_those_of_the_table() -> None:
    assert sorted((key, action) for key, action, _how in DEFAULT.bound()) == sorted(
        (key, action.id) for action in ACTIONS for key in action.keys
    )
    assert all(how == key for key, _action, how in DEFAULT.bound())
    assert all(DEFAULT.shown(action.id) == action.shown for action in ACTIONS)


@pytest.mark.parametrize(
    ("given", "slot", "expected"),
    [
        ({"check": "f5"}, "check", ("f5",)),
        ({"check": ["F5", "p"]}, "check", ("f5", "p")),
        ({"check": "Ctrl+T"}, "check", ("ctrl+t",)),
        ({"filter": "slash"}, "filter", ("/",)),
        ({"filter": "comma"}, "filter", (",",)),
        ({"browse": ""}, "browse", ()),
        ({"browse": []}, "browse", ()),
        ({"log-out": "f9"}, "log-out", ("f9",)),
        ({"move-left": "n", "start": "h"}, "move-left", ("n",)),
        ({"answer": "é"}, "answer", ("é",)),
    ],
)
def test_what_is_taken(given: dict[str, object], slot: str, expected: tuple[str, ...]) -> None:
    assert keys(given).of(slot) == expected


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"chek": "f5"}, "chek is no action: is check meant?"),
        ({"zzzzzz": "f5"}, "zzzzzz is no action: `jntui keys` names all"),
        ({"a\x1b]0;x\x07": "f5"}, "no action"),
        ({"open": "o"}, "open has only the keys that it has (enter): take this line out"),
        ({"move": "x"}, "move is several: move-left, move-down, move-up, move-right"),
        ({"check": 5}, 'check takes one key ("f5"), up to 4 in a list (["f5", "p"]), or "" for none'),
        ({"check": list("12345")}, "up to 4 in a list"),
        ({"check": ["p", 1]}, "check takes one key"),
        ({"check": "hyper+f5"}, 'check cannot have "hyper+f5", which is no key'),
        ({"check": "ab"}, 'check cannot have "ab", which is no key'),
        ({"check": "\x1b"}, "which is no key"),
        ({"check": "\u202e"}, "which is no key"),
        ({"check": "ctrl+c"}, "check cannot have ctrl+c, which always quits: choose another key"),
        ({"check": "ctrl+h"}, "check cannot have ctrl+h, which most terminals send as backspace: choose another key"),
        ({"check": ["f5", "alt+b"]}, "check cannot have alt+b, which most terminals send as ctrl+left"),
        ({"check": "Enter"}, "check cannot have enter, which opens what is selected"),
        ({"help": ["f1", "up"]}, "help cannot have up, which moves"),
        ({"pane-check": ""}, "pane-check needs a key: nothing else does it"),
        ({"check": "w"}, "check wants w, which watch has: give one of them another key"),
        ({"check": "f5", "watch": "f5"}, "watch wants f5, which check has"),
        ({"check": "h"}, "check wants h, which move-left has"),
        ("f5", "keys is no table [keys]"),
        ([{"check": "f5"}], "keys is no table [keys]"),
    ],
)
def test_what_is_told(given: object, line: str) -> None:
    assert [line in one for one in told(given)] == [True], told(given)


def test_two_can_change_places() -> None:
    found = keys({"check": "w", "watch": "p"})
    assert (found.shown("check"), found.shown("watch")) == ("w", "p")


def test_a_key_that_falls_back_takes_none_from_another() -> None:
    """`check` cannot have `w`, so it keeps `p`, and `zoom` cannot have that."""
    found, problems = resolved({"check": "w", "zoom": "p"})
    assert found == DEFAULT
    assert [one.name for one in problems] == ["check", "zoom"]


def test_a_wrong_line_leaves_the_others() -> None:
    found, problems = resolved({"chek": "f5", "watch": "f6"})
    assert len(problems) == 1
    assert found.of("watch") == ("f6",)


def test_what_is_shown() -> None:
    found = keys({"pane-endpoints": "f1", "browse": "", "check": ["f5", "p"], "stages": ["ctrl+f5", "shift+f5"]})
    assert found.shown("pane") == "f1 2 3 4"
    assert found.shown("browse") == "ctrl+p"
    assert found.shown("check") == "f5 p"
    assert found.shown("stages") == "ctrl+f5"
    assert found.part("pane-endpoints") == "f1"


@given(
    st.dictionaries(
        st.sampled_from([*SLOTS, "nothing"]),
        st.one_of(
            st.text(max_size=2), st.sampled_from("pwcth/?"), st.lists(st.text("abcpw", max_size=1)), st.integers()
        ),
    )
)
def test_no_key_ever_does_two_things(given: dict[str, object]) -> None:
    found, _problems = resolved(given)
    bound = Counter(key for key, _action, _how in found.bound())
    assert max(bound.values()) == 1
    assert not {key for key, action, _how in found.bound() if key in RESERVED and not action_fixed(action)}


def action_fixed(action: str) -> bool:
    return action in {"open", "focus", "back", "palette", "move"}


def write(home: Path, text: str) -> Path:
    path = home / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_line_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, '# mine\ntheme = 5\n[[urls]]\nport = 1\nurl = "http://a/"\n[keys]\n"chek" = "f5"\n')
    found = wishes(path)
    assert [one.split(": ")[0] for one in found.problems] == [", line 2", ", line 7"]
    long, short = (found.said(found.problems[1], str(tmp_path.parent), width) for width in (200, 30))
    assert long == f"~/{tmp_path.name}/config.toml, line 7: chek is no action: is check meant?"
    assert short == "config.toml, line 7: chek is no action: is check meant?"


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ('check = "f5"\n', ", line 1: check stands above [keys]: write it below that line"),
        ('[keys]\nwatch = "f6"\n\n[key]\ncheck = "f5"\n', ", line 4: key is not read: is keys meant?"),
        ('thema = "x"\n', ", line 1: thema is not read: is theme meant?"),
        ('[[urls]]\nport = 1\nurl = "http://a/"\n[colour.own]\n', ", line 4: colour is not read: theme, [keys] and"),
    ],
)
def test_what_nothing_reads_is_told(text: str, told_of: str, tmp_path: Path) -> None:
    (line,) = wishes(write(tmp_path, text)).problems
    assert line.startswith(told_of)


@pytest.mark.parametrize("text", ["[keys", "keys = ", "\x00", '[keys]\ncheck = "a"\ncheck = "b"\n'])
def test_a_file_that_is_no_toml_leaves_the_keys_of_the_table(text: str, tmp_path: Path) -> None:
    found = wishes(write(tmp_path, text))
    assert found.keys == DEFAULT
    assert len(found.problems) == 1
    assert "is not valid TOML" in found.problems[0]


def test_no_file_is_no_wish(tmp_path: Path) -> None:
    assert wishes(tmp_path / "none.toml").problems == ()


def test_the_command_lists_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, '[keys]\ncheck = "f5"\n')
    monkeypatch.setattr("jntui.preferences.default_path", lambda: path)
    assert main(["keys"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert {row[0] for row in rows if row} >= set(SLOTS)
    assert ["check", "f5", "p", "check"] in [row[:4] for row in rows]
    write(tmp_path, '[keys]\ncheck = "w"\n')
    assert main(["keys", "--json"]) == 1
    done = capsys.readouterr()
    document = json.loads(done.out)
    assert document["problems"] == [f"{path}, line 2: check wants w, which watch has: give one of them another key"]
    assert done.err == f"jntui: {document['problems'][0]}\n"
    assert next(one for one in document["keys"] if one["id"] == "check")["keys"] == ["p"]
