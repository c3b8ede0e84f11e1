"""One endpoint as another host sees it: which request comes next, and the probe that they add up to.

A generator for each endpoint: it yields a request and is given what came of it, so that many advance side by side. The
order is the local probe's: `api`, then what confirms a failure, then `login` before `api/status`, which would write
warnings into a guarded server's log. No token is sent, ever.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jntui.model import GATEWAY, STAGES, Certificate, Failure, Probe, Stage
from jntui.network.guard import questions, same_start, start_words
from jntui.network.place import BadUrl, read_url
from jntui.network.remote.bash import NO_TLS
from jntui.network.remote.exchange import Exchange, Request, Unfit
from jntui.network.reply import guards_api, read_reply
from jntui.text import visible
from jntui.transport import is_ip

if TYPE_CHECKING:
    from jntui.model import AuthOutcome, CertificateProblem, Endpoint, Reply, Server, StageName
    from jntui.network.guard import Guard
    from jntui.network.place import Place
    from jntui.transport import Response

Steps = Generator[Request, Exchange, Probe]

Asking = Generator[Request, Exchange, None]

LEAST_S = 0.2
"""A confirming request that would have less time than this is not made."""

NO_TOKEN = "no token goes to another host"  # noqa: S105 - a sentence

WEBSOCKET_UNTESTED = "not tested from another host"


@dataclass(slots=True)
class _Attempt:
    """The state of one probe while it runs."""

    endpoint: Endpoint
    server: Server | None
    host: str
    timeout_s: float
    spent_ms: float = 0.0
    bytes_read: int = 0
    stages: dict[StageName, Stage] = field(default_factory=dict)
    failure: Failure | None = None
    certificate: Certificate | None = None
    reply: Reply | None = None
    other_scheme_works: bool | None = None
    local_host_works: bool | None = None
    auth: AuthOutcome | None = None
    identity: bool | None = None
    peer: str | None = None

    def stage(self, name: StageName, ok: bool | None, detail: str, elapsed_ms: float | None = None) -> None:
        self.stages[name] = Stage(name, ok, elapsed_ms, visible(detail, 300))

    def request(self, place: Place, path: str, **changes: object) -> Request | None:
        """A request within what is left, half of it for the connection; None where too little is left."""
        left_s = self.timeout_s - self.spent_ms / 1000
        if left_s < LEAST_S:
            return None
        made = Request(place.target, path, round(left_s / 2, 3), round(left_s * 0.75, 3))
        return replace(made, **changes)  # type: ignore[arg-type]

    def took(self, exchange: Exchange) -> Exchange:
        """Counts what an exchange took."""
        self.spent_ms += exchange.elapsed_ms
        self.bytes_read += exchange.bytes_read
        return exchange


def steps(endpoint: Endpoint, server: Server | None, host: str, timeout_s: float) -> Steps:
    """The requests that one probe of `endpoint` from `host` needs, `timeout_s` seconds altogether; then the probe."""
    attempt = _Attempt(endpoint, server, host, timeout_s)
    try:
        place = read_url(endpoint.url)
        if place.unix:
            attempt.failure = Failure("connect", "unix-socket", f"unix:{visible(place.target.unix_path)}")
        else:
            Request(place.target, place.path("api"), 1.0, 1.0).url  # noqa: B018 - raises Unfit
            yield from _connect(attempt, place)
    except (BadUrl, Unfit) as error:
        attempt.failure = Failure("resolve", "bad-url", str(error))
    if attempt.failure is not None:
        attempt.stage(attempt.failure.stage, False, attempt.failure.detail)
    return _probe(attempt)


def _probe(attempt: _Attempt) -> Probe:
    stages = tuple(attempt.stages.get(name) or Stage(name, None, None, "not reached") for name in STAGES)
    return Probe(
        url=attempt.endpoint.url,
        stages=stages,
        elapsed_ms=round(attempt.spent_ms, 1),
        timeout_s=attempt.timeout_s,
        failure=attempt.failure,
        certificate=attempt.certificate,
        reply=attempt.reply,
        other_scheme_works=attempt.other_scheme_works,
        local_host_works=attempt.local_host_works,
        auth=attempt.auth,
        identity=attempt.identity,
        peer=attempt.peer,
        vantage=attempt.host,
        bytes_read=attempt.bytes_read,
    )


def _connect(attempt: _Attempt, place: Place) -> Asking:
    request = attempt.request(place, place.path("api"))
    if request is None:
        attempt.failure = Failure("connect", "timeout", f"{attempt.timeout_s:g} s is too short for a check from afar")
        return
    exchange = _reset_after_connecting(attempt.took((yield request)), place)
    _connection_stages(attempt, place, exchange)
    attempt.failure = exchange.failure
    if attempt.failure is not None:
        if _may_be_other_scheme(attempt.failure, place):
            yield from _other_scheme(attempt, place)
        return
    if place.target.scheme == "https":
        yield from _verify(attempt, place, exchange)
    if exchange.response is not None:
        yield from _answered(attempt, place, exchange, exchange.response)


def _reset_after_connecting(exchange: Exchange, place: Place) -> Exchange:
    """A reset that came so soon that the program there saw no connection: there was one, for nothing else is reset."""
    failure = exchange.failure
    if failure is None or (failure.stage, failure.kind) != ("connect", "reset"):
        return exchange
    stage: StageName = "tls" if place.target.scheme == "https" else "http"
    return replace(exchange, connected=True, failure=replace(failure, stage=stage))


def _connection_stages(attempt: _Attempt, place: Place, exchange: Exchange) -> None:
    """resolve, connect and tls as far as they went well."""
    attempt.peer = exchange.peer or None
    address = exchange.peer or place.target.host
    if is_ip(place.target.host):
        attempt.stage("resolve", None, "not needed: the URL holds an address")
    elif exchange.connected or (exchange.failure is not None and exchange.failure.stage != "resolve"):
        attempt.stage("resolve", True, exchange.peer or f"{attempt.host} knows the name", exchange.resolve_ms)
    if exchange.connected:
        attempt.stage("connect", True, f"{address} port {place.target.port}, from {attempt.host}", exchange.connect_ms)
    if place.target.scheme != "https":
        if exchange.connected:
            attempt.stage("tls", None, "not needed: the URL says http")
    elif exchange.tls:
        attempt.stage("tls", True, "the handshake succeeds", exchange.tls_ms)


def _may_be_other_scheme(failure: Failure, place: Place) -> bool:
    if place.target.scheme == "https":
        return failure.stage == "tls"
    return failure.stage == "http" and failure.kind in {"reset", "closed", "silent", "not-http"}


def _other_scheme(attempt: _Attempt, place: Place) -> Asking:
    """Whether the other scheme gets an answer on the same port: an HTTP answer, or a finished TLS handshake."""
    scheme = "http" if place.target.scheme == "https" else "https"
    request = attempt.request(place, place.path("api"), target=replace(place.target, scheme=scheme))
    if request is not None:
        exchange = attempt.took((yield request))
        if exchange.failure is not None and exchange.failure.detail == NO_TLS:
            return
        attempt.other_scheme_works = exchange.response is not None or (scheme == "https" and exchange.tls)


def _verify(attempt: _Attempt, place: Place, first: Exchange) -> Asking:
    """Whether a browser on that host would trust the certificate; one that is known not to verify is not asked again,
    for a refused handshake writes a warning into the server's log."""
    problem = first.certificate
    if problem is None:
        request = attempt.request(place, place.path("api"), verify=True)
        if request is not None:
            problem = attempt.took((yield request)).certificate
    words = visible(problem, 200) if problem is not None else "not verified"
    problems = certificate_problems(words) if words else ()
    attempt.certificate = Certificate(trusted=not words, problem=words, problems=problems)
    attempt.stage("tls", True, words or f"{attempt.host} trusts the certificate", first.tls_ms)


