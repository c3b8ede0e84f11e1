"""The JSON documents of the contract: fields may be added, never renamed or re-typed."""

from __future__ import annotations

import json
from datetime import timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from jntui.model import Certificate, Check, Endpoint, Server, Survival

Document = dict[str, object]


def write(document: Document) -> None:
    """Prints one document. Escaped to ASCII: any terminal and any pipe takes it."""
    print(json.dumps(document, indent=2))


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    if value is None:
        return None
    return value.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def reason(server: Server) -> str:
    """Why it is in its state, in words."""
    if server.reason:
        return server.reason
    version = f" {server.version}" if server.version else ""
    return f"pid {server.pid} listens and answers as Jupyter{version}"


def server_document(server: Server, survival: Survival | None = None) -> Document:
    """One server, as in `list`; `survival` where it was looked at."""
    return {
        "id": server.id,
        "state": server.state,
        "reason": reason(server),
        "pid": server.pid,
        "port": server.port,
        "app": server.app,
        "version": server.version,
        "python": server.python,
        "root_dir": server.root_dir,
        "base_url": server.base_url,
        "scheme": server.scheme,
        "auth": server.auth,
        "exposure": server.exposure,
        "listeners": [listener.text for listener in server.listeners],
        "started": moment(server.started),
        "last_activity": moment(server.last_activity),
        "kernels": server.kernels,
        "clients": server.clients,
        "info_file": server.info_file,
        "user": server.user,
        "managed": server.managed,
        "survival": None
        if survival is None
        else {
            "outlives": survival.outlives,
            "sure": survival.sure,
            "words": survival.words,
            "keep": survival.keep or None,
        },
    }


def endpoint_document(endpoint: Endpoint, url: str | None = None) -> Document:
    """One endpoint, as in `urls`; `url` replaces its own where the user asked for the token."""
    return {
        "url": url or endpoint.url,
        "interface": endpoint.interface,
        "address": endpoint.address,
        "scope": endpoint.scope,
        "covered": endpoint.covered,
        "kind": endpoint.kind,
    }


def check_document(checks: Sequence[Check]) -> Document:
    """The answer of `check`."""
    return {
        "endpoints": check_rows(checks),
        "reachable": sum(1 for check in checks if check.reachable),
        "total": len(checks),
    }


def check_rows(checks: Sequence[Check]) -> list[Document]:
    """The rows of it."""
    return [_one_check(check) for check in checks]


def rows_of(checks: Sequence[Check]) -> list[Document]:
    """The same with what `urls` says of each endpoint."""
    rows = zip(checks, check_rows(checks), strict=True)
    return [{**endpoint_document(check.endpoint), **row} for check, row in rows]


def certificate_document(certificate: Certificate | None) -> Document | None:
    """What the endpoint's certificate says; None without TLS."""
    if certificate is None:
        return None
    return {
        "trusted": certificate.trusted,
        "problems": list(certificate.problems),
        "names": list(certificate.names),
        "not_before": moment(certificate.not_before),
        "not_after": moment(certificate.not_after),
        "days_left": certificate.days_left,
        "issuer": certificate.issuer,
    }


def _one_check(check: Check) -> Document:
    finding, endpoint = check.finding, check.endpoint
    return {
        "server": endpoint.server,
        "url": endpoint.url,
        "interface": endpoint.interface,
        "scope": endpoint.scope,
        "covered": endpoint.covered,
        "verdict": finding.verdict,
        "reachable": check.reachable,
        "elapsed_ms": check.elapsed_ms,
        "cause": finding.cause,
        "evidence": finding.evidence,
        "fix": finding.fix,
        "certain": finding.certain,
        "notes": list(finding.notes),
        "certificate": certificate_document(check.certificate),
        "stages": [
            {"name": stage.name, "ok": stage.ok, "elapsed_ms": stage.elapsed_ms, "detail": stage.detail}
            for stage in check.stages
        ],
    }
