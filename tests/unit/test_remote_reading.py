"""What comes back from another host: read strictly, whatever it is."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.network.remote import bash, curl, far_side, python3
from jntui.network.remote.exchange import NAMES, Exchange, Request, Unfit, kind_by_words, read_response
from jntui.network.remote.session import read_records
from jntui.text import visible
from jntui.transport import Target

MARK = "jntui-0123456789abcdef01234567"
HTTP = Request(Target("http", "192.0.2.7", 8888), "/api", 2.0, 3.0)
HTTPS = Request(Target("https", "box.example", 8888), "/api", 2.0, 3.0)
VERIFY = Request(Target("https", "box.example", 8888), "/api", 2.0, 3.0, verify=True)


@pytest.mark.parametrize(
    ("data", "whole", "chunked", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", True, False, (200, b"body", False)),
        (b"HTTP/1.1 200 OK\nA: b\n\nbody", True, False, (200, b"body", False)),
        (b"HTTP/1.0 404\r\n\r\n", True, False, (404, b"", False)),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbo", False, False, (200, b"bo", True)),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx", True, False, (200, b"x", False)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nxyz", False, True, (200, b"xy", False)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nxyz", True, True, (200, b"xyz", True)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\nxyz", True, True, (200, b"xyz", False)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", True, True, (200, b"ab", False)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na", True, True, (200, b"a", True)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\na", True, True, (200, b"", True)),
        (b"HTTP/1.1 200 OK\r\nA: b", True, False, None),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 50, True, False, None),
        (b"HTTP/2 200\r\n\r\n", True, False, None),
        (b"HTTP/1.1 999 What\r\n\r\n", True, False, None),
        (b"SSH-2.0-OpenSSH\r\n\r\n", True, False, None),
        (b"", True, False, None),
    ],
)
def test_an_answer(data: bytes, whole: bool, chunked: bool, expected: tuple[int, bytes, bool] | None) -> None:
    response = read_response(data, whole=whole, chunked=chunked)
    assert (response and (response.status, response.body, response.truncated)) == expected


def test_headers_of_one_name_are_joined_and_lines_that_are_none_passed_over() -> None:
    data = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie:b=2 \r\nno header\r\n folded\r\nServer: x\xff\r\n\r\n"
    response = read_response(data, whole=True, chunked=False)
    assert response is not None
    assert response.headers == {"set-cookie": "a=1, b=2", "server": "x\xff"}


@given(st.binary(max_size=400), st.booleans(), st.booleans())
def test_any_bytes_are_an_answer_or_none(data: bytes, whole: bool, chunked: bool) -> None:
    for text in (data, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data, b"HTTP/1.1 200 OK\r\n" + data):
        response = read_response(text, whole=whole, chunked=chunked)
        assert response is None or len(response.body) <= len(text)


CURL_LOGS = {
    "refused": (
        7,
        "*   Trying 192.0.2.7:8888...\n* connect to 192.0.2.7 port 8888 failed: Connection refused",
        "refused",
    ),
    "refused, curl 8.12": (
        7,
        "* connect to 192.0.2.7 port 8888 from 192.0.2.9 port 5 failed: Connection refused",
        "refused",
    ),
    "no route": (7, "* connect to 192.0.2.7 port 8888 failed: No route to host", "host-unreachable"),
    "no network": (7, "* Immediate connect fail for 192.0.2.7: Network is unreachable", "unreachable"),
    "musl": (7, "* Immediate connect fail for 192.0.2.7: Network unreachable", "unreachable"),
    "prohibited": (7, "* Immediate connect fail for fd00::1: Permission denied", "prohibited"),
    "one of two": (
        7,
        "* Immediate connect fail for ::1: Cannot assign requested address\n"
        "* connect to 192.0.2.7 port 8888 failed: Connection refused",
        "refused",
    ),
    "no words": (7, "", "other"),
    "timeout": (28, "*   Trying 192.0.2.7:8888...\n* Connection timed out after 2001 milliseconds", "timeout"),
    "resolver": (28, "* Resolving timed out after 2000 milliseconds", "name-unknown"),
    "name": (6, "* Could not resolve host: box.example", "name-unknown"),
    "malformed": (3, "", "bad-url"),
    "reset": (
        56,
        "* Connected to x (192.0.2.7) port 8888 (#0)\ncurl: (56) Recv failure: Connection reset by peer",
        "reset",
    ),
    "empty": (52, "* Connected to x (192.0.2.7) port 8888\ncurl: (52) Empty reply from server", "closed"),
    "short": (18, "* Connected to x (192.0.2.7) port 8888\ncurl: (18) transfer closed with 9 bytes", "closed"),
    "silent": (28, "* Established connection to x (192.0.2.7 port 8888) from 192.0.2.9 port 5", "silent"),
    "HTTP/0.9": (1, "* Connected to x (192.0.2.7) port 8888\ncurl: (1) Received HTTP/0.9 when not allowed", "not-http"),
    "headers": (56, "* Connected to x (192.0.2.7) port 8888\ncurl: (56) Too large response headers: 9 > 8", "not-http"),
    "killed": (137, "* Connected to x (192.0.2.7) port 8888", "other"),
}


def curl_record(status: int, log: str, data: bytes = b"", figures: str = "") -> dict[str, bytes]:
    out = f"\n{MARK} out {figures}\n".encode() if figures else b""
    return {"log": f"{log}\n{MARK} exit {status}\n".encode(), "data": data + out}


@pytest.mark.parametrize("name", CURL_LOGS)
def test_curls_exit_status_and_words(name: str) -> None:
    status, log, kind = CURL_LOGS[name]
    exchange = curl.read(curl_record(status, log), HTTP, MARK)
    assert exchange is not None
    assert exchange.failure is not None
    assert exchange.failure.kind == kind, exchange


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (35, "error:0A00010B:SSL routines::wrong version number", "tls-alert"),
        (35, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to box.example:8888", "closed"),
        (35, "TLS connect error: error:0A000126:SSL routines::unexpected eof while reading", "closed"),
        (35, "Recv failure: Connection reset by peer", "reset"),
        (28, "SSL connection timeout", "tls-timeout"),
        (77, "error setting certificate verify locations", "tls-alert"),
    ],
)
def test_curls_words_for_a_handshake(status: int, words: str, kind: str) -> None:
    log = f"* Connected to box.example (192.0.2.7) port 8888 (#0)\ncurl: ({status}) {words}"
    exchange = curl.read(curl_record(status, log), HTTPS, MARK)
    assert exchange is not None
    assert exchange.failure is not None
    assert (exchange.failure.stage, exchange.failure.kind) == ("tls", kind)


def test_curls_figures() -> None:
    data = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"version": "2.14.0"}'
    record = curl_record(0, "", data, "200 0.001000 0.003000 0.007000 0.010000 192.0.2.7")
    exchange = curl.read(record, HTTPS, MARK)
    assert exchange is not None
    assert (exchange.peer, exchange.connected, exchange.tls, exchange.failure) == ("192.0.2.7", True, True, None)
    assert (exchange.resolve_ms, exchange.connect_ms, exchange.tls_ms, exchange.elapsed_ms) == (1.0, 2.0, 4.0, 10.0)
    assert exchange.response is not None
    assert exchange.response.body == b'{"version": "2.14.0"}'


@pytest.mark.parametrize(
    ("request_", "status", "log", "certificate"),
    [
        (HTTPS, 0, "* SSL connection using TLSv1.3\n*  SSL certificate verify ok.", None),
        (
            HTTPS,
            0,
            "* SSL connection using TLSv1.3\n"
            "*  SSL certificate verify result: self-signed certificate (18), continuing anyway.",
            "self-signed certificate",
        ),
        (VERIFY, 0, "* SSL connection using TLSv1.3", ""),
        (VERIFY, 60, "curl: (60) SSL certificate problem: certificate has expired", "certificate has expired"),
        (VERIFY, 60, "curl: (60) SSL: no alternative certificate subject", "no alternative certificate subject"),
        (VERIFY, 51, "curl: (51) SSL: certificate subject does not match", "certificate subject does not match"),
        (HTTP, 0, "", None),
    ],
)  # fmt: skip
def test_curls_word_on_the_certificate(request_: Request, status: int, log: str, certificate: str | None) -> None:
    exchange = curl.read(curl_record(status, log, b"HTTP/1.1 200 OK\r\n\r\n"), request_, MARK)
    assert exchange is not None
    assert exchange.certificate == certificate


def test_a_cut_answer_of_curls_has_no_figures_and_is_an_answer() -> None:
    record = curl_record(23, "* Connected to x (192.0.2.7) port 8888 (#0)", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 16000)
    exchange = curl.read(record, HTTP, MARK)
    assert exchange is not None
    assert exchange.peer == "192.0.2.7"
    assert exchange.response is not None
    assert exchange.response.truncated


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"fail": "resolve NAME Name or service not known"}, "name-unknown"),
        ({"fail": "resolve TIMEOUT timed out"}, "name-unknown"),
        ({"fail": "connect ECONNREFUSED Connection refused"}, "refused"),
        ({"fail": "connect TIMEOUT timed out"}, "timeout"),
        ({"fail": "connect EHOSTUNREACH No route to host"}, "host-unreachable"),
        ({"fail": "connect ENETUNREACH Network is unreachable"}, "unreachable"),
        ({"fail": "connect EACCES Permission denied"}, "prohibited"),
        ({"fail": "tls TIMEOUT timed out"}, "tls-timeout"),
        ({"fail": "tls EOF x"}, "closed"),
        ({"fail": "tls TLS wrong version number"}, "tls-alert"),
        ({"fail": "tls OTHER this Python has no ssl module"}, "tls-alert"),
        ({"fail": "http ECONNRESET Connection reset by peer"}, "reset"),
        ({"fail": "http TIMEOUT timed out"}, "silent"),
        ({"fail": "http TIMEOUT timed out", "data": "HTTP/1.1 2"}, "too-slow"),
        ({"fail": "http TIMEOUT timed out", "data": "SSH-2.0-x"}, "not-http"),
        ({"end": "eof", "data": ""}, "closed"),
        ({"end": "eof", "data": "220 smtp"}, "not-http"),
        ({"end": "limit", "data": "HTTP/1.1 200 OK\r\nA: b"}, "not-http"),
    ],
)
def test_pythons_words(fields: dict[str, str], kind: str) -> None:
    record = {"time": b"all=3.0", **{name: value.encode() for name, value in fields.items()}}
    exchange = python3.read(record, HTTPS, MARK)
    assert exchange is not None
    assert exchange.failure is not None
    assert exchange.failure.kind == kind


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (
            {"fail": "bash: connect: Connection refused\nbash: line 9: /dev/tcp/192.0.2.7/1: Connection refused"},
            "refused",
        ),
        ({"fail": "bash: box.example: Name or service not known"}, "name-unknown"),
        ({"fail": "bash: connect: No route to host"}, "host-unreachable"),
        ({}, "timeout"),
        ({"peer": "connected 1.000000"}, "silent"),
        ({"peer": "connected ", "end": "eof"}, "closed"),
        ({"peer": "connected ", "end": "eof", "data": "SSH-2.0-x"}, "not-http"),
    ],
)
def test_bashs_words(fields: dict[str, str], kind: str) -> None:
    record = {"log": b"ended 1", **{name: value.encode() for name, value in fields.items()}}
    exchange = bash.read(record, HTTP, MARK)
    assert exchange is not None
    assert exchange.failure is not None
    assert exchange.failure.kind == kind, exchange


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([b"0 data 4142", b"0 data 43", b"1 log 61"], [{"data": b"ABC"}, {"log": b"a"}]),
        ([], [{}, {}]),
        ([b"2 data 41"], None),
        ([b"0 data 4"], None),
        ([b"0 data 4G"], None),
        ([b"0 shell 41"], None),
        ([b"0  data 41"], None),
        ([b"hello curl"], None),
        ([b"0 data " + b"41" * 201], None),
        ([b"0 data " + b"41" * 200] * 400, None),
    ],
)
def test_records(lines: list[bytes], expected: list[dict[str, bytes]] | None) -> None:
    assert read_records(lines, 2) == expected


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_any_lines_are_records_or_none(lines: list[bytes]) -> None:
    read_records(lines, 3)


def hostile_words() -> st.SearchStrategy[bytes]:
    parts = [
        f"\n{MARK} exit 7\n",
        f"\n{MARK} out 200 0.1 0.1 0.1 0.1 ",
        "* connect to ",
        "curl: (7) ",
        "connect TIMEOUT ",
    ]
    parts += ["ended 1", "connected 1.000000", "eof", "all=1.0", "no \x1b[2J", "HTTP/1.1 200 OK\r\n", "\u202e"]
    known = st.sampled_from(parts).map(str.encode)
    return st.lists(st.one_of(known, st.binary(max_size=40)), max_size=6).map(b"".join)


@given(st.dictionaries(st.sampled_from(sorted(NAMES)), hostile_words()))
def test_any_record_is_an_exchange_of_visible_words_or_none(record: dict[str, bytes]) -> None:
    for tool in (curl, python3, bash):
        for request in (HTTP, HTTPS, VERIFY):
            exchange = tool.read(record, request, MARK)
            assert exchange is None or isinstance(exchange, Exchange)
            if exchange is not None and exchange.failure is not None:
                assert visible(exchange.failure.detail, 400) == exchange.failure.detail
            assert exchange is None or set(exchange.peer) <= set("0123456789abcdefABCDEF:.")


@pytest.mark.parametrize("path", ['/a"b', "/a\\b", "/a b", "/ä", "/a\nb", "/" + "x" * 3000])
def test_a_url_that_cannot_be_passed_on_is_not(path: str) -> None:
    request = Request(Target("http", "192.0.2.7", 8888), path, 2.0, 3.0)
    for tool in (curl, python3, bash):
        with pytest.raises(Unfit):
            tool.text([request], MARK)


def test_what_a_shell_could_read_into_a_url_is_quoted() -> None:
    """A quote in the path ends no word: the program on the other side gets it as it is."""
    request = Request(Target("http", "192.0.2.7", 8888), "/it's/$(id)/`id`/;&/api", 2.0, 3.0)
    assert """'"'"'""" in curl.text([request], MARK)
    assert json.loads(json.dumps(python3._job(request)))["head"].startswith("GET /it's/$(id)/`id`/;&/api HTTP/1.1\r\n")


def test_what_runs_under_the_other_hosts_python_needs_no_newer_one() -> None:
    text = Path(far_side.__file__).read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 6))
    assert "from __future__" not in text


@pytest.mark.parametrize(
    ("words", "kind"),
    [("Connection timed out", "timeout"), ("", "other"), ("Host is unreachable", "host-unreachable")],
)
def test_the_systems_words(words: str, kind: str) -> None:
    assert kind_by_words(words) == kind
