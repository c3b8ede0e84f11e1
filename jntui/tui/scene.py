"""What a pane needs to draw itself: the snapshot, what is selected, and how the user wants to see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from jntui.text import home_short, visible
from jntui.tui.keymap import DEFAULT
from jntui.tui.signs import UNICODE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from jntui.model import Row, ServerView, Setting, Snapshot, Watch
    from jntui.tui.keymap import Keys
    from jntui.tui.shape import Shape
    from jntui.tui.signs import Signs

PaneName = Literal["endpoints", "check", "config", "servers"]

PANES: tuple[PaneName, ...] = ("endpoints", "check", "config", "servers")
"""In the order of their number keys."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Environment:
    """What holds for the whole run."""

    read_only: bool = False
    no_browser: str = ""
    """Why no browser can be opened here, in a few words; empty if one can."""
    signs: Signs = UNICODE
    zone: tzinfo | None = None
    """The time zone of clock times; None: the system's."""
    keys: Keys = DEFAULT
    """The table's own keys, or those that the user chose."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user's next key is about."""

    server: str | None = None
    """The id of the selected server."""
    url: str | None = None
    """The URL (without a token) of the selected endpoint."""
    pane: PaneName = "endpoints"
    """The pane with focus."""

    def view(self, snapshot: Snapshot) -> ServerView | None:
        """The selected server, if it is still there."""
        return snapshot.view(self.server)

    def row(self, snapshot: Snapshot) -> Row | None:
        """The selected endpoint, if it is still there."""
        view = self.view(snapshot)
        return next((row for row in view.rows if row.endpoint.url == self.url), None) if view else None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a pane draws from."""

    snapshot: Snapshot
    selection: Selection
    shape: Shape
    environment: Environment = field(default_factory=Environment)
    tab: PaneName = "endpoints"
    """The pane that a tab layout shows."""
    tokens: Callable[[str], str] | None = field(default=None, repr=False)
    """Puts the token into a URL of the selected server; None while tokens are hidden."""
    all_stages: bool = False
    filters: tuple[tuple[PaneName, str], ...] = ()
    setting: str | None = None
    """The name of the setting under the cursor of Config."""

    @property
    def signs(self) -> Signs:
        """The characters this terminal can show."""
        return self.environment.signs

    @property
    def keys(self) -> Keys:
        """The keys of this run."""
        return self.environment.keys

    @property
    def view(self) -> ServerView | None:
        """The selected server."""
        return self.selection.view(self.snapshot)

    @property
    def row(self) -> Row | None:
        """The selected endpoint."""
        return self.selection.row(self.snapshot)

    @property
    def watch(self) -> Watch | None:
        """The watch, if it is of the selected endpoint."""
        return self.watch_of(self.selection.url)

    def watch_of(self, url: str | None) -> Watch | None:
        """The watch, if it is of this endpoint of the selected server."""
        watch = self.snapshot.watch
        return watch if watch is not None and (watch.server, watch.url) == (self.selection.server, url) else None

    @property
    def correction(self) -> str:
        """The URL that Enter puts in Check into the selected row, which was typed wrong; empty where it does not."""
        return self.row.correction if self.row is not None and not self.environment.read_only else ""

    def named(self) -> list[Setting]:
        """The settings that the selected endpoint's finding names, as far as they are known."""
        check = self.row.check if self.row else None
        configuration = self.view.configuration if self.view else None
        if check is None or configuration is None:
            return []
        found = (configuration.setting(name) for name in check.finding.settings)
        return [setting for setting in found if setting is not None]

    def filter_of(self, pane: PaneName) -> str:
        """What the rows of this pane must contain, empty for all."""
        return dict(self.filters).get(pane, "")

    def url(self, url: str) -> str:
        """The URL as it may be shown now."""
        return self.tokens(url) if self.tokens else url

    def path(self, path: str) -> str:
        """A path as shown: `~` for the home directory."""
        return home_short(visible(path), self.snapshot.machine.home)

    def clock(self, moment: datetime | None) -> str:
        """`14:02` on the day of the snapshot's last change, else `22 Nov`, with the year if it is another one."""
        if moment is None:
            return ""
        local = moment.astimezone(self.environment.zone)
        reference = (self.snapshot.changed or moment).astimezone(self.environment.zone)
        if local.date() == reference.date():
            return f"{local:%H:%M}"
        return f"{local.day} {_MONTHS[local.month - 1]}" + ("" if local.year == reference.year else f" {local.year}")

    def day(self, moment: datetime) -> str:
        """`22 Nov 2026`."""
        local = moment.astimezone(self.environment.zone)
        return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
