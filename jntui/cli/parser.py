"""What may be typed: the commands, their options and examples, and one clear line for what may not."""

from __future__ import annotations

import argparse
import math
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from jntui import __version__
from jntui.cli import living
from jntui.cli.errors import CallError
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Parser(argparse.ArgumentParser):
    """argparse with one line instead of a usage and a line."""

    def error(self, message: str) -> NoReturn:
        command = self.prog.removeprefix("jntui").strip()
        raise CallError(f"{_short(message)}; see: jntui {command + ' ' if command else ''}--help")


def _short(message: str) -> str:
    """Begin and end of what repeats a word of any length, in one line."""
    whole = visible(message, len(message))
    return whole if len(whole) <= 800 else f"{whole[:400]} ... {whole[-400:]}"


_SERVER = "a port, a pid, an id (jpserver-4242), an info file or a unix socket; left out: the only running server"


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.1 <= value <= 600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds between 0.1 and 600")
    return value


def _port(text: str) -> int:
    if not text.isdecimal() or len(text) > 5 or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port between 1 and 65535")
    return int(text)


def _host(text: str) -> str:
    from jntui.model import RemoteFailed
    from jntui.network.remote.trouble import check_host

    try:
        check_host(text)
    except RemoteFailed as error:
        raise CallError(f"{error.message}; see: jntui check --help") from error
    return text


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The call in parts; `options` holds what stands after `--`. Raises CallError with one clear line."""
    typed = list(words)
    cut = typed.index("--") if "--" in typed else len(typed)
    arguments = build_parser().parse_args(typed[:cut])
    arguments.options = typed[cut + 1 :]
    if arguments.options and arguments.command != "start":
        raise CallError("only `jntui start` takes options for Jupyter after --; see: jntui start --help")
    if arguments.selected is not None and arguments.command is not None:
        raise CallError(f"--server is for the screen; name the server as in: jntui {arguments.command} --help")
    return arguments


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole program."""
    parser = _Parser(
        prog="jntui",
        description="Shows which Jupyter servers run, at which URL each can be opened, from where, or why not.",
        epilog="example: jntui        opens the screen; in it, ? shows the keys\n"
        "         jntui list   the servers of this machine",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"jntui {__version__}")
    parser.add_argument(
        "--server", dest="selected", metavar="SERVER", help=f"opens the screen with this server selected: {_SERVER}"
    )
    parser.add_argument("--read-only", action="store_true", help="change nothing, start nothing, send no token")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    _list(_command(commands, "list", "the servers, stale info files with their reason", "jntui list --json"))
    _urls(_command(commands, "urls", "every endpoint of a server", "jntui urls 8888"))
    _check(_command(commands, "check", "probes the endpoints and says why one does not work", "jntui check 8888 --all"))
    _start(
        _command(
            commands,
            "start",
            "starts a server that survives your logout",
            "jntui start --app lab --port 8890 --root-dir ~/work",
        )
    )
    _stop(_command(commands, "stop", "stops a server and says what was in the way", "jntui stop 8888"))
    does = "stops a server and starts it again with the same settings"
    _restart(_command(commands, "restart", does, "jntui restart 8888 --preview"))
    does = "lets others reach a server, or this machine only again"
    _access(_command(commands, "access", does, "jntui access 8888 --lan --preview"))
    does = "logs everyone out of a server: new cookie secret, new token, restart"
    _log_out(_command(commands, "logout-everyone", does, "jntui logout-everyone 8888 --preview"))
    does = "draws a QR code of the best endpoint that works, for a phone"
    _qr(_command(commands, "qr", does, "jntui qr 8888 --png code.png"))
    _config(commands)
    does = "sets the login password, removes it, or says whether one fits"
    _password(_command(commands, "password", does, "jntui password --server 8888"))
    living.add(partial(_command, commands), _SERVER)
    return parser


