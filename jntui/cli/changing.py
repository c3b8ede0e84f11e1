"""`jntui config set | unset | undo`: what would be written, and what was."""

from __future__ import annotations

import shlex
import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from jntui.cli import documents
from jntui.cli.errors import CallError
from jntui.cli.restarting import restart_document, tell_on
from jntui.cli.settings import server_of
from jntui.cli.stopping import agreed as agreed_to_stop
from jntui.cli.stopping import stopped_document
from jntui.model import AccessFailed, ChangedElsewhere, ChangeRefused, ChangeRequest
from jntui.process.hangup import held_back
from jntui.text import home_short, visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

    from jntui.cli.documents import Document
    from jntui.model import Changed, ChangePlan, DiffLine, Restarted, Server, StopPlan
    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1
_TRIES = 8
SHOWN_LINES = 60
"""Lines of a diff that a terminal gets."""
_T = TypeVar("_T")
LINE_LIMIT = 64 * 1024
"""Characters of a secret on standard input."""


def run(arguments: argparse.Namespace, survey: Survey) -> int:
    """`set`, `unset` or `undo`. Raises CallError where nothing is written."""
    refuse_read_only(arguments, survey)
    server = server_of(arguments.server, survey)
    if arguments.what == "undo":
        return _undo(arguments, survey, server)
    without = restarts_without(arguments, server)
    request = ChangeRequest(
        arguments.name,
        _value(arguments, survey) if arguments.what == "set" else None,
        arguments.file,
        generate=getattr(arguments, "generate", False),
        override=getattr(arguments, "override", False),
        restart_without_option=without,
    )
    return carry_out(arguments, survey, server, request, kill=arguments.kill)


def carry_out(
    arguments: argparse.Namespace, survey: Survey, server: Server | None, request: ChangeRequest, *, kill: bool = False
) -> int:
    """Writes it, or shows it with `--preview`. Raises CallError where nothing is written."""
    if arguments.preview:
        return show_plan(or_offered(request, lambda one: survey.plan_change(server, one)), survey, arguments.json)
    agreeing = Agreeing(arguments, looking(survey, server))

    def apply(one: ChangeRequest) -> Changed:
        return survey.changes.apply(server, one, agree=agreeing, kill=kill, on_step=tell_on)

    return written(request, apply, agreeing, survey, arguments.json)


def written(
    request: ChangeRequest, apply: Callable[[ChangeRequest], Changed], agreeing: Agreeing, survey: Survey, as_json: bool
) -> int:
    """Carries it out, or what is offered in its place, and shows what was done. Raises CallError."""
    try:
        with held_back():
            # Half of a restart is a stop: a terminal that is closed ends jntui once the server runs again.
            done = or_offered(request, apply)
    except AccessFailed as failed:
        return _restart_failed(failed, agreeing.plan, as_json)
    except KeyboardInterrupt:
        print("jntui: interrupted; `jntui list` shows what runs", file=sys.stderr)
        raise
    return show_done(done, agreeing.plan, survey, as_json)


def _undo(arguments: argparse.Namespace, survey: Survey, server: Server | None) -> int:
    if arguments.preview:
        return show_plan(carried_out(lambda: survey.plan_undo(server, arguments.file)), survey, arguments.json)
    agreeing = Agreeing(None)
    done = carried_out(lambda: survey.changes.undo(server, arguments.file, agree=agreeing))
    return show_done(done, agreeing.plan, survey, arguments.json)


def looking(survey: Survey, server: Server | None) -> Callable[[], StopPlan] | None:
    """What tells what would end with the server by now."""
    return partial(survey.plan_stop, server) if server is not None else None


def restarts_without(arguments: argparse.Namespace, server: Server | None) -> bool:
    """Raises CallError where no server was named."""
    if arguments.restart_without_option and server is None:
        raise CallError("--restart-without-option restarts a running server: name it with --server")
    return bool(arguments.restart_without_option)


def refuse_read_only(arguments: argparse.Namespace, survey: Survey) -> None:
    """Raises CallError."""
    if survey.read_only and not arguments.preview:
        raise CallError("read-only: no config file is changed")


def _value(arguments: argparse.Namespace, survey: Survey) -> str:
    """The typed value; of a secret the line on standard input. Raises CallError."""
    from jntui.jupyter.editing.value import is_secret

    text = _as_typed(arguments.value)
    if not is_secret(arguments.name):
        return text
    if text == "-":
        line = line_of_stdin("the value")
        if not line:
            raise CallError("an empty line came on standard input; where empty is meant, write '' instead of -")
        return line
    if text:
        raise CallError(
            f"{visible(arguments.name, 80)} is a secret, and everybody on this machine can read a command line: "
            f"write - instead, and give it on standard input"
        )
    return text


