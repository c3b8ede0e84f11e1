"""`jntui stop`: what would happen, the question where kernels run, what happened."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.cli.choose import choose
from jntui.cli.errors import CallError
from jntui.cli.tables import columns
from jntui.model import StopFailed
from jntui.monitor.pool import gather
from jntui.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from jntui.cli.documents import Document
    from jntui.model import Server, Stopped, StopPlan
    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1
_QUIET = frozenset({"stale", "other-user", "starting"})
"""States in which a server is not asked who it is."""


def stop(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if the server still runs or its parent started it again. Raises CallError where nothing may be tried."""
    if survey.read_only and not arguments.preview:
        raise CallError("read-only: nothing is stopped")
    server = find_server(arguments.server, survey)
    plan = survey.plan_stop(server)
    if plan.why_not:
        raise CallError(visible(plan.why_not, 400))
    if arguments.preview:
        _print_plan(plan, arguments.json, kill=arguments.kill)
        return GOOD
    now = agreed(plan, "stop", lambda: survey.plan_stop(server))
    if now is None:
        said = f"{plan.label} still runs: nothing was done"
        return _print_stopped(_untouched(plan, server, said), plan, arguments.json)
    try:
        stopped = survey.stop_server(server, kill=arguments.kill, on_step=tell)
    except KeyboardInterrupt:
        print("jntui: interrupted; the server may be ending: see `jntui list`", file=sys.stderr)
        raise
    except StopFailed as error:
        raise CallError(visible(error.message, 400)) from error
    return _print_stopped(stopped, now, arguments.json)


def find_server(text: str | None, survey: Survey) -> Server:
    """The server that is meant, asked who it is. Raises CallError."""
    servers = survey.servers()
    if survey.ask_candidates():
        servers = survey.servers()
    if text is not None:
        server = choose(servers, text)
        return server if server.state in _QUIET else survey.ask(server)
    asked = [one for one in servers if one.state not in _QUIET]
    return choose(gather([partial(survey.ask, one) for one in asked]) if asked else [], None)


def agreed(plan: StopPlan, verb: str, look: Callable[[], StopPlan]) -> StopPlan | None:
    """The plan that has the user's yes, where kernels run or may run, or it is another user's; None is a no.

    After the question `look` tells what would end by then: nothing ends that was not named. Without a terminal nobody
    is asked.
    """
    for note in plan.notes:
        tell(f"{plan.label}: {note}")
    why = plan.work or (f"{plan.owner}'s server" if plan.owner else "")
    if not why:
        return plan
    if not sys.stdin.isatty():
        if plan.work:
            tell(f"{plan.label}: {plan.work}; what runs there ends with it")
        return plan
    while _yes(f"{visible(why, 300)} — {verb} {visible(plan.label, 60)}?"):
        now = look()
        if not now.began(plan):
            return now
        tell(f"{plan.label}: work began in it meanwhile, and nothing was done; this would end now:")
        plan, why = now, now.work
    return None


def _yes(question: str) -> bool:
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def tell(words: str) -> None:
    """A line about what is going on; stdout is for the answer."""
    print(f"jntui: {visible(words, 300)}", file=sys.stderr)


def plan_document(plan: StopPlan) -> Document:
    """What a stop would do."""
    supervisor = plan.supervisor
    return {
        "preview": True,
        "id": plan.server,
        "pid": plan.pid,
        "rungs": list(plan.rungs),
        "kernels": kernels_document(plan),
        "terminals": terminals_document(plan),
        "work": plan.work,
        "notes": list(plan.notes),
        "supervisor": None
        if supervisor is None
        else {
            "kind": supervisor.kind,
            "name": supervisor.name,
            "stop": supervisor.stop,
            "restart": supervisor.restart,
            "likely": supervisor.likely,
        },
    }


def kernels_document(plan: StopPlan) -> list[Document] | None:
    """The kernels that end with it; null where the server does not say."""
    if not plan.kernels_known:
        return None
    return [{"id": work.kernel_id, "name": work.name, "spec": work.spec, "busy": work.busy} for work in plan.kernels]


def terminals_document(plan: StopPlan) -> list[Document] | None:
    """The terminals that end with it; null where the server does not say."""
    return [{"name": name} for name in plan.terminals] if plan.kernels_known else None


def _print_plan(plan: StopPlan, as_json: bool, *, kill: bool) -> None:
    rungs = [*plan.rungs, *(["SIGKILL"] if kill else [])]
    if as_json:
        documents.write({**plan_document(plan), "rungs": rungs})
        return
    words = {"api": "ask its API", "SIGTERM": f"SIGTERM to pid {plan.pid}", "SIGKILL": f"SIGKILL to pid {plan.pid}"}
    rows = [
        ["server", f"{plan.label} ({plan.server})"],
        ["steps", ", then ".join(words[rung] for rung in rungs)],
        ["ends", plan.work or "no kernel"],
        *(["note", note] for note in plan.notes),
    ]
    print(columns(rows))


def _untouched(plan: StopPlan, server: Server, message: str) -> Stopped:
    from jntui.model import Stopped

    return Stopped(plan.server, False, None, False if server.port else None, message=message)


def _print_stopped(stopped: Stopped, plan: StopPlan, as_json: bool) -> int:
    if as_json:
        terminals = {"terminals": terminals_document(plan)}
        documents.write({**stopped_document(stopped), "kernels": kernels_document(plan), **terminals})
    elif stopped.stopped and stopped.again is None:
        print(visible(stopped.message, 1000))
    else:
        print(f"jntui: {visible(stopped.message, 1000)}", file=sys.stderr)
    return GOOD if stopped.stopped and stopped.again is None else BAD


def stopped_document(stopped: Stopped) -> Document:
    """How a stop went."""
    return {
        "id": stopped.server,
        "stopped": stopped.stopped,
        "how": stopped.how,
        "port_free": stopped.port_free,
        "message": stopped.message,
        "steps": [
            {"rung": step.rung, "ok": step.ok, "words": step.words, "elapsed_s": step.elapsed_s}
            for step in stopped.steps
        ],
        "removed": list(stopped.removed),
        "again": stopped.again,
    }
