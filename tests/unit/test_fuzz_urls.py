"""Whatever stands in a URL (typed, pasted, in an info file), it is taken apart or refused with one printable line."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from jntui.network.probe import BadUrl, read_url
from jntui.network.urls import clean_base_url, host_of, join, parse_custom_url
from jntui.text import visible

WORDS = st.sampled_from(
    [
        *("http://", "https://", "http+unix://", "file:///", "//", "@", ":", "[", "]", "::1", "127.0.0.1", "localhost"),
        *("%", "%25", "%0a", "%1b", "%00", "8888", "65536", "/lab", "/tree/", "?token=", "#", "\x1b", "\u202e", "xn--"),
        *("\uff0e", "ß", "\ud800", " ", "\n", "(a or b)"),
    ]
)
TYPED = st.lists(WORDS | st.text(max_size=6), max_size=10).map("".join)
URLS = TYPED | TYPED.map("http://".__add__) | st.text(max_size=5000)


@given(URLS)
@example("http://[::1%25\n]/")
@example("http://\u2100/")
def test_a_url_to_probe_is_a_place_or_one_line(url: str) -> None:
    try:
        place = read_url(url)
    except BadUrl as error:
        assert str(error).isprintable() and len(str(error)) < 300
        return
    if not place.unix:
        assert place.target.scheme in {"http", "https"}
        assert 0 < place.target.port < 65536
        assert place.target.host
        assert place.base.startswith("/") and place.base.endswith("/")


@given(URLS)
@example("http://a%0ab/")
@example("http://h:8888/?token=\x1b[31m")
def test_what_a_user_adds_is_a_url_that_can_be_probed_or_one_line(typed: str) -> None:
    try:
        url, _ = parse_custom_url(typed)
    except ValueError as error:
        assert str(error).isprintable() and len(str(error)) < 400
        return
    assert url.isascii() and url.isprintable() and len(url) < 20000
    assert parse_custom_url(url) == (url, None), "it is what it becomes"
    assert read_url(url).target.host == host_of(url)


@given(st.text(max_size=300))
def test_a_base_url_has_its_slashes_and_is_encoded_once(text: str) -> None:
    clean = clean_base_url(text)
    assert clean.startswith("/") and clean.endswith("/")
    assert clean.isascii() and visible(clean, len(clean)) == clean and " " not in clean
    assert clean_base_url(clean) == clean
    assert join("http", "h", 80, text) == f"http://h{clean}"
