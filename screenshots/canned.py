"""Snapshots by hand, for pictures and for tests of the screen: what a small laboratory machine could show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

from jntui.diagnose.exposure import badge, open_words
from jntui.model import (
    Address,
    Answer,
    Check,
    Client,
    Endpoint,
    Finding,
    Interface,
    Listener,
    Looked,
    Machine,
    Row,
    Sample,
    Scope,
    Secret,
    Server,
    ServerView,
    Snapshot,
    SshSession,
    Stage,
    StageName,
    Verdict,
    Watch,
)
from screenshots import settings

TOKEN = "0123456789abcdef0123456789abcdef0123456789abcdef"
"""A token that must never be seen unless it was asked for."""

NOW = datetime(2026, 11, 23, 14, 2, 11, tzinfo=timezone.utc)
MACHINE = Machine("lab-box", "ada", "/home/ada", SshSession("192.168.2.23", "192.168.2.169", 22))
STARTED = datetime(2026, 11, 23, 9, 14, tzinfo=timezone.utc)

LAB = Server(
    id="jpserver-4242",
    state="running",
    pid=4242,
    port=8888,
    app="JupyterLab",
    version="2.21.1",
    python="/home/ada/.venv/bin/python",
    root_dir="/home/ada/work",
    auth="token+password",
    exposure="lan",
    listeners=(Listener("0.0.0.0", 8888, pid=4242),),
    started=STARTED,
    kernels=3,
    clients=2,
    peers=("192.168.2.23", "10.8.0.7"),
    info_file="/home/ada/.local/share/jupyter/runtime/jpserver-4242.json",
    user="ada",
    token=Secret(TOKEN),
)
CLIENTS = (
    Client("10.8.0.7", "10.8.0.3", STARTED, STARTED),
    Client("192.168.2.23", "192.168.2.169", STARTED, STARTED),
    Client("192.168.2.31", "192.168.2.169", STARTED, datetime(2026, 11, 23, 13, 37, tzinfo=timezone.utc), now=False),
)
OPEN = Server(
    id="jpserver-4301",
    state="running",
    pid=4301,
    port=8890,
    app="Notebook",
    version="2.21.1",
    root_dir="/home/ada/研究/データ解析/2026年度/実験ノート",
    auth="none",
    exposure="this-machine",
    listeners=(Listener("127.0.0.1", 8890, pid=4301),),
    started=datetime(2026, 11, 22, 18, 0, tzinfo=timezone.utc),
    kernels=1,
    info_file="/home/ada/.local/share/jupyter/runtime/jpserver-4301.json",
    user="ada",
)
STALE = Server(
    id="jpserver-4711",
    state="stale",
    reason="pid 4711 is gone",
    pid=4711,
    port=8889,
    app="Notebook",
    version="2.21.1",
    root_dir="/srv/nb",
    info_file="/home/ada/.local/share/jupyter/runtime/jpserver-4711.json",
    user="ada",
)

ADDRESSES: tuple[tuple[str, str, Scope], ...] = (
    ("localhost", "lo", "this-machine"),
    ("127.0.0.1", "lo", "this-machine"),
    ("[::1]", "lo", "this-machine"),
    ("172.17.0.1", "docker0", "container"),
    ("192.168.2.169", "eth0", "lan"),
    ("lab-box.lan", "name", "lan"),
    ("[fd7a:115c:a1e0:ab12:4843:cd96:6258:b240]", "eth0", "lan"),
    ("[fe80::5054:ff:fe12:3456%25eth0]", "eth0", "link-local"),
    ("10.8.0.3", "wg0", "vpn"),
    ("[2001:db8:85a3:8d3:1319:8a2e:370:7348]", "eth0", "internet"),
)

INTERFACES = (
    Interface("lo", "loopback", True, (Address("127.0.0.1", 8, "this-machine"), Address("::1", 128, "this-machine"))),
    Interface("docker0", "container", True, (Address("172.17.0.1", 16, "container"),)),
    Interface(
        *("eth0", "ethernet", True),
        (
            Address("192.168.2.169", 24, "lan"),
            Address("fd7a:115c:a1e0:ab12:4843:cd96:6258:b240", 64, "lan"),
            Address("2001:db8:85a3:8d3:1319:8a2e:370:7348", 64, "internet"),
        ),
    ),
    Interface("wg0", "vpn", True, (Address("10.8.0.3", 24, "vpn"),)),
)

HEADLINES: dict[Verdict, str] = {
    "ok": "It opens, and cells can run.",
    "open": "Works for everyone who can reach this address.",
    "not-listening": "Nothing listens at this address.",
    "name-unknown": "This name leads nowhere.",
}


def finding(verdict: Verdict, port: int) -> Finding:
    """Words of the length that diagnosis writes."""
    if verdict == "ok":
        return Finding("ok", HEADLINES["ok"])
    if verdict == "open":
        return Finding(
            "open",
            HEADLINES["open"],
            "token is '' and no password is set. The kernel list was read without any login.",
            "GET /api/kernels answered 200 without credentials",
            f"Set a password, then restart :{port} (1 kernel ends). Until then: set ip to 'localhost'.",
            short_cause="token is '' and no password is set.",
            short_fix="Set a password and restart, or set ip to 'localhost'.",
            settings=("ServerApp.ip", "IdentityProvider.token"),
        )
    if verdict == "name-unknown":
        return Finding(
            "name-unknown",
            HEADLINES["name-unknown"],
            "The resolver of this machine has no address for lab-box.lan.",
            "EAI_NONAME",
            "Use the address 192.168.2.169, or enter the name in your router's DNS or in /etc/hosts.",
            short_cause="no DNS answer here",
            short_fix="Use the address, or enter the name in your DNS.",
        )
    return Finding(
        verdict,
        HEADLINES.get(verdict, "It does not open."),
        f"It listens on 127.0.0.1:{port} only, because ip is 'localhost', the default.",
        f"listener 127.0.0.1:{port}",
        "Set ip to '0.0.0.0' and a password, then restart (3 kernels end). Or use ssh -L and change nothing.",
        short_cause=f":{port} listens on 127.0.0.1 only (ip).",
        short_fix="Set ip and a password, restart; or use ssh -L.",
        settings=("ServerApp.ip",),
    )


def stages(verdict: Verdict) -> tuple[Stage, ...]:
    """The stages of a probe that ended so."""
    failed: dict[Verdict, StageName] = {"not-listening": "connect", "name-unknown": "resolve"}
    names: tuple[StageName, ...] = ("resolve", "connect", "tls", "http", "identity", "auth", "websocket")
    end = names.index(failed[verdict]) if verdict in failed else 99
    found = []
    for index, name in enumerate(names):
        skipped = name == "tls" or (name == "resolve" and verdict != "name-unknown") or name == "websocket"
        ok = None if skipped or index > end else index != end
        found.append(Stage(name, ok, 1.0 if ok else None, "port answered" if ok else ""))
    return tuple(found)


def row(server: Server, host: str, interface: str, scope: Scope, verdict: Verdict) -> Row:
    """One endpoint with its check."""
    url = f"http://{host}:{server.port}/"
    if scope == "link-local":
        note = "only curl opens such a URL"
        return Row(Endpoint(server.id, url, interface, host.strip("[]"), scope, True, note=note, offered=False))
    mine = host == "192.168.2.169"
    kind_covered = verdict not in {"not-listening"}
    endpoint = Endpoint(server.id, url, interface, host.strip("[]"), scope, kind_covered, your_ssh=mine)
    elapsed = 2.0 if verdict != "name-unknown" else 184.0
    return Row(endpoint, Check(endpoint, finding(verdict, server.port or 0), stages(verdict), elapsed, NOW))


def rows(server: Server, verdict_of: Callable[[str, Scope], Verdict]) -> tuple[Row, ...]:
    """All addresses of the machine for one server."""
    return tuple(row(server, host, nic, scope, verdict_of(host, scope)) for host, nic, scope in ADDRESSES)


def _everywhere_v4(host: str, _scope: Scope) -> Verdict:
    if host == "lab-box.lan":
        return "name-unknown"
    return "not-listening" if host.startswith("[") else "ok"


def _here_only(good: Verdict) -> Callable[[str, Scope], Verdict]:
    return lambda host, _scope: good if host in {"localhost", "127.0.0.1"} else "not-listening"


def lab() -> ServerView:
    """A server for the LAN."""
    answer = Answer(
        "works",
        "Open ",
        "http://192.168.2.169:8888/",
        " on your computer",
        "192.168.2.23 is connected to it now.",
        "http://192.168.2.169:8888/ on your computer",
    )
    return ServerView(LAB, rows(LAB, _everywhere_v4), answer, settings.of_lab(), CLIENTS, badge(LAB))


def unguarded() -> ServerView:
    """A server without a login, on this machine only."""
    answer = Answer("catch", "Open ", "http://localhost:8890/", " here", "No token and no password guard it.")
    return ServerView(OPEN, rows(OPEN, _here_only("open")), answer, settings.of_open(), badge=badge(OPEN))


def stale() -> ServerView:
    """An info file that nobody removed."""
    return ServerView(STALE, (), Answer("stale", "Not a server any more: pid 4711 is gone, only its info file is left"))


def main() -> Snapshot:
    """Three servers, the first of them for the LAN."""
    return Snapshot(MACHINE, (lab(), unguarded(), stale()), INTERFACES, changed=NOW, seq=1)


def local_only() -> Snapshot:
    """The first server listens on this machine only."""
    server = replace(
        LAB,
        auth="token",
        exposure="this-machine",
        listeners=(Listener("127.0.0.1", 8888, pid=4242),),
        peers=(),
        clients=0,
    )
    answer = Answer(
        "calm",
        "Not reachable from your computer: :8888 listens on this machine only",
        evidence="ssh -N -L 127.0.0.1:8888:127.0.0.1:8888 ada@192.168.2.169",
        short="Not reachable from your computer",
        copy="ssh -N -L 127.0.0.1:8888:127.0.0.1:8888 ada@192.168.2.169",
    )
    found = rows(server, _here_only("ok"))
    view = ServerView(server, found, answer, settings.of_local(), badge=badge(server))
    return Snapshot(MACHINE, (view, unguarded(), stale()), INTERFACES, changed=NOW, seq=1)


def broken() -> Snapshot:
    """The first server's user has a config file with a syntax error, so it listens where the defaults say."""
    snapshot = local_only()
    view = replace(snapshot.views[0], configuration=settings.of_broken())
    return replace(snapshot, views=(view, *snapshot.views[1:]))


