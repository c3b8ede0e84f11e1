"""`jntui start --service`: a server as a systemd user service, or with --preview what would be written and typed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.model import ServicePlan, StartPlan
    from jntui.monitor.survey import Survey

GOOD = 0


def show(plan: StartPlan, survey: Survey, *, as_json: bool) -> int:
    """Writes nothing. Raises StartRefused."""
    found = survey.living.plan_service(plan)
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
    print(f"# {visible(found.path)}\n{found.unit}\n# then type:")
    print("\n".join(visible(command) for command in found.commands))
    print(f"# {visible(found.words)}")
    return GOOD


def afterwards(plan: ServicePlan) -> str:
    """What is left to the user: linger is a setting of the whole account."""
    left = [command for command in plan.commands if not command.startswith("systemctl ")]
    typed = f"; type: {', '.join(left)}" if left else ""
    ends = f"systemctl --user disable --now {plan.path.rpartition('/')[2]}"
    lines = (
        f"service: {plan.path}",
        f"{plan.words}{typed}",
        f"to end it for good: {ends} && rm {shlex.quote(plan.path)}",
    )
    return "\n".join(visible(line) for line in lines)
