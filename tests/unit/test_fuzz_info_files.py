"""Whatever stands in an info file and in the redirect file beside it, reading them raises nothing and stays small."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jntui.jupyter.info_file import InfoFile, Unreadable, read_info_file, redirect_of
from jntui.text import visible

FIELDS = ("pid", "port", "sock", "base_url", "hostname", "url", "secure", "root_dir", "password", "token", "version")
WHOLE = {"pid": 4242, "port": 8888, "base_url": "/", "secure": False, "token": "made-up"}
TEXT = st.text(max_size=40) | st.sampled_from(["\x1b[2J", "\u202e", "\x00", "\ud800", "/", "//", "/a b/", "x" * 20000])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), JSON).map(lambda found: json.dumps({**WHOLE, **found}).encode())
RAW = st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()) | OBJECTS


@given(raw=RAW | st.tuples(OBJECTS, st.integers(0, 200)).map(lambda pair: pair[0][: pair[1]]))
@example(raw=b"[" * 60000)
@example(raw=b'{"pid": ' + b"9" * 5000 + b"}")
@example(raw=b"\xef\xbb\xbf{}")
def test_an_info_file(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "jpserver-4242.json"
    path.write_bytes(raw)
    found = read_info_file(str(path))
    if isinstance(found, Unreadable):
        assert visible(found.reason, 300) == found.reason and found.reason
        assert found.pid == 4242
        return
    assert isinstance(found, InfoFile)
    assert 0 < found.pid < 2**31 and 0 <= found.port < 65536 and (found.port or found.sock)
    assert found.base_url.startswith("/") and found.base_url.endswith("/")
    assert visible(found.base_url, len(found.base_url)) == found.base_url
    assert not found.token or found.token.reveal() not in repr(found) or len(found.token.reveal()) < 8


LINES = st.sampled_from(
    [
        b'<meta http-equiv="refresh" content="1;url=',
        b"http://localhost:8888/?token=",
        b"&#x1b;",
        b"&amp;",
        b'">',
        b"\xff",
    ]
)


@given(raw=st.lists(LINES | st.binary(max_size=20), max_size=12).map(b"".join))
def test_a_redirect_file(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "jpserver-4243-open.html"
    path.write_bytes(raw)
    found = redirect_of(str(path).replace("-open.html", ".json"))
    assert found is not None
    assert found.has_token in {True, False}
