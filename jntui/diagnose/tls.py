"""Rules for TLS where it is not wanted, is missing, or fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import SHORT_CELLS, Rule, cells, fit, joined, price, written
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case

REDIRECTS = frozenset({301, 302, 303, 307, 308})


def _tls_missing(case: Case) -> Finding:
    return Finding(
        "tls-missing",
        "The server speaks plain http here, not https.",
        "The TLS handshake got no answer that makes sense; the same port answers to http.",
        joined(case.failure.detail, written(case, "certfile")),
        f"Open {case.with_scheme('http')} instead, or give the server a certificate (certfile, keyfile).",
        short_cause="https was tried; the port speaks plain http.",
        short_fix="Use http:// instead of https://.",
        instead=case.with_scheme("http"),
        settings=("certfile",),
    )


def _likely_missing(case: Case) -> Finding:
    return Finding(
        "tls-missing",
        "The server likely speaks plain http here, not https.",
        f"The TLS handshake was not answered, and {case.label} was started without a certificate: likely it speaks "
        "plain http. There was no time left to ask it so.",
        joined(case.failure.detail, written(case, "certfile")),
        f"Open {case.with_scheme('http')} instead, or give the server a certificate (certfile, keyfile).",
        certain=False,
        short_cause="https was tried; likely it speaks plain http.",
        short_fix="Use http:// instead of https://.",
        settings=("certfile",),
    )


def _tls_expected(case: Case) -> Finding:
    return Finding(
        "tls-expected",
        "The server speaks https here, not plain http.",
        "The answer to plain http ended at once; a TLS handshake on the same port succeeds.",
        case.failure.detail or f"status {case.reply.status}",
        f"Open {case.with_scheme('https')} instead.",
        short_cause="Plain http was tried; the port speaks TLS.",
        short_fix="Use https:// instead of http://.",
        instead=case.with_scheme("https"),
        settings=("certfile",),
    )


def _led_to_https(case: Case) -> Finding:
    instead = case.led_to if _other_place(case) else case.with_scheme("https")
    return Finding(
        "tls-expected",
        "The server wants https here, not plain http.",
        "It answers plain http by leading to https.",
        f"status {case.reply.status}, leads to {case.reply.location}",
        f"Open {instead} instead.",
        short_cause="Plain http was tried; it leads to https.",
        short_fix="Use https:// instead of http://.",
        instead=instead,
        settings=("certfile",),
    )


def _other_place(case: Case) -> bool:
    """It leads to another port, so the URL with the other scheme alone would be wrong."""
    return case.with_scheme("https").split("/", 3)[2] != case.reply.location.split("/", 3)[2]


def _pair(case: Case) -> Finding:
    missing = "no such file" in case.probe.pair.lower() or "does not exist" in case.probe.pair.lower()
    what = case.probe.pair[:1].upper() + case.probe.pair[1:]
    return Finding(
        "tls-broken",
        "The TLS handshake fails: the server's certificate files are wrong.",
        f"{what.rstrip('.')}. "
        + (
            "Jupyter reads both files anew for each connection, and without one of them it answers no handshake."
            if missing
            else "Jupyter starts with such files all the same, and then answers no handshake."
        ),
        joined(case.failure.detail, written(case, "certfile", "keyfile")),
        (
            "Put the file where certfile and keyfile name it, or set them"
            if missing
            else "Set certfile and keyfile to a certificate and the key it was made with"
        )
        + f", then restart it{price(case.server)}.",
        short_cause=_short_pair(what),
        short_fix="Set certfile and keyfile to a pair, restart.",
        settings=("certfile", "keyfile"),
    )


def _short_pair(what: str) -> str:
    """Without the paths where they make it too long: what is wrong stands behind them."""
    whole = what.rstrip(".") + "."
    if cells(whole) <= SHORT_CELLS:
        return whole
    return "Key and certificate do not belong together." if "does not belong" in whole else fit(whole)


def _client_certificate(case: Case) -> Finding:
    return Finding(
        "tls-broken",
        "The server asks the browser for a certificate of its own.",
        "The TLS handshake ended because no client certificate was shown: client_ca is set.",
        joined(case.failure.detail, written(case, "client_ca")),
        f"Install a client certificate of that authority in the browser, or unset client_ca and restart it"
        f"{price(case.server)}.",
        short_cause="It wants a client certificate (client_ca).",
        short_fix="Install one in the browser, or unset client_ca.",
        settings=("client_ca",),
    )


def _hangs(case: Case) -> Finding:
    return Finding(
        "no-answer",
        "It accepts the connection, but answers no TLS handshake.",
        "Its certificate and key were read and belong together, so likely the server hangs or is very busy.",
        joined(case.failure.detail, written(case, "certfile", "keyfile")),
        "Look into its log; if it stays so, restart it.",
        certain=False,
        short_cause="Likely the server hangs: its files are a pair.",
        short_fix="Look into its log; if it stays so, restart it.",
    )


def _tls_broken(case: Case) -> Finding:
    silent = case.failure.kind == "tls-timeout"
    return Finding(
        "tls-broken",
        "The TLS handshake fails.",
        "It was not answered in time: likely certificate and key do not belong together, or the server hangs."
        if silent
        else "The handshake ended with an error, and plain http gets no answer either: likely it is no TLS server, or "
        "its certificate and key do not belong together.",
        joined(case.failure.detail, written(case, "certfile", "keyfile")),
        "Look into the server's log for KEY_VALUES_MISMATCH or PEM lib, and set certfile and keyfile to a pair.",
        certain=False,
        short_cause="The TLS handshake fails; likely a wrong pair.",
        short_fix="See its log; check certfile and keyfile.",
        settings=("certfile", "keyfile"),
    )


def _http_on_tls(case: Case) -> bool:
    """Plain http at a TLS port: a reset, an end, or a web server's own 400 for it (nginx)."""
    return (
        case.scheme == "http"
        and case.probe.other_scheme_works is True
        and (case.ended_at("http") or case.reply.status == 400)
    )


