"""Whether a server's certificate verifies, found out without a trace in that server's log.

A client that refuses a certificate says so with a TLS alert, and tornado writes a warning for each (iostream.py,
`_do_ssl_handshake`); an end of the connection writes none. So the handshake runs in memory, and where verification
fails the alert is not sent.
"""

from __future__ import annotations

import contextlib
import ssl
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.model import Certificate
from jntui.transport.certificate import problem_of, read_trusted
from jntui.transport.deadline import TimedTlsSocket

if TYPE_CHECKING:
    from jntui.transport.deadline import Deadline, TimedSocket


def silent_verification(context: ssl.SSLContext, sock: TimedSocket, host: str, limit: Deadline) -> Certificate:
    """Handshakes on a connected socket within the limit, closes it, and says what was found of the certificate.

    `context` must verify. Raises OSError (ssl.SSLError, TimeoutError) where the handshake fails for another reason.
    """
    secure = TimedTlsSocket(sock, context, host)
    with contextlib.closing(secure):
        try:
            secure.handshake(limit)
        except ssl.SSLCertVerificationError as error:
            problems = (problem_of(error.verify_code),)
            return Certificate(trusted=False, problem=error.verify_message or str(error), problems=problems)
        return read_trusted(secure.tls.getpeercert() or {}, datetime.now(timezone.utc))
