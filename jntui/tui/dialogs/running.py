"""What runs in a server: kernels with who is connected to each, terminals, and whether people can edit together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content

from jntui.text import visible
from jntui.tui.background import words_of
from jntui.tui.dialogs.box import Dialog
from jntui.tui.dialogs.running_lines import columns_for, detail_of, records_of
from jntui.tui.dialogs.sheet import MOVES, Sheet, hanging
from jntui.tui.lines import LineTable, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Kernel, KernelVerb, Running, Terminal
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene

    Do = Callable[["RunningDialog", Kernel | Terminal, KernelVerb], None]

KEYS = "i interrupt, r restart, s shut down, p look again, esc closes"
SHORT_KEYS = "i interrupt, r restart, s shut down, esc"


class RunningDialog(Dialog[None]):
    """`K`: followed while it is open; what is equal to what stands there draws nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("i", "do('interrupt')", show=False),
        Binding("r", "do('restart')", show=False),
        Binding("s", "do('shutdown')", show=False),
        Binding("p", "again", show=False),
        Binding("K,q", "cancel", show=False),
    ]

    def __init__(self, scene: Scene, do: Do) -> None:
        self._label = scene.view.server.label if scene.view else ""
        super().__init__(f"Running in {self._label}", "esc closes")
        self.scene = scene
        self._do = do
        self.running: Running | None = None
        self._problem = ""
        """Why nothing is known now."""
        self._outcome: tuple[str, bool] = ("", True)
        """What came of the last action, and whether it worked."""
        self.wake = threading.Event()
        """Whoever follows looks again."""
        self.closed = False

    def compose_body(self) -> ComposeResult:
        """The table, the words about its row."""
        yield RunningTable(self)
        yield Sheet(self.scene, self._detail, "detail")

    def on_mount(self) -> None:
        """Moves are for the table."""
        super().on_mount()
        self.query_one(RunningTable).focus()

    def on_unmount(self) -> None:
        """Nobody follows it any more."""
        self.closed = True
        self.wake.set()

    def found(self, running: Running) -> None:
        """Another look; an equal one draws nothing."""
        if self.is_attached and (running != self.running or self._problem):
            self.running, self._problem = running, ""
            self._redraw()

    def failed(self, error: Exception) -> None:
        """It does not say; what was seen last stays."""
        if self.is_attached and words_of(error) != self._problem:
            self._problem = words_of(error)
            self._redraw()

    def told(self, words: str, *, ok: bool = True) -> bool:
        """What came of an action; False if the dialog is closed and somebody else must say so."""
        if self.is_attached:
            self._outcome = (words, ok)
            self.wake.set()
            self._redraw()
        return self.is_attached

    @property
    def things(self) -> dict[str, Kernel | Terminal]:
        """What the rows stand for."""
        running = self.running
        if running is None:
            return {}
        kernels: dict[str, Kernel | Terminal] = {f"kernel {one.id}": one for one in running.kernels}
        return {**kernels, **{f"terminal {one.name}": one for one in running.terminals or ()}}

    @property
    def chosen(self) -> Kernel | Terminal | None:
        """What the cursor stands on."""
        return self.things.get(self.query_one(RunningTable).cursor or "")

    def _redraw(self) -> None:
        self._entitle()
        self.query_one(RunningTable).draw()
        self.fit()
        self.query_one("#detail", Sheet).draw()

    def _entitle(self) -> None:
        """A title that did not change is not drawn."""
        box, running = self.query_one("#box"), self.running
        parts = []
        if running is not None:
            for count, word in ((len(running.kernels), "kernel"), (len(running.terminals or ()), "terminal")):
                parts += [f"{count} {word}" + ("" if count == 1 else "s")] if count else []
        title = Content(visible(f"Running in {self._label}{': ' if parts else ''}{', '.join(parts)}"))
        keys = Content("esc closes" if not parts else KEYS if self.app.size.width >= 72 else SHORT_KEYS)
        if title != box.border_title:
            box.border_title = title
        if keys != box.border_subtitle:
            box.border_subtitle = keys

    def on_resize(self) -> None:
        """Other columns, other words."""
        super().on_resize()
        self._redraw()

    def fit(self) -> None:
        """The table takes what the words below it leave; those have a height of their own, so that nothing jumps."""
        super().fit()
        rows = self.app.size.height - 2
        table, detail = self.query_one(RunningTable), self.query_one("#detail", Sheet)
        count = len(self.things)
        self.query_one("#body").styles.max_height = rows
        table.display = bool(count)
        if not count:
            detail.styles.height = min(rows, max(1, len(self._detail(self.text_width))))
        else:
            low = rows < 28
            high = max(2, min(count + 1, rows - (9 if low else 13)))
            table.styles.height = high
            detail.styles.height = max(1, rows - high) if low else 13
        self.query_one("#buttons").display = False

    def _detail(self, width: int) -> list[Line]:
        lines = hanging("", self._problem, width, 0, "broken-bold") if self._problem else []
        words, ok = self._outcome
        lines += hanging("", words, width, 0, "bold" if ok else "broken-bold") if words else []
        if self.running is None:
            return lines or hanging("", f"asking {self._label} what runs in it", width, 0, "muted")
        return [*lines, *detail_of(self.chosen, self.running, self.scene, width)]

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Other words below; what was said of another row is over."""
        event.stop()
        self._outcome = ("", True)
        self.query_one("#detail", Sheet).draw()

    def action_move(self, how: str) -> None:
        """Moves the cursor."""
        self.query_one(RunningTable).step(how)

    def action_page(self, step: int) -> None:
        """The page keys of every dialog."""
        self.action_move("pageup" if int(step) < 0 else "pagedown")

    def action_again(self) -> None:
        """`p`."""
        self._outcome = ("", True)
        self.wake.set()

    def action_do(self, verb: KernelVerb) -> None:
        """Asks first."""
        one = self.chosen
        if one is not None:
            self._do(self, one, verb)


class RunningTable(LineTable):
    """One row a kernel, then one a terminal."""

    def __init__(self, dialog: RunningDialog) -> None:
        super().__init__("running")
        self._dialog = dialog
        self.scene = dialog.scene

    def draw(self) -> None:
        """What there is room for."""
        scene = self.scene
        if scene is None or not self.inner_width:
            return
        columns = columns_for(self.inner_width)
        records = records_of(self._dialog.things, columns, resolve(columns, self.inner_width), scene)
        self.write_table(columns, records, scene.signs.dots)
        if self.cursor not in self.rows:
            self.place(self.rows[0] if self.rows else None)
            self._dialog.query_one("#detail", Sheet).draw()
