"""Of a certificate and its key it is said what they are before they are set, and which key is missing."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.model import ChangeRefused
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import ChangeRequest


def plan_told(whose: Whose, request: ChangeRequest) -> Planned:
    """What a change would write; of a certificate or key with what it is. Raises ChangeRefused."""
    from jntui.jupyter.editing import change

    certfile, keyfile = _pair(whose, request)
    try:
        planned = change.plan_change(whose, request)
    except ChangeRefused as refused:
        if not certfile or refused.offer is not None:
            raise
        better = _in_words(whose, request, refused, certfile, keyfile)
        if better is None:
            raise
        raise better from refused
    if not certfile:
        return planned
    from jntui.network.certificate_files import told

    notes = (f"the certificate is {told(certfile, keyfile)}", *planned.shown.notes)
    return replace(planned, shown=replace(planned.shown, notes=notes))


def _pair(whose: Whose, request: ChangeRequest) -> tuple[str, str]:
    """Certificate and key as they would be after the change; both empty for other settings, and without a file."""
    name = request.name.rpartition(".")[2]
    if name not in {"certfile", "keyfile"} or not request.value or not Path(request.value).is_file():
        return "", ""
    other = whose.found.setting("keyfile" if name == "certfile" else "certfile")
    beside = other.value if other is not None and isinstance(other.value, str) else ""
    return (request.value, beside) if name == "certfile" else (beside, request.value)


def _in_words(
    whose: Whose, request: ChangeRequest, refused: ChangeRefused, certfile: str, keyfile: str
) -> ChangeRefused | None:
    """Why Jupyter does not take them, and what to do; None where the files are not the reason."""
    from jntui.network.certificate_files import has_key, key_beside, own_certificate, pair_problem

    problem = pair_problem(certfile, keyfile)
    if not problem:
        return None
    if keyfile or not own_certificate(certfile) or has_key(certfile):
        words = f"{refused.message}: {problem}"
        return ChangeRefused(words, line=refused.line, caret=refused.caret, command=refused.command)
    words = f"{visible(certfile, 300)} is a certificate without its private key, and no keyfile is set"
    key = key_beside(certfile)
    if not key:
        return ChangeRefused(
            f"{words}: set keyfile first, to the key that belongs to it (no file beside it is that key), then certfile"
        )
    setting = whose.found.setting("keyfile")
    name = f"{setting.cls}.keyfile" if setting is not None else "keyfile"
    command = shlex.join(["jntui", "config", "set", name, key]) + whose.option
    return ChangeRefused(
        f"{words}: set keyfile first, then certfile; {visible(key, 300)} is its key: {command}",
        offer=replace(request, name=name, value=key, drop=""),
        command=command,
    )