def alarm() -> Snapshot:
    """A server that everybody can use."""
    server = replace(
        OPEN,
        exposure="internet",
        listeners=(Listener("0.0.0.0", 8890), Listener("::", 8890)),
        peers=("192.168.2.77",),
        clients=1,
    )
    found = rows(server, lambda host, _scope: "name-unknown" if host == "lab-box.lan" else "open")
    answer = Answer(
        "alarm",
        "No login: whoever reaches :8890 over LAN, VPN or internet can run code as ada",
        evidence="It asks for no token and no password and listens on every address.",
        short="No login: whoever reaches :8890 can run code as ada",
    )
    client = Client("192.168.2.77", "192.168.2.169", STARTED, STARTED)
    view = ServerView(server, found, answer, settings.of_open("*"), (client,), badge(server))
    return Snapshot(MACHINE, (view, lab(), stale()), exposed=open_words([server]), changed=NOW, seq=1)


def watched() -> Snapshot:
    """The row of the user's ssh is watched; it failed twice and came back."""
    verdicts: tuple[Verdict, ...] = (*["ok"] * 9, "timeout", "timeout", *["ok"] * 6)
    times = [None if verdict == "timeout" else 12.0 for verdict in verdicts]
    times[11] = 48.0
    samples = tuple(Sample(verdict, ms, NOW) for verdict, ms in zip(verdicts, times, strict=True))
    return replace(main(), watch=Watch("jpserver-4242", "http://192.168.2.169:8888/", samples))


