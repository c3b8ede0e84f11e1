"""What a change of a config file would write, and the choice that writes it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.cells import chop_cells
from textual.binding import Binding
from textual.widgets import Button

from jntui.model import AccessFailed, ChangeRefused
from jntui.text import visible
from jntui.tui.background import words_of
from jntui.tui.dialogs.ending import kernel_lines, warning
from jntui.tui.dialogs.sheet import SheetDialog, hanging
from jntui.tui.ink import BLANK, Span, cropped, ink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import ChangePlan, ChangeRequest, DiffLine
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

INDENT = 9
"""Cells of the labels."""

MOST_DIFF = 200
"""Lines of a diff that are shown; the others are counted."""

Phase = Literal["asking", "planned", "refused", "going"]

_ROLES: Mapping[str, Role] = {"-": "broken", "+": "works"}

_BUTTONS: Mapping[Phase, tuple[str, ...]] = {
    "asking": ("cancel", "do"),
    "planned": ("cancel", "do"),
    "refused": ("cancel",),
    "going": ("cancel",),
}

Outcome = Literal["saved", "going"]
"""How it was left: written, or while it was being written."""


class PreviewDialog(SheetDialog[Outcome]):
    """Nothing is written without its second button; Enter by habit writes nothing."""

    DEFAULT_CSS = """
    PreviewDialog #buttons Button {
        width: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(
        self,
        title: str,
        verb: str,
        scene: Scene,
        ask: Callable[[PreviewDialog], None],
        do: Callable[[PreviewDialog], None],
        instead: Callable[[PreviewDialog, ChangeRequest], None],
    ) -> None:
        super().__init__(title, f"nothing is written before you choose {verb}", scene)
        self._verb = verb
        self._ask = ask
        self._do = do
        self._instead = instead
        self._phase: Phase = "asking"
        self.plan: ChangePlan | None = None
        self._refusal: ChangeRefused | None = None
        self._problem = ""
        self._tried = False
        """It was written, and what came after it failed."""
        self._copied = False

    def compose_buttons(self) -> ComposeResult:
        """Cancel first."""
        yield Button("Back", id="cancel", compact=True)
        yield Button(self._verb, id="do", compact=True)
        yield Button("Do that instead", id="offer", compact=True)
        yield Button(_FULL[False], id="generate", compact=True)

    @property
    def buttons_high(self) -> int:
        """One line, with a blank one above it where there is room."""
        return 1 if self.app.size.height < 30 else 2

    def on_mount(self) -> None:
        """Focus on Back, and the plan is asked for."""
        super().on_mount()
        self._turn("asking")
        self._ask(self)

    def again(self) -> None:
        """Another plan was asked for."""
        self.plan = self._refusal = None
        self._problem, self._copied = "", False
        self._turn("asking")

    def planned(self, plan: ChangePlan, remark: str = "") -> None:
        """The plan arrived; `remark` is why there is another one than before."""
        if self.is_attached:
            self.plan, self._refusal, self._problem = plan, None, remark
            self._turn("planned")

    def refused(self, error: Exception) -> bool:
        """Nothing was written; False if the dialog is closed and somebody else must say so."""
        if self.is_attached:
            self.plan = None
            self._refusal = error if isinstance(error, ChangeRefused) else None
            self._problem = words_of(error)
            if self._refusal is not None and self._refusal.command:
                # It has a line of its own below, in one piece.
                self._problem = self._problem.replace(f": {self._refusal.command}", "", 1)
            self._tried = isinstance(error, AccessFailed)
            if isinstance(error, AccessFailed) and error.log:
                self._problem += f"; log {self.scene.path(error.log)}"
            self._turn("refused")
        return self.is_attached

    def ended(self) -> None:
        """It is written."""
        if self.is_attached:
            self.dismiss("saved")

    def action_cancel(self) -> None:
        """Esc; what is being written is seen to its end."""
        self.dismiss("going" if self._phase == "going" else None)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The choice."""
        offer = self._offer
        if event.button.id == "cancel":
            self.action_cancel()
        elif event.button.id == "offer" and offer is not None:
            self._instead(self, offer)
        elif event.button.id == "generate" and self.plan is not None:
            self._instead(self, replace(self.plan.request, generate=not self.plan.request.generate))
        elif event.button.id == "do" and self._phase == "planned":
            self._do(self)

    @property
    def _offer(self) -> ChangeRequest | None:
        """What can be done in place of what was refused, or of what has no effect yet."""
        if self._refusal is not None:
            return self._refusal.offer
        return self.plan.offer if self.plan is not None and self._phase != "going" else None

    def going(self) -> None:
        """It is being written."""
        self._problem = ""
        self._turn("going")

    def _turn(self, phase: Phase) -> None:
        """Another phase: its buttons, its lines."""
        self._phase = phase
        instead = self._offer
        offered = instead is not None
        full = phase == "planned" and self.plan is not None and can_generate(self.plan)
        shown = (*_BUTTONS[phase], *(("offer",) if offered else ()), *(("generate",) if full else ()))
        empty = self.plan is not None and not self.plan.writes and self.plan.restart is None
        for button in self.query(Button):
            button.display = button.id in shown and not (button.id == "do" and empty)
        unverified = self.plan is not None and self.plan.verified == "unverified"
        do = self.query_one("#do", Button)
        do.disabled = phase != "planned"
        restarts = self.plan is not None and self.plan.restart is not None
        do.label = f"{self._verb}{' unverified' if unverified else ''}{' and restart' if restarts else ''}"
        offer = self.query_one("#offer", Button)
        offer.label = _INSTEAD[instead is not None and instead.restart_without_option]
        cancel = self.query_one("#cancel", Button)
        cancel.label = "Close" if phase == "going" else "Back"
        generate = self.query_one("#generate", Button)
        generate.label = _FULL[self.plan is not None and self.plan.request.generate]
        for button in (do, cancel, generate, offer):
            button.refresh(layout=True)
        # The plan arrives while the user's hand may be on its way to Enter: it moves no focus.
        if phase != "planned":
            cancel.focus()
        self.under(self._under())
        self.rewrite()

    def _under(self) -> str:
        if self._phase == "going":
            return "esc closes this; it goes on"
        if self._phase == "refused" and self._tried:
            return "what is as before is said here"
        if self._phase == "refused":
            command = self._refusal is not None and bool(self._refusal.command)
            return "nothing was written; c copies the command" if command else "nothing was written"
        empty = self.plan is not None and not self.plan.writes and self.plan.restart is None
        return "there is nothing to write" if empty else self._subtitle

    def lines_for(self, width: int) -> list[Line]:
        """By phase: that it is worked out, what would be written, why nothing is."""
        if self._phase == "asking":
            return [(ink("working it out: Jupyter's own loader reads the new file first", "muted"),)]
        if self._phase == "going":
            then = ", then the server is restarted" if self.plan is not None and self.plan.restart is not None else ""
            return hanging("", f"writing: Jupyter's own loader reads the new file first{then}", width, 0, "muted")
        parts: list[list[Line]] = []
        if self._problem:
            parts.append(hanging("", self._problem, width, 0, "broken-bold" if self._phase == "refused" else "warning"))
        if self._refusal is not None:
            parts += refusal_parts(self._refusal, self.scene, width)
        if self._copied:
            parts.append(hanging("", "sent to your terminal's clipboard", width, 0, "muted"))
        roomy = self.app.size.height >= 30
        if self.plan is not None:
            parts += plan_parts(self.plan, self.scene, width, roomy)
        lines: list[Line] = []
        for part in (part for part in parts if part):
            lines += [BLANK, *part] if lines and roomy else part
        return lines

    def action_copy(self) -> None:
        """What another user would run."""
        if self._refusal is not None and self._refusal.command:
            self.app.copy_to_clipboard(self._refusal.command)
            self._copied = True
            self.rewrite()


_FULL = {False: "Jupyter's full file first", True: "A small file"}
"""What the third button turns a new file into."""


_INSTEAD = {False: "Do that instead", True: "Restart without it"}
"""What the button of an offer says."""


def can_generate(plan: ChangePlan) -> bool:
    """The file is made by this change, and Jupyter's own default file could be what it is made from."""
    login = plan.setting.rpartition(".")[2] in {"hashed_password", "password"}
    return plan.creates and plan.path.endswith(".py") and plan.request.value is not None and not login


