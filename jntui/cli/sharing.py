"""`jntui qr`: the code of an endpoint that was proven just before, in the terminal or as a picture."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.cli.commands import BAD, GOOD, asked, found, running
from jntui.cli.errors import CallError
from jntui.cli.outlet import coloured
from jntui.model.qr import fitted, too_small
from jntui.text import visible

if TYPE_CHECKING:
    import argparse

    from jntui.model import Check, QrCode, Share
    from jntui.monitor.survey import Survey


def qr(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if nothing that is reachable was found, or the window is too narrow for the code. Raises CallError."""
    picture = Path(arguments.png) if arguments.png is not None else None
    if picture is not None and survey.read_only:
        raise CallError("read-only: no picture is written; without --png the code stands in the terminal")
    if picture is not None and os.path.lexists(picture):
        raise CallError(f"{visible(str(picture), 300)} is there already and is not written over: name another file")
    share = _share(arguments, survey)
    code, check = share.code, share.check
    if code is None or check is None:
        return _none(share, arguments.json)
    if picture is not None:
        _write(picture, code)
        survey.living.wrote_picture(str(picture.absolute()), code.text)
    if arguments.json:
        url = code.text if arguments.token else share.url
        documents.write(_document(share, code, check, url, picture))
        return GOOD
    drew = picture is not None or _draw(code, ascii_only=arguments.ascii)
    _say(share, picture)
    return GOOD if drew else BAD


def _share(arguments: argparse.Namespace, survey: Survey) -> Share:
    """Raises CallError."""
    from jntui.monitor.sharing import Wish, draw, share

    text = arguments.server
    if text is None or "://" not in text:
        wish = Wish(arguments.address, not arguments.no_token)
        return share(survey, running(survey, text), wish)
    from jntui.cli.checking import check_here, url_target
    from jntui.model import Share

    if arguments.address is not None:
        raise CallError("--address chooses among a server's addresses; a URL has its own")
    known = asked(survey, found(survey))
    target = url_target(survey, known, text, None)
    check = check_here(survey, target)
    if not check.reachable:
        fix = f": {check.finding.fix}" if check.finding.fix else ""
        return Share(None, why_not=f"{check.endpoint.url} is {check.verdict}{fix}")
    own = target.server.token if target.server is not None and target.endpoint.kind == "direct" else None
    return draw(survey, target.server, check, None if arguments.no_token else target.token or own)


def _none(share: Share, as_json: bool) -> int:
    print(f"jntui: {visible(share.why_not, 1000)}", file=sys.stderr)
    if as_json:
        empty = dict.fromkeys(("url", "address", "verdict", "rows", "columns", "png"))
        documents.write({**empty, "message": share.why_not})
    return BAD


def _document(share: Share, code: QrCode, check: Check, url: str, picture: Path | None) -> documents.Document:
    """The squares are left out: they say the token as much as the letters do."""
    endpoint = check.endpoint
    return {
        "url": url,
        "address": endpoint.address,
        "verdict": check.verdict,
        "rows": code.rows,
        "columns": code.columns,
        "png": None if picture is None else str(picture),
        "server": endpoint.server,
        "scope": endpoint.scope,
        "interface": endpoint.interface,
        "with_token": share.with_token,
        "login": share.login,
        "notes": list(share.notes),
        "others": [check.endpoint.url for check in share.others],
    }


def _say(share: Share, picture: Path | None) -> None:
    lines = [share.url, share.login, *share.notes]
    if share.others:
        lines.append(f"Others: {', '.join(str(check.endpoint.address) for check in share.others[:6])} (--address)")
    if picture is not None:
        lines.append(f"The code is in {picture}.")
    print("\n".join(visible(line, 1000) for line in lines))


def _draw(code: QrCode, *, ascii_only: bool) -> bool:
    """In the colours of the code where there are colours; without them as text. False: the window is too narrow.

    Rows that do not fit scroll, and the code can be read once the window is larger; columns would be broken for good.
    """
    size = shutil.get_terminal_size()
    if sys.stdout.isatty():
        code = fitted(code, size.columns, size.lines) or code
    lines = drawn(code, ascii_only=ascii_only)
    wide = 2 * code.columns if ascii_only or not _has_blocks() else code.columns
    words = ""
    if sys.stdout.isatty() and wide > code.columns and wide > size.columns:
        words = f"The code needs {wide} columns in this form, and there are {size.columns}"
    elif sys.stdout.isatty():
        words = too_small(code, size.columns, max(size.lines, len(lines)) if wide > code.columns else size.lines)
    if words:
        print(f"jntui: {words}; --no-token makes it smaller, --png FILE makes a picture", file=sys.stderr)
    if words and wide > size.columns:
        return False
    print("\n".join(lines), file=coloured(sys.stdout))
    return True


def drawn(code: QrCode, *, ascii_only: bool) -> tuple[str, ...]:
    """The lines for this standard output."""
    if ascii_only or not _has_blocks():
        return code.ascii_lines()
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
    return code.coloured_lines() if colours else code.plain_lines()


def _has_blocks() -> bool:
    # Under LC_ALL=C Python writes UTF-8 all the same (PEP 540), and a terminal that goes by it shows something else.
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "utf-8")
    if "utf" not in locale.lower():
        return False
    try:
        "█▀▄".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _write(path: Path, code: QrCode) -> None:
    """Whole or not at all, only the owner's, and never over a file that is there. Raises CallError."""
    import contextlib
    import tempfile

    from jntui.network.qr_code import png

    beside = None
    try:
        descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".jntui-", suffix=".png")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(png(code))
            stream.flush()
            os.fsync(stream.fileno())
        _name(beside, path)
    except FileExistsError as error:
        raise CallError(f"{visible(str(path), 300)} came to be meanwhile and is not written over") from error
    except OSError as error:
        raise CallError(f"{visible(str(path), 300)} cannot be written: {error.strerror or error}") from error
    finally:
        if beside is not None:
            with contextlib.suppress(OSError):  # why it failed is what must be said
                Path(beside).unlink()


def _name(beside: str, path: Path) -> None:
    """Gives it its name only where nothing has it: a rename alone would replace what came meanwhile. Raises OSError."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:
        # This file system has no hard links: the name is taken first, then the picture put there.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        Path(beside).replace(path)
