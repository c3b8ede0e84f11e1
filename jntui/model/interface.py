"""Network interfaces, their addresses, and the names that lead to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model.words import InterfaceKind, Scope


@dataclass(frozen=True, slots=True)
class Address:
    """One IP on an interface."""

    ip: str
    """The literal without zone and prefix."""
    prefix_length: int
    scope: Scope
    flags: frozenset[str] = frozenset()
    """Of an IPv6 address, as the kernel says: `temporary`, `deprecated`, `tentative`, `duplicate`, `permanent`."""


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface with its addresses."""

    name: str
    kind: InterfaceKind
    up: bool
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class HostName:
    """A name of this machine and where it leads when it is resolved here."""

    name: str
    addresses: tuple[str, ...]
    """IP literals, in the resolver's order; never empty: a name that leads nowhere is no endpoint."""
