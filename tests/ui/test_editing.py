"""Changing a setting: what is offered, what is said of it, the preview, and that nothing is written without Save."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.model import (
    Address,
    ChangePlan,
    ChangeRefused,
    ChangeRequest,
    DiffLine,
    Finding,
    Interface,
    Setting,
    Snapshot,
)
from screenshots import canned, settings
from screenshots.settings import PREFIX_JSON, USER_PY

SIZES = [(120, 40), (80, 24), (60, 20)]
LAB, OPEN = "jpserver-4242", "jpserver-4301"
WAITS = {True: "takes effect when :8888 restarts: S restarts it", False: "S restarts it: :8888 waits"}
"""On a wide and on a narrow screen."""
PUBLIC = "2001:db8:85a3:8d3:1319:8a2e:370:7348"

INTERFACES = (
    Interface("lo", "loopback", True, (Address("127.0.0.1", 8, "this-machine"),)),
    Interface(
        *("eth0", "ethernet", True),
        (
            Address("192.168.2.169", 24, "lan"),
            Address(PUBLIC, 64, "internet"),
            Address("2001:db8::77", 64, "internet", frozenset({"temporary"})),
            Address("fe80::1", 64, "link-local"),
        ),
    ),
    Interface("wg0", "vpn", True, (Address("10.8.0.3", 24, "vpn"),)),
    Interface("eth9", "ethernet", False, (Address("10.99.0.1", 24, "lan"),)),
)


def machine(*changed: Setting) -> Snapshot:
    """The usual picture with interfaces, and some settings of its first server changed."""
    snapshot = canned.main()
    found = settings.of_lab()
    by_name = {one.name: one for one in changed}
    configuration = replace(found, settings=tuple(by_name.get(one.name, one) for one in found.settings))
    first, *others = snapshot.views
    views = (replace(first, configuration=configuration), *others)
    return replace(snapshot, interfaces=INTERFACES, views=views)


def asked(user: Terminal, what: str) -> list[tuple[object, ...]]:
    return [one for one in user.source.asked if one[0] == what]


def focused(user: Terminal) -> str:
    return str(getattr(user.app.focused, "id", ""))


async def edit(user: Terminal, name: str) -> None:
    """Opens the editor of a setting as a user does: Config, filter, e."""
    await user.press("3", "slash")
    await user.type(name)
    await user.press("enter", "e")


def request(user: Terminal, what: str = "change") -> ChangeRequest:
    found = asked(user, what)[-1][2]
    assert isinstance(found, ChangeRequest)
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_what_it_is_now_and_every_address_with_its_price(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await user.press("3", "e")
        screen = user.screen()
        assert "Set ip of :8888" in screen
        assert "now      '0.0.0.0'" in screen
        assert "~/.jupyter/jupyter_server_config.py:12" in screen
        assert "the address it listens on" in screen
        offered = {line.split()[0]: line for line in user.dialog() if "  " in line}
        assert "this machine only" in offered["localhost"]
        assert "LAN, eth0; ends localhost" in offered["192.168.2.169"]
        assert "VPN, wg0; ends localhost" in offered["10.8.0.3"]
        assert "internet, eth0; ends localhost" in next(
            offered[each] for each in offered if each.startswith("2001:db8:8")
        )
        assert "every IPv4 address" in offered["0.0.0.0"]
        assert "every address, internet too" in offered["*"]
        assert not offered.keys() & {"::", "10.99.0.1", "2001:db8::77", "fe80::1"}
        assert user.dialog()[-1].split("  ")[0] == "Preview"
        assert "Back to default    Cancel" in user.dialog()[-1]
        assert "nothing is written before you choose Save" in screen


@pytest.mark.parametrize("size", SIZES)
async def test_enter_shows_the_diff_and_only_save_writes(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await user.press("3", "e", "down", "enter")
        await user.sees("took the new file")
        screen = user.screen()
        assert "Preview: ip of :8888" in screen
        assert "file     ~/.jupyter/jupyter_server_config.py" in screen
        assert "does     ServerApp.ip: changed line 12" in screen
        assert "12 - c.ServerApp.ip = '0.0.0.0'" in screen
        assert "12 + c.ServerApp.ip = '*'" in screen
        assert ("13   c.ServerApp.port = 9999" in screen) == (size[1] >= 30)
        assert "takes    :8888 after a restart" in screen
        assert focused(user) == "cancel"
        assert not asked(user, "change")
        await user.press("tab", "enter")
        await user.sees("saved; takes effect when :8888 restarts: S restarts it"[: size[0] - 2])
        assert request(user) == ChangeRequest("ServerApp.ip", "*")
        assert "Set ip" not in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_a_new_file_can_begin_as_jupyters_own_full_one(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        user.source.change_plan = replace(plan(), creates=True)
        await user.press("3", "e", "enter")
        await user.sees("Jupyter's full file first")
        await user.press("tab", "tab", "enter")
        await user.until(lambda: request(user, "plan change").generate)
        user.source.change_plan = plan()
        await user.press("escape", "enter")
        await user.sees("took the new file")
        assert "full file first" not in user.screen()


async def test_enter_by_habit_writes_nothing_and_goes_back_to_what_was_typed() -> None:
    async with terminal(machine()) as user:
        await user.press("3", "e", "down", "enter")
        await user.sees("took the new file")
        await user.press("enter")
        assert "value    *" in user.screen()
        await user.press("escape")
        assert "Set ip" not in user.screen()
        assert not asked(user, "change")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("::", ":: is IPv6 only"),
        ("[::1]", "without brackets"),
        ("192.168.2.169", "this address alone: localhost ends"),
        ("*", f"IPv4 and IPv6, and {PUBLIC} is on the internet"),
        ("0.0.0.0", "every IPv4 address of every interface, and no IPv6"),
        ("10.0.0.9", "no address of this machine that is seen now"),
        ("lab-box", "a name: it listens at the address to which the name leads"),
    ],
)
async def test_an_address_is_explained_while_it_is_typed(typed: str, said: str) -> None:
    async with terminal(machine()) as user:
        await user.press("3", "e", "ctrl+a", "ctrl+k")
        await user.type(typed)
        assert said in user.sentence()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("8890", "in use by :8890 (Notebook, pid 4301)"),
        ("8888", ":8888 itself has it now"),
        ("8889", "free now: nothing listens on it"),
        ("5432", "in use by postgres, pid 812: Jupyter tries the next ones then"),
        ("80", "below 1024 only root"),
        ("0", "another one at each start"),
        ("70000", "70000 is no port"),
        ("88x", "port takes a whole number"),
    ],
)
@pytest.mark.parametrize("size", SIZES)
async def test_a_port_says_who_has_it(typed: str, said: str, size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await edit(user, "port")
        assert "Set port of :8888" in user.screen()
        assert "--port on the command line decides" in user.screen()
        await user.press("ctrl+a", "ctrl+k")
        await user.type(typed)
        await user.until(lambda: said in user.sentence())


async def test_what_the_trait_cannot_take_goes_no_further() -> None:
    async with terminal(machine()) as user:
        await edit(user, "port")
        await user.press("ctrl+a", "ctrl+k")
        await user.type("9e3")
        await user.press("enter")
        assert "port takes a whole number" in user.screen()
        assert focused(user) == "value"
        assert not asked(user, "plan change")


@pytest.mark.parametrize("size", SIZES)
async def test_yes_or_no_is_a_toggle(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await edit(user, "quit_button")
        assert "(•) True  ( ) False" in user.screen()
        await user.press("space", "enter")
        await user.sees("took the new file")
        await user.press("tab", "enter")
        await user.until(lambda: bool(asked(user, "change")))
        assert request(user) == ChangeRequest("ServerApp.quit_button", "False")


async def test_a_list_is_typed_with_commas() -> None:
    async with terminal(machine()) as user:
        await edit(user, "local_hostnames")
        await user.press("end")
        await user.type(", box.lan,")
        assert "2 parts" in user.screen()
        await user.press("enter")
        await user.until(lambda: bool(asked(user, "plan change")))
        assert request(user, "plan change").value == "['localhost', 'box.lan']"


@pytest.mark.parametrize("size", SIZES)
async def test_back_to_default_is_a_change_with_a_preview(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await user.press("3", "e", "tab", "tab", "enter")
        await user.sees("12 - c.ServerApp.ip")
        assert "Back to default: ip of :8888" in user.screen()
        await user.press("tab", "enter")
        await user.until(lambda: bool(asked(user, "change")))
        assert request(user) == ChangeRequest("ServerApp.ip", None)


async def test_a_default_has_no_way_back_to_itself() -> None:
    async with terminal(machine()) as user:
        await edit(user, "certfile")
        assert "which is Jupyter's default" in user.screen()
        assert "Back to default" not in user.screen()


SECRET = "hunter2-hunter2-hunter2"


@pytest.mark.parametrize("size", SIZES)
async def test_a_token_is_typed_hidden_and_seen_nowhere(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await edit(user, "token")
        await user.type(SECRET)
        await user.sees("•••••••")
        seen = [user.screen(), user.app.export_screenshot()]
        await user.press("enter")
        await user.sees("took the new file")
        seen += [user.screen(), user.app.export_screenshot()]
        await user.press("tab", "enter")
        await user.sees("saved; takes effect")
        seen += [user.screen(), user.app.export_screenshot(), repr(request(user)), repr(user.app.screen.tree)]
        assert not [one for one in seen if "hunter2" in one]
        assert request(user).value == SECRET


def plan(**values: object) -> ChangePlan:
    diff = (DiffLine("-", 12, None, "c.ServerApp.ip = '0.0.0.0'"), DiffLine("+", None, 12, "c.ServerApp.ip = '*'"))
    made = ChangePlan(ChangeRequest("ip", "*"), "ServerApp.ip", USER_PY, diff, "changed line 12")
    return replace(made, **values)


@pytest.mark.parametrize("size", SIZES)
async def test_what_must_be_known_before_stands_in_the_preview(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        user.source.change_plan = plan(
            notes=("the file has 2 names: a hard link",),
            mode=0o600,
            verified="unverified",
            reason="no Jupyter in that Python",
            shadowed_by="--ip on the command line decides",
            creates=True,
            also=(PREFIX_JSON,),
            needs_restart=(LAB, OPEN),
        )
        await user.press("3", "e", "enter")
        await user.sees("! unverified: no Jupyter in that Python")
        text = user.sentence()
        assert "(a new file)" in text
        assert "! the file has 2 names: a hard link" in text
        assert "mode     0600 afterwards" in text
        assert "! no effect yet: --ip on the command line decides" in text
        assert "also     ~/.venv/etc/jupyter/jupyter_server_config.json" in text
        assert "takes    :8888 and :8890 after a restart" in text
        assert "Save unverified" in text
        await user.press("tab", "enter")
        whole = "takes effect when :8888 and :8890 restart: S restarts :8888"
        await user.sees(f"saved, unverified; {whole if size[0] > 60 else 'S restarts it: :8888 and :8890 wait'}")


@pytest.mark.parametrize("size", SIZES)
async def test_a_refusal_has_its_line_its_caret_and_what_could_be_done_instead(size: tuple[int, int]) -> None:
    offer = ChangeRequest("ServerApp.ip", "*", override=True)
    async with terminal(machine(), size) as user:
        user.source.failure = ChangeRefused(
            "ip is computed here and is left as it is",
            line=12,
            caret=("c.ServerApp.ip = where()", "                 ^^^^^^^"),
            offer=offer,
            command="sudo -u bob jntui config set ip '*'",
        )
        await user.press("3", "e", "enter")
        await user.sees("ip is computed here and is left as it is")
        screen = user.screen()
        assert "line 12" in screen
        assert "c.ServerApp.ip = where()" in screen
        assert "                 ^^^^^^^" in screen
        assert "type     sudo -u bob jntui config set ip '*'" in screen
        assert "add a line at the end of the file" in screen
        assert "nothing was written" in screen
        assert not [each for each in user.app.screen.query("#do") if each.display]
        await user.press("c")
        assert user.clipboard == "sudo -u bob jntui config set ip '*'"
        user.source.failure = None
        await user.press("tab", "enter")
        await user.sees("took the new file")
        assert request(user, "plan change") == offer
        await user.press("tab", "enter")
        await user.until(lambda: bool(asked(user, "change")))
        assert request(user) == offer


@pytest.mark.parametrize("size", SIZES)
async def test_the_command_of_a_refusal_stands_there_once(size: tuple[int, int]) -> None:
    """A certificate without its key: the sentence ends in the command, which a shell reads without the screen."""
    command = "jntui config set ServerApp.keyfile /home/ada/tls/a.key --server jpserver-4242"
    words = "a.pem is a certificate without its private key: set keyfile first; a.key is its key"
    async with terminal(machine(), size) as user:
        offer = ChangeRequest("ServerApp.keyfile", "/home/ada/tls/a.key")
        user.source.failure = ChangeRefused(f"{words}: {command}", offer=offer, command=command)
        await user.press("3", "e", "enter")
        await user.sees("a certificate without its")
        sentence = " ".join(user.sentence().split())
        assert f"{words} type {command}" in sentence
        assert sentence.count("jntui config set") == 1
        assert "set ServerApp.keyfile" in sentence.partition(" instead ")[2]


async def test_a_file_that_changed_meanwhile_is_shown_again_and_not_written() -> None:
    async with terminal(machine()) as user:
        await user.press("3", "e", "down", "enter")
        await user.sees("took the new file")
        user.source.change_plan = plan(did="appended c.ServerApp.ip as line 40")
        user.source.change_plan = replace(user.source.change_plan, diff=(DiffLine("+", None, 40, "c.ServerApp.ip"),))
        await user.press("tab", "enter")
        await user.sees("the file changed meanwhile: nothing was written")
        assert "appended c.ServerApp.ip as line 40" in user.screen()
        assert not asked(user, "change")


async def test_what_would_change_nothing_cannot_be_saved() -> None:
    async with terminal(machine()) as user:
        user.source.change_plan = plan(diff=(), did="it is so already")
        await user.press("3", "e", "enter")
        await user.sees("it is so already")
        assert "there is nothing to write" in user.screen()
        assert [each.id for each in user.app.screen.query("Button") if each.display] == ["cancel"]


async def test_a_dialog_closed_while_it_is_written_still_tells_the_outcome() -> None:
    async with terminal(machine()) as user:
        await user.press("3", "e", "enter")
        await user.sees("took the new file")
        user.source.hang = True
        await user.press("tab", "enter")
        await user.sees("esc closes this; it goes on")
        await user.press("escape")
        assert "Set ip" not in user.screen()
        user.source.release.set()
        await user.sees("saved; takes effect when :8888 restarts")


async def test_the_screen_answers_while_the_plan_is_worked_out() -> None:
    async with terminal(machine()) as user:
        user.source.hang = True
        await user.press("3", "e", "enter")
        await user.sees("working it out")
        await user.press("tab", "enter")
        assert not asked(user, "change")
        await user.press("escape", "escape")
        assert "Set ip" not in user.screen()


async def test_keys_typed_ahead_of_a_dialog_open_no_second_one() -> None:
    async with terminal(machine()) as user:
        await user.press("3")
        await user.at_once("e", "S", "n", "e", "x")
        await user.sees("Snex")
        assert "Set ip of :8888" in user.screen()
        assert len(user.app.screen_stack) == 2
        assert not asked(user, "plan restart")


async def test_enter_twice_opens_one_preview() -> None:
    async with terminal(machine()) as user:
        await user.press("3", "e")
        await user.at_once("enter", "enter", "tab", "enter")
        await user.sees("took the new file")
        assert len(user.app.screen_stack) == 3
        assert not asked(user, "change")


@pytest.mark.parametrize("size", SIZES)
async def test_undo_shows_what_it_takes_back_first(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await user.press("u")
        await user.sees("12 + c.ServerApp.ip = 'localhost'")
        assert "Take back the last change of :8888" in user.screen()
        assert not asked(user, "undo")
        await user.press("tab", "enter")
        await user.sees(f"taken back; {WAITS[size[0] > 60]}")
        assert asked(user, "undo") == [("undo", LAB, None)]


async def test_the_story_of_a_setting_leads_to_its_editor_and_so_does_a_finding() -> None:
    async with terminal(machine()) as user:
        await user.press("3", "enter", "e")
        assert "Set ip of :8888" in user.screen()
        await user.press("escape", "escape")
        await user.press("end", "e")
        assert "e: no setting here" in user.screen()
        await user.press("1", "e")
        assert "e: 3 opens Config, where a setting is chosen" in user.screen()
    snapshot = machine()
    view = snapshot.views[0]
    blocked = Finding("host-blocked", "The server refuses this name.", settings=("allow_remote_access",))
    rows = tuple(replace(row, check=replace(row.check, finding=blocked)) if row.check else row for row in view.rows)
    async with terminal(replace(snapshot, views=(replace(view, rows=rows), *snapshot.views[1:]))) as user:
        await user.press("1", "e")
        assert "e: 2 opens Check, where it changes allow_remote_access" in user.screen()
        await user.press("2", "e")
        assert "Set allow_remote_access of :8888" in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_other_servers_that_read_the_same_file_are_named(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        user.source.concerns = ("jpserver-4242", "jpserver-4301")
        await edit(user, "custom_display_url")
        await user.sees(":8888, from its next start; :8890 reads that")
        assert asked(user, "concerned") == [("concerned", LAB, "ServerApp.custom_display_url")], "a default, in no file"


@pytest.mark.parametrize("key", ["e", "u", "E"])
async def test_read_only_says_so(key: str) -> None:
    async with terminal(machine(), read_only=True) as user:
        await user.press("3", key)
        assert f"{key}: read-only" in user.lines()[-1]
        user.app.perform("password")
        await user.sees("g: read-only")
        await user.press("enter")
        await user.press("e")
        assert "Set ip" not in user.lines()[9:]
        assert not asked(user, "plan change")
