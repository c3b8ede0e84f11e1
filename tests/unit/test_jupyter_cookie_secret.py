"""Which servers sign their cookies with the same secret."""

from __future__ import annotations

import pytest

from jntui.jupyter.cookie_secret import shares_cookie
from jntui.model import Server


@pytest.mark.parametrize(
    ("info_file", "shares"),
    [
        ("/home/ada/run/jpserver-7.json", True),
        ("/home/ada/run/nbserver-7.json", False),
        ("/home/ada/other/jpserver-7.json", False),
        ("/home/ada/run/kernel-7.json", False),
        (None, False),
    ],
)
def test_the_file_of_its_runtime_directory_tells(info_file: str | None, shares: bool) -> None:
    server = Server("jpserver-7", "running", info_file=info_file)
    assert shares_cookie(server, "/home/ada/run/jupyter_cookie_secret") is shares
