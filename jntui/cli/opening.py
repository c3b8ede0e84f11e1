"""`jntui access`: from where a server can be reached; shown before, done in one go, checked after, and taken back."""

from __future__ import annotations

import contextlib
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.cli import documents, tables
from jntui.cli.changing import SHOWN_LINES, as_text, line_of_stdin
from jntui.cli.errors import CallError
from jntui.cli.stopping import agreed, find_server, plan_document, tell
from jntui.model import AccessFailed, AccessRefused, AccessWish, Secret
from jntui.process.hangup import held_back
from jntui.text import home_short, visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from jntui.model import AccessDone, AccessPlan, Server, StopPlan
    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1


def access(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if it was tried and does not work. Raises CallError where nothing is changed."""
    if survey.read_only and not arguments.preview:
        raise CallError("read-only: no file is changed and nothing is restarted")
    wish = wish_of(arguments)
    if wish.reach == "local":
        from jntui.cli import closing

        if arguments.all:
            return closing.close_all(arguments, survey)
        record = closing.gone_of(arguments.server, survey)
        if record is not None:
            return closing.close_gone(record, survey, preview=arguments.preview, as_json=arguments.json)
    server = find_server(arguments.server, survey)
    survey.reach.resolve_names()
    try:
        if arguments.preview:
            _show(survey.access.plan(server, wish), survey, arguments.json)
            return GOOD
        with held_back():
            # Half of it is a stopped server: a terminal that is closed ends jntui once the server runs again.
            look = partial(survey.plan_stop, server)
            agree = partial(_agree, unverified=arguments.unverified, yes=arguments.yes, look=look)
            done = survey.access.apply(server, wish, agree=agree, kill=arguments.kill, on_step=tell_step)
    except AccessRefused as refused:
        raise CallError(visible(refused.message, 1200)) from refused
    except AccessFailed as error:
        return failed(error, arguments.json)
    except KeyboardInterrupt:
        print("jntui: interrupted; `jntui list` shows what runs, `jntui access --local` closes it", file=sys.stderr)
        raise
    return _done(done, survey, arguments.json)


def wish_of(arguments: argparse.Namespace) -> AccessWish:
    """What was typed. Raises CallError."""
    if getattr(arguments, "all", False) and not arguments.local:
        raise CallError("--all goes with --local: it closes every server that jntui opened")
    if arguments.local:
        if arguments.password or arguments.without_authentication or arguments.tls or arguments.certfile:
            raise CallError("--local closes what was opened: it takes no password and no certificate")
        return AccessWish("local")
    if arguments.tls and (arguments.certfile or arguments.keyfile):
        raise CallError("--tls takes a certificate of jntui's own, --certfile another one: leave one of them out")
    files = (arguments.certfile, arguments.keyfile)
    certfile, keyfile = (str(Path(one).expanduser().absolute()) if one else None for one in files)
    return AccessWish(
        "lan" if arguments.lan else "address",
        arguments.address,
        password_of(arguments),
        arguments.without_authentication,
        arguments.tls,
        certfile,
        keyfile,
    )


def password_of(arguments: argparse.Namespace) -> Secret | None:
    """`--password -`: one line of standard input. Raises CallError."""
    if arguments.password is None:
        return None
    if arguments.password != "-":  # noqa: S105
        # The text itself is not repeated: it may be the password.
        raise CallError("a password is read from standard input, never from the command line: write --password -")
    typed = Secret(line_of_stdin("the password"))
    if not typed:
        raise CallError("an empty password guards nothing: nothing was changed")
    if sys.stdin.isatty() and Secret(line_of_stdin("the same again")) != typed:
        raise CallError("the two passwords are not the same: nothing was changed")
    return typed


def _agree(plan: AccessPlan, *, unverified: bool, yes: bool, look: Callable[[], StopPlan]) -> None:
    """The question where kernels run, and where nobody can verify the files. Raises CallError."""
    change = plan.change
    if change is not None and change.verified == "unverified" and not (unverified or plan.exact):
        raise CallError(
            f"{visible(change.path, 300)} is not changed: Jupyter's own loader cannot be asked "
            f"({visible(change.reason, 400)}); --unverified writes it all the same"
        )
    if plan.restart is not None and not yes and agreed(plan.restart.stop, "restart", look) is None:
        raise CallError(f"{plan.label} still runs as before: nothing was done")


def tell_step(words: str) -> None:
    """What is going on now."""
    with contextlib.suppress(OSError):  # the terminal is closed: nobody reads it, and the work goes on
        tell(words)


def access_document(plan: AccessPlan) -> documents.Document:
    """What would be done."""
    change = plan.change
    return {
        "server": plan.server,
        "before": list(plan.before),
        "after": list(plan.after),
        "diff": as_text(change.diff) if change is not None else "",
        "endpoints": [documents.endpoint_document(one) for one in plan.endpoints],
        "path": change.path if change is not None else None,
        "also": list(change.also) if change is not None else [],
        "settings": [{"name": one.name, "before": one.before, "after": one.after} for one in plan.settings],
        "auth": plan.guard,
        "exact": plan.exact,
        "verified": change.taken if change is not None else None,
        "needs_restart": [one for one in change.needs_restart if one != plan.server] if change is not None else [],
        "firewall": {"words": plan.firewall_words or None, "commands": list(plan.firewall)},
        "restart": plan_document(plan.restart.stop) if plan.restart is not None else None,
        "notes": list(plan.remarks),
    }


def _show(plan: AccessPlan, survey: Survey, as_json: bool) -> None:
    if as_json:
        documents.write({"preview": True, **access_document(plan)})
        return
    print("\n".join(_lines(plan, survey)))
    print("nothing was changed: this is the preview")


def _lines(plan: AccessPlan, survey: Survey) -> list[str]:
    rows = [
        ["server", f"{plan.label} ({plan.server})"],
        ["bound now", ", ".join(plan.before)],
        ["will be", "the same" if plan.nothing else ", ".join(plan.after)],
        ["login", plan.guard],
        *([one.name, f"{one.before} → {one.after}"] for one in plan.settings),
    ]
    change = plan.change
    if change is not None:
        rows.append(["file", home_short(change.path, survey.home) + (" (a new file)" if change.creates else "")])
        rows += [["", home_short(path, survey.home)] for path in change.also]
    if plan.restart is not None:
        rows.append(["restarts", plan.restart.stop.work or "no kernel runs"])
    rows += [["firewall", plan.firewall_words]] if plan.firewall_words else []
    rows += [["", f"to type: {command}"] for command in plan.firewall]
    lines = [tables.columns(rows)]
    if change is not None and change.diff:
        lines.append(as_text(change.diff[:SHOWN_LINES]))
    others = [one for one in change.needs_restart if one != plan.server] if change is not None else []
    notes = list(plan.remarks)
    notes += [f"{one} reads the same file and has it when it restarts" for one in others]
    return [*lines, *(f"! {visible(note, 400)}" for note in notes)]


def _done(done: AccessDone, survey: Survey, as_json: bool) -> int:
    server, checks = done.server, done.checks
    if as_json:
        after = [one.text for one in server.listeners]
        documents.write(
            {
                **access_document(done.plan),
                "after": after,
                "endpoints": documents.rows_of(checks),
                "backup": done.changed.backup if done.changed is not None else None,
                "server": documents.server_document(server),
                "badge": _badge(server),
                "log": done.restarted.started.log if done.restarted is not None else None,
            }
        )
    else:
        print("\n".join(_lines(done.plan, survey)))
        _print_checks(server, done)
    return GOOD if done.works else BAD


def _badge(server: Server) -> str:
    from jntui.diagnose.exposure import badge

    return badge(server).words


def _print_checks(server: Server, done: AccessDone) -> None:
    print()
    print(tables.checks_table(done.checks))
    if done.plan.nothing:
        print(visible(f"{server.label} was so already: nothing was changed"))
        return
    print(visible(f"{server.label} runs with it: pid {server.pid}; {_badge(server)}"))
    name = server.port or server.id
    if done.plan.wish.reach == "local" and not done.works:
        print("others may still reach it, whatever the files say: look at its listeners with `jntui urls`")
    elif done.plan.wish.reach == "local":
        print("what jntui had opened is closed" if done.plan.exact else "only this machine can open it")
    else:
        print(visible(f"`jntui qr {name}` draws the code for a phone; `jntui access {name} --local` closes it again"))


def failed(error: AccessFailed, as_json: bool) -> int:
    """It was tried, and did not come about."""
    print(f"jntui: {visible(error.message, 4000)}", file=sys.stderr)
    for line in error.tail:
        print(f"  {visible(line, 400)}", file=sys.stderr)
    if error.log:
        print(f"  log: {visible(error.log)}", file=sys.stderr)
    if as_json:
        documents.write(
            {
                "before": None,
                "after": None,
                "diff": None,
                "endpoints": [],
                "message": error.message,
                "runs": error.runs,
                "log": error.log,
                "tail": list(error.tail),
            }
        )
    return BAD
