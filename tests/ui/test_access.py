"""The access dialog: chosen, guarded, previewed, done, checked, and taken back; the way to the QR code."""

from __future__ import annotations

import pytest
from driver import Terminal, terminal
from textual.color import Color

from jntui.model import AccessFailed, AccessWish, Secret
from screenshots import canned
from screenshots.opening import FIREWALL

SIZES = [(120, 40), (80, 24), (60, 20)]
LAB = "jpserver-4242"
WORDS = "correct horse 9"


def asked(user: Terminal, what: str) -> list[tuple[object, ...]]:
    return [one for one in user.source.asked if one[0] == what]


async def opened(user: Terminal, title: str = "Access to :8888") -> None:
    await user.press("a")
    await user.sees(title)


def whole(user: Terminal) -> str:
    """Everything that the dialog says, also what is scrolled away."""
    from jntui.tui.dialogs.sheet import Sheet
    from jntui.tui.ink import text_of

    sheets = user.app.screen.query(Sheet)
    return "\n".join(text_of(line) for sheet in sheets for line in sheet.lines_now())


@pytest.mark.parametrize("size", SIZES)
async def test_the_way_to_the_code_is_short(size: tuple[int, int]) -> None:
    async with terminal(canned.local_only(), size) as user:
        await opened(user)
        await user.until(lambda: "sets" in whole(user))
        keys = 1
        await user.type(WORDS)
        await user.press("enter")
        await user.type(WORDS)
        await user.until(lambda: "argon2 hash" in whole(user))
        words = whole(user)
        assert "now      this machine; token; 127.0.0.1:8888" in words
        assert "every address" in words and "! the internet by eth0" in words
        assert "12 + c.ServerApp.ip = '*'" in words
        assert "train.ipynb" in words, "kernels are named"
        assert FIREWALL in words.replace("\n", " ").replace("          ", "") or size == (60, 20)
        assert not asked(user, "access")
        await user.press("enter", "enter")
        keys += 3
        await user.sees("QR code")
        await user.until(lambda: "can be opened" in whole(user))
        assert asked(user, "access") == [("access", LAB, AccessWish("lan", None, Secret(WORDS)))]
        assert "http://192.168.2.169:8888/" in whole(user)
        await user.press("r")
        keys += 1
        await user.until(lambda: bool(asked(user, "share")))
        assert asked(user, "share")[0][1] == "jpserver-5001"
        assert keys == 5


@pytest.mark.parametrize("size", SIZES)
async def test_the_token_stays_where_nothing_is_typed(size: tuple[int, int]) -> None:
    async with terminal(canned.local_only(), size) as user:
        await opened(user)
        await user.until(lambda: "sets" in whole(user))
        await user.press("enter", "enter")
        await user.until(lambda: "can be opened" in whole(user))
        assert asked(user, "access") == [("access", LAB, AccessWish("lan"))]


async def test_going_on_without_any_is_typed_as_a_word() -> None:
    async with terminal(canned.main()) as user:
        await user.press("right_square_bracket")
        await opened(user, "Access to :8890")
        await user.sees("Nothing would guard :8890")
        await user.press("enter")
        await user.type("unguarded")
        await user.until(lambda: "no authentication; 0.0.0.0" in whole(user))
        await user.press("enter", "enter")
        await user.until(lambda: bool(asked(user, "access")))
        wish = asked(user, "access")[0][2]
        assert wish == AccessWish("lan", without_authentication=True)


