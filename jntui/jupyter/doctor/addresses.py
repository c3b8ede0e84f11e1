"""Where it listens: addresses that are narrower or other than they look."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from jntui.jupyter.doctor.patient import place, written
from jntui.model import ConfigChange, ConfigFinding
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.doctor.patient import Patient


def listening(patient: Patient) -> Iterator[ConfigFinding]:
    """`::`, which takes no IPv4; a name that leads back to this machine, or nowhere."""
    for setting in patient.settings("ip"):
        text = setting.value
        if not isinstance(text, str) or setting.note:
            continue
        path, line = place(setting.source)
        every = ConfigChange(setting.source.name, "*", path) if path is not None else None
        name = written(setting.source)
        if text == "::":
            message = f"{name} is '::', every address of IPv6."
            effect = "It listens on IPv6 only: whoever opens http://127.0.0.1 or an IPv4 address is refused."
            fix = "Write '*' for IPv4 and IPv6."
            yield ConfigFinding("ip-ipv6-only", "warning", path, line, message, effect, fix, every)
        elif not is_address(text) and text not in {"", "*", "localhost"} and patient.subject.reaches_files:
            found = patient.senses.addresses(text)
            told = f"{name} is the name {visible(text, 100)}"
            if found is not None and not found:
                effect = "Jupyter does not start where the name leads nowhere."
                message = f"{told}, which leads nowhere from here."
                fix = "Write an address of this machine, or '*'."
                yield ConfigFinding("ip-unknown-name", "error", path, line, message, effect, fix, every)
            elif found and all(is_loopback(one) for one in found):
                message = f"{told}, which /etc/hosts or the name server leads to {', '.join(found[:3])}."
                effect = "It listens on this machine only: nobody else can open it."
                fix = "Write '*', or the address itself."
                yield ConfigFinding("ip-name-loopback", "warning", path, line, message, effect, fix, every)


def is_address(text: str) -> bool:
    """An IP literal, with or without a zone."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def is_loopback(text: str) -> bool:
    """A literal of this machine only."""
    return is_address(text) and ipaddress.ip_address(text.partition("%")[0]).is_loopback


def reaches_beyond(patient: Patient) -> bool:
    """Others than this machine can connect: by the server's listeners, else by what ip says; False if not known."""
    server = patient.subject.server
    if server is not None and server.exposure is not None and not patient.alone:
        return server.exposure != "this-machine"
    sock, ip = patient.found.setting("sock"), patient.found.setting("ip")
    if (sock is not None and sock.value) or ip is None or not isinstance(ip.value, str):
        return False
    text = ip.value
    if text in {"", "*"}:
        return True
    if text == "localhost":
        return False
    if is_address(text):
        return not is_loopback(text)
    return any(not is_loopback(one) for one in patient.senses.addresses(text) or ())
