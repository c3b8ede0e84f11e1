"""Two loads of Jupyter's config compared: is the change effective, and is it the only one?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jntui.jupyter.editing.entries import entries
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jntui.jupyter.editing.verification import Expected, Status

_APPLICATIONS = {"ServerApp", "NotebookApp", "LabApp", "JupyterNotebookApp", "ExtensionApp", "KernelGatewayApp"}
_SAME = ({"root_dir", "notebook_dir"},)
"""Traits that Jupyter hands on under another name."""
_MOVED = {"password": "PasswordIdentityProvider.hashed_password", "token": "IdentityProvider.token"}
"""`ServerApp._warn_deprecated_config` of Jupyter Server 2."""
_LINES = 20
_VALUE = 60
"""Characters of one value in what follows from a change."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """As in `Verification`."""

    status: Status
    reason: str = ""
    words: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def judge(
    answers: Mapping[str, Any],
    files: Mapping[str, bytes | None],
    expected: Sequence[Expected],
    *,
    timed_out: bool,
    timeout_s: float,
    output: bytes,
) -> Judgement:
    """The answers of `jupyter_loader` in words. Nothing in them is trusted to have a shape."""
    if "no jupyter" in answers:
        return Judgement("unverified", "that Python has no Jupyter that loads", lines(answers["no jupyter"]))
    before, after = answers.get("before"), answers.get("after")
    if not isinstance(before, dict) or "broken" in before:
        reason = f"loading the files as they are takes longer than {timeout_s:g} s" if timed_out else ""
        words = lines(before.get("broken") if isinstance(before, dict) else output.decode("utf-8", "replace"))
        return Judgement("unverified", reason or "Jupyter's loader gave no answer there", words)
    if not isinstance(after, dict):
        if timed_out and _is_slow(before, timeout_s):
            return Judgement("unverified", f"this machine is too slow now: Jupyter did not load in {timeout_s:g} s")
        return Judgement("refused", f"loading the new file takes longer than {timeout_s:g} s, or ends Python")
    foreign = before.get("foreign") or after.get("foreign")
    if foreign:
        path = foreign[0]
        return Judgement("unverified", f"{visible(str(path), 200)} belongs to another user: root does not execute it")
    if "broken" in after:
        return Judgement("refused", "Jupyter's loader gives no answer with the new file", lines(after["broken"]))
    try:
        return _compare(before, after, files, expected, _unsteady(before, answers.get("again")))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return Judgement("unverified", "the loader's answer cannot be read")


def judge_as_it_is(
    answers: Mapping[str, Any], path: str, *, timed_out: bool, timeout_s: float, output: bytes
) -> Judgement:
    """What the load of the files as they are says of this one."""
    if "no jupyter" in answers:
        return Judgement("unverified", "that Python has no Jupyter that loads", lines(answers["no jupyter"]))
    now = answers.get("before")
    if not isinstance(now, dict) or "broken" in now:
        reason = f"loading it takes longer than {timeout_s:g} s" if timed_out else ""
        words = lines(now.get("broken") if isinstance(now, dict) else output.decode("utf-8", "replace"))
        return Judgement("unverified", reason or "Jupyter's loader gave no answer", words)
    try:
        return _of_one(now, os.path.realpath(path))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return Judgement("unverified", "the loader's answer cannot be read")


def _of_one(now: dict[str, Any], path: str) -> Judgement:
    if now.get("foreign"):
        where = visible(str(now["foreign"][0]), 200)
        return Judgement("unverified", f"{where} belongs to another user: root does not execute it")
    failures = [text for name, text in now["failures"] if os.path.realpath(name) == path]
    if now["exit"] is not None:
        words = lines(failures[0]) if failures else _critical(now) or lines(now["exit"])
        return Judgement("refused", "Jupyter does not start", words)
    if failures:
        return Judgement("refused", "Jupyter leaves the file out", lines(failures[0]))
    if path not in {*now["files"], *now["opened"]}:
        return Judgement("unverified", "this Jupyter does not read it")
    return Judgement("verified")


def _is_slow(before: Mapping[str, Any], timeout_s: float) -> bool:
    """The files as they are took so much of the time that the new one may only have had too little of it."""
    elapsed = before.get("elapsed")
    return isinstance(elapsed, (int, float)) and elapsed > timeout_s / 4


def _unsteady(before: dict[str, Any], again: object) -> frozenset[str]:
    """Names of settings that two loads of the same files make two of, such as a token that the file makes up."""
    if not isinstance(again, dict) or "broken" in again:
        return frozenset()
    found: set[str] = set()
    for path in {*before["files"], *again["files"]}:
        found.update(_differing(before["files"].get(path, {}), again["files"].get(path, {})))
    found.update(_differing(before["config"], again["config"]))
    found.update(name for name, value in before["traits"].items() if again["traits"].get(name) != value)
    return frozenset(found)


def _compare(
    before: dict[str, Any],
    after: dict[str, Any],
    files: Mapping[str, bytes | None],
    expected: Sequence[Expected],
    unsteady: frozenset[str],
) -> Judgement:
    paths = {os.path.realpath(path) for path in files}
    failures = [text for name, text in after["failures"] if [name, text] not in before["failures"]]
    if after["exit"] is not None and before["exit"] is None:
        words = lines(failures[0]) if failures else _critical(after) or lines(after["exit"])
        return Judgement("refused", "Jupyter does not start with it", words)
    if failures:
        return Judgement("refused", "Jupyter leaves the new file out", lines(failures[0]))
    for path in paths - {*after["files"], *after["opened"]}:
        if any(not one.unset for one in expected) and files.get(path, b"") is not None:
            return Judgement("refused", f"this Jupyter does not read {visible(path, 200)}")
    wished = [one for one in expected if one.wished]
    refused = _refused(after, wished)
    if refused is not None:
        return refused
    strange = [name for name in _strange(before, after, expected) if name not in unsteady]
    if strange:
        return Judgement("refused", f"it would also change {', '.join(strange[:5])}")
    kept = [
        one.name for one in expected if one.unset and any(one.name in after["files"].get(path, {}) for path in paths)
    ]
    if kept:
        return Judgement("refused", f"{kept[0]} is still set in the file afterwards")
    if after["exit"] is not None:
        words = _critical(after) or lines(after["exit"])
        return Judgement(
            "unverified", "Jupyter does not start with these files, as they are and as they would be", words
        )
    return _effective(before, after, wished, unsteady)


def _refused(after: dict[str, Any], wished: Sequence[Expected]) -> Judgement | None:
    """The trait's own objection, which explains whatever else differs."""
    for one, found in zip(wished, after["wishes"], strict=False):
        if found.get("problem") == "unknown":
            return Judgement("refused", f"this Jupyter knows no {one.name}", lines(found.get("words")))
        if found.get("problem") == "refused":
            return Judgement("refused", f"Jupyter does not take the value of {one.name}", lines(found.get("words")))
    return None


