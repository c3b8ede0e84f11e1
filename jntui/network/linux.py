"""What only Linux tells of interfaces: /sys/class/net, /proc/net/if_inet6 and two ioctls. Nothing else reads them."""

from __future__ import annotations

import array
import socket
import struct
import sys
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.network.scope import kind_by_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import InterfaceKind

_SYS_NET = Path("/sys/class/net")
_IF_INET6 = Path("/proc/net/if_inet6")
_READ_LIMIT = 256 * 1024
_MOST_LINKS = 1024

_IFF_UP = 0x1
_TUN_MODE = 0x1  # IFF_TUN of linux/if_tun.h; a tap (0x2) carries Ethernet frames, mostly for virtual machines
_ARPHRD_PPP, _ARPHRD_LOOPBACK, _ARPHRD_NONE = 512, 772, 65534  # linux/if_arp.h
_SIOCGIFCONF, _SIOCGIFFLAGS = 0x8912, 0x8913

_ADDRESS_FLAGS = (
    # linux/if_addr.h, as /proc/net/if_inet6 prints them in its fifth column
    (0x01, "temporary"),
    (0x08, "duplicate"),
    (0x20, "deprecated"),
    (0x40, "tentative"),
    (0x80, "permanent"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """What /sys/class/net/NAME says; every field has a value that means `not told`."""

    type: int = 0
    """ARPHRD_* of linux/if_arp.h, 0 if not told."""
    flags: int | None = None
    """IFF_* of linux/if.h."""
    operstate: str = "unknown"
    """RFC 2863, in the kernel's words."""
    devtype: str = ""
    """DEVTYPE of uevent: `bridge`, `wlan`, `wireguard`, `vlan`, ..."""
    tun_mode: bool = False
    """A tun device (IP packets, no Ethernet frames)."""
    bridge: bool = False
    hardware: bool = False
    """A device behind it: a network card."""
    ports_with_hardware: bool = False
    """A bridge with a network card among its ports: the machine's own LAN goes through it."""
    stacked: bool = False
    """iflink is not ifindex: a veth, a vlan, a macvlan."""


def _text(path: Path) -> str:
    """The file's text without spaces at its ends; empty if there is none, or it cannot be read just now."""
    try:
        with path.open("rb") as file:
            return file.read(_READ_LIMIT).decode("ascii", "replace").strip()
    except OSError:
        # Attributes are missing by kind of device, and interfaces vanish between listdir and open.
        return ""


def _number(text: str) -> int | None:
    try:
        return int(text, 0)
    except ValueError:
        return None


def _devtype(uevent: str) -> str:
    return next((line[8:] for line in uevent.splitlines() if line.startswith("DEVTYPE=")), "")


def _has_hardware_port(folder: Path) -> bool:
    try:
        return any((port / "device").exists() for port in (folder / "brif").iterdir())
    except OSError:
        return False  # the bridge vanished, or is none


def _link(folder: Path) -> Link:
    tun_flags = _number(_text(folder / "tun_flags"))
    bridge = (folder / "bridge").exists()
    return Link(
        type=_number(_text(folder / "type")) or 0,
        flags=_number(_text(folder / "flags")),
        operstate=_text(folder / "operstate") or "unknown",
        devtype=_devtype(_text(folder / "uevent")),
        tun_mode=tun_flags is not None and bool(tun_flags & _TUN_MODE),
        bridge=bridge,
        hardware=(folder / "device").exists(),
        ports_with_hardware=bridge and _has_hardware_port(folder),
        stacked=_text(folder / "iflink") != _text(folder / "ifindex"),
    )


def read_links(root: Path = _SYS_NET) -> dict[str, Link]:
    """Every interface that sysfs shows, at most 1024; empty where there is no sysfs."""
    try:
        folders = sorted(root.iterdir())[:_MOST_LINKS]
    except OSError:
        return {}  # macOS, Windows, or a sandbox without /sys: names and addresses are then all there is
    return {folder.name: _link(folder) for folder in folders if folder.is_dir()}


def kind_of(name: str, link: Link) -> InterfaceKind:
    """The kind of an interface by what the kernel says of it, and by its name where that says more."""
    named = kind_by_name(name)
    if link.type == _ARPHRD_LOOPBACK:
        return "loopback"
    if link.devtype == "wlan":
        return "wifi"
    if link.devtype == "wireguard" or link.tun_mode or link.type in (_ARPHRD_NONE, _ARPHRD_PPP):
        return named if named in ("container", "ethernet") else "vpn"
    if link.hardware or link.ports_with_hardware:
        return "ethernet"
    if named in ("container", "vpn"):
        return named
    if link.bridge:
        # Docker and others let the user choose a bridge's name: without a network card it stays inside this machine.
        return "ethernet" if named == "ethernet" else "container"
    # A veth named eth0 is the outer world of a container or a namespace, as vlan and macvlan are of a machine.
    return "ethernet" if named == "ethernet" or link.stacked or link.devtype else "virtual"


def is_up(kind: InterfaceKind, link: Link) -> bool:
    """It is switched on and has a carrier.

    A container bridge counts without one: Docker's has a carrier only while a container runs, and the next container
    finds the address at once.
    """
    if link.flags is not None and not link.flags & _IFF_UP:
        return False
    return kind == "container" or link.operstate not in ("down", "lowerlayerdown", "notpresent")


def parse_if_inet6(text: str) -> dict[tuple[str, str], frozenset[str]]:
    """(interface name, IP literal) to the flags of that address, from the text of /proc/net/if_inet6."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for line in text.splitlines():
        words = line.split(None, 5)
        if len(words) != 6 or len(words[0]) != 32:
            continue
        try:
            address, flags = IPv6Address(int(words[0], 16)), int(words[4], 16)
        except ValueError:
            continue
        found[words[5].strip(), str(address)] = frozenset(word for bit, word in _ADDRESS_FLAGS if flags & bit)
    return found


def read_address_flags(path: Path = _IF_INET6) -> Mapping[tuple[str, str], frozenset[str]]:
    """The flags of every IPv6 address of this machine; empty where the kernel does not tell."""
    return parse_if_inet6(_text(path))


def fingerprint() -> int | None:
    """A number that changes when an interface or an address comes, goes, or is switched: under 1 ms, for one process.

    None where it cannot be had: the caller then reads the interfaces themselves.
    """
    if sys.platform != "linux":
        return None
    try:
        names = tuple(name for _, name in socket.if_nameindex()[:_MOST_LINKS])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            addresses = _ioctl_addresses(probe)
            flags = tuple(_ioctl_flags(probe, name) for name in names)
    except OSError:
        return None  # a sandbox without these ioctls
    return hash((names, flags, addresses, _text(_IF_INET6)))


def _ioctl_addresses(probe: socket.socket) -> bytes:
    """The kernel's list of IPv4 addresses with their interfaces (netdevice(7), SIOCGIFCONF)."""
    import fcntl

    room = array.array("B", bytes(64 * 1024))
    request = struct.pack("iP", len(room), room.buffer_info()[0])
    (used,) = struct.unpack_from("i", fcntl.ioctl(probe, _SIOCGIFCONF, request))
    return room[:used].tobytes()


def _ioctl_flags(probe: socket.socket, name: str) -> int:
    """IFF_UP and IFF_RUNNING among them (netdevice(7), SIOCGIFFLAGS); -1 if the interface is gone by now."""
    import fcntl

    try:
        answer = fcntl.ioctl(probe, _SIOCGIFFLAGS, struct.pack("16s24x", name.encode()[:15]))
    except OSError:
        return -1
    return int(struct.unpack_from("16xH", answer)[0])