def _to_https(case: Case) -> bool:
    return (
        case.scheme == "http"
        and case.reply.status in REDIRECTS
        and case.reply.location.startswith("https://")
        and case.reply.location[8:].split("/", 1)[0].rsplit(":", 1)[0].strip("[]") == case.host
    )


def _asks_certificate(case: Case) -> bool:
    words = case.failure.detail.lower().replace("_", " ")
    return case.ended_at("tls") and "certificate required" in words


def _plain_server(case: Case) -> bool:
    """Its own info file or listener says http, and nobody could ask."""
    return (
        case.ended_at("tls", "tls-timeout")
        and case.server is not None
        and case.server.scheme == "http"
        and bool(case.endpoint.covered)
        and case.probe.other_scheme_works is None
    )


MISSING: tuple[Rule, ...] = (
    Rule("tls-missing", lambda c: c.ended_at("tls") and c.probe.other_scheme_works is True, _tls_missing),
    Rule("tls-missing: likely", _plain_server, _likely_missing),
    Rule("tls-broken: certificate and key", lambda c: c.ended_at("tls") and bool(c.probe.pair), _pair),
    Rule("tls-broken: a client certificate", _asks_certificate, _client_certificate),
    Rule(
        "no-answer: in the handshake of a right pair",
        lambda c: c.ended_at("tls", "tls-timeout") and c.probe.pair_fits is True,
        _hangs,
    ),
)
"""Before the rules about silence."""

BROKEN: tuple[Rule, ...] = (
    Rule("tls-broken", lambda c: c.ended_at("tls"), _tls_broken),
    Rule("tls-expected: another scheme", _http_on_tls, _tls_expected),
    Rule("tls-expected: a redirect", _to_https, _led_to_https),
)
"""After the rule about silence in a handshake."""
