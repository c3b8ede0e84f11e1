"""The command line of the next start: settings that the running one decides leave it, so that a file can."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.deciding_option import deciding_option
from jntui.jupyter.restart import SAME, Rewording
from jntui.jupyter.settings.options import without_typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.jupyter.editing.whose import Whose
    from jntui.model import Server
    from jntui.monitor.survey import Survey

SPELLINGS_LIMIT = 8
"""Names under which one command line sets one setting: `--ip`, `--ServerApp.ip`, `--LabApp.ip`."""


def without_options(survey: Survey, server: Server, names: Iterable[str]) -> tuple[Whose, Rewording, tuple[str, ...]]:
    """The next start without the options that decide these settings, and the words that go. Raises ChangeRefused."""
    whose = survey.changes.whose(server)
    words, wanted = whose.subject.words, tuple(names)
    typed: frozenset[str] = frozenset()
    for _ in range(SPELLINGS_LIMIT):
        sources = [deciding_option(name, whose.found, whose.subject.words) for name in wanted]
        deciding = {one.name for one in sources if one is not None}
        # What decides once an option is gone may be the next option: it goes too.
        if not without_typed(whose.subject.words, deciding)[1]:
            break
        typed |= deciding
        whose = survey.changes.whose(server, replace(whose.subject, words=without_typed(words, typed)[0]))
    rewording = Rewording(typed) if typed else SAME
    return whose, rewording, rewording.dropped(words)
