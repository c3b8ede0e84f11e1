"""A setting that the command line decides: what the edit dialog offers, and the restart that comes with the change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import terminal
from test_editing import LAB, SIZES, asked, edit, focused, machine, plan, request

from jntui.model import (
    AccessFailed,
    ChangeRefused,
    ChangeRequest,
    RestartPlan,
    Secret,
    Source,
    StopPlan,
    Work,
)
from screenshots import settings


@pytest.mark.parametrize("size", SIZES)
async def test_what_the_command_line_decides_is_offered_with_a_restart_without_it(size: tuple[int, int]) -> None:
    offer = ChangeRequest("ServerApp.port", "9000", restart_without_option=True)
    command = f"jntui config set ServerApp.port 9000 --server {LAB} --restart-without-option"
    words = f"ServerApp.port is decided by the command line: {LAB} was started with --port=8888"
    stop = StopPlan(LAB, ":8888", 4242, ("api", "SIGTERM"), kernels=(Work("k", "train.ipynb", "python3", busy=True),))
    async with terminal(machine(), size) as user:
        await edit(user, "port")
        assert "--port on the command line decides over every file" in user.sentence()
        assert "the preview offers a restart without it" in user.sentence()
        user.source.failure = ChangeRefused(words, offer=offer, command=command)
        await user.press("enter")
        await user.until(lambda: words in user.sentence())
        assert "instead  write the file, and restart the server without that option" in user.sentence()
        assert user.dialog()[-1].split("  ")[-1].strip() == "Restart without it"
        await user.press("c")
        assert user.clipboard == command
        user.source.failure = None
        restart = RestartPlan(stop, ("python", "-m", "jupyterlab"), "/home/ada", "python", 9000, "/home/ada/x.log")
        user.source.change_plan = replace(plan(), request=offer, restart=restart, dropped=("--port=8888",))
        await user.press("tab", "enter")
        await user.until(lambda: "--port=8888 leaves the command line" in user.sentence())
        assert request(user, "plan change") == offer
        said = user.sentence()
        assert "train.ipynb" in said and "runs     python -m jupyterlab" in said
        assert "takes    :8888 as soon as it runs again" in said
        assert user.dialog()[-1].split("  ")[-1].strip() == "Save and restart"
        assert focused(user) == "cancel" and not asked(user, "change")
        await user.press("tab", "enter")
        await user.sees("saved; :8888 runs again without --port=8888, pid 4999"[: size[0] - 2])
        assert request(user) == offer


async def test_a_restart_that_failed_says_what_is_as_before() -> None:
    stop = StopPlan(LAB, ":8888", 4242, ("api",))
    restart = RestartPlan(stop, ("python",), "/home/ada", "python", 8888, "")
    async with terminal(machine()) as user:
        user.source.change_plan = replace(plan(diff=()), restart=restart, dropped=("--ip=0.0.0.0",))
        await user.press("3", "e", "enter")
        await user.until(lambda: "--ip=0.0.0.0 leaves the command line" in user.sentence())
        user.source.failure = AccessFailed("it did not answer; the files are as before", log="/home/ada/x.log")
        await user.press("tab", "enter")
        await user.until(lambda: "it did not answer; the files are as before; log ~/x.log" in user.sentence())
        assert "what is as before is said here" in user.screen()
        assert "nothing was written" not in user.screen()


async def test_a_variable_is_a_default_and_bars_nothing() -> None:
    by = Source("env", "JUPYTER_PORT", None, "JUPYTER_PORT", "8888")
    port = replace(next(one for one in settings.of_lab().settings if one.name == "port"), source=by)
    async with terminal(machine(port)) as user:
        await edit(user, "port")
        assert "JUPYTER_PORT in the environment gives it now: a file decides over that" in user.sentence()


async def test_a_change_without_effect_offers_the_restart_beside_it() -> None:
    offer = ChangeRequest("ServerApp.port", None, restart_without_option=True)
    async with terminal(machine()) as user:
        user.source.change_plan = replace(plan(), offer=offer, command="jntui config unset port")
        await user.press("3", "e", "enter")
        await user.until(lambda: "Restart without it" in user.screen())
        assert "Save" in user.dialog()[-1]
        restart = RestartPlan(StopPlan(LAB, ":8888", 4242, ("api",)), ("python",), "/home/ada", "python", 8888, "")
        user.source.change_plan = replace(plan(), request=offer, restart=restart, dropped=("--port=8888",))
        await user.click_text("Restart without it")
        await user.until(lambda: "--port=8888 leaves the command line" in user.sentence())
        assert request(user, "plan change") == offer


async def test_a_password_that_an_option_decides_is_offered_with_a_restart() -> None:
    offer = ChangeRequest("PasswordIdentityProvider.hashed_password", "", restart_without_option=True)
    words = f"{LAB} was started with --ServerApp.password, which decides over every file"
    async with terminal(machine()) as user:
        await user.press("g")
        await user.sees("Set the password of :8888")
        await user.type("correct horse 9")
        await user.press("enter")
        await user.type("correct horse 9")
        user.source.failure = ChangeRefused(words, offer=offer, command=f"jntui password --server {LAB}")
        await user.press("enter")
        await user.until(lambda: words in user.sentence())
        user.source.failure = None
        restart = RestartPlan(StopPlan(LAB, ":8888", 4242, ("api",)), ("python",), "/home/ada", "python", 8888, "")
        user.source.change_plan = replace(plan(), request=offer, restart=restart, dropped=("--ServerApp.password",))
        await user.click_text("Restart without it")
        await user.until(lambda: "--ServerApp.password leaves the command line" in user.sentence())
        await user.press("tab", "enter")
        await user.sees("password saved; :8888 runs again without --ServerApp.password, pid 4999")
        done = [one for one in user.source.asked if one[0] == "password"]
        assert done == [("password", LAB, Secret("correct horse 9"), "without the option")]


async def test_work_that_began_after_the_preview_is_shown_before_it_ends() -> None:
    idle, busy = (Work("k", "train.ipynb", "python3", busy=one) for one in (False, True))
    stop = StopPlan(LAB, ":8888", 4242, ("api",), kernels=(idle,))
    restart = RestartPlan(stop, ("python",), "/home/ada", "python", 8888, "")
    async with terminal(machine()) as user:
        user.source.change_plan = replace(plan(), restart=restart, dropped=("--ip=0.0.0.0",))
        await user.press("3", "e", "enter")
        await user.until(lambda: "--ip=0.0.0.0 leaves the command line" in user.sentence())
        moved = replace(restart, stop=replace(stop, kernels=(busy,)))
        user.source.change_plan = replace(user.source.change_plan, restart=moved)
        await user.press("tab", "enter")
        await user.until(lambda: "work began in the server meanwhile: nothing was written" in user.sentence())
        assert not asked(user, "change")
        user.source.change_plan = replace(user.source.change_plan, restart=restart)
        # A button that still looks pressed takes no click.
        await user.until(lambda: not user.app.screen.query("Button.-active"))
        await user.click_text("Save and restart")
        await user.until(lambda: bool(asked(user, "change")))
