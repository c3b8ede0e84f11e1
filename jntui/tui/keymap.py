"""Which key does what: the action table's own keys, and those that the user chose in `[keys]` of config.toml.

No Textual here: `jntui keys` and the manual page read this too.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jntui.text import visible
from jntui.tui.actions import ACTIONS, BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_KEYS = 4
"""For one action."""

_WIDE = 9
"""Cells that the help has for keys."""

_PARTS: dict[str, dict[str, tuple[str, str]]] = {
    "move": {
        "move-left": ("h", "move to the left"),
        "move-down": ("j", "move down"),
        "move-up": ("k", "move up"),
        "move-right": ("l", "move to the right"),
    },
    "pane": {
        "pane-endpoints": ("1", "go to Endpoints"),
        "pane-check": ("2", "go to Check"),
        "pane-config": ("3", "go to Config"),
        "pane-servers": ("4", "go to Servers"),
    },
    "server": {
        "server-previous": ("left_square_bracket", "previous server"),
        "server-next": ("right_square_bracket", "next server"),
    },
}
"""The actions whose keys differ in what they do: each has a name of its own, Textual's name of its key, and words."""

_FIXED = frozenset({"open", "focus", "back", "palette"})
"""They have only keys that cannot be chosen."""

_REPLACED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Textual's own names for six characters (`textual.keys.KEY_NAME_REPLACEMENTS`)."""


def _name_of(char: str) -> str:
    """How Textual names the key of a character."""
    name = unicodedata.name(char, char).lower().replace("-", "_").replace(" ", "_")
    return char if char.isalnum() else _REPLACED.get(name, name)


_CHARS = {_name_of(char): char for char in map(chr, range(33, 127)) if not char.isalnum()}
_SHIFTED = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete")
_NAMED = frozenset(
    [
        *(f"{lead}f{number}" for number in range(1, 25) for lead in ("", "shift+", "ctrl+")),
        *(f"ctrl+{chr(code)}" for code in range(ord("a"), ord("z") + 1)),
        *(f"alt+{char}" for char in map(chr, range(ord("0"), ord("z") + 1)) if char.isalnum()),
        *(f"{lead}{name}" for name in _SHIFTED for lead in ("", "shift+", "ctrl+")),
        *("space", "backspace", "tab", "shift+tab", "enter", "escape"),
    ]
)
RESERVED: dict[str, str] = {
    **dict.fromkeys(("ctrl+c", "ctrl+q"), "always quits"),
    "ctrl+z": "suspends jntui",
    "ctrl+p": "opens the list of all actions",
    **dict.fromkeys(("tab", "shift+tab", "ctrl+i"), "goes to another pane"),
    **dict.fromkeys(("enter", "ctrl+m", "ctrl+j"), "opens what is selected"),
    "escape": "goes back",
    **dict.fromkeys(("up", "down", "left", "right", "home", "end", "pageup", "pagedown"), "moves"),
}
"""Keys that stay what they are, and what that is; a terminal sends ctrl+i as tab, ctrl+m and ctrl+j as enter."""

_SENT_AS: dict[str, str] = {"ctrl+h": "backspace", "alt+b": "ctrl+left", "alt+f": "ctrl+right"}
"""Keys for which most terminals send what Textual reads as another one."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What can be given a key: an action, or one of its directions."""

    name: str
    action: str
    how: str
    """The table's own key for it (Textual's name): it tells the action what to do."""
    own: str
    """That key as it is shown, empty if it has none."""
    does: str


def slots() -> Iterator[Slot]:
    """In the order of the action table."""
    for action in ACTIONS:
        if action.id in _PARTS:
            for name, (key, does) in _PARTS[action.id].items():
                yield Slot(name, action.id, key, _CHARS.get(key, key), does)
        elif action.id not in _FIXED:
            key = action.keys[0] if action.keys else ""
            yield Slot(action.id, action.id, key, _CHARS.get(key, key), action.help)


SLOTS: dict[str, Slot] = {slot.name: slot for slot in slots()}


