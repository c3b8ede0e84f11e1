"""Two machines on one wire: `box`, where the server runs, and `phone`, from where somebody opens it."""

from __future__ import annotations

import ctypes
import errno
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.live.namespaces import COMMAND_S, Namespace, namespace
from tests.live.namespaces import unavailable as no_namespaces

T = TypeVar("T")

CLONE_NEWNET = 0x40000000

BOX = {"ip": "10.91.0.1", "ip6": "fd91::1"}
PHONE = {"ip": "10.91.0.2", "ip6": "fd91::2"}
NOBODY = {"ip": "10.91.0.99", "ip6": "fd91::99"}
"""Addresses of the same wire that nobody has."""

LISTEN = """
import selectors, socket, sys
chosen = selectors.DefaultSelector()
for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind((host, int(sys.argv[1])))
    made.listen(64)
    chosen.register(made, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in chosen.select():
        taken, _ = key.fileobj.accept()
        taken.settimeout(2)
        try:
            taken.sendall(b"here")
        except OSError:
            pass
        taken.close()
"""
"""A listener of both families that greets and hangs up."""

EXPERIENCE = {
    "greeted": "accepts",
    "timeout": "drops",
    "ECONNREFUSED": "rejects",
    "EHOSTUNREACH": "prohibits",
    "ENETUNREACH": "prohibits",
    "EACCES": "prohibits",
}
"""What a connection's end means in the words of `Firewall`."""

SILENCE_S = 2.0
"""After this time an unanswered SYN counts as dropped: the second one goes out after a second."""


def unavailable(*programs: str) -> str:
    """Why the lab cannot be made here; empty if it can."""
    missing = [program for program in programs if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
    return no_namespaces() or (f"not installed: {', '.join(missing)}" if missing else "")


@dataclass(frozen=True)
class Lab:
    box: Namespace
    phone: Namespace

    def sh(self, script: str) -> None:
        """A shell script in the box."""
        self.box._run("sh", "-ec", script)

    def flush(self) -> None:
        """No rules in the box, of whatever tool."""
        self.sh(
            "nft flush ruleset; for c in iptables-legacy ip6tables-legacy; do command -v $c >/dev/null || continue; "
            "for t in filter raw mangle nat; do $c -t $t -F; $c -t $t -X; done; "
            "for h in INPUT OUTPUT FORWARD; do $c -P $h ACCEPT; done; done"
        )

    def connect(self, *tries: tuple[str, int]) -> list[str]:
        """How connections from the phone, all at once, end: `greeted`, `closed`, `timeout`, or an errno's name."""
        with ThreadPoolExecutor(len(tries)) as pool:
            return list(pool.map(lambda one: self.phone_runs(lambda: connect(*one)), tries))

    def box_runs(self, call: Callable[[], T]) -> T:
        """The result of `call`, run in the box."""
        return inside(self.box, call)

    def phone_runs(self, call: Callable[[], T]) -> T:
        """The result of `call`, run on the phone."""
        return inside(self.phone, call)


def connect(host: str, port: int) -> str:
    """How one connection ends."""
    try:
        with socket.create_connection((host, port), SILENCE_S) as made:
            return "greeted" if made.recv(8) else "closed"
    except TimeoutError:
        return "timeout"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))


def inside(space: Namespace, call: Callable[[], T]) -> T:
    """The result of `call` in a thread of its own that entered the namespace (setns(2)), with its children."""

    def entered() -> T:
        with Path("/run/netns", space.name).open("rb") as handle:
            # os.setns came with Python 3.12.
            if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        return call()

    # A thread keeps its namespace, so it is not one that others get.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(entered).result()


@contextmanager
def lab(label: str) -> Iterator[Lab]:
    """Box and phone with an IPv4 and an IPv6 address each; they vanish at the end."""
    with ExitStack() as stack:
        box = stack.enter_context(namespace(f"{label}-box"))
        phone = stack.enter_context(namespace(f"{label}-phone"))
        subprocess.run(
            ["ip", "link", "add", "eth0", "netns", box.name, "type", "veth", "peer", "eth0", "netns", phone.name],
            timeout=COMMAND_S,
            check=True,
        )
        for space, addresses in ((box, BOX), (phone, PHONE)):
            space.ip("link", "set", "eth0", "up")
            space.ip("addr", "add", f"{addresses['ip']}/24", "dev", "eth0")
            space.ip("addr", "add", f"{addresses['ip6']}/64", "dev", "eth0", "nodad")
        # Else the kernel answers one attempt a second, and the others only hear silence (icmp(7)).
        box.write("/proc/sys/net/ipv4/icmp_ratelimit", "0")
        box.write("/proc/sys/net/ipv6/icmp/ratelimit", "0")
        yield Lab(box, phone)


@contextmanager
def listener(space: Namespace, port: int) -> Iterator[subprocess.Popen[str]]:
    """A process that listens there on both families."""
    argv = ["ip", "netns", "exec", space.name, sys.executable, "-c", LISTEN, str(port)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait(COMMAND_S)
        if process.stdout is not None:
            process.stdout.close()
