"""The password: typed twice and never shown, warned about, checked, removed only after a second question."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.model import ChangeRefused, Secret, Snapshot
from jntui.tui.changing import Deed
from screenshots import canned, settings

SIZES = [(120, 40), (80, 24), (60, 20)]
LAB = "jpserver-4242"
WORDS = "correct horse 9"


def asked(user: Terminal, what: str) -> list[tuple[object, ...]]:
    return [one for one in user.source.asked if one[0] == what]


async def open_it(user: Terminal) -> None:
    await user.press("g")
    await user.sees("Set the password of :8888")


async def ask(user: Terminal) -> None:
    """Presses the button that checks, once it takes a press again."""
    await user.until(lambda: not user.app.screen.query_one("#verify").has_class("-active"))
    await user.click_text("Is this it?")


def with_token(shown: str) -> Snapshot:
    snapshot = canned.main()
    first, *others = snapshot.views
    found = settings.of_lab()
    changed = tuple(replace(one, shown=shown) if one.name == "token" else one for one in found.settings)
    return replace(snapshot, views=(replace(first, configuration=replace(found, settings=changed)), *others))


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_typed_twice_saved_after_a_preview_and_seen_nowhere(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await open_it(user)
        assert "now      argon2 hash" in user.screen()
        assert [line for line in user.dialog() if line.startswith("Preview    Is this it?    Cancel")]
        seen = []
        await user.type(WORDS)
        await user.press("enter")
        await user.type(WORDS)
        seen += [user.screen(), user.app.export_screenshot(), repr(user.app.screen.tree)]
        await user.press("enter")
        await user.sees("12 + c.PasswordIdentityProvider.hashed_password = '···")
        names = " ".join(thread.name for thread in threading.enumerate())
        seen += [user.screen(), user.app.export_screenshot(), repr(user.app.screen.tree), names]
        assert not asked(user, "password")
        await user.press("tab", "enter")
        await user.sees("password saved; ")
        seen += [user.screen(), user.app.export_screenshot(), repr(user.source.asked)]
        assert asked(user, "password")[-1] == ("password", LAB, Secret(WORDS))
        assert not [one for one in seen if "correct" in one or "horse" in one]


async def test_what_differs_goes_no_further() -> None:
    async with terminal(canned.main()) as user:
        await open_it(user)
        await user.type(WORDS)
        await user.press("enter")
        await user.type("correct house")
        assert "the two differ" in user.screen()
        await user.press("enter")
        assert "the two differ: type the same password twice" in user.screen()
        assert not asked(user, "plan password")


@pytest.mark.parametrize("size", SIZES)
async def test_a_short_one_is_warned_about_and_taken(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await open_it(user)
        await user.type("abc")
        assert "! 3 characters: short ones are found by trying" in user.screen()
        await user.press("enter", *"abc", "enter")
        await user.sees("took the new file")


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        ("token, 48 characters", "Its token alone guards it then"),
        ("empty: no token", "Its token is empty too: whoever reaches it can run code without any login."),
    ],
)
@pytest.mark.parametrize("size", SIZES)
async def test_empty_removes_it_after_a_second_question(shown: str, left: str, size: tuple[int, int]) -> None:
    async with terminal(with_token(shown), size) as user:
        await open_it(user)
        assert "empty removes the present one" in user.screen()
        await user.press("enter")
        await user.sees("took the new file")
        assert "Remove the password of :8888" in user.screen()
        await user.press("tab", "enter")
        await user.sees(":8888 listens beyond this machine, as far as: LAN.")
        assert left in " ".join(user.sentence().split())
        await user.press("enter")
        assert not asked(user, "password"), "Enter by habit removes nothing"
        await user.press("enter")
        await user.sees("listens beyond this machine")
        await user.press("tab", "enter")
        await user.sees("password removed; ")
        assert asked(user, "password")[-1] == ("password", LAB, None)


async def test_on_this_machine_alone_one_question_is_enough() -> None:
    snapshot = canned.main()
    first, *others = snapshot.views
    local = replace(first, server=replace(first.server, exposure="this-machine"))
    async with terminal(replace(snapshot, views=(local, *others))) as user:
        await open_it(user)
        await user.press("enter")
        await user.sees("took the new file")
        await user.press("tab", "enter")
        await user.sees("password removed")


@pytest.mark.parametrize("size", SIZES)
async def test_a_password_is_checked_against_the_hash_that_decides(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await open_it(user)
        await user.type("open sesame")
        await ask(user)
        await user.sees("it is the password that decides now")
        await user.press("shift+tab", "shift+tab", "shift+tab")
        await user.type("x")
        assert "it is the password" not in user.screen()
        await ask(user)
        await user.sees("it is not the password that decides now")
        user.source.failure = ChangeRefused("the hash is corrupt: nobody can log in with it")
        await ask(user)
        await user.sees("the hash is corrupt")
        assert "sesame" not in repr(user.source.asked)


async def test_the_editor_of_the_hash_is_this_dialog_and_the_palette_finds_it() -> None:
    async with terminal(canned.main()) as user:
        await user.press("3", "slash")
        await user.type("hashed")
        await user.press("enter", "e")
        await user.sees("Set the password of :8888")
        await user.press("escape", "ctrl+p")
        await user.sees("copy the answer")
        await user.at_once(*"set a password", "enter")
        await user.sees("Set the password of :8888")


@pytest.mark.parametrize("size", SIZES)
async def test_the_key_is_named_where_nothing_guards_the_server_and_on_the_rows_of_the_login(
    size: tuple[int, int],
) -> None:
    async with terminal(canned.alarm(), size) as user:
        assert "g set a password" in user.lines()[-1]
        assert size[0] < 80 or "a " in user.line_with("No login").partition("No login")[2] + user.line_with("▌   ")
        await user.press("3", "slash")
        await user.type("hashed")
        await user.press("enter")
        assert user.lines()[-1].strip().startswith("g set a password")
        await user.press("escape", "home")
        assert not user.lines()[-1].strip().startswith("g set a password")
        await user.press("g")
        await user.sees("Set the password of")


@pytest.mark.parametrize("size", SIZES)
async def test_a_weak_hash_gets_a_new_one_of_the_same_password_once_that_was_typed(size: tuple[int, int]) -> None:
    snapshot = canned.main()
    found = settings.of_lab()
    weak = tuple(replace(one, shown="sha1 hash") if one.name == "hashed_password" else one for one in found.settings)
    views = (replace(snapshot.views[0], configuration=replace(found, settings=weak)), *snapshot.views[1:])
    async with terminal(replace(snapshot, views=views), size) as user:
        await open_it(user)
        assert "which is weak: type it, let it be checked" in user.sentence()
        await user.type("open sesame")
        await ask(user)
        await user.until(lambda: "Preview writes a new hash of the same password" in user.sentence())
        assert "the two differ" not in user.sentence()
        user.app.screen.query_one("#second").focus()
        await user.press("enter")
        await user.until(lambda: bool(asked(user, "plan password")))
        assert asked(user, "plan password")[-1][2] == Secret("open sesame")


def test_no_repr_of_what_is_to_be_done_holds_a_value() -> None:
    secret = "hunter2"
    deed = Deed("password", lambda: secret, lambda: secret)  # type: ignore[arg-type, return-value]
    assert "hunter2" not in repr(deed)
    assert "lambda" not in repr(deed)


@pytest.mark.parametrize("between", ["tab", "enter"])
async def test_two_passwords_in_one_piece_land_in_two_fields(between: str) -> None:
    async with terminal(canned.main()) as user:
        await open_it(user)
        await user.at_once(*"longer-than-ten", between, *"longer-than-ten", "enter")
        await user.sees("hashed_password = ")