def _command(
    commands: argparse._SubParsersAction[_Parser], name: str, does: str, example: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"example: {example}",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")
    return parser


def _list(parser: argparse.ArgumentParser) -> None:
    del parser  # it takes no more than --json


def _urls(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("server", nargs="?", metavar="SERVER", help=_SERVER)
    parser.add_argument("--token", action="store_true", help="put tokens into the URLs")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", nargs="*", metavar="SERVER or URL", help=f"{_SERVER}; or any URL")
    parser.add_argument(
        "--timeout", type=_seconds, default=4.0, metavar="S", help="seconds for each probe as a whole (default 4)"
    )
    parser.add_argument("--all", action="store_true", help="probe the endpoints that no listener takes as well")
    parser.add_argument(
        "--from",
        dest="host",
        type=_host,
        metavar="HOST",
        help="probe from HOST instead, a host as your ssh knows it; your key or agent lets you in, no token goes there",
    )
    parser.add_argument(
        "--watch", action="store_true", help="go on, every 10 s, and print a line for each change of a verdict"
    )
    parser.epilog = f"{parser.epilog}; jntui check 8888 --from phone"


def _start(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--app", choices=["lab", "notebook", "server"], help="default: the first of them that is there")
    parser.add_argument(
        "--port", type=_port, metavar="N", help="this port or none (default: 8888, or the next free one)"
    )
    parser.add_argument("--root-dir", metavar="DIR", help="what the server shows (default: the working directory)")
    parser.add_argument(
        "--python",
        metavar="PATH",
        help="an interpreter or the folder of an environment (default: VIRTUAL_ENV or CONDA_PREFIX, else the jupyter "
        "on PATH, else jntui's own)",
    )
    parser.add_argument("--preview", action="store_true", help="show what would run, and start nothing")
    reach = parser.add_mutually_exclusive_group()
    reach.add_argument("--lan", action="store_true", help="let others reach it: it listens on every address")
    reach.add_argument("--address", metavar="A", help="it listens on this address of this machine and on no other")
    _guard(parser)
    parser.add_argument("--tls", action="store_true", help="with a certificate of jntui's own, made if it has to be")
    parser.add_argument(
        "--service", action="store_true", help="as a systemd user service; --preview shows the unit and the commands"
    )
    parser.usage = "jntui start [--app lab|notebook|server] [--port N] [--root-dir DIR] [--python PATH] [--service] "
    parser.usage += "[--preview] [--lan | --address A] [--password -] [--without-authentication] [--tls] [--json] "
    parser.usage += "[-- JUPYTER OPTIONS]"


def _stop(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("server", nargs="?", metavar="SERVER", help=_SERVER)
    parser.add_argument(
        "--kill", action="store_true", help="if it does not end when asked, end it at once; what is not saved is lost"
    )
    parser.add_argument("--preview", action="store_true", help="show what would be done, and do nothing")


def _restart(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("server", nargs="?", metavar="SERVER", help=_SERVER)
    parser.add_argument(
        "--kill", action="store_true", help="if it does not end when asked, end it at once; what is not saved is lost"
    )
    parser.add_argument("--preview", action="store_true", help="show what would be run and what is kept; do nothing")


def _access(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("server", nargs="?", metavar="SERVER", help=_SERVER)
    reach = parser.add_mutually_exclusive_group(required=True)
    reach.add_argument("--lan", action="store_true", help="listen on every address of this machine")
    reach.add_argument("--local", action="store_true", help="this machine only: takes back what jntui opened, exactly")
    reach.add_argument("--address", metavar="A", help="listen on this address of this machine and on no other")
    parser.add_argument("--preview", action="store_true", help="show all of it, and change nothing")
    _guard(parser)
    parser.add_argument(
        "--tls", action="store_true", help="with a certificate of jntui's own, made or renewed if it has to be"
    )
    parser.add_argument(
        "--all", action="store_true", help="with --local: every server that jntui opened, those too that run no more"
    )
    parser.add_argument("--yes", action="store_true", help="go on without a question")
    parser.add_argument("--certfile", metavar="PATH", help="with --keyfile: TLS with this certificate; it is checked")
    parser.add_argument("--keyfile", metavar="PATH", help="the key of --certfile")
    parser.add_argument("--kill", action="store_true", help="if the server does not end when asked, end it at once")
    _unverified(parser)
    parser.description = (
        f"{parser.description} One change of its config files, a restart with everything else as it was, and a check "
        "of every address."
    )
    parser.epilog = f"{parser.epilog}; jntui access --local --all"


def _log_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("server", nargs="?", metavar="SERVER", help=_SERVER)
    parser.add_argument("--preview", action="store_true", help="show what would be done, and do nothing")
    parser.add_argument("--yes", action="store_true", help="go on without a question")
    parser.add_argument("--kill", action="store_true", help="if the server does not end when asked, end it at once")


def _guard(parser: argparse.ArgumentParser) -> None:
    """What asks for a login where others can reach a server."""
    parser.add_argument("--password", metavar="-", help="set this login password; - reads it from standard input")
    parser.add_argument(
        "--without-authentication", action="store_true", help="go on though nothing asks for a token or a password"
    )


def _qr(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("server", nargs="?", metavar="SERVER or URL", help=f"{_SERVER}; or any URL")
    parser.add_argument(
        "--address", metavar="A", help="of this address or name; 127.0.0.1 insists on what only this machine can open"
    )
    parser.add_argument("--png", metavar="FILE", help="write a picture that only you can read; no file is written over")
    parser.add_argument("--ascii", action="store_true", help="two characters a square, ## where it is dark")
    parser.add_argument("--no-token", action="store_true", help="leave the token out of the code")
    parser.add_argument("--token", action="store_true", help="put the token into the `url` of --json, too")
    parser.description = (
        f"{parser.description} Every endpoint is checked first. Where there are no colours the light squares are "
        "drawn, for a dark terminal; --ascii draws the dark ones, for a light one."
    )


def _config(commands: argparse._SubParsersAction[_Parser]) -> None:
    does = "the settings that decide, where each comes from, and whether the server has it"
    parser = commands.add_parser(
        "config",
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog="example: jntui config show --server 8888",
        allow_abbrev=False,
    )
    words = "show|get|set|unset|undo|doctor"
    parts = parser.add_subparsers(dest="what", metavar=words, required=True, parser_class=_Parser)
    show = _command(parts, "show", "every setting and every file, highest order first", "jntui config show")
    show.add_argument(
        "--all", action="store_true", help="every setting of that Jupyter and its classes: its Python is asked, once"
    )
    get = _command(parts, "get", "one setting whole: value, source, what it hides", "jntui config get port")
    get.add_argument("name", metavar="NAME", help="`port` or `ServerApp.port`")
    does = "what is wrong with the configuration: file, line, effect, fix; exit status 1 if something is"
    doctor = _command(parts, "doctor", does, "jntui config doctor --server 8888")
    for one in (show, get, doctor):
        one.add_argument(
            "--server", metavar="SERVER", help="the settings of this server (default: those of your own environment)"
        )
        one.add_argument("--file", metavar="PATH", help="this file alone, without the others and the environment")
    doctor.add_argument(
        "--mend", metavar="CODE", help="make the change that mends the first finding of this code, such as hidden"
    )
    doctor.add_argument("--preview", action="store_true", help="with --mend, show what would be written")
    _unverified(doctor)
    _changes(parts)


def _changes(parts: argparse._SubParsersAction[_Parser]) -> None:
    put = _command(parts, "set", "changes a setting in the file that decides it", "jntui config set ip '*' --preview")
    put.add_argument("name", metavar="NAME", help="`port` or `ServerApp.port`")
    put.add_argument(
        "value",
        metavar="VALUE",
        help="as on Jupyter's command line: 9000, true, '*', \"['one','two']\"; - reads a token or a hash from stdin",
    )
    put.add_argument(
        "--generate",
        action="store_true",
        help="write Jupyter's own full default file first, with what the file sets now; a backup is kept",
    )
    unset = _command(parts, "unset", "takes a setting out of the file that decides it", "jntui config unset ip")
    unset.add_argument("name", metavar="NAME", help="`port` or `ServerApp.port`")
    undo = _command(parts, "undo", "takes the last change back; again: the one before", "jntui config undo --preview")
    for one in (put, unset, undo):
        one.add_argument(
            "--server", metavar="SERVER", help="for this server (default: for a start from your own environment)"
        )
        one.add_argument("--preview", action="store_true", help="show what would be written, and write nothing")
    put.add_argument(
        "--override",
        action="store_true",
        help="where code decides it: add a line at the end of the file, which decides over that",
    )
    unset.add_argument(
        "--override",
        action="store_true",
        help="where code sets it too: take out what can be taken out, and what stays decides then",
    )
    for one in (put, unset):
        _without_option(one)
        one.add_argument("--file", metavar="PATH", help="change this file")
        _unverified(one)
    undo.add_argument("--file", metavar="PATH", help="of this file (default: of the one that was changed last)")


def _without_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--restart-without-option",
        action="store_true",
        help="where an option of the running --server decides: write the file, and restart it without that option",
    )
    parser.add_argument(
        "--kill", action="store_true", help="with that, if the server does not end when asked, end it at once"
    )


def _unverified(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--unverified", action="store_true", help="write it where Jupyter's own loader cannot be asked about it, too"
    )


def _password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--server", metavar="SERVER", help="of this server (default: for a start from your own environment)"
    )
    parser.add_argument("--verify", action="store_true", help="say whether a password fits; change nothing")
    parser.add_argument(
        "--upgrade", action="store_true", help="make a new hash of the same password where the old one is weak (sha1)"
    )
    parser.add_argument("--remove", action="store_true", help="remove the password, without a question")
    parser.add_argument("--preview", action="store_true", help="show what would be written, and write nothing")
    _without_option(parser)
    _unverified(parser)
    parser.description = (
        "Sets the login password, removes it, or says whether one fits. It is typed twice and not shown, or is one "
        "line on standard input, never an argument; an empty one removes the password."
    )
