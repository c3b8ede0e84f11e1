"""The proxies that requests and curl would take: against requests itself, and against what curl's manual says."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.network.proxies import curl_proxy, curl_spares, netrc_for, proxy_for, requests_proxy, requests_spares

PROXY = "http://proxy.example:3128"

HOSTS = ["10.0.0.5", "192.168.2.4", "127.0.0.1", "localhost", "box.lan", "deep.box.lan", "fd77::1", "box"]
ENTRIES = [
    "*",
    "10.*",
    "10.0.0.0/8",
    "10.0.0.5",
    "192.168.2.0/24",
    "192.168.2.4/33",
    "127.0.0.1",
    "localhost",
    ".lan",
    "lan",
    "box.lan",
    "box.lan:8888",
    "fd77::1",
    "",
    " box",
]


@given(st.sampled_from(HOSTS), st.lists(st.sampled_from(ENTRIES), max_size=4))
def test_requests_agrees(host: str, entries: list[str]) -> None:
    import requests.utils

    no_proxy = ",".join(entries)
    url = f"http://[{host}]:8888/" if ":" in host else f"http://{host}:8888/"
    environ = {"http_proxy": PROXY, "no_proxy": no_proxy}
    with patch.dict(os.environ, environ, clear=True):
        theirs = requests.utils.should_bypass_proxies(url, no_proxy=None)
    assert requests_spares(host, 8888, no_proxy) is theirs
    assert bool(requests_proxy("http", host, 8888, environ)) is not theirs


@pytest.mark.parametrize("environ", [
    {"http_proxy": PROXY},
    {"HTTP_PROXY": PROXY},
    {"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"},
    {"HTTP_PROXY": PROXY, "http_proxy": ""},
    {"https_proxy": PROXY},
    {"all_proxy": PROXY},
    {"ALL_PROXY": PROXY, "http_proxy": PROXY},
    {},
])  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_requests_takes_the_same_variable(environ: dict[str, str], scheme: str) -> None:
    import requests.utils

    url = f"{scheme}://10.0.0.5:8888/"
    with patch.dict(os.environ, environ, clear=True):
        theirs = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    assert bool(requests_proxy(scheme, "10.0.0.5", 8888, environ)) is bool(theirs)


@pytest.mark.parametrize(
    ("host", "no_proxy", "spared"),
    [
        ("10.0.0.5", "10.0.0.0/8", True),
        ("10.0.0.5", "10.*", False),
        ("10.0.0.5", "10.0.0.5", True),
        ("10.0.0.5", "a 10.0.0.5", True),
        ("fd77::1", "fd77::/16", True),
        ("fd77::1", "fd77::1", True),
        ("box.lan", ".lan", True),
        ("box.lan", "lan", True),
        ("boxlan", "lan", False),
        ("box.lan", "*", True),
        ("10.0.0.5", "", False),
    ],
)
def test_curl_spares(host: str, no_proxy: str, spared: bool) -> None:
    assert curl_spares(host, no_proxy) is spared


def test_curl_knows_the_small_http_proxy_alone() -> None:
    assert curl_proxy("http", "10.0.0.5", {"HTTP_PROXY": PROXY}) == ""
    assert curl_proxy("http", "10.0.0.5", {"http_proxy": PROXY}) == "http_proxy"
    assert curl_proxy("https", "10.0.0.5", {"HTTPS_PROXY": PROXY}) == "HTTPS_PROXY"
    assert curl_proxy("http", "10.0.0.5", {"ALL_PROXY": PROXY}) == "ALL_PROXY"


@pytest.mark.parametrize(
    ("url", "environ", "caught"),
    [
        ("http://192.168.2.4:8888/", {"http_proxy": PROXY, "no_proxy": "192.168.*"}, "http_proxy"),
        ("http://192.168.2.4:8888/", {"http_proxy": PROXY, "no_proxy": "192.168.0.0/16"}, ""),
        ("http://localhost:8888/", {"all_proxy": "socks5://p"}, "all_proxy"),
        ("https://box:8888/", {"http_proxy": PROXY}, ""),
        ("http+unix://%2Ftmp%2Fs/", {"http_proxy": PROXY}, ""),
        ("http://[fd77::1:8888/", {"http_proxy": PROXY}, ""),
    ],
)
def test_what_is_caught(url: str, environ: dict[str, str], caught: str) -> None:
    assert proxy_for(url, environ) == caught


@pytest.mark.parametrize(
    ("body", "host", "found", "trouble"),
    [
        ("machine box login ada password hush\n", "box", True, ""),
        ("machine other login ada password hush\n", "box", False, ""),
        ("default login ada password hush\n", "box", True, ""),
        ("machine box login ada pasword hush-hush\n", "box", False, "is broken in line 1"),
        ("", "box", False, ""),
    ],
)
def test_netrc(tmp_path: Path, body: str, host: str, found: bool, trouble: str) -> None:
    file = tmp_path / ".netrc"
    file.write_text(body)
    entry, wrong = netrc_for(host, {}, str(tmp_path))
    assert entry == (str(file) if found else "")
    assert wrong == (f"{file} {trouble}" if trouble else "")
    assert "hush" not in entry + wrong


def test_netrc_of_the_environment_and_the_other_name(tmp_path: Path) -> None:
    (tmp_path / "_netrc").write_text("default login a password b\n")
    assert netrc_for("box", {}, str(tmp_path))[0].endswith("_netrc")
    assert netrc_for("box", {"NETRC": str(tmp_path / "none")}, str(tmp_path)) == ("", "")
    os.mkfifo(tmp_path / "pipe")
    assert netrc_for("box", {"NETRC": str(tmp_path / "pipe")}, "")[1].endswith("is no netrc file")
    (tmp_path / ".netrc").write_bytes(b"machine \xff login x password y\n")
    assert netrc_for("box", {}, str(tmp_path))[0] == ""


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=3))
def test_no_text_makes_it_raise(url: str, entries: list[str]) -> None:
    proxy_for("http://" + url, {"http_proxy": PROXY, "no_proxy": ",".join(entries)})
    curl_spares(url, " ".join(entries))
