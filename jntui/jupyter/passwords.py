"""Hashes of login passwords, exactly as Jupyter makes and reads them, and where one has to stand to count.

Source: `jupyter_server.auth.security.passwd` and `passwd_check` (the same in Notebook 6). argon2-cffi, which Jupyter
Server itself needs, is imported when a hash is made or checked.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jntui.jupyter.settings.values import hash_kind
from jntui.model import Secret

if TYPE_CHECKING:
    from jntui.model import Configuration, Source

PREFIX = "argon2:"
MEMORY_COST, TIME_COST, PARALLELISM = 10240, 10, 8
"""What `passwd` uses: 10 MiB, 10 rounds, 8 lanes."""
SHORT = 8
"""A password with fewer characters gets a warning."""
LIMIT = 4096
"""Characters of a password; a login form takes more, a person does not type more."""
_WEAK = ("md4", "md5", "sha1", "ripemd160", "mdc2", "md5-sha1")
"""Digests that are guessed billions of times a second, and broken beside."""

Check = Literal["match", "no match", "never matches", "error at login"]
"""`never matches`: no password fits this text (401 for ever); `error at login`: Jupyter answers 500 to every login."""


def hash_password(password: Secret) -> Secret:
    """`argon2:$argon2id$…`, as `jupyter server password` writes it; takes about 50 ms.

    Raises ValueError for an empty one (Jupyter would hash it: an empty form would then log in), for one with a line
    end or a zero byte, which no login form can send, and for one of more than 4096 characters.
    """
    text = password.reveal()
    if not text:
        raise ValueError("an empty password is no password")
    if any(char in text for char in "\r\n\0"):
        raise ValueError("a password has no line end in it")
    if len(text) > LIMIT:
        raise ValueError(f"a password has at most {LIMIT} characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        # From here on no traceback holds the text: the error itself would.
        text = ""
    if not text:
        raise ValueError("it holds bytes that are no UTF-8, which no login form sends")
    import argon2

    hasher = argon2.PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_COST, parallelism=PARALLELISM)
    return Secret(PREFIX + hasher.hash(text))


def check_password(hashed: Secret, password: Secret) -> Check:
    """What Jupyter would say to this password, with this text as its `hashed_password`."""
    text, typed = hashed.reveal(), password.reveal()
    if text.startswith(PREFIX):
        return _check_argon2(text[len(PREFIX) :], typed)
    parts = text.split(":", 2)
    if len(parts) != 3 or not parts[2]:
        return "never matches"
    algorithm, salt, digest = parts
    try:
        hasher = hashlib.new(algorithm, usedforsecurity=False)
    except (ValueError, TypeError):
        return "never matches"
    try:
        hasher.update(typed.encode() + salt.encode("ascii"))
        made = hasher.hexdigest()
    except (UnicodeEncodeError, TypeError):
        return "error at login"  # a salt that is not ASCII; a digest without a length of its own (shake_128)
    if hmac.compare_digest(made.encode(), digest.encode("utf-8", "replace")):
        return "match"
    return "no match" if len(digest) == len(made) and set(digest) <= set("0123456789abcdef") else "never matches"


def _check_argon2(text: str, typed: str) -> Check:
    import argon2
    import argon2.exceptions

    try:
        argon2.PasswordHasher().verify(text, typed)
    except argon2.exceptions.VerifyMismatchError:
        return "no match"
    except argon2.exceptions.InvalidHashError:
        return "error at login"
    except argon2.exceptions.VerificationError:
        return "never matches"
    except (ValueError, UnicodeError):
        return "error at login"
    return "match"


def weakness(hashed: Secret) -> str:
    """Why a hash is weak, in one clause; empty where it is as Jupyter makes it today or is none."""
    kind = hash_kind(hashed.reveal())
    if not kind.endswith(" hash") or kind == "argon2 hash":
        return ""
    name = kind.removesuffix(" hash")
    if name.lower() in _WEAK:
        return f"{name} is weak: whoever reads the file tries billions of passwords a second"
    return f"{name} is fast to guess: argon2, which Jupyter uses today, is not"


def needs_upgrade(hashed: Secret) -> bool:
    """A hash that matches passwords, and is weaker than what Jupyter makes today."""
    text = hashed.reveal()
    if not text.startswith(PREFIX):
        return hash_kind(text).endswith(" hash")
    import argon2
    import argon2.exceptions

    try:
        found = argon2.extract_parameters(text[len(PREFIX) :])
    except argon2.exceptions.InvalidHashError:
        return False
    # Memory times rounds is what a guess costs; another split of the same cost is nobody's fault.
    return found.type is not argon2.Type.ID or found.memory_cost * found.time_cost < MEMORY_COST * TIME_COST


def warning(password: Secret) -> str:
    """What is to be said about a new password, in one sentence; empty if nothing."""
    text = password.reveal()
    if not text:
        return "An empty password removes the password."
    if text != text.strip():
        return "It begins or ends with a blank, which is part of it."
    if len(text) < SHORT:
        count = f"{len(text)} character" + ("s" if len(text) != 1 else "")
        return f"It has {count}: at the login page of a server that others can reach, short ones are found by trying."
    return ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a new hash counts, and what else sets one."""

    cls: str
    trait: str
    remove: tuple[Source, ...] = ()
    """Older places that set a password too: Jupyter's own command would be beaten by them; offer to remove them."""
    beaten_by: Source | None = None
    """What decides over every file: the command line. The new hash has no effect until that is gone."""

    @property
    def name(self) -> str:
        """`PasswordIdentityProvider.hashed_password`."""
        return f"{self.cls}.{self.trait}"


_OLD = ("ServerApp.password", "NotebookApp.password", "LabApp.password", "JupyterNotebookApp.password")


def placement(configuration: Configuration) -> Placement | None:
    """Where to write a hash so that it wins; None where this application has no password (Kernel Gateway).

    In Jupyter Server 2 `PasswordIdentityProvider.hashed_password` decides over `ServerApp.password` and that over
    `IdentityProvider.hashed_password`, whichever file each is in. `configuration` is what `config show` shows.
    """
    setting = configuration.setting("hashed_password") or configuration.setting("password")
    if setting is None:
        return None
    found = [source for source in (setting.source, *setting.shadowed) if source.kind in {"file", "computed"}]
    own = f"{setting.cls}.{setting.name}"
    remove = tuple(one for one in found if one.path is not None and one.name != own and one.name)
    old = tuple(one for one in remove if one.name in _OLD or one.name == "IdentityProvider.hashed_password")
    beaten = setting.source if setting.source.kind == "command line" else None
    return Placement(setting.cls, setting.name, old, beaten)
