"""Whatever a server answers, reading it raises nothing, stays small and holds nothing that a terminal would obey."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import datetime, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from jntui.jupyter.rest import Question, ask, parse_time
from jntui.model import Secret
from jntui.network.reply import read_reply
from jntui.text import visible
from jntui.transport import BODY_LIMIT, Deadline, Response, Target
from tests.contract.fake_http import FakeTransport, Request

WORDS = st.sampled_from(
    [
        *("application/json", "text/html", "report-uri ", "/a/", "api/security/csp-report", "/hub/login", "http://x/"),
        *("username-127-0-0-1-8888=", '"2|1:0|10:1|', "Basic realm=", "\x1b[31m", "\x1b]0;title\x07", "\u202e", "\r\n"),
        *("\x00", "\x9b2J", "\u2028", "\ud800", "?", "=", ";", ", ", " "),
    ]
)
TEXT = st.lists(WORDS | st.text(max_size=8), max_size=12).map("".join) | st.text(max_size=6000)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("content-type", "content-security-policy", "location", "server", "set-cookie", "www-authenticate"),
            *("x-jupyterhub-version", "content-length"),
        ]
    ),
    TEXT,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
NAMED = st.dictionaries(
    st.sampled_from(["version", "message", "reason", "kernels", "started", "last_activity", "connections"]), JSON
)
FORMS = st.sampled_from([b"", b'<input name="password">', b'<input name="password"> new_password', b"[" * 5000])
BODIES = st.binary(max_size=300) | (NAMED | JSON).map(lambda value: json.dumps(value).encode()) | FORMS
RESPONSES = st.builds(
    Response,
    status=st.sampled_from([200, 302, 401, 403, 404, 405, 500, 502]) | st.integers(0, 999),
    headers=HEADERS | HEADERS.map(lambda found: {**found, "content-type": "application/json"}),
    body=BODIES,
    truncated=st.booleans(),
    elapsed_ms=st.just(1.0),
)


def texts(value: object) -> Iterator[str]:
    """Every string in a frozen value."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))


def assert_fit(value: object) -> None:
    for text in texts(value):
        assert visible(text, len(text)) == text
        assert len(text) <= 600


def answered(body: object) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(body).encode(), False, 1.0)


@given(RESPONSES)
@example(answered({"version": "2.14.0\n"}))
@example(answered({"version": "2\u0660"}))
@example(answered({"message": "\u202e" * BODY_LIMIT}))
def test_what_is_kept_of_an_answer(response: Response) -> None:
    reply = read_reply(response)
    assert_fit(reply)
    assert reply.jupyter_version is None or (reply.jupyter_version.isascii() and len(reply.jupyter_version) < 50)


@given(st.lists(RESPONSES, min_size=1, max_size=4), st.booleans(), st.booleans())
@example([answered({"version": "1"}), answered({"kernels": True})], True, False)
@example([answered({"version": "1"}), answered({"last_activity": "0001-01-01T00:00:00+14:00"})], True, False)
@example([answered({"version": "1"}), answered({"kernels": 10**30, "started": "\x1b[2J" * 4000})], True, False)
def test_what_a_server_is_asked(responses: list[Response], with_token: bool, gateway: bool) -> None:
    answers = iter(responses)

    def serve(request: Request) -> Response:
        assert request.path.isprintable() and len(request.path) < 600
        return next(answers, responses[-1])

    question = Question(
        Target("http", "127.0.0.1", 8888), token=Secret("made-up") if with_token else None, gateway=gateway
    )
    answer = ask(question, FakeTransport(serve), Deadline(60))
    assert_fit(answer)
    assert answer.kernels is None or type(answer.kernels) is int
    assert answer.last_activity is None or answer.last_activity.tzinfo is timezone.utc
    assert "made-up" not in repr(answer)


@given(
    JSON | st.datetimes(timezones=st.timezones()).map(datetime.isoformat) | st.from_regex(r"\d{4}-\d\d-\d\dT.{0,25}")
)
@example("9999-12-31T23:59:59-14:00")
def test_a_time_is_one_or_none(value: object) -> None:
    found = parse_time(value)
    assert found is None or found.tzinfo is timezone.utc