def refusal_parts(error: ChangeRefused, scene: Scene, width: int) -> list[list[Line]]:
    """The place with its caret, what another user would run, and what could be done instead."""
    where = [(ink(f"line {error.line}", "muted"),)] if error.line else []
    caret: list[Line] = [cropped((ink(part, "catch"),), width, scene.signs.dots) for part in error.caret]
    command = hanging("type", error.command, width, INDENT, "bold") if error.command else []
    offer = error.offer
    if offer is None:
        return [[*where, *caret], command]
    if offer.restart_without_option:
        file = "write the file, and " if offer.value is not None else ""
        words = f"{file}restart the server without that option; a preview first"
    elif offer.override and offer.value is None:
        words = "take out what can be taken out; what stays decides then"
    elif offer.override:
        words = "add a line at the end of the file, which then decides"
    elif offer.file:
        words = f"change {scene.path(offer.file)}"
    else:
        words = f"back to default: {offer.name}" if offer.value is None else f"set {offer.name}"
    return [[*where, *caret], command, hanging("instead", words, width, INDENT)]


def plan_parts(plan: ChangePlan, scene: Scene, width: int, context: bool) -> list[list[Line]]:
    """The file and what is done in it, its diff, what to know, whether Jupyter took it, who must restart."""
    made = " (a new file)" if plan.creates else ""
    head = hanging("file", f"{scene.path(plan.path)}{made}", width, INDENT, "bold")
    head += hanging("does", f"{plan.setting}: {plan.did}" if plan.setting else plan.did, width, INDENT)
    for path in plan.also:
        head += hanging("also", scene.path(path), width, INDENT)
    notes = [line for note in plan.notes for line in warning(note, scene, width)]
    if plan.shadowed_by:
        notes = warning(f"no effect yet: {plan.shadowed_by}", scene, width) + notes
    if plan.mode is not None and not any("mode" in note for note in plan.notes):
        was = f"{plan.mode_before:04o} now, " if plan.mode_before is not None else ""
        notes += hanging("mode", f"{was}{plan.mode:04o} afterwards", width, INDENT)
    shown = diff_lines(plan.diff, width, scene.signs.dots, context)
    return [head, shown, notes, proof_lines(plan, scene, width), restart_lines(plan, scene, width)]


