"""The server's own certificate and key, as files: which certificate it must show, and why TLS cannot work with them."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

MOST_BYTES = 1024 * 1024
"""A chain of certificates is a few kilobytes long."""


def own_certificate(certfile: str) -> bytes:
    """The first certificate of the file (DER), which is the one that a server shows; empty where there is none."""
    try:
        if not _readable(Path(certfile)):
            return b""
        text = Path(certfile).read_bytes()[:MOST_BYTES].decode("ascii", "replace")
        end = text.index(ssl.PEM_FOOTER) + len(ssl.PEM_FOOTER)
        return ssl.PEM_cert_to_DER_cert(text[text.index(ssl.PEM_HEADER) : end])
    except (OSError, ValueError):
        return b""  # unreadable, or no certificate: then none is known


def _readable(path: Path) -> bool:
    found = path.stat()
    return stat.S_ISREG(found.st_mode) and found.st_size <= MOST_BYTES


def pair_problem(certfile: str, keyfile: str) -> str:
    """Why a TLS server cannot work with these files, in one line; empty where it can, or where nothing tells.

    Jupyter starts with a pair that does not match, and then every handshake fails (ssl.SSLContext.load_cert_chain is
    what tornado's server calls at each of them).
    """
    for name, path in (("certfile", certfile), ("keyfile", keyfile)):
        if not path:
            continue
        try:
            if not _readable(Path(path)):
                return f"{name} {path} is not a file of a certificate's size"
        except FileNotFoundError:
            return f"{name} {path} is not there any more"
        except PermissionError:
            return ""
        except (OSError, ValueError) as error:
            return f"{name} {path} cannot be read: {getattr(error, 'strerror', None) or error}"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An empty answer to the question for a passphrase: without one OpenSSL would ask the terminal.
        context.load_cert_chain(certfile, keyfile or None, password=lambda: "")
    except PermissionError:
        return ""
    except ssl.SSLError as error:
        return _words(error, certfile, keyfile)
    except (OSError, ValueError) as error:
        return f"certificate and key cannot be loaded: {error}"
    return ""


def _words(error: ssl.SSLError, certfile: str, keyfile: str) -> str:
    reason = error.reason or ""
    if reason == "KEY_VALUES_MISMATCH":
        return f"the key in {keyfile or certfile} does not belong to the certificate in {certfile}"
    if not keyfile:
        return f"no keyfile is set, and {certfile} holds no key that can be used ({reason or 'PEM lib'})"
    return f"certificate {certfile} and key {keyfile} cannot be loaded ({reason or error})"
