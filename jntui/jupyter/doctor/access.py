"""What is let through: other web pages, requests without Jupyter's own check, the user root."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jntui.jupyter.doctor.patient import place, written
from jntui.model import ConfigChange, ConfigFinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.doctor.patient import Patient
    from jntui.model import Setting, Severity

_NOBODY = "http://jntui-asks.invalid"
"""An origin that no pattern means (RFC 2606)."""


def _without(setting: Setting) -> ConfigChange | None:
    path, _line = place(setting.source)
    return ConfigChange(setting.source.name, None, path) if path is not None else None


def origins(patient: Patient) -> Iterator[ConfigFinding]:
    """`allow_origin = '*'`, or a pattern that is as wide."""
    effect = "Every web page that somebody opens in a browser may read what this server answers to that browser."
    for setting in patient.settings("allow_origin", "allow_origin_pat"):
        text = setting.value
        if not isinstance(text, str) or not text or setting.note:
            continue
        if setting.name == "allow_origin":
            wide, told = text == "*", "is '*', every origin"
        else:
            wide, told = _takes_everybody(text), "fits every origin"
        if wide:
            path, line = place(setting.source)
            message = f"{written(setting.source)} {told}."
            fix = "Name the one origin that needs it, such as 'https://lab.example.org', or remove the line."
            yield ConfigFinding("origin-any", "warning", path, line, message, effect, fix, _without(setting))


def _takes_everybody(pattern: str) -> bool:
    """Only what is simple is tried: a pattern can keep a matcher busy for years."""
    if len(pattern) > 40 or not re.fullmatch(r"[\^$.*+?()a-z:/|\[\]]*", pattern) or re.search(r"[*+?)]{2}", pattern):
        return False
    try:
        return re.match(pattern, _NOBODY) is not None  # `re.match`, as `ServerApp.allow_origin_pat` is used
    except re.error:
        return False


def forgery(patient: Patient) -> Iterator[ConfigFinding]:
    """`disable_check_xsrf`."""
    for setting in patient.settings("disable_check_xsrf"):
        if setting.value is True:
            path, line = place(setting.source)
            message = f"{written(setting.source)} is True."
            effect = "A web page of another origin can make a browser that is logged in here change files and run code."
            fix = "Remove the line; programs that need no cookie send the token in a header and are not checked."
            yield ConfigFinding("xsrf-off", "warning", path, line, message, effect, fix, _without(setting))


def root(patient: Patient) -> Iterator[ConfigFinding]:
    """`allow_root` in a file; as an option it says what is wanted this once."""
    for setting in patient.settings("allow_root"):
        if setting.value is True and setting.source.kind == "file":
            path, line = place(setting.source)
            message = f"{written(setting.source)} is True."
            effect = "Started by root it runs, and whoever gets in is root; for other users it changes nothing."
            fix = "Remove the line, and start Jupyter as a user of its own."
            severity: Severity = "warning" if patient.as_root else "note"
            yield ConfigFinding("allow-root", severity, path, line, message, effect, fix, _without(setting))
