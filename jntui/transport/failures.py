"""What an error of a socket or of TLS means, in the model's words."""

from __future__ import annotations

import errno
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model import FailureKind

_BY_ERRNO: dict[int, FailureKind] = {
    errno.ECONNREFUSED: "refused",
    errno.ENOENT: "refused",
    errno.ETIMEDOUT: "timeout",
    errno.ENETUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EHOSTUNREACH: "host-unreachable",
    errno.EACCES: "prohibited",
    errno.EPERM: "prohibited",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
}


def failure_kind(error: OSError) -> FailureKind:
    """What an error of connect or of a read means, by its errno (connect(2), ip(7))."""
    if isinstance(error, TimeoutError) and error.errno != errno.ETIMEDOUT:
        return "timeout"
    return _BY_ERRNO.get(error.errno or 0, "other")


def tls_kind(error: OSError) -> FailureKind:
    """What a failed handshake was: a reset or an end, silence, or an alert."""
    if isinstance(error, TimeoutError):
        return "tls-timeout"
    if isinstance(error, ssl.SSLEOFError):
        return "closed"
    if isinstance(error, ssl.SSLError):
        return "tls-alert"
    kind = failure_kind(error)
    return "tls-alert" if kind == "other" else kind


def tls_words(error: OSError) -> str:
    """The system's own words for it."""
    # An SSLError that OpenSSL did not raise itself has no `reason`.
    return str(getattr(error, "reason", None) or error.strerror or error)