def _as_typed(text: str) -> str:
    """The value as UTF-8, where the locale knows no more than ASCII; other bytes stay as Python marks them."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text


def line_of_stdin(what: str) -> str:
    """One line without its end; typed unseen where standard input is a terminal. Raises CallError."""
    if sys.stdin.isatty():
        return _typed_unseen(what)
    try:
        line = sys.stdin.readline(LINE_LIMIT + 1)
    except UnicodeDecodeError:
        # The error itself holds the bytes.
        line = ""
    if len(line) > LINE_LIMIT:
        raise CallError(f"{what} on standard input has more than {LINE_LIMIT} characters")
    if not line:
        raise CallError(f"{what} is read from standard input, and no text came there")
    return line.removesuffix("\n").removesuffix("\r")


def _typed_unseen(what: str) -> str:
    """Raises CallError."""
    import getpass

    try:
        return getpass.getpass(f"{what}: ")
    except EOFError as end:
        raise CallError("nothing was typed: nothing was changed") from end


def or_offered(request: ChangeRequest, work: Callable[[ChangeRequest], _T]) -> _T:
    """What it gives for the request, or for what is offered instead if somebody at a terminal takes it.

    Raises CallError.
    """
    try:
        return _again(lambda: work(request))
    except ChangeRefused as refused:
        if refused.offer is None or not sys.stdin.isatty():
            raise refusal(refused) from refused
        show_place(refused)
        if not agreed(f"{refused.message}\n{_offered(refused.offer, request)}?"):
            raise CallError("nothing was changed") from refused
        return or_offered(refused.offer, work)


def _again(work: Callable[[], _T]) -> _T:
    """Works it out anew where another program changed the file meanwhile: nobody was shown what it was before."""
    for _ in range(_TRIES - 1):
        try:
            return work()
        except ChangedElsewhere:
            continue
    return work()


def _offered(offer: ChangeRequest, request: ChangeRequest) -> str:
    if offer.restart_without_option:
        first = "write the file, and " if offer.value is not None else ""
        return f"{first}restart it without that option"
    if offer.override and not request.override and offer.value is None:
        return "take out what can be taken out, so that what stays decides"
    if offer.override and not request.override:
        return "add a line at the end of the file that decides over it"
    if offer.name != request.name:
        return f"set {visible(offer.name, 80)} first"
    return f"change {visible(offer.file or 'the other file', 300)} instead"


def carried_out(work: Callable[[], _T]) -> _T:
    """What it gives. Raises CallError with the one line why not."""
    try:
        return work()
    except ChangeRefused as refused:
        raise refusal(refused) from refused


def refusal(refused: ChangeRefused) -> CallError:
    """One line; in a terminal the place in the file is shown before it."""
    if sys.stderr.isatty():
        show_place(refused)
    by_restart = refused.offer is not None and refused.offer.restart_without_option
    file = "write the file and " if refused.offer is not None and refused.offer.value is not None else ""
    what = f"; to {file}restart it without that: {refused.command}" if by_restart else ""
    return CallError(visible(f"{refused.message}{what}", 1200))


def show_place(refused: ChangeRefused) -> None:
    """The line of the file that is in the way, and a caret below it."""
    for line in refused.caret:
        print(f"  {visible(line, 200)}", file=sys.stderr)


class Agreeing:
    """Sees the plan before it is written: asks for a yes to what nobody can verify, and to a restart that ends work."""

    def __init__(self, arguments: argparse.Namespace | None, look: Callable[[], StopPlan] | None = None) -> None:
        self._anyway = arguments is None or arguments.unverified
        self._look = look
        self._plan: ChangePlan | None = None

    @property
    def plan(self) -> ChangePlan:
        """The one that was written."""
        if self._plan is None:
            raise AssertionError("it is asked for after the write")
        return self._plan

    def __call__(self, plan: ChangePlan) -> None:
        """`--unverified`, or an answer at a terminal; where kernels run, a yes to that. Raises CallError."""
        self._plan = plan
        self._verified(plan)
        if plan.restart is None:
            return
        stop = plan.restart.stop
        if agreed_to_stop(stop, "restart", self._look or (lambda: stop)) is None:
            raise CallError("nothing was changed, and nothing was restarted")

    def _verified(self, plan: ChangePlan) -> None:
        if plan.verified == "verified" or self._anyway:
            return
        words = f"{visible(plan.path, 300)}: Jupyter's own loader cannot be asked ({visible(plan.reason, 400)})"
        if not sys.stdin.isatty():
            raise CallError(f"{words}: nothing was changed; --unverified writes it all the same")
        if not agreed(f"{words}. Write it all the same?"):
            raise CallError("nothing was changed")


def agreed(question: str) -> bool:
    """A yes at the terminal."""
    print(f"{visible_lines(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline(100).strip().lower() in {"y", "yes"}


def visible_lines(text: str) -> str:
    """Several lines, each fit for a terminal."""
    return "\n".join(visible(line, 1000) for line in text.split("\n"))


def as_text(lines: Sequence[DiffLine]) -> str:
    """The diff as text."""
    from jntui.jupyter.editing import diff

    return diff.as_text(lines)


def change_document(path: str, backup: str | None, plan: ChangePlan, notes: Iterable[str]) -> Document:
    """The answer of `config set`."""
    return {
        "path": path,
        "backup": backup,
        "diff": as_text(plan.diff),
        "verified": plan.taken,
        "needs_restart": list(plan.needs_restart),
        "setting": plan.setting or None,
        "did": plan.did,
        "reason": plan.reason or None,
        "mode": None if plan.mode is None else f"{plan.mode:04o}",
        "also": list(plan.also),
        "shadowed_by": plan.shadowed_by or None,
        "dropped": list(plan.dropped),
        "instead": plan.command or None,
        "notes": list(notes),
    }


def show_plan(plan: ChangePlan, survey: Survey, as_json: bool) -> int:
    """What would be written; nothing was."""
    if as_json:
        restart = restart_document(plan.restart) if plan.restart is not None else None
        documents.write({"preview": True, **change_document(plan.path, None, plan, plan.notes), "restart": restart})
        return GOOD
    print("\n".join(_lines(plan, survey, plan.notes)))
    if plan.verified == "unverified":
        print(f"unverified: {visible(plan.reason, 500)}")
    print("nothing was written: this is the preview")
    return GOOD


def show_done(done: Changed, plan: ChangePlan, survey: Survey, as_json: bool) -> int:
    """What was written."""
    if as_json:
        restarted = _restarted_document(done.restarted) if done.restarted is not None else None
        documents.write({**change_document(done.path, done.backup, plan, done.notes), "restarted": restarted})
        return GOOD
    lines = _lines(plan, survey, done.notes)
    if done.backup:
        lines.append(f"backup  {visible(home_short(done.backup, survey.home), 400)}")
    if not plan.writes:
        lines.append("nothing was to be written")
    elif plan.request.private:
        lines.append("no byte changed: it holds at once")
    elif plan.taken:
        lines.append("verified by Jupyter's own loader")
    elif plan.taken is False:
        lines.append(f"unverified: {visible(plan.reason, 500)}")
    if done.restarted is not None:
        lines += _restarted_lines(done.restarted, plan)
    lines += [f"takes effect when {one} restarts: jntui restart {one}" for one in done.needs_restart]
    print("\n".join(lines))
    return GOOD


def _lines(plan: ChangePlan, survey: Survey, notes: Iterable[str]) -> list[str]:
    what = f"{plan.setting}: " if plan.setting else ""
    where = home_short(plan.path, survey.home) + (" (a new file)" if plan.creates else "")
    was = f"{plan.mode_before:04o} -> " if plan.mode_before is not None else ""
    mode = [f"mode    {was}{plan.mode:04o}"] if plan.mode is not None else []
    left = len(plan.diff) - SHOWN_LINES
    above = [f"! {visible(plan.shadowed_by, 300)} still decides over it"] if plan.shadowed_by else []
    return [
        visible(f"{what}{plan.did}", 400),
        f"file    {visible(where, 400)}",
        *(f"        {visible(path, 400)}" for path in plan.also),
        *mode,
        *([as_text(plan.diff[:SHOWN_LINES])] if plan.diff else []),
        *([f"        {left} more lines: --json has them"] if left > 0 else []),
        *above,
        *(f"! {visible(note, 400)}" for note in notes),
        *([visible(f"to restart it without that too: {plan.command}", 600)] if plan.command else []),
        *_restart_lines(plan),
    ]


def _restart_lines(plan: ChangePlan) -> list[str]:
    restart = plan.restart
    if restart is None:
        return []
    then = ", so that the file decides" if plan.writes else ""
    lines = [f"option  {visible(' '.join(plan.dropped), 300)} leaves the command line{then}"]
    lines += [f"restart {visible(restart.stop.label, 60)}: {visible(restart.stop.work, 300) or 'no kernel runs in it'}"]
    lines += [f"runs    {visible(shlex.join(restart.command), 1000)}"]
    return lines + [f"! {visible(words, 400)}" for words in restart.lost]


def _restarted_lines(done: Restarted, plan: ChangePlan) -> list[str]:
    label = plan.restart.stop.label if plan.restart is not None else done.stopped.server
    without = f" without {' '.join(plan.dropped)}" if plan.dropped else ""
    server = done.started.server_id
    return [
        visible(f"{label} runs again{without}: {server}, pid {done.started.pid}", 400),
        # The file decides now, and it may name another port.
        visible(f"where   jntui urls {server}", 100),
        f"log     {visible(done.started.log, 400)}",
    ]


def _restarted_document(done: Restarted) -> Document:
    return {
        "server": done.started.server_id,
        "pid": done.started.pid,
        "log": done.started.log,
        "python": done.started.python,
        "command": list(done.started.command),
        "stopped": stopped_document(done.stopped),
        "lost": list(done.lost),
    }


def _restart_failed(failed: AccessFailed, plan: ChangePlan, as_json: bool) -> int:
    """Exit 1: the file was written, the restart did not come about, and what was put back stands in the message."""
    print(f"jntui: {visible(failed.message, 4000)}", file=sys.stderr)
    for line in failed.tail:
        print(f"  {visible(line, 400)}", file=sys.stderr)
    if failed.log:
        print(f"  log: {visible(failed.log)}", file=sys.stderr)
    if as_json:
        tried = change_document(plan.path, None, plan, plan.notes)
        words = {"message": failed.message, "runs": failed.runs, "log": failed.log, "tail": list(failed.tail)}
        documents.write({**tried, "restarted": None, **words})
    return BAD
