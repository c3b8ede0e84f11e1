"""What lies around one endpoint and decides how a probe of it goes: facts of this machine, no conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jntui.model.sockets import Listener

FirewallTool = Literal["firewalld", "ufw", "iptables", "nftables"]
FirewallVerdict = Literal["accepts", "drops", "rejects", "prohibits"]
"""`drops`: the other host waits in vain; `rejects`: it is refused (a TCP reset, ICMP port unreachable); `prohibits`:
it hears "no route to host" or "permission denied" (ICMP administratively or host prohibited, and the other
unreachables)."""
NeighbourState = Literal["answers", "failed", "none"]


@dataclass(frozen=True, slots=True)
class Firewall:
    """What this machine's own packet filter does with a new TCP connection from another host to one port."""

    readable: bool
    """The rules themselves were read; False: only what files tell, or nothing."""
    tool: FirewallTool | None = None
    """Who keeps the rules, as far as that can be told."""
    ipv4: FirewallVerdict | None = None
    """None: cannot be told."""
    ipv6: FirewallVerdict | None = None
    rule: str = ""
    """The rule or the chain's policy that decides against it, as the tool prints it, with its place in front; of the
    endpoint's own family first."""
    doubt: str = ""
    """The rule for which it cannot be told in one of the families: it looks at the other host's address, at a rate, or
    at something that only the kernel sees."""
    zone: str = ""
    """firewalld's zone of the interface."""
    interface: str = ""
    """The interface for which it was read; empty: any."""
    unread: str = ""
    """Why the rules cannot be read, in words, with the command that would: `cannot be read without root: sudo nft list
    ruleset`."""
    allow: tuple[str, ...] = ()
    """Commands that let the port in, to type, in this machine's own tool."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around one endpoint, looked up after its probe. Everything unknown is None or empty."""

    local: bool = False
    """The address that the probe went to, or would go to, is one of this machine's own."""
    listeners: tuple[Listener, ...] = ()
    """For a local address: every listener of this machine on that port, of whatever program."""
    holder: str = ""
    """For a local address: the program that listens there, by its process name: `sshd`, `ssh`, `docker-proxy`."""
    suspended: int = 0
    """The pid of that program, where it is stopped by job control (ctrl+z, SIGSTOP) or a debugger; 0: it is not."""
    neighbour: NeighbourState | None = None
    """For another host on a link of ours: what the kernel's neighbour table says of it (ip-neighbour(8))."""
    firewall: Firewall | None = None
    """For a local address beyond loopback, and for a loopback address to which no connection came about."""
    way_out: Firewall | None = None
    """What the packet filter does with the probe's own connection, where none came about and the rules could be read;
    `allow` lets it out, and only the verdict of its family is told."""
    proxy: str = ""
    """`http_proxy`, `https_proxy` or `all_proxy`, as spelt in the environment, if it would catch the user's own tools
    on the way to this endpoint (no_proxy does not spare it)."""
    no_proxy: str = ""
    """What would have to be added to no_proxy."""
    netrc: str = ""
    """The netrc file with an entry for this host: curl and requests then replace the token's header by it."""
    netrc_trouble: str = ""
    """A netrc file that is broken, with what is wrong with it: requests then passes over it, and curl stops."""
    container: str = ""
    """The kind of container that jntui runs in: `docker`, `podman`, `lxc`, `kubernetes`, or systemd's word for
    another; empty: none."""
    server_container: str = ""
    """The server runs in another network namespace than jntui: the container's id, or `another network namespace`."""
    wsl: int = 0
    """1 or 2 inside the Windows Subsystem for Linux; the addresses of version 2 lie behind a NAT of Windows."""
