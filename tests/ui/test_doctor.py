"""Doctor: a finding a row with its place, what it does, what to change; Enter previews that change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.model import ChangePlan, ChangeRefused, ChangeRequest, ConfigFinding, DiffLine
from screenshots import canned
from screenshots.settings import USER_PY

SIZES = [(120, 40), (80, 24), (60, 20)]
LAB = "jpserver-4242"


def asked(user: Terminal, what: str) -> list[tuple[object, ...]]:
    return [one for one in user.source.asked if one[0] == what]


@pytest.mark.parametrize("size", SIZES)
async def test_each_finding_has_its_line_its_effect_and_its_fix(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("D")
        await user.sees("~/.jupyter/jupyter_server_config.py:16")
        assert "What is wrong with the configuration of :8888" in user.screen()
        said = user.sentence()
        assert "what the token is empty and no password is set" in " ".join(said.split())
        assert "effect whoever reaches :8888 over LAN, VPN or internet can run code as ada" in " ".join(said.split())
        assert "fix set a password, or take the line out" in " ".join(said.split())
        assert [line[0] for line in user.dialog()[:3]] == ["✗", "!", "!"]
        await user.press("down")
        assert "write c.ServerApp.port" in user.sentence()
        assert "enter previews its change, E opens it, esc closes" in user.screen()
        await user.press("escape")
        assert "What is wrong" not in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_enter_opens_the_preview_of_its_change_and_it_is_looked_at_again(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("D")
        await user.sees("config.py:16")
        await user.press("down", "enter")
        await user.sees("took the new file")
        assert "Mend: ServerApp.port" in user.screen()
        assert not asked(user, "change")
        user.source.findings = ()
        await user.press("tab", "enter")
        await user.sees("✓ nothing was found that jntui looks for")
        assert asked(user, "change") == [("change", LAB, ChangeRequest("ServerApp.port", "9999", USER_PY))]
        assert len(asked(user, "doctor")) == 2


async def test_the_old_name_of_a_rename_goes_in_the_same_preview() -> None:
    async with terminal(canned.main()) as user:
        one = user.source.findings[1]
        user.source.findings = (replace(one, drop="NotebookApp.port"),)
        await user.press("D")
        await user.sees("config.py:13")
        await user.press("enter")
        await user.sees("took the new file")
        await user.press("tab", "enter")
        await user.until(lambda: len(asked(user, "doctor")) == 2)
        assert one.change is not None
        wanted = ChangeRequest(one.change.name, one.change.value, one.change.file, drop="NotebookApp.port")
        assert asked(user, "change") == [("change", LAB, wanted)]


async def test_a_file_that_others_can_read_is_made_private_by_the_same_key() -> None:
    async with terminal(canned.main()) as user:
        one = replace(user.source.findings[1], change=None, private="/home/ada/tls/key.pem")
        user.source.findings = (one,)
        await user.press("D")
        await user.sees("config.py:13")
        assert "enter previews its new mode, E opens it, esc closes" in user.screen()
        await user.press("enter")
        await user.sees("0644 now, 0600 afterwards")
        assert "Mend: file mode" in user.screen()
        assert "file     ~/tls/key.pem" in user.screen()
        assert "at once: no byte changes, and no server has to restart" in user.sentence()
        await user.press("tab", "enter")
        await user.until(lambda: len(asked(user, "doctor")) == 2)
        wanted = ChangeRequest("", None, "/home/ada/tls/key.pem", private=True)
        assert asked(user, "change") == [("change", LAB, wanted)]
        await user.press("escape")
        await user.sees("saved: ~/tls/key.pem has mode 0600, at once")


@pytest.mark.parametrize("size", SIZES)
async def test_the_line_end_of_a_token_file_goes_after_a_preview(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        request = ChangeRequest("", None, "/home/ada/token", trim=True)
        told = ("-", 1, None, "token, 15 characters, and the line end (16 bytes)"), ("+", None, 1, "token (15 bytes)")
        did = "takes the line end off: 16 bytes become 15"
        lines = tuple(DiffLine(*one) for one in told)
        user.source.change_plan = ChangePlan(request, "", "/home/ada/token", lines, did, needs_restart=(LAB,))
        user.source.findings = (
            ConfigFinding("token-file-newline", "error", request.file, 1, "m", "e", "f", trim="/home/ada/token"),
        )
        await user.press("D")
        await user.sees("~/token:1")
        assert "enter previews its change, E opens it, esc closes" in user.screen()
        await user.press("enter")
        await user.sees("takes the line end off: 16 bytes become 15")
        text = " ".join(user.sentence().split())
        assert "Mend: token file" in user.screen()
        assert "1 - token, 15 characters, and the line end" in text
        assert "takes :8888 after a restart" in text
        assert "loader" not in text, "nobody was asked"
        await user.press("tab", "enter")
        await user.until(lambda: asked(user, "change") == [("change", LAB, request)])


async def test_a_directory_is_no_file_for_the_editor() -> None:
    async with terminal(canned.main()) as user:
        folder = "/home/ada/.local/share/jupyter/runtime"
        user.source.findings = (ConfigFinding("runtime-open", "error", folder, None, "m", "e", "f", private=folder),)
        await user.press("D")
        await user.sees("runtime")
        assert "enter previews its new mode, esc closes" in user.screen()
        await user.press("E")
        assert "it is a directory" in user.screen()


async def test_what_no_single_change_mends_says_so() -> None:
    async with terminal(canned.main()) as user:
        await user.press("D")
        await user.sees("config.py:16")
        user.source.findings = (replace(user.source.findings[1], change=None, line=None),)
        await user.press("escape", "D")
        await user.sees("config.py")
        assert "enter" not in user.dialog()[-1] + user.screen().splitlines()[-1]
        await user.press("enter")
        assert "no single change mends it: the fix is in the words above" in user.screen()
        user.source.findings = (replace(user.source.findings[0], code="token-file-newline", line=1),)
        await user.press("escape", "D")
        await user.sees("config.py:1")
        await user.press("enter")
        await user.sees("no single change mends it: the fix is in the words above")
        assert not asked(user, "plan change")


@pytest.mark.parametrize(
    ("code", "said", "opened"),
    [
        ("hash-plain", "enter sets the password anew, E opens it", "twice"),
        ("certificate-expired", "enter chooses another certfile, E opens it", "certfile"),
        ("key-encrypted", "enter chooses another keyfile, E opens it", "keyfile"),
        ("syntax-error", "enter opens its line in your editor, esc closes", "E:"),
    ],
)
async def test_what_the_user_has_to_choose_opens_where_it_is_chosen(code: str, said: str, opened: str) -> None:
    async with terminal(canned.main()) as user:
        one = replace(user.source.findings[1], change=None, code=code)
        user.source.findings = (one,)
        await user.press("D")
        await user.sees("config.py:13")
        assert said in user.screen()
        await user.press("enter")
        await user.sees(opened)
        assert not asked(user, "plan change")


async def test_read_only_looks_and_changes_nothing() -> None:
    async with terminal(canned.main(), read_only=True) as user:
        await user.press("D")
        await user.sees("config.py:16")
        await user.press("enter")
        assert "enter: read-only" in user.screen()
        await user.press("E", "escape")
        assert "E: read-only" in user.screen()
        assert not asked(user, "plan change")


async def test_it_says_that_it_looks_and_why_it_could_not() -> None:
    async with terminal(canned.main()) as user:
        user.source.hang = True
        await user.press("D")
        await user.sees("looking: every config file is read")
        user.source.failure = ChangeRefused("the Python of :8888 did not answer within 10 s")
        user.source.release.set()
        await user.sees("the Python of :8888 did not answer within 10 s")


async def test_without_a_running_server_it_is_about_the_caller() -> None:
    async with terminal(canned.main()) as user:
        await user.press("4", "end", "D")
        await user.sees("config.py:16")
        assert asked(user, "doctor") == [("doctor", None)], "the selected server is only an info file"
    async with terminal(canned.empty()) as user:
        await user.press("D")
        await user.sees("config.py:16")
        assert asked(user, "doctor") == [("doctor", None)]


@pytest.mark.parametrize("size", SIZES)
async def test_many_findings_scroll_and_the_last_is_reached(size: tuple[int, int]) -> None:
    one = ConfigFinding("odd", "note", USER_PY, 1, "message", "effect", "fix")
    async with terminal(canned.main(), size) as user:
        user.source.findings = tuple(replace(one, line=n, message=f"message {n}") for n in range(1, 61))
        await user.press("D")
        await user.sees("message 1")
        await user.press("end")
        assert "what    message 60" in user.screen()
        assert user.app.screen.query_one("#box").region.bottom <= size[1]
