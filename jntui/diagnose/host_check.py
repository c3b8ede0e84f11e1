"""Rules for Jupyter's Host check: 403 to a name or address that is not local, whatever the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import Rule, bound_hosts, fit, is_loopback, joined, listener_words, price, running, written
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case
    from jntui.model import Configuration, Endpoint, Server

_SETTINGS = ("allow_remote_access", "local_hostnames")


def _blocked(case: Case) -> bool:
    """403 by Jupyter itself to `api`, which needs no login: only the Host check says so."""
    return case.reply.status == 403 and case.reply.csp_base_url is not None


def _spelt(case: Case) -> bool:
    """The check compares exactly: `LOCALHOST` and `localhost.` are not `localhost` (jupyter_server check_host)."""
    host = case.endpoint.url.split("//", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]
    return host != "localhost" and host.lower().rstrip(".") == "localhost"


def _why(case: Case) -> str:
    setting = running(case, "allow_remote_access")
    if setting is not None and setting.source.kind not in {"default", "computed"}:
        return f"because allow_remote_access is {setting.shown}"
    ip = running(case, "ip")
    if setting is not None and ip is not None:
        return f"because allow_remote_access is False while ip is {ip.shown}, a loopback address"
    return "because allow_remote_access is False: the default when ip is a loopback address"


def _host_blocked(case: Case) -> Finding:
    proven = case.probe.local_host_works is True
    return Finding(
        "host-blocked",
        "The server refuses this name or address (Host check).",
        f"{'It' if proven else 'Likely it'} answers only to local names, {_why(case)}.",
        joined(
            f"403 to Host: {case.host}",
            "200 to Host: 127.0.0.1 on the same connection" if proven else "",
            written(case, *_SETTINGS, "ip"),
        ),
        f"Set allow_remote_access to True, or add {case.host} to local_hostnames (and keep localhost there), then "
        f"restart it{price(case.server)}." + _tunnel(case),
        certain=proven,
        short_cause="The Host check refuses this name (403)."
        if proven
        else "Likely the Host check refuses this name (403).",
        short_fix="Set allow_remote_access = True and restart.",
        settings=_SETTINGS,
    )


def _tunnel(case: Case) -> str:
    if case.endpoint.kind == "tunnel":
        return " Or open the tunnel's near end as localhost."
    return ""


def _fixed_host(case: Case) -> Finding:
    return Finding(
        "host-blocked",
        "The server refuses what a proxy in front calls it (Host check).",
        f"Likely a proxy in front sends a name of its own as Host, which is not local, and {case.label} refuses it: "
        "another Host from here changed nothing.",
        joined(f"403 to Host: {case.host}, and to Host: 127.0.0.1", written(case, *_SETTINGS)),
        f"Set allow_remote_access to True and restart it{price(case.server)}, or let the proxy send Host: localhost.",
        certain=False,
        short_cause="Likely a proxy's Host is refused (403).",
        short_fix="Set allow_remote_access = True and restart.",
        settings=_SETTINGS,
    )


def _misspelt(case: Case) -> Finding:
    rest = case.endpoint.url.split("//", 1)[-1].split("/", 1)
    port = rest[0].rpartition(":")[2] if ":" in rest[0] else ""
    path = rest[1] if len(rest) > 1 else ""
    url = f"{case.scheme}://localhost{f':{port}' if port else ''}/{path}"
    return Finding(
        "host-blocked",
        "The server refuses this spelling of localhost (Host check).",
        "It compares the name letter by letter, and this is not exactly localhost.",
        f"403 to Host: {case.host}; 200 to Host: 127.0.0.1 on the same connection",
        f"Open {url} instead.",
        short_cause="Not exactly localhost: the Host check refuses it.",
        short_fix=fit(f"Open {url}"),
        settings=_SETTINGS,
    )


def _allowed_now(case: Case) -> bool:
    """The files already let the name in, and the running server does not: it read them before."""
    remote, names = case.setting("allow_remote_access"), case.setting("local_hostnames")
    named = names is not None and isinstance(names.value, (list, tuple)) and case.host in names.value
    return case.probe.local_host_works is True and (named or (remote is not None and remote.value is True))


def _restart(case: Case) -> Finding:
    return Finding(
        "host-blocked",
        "The server refuses this name or address (Host check).",
        "Its settings let this name in by now; it reads them when it starts, and was started before.",
        joined(
            f"403 to Host: {case.host}; 200 to Host: 127.0.0.1 on the same connection",
            written(case, *_SETTINGS),
        ),
        f"Restart it{price(case.server)}.",
        short_cause="Allowed by now; it was started before.",
        short_fix="Restart it.",
        action="restart",
        settings=_SETTINGS,
    )


def _lets_in(settings: Configuration, host: str) -> bool:
    """The running server has a setting that lets this name in."""
    remote, names = settings.setting("allow_remote_access"), settings.setting("local_hostnames")
    if remote is not None and remote.value is True and not remote.needs_restart:
        return True
    named = names is not None and isinstance(names.value, (list, tuple)) and host in names.value
    return named and names is not None and not names.needs_restart


def expect_host_block(server: Server, endpoint: Endpoint, settings: Configuration | None = None) -> Finding | None:
    """What a server on loopback addresses alone will say to a name that is not local; None where it may answer.

    jupyter_server's default of allow_remote_access is then False (serverapp.py), and each refused request writes three
    warnings into its log. So what looks by itself does not ask; the user can.
    """
    host = endpoint.address or ""
    hosts = bound_hosts(server)
    if endpoint.kind != "direct" or not endpoint.covered or host == "localhost" or is_loopback(host):
        return None
    if not hosts or not all(is_loopback(one) for one in hosts):
        return None
    if settings is not None and _lets_in(settings, host):
        return None
    return Finding(
        "host-blocked",
        "The server likely refuses this name (Host check).",
        "Likely it answers only to local names: it listens on this machine only, and allow_remote_access is then "
        "False by default. It was not asked, as each refusal writes warnings into its log.",
        listener_words(server),
        f"To allow the name, set allow_remote_access to True, or add {host} to local_hostnames (and keep localhost "
        f"there), then restart it{price(server)}. Or ask it all the same.",
        certain=False,
        short_cause="Likely the Host check refuses this name; not asked.",
        short_fix="Ask it; or set allow_remote_access = True.",
        action="check",
        settings=_SETTINGS,
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "host-blocked: not exactly localhost",
        lambda c: _blocked(c) and _spelt(c) and c.probe.local_host_works is True,
        _misspelt,
    ),
    Rule("host-blocked: waits for a restart", lambda c: _blocked(c) and _allowed_now(c), _restart),
    Rule("host-blocked: by a proxy's Host", lambda c: _blocked(c) and c.probe.local_host_works is False, _fixed_host),
    Rule("host-blocked", _blocked, _host_blocked),
)
