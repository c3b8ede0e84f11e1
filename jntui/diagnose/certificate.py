"""Words about certificates: why a browser warns, since when, for whom it was made, and when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import bound_hosts, bracketed, fit, joined, listed, written
from jntui.model import Finding

if TYPE_CHECKING:
    from datetime import datetime

    from jntui.diagnose.case import Case
    from jntui.model import Certificate, CertificateProblem

SOON_DAYS = 30
"""A certificate that ends within so many days is worth a word."""

_MOST_NAMES = 4

IPHONE = (
    "iPhone and iPad: the page loads, cells do not run. What works there: plain http in your own network, or a "
    "certificate of an authority that is installed and trusted on the device (Settings, General, About, Certificate "
    "Trust Settings)."
)
"""Safari accepts such a certificate for a page and not for its WebSockets."""

_FOREIGN: frozenset[CertificateProblem] = frozenset({"self-signed", "unknown-authority", "unverified"})

_ORDER: tuple[CertificateProblem, ...] = (
    "expired",
    "not-yet-valid",
    "name-mismatch",
    "self-signed",
    "unknown-authority",
    "unverified",
    "other",
)
"""What even a trusted device refuses comes first."""


def _ago(left: int) -> str:
    """`left` counts whole days downwards: -1 is less than a day ago."""
    whole = -left - 1
    return "less than a day ago" if whole == 0 else f"{whole} {'day' if whole == 1 else 'days'} ago"


def day(moment: datetime | None) -> str:
    """The date, UTC, as ISO 8601 writes it."""
    return moment.date().isoformat() if moment is not None else "an unknown day"


def _names(certificate: Certificate) -> str:
    if not certificate.names:
        return "no name at all (it has no subjectAltName)"
    shown = certificate.names[:_MOST_NAMES]
    more = len(certificate.names) - len(shown)
    return listed([*shown, f"{more} more"] if more else shown)


def _clause(certificate: Certificate, problem: CertificateProblem, host: str) -> tuple[str, str, str]:
    """What is wrong: as a clause, in short alone, and in a word among several."""
    if problem == "expired":
        left = certificate.days_left
        ago = f", {_ago(left)}" if left is not None and left < 0 else ""
        return (
            f"it expired on {day(certificate.not_after)}{ago}",
            f"The certificate expired on {day(certificate.not_after)}.",
            "expired",
        )
    if problem == "not-yet-valid":
        return (
            f"it is not valid before {day(certificate.not_before)}",
            f"The certificate is not valid before {day(certificate.not_before)}.",
            "not yet valid",
        )
    if problem == "name-mismatch":
        return (
            f"it is for {_names(certificate)}, not for {host}",
            fit(f"The certificate is not for {host}."),
            "wrong name",
        )
    if problem == "self-signed":
        return ("it is self-signed, so no authority vouches for it", "The certificate is self-signed.", "self-signed")
    if problem == "unknown-authority":
        issuer = f" {certificate.issuer}" if certificate.issuer else ""
        return (
            f"its issuer{issuer} is no authority that this machine knows",
            "The certificate's issuer is unknown here.",
            "unknown issuer",
        )
    return ("the browser cannot verify it", "The browser cannot verify the certificate.", "unverified")


NO_RESTART = "The server reads the file for each connection: no restart is needed."
"""Jupyter hands tornado the paths, which loads them at each handshake (tornado.netutil.ssl_options_to_context)."""


def _renewal(case: Case, certificate: Certificate) -> str:
    """What a renewed file takes, and what renews one of jntui's own, which is self-signed."""
    if "self-signed" not in certificate.problems or case.server is None:
        return NO_RESTART
    wide = {"0.0.0.0", "::"}.intersection(bound_hosts(case.server))
    command = f", or `jntui access {case.server.port} --lan --tls`" if wide else ""
    return f'{NO_RESTART} If jntui made it: ctrl+p, "make a certificate"{command}.'


def _fixes(case: Case, certificate: Certificate) -> tuple[list[str], str]:
    """What to do for each problem, and the short form for the first."""
    steps: list[str] = []
    short = ""
    for problem in _sorted(certificate):
        if problem == "expired":
            steps.append(f"Renew the certificate in certfile. {_renewal(case, certificate)}")
            short = short or "Renew the certificate in certfile."
        elif problem == "not-yet-valid":
            steps.append("Look at the clock of the machine that made it, and at this one's (date).")
            short = short or "Look at the clocks (date)."
        elif problem == "name-mismatch":
            use = next((name for name in certificate.names if not name.startswith("*")), "")
            if use and case.port:
                steps.append(f"Open {case.scheme}://{bracketed(use)}:{case.port}{case.base} if that name leads here.")
            steps.append(f"{'Or make' if use else 'Make'} a certificate that names {case.host}.")
            short = short or (f"Open it as {use}." if use else "Make a certificate with this name.")
    if not steps:
        steps.append("Accept the warning in the browser, or use a certificate that your devices trust.")
        short = "Accept the warning, or use a trusted certificate."
    return steps, fit(short)


def _sorted(certificate: Certificate) -> list[CertificateProblem]:
    return sorted(set(certificate.problems), key=_ORDER.index)


def untrusted(case: Case) -> Finding:
    """The finding of a server that works after a certificate warning."""
    certificate = case.probe.certificate
    assert certificate is not None  # noqa: S101 - the rule looked
    clauses = [_clause(certificate, problem, case.host) for problem in _sorted(certificate)]
    steps, short_fix = _fixes(case, certificate)
    told = listed(clause for clause, _, _ in clauses) if clauses else "the browser cannot verify it"
    if len(clauses) > 1:
        short = fit(f"Certificate: {', '.join(word for _, _, word in clauses)}.")
    else:
        short = clauses[0][1] if clauses else "The browser cannot verify the certificate."
    own = " It is the server's own file, byte for byte." if certificate.own_file else ""
    return Finding(
        "tls-untrusted",
        f"Works{_from(case)} after a certificate warning in the browser.",
        f"The browser does not trust the certificate: {told}.{own}",
        joined(
            certificate.problem, f"issuer {certificate.issuer}" if certificate.issuer else "", written(case, "certfile")
        ),
        " ".join(steps),
        short_cause=short,
        short_fix=short_fix,
        settings=("certfile",),
    )


def _from(case: Case) -> str:
    return f" from {case.probe.vantage}" if case.probe.vantage else ""


def notes(case: Case) -> tuple[str, ...]:
    """What a user of this endpoint should know of its certificate."""
    certificate = case.probe.certificate
    if certificate is None:
        return ()
    found: list[str] = []
    if not certificate.trusted and (not certificate.problems or _FOREIGN.intersection(certificate.problems)):
        found.append(IPHONE)
    left = certificate.days_left
    if left is not None and 0 <= left < SOON_DAYS and "expired" not in certificate.problems:
        days = "today" if left == 0 else f"in {left} {'day' if left == 1 else 'days'}"
        ends = f"The certificate ends on {day(certificate.not_after)}, {days}"
        found.append(f"{ends}: renew it before. {_renewal(case, certificate)}")
    if not certificate.trusted and not certificate.own_file and case.probe.auth == "not-sent":
        found.append(
            "The token was not sent over a connection that nobody verified, so whether it fits was not checked."
        )
    if not certificate.trusted and certificate.own_file and case.probe.token_sent:
        found.append("The certificate is the server's own file, so the token was sent all the same and checked.")
    return tuple(found)
