"""The URL itself, and listeners: no connection is needed to know. Named by the rows of the symptom table."""

from __future__ import annotations

from dataclasses import replace

from jntui.model import Listener
from tests.unit.diagnose.facts import (
    CLOSED,
    LAN,
    LAN6,
    LOCAL,
    Given,
    custom,
    endpoint,
    failed,
    near,
    server,
    setting,
    settings,
)

URLS: dict[str, Given] = {
    "row-34 a URL that cannot be one": Given(
        "bad-url", "bad-url", "names no host", failed("resolve", "bad-url", "it names no host")
    ),
    "row-33 a server on a socket file": Given(
        "unix-socket",
        "unix-socket",
        "/run/j.sock",
        failed("connect", "unix-socket", "unix:/run/j.sock"),
        server(Listener("", None, path="/run/j.sock")),
        fix="ssh -L 127.0.0.1:8888:/run/j.sock ada@192.168.2.169",
    ),
    "row-33 a socket file of nobody known": Given(
        "unix-socket: of no known server",
        "unix-socket",
        "No server here is known to listen on /nope",
        failed("connect", "unix-socket", "unix:/nope"),
        fix="ssh -L 127.0.0.1:8888:/nope ada@192.168.2.169",
    ),
    "row-09 a name that does not exist": Given(
        "name-unknown",
        "name-unknown",
        "could not be resolved on this machine",
        failed("resolve", "name-unknown", "[Errno -2] Name or service not known"),
        fix="Use an address",
    ),
    "row-09 a .local name": Given(
        "name-unknown: a .local name",
        "name-unknown",
        "(mDNS)",
        failed("resolve", "name-unknown", "[Errno -2] Name or service not known"),
        endpoint=custom("http://lab-box.local:8888/"),
        fix="avahi-daemon",
    ),
    "row-09 no name server": Given(
        "name-unknown: no name server",
        "name-unknown",
        "likely none can be reached",
        failed("resolve", "name-unknown", "[Errno -3] Temporary failure in name resolution"),
        fix="/etc/resolv.conf",
        certain=False,
    ),
    "a name, and another trouble": Given(
        "name-unknown: anything else", "name-unknown", "failed", failed("resolve", "other"), fix="Use an address"
    ),
}


LISTENING: dict[str, Given] = {
    "row-01 this machine only": Given(
        "not-listening: this machine only",
        "not-listening",
        "127.0.0.1 and ::1 only: that is what ip = 'localhost', the default, does",
        CLOSED,
        server(),
        LAN,
        fix="ssh -L 127.0.0.1:8888:127.0.0.1:8888 ada@192.168.2.169",
    ),
    "row-01 this machine only, by a file": Given(
        "not-listening: this machine only",
        "not-listening",
        "because ip is '127.0.0.1'. listeners: 127.0.0.1:8888; ip = '127.0.0.1' (~/.jupyter/jupyter_server_config.py:1",
        CLOSED,
        server(LOCAL[0]),
        LAN,
        settings=settings(setting("ip", "127.0.0.1")),
        fix="Set ip to '0.0.0.0' and a password, then restart it",
    ),
    "row-01 a restart is missing": Given(
        "not-listening: waits for a restart",
        "not-listening",
        "ip is '0.0.0.0' by now",
        CLOSED,
        server(),
        LAN,
        settings=settings(setting("ip", "0.0.0.0", needs_restart=True)),
        fix="Restart it",
    ),
    "row-01 bound to another address": Given(
        "not-listening: bound to other addresses",
        "not-listening",
        "listens on 10.77.0.1 only",
        CLOSED,
        server(Listener("10.77.0.1", 8888)),
        endpoint(covered=False),
        fix="Use 10.77.0.1",
    ),
    "row-01 no listener at all": Given(
        "not-listening: no listener at all",
        "not-listening",
        "Nothing of it listens",
        CLOSED,
        replace(server(), listeners=()),
        endpoint(covered=False),
        fix="log",
    ),
    "row-01 a name that leads elsewhere": Given(
        "not-listening: a name that leads elsewhere",
        "not-listening",
        "the name lab-box leads to 127.0.1.1",
        failed("connect", "not-listening", peer="127.0.1.1"),
        server(),
        endpoint("http://lab-box:8888/", "this-machine", False, "lab-box"),
        fix="Use an address",
    ),
    "row-02 IPv4 only": Given(
        "not-listening: IPv4 only",
        "not-listening",
        "IPv4 only, because its command line sets ip to '0.0.0.0'",
        CLOSED,
        server(Listener("0.0.0.0", 8888), bind="0.0.0.0"),
        LAN6,
        fix="set ip to '*'",
    ),
    "row-02 the other loopback address": Given(
        "not-listening: the other loopback address",
        "not-listening",
        "127.0.0.1 only",
        CLOSED,
        server(LOCAL[0]),
        endpoint("http://[::1]:8888/", covered=False, address="::1"),
        fix="Open http://127.0.0.1:8888/ instead.",
    ),
    "row-03 '::' is IPv6 alone": Given(
        "not-listening: '::' is IPv6 only",
        "not-listening",
        "IPV6_V6ONLY",
        CLOSED,
        server(Listener("::", 8888)),
        LAN,
        fix="set ip to '*'",
    ),
    "row-21 another server in the other IP family, not asked": Given(
        "not-listening: another program has it there",
        "not-listening",
        "on this address the same port belongs to another Jupyter server, jpserver-9",
        CLOSED,
        server(LOCAL[0]),
        endpoint("http://[::1]:8888/", covered=False, address="::1"),
        near(LOCAL[0], Listener("::1", 8888, pid=9)),
        others=(server(Listener("::1", 8888, pid=9), id="jpserver-9", pid=9),),
        fix="Use 127.0.0.1 for :8888",
    ),
    "row-containers a server in another network namespace": Given(
        "not-listening: in a container's network",
        "not-listening",
        "It runs in a container (4f2a) with a network of its own",
        CLOSED,
        replace(server(), listeners=()),
        endpoint(covered=False),
        near(server_container="4f2a"),
        fix="docker run -p 8888:8888",
    ),
}


ROWS: dict[str, Given] = {**URLS, **LISTENING}
