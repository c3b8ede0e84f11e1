"""URLs on the screen are links of the terminal (OSC 8), and a token is in one only while tokens are shown."""

from __future__ import annotations

import pytest
from driver import Terminal, terminal

from jntui.tui.ink import changed_ranges, linked
from screenshots import canned

LAN = "http://192.168.2.169:8888/"
SIZES = [(120, 40), (80, 24), (60, 20)]


def links(user: Terminal) -> dict[str, set[str]]:
    """The texts of the screen that lead somewhere, by the URL that they lead to."""
    found: dict[str, set[str]] = {}
    for strip in user.app.screen._compositor.render_strips():
        for segment in strip:
            if segment.style is not None and segment.style.link:
                found.setdefault(segment.style.link, set()).add(segment.text.strip())
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_shown_as_a_url_leads_there(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        found = links(user)
        assert LAN in found
        assert any("192.168.2.169" in text for text in found[LAN])
        assert all(url.startswith(("http://", "https://")) for url in found), "the redirect file holds a token"
        assert not any(canned.TOKEN in url for url in found)
        await user.press("t")
        assert f"{LAN}?token={canned.TOKEN}" in links(user)
        await user.press("t")
        assert not any(canned.TOKEN in url for url in links(user))


def test_another_target_under_the_same_text_is_painted() -> None:
    """Else a link with the token stayed on the screen after tokens were hidden, where only the host is shown."""
    before, after = (linked("192.168.2.169", "plain", url) for url in (f"{LAN}?token=x", LAN))
    assert changed_ranges((before,), (after,), 20) == [(0, 13)]


@pytest.mark.parametrize("url", ["file:///run/open.html", "http://a/\x1b]8;;x", "javascript:alert(1)", "http://a b/"])
def test_what_is_no_url_of_a_page_is_no_link(url: str) -> None:
    assert linked("a", "plain", url).link == ""
