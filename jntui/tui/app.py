"""The Textual app: it takes snapshots from the source, and carries out what the screen asks for."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.message import Message
from textual.scrollbar import ScrollBar, ScrollBarRender

from jntui.text import visible
from jntui.tui import themes
from jntui.tui.actions import BY_ID
from jntui.tui.driver import driver_class
from jntui.tui.errands import Errands
from jntui.tui.key_order import KeyOrder
from jntui.tui.keys_first import KeysFirst
from jntui.tui.panes.keys import KeysLine
from jntui.tui.paper import Paper
from jntui.tui.scene import PANES, Environment
from jntui.tui.screen import screen_with
from jntui.tui.signs import signs_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.await_complete import AwaitComplete
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.timer import Timer

    from jntui.model import Snapshot
    from jntui.tui.announcing import Change
    from jntui.tui.awaited import UnderWay
    from jntui.tui.background import Finished
    from jntui.tui.ink import Role
    from jntui.tui.scene import PaneName
    from jntui.tui.screen import MainScreen
    from jntui.tui.source import Source
    from jntui.tui.wishes import Wishes


TIDY_S = 2.0
"""Nobody typed for so long: no key waits for the collector."""


class PlainBars(ScrollBarRender):
    """Scroll bars that end between two cells: eighths of a block are no ASCII, and fonts of consoles lack them."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "]


def _own_commands() -> type[Provider]:
    from jntui.tui.palette import ActionCommands

    return ActionCommands


