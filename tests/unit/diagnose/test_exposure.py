"""The badge: scope, authentication, TLS, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jntui.diagnose.exposure import badge, open_words
from jntui.model import Server

SERVER = Server("one", "running", port=8888, auth="token", exposure="this-machine")


@pytest.mark.parametrize(
    ("fields", "words", "tone"),
    [
        ({}, "this machine, token", "calm"),
        ({"scheme": "https"}, "this machine, token, TLS", "calm"),
        ({"auth": "none"}, "this machine, no authentication", "calm"),
        ({"exposure": "container", "auth": "none"}, "containers, no authentication", "calm"),
        ({"exposure": "lan", "auth": "password"}, "LAN, password, no TLS", "catch"),
        ({"exposure": "lan", "auth": "token+password", "scheme": "https"}, "LAN, token and password, TLS", "works"),
        ({"exposure": "vpn", "auth": None}, "VPN, login not known, no TLS", "catch"),
        ({"exposure": "internet", "auth": "none"}, "internet, no authentication, no TLS", "alarm"),
        ({"exposure": "lan", "auth": "hub"}, "LAN, JupyterHub login, no TLS", "catch"),
        ({"exposure": None}, "", "calm"),
        ({"state": "stale", "exposure": "lan"}, "", "stale"),
    ],
)
def test_the_badge(fields: dict[str, object], words: str, tone: str) -> None:
    found = badge(replace(SERVER, **fields))  # type: ignore[arg-type]
    assert (found.words, found.tone) == (words, tone)


def test_the_warning_names_what_is_open_to_others_with_no_login() -> None:
    near = replace(SERVER, auth="none")
    far = replace(near, exposure="lan")
    assert open_words([SERVER, near]) == ""
    assert open_words([near, far]) == ":8888 is open beyond this machine without authentication"
    many = [replace(far, port=port) for port in (1, 2, 3, 4)]
    assert open_words(many) == ":1, :2, :3 and 1 more are open beyond this machine without authentication"
