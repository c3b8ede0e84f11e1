"""Who gets in: hashes that fit no password, tokens that nobody can type, secrets that others can read, no guard at all.

No text of a secret enters a finding.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from jntui.jupyter.command_log import chmod_line
from jntui.jupyter.doctor.addresses import reaches_beyond
from jntui.jupyter.doctor.patient import NAME_LIMIT, place, written
from jntui.jupyter.doctor.places import others_can_read
from jntui.jupyter.editing.token_file import bare
from jntui.jupyter.passwords import check_password, weakness
from jntui.jupyter.settings.reading import raw_bytes
from jntui.jupyter.settings.refusals import WILL_NOT
from jntui.jupyter.settings.values import hash_kind
from jntui.model import ConfigChange, ConfigFinding, Secret
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.doctor.patient import Patient
    from jntui.jupyter.settings.assignment import Assignment
    from jntui.model import Setting, Severity

_APPLICATIONS = ("ServerApp", "NotebookApp", "LabApp", "JupyterNotebookApp")
_IDENTITY = ("IdentityProvider", "PasswordIdentityProvider", "LegacyIdentityProvider")
_HASHES = frozenset({*((cls, "password") for cls in _APPLICATIONS), *((cls, "hashed_password") for cls in _IDENTITY)})
_TOKENS = frozenset({*((cls, "token") for cls in (*_APPLICATIONS, *_IDENTITY)), ("KernelGatewayApp", "auth_token")})
_STRONGER = "Make a new hash of the same password with `jntui password --upgrade`, or set another password."
_NEW_HASH = "Set the password again with `jntui password`, which writes a hash that Jupyter reads."


def _is_hash(one: Assignment) -> bool:
    return (one.cls.rpartition(".")[2], one.trait) in _HASHES


def _is_token(one: Assignment) -> bool:
    return (one.cls.rpartition(".")[2], one.trait) in _TOKENS


def _secrets(patient: Patient) -> Iterator[tuple[Assignment, str]]:
    """Every token and hash in the files that has a text."""
    for one in patient.assignments():
        if (_is_hash(one) or _is_token(one)) and isinstance(one.value, str) and one.value:
            yield one, one.value


def hashes(patient: Patient) -> Iterator[ConfigFinding]:
    """What stands where a hash belongs, as Jupyter takes it at the login page (`passwd_check`)."""
    password = patient.found.setting("hashed_password") or patient.found.setting("password")
    decides = place(password.source) if password is not None else (None, None)
    in_files = set()
    for one, text in _secrets(patient):
        if _is_hash(one):
            in_files.add((one.path, one.line))
            name = visible(f"{one.cls}.{one.trait}", NAME_LIMIT)
            yield from _hash(name, text, (one.path, one.line), decides=(one.path, one.line) == decides)
    for setting in patient.settings("hashed_password", "password"):
        where = place(setting.source)
        if where not in in_files and setting.shown.startswith("not a hash"):
            message = f"{written(setting.source)} holds no hash that Jupyter reads."
            yield ConfigFinding("hash-unreadable", "error", *where, message, "No password gets in.", _NEW_HASH)


def _hash(name: str, text: str, where: tuple[str, int], *, decides: bool) -> Iterator[ConfigFinding]:
    path, line = where
    if hash_kind(text).startswith("not a hash"):
        # Any password shows what Jupyter makes of a text that fits none.
        corrupt = check_password(Secret(text), Secret("any")) == "error at login"
        code, message = "hash-plain", f"{name} holds a text that is no hash."
        if corrupt or text.startswith(("argon2:", "$argon2")):
            code, message = "hash-corrupt", f"{name} holds a hash that is cut off or changed."
        effect = f"No password gets in: the login page answers {500 if corrupt else 401} to each."
        if not decides:
            effect = "Something else decides now; if this did, no password would get in."
        level: Severity = "error" if decides else "warning"
        yield ConfigFinding(code, level, path, line, message, effect, _NEW_HASH)
    elif weak := weakness(Secret(text)):
        message = f"{name} holds a {hash_kind(text)}."
        effect = f"It works; {weak}."
        yield ConfigFinding("hash-weak", "note", path, line, message, effect, _STRONGER)


def readable(patient: Patient) -> Iterator[ConfigFinding]:
    """Secrets in files that every user of this machine can read."""
    for one, text in _secrets(patient):
        if not others_can_read(one.path):
            continue
        name = visible(f"{one.cls}.{one.trait}", NAME_LIMIT)
        fix = f"Let only the owner read it: {visible(chmod_line(one.path, 0o600), 300)}."
        if _is_token(one):
            message = f"{name} stands in a file that every user of this machine can read."
            effect = "Whoever reads it is in: a token needs no password."
            yield ConfigFinding("token-readable", "warning", one.path, one.line, message, effect, fix, private=one.path)
        else:
            plain = hash_kind(text).startswith("not a hash")
            weak = plain or bool(weakness(Secret(text)))
            message = f"{name} stands in a file that every user of this machine can read."
            effect = "Whoever reads it can try passwords without the server noticing."
            if plain:
                effect = "Whoever reads it has the text, which is no hash."
            severity: Severity = "warning" if weak else "note"
            yield ConfigFinding("hash-readable", severity, one.path, one.line, message, effect, fix, private=one.path)


def tokens(patient: Patient) -> Iterator[ConfigFinding]:
    """Tokens with a line end or blank at an end: no URL and no login form gives them back."""
    effect = "It is part of the token, and nobody can send it: every URL with the token is refused."
    for one, text in _secrets(patient):
        if _is_token(one) and text != text.strip():
            name = visible(f"{one.cls}.{one.trait}", NAME_LIMIT)
            message = f"{name} begins or ends with a line end or a blank."
            fix = "Write the token without it."
            yield ConfigFinding("token-blank", "error", one.path, one.line, message, effect, fix)
    for setting in patient.settings("token", "auth_token"):
        if setting.source.path == "JUPYTER_TOKEN_FILE" and setting.note and not setting.note.startswith(WILL_NOT):
            path = patient.absolute((patient.subject.environ or {}).get("JUPYTER_TOKEN_FILE", ""))
            yield _token_file_end(path, patient.found.server, effect)


def _token_file_end(path: str, server: str | None, effect: str) -> ConfigFinding:
    code: Final = "token-file-newline"
    message = "The file that JUPYTER_TOKEN_FILE names ends with a line end or a blank."
    fix = "Write the token alone into it, in one line without a line end."
    line, trim = None, ""
    # Gone meanwhile, the finding stands without a line.
    with contextlib.suppress(OSError, ValueError):
        raw = raw_bytes(path)
        line = max(1, len(raw.splitlines()))
        if bare(raw) not in {None, raw}:
            trim = path
            option = f" --server {server}" if server else ""
            fix = f"Take it off with `jntui config doctor --mend {code}{option}`; most editors would put it back."
    return ConfigFinding(code, "error", path or None, line, message, effect, fix, trim=trim)


def nothing(patient: Patient) -> Iterator[ConfigFinding]:
    """Neither token nor password."""
    token = patient.found.setting("token") or patient.found.setting("auth_token")
    if token is None or not _is_empty(token) or patient.application == "KernelGatewayApp":
        return
    password = patient.found.setting("hashed_password") or patient.found.setting("password")
    if password is not None and not password.shown.startswith("empty"):
        return
    path, line = place(token.source)
    message = f"{written(token.source)} is empty and no password is set: there is no authentication."
    fix = "Remove the empty token, so that one is made at each start, or set a password with `jntui password`."
    change = ConfigChange(token.source.name, None, path) if path is not None else None
    if reaches_beyond(patient):
        effect = "Whoever reaches the port runs programs as this user, from other machines as well."
        yield ConfigFinding("no-authentication", "error", path, line, message, effect, fix, change)
    elif (sock := patient.found.setting("sock")) is None or not sock.value:
        effect = "Every user and every program of this machine can run programs as this user."
        yield ConfigFinding("no-authentication-here", "warning", path, line, message, effect, fix, change)


def _is_empty(token: Setting) -> bool:
    return token.shown == "empty: no token" and token.source.kind in {"file", "env", "command line"}


def token_file(patient: Patient) -> Iterator[ConfigFinding]:
    """The file of JUPYTER_TOKEN_FILE: not there, or readable by everybody."""
    token = patient.found.setting("token")
    if token is None or token.source.kind != "env" or token.source.path != "JUPYTER_TOKEN_FILE":
        return
    path = patient.absolute((patient.subject.environ or {}).get("JUPYTER_TOKEN_FILE", ""))
    if not path or not patient.subject.reaches_files:
        return
    if not os.path.lexists(path):
        effect = "Jupyter does not start: it opens the file at each start without a token in its files."
        message = "JUPYTER_TOKEN_FILE names a file that is not there."
        yield ConfigFinding("token-file-missing", "error", path, None, message, effect, "Write the file.")
    elif others_can_read(path):
        message = "The file that JUPYTER_TOKEN_FILE names can be read by every user of this machine."
        effect = "Whoever reads it is in: a token needs no password."
        fix = f"Let only the owner read it: {visible(chmod_line(path, 0o600), 300)}."
        yield ConfigFinding("token-readable", "warning", path, 1, message, effect, fix, private=path)
