"""From where an address can be reached: one pure rule over the address, its interface's name and its kind.

`ipaddress.is_private` and `is_global` answer another question (may it appear in the global routing table) and
change with the Python version, so the ranges that matter stand here, each with its source. Documentation addresses are
routed nowhere: the IPv4 ones (RFC 5737) count as local, as whoever uses them sits behind a translation; the IPv6 ones
(RFC 3849, RFC 9637) count as the public ones they stand for, as nothing translates between.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jntui.model import InterfaceKind, Scope

Reach = Literal["loopback", "link", "local", "shared", "translation", "overlay", "tailscale", "wsl", "public"]
"""What an address is by itself, before its interface is looked at."""

_V4: tuple[tuple[str, Reach], ...] = (
    ("0.0.0.0/32", "loopback"),  # RFC 1122: the wildcard; as a destination Linux takes it for itself
    ("127.0.0.0/8", "loopback"),  # RFC 1122
    ("169.254.0.0/16", "link"),  # RFC 3927
    ("10.255.255.254/32", "wsl"),  # WSL 2 puts it on lo for its own DNS
    ("10.0.0.0/8", "local"),  # RFC 1918
    ("172.16.0.0/12", "local"),  # RFC 1918
    ("192.168.0.0/16", "local"),  # RFC 1918
    ("100.64.0.0/10", "shared"),  # RFC 6598, carrier-grade NAT; Tailscale takes its addresses from it too
    ("192.0.0.0/24", "translation"),  # RFC 6333 DS-Lite, RFC 7335 464XLAT: behind the provider's translation
    ("192.0.2.0/24", "local"),  # RFC 5737, documentation: routed nowhere, so whoever uses it does so inside
    ("198.51.100.0/24", "local"),  # RFC 5737
    ("203.0.113.0/24", "local"),  # RFC 5737
    ("198.18.0.0/15", "local"),  # RFC 2544, benchmarks; proxy clients hand it out on a tun
    ("224.0.0.0/4", "local"),  # RFC 5771, multicast: no server has it, but nothing of it is public
    ("240.0.0.0/4", "local"),  # RFC 1112, reserved; some sites use it inside
    ("25.0.0.0/8", "overlay"),  # LogMeIn Hamachi hands it out, though it is allocated
    ("26.0.0.0/8", "overlay"),  # Radmin VPN does the same
)

_V6: tuple[tuple[str, Reach], ...] = (
    ("::/128", "loopback"),
    ("::1/128", "loopback"),  # RFC 4291
    ("fe80::/10", "link"),  # RFC 4291
    ("fd7a:115c:a1e0::/48", "tailscale"),  # Tailscale's own unique local prefix
    ("2001:2::/48", "local"),  # RFC 5180, benchmarks
    ("2000::/3", "public"),  # RFC 4291, all that is allocated as global unicast
    ("64:ff9b::/96", "public"),  # RFC 6052, an IPv4 address of the internet
    ("::/0", "local"),  # unique local (RFC 4193), site-local, Yggdrasil's 200::/7, and what nobody announces
)

_NETWORKS_4: tuple[tuple[IPv4Network, Reach], ...] = tuple((IPv4Network(net), reach) for net, reach in _V4)
_NETWORKS_6: tuple[tuple[IPv6Network, Reach], ...] = tuple((IPv6Network(net), reach) for net, reach in _V6)
_NAME_PATTERNS: tuple[tuple[InterfaceKind, str], ...] = (
    ("loopback", r"(lo\d*|.*loopback.*)$"),
    (
        "container",
        # Docker, Podman, CNI plug-ins, LXC and Incus, systemd-nspawn, Waydroid, Multipass
        r"(docker\d+|docker_gwbridge|br-[0-9a-f]{12}|veth.*|cni-?.*|cbr\d+|podman\d+|nerdctl\d+|lxc.*|lxdbr\d+|"
        r"incusbr\d+|v[eb]-.*|waydroid\d+|mpqemubr\d+|mpbr\d+|"
        # Kubernetes
        r"flannel.*|cali.+|cilium.*|weave|kube-.*|nodelocaldns|tunl0|vxlan\.calico|"
        # virtual machines: libvirt, VMware, VirtualBox, macOS, Hyper-V and WSL
        r"virbr\d+(-nic)?|vnet\d+|vmnet\d+|vboxnet\d+|bridge1\d\d|vmenet\d+|"
        r"vethernet \((wsl|default switch|nat|docker).*|vmware virtual ethernet.*|virtualbox host-only.*)$",
    ),
    (
        "vpn",
        r"(tun.*|tap\d+|wg.*|tailscale.*|ts\d+|zt[a-z0-9]{6,}|utun\d+|ipsec\d+|ppp\d+|ham\d+|nordlynx|nordtun|"
        r"proton\d+|pvpn.*|mullvad.*|gpd\d+|cscotun\d+|vpn.*|nebula.*|wt\d+|netbird.*|xfrm\d+|vti\d+|feth\d+|"
        r".*(wireguard|wintun|tap-windows|openvpn|anyconnect|zerotier|hamachi|radmin vpn|fortinet|pangp).*)$",
    ),
    ("wifi", r"(wl.*|wlan\d+|ath\d+|ap\d+|wi-?fi.*|.*(wireless|802\.11|wi-fi).*)$"),
    (
        "ethernet",
        r"(eth\d+|en[opsx]?\w*|em\d+|p\d+p\d+\w*|bond\d+|team\d+|br\d+|br-(lan|wan|ex|int)|vmbr\d+|bridge\d|"
        r"usb\d+|wwan\w*|rmnet\w*|venet\d+|ethernet.*|vethernet.*)(\.\d+)?$",
    ),
    ("virtual", r"(dummy.*|ifb\d+|awdl\d+|llw\d+|gif\d+|stf\d+|anpi\d+|sit\d+)$"),
)
_NAMES = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _NAME_PATTERNS)


@lru_cache(maxsize=512)
def kind_by_name(interface: str) -> InterfaceKind:
    """The kind that an interface's name tells on Linux, macOS and Windows; `unknown` if it tells nothing."""
    return next((kind for kind, pattern in _NAMES if pattern.match(interface)), "unknown")


