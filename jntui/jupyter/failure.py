"""What a server's last words mean. Pure; the sentences of Jupyter's log are those of 1.x and 2.x and of Notebook 6."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jntui.model import Secret

TAIL_LINES = 20
LEAST = 4
"""Characters from which on a secret is looked for by its text: a shorter one stands in many words."""
LINE_LIMIT = 400
"""Characters that are kept of a line of a log."""

_SECRET = re.compile(r"(?i)((?:token|password|hashed_password|cookie_secret|xsrf)['\"]?\s*[=:]\s*['\"]?)([^\s&'\",]+)")
_QUOTED = re.compile(
    r"(?i)((?:token|password|hashed_password|cookie_secret|xsrf)['\"]?\s*[=:]\s*)(['\"])(?:\\.|(?!\2|\\).){1,4096}\2"
)
"""In quotes it ends with them, whatever stands between: `'a&b, c'`."""
_HEADER = re.compile(r"(?i)(authorization['\"]?\s*[=:]\s*['\"]?(?:token|bearer|basic)\s+)([^\s'\",]+)")
_HASH = re.compile(r"(?:argon2|sha1|sha256|sha512):[^\s'\"]+")

_Cause = Callable[[re.Match[str]], str]

_CAUSES: tuple[tuple[re.Pattern[str], _Cause], ...] = (
    (
        re.compile(r"Running as root is not recommended"),
        lambda _: "Jupyter refuses to run as root: add `-- --allow-root` if you mean it",
    ),
    (
        re.compile(r"port (\d+) is not available|port (\d+) is already in use"),
        lambda found: f"port {found.group(1) or found.group(2)} was taken before the server could",
    ),
    (
        re.compile(r"Bad config encountered during initialization:\s*(.+)"),
        lambda found: f"a setting is wrong: {found.group(1)}",
    ),
    (
        re.compile(r"No module named '?([\w.]+)'?"),
        lambda found: f"{found.group(1)} is not installed in this Python",
    ),
    (
        re.compile(r"No such (?:notebook |root )?dir(?:ectory)?:?\s*(.+)"),
        lambda found: f"the root directory does not exist: {found.group(1)}",
    ),
    (
        re.compile(r"((?:certfile|keyfile) \"[^\"]*\" does not exist)"),
        lambda found: f"{found.group(1)}: name a file that does",
    ),
    (
        re.compile(r"Cannot assign requested address"),
        lambda _: "the address it listens on (`ip`) is not one of this machine's",
    ),
    (
        re.compile(r"socket\.gaierror"),
        lambda _: "the name it listens on (`ip`) leads nowhere",
    ),
    (
        re.compile(
            r"(?:PermissionError|Permission denied)(?::?\s*(?:\[Errno 13\])?\s*(?:Permission denied:?)?\s*(.+))?"
        ),
        lambda found: f"permission denied{f': {found.group(1)}' if found.group(1) else ''}",
    ),
    (
        re.compile(r"(?:error: unrecognized arguments|Unrecognized (?:flag|alias)):?\s*(.+)"),
        lambda found: f"Jupyter does not know this option: {found.group(1)}",
    ),
)
"""In the order of certainty: a traceback may hold a later one's words for an earlier one's reason."""


def masked(line: str, limit: int = LINE_LIMIT) -> str:
    """A line of a log that may be shown: without tokens, passwords and their hashes, and fit for a screen."""
    return visible(_covered(line), limit)


def without(text: str, secrets: Iterable[Secret]) -> str:
    """The text with stars in the place of these secrets, also where a URL quotes them."""
    from urllib.parse import quote

    texts = [one.reveal() for one in secrets]
    for known in sorted((one for one in texts if len(one) >= LEAST), key=len, reverse=True):
        for form in (known, quote(known, safe=""), quote(known)):
            text = text.replace(form, "***")
    return text


def holds_secret(text: str) -> bool:
    """A token, a password or its hash stands in it, by its form."""
    return _covered(text) != text


def _covered(text: str) -> str:
    return _HASH.sub("***", _HEADER.sub(r"\1***", _SECRET.sub(r"\1***", _QUOTED.sub(r"\1\2***\2", text))))


def tail_of(text: str) -> tuple[str, ...]:
    """The last 20 lines that are not empty, masked."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return tuple(masked(line) for line in lines[-TAIL_LINES:])


def cause_of(tail: Sequence[str], status: int | None) -> str:
    """Why a server ended, in one line: what its log says, else its last line, else its exit status."""
    text = "\n".join(tail)
    for pattern, cause in _CAUSES:
        found = pattern.search(text)
        if found:
            return visible(cause(found).strip(), LINE_LIMIT)
    how = f"signal {-status}" if status is not None and status < 0 else f"status {status}"
    return f"Jupyter ended with {how}{f': {tail[-1]}' if tail else ' and said nothing'}"
