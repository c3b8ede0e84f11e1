"""What is expected of Jupyter's Host check where nobody asks: never what the server's own settings refute."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jntui.diagnose import expect_host_block
from jntui.model import Setting
from tests.unit.diagnose.facts import endpoint, server, setting, settings

NAMED = endpoint("http://box.example:8888/", address="box.example")


def test_a_server_on_loopback_alone_is_not_asked_for_another_name() -> None:
    expected = expect_host_block(server(), NAMED)
    assert expected is not None and expected.verdict == "host-blocked" and not expected.certain
    assert expect_host_block(server(), endpoint("http://localhost:8888/", address="localhost")) is None
    assert expect_host_block(server(), NAMED, settings()) == expected
    assert expect_host_block(server(), NAMED, settings(setting("allow_remote_access", False))) == expected


@pytest.mark.parametrize(
    "lets_in", [setting("allow_remote_access", True), setting("local_hostnames", ["localhost", "box.example"])]
)
def test_where_its_settings_let_the_name_in_it_is_asked(lets_in: Setting) -> None:
    assert expect_host_block(server(), NAMED, settings(lets_in)) is None
    waits = replace(lets_in, needs_restart=True)
    assert expect_host_block(server(), NAMED, settings(waits)) is not None, "it has it from its next start"
