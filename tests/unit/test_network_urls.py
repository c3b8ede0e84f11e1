from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.model import Secret
from jntui.network.urls import join, parse_custom_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://h:8888", "http://h:8888/"),
        ("  http://h:8888/ \n", "http://h:8888/"),
        ("HTTP://Lab-Box.LAN:8888/", "http://lab-box.lan:8888/"),
        ("http://h:80/", "http://h/"),
        ("https://h:443/a", "https://h/a/"),
        ("https://h:80/", "https://h:80/"),
        ("http://h:/", "http://h/"),
        ("http://h:8888/lab", "http://h:8888/"),
        ("http://h:8888/lab/tree/a.ipynb?reset#x", "http://h:8888/"),
        ("http://h:8888/user/ada/tree", "http://h:8888/user/ada/"),
        ("http://h:8888/a/b/login?next=%2F", "http://h:8888/a/b/"),
        ("http://h:8888/lab/", "http://h:8888/lab/"),
        ("http://h:8888/user/ada%40x/", "http://h:8888/user/ada%40x/"),
        ("http://[0:0::1]:8888/", "http://[::1]:8888/"),
        ("http://[FD12:1::5]/", "http://[fd12:1::5]/"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://my_box:8888/", "http://my_box:8888/"),
    ],
)
def test_good_urls_are_normalised(text, url):
    assert parse_custom_url(text) == (url, None)
    assert parse_custom_url(url) == (url, None)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://h:8888/lab/x/", "http://h:8888/lab/x/"),
        ("http://h:8888/lab/x", "http://h:8888/lab/x/"),
        ("http://h:8888/lab/x/tree/a.ipynb", "http://h:8888/lab/x/"),
        ("http://h:8888/lab/xy/", "http://h:8888/"),
        ("http://h:8888/lab", "http://h:8888/"),
    ],
)
def test_the_base_url_of_a_known_server_is_no_page(text, url):
    assert parse_custom_url(text, ("/", "/lab/x/")) == (url, None)


def test_a_token_is_split_off():
    url, token = parse_custom_url("http://h:8888/lab?x=1&token=ge%2Bheim&y=2#frag")
    assert url == "http://h:8888/"
    assert token == Secret("ge+heim")
    assert parse_custom_url("http://h/?token=")[1] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("h:8888", "no scheme"),
        ("localhost:8888/?token=geheim", "no scheme"),
        ("http:/h/", "no scheme"),
        ("ftp://h/", "http:// or https://"),
        ("file:///tmp/x.html", "http:// or https://"),
        ("http+unix://%2Frun%2Fj.sock/", "socket file"),
        ("http://(labbox or 127.0.0.1):8888/?token=geheim", "write one of the two, labbox or 127.0.0.1"),
        ("http://ada:geheim@h/", "before an @"),
        ("http://geheim@h/", "before an @"),
        ("http://h:65536/", "'65536'"),
        ("http://h:99999999999999999999/", "65535"),
        ("http://h:x/", "'x'"),
        ("http://h:-1/", "'-1'"),
        ("http://h:0/", "port 0"),
        ("http://[::1]:x/", "'x'"),
        ("http:///lab", "no host"),
        ("http://:8888/", "no host"),
        ("http://[::1/", "malformed host"),
        ("http://[::g]/", "IPv6"),
        ("http://[fe80::1%25eth0]:8888/", "zone"),
        ("http://h h/", "space"),
        ("http://h/a b?token=geheim", "space"),
        ("http://h/\x1b[2J", "control character"),
        ("http://h\x00/", "control character"),
        ("http://h/\u202egeheim?", "control character"),
        ("http://-h/", "no host name"),
        ("http://h\\evil/", "no host name"),
        ("http://a..b/", "no host name"),
        ("http://" + "ü" * 80 + "/", "xn--"),
        ("http://h/" + "a" * 3000, "2048"),
    ],
)
def test_bad_urls_are_refused_with_one_clear_line(text, words):
    with pytest.raises(ValueError) as caught:
        parse_custom_url(text)
    line = str(caught.value)
    assert words in line
    assert line.isprintable()
    assert "token" not in line
    assert "geheim" not in line.replace("\u202egeheim", "") or "\u202e" in text


@given(st.text(max_size=60))
def test_any_text_gives_a_url_or_one_line(text):
    for typed in (text, f"http://{text}", f"http://h/{text}"):
        try:
            url, _ = parse_custom_url(typed)
        except ValueError as error:
            assert str(error).isprintable()
        else:
            assert parse_custom_url(url) == (url, None)
            assert url.isascii()
            assert url.isprintable()


def test_join_writes_zones_and_brackets():
    assert join("http", "fe80::1%eth 0", 8888, "/") == "http://[fe80::1%25eth 0]:8888/"