def restart_lines(plan: ChangePlan, scene: Scene, width: int) -> list[Line]:
    """What ends with the restart that comes with it, and the command line without the option."""
    restart = plan.restart
    if restart is None:
        return []
    lines = hanging("option", f"{' '.join(plan.dropped)} leaves the command line", width, INDENT, "bold")
    lines += kernel_lines(restart.stop, scene, width)
    lines += hanging("runs", shlex.join(restart.command), width, INDENT)
    return lines + [line for words in restart.lost for line in warning(words, scene, width)]


def proof_lines(plan: ChangePlan, scene: Scene, width: int) -> list[Line]:
    """What Jupyter's own loader said, and who has the value only after a restart."""
    if plan.request.private:
        return hanging("takes", "at once: no byte changes, and no server has to restart", width, INDENT, "muted")
    lines: list[Line] = []
    if plan.taken is None:
        lines = []  # there was nothing to ask Jupyter about
    elif plan.verified == "verified":
        lines = hanging("checked", "Jupyter's own loader took the new file", width, INDENT, "works")
    else:
        lines = warning(f"unverified: {plan.reason or 'Jupyter was not asked'}", scene, width)
    labels = server_labels(plan.needs_restart, scene)
    if plan.restart is not None:
        also = f"; {labels} after a restart of its own" if labels else ""
        return lines + hanging("takes", f"{plan.restart.stop.label} as soon as it runs again{also}", width, INDENT)
    words = f"{labels} after a restart" if labels else "no running server waits for it"
    return lines + hanging("takes", words, width, INDENT, "plain" if labels else "muted")


def server_labels(ids: tuple[str, ...], scene: Scene) -> str:
    """`:8888 and :8890`; a server that is not in the picture by its id."""
    views = [(each, scene.snapshot.view(each)) for each in ids]
    names = [view.server.label if view else each for each, view in views]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def diff_lines(diff: tuple[DiffLine, ...], width: int, dots: str, context: bool) -> list[Line]:
    """Line numbers, signs, text; without `context` the changed lines only.

    What stays is cut at the right edge; what changes goes on below it, as the change may stand at the end of its line.
    """
    shown = [line for line in diff if context or line.sign in {"-", "+"}]
    digits = max((len(str(line.new or line.old or 0)) for line in shown), default=1)
    lines: list[Line] = []
    for one in shown[:MOST_DIFF]:
        if one.sign == "@":
            # Where each place is, the numbers say; between two of them something is left out.
            lines += [(ink(dots, "muted"),)] if lines else []
            continue
        role = _ROLES.get(one.sign, "muted")
        number = one.old if one.sign == "-" else one.new or one.old
        margin = ink(f"{number or '':>{digits}} ", "muted")
        if one.sign not in {"-", "+"}:
            lines.append(cropped((margin, ink(f"{one.sign} {one.text}", role)), width, dots))
            continue
        pieces = chop_cells(visible(one.text), max(10, width - digits - 3)) or [""]
        lines.append((margin, ink(f"{one.sign} {pieces[0]}", role)))
        lines += [(Span(" " * (digits + 3)), ink(piece, role)) for piece in pieces[1:]]
    more = len(shown) - MOST_DIFF
    return lines + ([(ink(f"and {more} more lines", "muted"),)] if more > 0 else [])
