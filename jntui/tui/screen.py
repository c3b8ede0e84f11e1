"""The main screen: its panes, their division at each size, focus, and what is selected."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from jntui.tui.actions import BY_ID
from jntui.tui.following import custom_urls, first_url, followed, pane_order, remember, remembered, why_no_pane
from jntui.tui.lines import LineTable
from jntui.tui.panes.answer import AnswerBand
from jntui.tui.panes.check import CheckPane
from jntui.tui.panes.config import ConfigPane, setting_of
from jntui.tui.panes.empty import EmptyPane, lines_for
from jntui.tui.panes.endpoints import EndpointsPane
from jntui.tui.panes.heading import Heading
from jntui.tui.panes.infofile import InfoFilePane
from jntui.tui.panes.keys import KeysLine
from jntui.tui.panes.servers import ServerLine, ServersPane
from jntui.tui.panes.tabs import Tabs
from jntui.tui.paper import Paper
from jntui.tui.scene import PANES, Scene, Selection
from jntui.tui.shape import LEAST_FINDING, Shape, heights

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.geometry import Region
    from textual.widgets import Input
    from typing_extensions import Self

    from jntui.model import Snapshot
    from jntui.tui.filtering import FilterInput
    from jntui.tui.keymap import Keys
    from jntui.tui.scene import Environment, PaneName


def bindings(keys: Keys) -> list[BindingType]:
    """Every key of every action: `act` is told how that is done, and which key it was."""
    return [
        Binding(key, f"act('{action}', '{how}')", BY_ID[action].label, show=False, tooltip=BY_ID[action].help)
        for key, action, how in keys.bound()
    ]


class Lower(Widget):
    """Check and Config beside one another."""


class MainScreen(Screen[None]):
    """Holds the selection and how it is looked at; asks the app, by messages, for everything else."""

    AUTO_FOCUS = ""

    @dataclass
    class Act(Message):
        """The user asked for an action; `key` is the table's own one for it, which says how."""

        action: str
        key: str = ""

    @dataclass
    class ServerSelected(Message):
        """Another server is selected."""

        server: str | None

    def __init__(self, environment: Environment, wanted: str | None, with_token: Callable[[str, str], str]) -> None:
        super().__init__()
        self.environment = environment
        self.snapshot: Snapshot | None = None
        self.selection = Selection()
        self.chosen: str | None = None
        """The server that the user selected last, also while a neighbour is selected because it is gone."""
        self.tab: PaneName = "endpoints"
        self.zoomed = False
        self.tokens_shown = False
        self.all_stages = False
        self.filters: dict[PaneName, str] = {}
        self._wanted = wanted
        self._with_token = with_token
        self._awaited: tuple[str, frozenset[str]] | None = None
        """The server to which a URL was added, and the added ones that it had before."""
        self._urls: dict[str, str] = {}
        self._shape = Shape(80, 24)
        self._regions: dict[str, Widget] = {}
        self._papers: tuple[Paper, ...] = ()
        self._unpainted = ExitStack()
        self._focusing = False

    def compose(self) -> ComposeResult:
        """All regions, always, divided before the first layout so that there is one layout and one paint."""
        head, keys = Heading(), KeysLine()
        check, config = CheckPane(), ConfigPane()
        lower = Lower(check, config, id="lower")
        middle = (EmptyPane(), ServersPane(), ServerLine(), AnswerBand(), Tabs(), InfoFilePane(), EndpointsPane())
        self._regions = {widget.id or "": widget for widget in (*middle, lower, check, config)}
        self._papers = (head, *middle, check, config, keys)
        self._shape = Shape(*self.app.size)
        scene = self.scene()
        if scene is not None:
            self._arrange(scene)
        self._unpainted.enter_context(self.app.batch_update())
        yield from (head, *middle, lower, keys)

    def on_resize(self, event: events.Resize) -> None:
        """Divides the screen again; the first time, everything has its size now and can be painted."""
        self._shape = Shape(*event.size)
        self.redraw()
        self.call_later(self._unpainted.close)

    def on_unmount(self) -> None:
        """Whatever happened before the first paint."""
        self._unpainted.close()

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """As Textual's, without its repaint of the whole screen: the panes draw what focus changes."""
        self._focusing = True
        super().set_focus(widget, scroll_visible, from_app_focus)
        self._focusing = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As Textual's, except while focus moves; and a layout paints by itself what it changed."""
        if self._focusing and not layout and not recompose:
            return self
        return super().refresh(*regions, repaint=repaint and not layout, layout=layout, recompose=recompose)

    def take(self, snapshot: Snapshot) -> None:
        """Shows a new picture; what was selected stays selected."""
        before = self.selection
        self.prepare(snapshot)
        self.redraw()
        if self.selection.server != before.server:
            self.post_message(self.ServerSelected(self.selection.server))

    def prepare(self, snapshot: Snapshot) -> None:
        """Follows the selection into a new picture; before the screen is there this is all that can be done."""
        old = self.snapshot or snapshot
        self.snapshot = snapshot
        before = self.selection
        self.selection = followed(before, old, snapshot)
        if before.server and before.url and self.selection.server != before.server:
            remember(self._urls, before.server, before.url)
        if self._wanted is not None and (view := snapshot.view(self._wanted)) is not None:
            self.selection = replace(self.selection, server=self._wanted, url=remembered(self._urls, view))
            self._wanted = None
        self._select_added(snapshot)

    def _select_added(self, snapshot: Snapshot) -> None:
        if self._awaited is None or self._awaited[0] != self.selection.server:
            return
        came = [url for url in custom_urls(self.selection.view(snapshot)) if url not in self._awaited[1]]
        if came:
            self._awaited = None
            self.selection = replace(self.selection, url=came[-1])

    def expect_url(self, server: str | None) -> None:
        """Selects the next URL that is added to this server when it comes, unless the user moves before; None: not."""
        view = self.snapshot.view(server) if self.snapshot else None
        self._awaited = (view.server.id, frozenset(custom_urls(view))) if view else None

    def expect(self, server: str, before: str | None = None) -> None:
        """Selects this server as soon as a picture shows it, at the endpoint at which the one `before` it was left."""
        self._wanted = server
        if before is not None:
            left = self.selection.url if self.selection.server == before else self._urls.get(before)
            self._urls.update({server: left} if left else {})
        if self.snapshot is not None:
            self.take(self.snapshot)

    def focused_paper(self) -> Paper:
        """The pane that moves are for."""
        return self.query_one(f"#{self.selection.pane}", Paper)

    def scene(self) -> Scene | None:
        """What the panes draw from now."""
        if self.snapshot is None:
            return None
        server = self.selection.server
        tokens = (lambda url: self._with_token(server, url)) if self.tokens_shown and server else None
        filters = tuple(sorted(self.filters.items()))
        config = self._regions.get("config")
        setting = setting_of(config.cursor) if isinstance(config, ConfigPane) else None
        shown = (self.tab, tokens, self.all_stages, filters, setting)
        return Scene(self.snapshot, self.selection, self._shape, self.environment, *shown)

    @property
    def stale(self) -> bool:
        """The selected server is only an info file."""
        view = self.selection.view(self.snapshot) if self.snapshot else None
        return view is not None and view.server.state == "stale"

    @property
    def whole(self) -> bool:
        """All its regions are there: not before they are mounted, and not while the program ends."""
        return self.is_mounted and all(region.is_attached for region in self._regions.values())

    def redraw(self) -> None:
        """Says which regions are shown and how high they are, then draws what changed."""
        self._settle_pane()
        scene = self.scene()
        if scene is None or not self.is_mounted:
            return
        self._arrange(scene)
        for paper in self._papers:
            if paper.display:
                paper.show(scene)
        self._keep_focus()

    def _arrange(self, scene: Scene) -> None:
        bordered = self._shape.bordered
        self.set_class(bordered, "-bordered")
        self.set_class(not bordered, "-tabbed")
        self.set_class(self.zoomed, "-zoomed")
        self._divide(scene)

    def _divide(self, scene: Scene) -> None:
        view, full = scene.view, max(0, self._shape.rows - 2)
        if view is None:
            self._give({"empty": min(full, len(lines_for(scene, self._shape.columns - 6)) + 6)})
            return
        rows = len(view.rows)
        parts = heights(self._shape, len(scene.snapshot.views), rows)
        small = self._shape.form == "small"
        top = {"server-line" if small else "servers": parts.servers if not self._shape.bordered else parts.servers - 1}
        rest = parts.endpoints + parts.lower
        if self.zoomed and self.panes():
            self._give(self._zoom(full))
        elif self.stale:
            self._give({**top, "answer": parts.answer, "infofile": min(rest + parts.tabs, 18)})
        elif self._shape.bordered:
            both = {"lower": parts.lower, "check": parts.lower, "config": parts.lower}
            self._give({**top, "answer": 2, "endpoints": parts.endpoints, **both})
        elif self.tab == "endpoints":
            below = {"lower": parts.lower, "check": parts.lower}
            self._give({**top, "answer": 1, "tabs": 1, "endpoints": parts.endpoints, **below})
        else:
            # Under Config the finding stays in sight: it names the settings that matter.
            finding = {"check": min(LEAST_FINDING + 1, rest // 3)} if self.tab == "config" else {}
            shown = {self.tab: rest - sum(finding.values()), **finding}
            self._give({**top, "answer": 1, "tabs": 1, "lower": rest, **shown})

    def _zoom(self, full: int) -> dict[str, int]:
        pane = self.selection.pane
        return {"lower": full, pane: full} if pane in {"check", "config"} else {pane: full}

    def _give(self, lines: dict[str, int]) -> None:
        """Shows these regions with these heights and hides the others."""
        for name, region in self._regions.items():
            height = lines.get(name, 0)
            if region.display != (height > 0):
                region.display = height > 0
            if height and (region.styles.height is None or region.styles.height.value != height):
                region.styles.height = height

    def _settle_pane(self) -> None:
        """The selected pane is one that this server and this size have; the zoom of another one is over."""
        order = self.panes()
        if self.selection.pane not in order and order:
            self.zoomed = False
            self.selection = replace(self.selection, pane="endpoints" if "endpoints" in order else order[0])

    def _keep_focus(self) -> None:
        """Focus stands on a pane that is shown."""
        order = self.panes()
        wanted = self.query_one(f"#{self.selection.pane}", Paper)
        if order and self.focused is not wanted and (self.focused is None or isinstance(self.focused, Paper)):
            self.set_focus(wanted, scroll_visible=False)

    def panes(self) -> tuple[PaneName, ...]:
        """The panes that can have focus now."""
        if self.snapshot is None or self.selection.view(self.snapshot) is None:
            return ()
        return pane_order(self._shape.form == "small", self.stale)

    def why_no_pane(self, pane: PaneName) -> str:
        """Why a pane cannot be gone to now, empty if it can."""
        view = self.selection.view(self.snapshot) if self.snapshot else None
        return why_no_pane(pane, self.panes(), view, self.environment.keys)

    def focus_pane(self, pane: PaneName) -> None:
        """Gives a pane focus; in a tab layout its tab opens."""
        if pane not in self.panes():
            return
        self.selection = replace(self.selection, pane=pane)
        if pane != "servers":
            self.tab = pane
        self.redraw()

    def next_pane(self, step: int) -> None:
        """Focus goes to the next pane, or to the one before."""
        order = self.panes()
        if order:
            now = order.index(self.selection.pane) if self.selection.pane in order else 0
            self.focus_pane(order[(now + step) % len(order)])

    def aside(self, step: int) -> None:
        """Left and right: between Endpoints, Check and Config, without going round."""
        order = [pane for pane in PANES if pane in self.panes() and pane != "servers"]
        if self.selection.pane in order:
            self.focus_pane(order[max(0, min(len(order) - 1, order.index(self.selection.pane) + step))])

    def select_server(self, server: str) -> None:
        """Selects a server; its last endpoint is selected with it."""
        if self.snapshot is None or server == self.selection.server:
            return
        if self.selection.server and self.selection.url:
            remember(self._urls, self.selection.server, self.selection.url)
        self.chosen = server
        url = remembered(self._urls, self.snapshot.view(server))
        self.selection = replace(self.selection, server=server, url=url)
        self.redraw()
        self.post_message(self.ServerSelected(server))

    def select_url(self, url: str) -> None:
        """Selects an endpoint."""
        if url != self.selection.url:
            self.selection = replace(self.selection, url=url)
            self._awaited = None
            scene = self.scene()
            for paper in self._papers if scene else ():
                paper.scene = scene
                if paper.display and paper.id in {"check", "config", "keys"}:
                    paper.draw()

    def set_filter(self, pane: PaneName, text: str) -> None:
        """Shows only rows of this pane that contain the text; the cursor goes to one that is shown."""
        self.filters = {name: wanted for name, wanted in {**self.filters, pane: text}.items() if wanted}
        self.redraw()
        table = self.query_one(f"#{pane}", LineTable)
        if table.rows and table.cursor not in table.rows:
            table.choose(table.rows[0])

    def back(self) -> None:
        """Esc: the filter goes, then the zoom, then the tab."""
        pane = self.selection.pane
        if self.filters.get(pane):
            self.set_filter(pane, "")
        elif self.zoomed:
            self.zoomed = False
            self.redraw()
        elif self.snapshot and first_url(self.selection.view(self.snapshot)) and pane != "endpoints":
            self.focus_pane("endpoints")

    def action_act(self, action: str, how: str = "") -> None:
        """A key of an action was pressed."""
        self.post_message(self.Act(action, how))

    def on_paper_pressed(self, event: Paper.Pressed) -> None:
        """A key or a tab was clicked."""
        action, _, key = event.action.partition(" ")
        self.post_message(self.Act(action, key))

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """The cursor moved."""
        if event.table.id == "servers":
            self.select_server(event.row)
        elif event.table.id == "endpoints":
            self.select_url(event.row)
        elif event.table.id == "config":
            self._name_keys()

    def _name_keys(self) -> None:
        """The keys line follows the cursor of Config."""
        keys, scene = self.query_one(KeysLine), self.scene()
        if scene is not None and keys.display:
            keys.show(scene)

    def on_filter_input_ended(self, event: FilterInput.Ended) -> None:
        """The filter's line goes; the filter stays if it was kept."""
        event.line.remove()
        self.query_one(KeysLine).display = True
        if not event.kept:
            self.set_filter(event.pane, "")
        self._name_keys()
        self.set_focus(self.query_one(f"#{event.pane}", Paper), scroll_visible=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each letter filters."""
        name = next((pane for pane in PANES if pane == event.input.name), None)
        if name is not None:
            self.set_filter(name, event.value)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click gave a pane focus."""
        pane = next((name for name in PANES if name == event.widget.id), None)
        if pane is not None and pane != self.selection.pane and event.widget is self.focused:
            self.focus_pane(pane)


def screen_with(keys: Keys) -> type[MainScreen]:
    """The main screen with these keys: what Textual binds it takes from a class."""

    class Keyed(MainScreen):
        BINDINGS: ClassVar[list[BindingType]] = bindings(keys)

    return Keyed
