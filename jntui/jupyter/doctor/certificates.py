"""The server's own certificate and key: missing, not a pair, out of date, readable by others."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.jupyter.command_log import chmod_line
from jntui.jupyter.doctor.patient import place, written
from jntui.jupyter.doctor.places import others_can_read
from jntui.jupyter.settings.reading import raw_bytes
from jntui.model import Certificate, ConfigFinding
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.doctor.patient import Patient
    from jntui.model import Setting

_SOON_DAYS = 14


def _path(patient: Patient, name: str) -> tuple[Setting | None, str]:
    """The setting, and the file that it names, absolute; empty where it names none."""
    setting = patient.found.setting(name)
    text = setting.value if setting is not None else None
    return setting, patient.absolute(text) if isinstance(text, str) and text else ""


def missing(patient: Patient) -> Iterator[ConfigFinding]:
    """`ServerApp.init_webapp` looks for both files and ends without them."""
    for name in ("certfile", "keyfile"):
        setting = patient.found.setting(name)
        if setting is not None and "no such file" in setting.note:
            path, line = place(setting.source)
            message = f"{written(setting.source)} names {visible(setting.shown, 200)}, which is not there."
            if str(setting.value).startswith("~"):
                message += " Jupyter does not expand ~ in a file."
            effect = "Jupyter does not start with it."
            fix = "Name a file that is there, with its whole path."
            yield ConfigFinding("certificate-missing", "error", path, line, message, effect, fix)


def pair(patient: Patient) -> Iterator[ConfigFinding]:
    """Jupyter starts with a pair that does not match, and then every handshake fails."""
    setting, certificate = _path(patient, "certfile")
    key_setting, key = _path(patient, "keyfile")
    if setting is None or not certificate or setting.note or not patient.subject.reaches_files:
        return
    if key_setting is not None and (key_setting.note or (key_setting.value and not key)):
        return
    problem = visible(patient.senses.pair_problem(certificate, key), 400)
    if not problem:
        return
    told = key_setting if key and key_setting is not None else setting
    path, line = place(told.source)
    effect = "Jupyter starts and says nothing, and every https connection to it fails."
    code = "certificate-mismatch" if "does not belong" in problem else "certificate-unusable"
    fix = "Name the key that the certificate was made with." if key else "Set keyfile to the certificate's key."
    if code == "certificate-unusable" and _is_encrypted(key or certificate):
        code, problem = "key-encrypted", f"the key in {visible(key or certificate, 300)} is kept under a passphrase"
        effect = "Jupyter starts and asks its terminal for it at each https connection; without one, each fails."
        fix = "Name a key without a passphrase: openssl pkey -in KEY -out NEW makes one, for your eyes only."
    message = f"{problem[:1].upper()}{problem[1:]}."
    yield ConfigFinding(code, "error", path, line, message, effect, fix)


def _is_encrypted(path: str) -> bool:
    """A key in PEM that wants a passphrase (RFC 7468, RFC 1421): a server without a terminal can ask nobody."""
    try:
        return b"ENCRYPTED" in raw_bytes(path)
    except (OSError, ValueError):
        return False


def dates(patient: Patient) -> Iterator[ConfigFinding]:
    """A certificate whose time is over, or not come."""
    setting, path = _path(patient, "certfile")
    if setting is None or not path or setting.note or not patient.subject.reaches_files:
        return
    der = patient.senses.certificate(path)
    if not der:
        return
    from jntui.transport.certificate import read_untrusted

    now = datetime.now(timezone.utc)
    found = read_untrusted(der, "", Certificate(trusted=False), now)
    where = place(setting.source)
    told = f"The certificate that {written(setting.source)} names"
    fix = "Make or fetch a new certificate. A running server reads the file for each connection: no restart is needed."
    if found.not_after is not None and now > found.not_after:
        message = f"{told} expired on {found.not_after:%Y-%m-%d}."
        effect = "Browsers show a warning before the page, and programs refuse the connection."
        yield ConfigFinding("certificate-expired", "error", *where, message, effect, fix)
    elif found.not_before is not None and now < found.not_before:
        message = f"{told} is valid only from {found.not_before:%Y-%m-%d} on, by this machine's clock."
        effect = "Browsers show a warning before the page, and programs refuse the connection."
        yield ConfigFinding("certificate-early", "error", *where, message, effect, "Look at the clock, else wait.")
    elif found.days_left is not None and found.days_left < _SOON_DAYS:
        message = f"{told} expires on {found.not_after:%Y-%m-%d}."
        effect = "From then on browsers show a warning before the page, and programs refuse the connection."
        yield ConfigFinding("certificate-soon", "note", *where, message, effect, fix)


def readable_key(patient: Patient) -> Iterator[ConfigFinding]:
    """A private key that every user of this machine can read."""
    setting, path = _path(patient, "keyfile")
    if setting is not None and path and patient.subject.reaches_files and others_can_read(path):
        where = place(setting.source)
        message = f"{written(setting.source)} names a key that every user of this machine can read."
        effect = "Whoever reads it can show this server's certificate as their own."
        fix = f"Let only the owner read it: {visible(chmod_line(path, 0o600), 300)}."
        yield ConfigFinding("key-readable", "warning", *where, message, effect, fix, private=path)
