"""Checking a server's endpoints from another host: which one, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from jntui.tui.background import words_of
from jntui.tui.cutting import cut_url, wrapped
from jntui.tui.dialogs.box import Dialog, rewrite, words
from jntui.tui.dialogs.sheet import Sheet, hanging
from jntui.tui.field import Field
from jntui.tui.ink import BLANK, Span, ink, padded
from jntui.tui.signs import group_of, sign_of, verdict_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Check
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene
    from jntui.tui.vantage import Found

_VERDICT = 17
"""Cells of the sign and the verdict."""

_INDENT = 8
"""Cells before why and fix, with their labels."""


class VantageDialog(Dialog[None]):
    """Stays open with the results until the user leaves; what runs goes on without it."""

    DEFAULT_CSS = """
    VantageDialog #buttons #ask {
        width: 10;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "line(-1)", show=False),
        Binding("down", "line(1)", show=False),
    ]

    def __init__(
        self,
        scene: Scene,
        server_id: str,
        host: str,
        found: Found | None,
        running: str,
        check: Callable[[str, str], None],
    ) -> None:
        label = scene.view.server.label if scene.view else server_id
        super().__init__(f"Check {label} from another host", "its rows keep their own verdicts")
        self.scene = scene
        self.server_id = server_id
        self._prefilled = host
        self._results = found
        self._asking = running
        self._ask = check

    def compose_body(self) -> ComposeResult:
        """The field, what happens, and the results."""
        entry = Field(self._prefilled, placeholder="a host, as you would type it after ssh", id="host", compact=True)
        entry.cursor_blink = False
        with Vertical(classes="field"):
            yield words("ssh to", "label")
            yield entry
        yield words("Your own ssh runs the checks there; no token is sent.", "muted")
        yield words("", "bad", "problem")
        yield words("", "muted", "running")
        yield Sheet(self.scene, self.lines_for)

    def compose_buttons(self) -> ComposeResult:
        """Check, Close."""
        yield Button("Check", id="ask", compact=True)
        yield Button("Close", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus on the field."""
        super().on_mount()
        self.query_one("#host").focus()
        self._say()

    def fit(self) -> None:
        """The results are as high as their lines; all of it scrolls together."""
        super().fit()
        sheet = self.query_one("#sheet", Sheet)
        lines = len(self.lines_for(max(1, self.text_width - 1)))
        sheet.styles.height = lines
        sheet.display = lines > 0

    def lines_for(self, width: int) -> list[Line]:
        """The last results, a block for each endpoint."""
        if self._results is None:
            return []
        at = self._results.at.astimezone(self.scene.environment.zone)
        lines: list[Line] = [BLANK, (ink(f"{self._results.summary}, {at:%H:%M}", "bold"),)]
        for check in self._results.checks:
            lines += block(check, self.scene, width)
        return lines

    def _say(self, problem: str = "") -> None:
        """What runs, or what is wrong; an empty line takes no room."""
        running = f"asking {self._asking}; esc closes this, the check goes on" if self._asking else ""
        for name, text in (("problem", problem), ("running", running)):
            line = self.query_one(f"#{name}", Static)
            rewrite(line, text)
            line.display = bool(text)
        self.fit()
        self.query_one("#sheet", Sheet).draw()

    def found(self, found: Found) -> None:
        """The results are there."""
        self._results, self._asking = found, ""
        self._say()

    def failed(self, error: Exception) -> None:
        """It could not be done."""
        self._asking = ""
        self._say(words_of(error))

    def on_input_submitted(self) -> None:
        """There is one field, and asking changes nothing: Enter asks."""
        self._go()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Check asks the host."""
        if event.button.id == "cancel":
            self.dismiss(None)
        else:
            self._go()

    def _go(self) -> None:
        """Asks; a second time while it runs does nothing."""
        host = self.query_one("#host", Input).value.strip()
        if self._asking:
            return
        if not host:
            self._say("type a host first")
            self.query_one("#host").focus()
            return
        self._asking = host
        self._say()
        self._ask(self.server_id, host)

    def action_line(self, step: int) -> None:
        """Arrows scroll."""
        self.query_one("#body", VerticalScroll).scroll_relative(y=int(step), animate=False)


def block(check: Check, scene: Scene, width: int) -> list[Line]:
    """Verdict and URL, then why with its evidence, and the fix."""
    group = group_of(check.verdict, check.endpoint.scope)
    sign = padded((sign_of(group, scene.signs),), 3)
    head: Line = padded((*sign, ink(check.verdict, verdict_role(group))), _VERDICT)
    url = ink(cut_url(check.endpoint.url, max(1, width - _VERDICT - 1), scene.signs.dots), "bold")
    lines: list[Line] = [(*head, Span(" "), url)]
    finding = check.finding
    if check.verdict == "ok":
        return lines
    inner = max(1, width - 3)
    margin = Span("   ")
    for label, text in (("why", finding.cause or finding.headline), ("fix", finding.fix)):
        if text:
            lines += [(margin, *line) for line in hanging(label, text, inner, _INDENT - 3)]
        if label == "why" and finding.evidence:
            lines += [(Span(" " * _INDENT), ink(part, "muted")) for part in wrapped(finding.evidence, width - _INDENT)]
    return lines
