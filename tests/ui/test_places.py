"""Settings that name a file or a directory: what is there is offered, and what it holds is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from driver import terminal
from test_editing import SIZES, asked, edit, machine, request
from textual.widgets import Input

if TYPE_CHECKING:
    from pathlib import Path

CERTIFICATE, KEY = "-----BEGIN CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\n"


@pytest.mark.parametrize("size", SIZES)
async def test_a_certificate_is_chosen_among_what_is_there(size: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "box.pem").write_text(CERTIFICATE)
    for name, text in (
        ("a.key", KEY),
        ("both.pem", CERTIFICATE + KEY),
        ("notes.txt", "x"),
        (".hidden.pem", CERTIFICATE),
    ):
        (tmp_path / name).write_text(text)
    async with terminal(machine(), size) as user:
        await edit(user, "certfile")
        field = user.app.screen.query_one("#value", Input)
        field.value = f"{tmp_path}/"
        await user.sees("directory: enter opens it")
        shown = [line for line in user.dialog() if line.startswith(("certs ", "both.pem ", "a.key ", "notes.txt "))]
        assert [" ".join(line.split()[:2]) for line in shown[:3]] == [
            "certs directory:",
            "both.pem certificate",
            "a.key private",
        ]
        assert ".hidden" not in user.sentence()
        await user.press("down")
        assert field.value == f"{tmp_path}/certs"
        await user.press("enter")
        assert field.value == f"{tmp_path}/certs/"
        await user.until(lambda: "box.pem" in user.sentence() and "a.key" not in user.sentence())
        await user.type("bux")
        assert "bux is not there now" in user.sentence()
        await user.press("backspace", "backspace", "down")
        await user.until(lambda: "for box.example.org, until 2027-03-01; its key is not in it" in user.sentence())
        await user.press("enter")
        await user.until(lambda: bool(asked(user, "plan change")))
        assert request(user, "plan change").value == f"{tmp_path}/certs/box.pem"


async def test_a_picker_says_what_is_wrong_and_shows_hidden_files_to_who_types_a_dot(tmp_path: Path) -> None:
    (tmp_path / "a.key").write_text(KEY)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".hidden.pem").write_text(CERTIFICATE)
    async with terminal(machine(), (80, 24)) as user:
        await edit(user, "certfile")
        field = user.app.screen.query_one("#value", Input)
        field.value = f"{tmp_path}/a.key"
        await user.until(lambda: "a.key holds no certificate: private key" in user.sentence())
        field.value = f"{tmp_path}/notes.txt"
        await user.until(lambda: "notes.txt holds no certificate: neither" in user.sentence())
        field.value = f"{tmp_path}/.h"
        await user.until(lambda: ".hidden.pem" in user.sentence())
        field.value = "certs/box.pem"
        await user.until(lambda: "a relative path: it counts from the directory" in user.sentence())


async def test_the_root_directory_is_chosen_among_directories(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "file").touch()
    async with terminal(machine()) as user:
        await edit(user, "root_dir")
        user.app.screen.query_one("#value", Input).value = f"{tmp_path}/"
        await user.sees("directory: / lists it")
        assert not [line for line in user.dialog() if line.startswith("file ")]
        await user.press("down", "enter")
        await user.until(lambda: bool(asked(user, "plan change")))
        assert request(user, "plan change").value == f"{tmp_path}/work"