async def test_another_word_goes_nowhere() -> None:
    async with terminal(canned.main()) as user:
        await user.press("right_square_bracket")
        await opened(user, "Access to :8890")
        await user.press("enter")
        await user.type("yes")
        await user.press("enter", "enter")
        assert "Nothing would guard :8890" in user.screen()
        assert not asked(user, "access")


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_chooses_this_machine_again(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await opened(user)
        await user.press("ctrl+o")
        await user.until(lambda: "byte for byte" in " ".join(whole(user).split()))
        assert "Close it and restart" in user.screen()
        await user.press("enter")
        await user.until(lambda: "Only this machine can open :8888 now." in whole(user))
        assert asked(user, "access") == [("access", LAB, AccessWish("local"))]


async def test_one_address_names_its_price() -> None:
    async with terminal(canned.local_only()) as user:
        await opened(user)
        await user.press("shift+tab")
        words = user.screen()
        assert "192.168.2.169            only LAN by eth0; localhost ends" in words.replace("( ) ", "")
        assert "10.8.0.3" in words and "only VPN by wg0" in words
        await user.press("down")
        await user.until(lambda: asked(user, "plan access")[-1][2] == AccessWish("address", "192.168.2.169"))


@pytest.mark.parametrize("size", SIZES)
async def test_a_failure_says_what_is_as_before(size: tuple[int, int]) -> None:
    async with terminal(canned.local_only(), size) as user:
        words = "port 8888 was taken; the files are as before, and the server runs again as it was (pid 77)"
        user.source.failure = AccessFailed(words, log="/tmp/8888.log", tail=("OSError: in use",))
        await opened(user)
        await user.until(lambda: "sets" in whole(user))
        await user.press("enter", "enter")
        await user.until(lambda: "the files are as before" in whole(user))
        assert "OSError: in use" in whole(user)


async def test_addresses_that_do_not_work_are_said_so() -> None:
    async with terminal(canned.local_only()) as user:
        user.source.stubborn = True
        await opened(user)
        await user.until(lambda: "sets" in whole(user))
        await user.press("enter", "enter")
        await user.sees("not each of these addresses works")
        assert "not-listening" in user.screen()


async def test_it_goes_on_when_the_dialog_is_left() -> None:
    async with terminal(canned.local_only()) as user:
        await opened(user)
        await user.until(lambda: "sets" in whole(user))
        user.source.hang = True
        await user.press("enter", "enter")
        await user.sees("checking every address")
        await user.press("escape")
        await user.sees("restarting :8888")
        user.source.release.set()
        await user.sees("others can open :8888 now: r shows a QR code")


async def test_no_secret_is_seen() -> None:
    async with terminal(canned.local_only()) as user:
        await opened(user)
        await user.type(WORDS)
        await user.press("enter")
        await user.type(WORDS)
        await user.until(lambda: "argon2 hash" in whole(user))
        seen = [user.screen(), user.app.export_screenshot(), repr(user.app.screen.tree), repr(user.source.asked)]
        assert not [one for one in seen if "correct" in one or "horse" in one]


async def test_the_firewall_command_is_sent() -> None:
    async with terminal(canned.local_only()) as user:
        await opened(user)
        await user.until(lambda: FIREWALL in whole(user))
        await user.press("ctrl+y")
        assert user.clipboard == FIREWALL


async def test_read_only_says_so() -> None:
    async with terminal(canned.main(), read_only=True) as user:
        await user.press("a")
        assert "a: read-only" in user.screen()


@pytest.mark.parametrize("between", ["tab", "enter"])
async def test_two_passwords_in_one_piece_land_in_two_fields(between: str) -> None:
    async with terminal(canned.local_only()) as user:
        await opened(user)
        await user.at_once(*WORDS.replace(" ", "-"), between, *WORDS.replace(" ", "-"))
        await user.sees("the same twice")
        await user.at_once("enter")
        await user.until(lambda: user.app.focused is not None and user.app.focused.id == "do")


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_adds_a_certificate_of_its_own_and_one_takes_it_away(size: tuple[int, int]) -> None:
    async with terminal(canned.local_only(), size) as user:
        await opened(user)
        await user.press("ctrl+t")
        await user.until(lambda: "certfile: not set" in whole(user))
        assert "(•) jntui's own" in whole(user)
        assert "iPhone and iPad show the page and run no cell" in " ".join(whole(user).split())
        await user.press("ctrl+t")
        await user.until(lambda: "without TLS" in whole(user))
        await user.press("ctrl+t", "enter")
        await user.until(lambda: "certfile: not set" in whole(user))
        await user.press("enter")
        await user.sees("QR code")
        assert asked(user, "access") == [("access", LAB, AccessWish("lan", tls=True))]


@pytest.mark.parametrize("size", SIZES)
async def test_a_certificate_that_is_there_is_named_by_its_files(size: tuple[int, int]) -> None:
    async with terminal(canned.local_only(), size) as user:
        await opened(user)
        await user.press("tab", "tab", "left")
        await user.until(lambda: "certificate and key, then enter" in whole(user))
        before = len(asked(user, "plan access"))
        await user.press("tab")
        await user.at_once(*"/x/one.pem", "enter", *"/x/one.key")
        assert len(asked(user, "plan access")) == before, "half a path is not asked about"
        await user.press("enter")
        await user.until(lambda: "certfile: not set" in whole(user))
        wish = asked(user, "plan access")[-1][-1]
        assert wish == AccessWish("lan", certfile="/x/one.pem", keyfile="/x/one.key")


async def test_no_line_is_cut_where_the_window_is_small() -> None:
    """The dialog scrolls as a whole: no part of it has a scroll bar of its own beside that."""
    from jntui.tui.dialogs.sheet import Sheet

    async with terminal(canned.local_only(), (60, 20)) as user:
        await opened(user)
        await user.press("ctrl+t")
        await user.until(lambda: "certfile: not set" in whole(user))
        for sheet in user.app.screen.query(Sheet):
            assert len(sheet.lines_now()) <= sheet.size.height, sheet.id


def looks_focused(user: Terminal) -> list[str]:
    """What stands on a bright ground in the dialog: the words of what is filled, the letter under a cursor."""
    box = user.app.screen.query_one("#box").region
    strips = user.app.screen._compositor.render_strips()[box.y + 1 : box.bottom - 1]
    found = []
    for text, style, _control in [segment for strip in strips for segment in strip.crop(box.x + 1, box.right - 2)]:
        ground = (style.color if style.reverse else style.bgcolor) if style else None
        if ground is not None and Color.from_rich_color(ground).brightness > 0.5 and text.strip():
            found.append(text.strip())
    return found


async def test_exactly_one_thing_looks_focused() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        await opened(user)
        await user.sees("12 + c.ServerApp.ip")
        seen = []
        for _ in range(7):
            seen.append(looks_focused(user))
            await user.press("tab")
        assert seen == [
            ["(•) every address"],
            ["e"],
            ["t"],
            ["(•) none"],
            ["Save and restart"],
            ["Cancel"],
            ["(•) every address"],
        ]
