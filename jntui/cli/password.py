"""`jntui password`: asked twice, or one line on standard input; written where it counts, or compared."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.cli.changing import (
    Agreeing,
    agreed,
    carried_out,
    line_of_stdin,
    looking,
    or_offered,
    refuse_read_only,
    restarts_without,
    show_plan,
    written,
)
from jntui.cli.errors import CallError
from jntui.cli.restarting import tell_on
from jntui.cli.settings import server_of
from jntui.model import ChangeRequest, Secret
from jntui.text import visible

if TYPE_CHECKING:
    import argparse

    from jntui.model import Changed, ChangePlan, Server
    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1


def password(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if `--verify` finds that it does not fit. Raises CallError where nothing is written."""
    if sum((arguments.verify, arguments.upgrade, arguments.remove)) > 1:
        raise CallError("--verify, --upgrade and --remove exclude one another; see: jntui password --help")
    if not arguments.verify:
        refuse_read_only(arguments, survey)
    server = server_of(arguments.server, survey)
    without = restarts_without(arguments, server)
    if arguments.verify:
        return _verify(arguments, survey, server)
    if arguments.upgrade:
        # It is known already: typed once, and compared.
        wish = Secret(line_of_stdin("password"))
        if not carried_out(lambda: survey.changes.is_weak(server, wish)):
            return _as_strong_as_today(arguments, survey, server)
    else:
        wish = Secret("") if arguments.remove else _asked_twice()
    if not wish:
        _agree_to_remove(arguments, survey, server)
    # Only whether there is one: the password itself is in no request.
    request = ChangeRequest("password", "" if wish else None, restart_without_option=without)
    return _carried(arguments, survey, server, wish or None, request)


def _carried(
    arguments: argparse.Namespace, survey: Survey, server: Server | None, wish: Secret | None, request: ChangeRequest
) -> int:
    """The preview, or the deed. Raises CallError."""
    changes = survey.changes

    def plan(one: ChangeRequest) -> ChangePlan:
        return changes.plan_password(server, wish, without_option=one.restart_without_option)

    if arguments.preview:
        return show_plan(or_offered(request, plan), survey, arguments.json)
    agreeing = Agreeing(arguments, looking(survey, server))

    def apply(one: ChangeRequest) -> Changed:
        return changes.set_password(
            server,
            wish,
            without_option=one.restart_without_option,
            agree=agreeing,
            kill=arguments.kill,
            on_step=tell_on,
        )

    return written(request, apply, agreeing, survey, arguments.json)


def _verify(arguments: argparse.Namespace, survey: Survey, server: Server | None) -> int:
    typed = Secret(line_of_stdin("password"))
    fits, words = carried_out(lambda: survey.verify_password(server, typed))
    _say(arguments, survey, server, fits, words)
    return GOOD if fits else BAD


def _as_strong_as_today(arguments: argparse.Namespace, survey: Survey, server: Server | None) -> int:
    words = "the password fits, and its hash is as Jupyter makes it today: nothing was to be written"
    _say(arguments, survey, server, True, words)
    return GOOD


def _say(arguments: argparse.Namespace, survey: Survey, server: Server | None, fits: bool, words: str) -> None:
    if arguments.json:
        found = survey.configuration(server)
        setting = found.setting("hashed_password") or found.setting("password")
        waits = [server.id] if server is not None and setting is not None and setting.needs_restart else []
        path = setting.source.path if setting is not None and setting.source.kind == "file" else None
        documents.write({"path": path, "verified": fits, "needs_restart": waits, "words": words})
    else:
        print(visible(words, 1000))


def _asked_twice() -> Secret:
    """Raises CallError if the two differ."""
    first = Secret(line_of_stdin("new password (nothing removes it)" if sys.stdin.isatty() else "the password"))
    if sys.stdin.isatty() and Secret(line_of_stdin("the same again")) != first:
        raise CallError("the two passwords are not the same: nothing was changed")
    return first


def _agree_to_remove(arguments: argparse.Namespace, survey: Survey, server: Server | None) -> None:
    """Asks again where others can reach the server. Raises CallError."""
    where = _reached_from(survey, server)
    if not where or arguments.remove or arguments.preview:
        return
    words = f"{where}: without a password only the token guards it, and with an empty token nothing does"
    if not sys.stdin.isatty():
        raise CallError(f"{words}; nothing was changed: --remove removes the password all the same")
    if not agreed(f"{words}. Remove the password?"):
        raise CallError("nothing was changed")


def _reached_from(survey: Survey, server: Server | None) -> str:
    """In words that others can reach it, empty if only this machine can."""
    if server is not None and server.exposure not in {None, "this-machine"}:
        return f"{visible(server.label, 60)} can be reached from other machines"
    setting = survey.configuration(server).setting("ip")
    value = setting.value if setting is not None else None
    if isinstance(value, str) and value != "localhost" and not value.startswith("127.") and value != "::1":
        return f"ip is {visible(repr(value), 60)}, so other machines can reach it"
    return ""