@dataclass(frozen=True, slots=True)
class Keys:
    """What each action's keys are in this run."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """By the name of a slot: only what the user gave other keys, as they are shown; none is a wish, too."""

    def of(self, slot: str) -> tuple[str, ...]:
        """The keys of a slot."""
        own = SLOTS[slot].own
        return self.chosen.get(slot, (own,) if own else ())

    def shown(self, action_id: str) -> str:
        """The keys of an action as help and hints write them; an action without a key is in the list of all."""
        names = list(_PARTS.get(action_id, (action_id,)))
        if not any(name in self.chosen for name in names):
            return BY_ID[action_id].shown
        firsts = [keys[0] for name in names if (keys := self.of(name))]
        if len(names) == 1:
            firsts = list(self.of(action_id))
        words = " ".join(firsts)
        return (words if len(words) <= _WIDE else firsts[0]) if firsts else "ctrl+p"

    @property
    def watch_mark(self) -> str:
        """Before the row that is watched: the key that ends it, where that is one sign of one cell."""
        key = self.shown("watch")
        return key if len(key) == 1 and unicodedata.east_asian_width(key) not in "WF" else BY_ID["watch"].shown

    def part(self, slot: str) -> str:
        """The first key of a slot, for a hint."""
        return next(iter(self.of(slot)), "ctrl+p")

    def bound(self) -> Iterator[tuple[str, str, str]]:
        """Every key as Textual names it, with its action and how that is done."""
        for action in ACTIONS:
            mine = [slot for slot in SLOTS.values() if slot.action == action.id]
            movable = {slot.how for slot in mine}
            yield from ((key, action.id, key) for key in action.keys if key not in movable)
            for slot in mine:
                yield from ((textual_name(key), action.id, slot.how) for key in self.of(slot.name))


def textual_name(key: str) -> str:
    """`/` as Textual names it: `slash`."""
    return _name_of(key) if len(key) == 1 else key


DEFAULT = Keys()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one entry; it is left out, and everything else holds."""

    name: str
    """What stands at the left of the equals sign."""
    words: str


def resolved(given: object) -> tuple[Keys, tuple[Problem, ...]]:
    """The keys of this run from what `[keys]` says, and what is wrong with it; never fails."""
    if not isinstance(given, dict):
        return DEFAULT, (Problem("keys", 'is no table [keys]: write lines such as check = "f5" below [keys]'),)
    wanted: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for name, value in given.items():
        keys, wrong = _read(str(name), value)
        if wrong:
            problems.append(Problem(str(name), wrong))
        else:
            wanted[str(name)] = keys
    problems += _settle(wanted)
    own = {name: keys for name, keys in wanted.items() if keys != ((SLOTS[name].own,) if SLOTS[name].own else ())}
    return Keys(own), tuple(problems)


def _read(name: str, value: object) -> tuple[tuple[str, ...], str]:
    """The keys of one entry, or what is wrong with it."""
    if name not in SLOTS:
        if name in _FIXED:
            return (), f"has only the keys that it has ({BY_ID[name].shown}): take this line out"
        if name in _PARTS:
            return (), f"is several: {', '.join(_PARTS[name])}"
        near = get_close_matches(visible(name, 40), SLOTS, 1)
        return (), f"is no action{f': is {near[0]} meant?' if near else ': `jntui keys` names all'}"
    values = _texts(value)
    if values is None:
        return (), f'takes one key ("f5"), up to {MOST_KEYS} in a list (["f5", "p"]), or "" for none'
    keys: list[str] = []
    for text in values:
        key = _CHARS.get(text.casefold(), text) if len(text) > 1 else text
        key = key if len(key) == 1 else key.casefold()
        if key in RESERVED:
            return (), f"cannot have {key}, which {RESERVED[key]}: choose another key"
        if key in _SENT_AS:
            return (), f"cannot have {key}, which most terminals send as {_SENT_AS[key]}: choose another key"
        if key and key not in _NAMED and not _is_character(key):
            return (), f'cannot have "{visible(text, 20)}", which is no key: write a character, or f5, ctrl+t, alt+x'
        keys += [key] if key and key not in keys else []
    if not keys and not BY_ID[SLOTS[name].action].named:
        return (), "needs a key: nothing else does it"
    return tuple(keys), ""


def _texts(value: object) -> list[str] | None:
    """One text, or a short list of them."""
    values = value if isinstance(value, list) else [value]
    texts = [one for one in values if isinstance(one, str)]
    return texts if len(texts) == len(values) <= MOST_KEYS else None


def _is_character(key: str) -> bool:
    return len(key) == 1 and key != " " and visible(key) == key and not unicodedata.combining(key)


def _settle(wanted: dict[str, tuple[str, ...]]) -> list[Problem]:
    """Takes out of `wanted`, last ones first, whatever wants a key that another action has; says so for each."""
    problems: list[Problem] = []
    while True:
        trial = Keys(wanted)
        all_keys = Counter(key for name in SLOTS for key in trial.of(name))
        name = next((name for name in reversed(wanted) if any(all_keys[key] > 1 for key in wanted[name])), None)
        if name is None:
            return problems
        key = next(key for key in wanted[name] if all_keys[key] > 1)
        other = next(slot for slot in SLOTS if slot != name and key in trial.of(slot))
        problems.append(Problem(name, f"wants {key}, which {other} has: give one of them another key"))
        del wanted[name]