def _effective(
    before: dict[str, Any], after: dict[str, Any], wished: Sequence[Expected], unsteady: frozenset[str]
) -> Judgement:
    notes = []
    for one, found in zip(wished, after["wishes"], strict=True):
        problem = found.get("problem")
        if problem == "shadowed":
            shown = found.get("shown")
            but = f": it is {visible(shown, 100)}" if shown else ", because something of higher order sets it too"
            return Judgement("refused", f"{one.name} would have no effect{but}")
        notes += [visible(found["note"], 300)] if found.get("note") else []
    lacking = after.get("without certificate")
    notes += [visible(lacking, 200)] if lacking else []
    old = [tuple(line) for line in before["log"]]
    new = (f"{visible(text, 300)}" for level, text in after["log"] if (level, text) not in old)
    warnings = tuple(dict.fromkeys(new))[:_LINES]
    follows = tuple(words for name, words in _consequences(before, after, wished) if name not in unsteady)[:_LINES]
    return Judgement("verified", warnings=warnings, consequences=follows, notes=tuple(dict.fromkeys(notes)))


def _strange(before: dict[str, Any], after: dict[str, Any], expected: Sequence[Expected]) -> list[str]:
    """Settings that differ though nobody asked for it: in the files, and where both loads got so far, in the end."""
    found: list[str] = []
    for path in sorted({*before["files"], *after["files"]}):
        old, new = before["files"].get(path, {}), after["files"].get(path, {})
        found += [name for name in _differing(old, new) if not _allowed(name, expected)]
    if before["exit"] is None and after["exit"] is None:
        found += [name for name in _differing(before["config"], after["config"]) if not _allowed(name, expected)]
    return list(dict.fromkeys(visible(name, 80) for name in found))


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*old, *new} if old.get(name, [None])[0] != new.get(name, [None])[0])


def _allowed(name: str, expected: Iterable[Expected]) -> bool:
    """The setting itself, or what Jupyter makes of it when it hands it on to another class."""
    cls, _, trait = name.rpartition(": ")[2].partition(".")
    for one in expected:
        if name.rpartition(": ")[2] == one.name:
            return True
        if one.cls not in _APPLICATIONS:
            continue
        if f"{cls}.{trait}" == _MOVED.get(one.trait):
            return True
        if cls in _APPLICATIONS and (trait == one.trait or any({trait, one.trait} <= same for same in _SAME)):
            return True
    return False


_FOLLOWING = ".static_url_prefix"
"""Every extension has one, and it follows base_url: nobody has to know of it."""


def _consequences(
    before: dict[str, Any], after: dict[str, Any], wished: Sequence[Expected]
) -> Iterable[tuple[str, str]]:
    """What follows from the change, as Jupyter works its defaults out: the name of each, and words."""
    old, new = before["traits"], after["traits"]
    both = [name for name in sorted(old) if name in new and not name.endswith(_FOLLOWING)]
    changed = [name for name in both if old[name] != new[name] and not _allowed(name, wished)]
    return [(name, words) for name in changed for words in _changes(name, old[name], new[name])]


def _changes(name: str, old: str, new: str) -> list[str]:
    """Of a dictionary the entries that differ: the one that matters may stand at its end."""
    before, after = entries(old), entries(new)
    if before is None or after is None:
        return [f"{name}: {_cut(old)} → {_cut(new)}"]
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return [f"{name}[{_cut(key)}]: {_cut(before.get(key, 'none'))} → {_cut(after.get(key, 'none'))}" for key in keys]


def _cut(text: str) -> str:
    """At most 60 characters; what is left out is left out between two entries, and marked."""
    if len(text) <= _VALUE:
        return visible(text, _VALUE)
    head = text[: _VALUE - 3]
    return visible(head[: head.rfind(", ") + 2] if ", " in head else head, _VALUE) + "..."


def _critical(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(visible(text, 300) for level, text in answer["log"] if level == "C")[:_LINES]


def lines(text: object) -> tuple[str, ...]:
    """The last lines, fit for a screen."""
    return tuple(visible(line, 300) for line in str(text or "").splitlines() if line.strip())[-_LINES:]