_PROBLEMS: tuple[tuple[str, CertificateProblem], ...] = (
    ("self-signed", "self-signed"),
    ("self signed", "self-signed"),
    ("expired", "expired"),
    ("not yet valid", "not-yet-valid"),
    ("mismatch", "name-mismatch"),
    ("no alternative certificate subject name", "name-mismatch"),
    ("does not match", "name-mismatch"),
    ("not valid for", "name-mismatch"),
    ("doesn't match", "name-mismatch"),
    ("local issuer", "unknown-authority"),
    ("unknown ca", "unknown-authority"),
    ("unknown authority", "unknown-authority"),
    ("unable to verify the first certificate", "unknown-authority"),
    ("not verified", "unverified"),
)


def certificate_problems(words: str) -> tuple[CertificateProblem, ...]:
    """What the words of OpenSSL, curl or Python say against a certificate."""
    low = words.lower()
    found = tuple(dict.fromkeys(problem for phrase, problem in _PROBLEMS if phrase in low))
    return found or ("other",)


def _answered(attempt: _Attempt, place: Place, exchange: Exchange, response: Response) -> Asking:
    reply = attempt.reply = read_reply(response)
    done = sum(ms or 0.0 for ms in (exchange.resolve_ms, exchange.connect_ms, exchange.tls_ms))
    jupyter = f", Jupyter {reply.jupyter_version}" if reply.jupyter_version is not None else ""
    named = f", Server: {reply.server}" if reply.server and not jupyter else ""
    attempt.stage("http", True, f"{reply.status}{jupyter}{named}", round(max(0.0, exchange.elapsed_ms - done), 1))
    if reply.status == 403 and reply.csp_base_url is not None:
        request = attempt.request(place, place.path("api"), host=f"127.0.0.1:{place.target.port}")
        if request is not None:
            local = attempt.took((yield request)).response
            proven = local is not None and read_reply(local).jupyter_version is not None
            attempt.local_host_works = True if proven else False if local is not None and local.status == 403 else None
    if reply.jupyter_version is None and not guards_api(reply):
        return
    attempt.stage("identity", None, _identity_words(attempt.server, reply))
    yield from _auth(attempt, place, reply)
    attempt.stage("websocket", None, WEBSOCKET_UNTESTED)


