"""Stop and restart: what is named before, what must be pressed, what came of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Terminal, terminal
from textual.widgets import Button

from jntui.model import StartFailed, StopFailed, StopPlan, Supervisor, Work
from jntui.tui.awaited import UnderWay, see_out
from jntui.tui.background import Finished
from jntui.tui.dialogs.restart import RestartDialog
from jntui.tui.following import first_url
from jntui.tui.signs import ASCII
from screenshots import canned

SIZES = [(160, 50), (120, 40), (80, 24), (60, 20)]
LAB = "jpserver-4242"
UNIT = Supervisor("systemd", "jupyter.service", "systemctl --user stop jupyter", "systemctl --user restart jupyter")


def plan(**values: object) -> StopPlan:
    return replace(StopPlan(LAB, ":8888", 4242, ("api", "SIGTERM")), **values)


def focused(user: Terminal) -> str:
    return str(getattr(user.app.focused, "id", ""))


def asked(user: Terminal, what: str) -> list[tuple[object, ...]]:
    return [one for one in user.source.asked if one[0] == what]


@pytest.mark.parametrize("size", SIZES)
async def test_what_ends_is_named_before(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("s")
        await user.sees("3 kernels, 1 busy: train.ipynb")
        screen = user.screen()
        assert "╭─ Stop :8888 ─" in screen
        assert "! train.ipynb" in screen
        assert "plots.ipynb" in screen
        assert "ask Jupyter itself to shut down" in screen
        assert "send SIGTERM to pid 4242" in screen
        assert "nothing happens before you choose Stop" in screen
        assert focused(user) == "cancel", "a kernel is busy: Enter by habit ends nothing"
        await user.press("enter")
        assert not asked(user, "stop server")
        assert "Stop :8888" not in user.screen()


async def test_stop_by_its_button_and_the_result_in_the_keys_line() -> None:
    async with terminal(canned.main()) as user:
        await user.press("s")
        await user.sees("3 kernels")
        await user.press("tab", "enter")
        await user.sees(":8888 stopped by SIGTERM, port 8888 is free")
        assert asked(user, "stop server") == [("stop server", LAB, False)]


async def test_the_focus_is_on_cancel_before_and_after_the_plan_arrives() -> None:
    for kernels in ((), (Work("k", "plots.ipynb", "python3"),)):
        async with terminal(canned.main()) as user:
            user.source.stop_plan, user.source.hang = plan(kernels=kernels), True
            await user.press("s")
            await user.sees("asking what runs in it")
            assert focused(user) == "cancel"
            user.source.release.set()
            await user.sees("send SIGTERM to pid 4242")
            assert focused(user) == "cancel"
            assert ("no kernel runs in it" in user.screen()) == (not kernels)


async def test_kernels_that_nobody_tells_are_treated_as_busy() -> None:
    async with terminal(canned.main()) as user:
        user.source.stop_plan = plan(kernels_known=False)
        await user.press("s")
        await user.sees("! its kernels are not known")
        assert focused(user) == "cancel"


async def test_it_says_that_it_asks_and_stop_waits_for_the_answer() -> None:
    async with terminal(canned.main()) as user:
        user.source.hang = True
        await user.press("s")
        await user.sees("asking what runs in it")
        await user.click_text("Stop  ")
        assert not asked(user, "stop server")
        user.source.release.set()
        await user.sees("1 busy")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_what_systemd_keeps_is_left_to_systemd(size: tuple[int, int]) -> None:
    for key, verb in (("s", "stop"), ("S", "restart")):
        async with terminal(canned.main(), size) as user:
            user.source.stop_plan = plan(supervisor=UNIT)
            await user.press(key)
            await user.sees("systemd looks after this server")
            assert f"type     systemctl --user {verb} jupyter" in user.screen()
            assert [button.id for button in user.app.screen.query("Button") if button.display] == ["cancel"]
            await user.press("c")
            assert user.clipboard == f"systemctl --user {verb} jupyter"
            assert "sent to your terminal's clipboard" in user.screen()
            await user.press("enter")
            assert not asked(user, "stop server")
            assert not asked(user, "restart")


async def test_a_hub_has_a_page_and_a_container_may_have_no_restart() -> None:
    hub = Supervisor("jupyterhub", "ada", "https://hub.example.org/hub/home", "https://hub.example.org/hub/home")
    box = Supervisor("container", "9f3c", "docker stop 9f3c", "")
    async with terminal(canned.main()) as user:
        user.source.stop_plan = plan(supervisor=hub, why_not="JupyterHub runs it")
        await user.press("s")
        await user.sees("open     https://hub.example.org/hub/home")
        assert "JupyterHub looks after this server, for ada: stop it there." in user.screen()
        await user.press("escape")
        user.source.stop_plan = plan(supervisor=box, why_not="it runs in a container")
        await user.press("S")
        await user.sees("container 9f3c: restart it there.")
        await user.press("c")
        assert user.clipboard == ""


async def test_what_else_ends_is_said_and_the_focus_is_on_cancel() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        user.source.stop_plan = plan(notes=("jntui runs in a terminal of this server and ends with it",))
        await user.press("s")
        await user.sees("! jntui runs in a terminal of this server and ends with it")
        assert focused(user) == "cancel"


async def test_what_cannot_be_done_from_here_says_why() -> None:
    async with terminal(canned.main()) as user:
        user.source.stop_plan = plan(rungs=(), why_not="it belongs to bob: sudo -u bob jntui stop 8888")
        await user.press("s")
        await user.sees("it belongs to bob: sudo -u bob jntui stop 8888")
        assert focused(user) == "cancel"
        assert [button.id for button in user.app.screen.query("Button") if button.display] == ["cancel"]
        await user.press("escape")
        await user.arrives(replace(canned.main(), views=canned.main().views[1:]))
        user.source.stop_plan = None


async def test_a_server_that_is_gone_meanwhile_says_so() -> None:
    async with terminal(canned.main()) as user:
        user.source.snapshot = replace(user.source.snapshot, views=())
        await user.press("s")
        await user.sees("this server is gone already")


async def test_what_sigterm_does_not_end_is_asked_about_again() -> None:
    async with terminal(canned.main()) as user:
        user.source.stubborn = True
        await user.press("s")
        await user.sees("1 busy")
        await user.press("tab", "enter")
        await user.sees("SIGTERM was sent to pid 4242, but it still runs after 5 s")
        assert ":8888 still runs" in user.screen()
        assert "its API was asked, but it still runs" in user.screen()
        assert "--kill" not in user.screen(), "the button stands for it"
        assert "SIGKILL ends it at once" in user.screen()
        assert "files stay" not in user.screen(), "jntui removes them"
        assert "nothing more happens before you choose Send SIGKILL" in user.screen()
        await user.sees("Leave it running")
        assert focused(user) == "cancel"
        assert asked(user, "stop server") == [("stop server", LAB, False)]
        await user.press("tab", "enter")
        await user.sees(":8888 stopped by SIGKILL, port 8888 is free; its parent (pid 1) has not reaped it")
        assert asked(user, "stop server")[-1] == ("stop server", LAB, True)


async def test_progress_is_in_words_and_leaving_leaves_it_to_it() -> None:
    async with terminal(canned.main()) as user:
        await user.press("s")
        await user.sees("1 busy")
        user.source.hang = True
        await user.press("tab", "enter")
        await user.sees("stopping: each step is waited for")
        await user.sees("asking :8888 to shut down")
        assert "esc closes this; it goes on" in user.screen()
        assert "nothing happens before" not in user.screen()
        assert focused(user) == "cancel"
        await user.press("escape")
        assert "Endpoints of :8888" in user.screen()
        assert user.lines()[-1].startswith(" stopping :8888  c copy URL")
        await user.press("down", "z", "z", "R")
        await user.press("down")
        assert user.lines()[-1].startswith(" stopping :8888  "), "whatever is pressed, until it ends"
        user.source.release.set()
        await user.sees(":8888 stopped by SIGTERM, port 8888 is free")
        await user.press("down")
        assert "stopping :8888" not in user.screen()


@pytest.mark.parametrize(("key", "words"), [("s", ":8888 stopped by SIGTERM"), ("S", ":8888 runs again, pid 5001")])
async def test_quitting_sees_it_out(key: str, words: str) -> None:
    said: list[str] = []
    async with terminal(canned.main()) as user:
        await user.press(key)
        await user.sees("1 busy")
        user.source.hang = True
        await user.press("tab", "enter", "ctrl+q")

        def say(line: str) -> None:
            said.append(line)
            user.source.hang = False
            user.source.release.set()

        see_out(user.app.under_way, say)
    verb = "stop" if key == "s" else "restart"
    assert said[0] == f"waiting for the {verb} of :8888 (ctrl+c leaves it half done)"
    assert said[1].startswith(words)
    assert len(said) == 2


def test_what_failed_or_takes_too_long_is_told_on_the_terminal() -> None:
    said: list[str] = []
    failed, slow = UnderWay("restart", ":8888"), UnderWay("stop", ":8890")
    failed.end("restart of :8888 failed: port 8888 was taken")
    see_out([failed, slow], said.append, limit_s=0.0)
    assert said == [
        "restart of :8888 failed: port 8888 was taken",
        "waiting for the stop of :8890 (ctrl+c leaves it half done)",
        "the stop of :8890 has not ended after 0 s: see `jntui list`",
    ]


def test_ctrl_c_while_it_is_seen_out_says_what_it_leaves() -> None:
    said: list[str] = []

    def interrupted(line: str) -> None:
        said.append(line)
        if len(said) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        see_out([UnderWay("restart", ":8888")], interrupted)
    assert said[1] == "the restart of :8888 is left half done: see `jntui list`"


async def test_a_failure_after_leaving_is_said_in_the_keys_line() -> None:
    async with terminal(canned.main()) as user:
        await user.press("s")
        await user.sees("1 busy")
        user.source.hang, user.source.failure = True, StopFailed("its listener is another program's by now")
        await user.press("tab", "enter", "escape")
        user.source.release.set()
        await user.sees("stop of :8888 failed: its listener is another program's by now")


@pytest.mark.parametrize("size", SIZES)
async def test_restart_names_what_stays_and_what_does_not(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("S")
        await user.sees("3 kernels, 1 busy")
        assert "╭─ Restart :8888 ─" in user.screen()
        words = " ".join(user.screen().replace("│", " ").replace("┃", " ").split())
        assert "with the settings as they are now: base_url changes" in words
        assert "! It ran in the terminal pts/3" in words, "what is not kept stands before what runs"
        await user.press("end")
        words = " ".join(user.screen().replace("│", " ").replace("┃", " ").split())
        assert "17 environment variables" in words
        assert "Cancel" in words


async def test_restart_selects_the_new_server() -> None:
    async with terminal(canned.main()) as user:
        await user.press("S")
        await user.sees("1 busy")
        await user.press("tab", "enter")
        await user.sees(":8888 runs again, pid 5001; not kept: It ran in the terminal pts/3")
        assert asked(user, "restart") == [("restart", LAB, False)]
        again = replace(canned.lab(), server=replace(canned.LAB, id="jpserver-5001", pid=5001))
        await user.arrives(replace(canned.main(), views=(canned.unguarded(), again)))
        assert user.app.main.selection.server == "jpserver-5001"


async def test_the_endpoint_stays_selected_over_a_restart() -> None:
    async with terminal(canned.main()) as user:
        await user.press("down", "down")
        url = user.app.main.selection.url
        assert url not in {None, first_url(canned.lab())}
        await user.press("S")
        await user.sees("1 busy")
        user.source.hang = True
        await user.press("tab", "enter", "escape")
        await user.arrives(replace(canned.main(), views=(canned.unguarded(),), seq=2))
        user.source.hang, user.source.stop_plan = False, plan()
        user.source.release.set()
        await user.sees("runs again, pid 5001")
        again = replace(canned.lab(), server=replace(canned.LAB, id="jpserver-5001", pid=5001))
        await user.arrives(replace(canned.main(), views=(canned.unguarded(), again), seq=3))
        assert (user.app.main.selection.server, user.app.main.selection.url) == ("jpserver-5001", url)


@pytest.mark.parametrize("moves", [False, True])
async def test_a_restart_takes_the_selection_back_only_if_nobody_moved_it(moves: bool) -> None:
    async with terminal(canned.main()) as user:
        await user.press("S")
        await user.sees("1 busy")
        user.source.hang = True
        await user.press("tab", "enter", "escape")
        stale = replace(canned.stale(), server=replace(canned.stale().server, id="nbserver-1"))
        down = (canned.unguarded(), canned.stale(), stale)
        await user.arrives(replace(canned.main(), views=down, seq=2))
        neighbour = user.app.main.selection.server
        assert neighbour == canned.unguarded().server.id
        if moves:
            await user.press("4", "down")
        elsewhere = user.app.main.selection.server
        assert (elsewhere != neighbour) == moves
        user.source.hang, user.source.stop_plan = False, plan()
        user.source.release.set()
        await user.sees("runs again, pid 5001")
        again = replace(canned.lab(), server=replace(canned.LAB, id="jpserver-5001", pid=5001))
        await user.arrives(replace(canned.main(), views=(*down, again), seq=3))
        assert user.app.main.selection.server == (elsewhere if moves else "jpserver-5001")


async def test_another_port_is_named_with_its_number() -> None:
    async with terminal(canned.main()) as user:
        await user.press("S")
        await user.sees("1 busy")
        dialog = user.app.screen
        assert isinstance(dialog, RestartDialog)
        found = user.source.plan_restart(LAB)
        command = (*found.command, "--ServerApp.port_retries=0")
        dialog.planned(replace(found, port=9001, command=command))
        await user.sees("with port_retries 0 it comes back on port 9001, or says why not")
        assert "base_url changes; port" in user.screen()
        assert "9001, as its settings say now" in user.screen()


async def test_a_restart_that_sigterm_does_not_end_is_asked_about_again() -> None:
    async with terminal(canned.main()) as user:
        user.source.stubborn = True
        await user.press("S")
        await user.sees("1 busy")
        await user.press("tab", "enter")
        await user.sees("SIGKILL ends it at once")
        assert "--kill" not in user.screen()
        await user.press("tab", "enter")
        await user.sees("runs again, pid 5001")
        assert asked(user, "restart")[-1] == ("restart", LAB, True)


@pytest.mark.parametrize(("key", "call"), [("s", "stop server"), ("S", "restart")])
async def test_work_that_began_while_the_dialog_was_open_is_named_before_it_ends(key: str, call: str) -> None:
    idle, busy = (Work("k", "train.ipynb", "python3", busy=one) for one in (False, True))
    async with terminal(canned.main()) as user:
        user.source.stop_plan = plan(kernels=(idle,))
        await user.press(key)
        await user.sees("1 kernel: train.ipynb")
        user.source.stop_plan = plan(kernels=(busy,), terminals=("1",))
        await user.press("tab", "enter")
        await user.sees("work began in it meanwhile: nothing was done; this would end now")
        assert "1 kernel, 1 busy: train.ipynb; 1 terminal: 1" in user.screen()
        assert focused(user) == "cancel" and not asked(user, call)
        user.source.stop_plan = plan()
        user.app.screen.query_one("#do", Button).press()
        await user.until(lambda: bool(asked(user, call)))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_restart_that_dies_shows_the_end_of_its_log(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("S")
        await user.sees("1 busy")
        tail = ("Traceback", "    bind()", "    ^^^^^^", "socket.gaierror: no.such.host \x1b[31m")
        by_hand = "cd /home/ada && jupyter lab --port=8888"
        words = f"the old one is stopped, the new one ended with status 1; to start it by hand: {by_hand}"
        user.source.failure = StartFailed(words, "/x/8888.log", tail, by_hand=by_hand)
        await user.press("tab", "enter")
        await user.sees("the old one is stopped, the new one ended with status 1")
        assert "log /x/8888.log" in user.screen()
        assert "socket.gaierror: no.such.host ?[31m" in user.screen()
        assert user.screen().index("Traceback") > user.screen().index("bind()"), "the last line first"
        assert "     bind()" in user.line_with("bind()"), "as deep as it is in the log"
        assert "^^^" not in user.screen()
        assert "c copies the command that starts it" in user.screen()
        assert "nothing happens before" not in user.screen()
        await user.press("c")
        assert user.clipboard == by_hand
        assert "socket.gaierror" in user.screen()
        assert focused(user) == "cancel"
        await user.press("enter")
        assert "Restart :8888" not in user.screen()
        assert user.lines()[-1].startswith(" restart of :8888 failed, log /x/8888.log: the old one")


async def test_after_leaving_it_running_the_keys_line_says_so() -> None:
    async with terminal(canned.main()) as user:
        user.source.stubborn = True
        await user.press("s")
        await user.sees("1 busy")
        await user.press("tab", "enter")
        await user.sees("SIGKILL ends it at once")
        await user.press("escape")
        assert user.lines()[-1].startswith(" :8888 still runs")


async def test_busy_kernels_stand_first_and_names_have_the_width_of_the_dialog() -> None:
    long = "a-notebook-with-a-long-name-for-60-cells.ipynb"
    kernels = (*(Work(f"k{n}", f"n{n}.ipynb", "python3") for n in range(12)), Work("b", long, "python3", busy=True))
    async with terminal(canned.main(), (60, 20), signs=ASCII) as user:
        user.source.stop_plan = plan(kernels=kernels, rungs=("SIGTERM",))
        await user.press("s")
        await user.sees("13 kernels, 1 busy")
        words = [line for line in user.lines() if "a-notebook" in line and "busy" in line][-1]
        assert "a-notebook-with-a-long-name-for-60" in words
        assert words.index("!") < words.index("a-notebook")
        await user.press("end")
        assert "SIGKILL only if this does not end it" in user.screen()


async def test_names_of_kernels_are_stripped_and_counted() -> None:
    many = tuple(Work(f"k{n}", f"n{n}\x1b[2J.ipynb", "python3") for n in range(30))
    async with terminal(canned.main(), (80, 24), signs=ASCII) as user:
        user.source.stop_plan = plan(kernels=many)
        await user.press("s")
        await user.sees("30 kernels")
        assert "\x1b" not in user.screen()
        await user.press("end")
        assert "and 18 more" in user.screen()


async def test_arrows_change_the_button_and_esc_leaves_everything() -> None:
    async with terminal(canned.main()) as user:
        await user.press("s")
        await user.sees("1 busy")
        await user.press("right")
        assert focused(user) == "do"
        await user.press("left")
        assert focused(user) == "cancel"
        await user.press("right", "escape")
        assert not asked(user, "stop server")
        assert user.source.snapshot.view(LAB) is not None


@pytest.mark.parametrize("key", ["s", "S"])
async def test_an_outcome_that_comes_while_the_screen_goes_is_dropped(key: str) -> None:
    async with terminal(canned.main()) as user:
        await user.press(key)
        await user.sees("1 busy")
        user.source.hang = True
        await user.press("tab", "enter", "escape")
        await user.app.main.query("*").remove()
        concluded: list[object] = []
        user.app.post_message(Finished(lambda: concluded.append(user.app.main.expect("jpserver-5001"))))
        await user.pilot.pause()
        assert not concluded
