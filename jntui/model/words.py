"""The contract's words: closed sets of strings, each with what it means."""

from __future__ import annotations

from typing import Literal, get_args

State = Literal["running", "starting", "unresponsive", "stale", "other-user"]
"""What a server is. `running`: its listener belongs to the pid and `api` answers as Jupyter."""


Scope = Literal["this-machine", "container", "link-local", "vpn", "lan", "carrier-nat", "internet"]
"""From where an address can be reached, narrow to wide."""


SCOPES: tuple[Scope, ...] = get_args(Scope)


Auth = Literal["none", "token", "password", "token+password", "hub"]
"""What guards a server. It is asked of the server, never taken from its info file."""


Kind = Literal["direct", "file", "custom", "tunnel"]
"""Where an endpoint comes from: a listener, the redirect file, the user, a way in from outside."""


StageName = Literal["resolve", "connect", "tls", "http", "identity", "auth", "websocket"]


STAGES: tuple[StageName, ...] = get_args(StageName)


Verdict = Literal[
    "ok",
    "login",
    "open",
    "tls-untrusted",
    "page-only",
    "not-listening",
    "refused",
    "timeout",
    "no-route",
    "name-unknown",
    "no-answer",
    "tls-expected",
    "tls-missing",
    "tls-broken",
    "host-blocked",
    "token-rejected",
    "base-url",
    "other-server",
    "not-jupyter",
    "gateway-error",
    "bad-url",
    "unix-socket",
]


VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


REACHABLE: frozenset[Verdict] = frozenset({"ok", "login", "open", "tls-untrusted"})
"""The verdicts with which a browser on this machine could work."""


GATEWAY = "Kernel Gateway"
"""The name of that application: it guards itself in another way than Jupyter's own servers."""


NOISY: frozenset[Verdict] = frozenset({"host-blocked", "token-rejected", "base-url", "tls-expected", "page-only"})
"""Finding these out again writes warnings into the server's log, so only the user or a change has it done again."""


InterfaceKind = Literal["loopback", "ethernet", "wifi", "vpn", "container", "virtual", "unknown"]


FailureKind = Literal[
    "bad-url",
    "unix-socket",
    "not-listening",
    "name-unknown",
    "refused",
    "timeout",
    "unreachable",
    "host-unreachable",
    "prohibited",
    "reset",
    "closed",
    "silent",
    "too-slow",
    "not-http",
    "tls-alert",
    "tls-timeout",
    "other",
]
"""How a stage failed, as the socket or the parser told it, before anybody draws a conclusion from it."""


AuthOutcome = Literal["accepted", "rejected", "open", "login", "hub", "not-sent", "unknown"]


WebSocketOutcome = Literal["open", "no-upgrade", "cross-origin", "forbidden", "missing", "silent", "ended", "other"]
"""What became of a WebSocket handshake. `no-upgrade`: Jupyter answered that the request asked for none, so something
in between took the Upgrade header away; `cross-origin`: Jupyter refused the Origin that a browser would send;
`forbidden`: refused for another reason; `missing`: no such page; `ended`: the connection did."""


CertificateProblem = Literal[
    "self-signed", "unknown-authority", "expired", "not-yet-valid", "name-mismatch", "unverified", "other"
]
"""Why a browser warns about a certificate."""


Tone = Literal["works", "catch", "alarm", "calm", "broken", "checking", "stale"]
"""What the sign and the tint of an answer say: ✓ ! !! ○ ✗ · and ○ in the warning colour."""

SCOPE_WORDS: dict[Scope, str] = {
    "this-machine": "this machine",
    "container": "container",
    "link-local": "link-local",
    "vpn": "VPN",
    "lan": "LAN",
    "carrier-nat": "carrier NAT",
    "internet": "internet",
}
