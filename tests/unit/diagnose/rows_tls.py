"""TLS, and connections that bring no whole answer. Named by the rows of the symptom table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from jntui.model import Certificate, Listener
from tests.unit.diagnose.facts import (
    LOCAL,
    OUTSIDE,
    Given,
    answered,
    custom,
    endpoint,
    failed,
    near,
    server,
    setting,
    settings,
)

HTTPS = endpoint("https://127.0.0.1:8888/")
UNANSWERED = failed("tls", "tls-timeout", "the handshake timed out", other_scheme_works=False)
SELF_SIGNED = Certificate(False, "self-signed certificate", ("self-signed",))
PAIR = settings(setting("certfile", "/srv/a.pem"), setting("keyfile", "/srv/b.key", 13))

TLS: dict[str, Given] = {
    "row-16 http to a TLS port": Given(
        "tls-expected: another scheme",
        "tls-expected",
        "TLS handshake on the same port succeeds",
        failed("http", "reset", other_scheme_works=True),
        server(),
        endpoint(),
        fix="https://127.0.0.1:8888/",
    ),
    "row-16 a redirect to https": Given(
        "tls-expected: a redirect",
        "tls-expected",
        "leads to https://example.org/",
        answered(301, None, location="https://example.org/"),
        fix="https://example.org/",
    ),
    "row-16 nginx leads to its port for https": Given(
        "tls-expected: a redirect",
        "tls-expected",
        "leads to https://example.org:9006/jup/api",
        answered(301, None, location="https://example.org:9006/jup/api"),
        fix="Open https://example.org:9006/jup/ instead.",
    ),
    "row-16 nginx leads to https at the same port": Given(
        "tls-expected: a redirect",
        "tls-expected",
        "leads to https://example.org:8888/api",
        answered(301, None, location="https://example.org:8888/api"),
        fix="Open https://example.org:8888/ instead.",
    ),
    "row-17 https to plain http": Given(
        "tls-missing",
        "tls-missing",
        "answers to http",
        replace(UNANSWERED, other_scheme_works=True),
        server(),
        HTTPS,
        fix="http://127.0.0.1:8888/",
    ),
    "row-17 https to plain http, no time left to ask": Given(
        "tls-missing: likely",
        "tls-missing",
        "likely it speaks plain http",
        replace(UNANSWERED, other_scheme_works=None),
        server(),
        HTTPS,
        fix="http://127.0.0.1:8888/",
        certain=False,
    ),
    "row-17 a key that does not belong to the certificate": Given(
        "tls-broken: certificate and key",
        "tls-broken",
        "The key does not belong to the certificate",
        replace(UNANSWERED, pair="the key does not belong to the certificate", pair_fits=False),
        server(scheme="https"),
        HTTPS,
        settings=PAIR,
        fix="Set certfile and keyfile to a certificate and the key it was made with, then restart it",
    ),
    "row-17 a key with a long path": Given(
        "tls-broken: certificate and key",
        "tls-broken",
        "The key in /home/somebody/certificates/jupyter.key does not belong to the certificate in",
        replace(
            UNANSWERED,
            pair="the key in /home/somebody/certificates/jupyter.key does not belong to the certificate in /srv/a.pem",
            pair_fits=False,
        ),
        server(scheme="https"),
        HTTPS,
        settings=PAIR,
        fix="Set certfile and keyfile to a certificate and the key it was made with, then restart it",
    ),
    "row-17 a file that is missing": Given(
        "tls-broken: certificate and key",
        "tls-broken",
        "keyfile = '/srv/b.key' (~/.jupyter/jupyter_server_config.py:13)",
        replace(UNANSWERED, pair="/srv/b.key: no such file"),
        server(scheme="https"),
        HTTPS,
        settings=PAIR,
        fix="Put the file where certfile and keyfile name it",
    ),
    "row-17 the pair is right, so the server hangs": Given(
        "no-answer: in the handshake of a right pair",
        "no-answer",
        "belong together, so likely the server hangs",
        replace(UNANSWERED, pair_fits=True),
        server(scheme="https"),
        HTTPS,
        fix="log",
        certain=False,
    ),
    "row-17 the files cannot be read": Given(
        "tls-broken",
        "tls-broken",
        "likely certificate and key do not belong together, or the server hangs",
        UNANSWERED,
        server(scheme="https"),
        HTTPS,
        fix="KEY_VALUES_MISMATCH",
        certain=False,
    ),
    "row-17 somebody else's port": Given(
        "no-answer: in the handshake",
        "no-answer",
        "did not answer the TLS handshake",
        UNANSWERED,
        endpoint=replace(OUTSIDE, url="https://example.org/"),
        fix="ss -ltnp",
        certain=False,
    ),
    "row-17 a client certificate is asked for": Given(
        "tls-broken: a client certificate",
        "tls-broken",
        "client_ca is set",
        failed("tls", "tls-alert", "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required"),
        server(scheme="https"),
        HTTPS,
        settings=settings(setting("client_ca", "/srv/ca.pem")),
        fix="unset client_ca",
    ),
    "row-18 self-signed": Given(
        "tls-untrusted",
        "tls-untrusted",
        "it is self-signed",
        answered(probe={"auth": "not-sent", "certificate": SELF_SIGNED}),
        server(),
        HTTPS,
        fix="Accept the warning",
    ),
    "row-18 expired": Given(
        "tls-untrusted",
        "tls-untrusted",
        "it expired on 2026-11-03, 19 days ago",
        answered(
            probe={
                "auth": "accepted",
                "certificate": Certificate(
                    False,
                    "certificate has expired",
                    ("expired",),
                    not_after=datetime(2026, 11, 3, tzinfo=timezone.utc),
                    days_left=-20,
                ),
            }
        ),
        server(),
        HTTPS,
        fix="Renew the certificate",
    ),
}


SILENCE: dict[str, Given] = {
    "row-16 the near end of a tunnel": Given(
        "no-answer: a tunnel's far end",
        "no-answer",
        "ssh holds this port and ends the connection: likely nothing listens at the tunnel's far end",
        failed("http", "reset", "[Errno 104] Connection reset by peer", other_scheme_works=False),
        endpoint=custom("http://127.0.0.1:9000/", "this-machine"),
        around=near(Listener("127.0.0.1", 9000, pid=50), holder="ssh"),
        fix="open failed",
        certain=False,
    ),
    "row-16 the far end of ssh -R": Given(
        "no-answer: a tunnel's far end",
        "no-answer",
        "on the computer that the tunnel comes from",
        failed("http", "closed", other_scheme_works=False),
        endpoint=custom("http://127.0.0.1:9000/", "this-machine"),
        around=near(Listener("127.0.0.1", 9000, pid=50), holder="sshd"),
        certain=False,
    ),
    "row-16 a dead ssh connection": Given(
        "no-answer: a dead tunnel",
        "no-answer",
        "likely the ssh connection behind it is dead",
        failed("http", "silent", other_scheme_works=False),
        endpoint=custom("http://127.0.0.1:9000/", "this-machine"),
        around=near(Listener("127.0.0.1", 9000, pid=50), holder="ssh"),
        fix="ServerAliveInterval",
        certain=False,
    ),
    "row-containers docker-proxy with nobody behind it": Given(
        "no-answer: a container's server",
        "no-answer",
        "the container's own 127.0.0.1 only",
        failed("http", "reset", other_scheme_works=False),
        endpoint=custom("http://127.0.0.1:8888/", "this-machine"),
        around=near(Listener("0.0.0.0", 8888, pid=50), holder="docker-proxy"),
        fix="--ip=0.0.0.0",
        certain=False,
    ),
    "row-24 not HTTP: an SSH server": Given(
        "not-jupyter: not HTTP",
        "not-jupyter",
        "The answer is not HTTP, so an SSH server (sshd) has this port",
        failed("http", "not-http", "SSH-2.0-OpenSSH_9.2"),
        around=near(Listener("0.0.0.0", 8888, pid=50), holder="sshd"),
        fix="ss -ltnp",
    ),
    "row-24 it closes without an answer": Given(
        "no-answer: another program",
        "no-answer",
        "closed it before a whole answer",
        failed("http", "closed"),
        fix="See on that machine which program",
        certain=False,
    ),
    "row-24 a Jupyter that hangs": Given(
        "no-answer: the server hangs",
        "no-answer",
        "said nothing. Likely the server hangs",
        failed("http", "silent"),
        server(),
        endpoint(),
        fix="log",
        certain=False,
    ),
    "row-24 a server that ctrl+z suspended": Given(
        "no-answer: it is suspended",
        "no-answer",
        "jupyter-lab (pid 7), which has this port, was stopped by ctrl+z",
        failed("http", "silent"),
        server(),
        endpoint(),
        near(LOCAL[0], holder="jupyter-lab", suspended=7),
        fix="kill -CONT 7",
    ),
}


ROWS: dict[str, Given] = {**TLS, **SILENCE}
