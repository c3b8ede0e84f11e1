"""Values as a trait reads them, and as people read them; of a secret only its kind."""

from __future__ import annotations

import ast
import hashlib
import os
import re
from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.settings.catalogue import Kind
    from jntui.jupyter.settings.given import Given

SHOWN_LIMIT = 200
"""Characters of a value that are shown."""
_ARGON2 = re.compile(r"argon2:\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+\Z")
_QUERY_SECRET = re.compile(r"(token|password)=[^&#'\"\s]*", re.IGNORECASE)
_USER_SECRET = re.compile(r"(://[^/@:\s]*):[^/@\s]*@")
_EXPECTED = {
    "integer": "an integer",
    "seconds": "an integer",
    "text": "text",
    "path": "text",
    "secret": "text",
    "yes or no": "True or False",
    "list of text": "a list of text",
}


WHOLE_SINCE = (5, 15)
"""traitlets takes `9001.0` for an integer from this version on."""


class WrongTypeError(Exception):
    """The trait refuses the value; the words say what it wants."""


class UnsureError(Exception):
    """Whether the trait takes the value hangs on what is not known; the words say it."""


def read_value(kind: Kind, given: Given, home: str, traitlets: str = "") -> object:
    """The value that the trait has then, with this version of traitlets. Raises WrongTypeError, UnsureError.

    Source: `from_string` and `validate` of the trait types of traitlets 5.
    """
    if given.typed:
        return _from_texts(kind, given.value if isinstance(given.value, list) else [given.value], home)
    value = given.value
    if given.trait == "port" and isinstance(value, bool):
        # traitlets takes it, the socket does not.
        raise WrongTypeError("a number, not True or False")
    if kind in {"integer", "seconds"} and isinstance(value, int):
        return int(value)
    if kind in {"integer", "seconds"} and isinstance(value, float) and value.is_integer():
        return _whole(value, traitlets)
    if kind == "list of text" and isinstance(value, str):
        return [value]
    if kind in {"text", "path", "secret"} and isinstance(value, str):
        return value
    if kind == "yes or no" and (isinstance(value, bool) or value in (0, 1)) and isinstance(value, int):
        return bool(value)
    if kind == "list of text" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    raise WrongTypeError(_EXPECTED[kind])


def read_text(given: Given, home: str) -> str:
    """The value of a text trait; empty where it has none that can be known."""
    try:
        found = read_value("path", given, home)
    except (WrongTypeError, UnsureError):
        return ""
    return _expanded(str(found), home)


def _whole(value: float, traitlets: str) -> int:
    """Raises WrongTypeError, UnsureError."""
    version = tuple(int(part) for part in traitlets.split(".")[:2] if part.isdecimal())
    if not version:
        raise UnsureError(f"traitlets 5.15 and later take it for {int(value)}, older ones refuse it and Jupyter ends")
    if version < WHOLE_SINCE:
        raise WrongTypeError(_EXPECTED["integer"])
    return int(value)


def _from_texts(kind: Kind, texts: list[object], home: str) -> object:
    """What a trait makes of the words of a command line. Raises WrongTypeError."""
    words = [str(text) for text in texts]
    if kind == "list of text":
        return _list(words)
    if len(words) != 1:
        raise WrongTypeError(f"one value, not {len(words)}")
    text = words[0]
    if kind in {"integer", "seconds"}:
        try:
            return int(text)
        except ValueError as error:
            raise WrongTypeError(_EXPECTED[kind]) from error
    if kind == "yes or no":
        if text.lower() not in {"true", "1", "false", "0"}:
            raise WrongTypeError(_EXPECTED[kind])
        return text.lower() in {"true", "1"}
    text = _expanded(text, home)
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"" else text


def _list(words: list[str]) -> list[str]:
    """Raises WrongTypeError."""
    if len(words) == 1 and words[0][:1] + words[0][-1:] in {"[]", "()"}:
        try:
            found = ast.literal_eval(words[0])
        except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
            raise WrongTypeError(_EXPECTED["list of text"]) from error
        words = list(found)
        if not all(isinstance(one, str) for one in words):
            raise WrongTypeError(_EXPECTED["list of text"])
    return words


def _expanded(text: str, home: str) -> str:
    """`~` as the server's user has it; another user's stays as it is."""
    return home + text[1:] if home and (text == "~" or text.startswith("~" + os.sep)) else text


def shown(value: object) -> str:
    """A value in one line, as Python writes it."""
    return visible(repr(value), SHOWN_LIMIT)


def without_secrets(url: str) -> str:
    """A URL without the token that its query may hold, and without the password before its host."""
    return _USER_SECRET.sub(r"\1:...@", _QUERY_SECRET.sub(r"\1=...", url))


def token_kind(text: str) -> str:
    """What is said of a token."""
    if not text:
        return "empty: no token"
    return f"token, {len(text)} character{'' if len(text) == 1 else 's'}"


def hash_kind(text: str) -> str:
    """What is said of a hashed password: which algorithm, or that no password can fit it.

    Source: `jupyter_server.auth.security.passwd_check`.
    """
    if not text:
        return "empty: no password"
    if text.startswith("argon2:"):
        return "argon2 hash" if _ARGON2.match(text) else "not a hash: no login works"
    parts = text.split(":", 2)
    if len(parts) == 3 and parts[2] and parts[0].lower() in {name.lower() for name in hashlib.algorithms_available}:
        return f"{visible(parts[0], 20)} hash"
    return "not a hash: no login works"


def secret_kind(trait: str, text: str) -> str:
    """What is said of a secret of this trait."""
    return token_kind(text) if trait in {"token", "auth_token"} else hash_kind(text)
