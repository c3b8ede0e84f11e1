"""All rules, and the look through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.jupyter.doctor import access, addresses, certificates, files, login, names, places, values
from jntui.model.doctor import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jntui.jupyter.doctor.patient import Patient
    from jntui.model import ConfigFinding

RULES: tuple[Callable[[Patient], Iterable[ConfigFinding]], ...] = (
    files.broken,
    files.absent,
    files.hidden,
    names.renamed,
    names.unknown,
    values.refused,
    values.wrong_types,
    values.port,
    addresses.listening,
    login.hashes,
    login.tokens,
    login.token_file,
    login.readable,
    login.nothing,
    access.origins,
    access.forgery,
    access.root,
    certificates.missing,
    certificates.pair,
    certificates.dates,
    certificates.readable_key,
    places.runtime,
    names.unasked,
)
MOST = 200
"""Findings; a file that some program wrote can have more, and nobody reads them."""


def examine(patient: Patient) -> tuple[ConfigFinding, ...]:
    """What is wrong, the worst first, then by file and line; at most 200. Raises nothing for what the files say."""
    found = dict.fromkeys(finding for rule in RULES for finding in rule(patient))
    ordered = sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.path or "", one.line or 0, one.code))
    return tuple(ordered[:MOST])
