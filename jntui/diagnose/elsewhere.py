"""What another host could not find out, in words."""

from __future__ import annotations

from jntui.model import Finding


def no_tls_there(host: str) -> Finding:
    """`host` has neither curl nor python3, so https was not asked from there: nothing is known of this endpoint."""
    return Finding(
        "no-answer",
        f"{host} cannot ask over https.",
        f"{host} has neither curl nor python3, and bash speaks no TLS, so this endpoint was not asked.",
        "no request was made",
        f"Install curl on {host} and check again.",
        certain=False,
        short_cause="There is no curl there, and bash speaks no TLS.",
        short_fix="Install curl there, and check again.",
    )