def _identity_words(server: Server | None, reply: Reply) -> str:
    if server is None:
        return "no server of this machine is known at this URL"
    words = "nothing public tells two servers apart"
    if reply.jupyter_version is None or server.version is None:
        return words
    same = reply.jupyter_version == server.version
    return f"{words}; its version {'is' if same else 'is not'} that of this server ({visible(server.version, 40)})"


def _auth(attempt: _Attempt, place: Place, reply: Reply) -> Asking:
    server = attempt.server
    if reply.hub:
        attempt.auth = "hub"
        attempt.stage("auth", None, "JupyterHub asks for its own login")
    elif server is not None and server.app == GATEWAY and reply.status != 401:
        attempt.auth = "open"
        attempt.stage("auth", True, "api was read without any login")
    else:
        yield from _without_login(attempt, place, reply)


def _without_login(attempt: _Attempt, place: Place, reply: Reply) -> Asking:
    asking = questions(attempt.server, reply, place.base)
    took_ms: float | None = None
    try:
        path = next(asking)
        while True:
            exchange = yield from _ask(attempt, place, path)
            if exchange is None or exchange.response is None:
                return
            took_ms = exchange.elapsed_ms
            path = asking.send(exchange.response)
    except StopIteration as end:
        found: Guard = end.value
    attempt.auth = found.auth
    if found.auth is None:
        attempt.reply = replace(reply, jupyter_version=None)
    words = f"it asks for a login; {NO_TOKEN}" if found.auth == "login" else found.words
    attempt.stage("auth", found.ok, words, took_ms)
    same = same_start(attempt.server, found.answer) if found.auth == "open" else None
    if same is not None:
        attempt.identity = same
        attempt.stage("identity", same, start_words(same))


def _ask(attempt: _Attempt, place: Place, path: str) -> Generator[Request, Exchange, Exchange | None]:
    """GET of a page of Jupyter's; without an answer the stage says so."""
    request = attempt.request(place, place.path(path))
    exchange = attempt.took((yield request)) if request is not None else None
    if exchange is None or exchange.response is None:
        attempt.auth = "unknown"
        failure = exchange.failure if exchange is not None else None
        attempt.stage("auth", None, f"no answer: {failure.detail if failure is not None else 'no time was left'}")
    return exchange