class JntuiApp(App[None]):
    """Wiring only: source to screen, actions to source."""

    TITLE = "jntui"
    CSS_PATH = "jntui.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {*App.COMMANDS, _own_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="quit.ctrl+q"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True, id="quit.ctrl+c"),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True, id="suspend"),
    ]

    @dataclass
    class Fresh(Message):
        """A new snapshot; a newer one in the queue replaces it."""

        snapshot: Snapshot

        def can_replace(self, message: Message) -> bool:
            """True for any older snapshot that still waits."""
            return isinstance(message, JntuiApp.Fresh)

    def __init__(
        self,
        source: Source,
        *,
        server: str | None = None,
        environment: Environment | None = None,
        theme: str | None = None,
        wishes: Wishes | None = None,
        driver_class: type[Driver] | None = None,
    ) -> None:
        # With an RGB theme and NO_COLOR Textual paints greys; the terminal's own colours are asked for instead.
        no_color = os.environ.get("NO_COLOR") is not None
        super().__init__(driver_class=driver_class, ansi_color=True if no_color else None)
        self.animation_level = "none"
        self.source = source
        self.environment = environment or Environment(signs=signs_for())
        self.main: MainScreen = screen_with(self.environment.keys)(self.environment, server, source.url_with_token)
        self.main.prepare(source.snapshot)
        self.errands = Errands(self)
        self.under_way: list[UnderWay] = []
        """Stops and restarts that have not been told as ended."""
        self._changes: list[Change] = []
        """Changes of verdict that the last line still names."""
        self._seq = -1
        self._order = KeyOrder(self)
        self._tidying: Timer | None = None
        self._pictures = KeysFirst(self, self._take, source.give_way)
        # Without a driver it is drawn into no terminal, and has all colours.
        self._few = driver_class is not None and self.console.color_system == "256" and not no_color
        for own in (themes.DARK, themes.LIGHT):
            self.register_theme(themes.few(own) if self._few else own)
        # TEXTUAL_THEME is Textual's default, whose colours it took before it knew a theme of ours: only a change shows.
        self.set_reactive(JntuiApp.theme, "textual-dark")
        self._wishes = wishes
        self._problems = list(wishes.problems) if wishes is not None else []
        self.theme = theme or self._first_theme()

    def _first_theme(self) -> str:
        """The user's TEXTUAL_THEME, else that of config.toml; the 16 colours' own where there are no more."""
        wishes = self._wishes
        if wishes is not None and wishes.theme and self.get_theme(wishes.theme) is None:
            line = f", line {wishes.theme_line}" if wishes.theme_line else ""
            words = f"no theme is called {visible(wishes.theme, 40)!r}: ctrl+p, Theme lists them"
            self._problems.insert(0, f"{line}: {words}")
        for wanted in (os.environ.get("TEXTUAL_THEME", ""), wishes.theme if wishes is not None else ""):
            if wanted and self.get_theme(wanted) is not None:
                return wanted
        return "ansi-dark" if self.console.color_system == "standard" and not self.no_color else themes.DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """jntui's own variables for Textual's themes."""
        return themes.defaults(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the ground of everything."""
        return self.main

    def copy_to_clipboard(self, text: str) -> None:
        """To the terminal's own clipboard, as Textual does, and through screen."""
        from jntui.tui.clipboard import dropped, sequence

        self._clipboard = text
        if self._driver is not None:
            self._driver.write(sequence(text, os.environ))
        if os.environ.get("TMUX"):
            from jntui.tui.background import run_aside

            run_aside(self, "tmux", lambda: dropped(os.environ), self._not_sent, lambda _error: None)

    def _not_sent(self, why: str) -> None:
        if why:
            self.say(why, alarm=True)

    def _handle_exception(self, error: Exception) -> None:
        """Textual's; a dialog that opens while the screen closes never gets its parts, and nobody misses it."""
        if not (self._exit and isinstance(error, NoMatches)):
            super()._handle_exception(error)

    def pop_screen(self) -> AwaitComplete:
        """Textual's, and what a closed dialog leaves is tidied up once nobody types."""
        if self._tidying is None:
            self._tidying = self.set_timer(TIDY_S, self._tidy)
        return super().pop_screen()

    def _tidy(self) -> None:
        """Takes a few milliseconds, and gives back some tens of MiB after a hundred dialogs.

        `StylesCache.get_inner_outer` keeps its last 1,024 calls, and with each the object that was called and all lines
        that its widget drew. The widgets point at one another, and by itself the collector comes to them after 700,000
        new objects (see `_begin`).
        """
        quiet = self._pictures.quiet(TIDY_S)
        self._tidying = None if quiet else self.set_timer(TIDY_S, self._tidy)
        if quiet:
            with contextlib.suppress(ImportError, AttributeError):  # a Textual that has it no more needs no clearing
                from textual._styles_cache import StylesCache

                StylesCache.get_inner_outer.cache_clear()
            gc.collect()

    def _post(self, snapshot: Snapshot) -> None:
        self.post_message(self.Fresh(snapshot))

    def on_mount(self) -> None:
        """The first picture is whatever is known already."""
        self.set_class(self.environment.signs.ascii, "-ascii")
        self.set_class(self._few, "-few")
        ScrollBar.renderer = PlainBars
        self.app_resume_signal.subscribe(self, lambda _app: self._resumed())
        self._take(self.source.snapshot)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """After the first paint, which no thread of ours slows down: looking starts, and so does the collector.

        What start-up loaded stays for good, so the collector need never look at it.
        """
        gc.freeze()
        # With everything frozen the collector takes each look at its oldest generation for cheap (gcmodule's rule of a
        # quarter), and one costs up to 15 ms between two keys: ten times rarer is often enough.
        gc.set_threshold(700, 10, 100)
        gc.enable()
        # What the first picture selected was no event: nobody would be told whose settings are to be read.
        self.source.select(self.main.selection.server)
        self.source.start(self._post)
        self._tell_problems()

    def _tell_problems(self) -> None:
        """What is wrong in config.toml, in one line; the screen works without it."""
        if self._wishes is None or not self._problems:
            return
        more = f" (and {len(self._problems) - 1} more: `jntui keys` names them)" if self._problems[1:] else ""
        width = self.size.width - 2 - len(more)
        self.say(self._wishes.said(self._problems[0], self.source.snapshot.machine.home, width) + more, alarm=True)

    def action_command_palette(self) -> None:
        """Textual's, with a cursor that does not blink: an idle screen writes nothing."""
        from jntui.tui.palette import ActionPalette

        if not isinstance(self.screen, ActionPalette):
            self.push_screen(ActionPalette(placeholder="a few letters of an action"))
        self.call_after_refresh(self._still_cursor)

    def search_themes(self) -> None:
        """Textual's, as still and as plain as the list of actions."""
        from textual.command import CommandPalette
        from textual.theme import ThemeProvider

        self.push_screen(CommandPalette(providers=[ThemeProvider], placeholder="a few letters of a theme"))
        self.call_after_refresh(self._still_cursor)

    def _still_cursor(self) -> None:
        from textual.command import SearchIcon
        from textual.widgets import Input

        for entry in self.screen.query(Input):
            entry.cursor_blink = False
        for icon in self.screen.query(SearchIcon):
            icon.icon = ">"  # Textual's own is a picture, which many terminals cannot show
            icon.refresh()

    def on_jntui_app_fresh(self, event: Fresh) -> None:
        """A newer picture arrived."""
        self._pictures.offer(event.snapshot)

    def key_read(self) -> None:
        """See `HearsKeys`."""
        self._pictures.comes()

    async def on_event(self, event: events.Event) -> None:
        """Textual's; keys come one by one, and pictures learn of them."""
        typed = isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded
        if typed and self._order.holds(event):
            return
        await super().on_event(event)
        if typed:
            self._order.handed()
        if isinstance(event, events.Key):
            self._pictures.key()

    def _resumed(self) -> None:
        # After ctrl+z and fg the terminal's screen is empty, and Textual paints only what differs.
        self.screen.refresh()
        self.source.resumed()

    def _take(self, snapshot: Snapshot) -> None:
        if snapshot.seq > self._seq:
            self._seq = snapshot.seq
            before = self.main.snapshot
            self.main.take(snapshot)
            self.errands.follow()
            if before is not None:
                self._announce(before, snapshot)

    def _announce(self, before: Snapshot, now: Snapshot) -> None:
        """Changes of verdict, in the last line; what comes while one stands there is told with it."""
        from jntui.tui import announcing

        found, scene = announcing.changes(before, now), self.main.scene()
        came = announcing.newcomers(before, now)
        if came and not found and self.main.is_mounted:
            self.main.query_one(KeysLine).announce(came)
        if not found or scene is None or not self.main.is_mounted:
            return
        keys = self.main.query_one(KeysLine)
        self._changes = announcing.merged(self._changes if keys.announcing else [], found)
        role: Role = "alarm-text" if announcing.worse(self._changes) else "bold"
        keys.announce(announcing.words(self._changes, scene), role)

    def on_finished(self, event: Finished[object]) -> None:
        """A blocking call ended; while the screen is being taken down there is nobody left to tell."""
        if self.main.whole:
            event.conclude()

    def on_main_screen_server_selected(self, event: MainScreen.ServerSelected) -> None:
        """The selected server is checked first."""
        self.source.select(event.server)

    def on_main_screen_act(self, event: MainScreen.Act) -> None:
        """Does an action, or says why it is impossible.

        Keys that were typed ahead of a dialog mean what is in it: none of them opens a second one behind it.
        """
        if self.screen is not self.main or self._exit:
            return
        self.perform(event.action, event.key)

    def perform(self, action_id: str, key: str = "") -> None:
        """Does an action of the table; says why if it is impossible now."""
        main = self.main
        main.query_one(KeysLine).hush()
        action = BY_ID[action_id]
        why = action.why_not(main.snapshot, main.selection, self.environment) if main.snapshot else "still looking"
        if why and action_id != "quit":
            self.say(f"{self.environment.keys.shown(action_id)}: {why}")
            return
        if action_id == "quit":
            self.exit()
        elif not self._perform_here(action_id, key):
            self.errands.do(action_id)

    def _perform_here(self, action_id: str, key: str) -> bool:
        """Actions that change only how things are shown."""
        main = self.main
        steps: dict[str, Callable[[], None]] = {
            "move": lambda: self._move(key),
            "focus": lambda: main.next_pane(-1 if key.startswith("shift") else 1),
            "pane": lambda: self._to_pane(key),
            "server": lambda: self._other_server(-1 if key.startswith("left") else 1),
            "zoom": lambda: self._flip(zoomed=not main.zoomed),
            "stages": self._flip_stages,
            "tokens": lambda: self._flip(tokens_shown=not main.tokens_shown),
            "filter": self._open_filter,
            "back": main.back,
            "palette": self.action_command_palette,
            "suspend": self.action_suspend_process,
        }
        step = steps.get(action_id)
        if step is not None:
            step()
        return step is not None

    def _move(self, key: str) -> None:
        letters = {"h": "left", "j": "down", "k": "up", "l": "right"}
        key = letters.get(key, key)
        if key in {"left", "right"}:
            self.main.aside(-1 if key == "left" else 1)
        elif self.main.panes():
            self.main.focused_paper().step(key)

    def _to_pane(self, key: str) -> None:
        pane = PANES[int(key) - 1]
        why = self.main.why_no_pane(pane)
        if why:
            self.say(f"{self.environment.keys.part(f'pane-{pane}')}: {why}")
        else:
            self.main.focus_pane(pane)

    def _other_server(self, step: int) -> None:
        main = self.main
        ids = [view.server.id for view in main.snapshot.views] if main.snapshot else []
        if main.selection.server in ids:
            main.select_server(ids[max(0, min(len(ids) - 1, ids.index(main.selection.server) + step))])

    def _flip(self, **values: bool) -> None:
        for name, value in values.items():
            setattr(self.main, name, value)
        self.main.redraw()

    def _flip_stages(self) -> None:
        main = self.main
        self._flip(all_stages=not main.all_stages)
        key, check = self.environment.keys.part("pane-check"), main.query_one("#check", Paper)
        what = "all stages" if main.all_stages else "a summary of the stages"
        if not check.display:
            self.say(f"{what}: {key} opens Check, which shows it")
        elif main.all_stages and len(check.lines_now()) > check.inner_height and main.selection.pane != "check":
            self.say(f"{what}: {key} goes to Check, where the rest is")

    def _open_filter(self) -> None:
        from jntui.tui.filtering import FilterInput

        main = self.main
        for line in main.query(FilterInput):
            main.set_focus(line)
            return
        pane: PaneName = main.selection.pane if main.selection.pane != "check" else "endpoints"
        main.selection = replace(main.selection, pane=pane)
        main.query_one(KeysLine).display = False
        main.mount(FilterInput(pane, main.filters.get(pane, "")), before="#keys")

    def say(self, words: str, *, alarm: bool = False, over: Callable[[Snapshot], bool] | None = None) -> None:
        """One line in the place of the keys, until the next action, or until `over` holds for a newer snapshot."""
        self.main.query_one(KeysLine).say(words, "alarm-text" if alarm else "bold", over)

    def on_paste_cut(self) -> None:
        """A paste into a field was longer than what is kept of it; a dialog hides the line of the keys."""
        from textual.widgets import Input

        from jntui.tui.pasted import MOST_PASTED

        if isinstance(self.screen.focused, Input):
            words = f"the paste was cut after {MOST_PASTED:,} characters"
            if self.screen is self.main:
                self.say(words)
            for box in self.screen.query("#box"):
                box.border_subtitle = words

    def begins(self, one: UnderWay) -> None:
        """A stop or a restart: named in the keys line, and waited for by whoever runs the app, until it `ends`."""
        self.under_way.append(one)
        self._name_under_way()

    def ends(self, one: UnderWay) -> None:
        """Its outcome is on the screen's own thread."""
        self.under_way.remove(one)
        self._name_under_way()

    def _name_under_way(self) -> None:
        self.main.query_one(KeysLine).stand(", ".join(one.words for one in self.under_way))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Of Textual's own commands only the choice of a theme."""
        yield SystemCommand("Theme", "change the colours", self.action_change_theme)

    def _fatal_error(self) -> None:
        """An error of our own: one line after the screen. Textual's page shows variables, which may hold a token."""
        from rich.segment import Segment, Segments

        error = self._exception or sys.exc_info()[1] or RuntimeError("unknown")
        self._exit_renderables.append(Segments([Segment(f"jntui: {visible(self.source.own_error(error))}\n")]))
        self._close_messages_no_wait()

    async def action_quit(self) -> None:
        """Closes the screen at once; `run` then waits for a stop or a restart, and for nothing else."""
        self.exit()


def _on_the_terminal(words: str) -> None:
    with contextlib.suppress(OSError):  # the terminal is closed, and nobody reads it
        sys.stderr.write(f"jntui: {visible(words, 2000)}\n")
        sys.stderr.flush()


def run(source: Source, *, server: str | None = None, read_only: bool = False) -> int:
    """Opens the screen on this source until the user quits; returns the exit status.

    What stops or restarts a server then is seen to its end, bounded, with lines on the terminal.
    """
    from jntui.tui.browser import barred
    from jntui.tui.parting import Parting
    from jntui.tui.wishes import wishes

    wanted = wishes()
    environment = Environment(read_only=read_only, no_browser=barred(os.environ), signs=signs_for(), keys=wanted.keys)
    app = JntuiApp(source, server=server, environment=environment, wishes=wanted, driver_class=driver_class())
    parting = Parting(app.exit, lambda: tuple(app.under_way))
    try:
        with parting.watched():
            try:
                app.run()
            finally:
                parting.closed()
                if app.under_way:
                    from jntui.tui.awaited import see_out

                    see_out(app.under_way, _on_the_terminal)
    finally:
        source.stop()
    return parting.end(app.return_code or 0)
