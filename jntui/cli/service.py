"""`jntui start --service --preview`: the unit that would run a server, and the commands that make it run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.cli.errors import CallError

if TYPE_CHECKING:
    from jntui.model import StartPlan
    from jntui.monitor.survey import Survey

GOOD = 0


def show(plan: StartPlan, survey: Survey, *, preview: bool, as_json: bool) -> int:
    """Writes nothing. Raises CallError, StartRefused."""
    found = survey.living.plan_service(plan)
    if not preview:
        raise CallError("--service only shows what to write and to type: add --preview")
    if as_json:
        documents.write(
            {
                "preview": True,
                "path": found.path,
                "unit": found.unit,
                "commands": list(found.commands),
                "linger": found.linger,
                "words": found.words,
            }
        )
        return GOOD
    # What stands between is the file itself, to be copied as it is.
    print(f"# {found.path}\n{found.unit}\n# then type:")
    print("\n".join(found.commands))
    print(f"# {found.words}")
    return GOOD