@lru_cache(maxsize=8192)
def parse(ip: str) -> IPv4Address | IPv6Address:
    """The address of a literal: its zone dropped, an IPv4-mapped one (RFC 4291 §2.5.5.2) as the IPv4 address it is.

    Raises ValueError for what is no literal.
    """
    address = ip_address(ip.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_literal(text: str) -> bool:
    """`text` is an IP literal without brackets."""
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _reach(address: IPv4Address | IPv6Address) -> Reach:
    if isinstance(address, IPv4Address):
        return next((reach for network, reach in _NETWORKS_4 if address in network), "public")
    return next(reach for network, reach in _NETWORKS_6 if address in network)


@lru_cache(maxsize=8192)
def classify(ip: str, interface: str, kind: InterfaceKind) -> Scope:
    """From where `ip` on this interface can be reached, as far as address and interface tell (no firewall is known).

    The name counts only where the kind is `unknown` or `virtual`: what the system says of an interface is better
    than its name. Raises ValueError if `ip` is no literal.
    """
    if kind in ("unknown", "virtual"):
        named = kind_by_name(interface)
        kind = named if named != "unknown" else kind
    address = parse(ip)
    reach = _reach(address)
    if reach == "loopback" or (kind == "loopback" and (reach == "wsl" or (reach == "link" and address.version == 6))):
        return "this-machine"
    if reach == "link":
        return "link-local"
    if reach == "translation":
        return "carrier-nat"
    if reach == "public" or (reach == "overlay" and kind != "vpn"):
        return "internet"
    if kind == "container":
        return "container"
    if kind == "vpn" or reach == "tailscale":
        return "vpn"
    # An address on lo beyond 127/8 and ::1 is answered on every interface (Linux's weak host model), so it counts
    # as if it stood on one of them.
    return "carrier-nat" if reach == "shared" else "lan"