def from_phone() -> tuple[Check, ...]:
    """What another host of the LAN finds."""
    found = []
    for each in lab().rows:
        if each.check is None or each.endpoint.scope == "this-machine":
            continue
        scope, check = each.endpoint.scope, each.check
        if scope == "lan" and check.verdict == "ok":
            found.append(check)
        elif check.verdict == "ok":
            words = Finding(
                "timeout",
                "The page never loads.",
                "Nothing came back from this address within 4 s.",
                "no TCP connection in 4.0 s",
                "Allow port 8888 in the firewall of lab-box, for this network.",
            )
            found.append(replace(check, finding=words, elapsed_ms=None))
        else:
            found.append(check)
    return tuple(found)


def checking() -> Snapshot:
    """Nothing has answered yet."""
    view = lab()
    waiting = tuple(replace(each, check=None, checking=each.endpoint.offered) for each in view.rows)
    answer = Answer("checking", "Checking 9 endpoints of :8888", evidence="at most 4 s each; what is known is below")
    server = replace(LAB, asked=False, auth=None)
    return Snapshot(MACHINE, (ServerView(server, waiting, answer), unguarded(), stale()), changed=NOW, seq=1)


def empty() -> Snapshot:
    """No server."""
    looked = (
        Looked("looked in", "/home/ada/.local/share/jupyter/runtime", "no info file"),
        Looked("looked in", "listening sockets of your processes", "none of them is Jupyter"),
        Looked("jupyter", "/home/ada/.venv/bin/jupyter-lab", "JupyterLab 4.6"),
        Looked("not seen", "servers of other users and inside containers", "run jntui there"),
    )
    return Snapshot(MACHINE, looked=looked, changed=NOW, seq=1)
