"""What opening a canned server would do, and what comes of it."""

from __future__ import annotations

from dataclasses import replace

from jntui.model import (
    AccessDone,
    AccessPlan,
    AccessRefused,
    AccessWish,
    ChangePlan,
    ChangeRequest,
    DiffLine,
    RestartPlan,
    Scope,
    ServerView,
    SettingStep,
)
from screenshots import canned

JSON = "/home/ada/.jupyter/jupyter_server_config.json"
PY = "/home/ada/.jupyter/jupyter_server_config.py"
FIREWALL = "ufw allow in on eth0 to any port 8888 proto tcp"


def plan(view: ServerView, wish: AccessWish, restart: RestartPlan) -> AccessPlan:
    """Raises AccessRefused where nothing would guard it."""
    server = view.server
    guard = "password" if wish.password else server.auth or "none"
    local = wish.reach == "local"
    if guard == "none" and not wish.without_authentication and not local:
        raise AccessRefused(f"nothing would guard {server.label}: --password - reads one", needs_guard=True)
    hosts = {"lan": ("0.0.0.0", "[::]"), "local": ("127.0.0.1", "[::1]")}.get(wish.reach, (wish.address or "",))
    covered: dict[str, tuple[Scope, ...]] = {"local": ("this-machine",), "address": ("lan",)}
    reached = covered.get(wish.reach, ("this-machine", "container", "lan", "vpn", "internet"))
    endpoints = tuple(
        replace(row.endpoint, covered=row.endpoint.scope in reached) for row in view.rows if row.endpoint.offered
    )
    before = ("127.0.0.1:8888",) if server.exposure == "this-machine" else ("0.0.0.0:8888",)
    steps = [SettingStep("ip", "'localhost'", "'*'" if wish.reach == "lan" else repr(wish.address))]
    added = [DiffLine("+", None, 12, "c.ServerApp.ip = '*'")]
    if local:
        steps, added = [SettingStep("ip", "'*'", "not set")], [DiffLine("-", 12, None, "c.ServerApp.ip = '*'")]
    if wish.password:
        steps.append(SettingStep("password", "not set", "argon2 hash"))
    context = DiffLine(" ", 11, 11, "c.ServerApp.open_browser = False")
    change = ChangePlan(ChangeRequest("ip", None, PY), "ip", PY, (context, *added), "changed", also=(JSON,))
    risks = ("without TLS: who sits in between reads everything, the password too",) if not local else ()
    if wish.tls or wish.certfile:
        own = "/home/ada/.local/state/jntui/tls/jntui.pem"
        steps.append(SettingStep("certfile", "not set", repr(wish.certfile or own)))
        risks = ("browsers warn before the page, as nobody signed it; iPhone and iPad show the page and run no cell",)
    return AccessPlan(
        wish,
        server.id,
        server.label,
        before,
        tuple(f"{host}:{server.port}" for host in hosts),
        guard,
        endpoints,
        tuple(steps),
        change,
        restart,
        exact=local,
        firewall=(FIREWALL,) if not local else (),
        firewall_words="this machine's firewall keeps others out: ufw, default deny" if not local else "",
        notes=risks,
    )


def done(view: ServerView, planned: AccessPlan, failing: bool = False) -> AccessDone:
    """Everything works, or nothing does."""
    local = planned.wish.reach == "local"
    server = replace(view.server, id="jpserver-5001", pid=5001, exposure="this-machine" if local else "lan")
    checks = [
        canned.row(server, host, nic, scope, "not-listening" if failing and scope != "this-machine" else "ok").check
        for host, nic, scope in canned.ADDRESSES
        if not host.startswith("[") and host != "lab-box.lan" and (scope == "this-machine" or not local)
    ]
    return AccessDone(planned, server, None, None, tuple(check for check in checks if check is not None))
