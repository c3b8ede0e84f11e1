"""What can be typed or chosen for a setting, and what is known of it before Jupyter itself is asked."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from jntui.model.words import SCOPE_WORDS
from jntui.tui.typed import form_of, wrong_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jntui.model import Setting, Snapshot

MOST_ADDRESSES = 24
"""Addresses that are offered; any other one can be typed."""

_PASSING = frozenset({"temporary", "deprecated", "tentative", "duplicate"})
"""Flags of an IPv6 address that is gone tomorrow, or is not there yet."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value that is offered, and its price."""

    value: str
    words: str
    shorter: str = ""
    """The price in fewer words; empty: it has no shorter form."""

    @property
    def forms(self) -> tuple[str, ...]:
        """The longest first; the last is what stands before the price's semicolon."""
        shorter = self.shorter or self.words
        return self.words, shorter, shorter.partition(";")[0]


def is_password(setting: Setting) -> bool:
    """Its value is a hash, which nobody types: Notebook 6 and Jupyter Server 1 call it `password`."""
    return setting.secret and setting.name in {"hashed_password", "password"}


def problem(setting: Setting, text: str) -> str:
    """Why the trait cannot take it, as far as that is certain without asking; empty if it may."""
    if wrong := wrong_kind(setting, text):
        return wrong
    if not setting.catalogued:
        return ""
    text = text.strip()
    if setting.name == "port" and not 0 <= int(text) <= 65535:
        return f"{text} is no port: they go from 1 to 65535"
    if setting.name == "ip" and text.startswith("["):
        return "an address stands here without brackets"
    return ""


def remark(
    setting: Setting, text: str, snapshot: Snapshot, server_id: str | None, held: Mapping[int, str] | None = None
) -> str:
    """What is known of the value, in one sentence; empty if nothing. `held`: who listens on which port, if asked."""
    text = text.strip()
    if problem(setting, text):
        return ""
    if setting.catalogued and setting.name == "port":
        return _port(int(text), snapshot, server_id, held)
    if setting.catalogued and setting.name == "ip":
        return _address(text, snapshot)
    if form_of(setting) == "list" and text[:1] not in {"[", "("}:
        count = len([part for part in text.split(",") if part.strip()])
        return f"{count} part{'' if count == 1 else 's'}; commas stand between them"
    return ""


def _port(port: int, snapshot: Snapshot, server_id: str | None, held: Mapping[int, str] | None) -> str:
    if port == 0:
        return "0 is any free port: another one at each start"
    for view in snapshot.views:
        server = view.server
        has = server.state != "stale" and (port == server.port or any(one.port == port for one in server.listeners))
        if has and server.id == server_id:
            return f"{server.label} itself has it now"
        if has:
            process = f", pid {server.pid}" if server.pid else ""
            return f"in use by {server.label} ({server.app or 'a server'}{process})"
    if held is not None and port in held:
        return f"in use by {held[port]}: Jupyter tries the next ones then"
    few = "below 1024 only root can listen on most systems; " if port < 1024 else ""
    if held is None:
        return f"{few}no Jupyter server seen here has it"
    return f"{few}free now: nothing listens on it"


def _address(text: str, snapshot: Snapshot) -> str:
    if text == "::":
        return ":: is IPv6 only: no IPv4 address reaches it then; '*' is every address"
    found = {ip: (name, where) for ip, name, where in _addresses(snapshot)}
    public = [ip for ip, (_name, where) in found.items() if where == "internet"]
    if text == "localhost":
        return "this machine only; from elsewhere it is reached through ssh -L or a proxy"
    if text in found:
        return f"this address alone: localhost ends, and so does an ssh -L that leads there ({found[text][1]})"
    if text in {"*", ""}:
        far = f", and {public[0]} is on the internet" if public else ""
        return f"every address of every interface, IPv4 and IPv6{far}"
    if text == "0.0.0.0":
        far = next((f", and {ip} is on the internet" for ip in public if ":" not in ip), "")
        return f"every IPv4 address of every interface, and no IPv6{far}"
    try:
        if ip_address(text).is_loopback:
            return "this machine only; from elsewhere it is reached through ssh -L or a proxy"
    except ValueError:
        return "a name: it listens at the address to which the name leads when it starts"
    return "no address of this machine that is seen now: it does not start while it is none"


def options_of(setting: Setting, snapshot: Snapshot) -> tuple[Option, ...]:
    """What is offered beside the field."""
    if setting.choices:
        return tuple(Option(one, "Jupyter's own" if one == setting.default else "") for one in setting.choices)
    return ip_options(snapshot) if setting.catalogued and setting.name == "ip" else ()


def ip_options(snapshot: Snapshot) -> tuple[Option, ...]:
    """This machine only, each address, every IPv4 address, every address; `::` is IPv6 alone and not offered as all."""
    found = list(_addresses(snapshot))
    one = [
        Option(ip, f"{where}, {interface}; ends localhost", f"{where}; ends localhost")
        for ip, interface, where in found[:MOST_ADDRESSES]
    ]
    public = [ip for ip, _interface, where in found if where == "internet"]
    public4 = any(":" not in ip for ip in public)
    return (
        Option("localhost", "this machine only; ssh -L leads to it", "this machine only"),
        *one,
        Option("0.0.0.0", f"every IPv4 address{', internet too' if public4 else ''}"),
        Option("*", f"every address{', internet too' if public else ', IPv4 and IPv6'}"),
    )


def _addresses(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    for interface in snapshot.interfaces:
        for address in interface.addresses if interface.up else ():
            # A link-local address needs a zone that changes with the interface.
            if address.scope in {"this-machine", "link-local"} or address.flags & _PASSING:
                continue
            yield address.ip, interface.name, SCOPE_WORDS[address.scope]
