"""Facts as literals: servers, endpoints, probes and what lies around them, and the form of one case of the tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jntui.diagnose import diagnose
from jntui.diagnose.case import Case
from jntui.model import (
    Configuration,
    Endpoint,
    Failure,
    FailureKind,
    Finding,
    Firewall,
    Listener,
    Machine,
    Probe,
    Reply,
    Scope,
    Server,
    Setting,
    Source,
    SshSession,
    Stage,
    StageName,
    Surroundings,
    Verdict,
    WebSocket,
)

LOCAL = (Listener("127.0.0.1", 8888, pid=7), Listener("::1", 8888, pid=7))
WIDE = (Listener("0.0.0.0", 8888, pid=7), Listener("::", 8888, pid=7))
MACHINE = Machine("lab-box", "ada", "/home/ada", SshSession("192.168.2.23", "192.168.2.169", 22))
FILE = "/home/ada/.jupyter/jupyter_server_config.py"


def server(*listeners: Listener, **fields: object) -> Server:
    base = Server("jpserver-7", "running", pid=7, port=8888, listeners=listeners or LOCAL, kernels=3)
    return replace(base, **fields)  # type: ignore[arg-type]


def endpoint(
    url: str = "http://127.0.0.1:8888/",
    scope: Scope = "this-machine",
    covered: bool | None = True,
    address: str = "127.0.0.1",
) -> Endpoint:
    return Endpoint("jpserver-7", url, "lo", address, scope, covered)


def custom(url: str, scope: Scope = "lan", its_server: str | None = None) -> Endpoint:
    host = url.split("//")[1].split("/", maxsplit=1)[0]
    host = host[1:].split("]")[0] if host.startswith("[") else host.split(":")[0]
    return Endpoint(its_server, url, None, host, scope, None, "custom")


LAN = endpoint("http://192.168.2.169:8888/", "lan", False, "192.168.2.169")
LAN_COVERED = replace(LAN, covered=True)
LAN6 = endpoint("http://[fd00::5]:8888/", "lan", False, "fd00::5")
OUTSIDE = custom("http://example.org:8888/", "internet")
OTHER_HOST = custom("http://192.168.2.40:8888/")


def failed(stage: StageName, kind: FailureKind, detail: str = "the exact words", **fields: object) -> Probe:
    base = Probe("u", (), 12.0, 4.0, failure=Failure(stage, kind, detail))
    return replace(base, **fields)  # type: ignore[arg-type]


def answered(
    status: int = 200, version: str | None = "2.21.1", *, probe: dict[str, object] | None = None, **reply: object
) -> Probe:
    got = replace(Reply(status, jupyter_version=version), **reply)  # type: ignore[arg-type]
    return replace(Probe("u", (), 12.0, 4.0, reply=got), **(probe or {}))  # type: ignore[arg-type]


def socket(outcome: str, **fields: object) -> dict[str, object]:
    """The fields of a probe that got as far as the WebSocket."""
    return {"auth": "accepted", "websocket": replace(WebSocket(outcome), **fields)}  # type: ignore[arg-type]


def setting(name: str, value: object, line: int | None = 12, **fields: object) -> Setting:
    source = Source("file", FILE, line, f"ServerApp.{name}") if line is not None else Source("default")
    base = Setting(name, "ServerApp", "text", "help", "default", value, repr(value), source)
    return replace(base, **fields)  # type: ignore[arg-type]


def settings(*found: Setting) -> Configuration:
    return Configuration(found, server="jpserver-7")


def stage(name: StageName, detail: str, ok: bool | None = True, elapsed_ms: float | None = 1.0) -> Stage:
    return Stage(name, ok, elapsed_ms, detail)


def near(*listeners: Listener, **fields: object) -> Surroundings:
    """Around an address of this machine."""
    return replace(Surroundings(local=True, listeners=listeners), **fields)  # type: ignore[arg-type]


UFW = Firewall(
    True, "ufw", "drops", "drops", "policy drop in chain input", allow=("sudo ufw allow 8888/tcp",), interface="eth0"
)
FIREWALLD = Firewall(
    True,
    "firewalld",
    "prohibits",
    "prohibits",
    "reject with icmpx admin-prohibited",
    zone="public",
    interface="eth0",
    allow=("sudo firewall-cmd --zone=public --add-port=8888/tcp",),
)
UNREAD = Firewall(False, "ufw", unread="cannot be read without root: sudo nft list ruleset")
LETS_IN = Firewall(True, "nftables", "accepts", "accepts")

LETS_NOTHING_OUT = Firewall(
    True,
    "nftables",
    "drops",
    rule="inet out output: tcp dport 8888 drop",
    allow=("sudo nft insert rule inet out output ip daddr 192.168.2.40 tcp dport 8888 accept",),
    interface="eth0",
)

CLOSED = failed("connect", "not-listening")


@dataclass(frozen=True)
class Given:
    """One situation, and what must be said of it."""

    rule: str
    verdict: Verdict
    says: str
    """In cause or evidence."""
    probe: Probe
    server: Server | None = None
    endpoint: Endpoint = OUTSIDE
    around: Surroundings = field(default_factory=Surroundings)
    settings: Configuration | None = None
    others: tuple[Server, ...] = ()
    fix: str = ""
    """In the fix."""
    certain: bool = True

    @property
    def case(self) -> Case:
        return Case(self.server, self.endpoint, self.probe, MACHINE, self.around, self.settings, self.others)

    @property
    def finding(self) -> Finding:
        return diagnose(
            self.server,
            self.endpoint,
            self.probe,
            MACHINE,
            around=self.around,
            settings=self.settings,
            others=self.others,
        )
