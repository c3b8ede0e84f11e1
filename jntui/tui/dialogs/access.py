"""From where a server may be opened: chosen, guarded, previewed, done, checked, and taken back, all in one dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.actions import SkipAction
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Input

from jntui.model import AccessFailed, AccessRefused, AccessWish, Secret
from jntui.tui.background import words_of
from jntui.tui.dialogs.access_lines import INDENT, after_words, done_parts, now_words, place_line, places, plan_parts
from jntui.tui.dialogs.access_tls import TlsField
from jntui.tui.dialogs.box import Dialog, words
from jntui.tui.dialogs.sheet import Sheet, hanging
from jntui.tui.field import Field
from jntui.tui.ink import BLANK

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import AccessDone, AccessPlan
    from jntui.tui.dialogs.access_lines import Place
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene

WORD = "unguarded"
"""What must be typed to go on without any authentication."""

Left = Literal["qr", "going"]
"""How it was left: for the code, or while it was being done."""

Phase = Literal["form", "going", "done", "failed"]


class Places(Sheet, can_focus=True):
    """One line a place; up and down choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "turn(-1)", show=False),
        Binding("down,j", "turn(1)", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Another place is chosen."""

        place: Place

    def __init__(self, scene: Scene, options: tuple[Place, ...]) -> None:
        super().__init__(scene, self._lines_for, "places")
        self.can_focus = True
        self.options = options
        self.at = 0

    @property
    def place(self) -> Place:
        """The chosen one."""
        return self.options[self.at]

    def _lines_for(self, width: int) -> list[Line]:
        scene = self.scene
        if scene is None:
            return []
        shown = enumerate(self.options)
        return [place_line(one, number == self.at, self.has_focus, scene, width) for number, one in shown]

    def choose(self, number: int) -> None:
        """This one."""
        if number != self.at and 0 <= number < len(self.options):
            self.at = number
            self.draw()
            self.post_message(self.Changed(self.place))

    def action_turn(self, step: int) -> None:
        """The one above or below."""
        self.choose(self.at + int(step))

    def on_click(self, event: events.Click) -> None:
        """The one under the mouse."""
        self.choose(event.y)

    def watch_has_focus(self, has_focus: bool) -> None:
        """With focus the chosen one is filled, else bold only. The event comes before Textual's own note of it."""
        super().watch_has_focus(has_focus)
        self.draw()


class AccessDialog(Dialog[Left]):
    """`a`. Nothing is written or restarted before its first button."""

    DEFAULT_CSS = """
    AccessDialog .label {
        width: 9;
    }
    AccessDialog #secrets Input {
        width: 1fr;
        margin-right: 1;
    }
    AccessDialog #buttons Button {
        width: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "local", show=False),
        Binding("r", "code", show=False),
        Binding("ctrl+y", "firewall", show=False),
        Binding("ctrl+t", "certificate", show=False),
        Binding("enter", "onward", show=False),
        # Keys that come in one piece with it are for the next field.
        Binding("enter", "entered", show=False, priority=True),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(
        self,
        scene: Scene,
        ask: Callable[[AccessDialog, AccessWish], None],
        do: Callable[[AccessDialog, AccessPlan], None],
    ) -> None:
        self.view = scene.view
        self.label = self.view.server.label if self.view else ""
        super().__init__(f"Access to {self.label}", "")
        self.scene = scene
        self._ask = ask
        self._do = do
        self._options = places(scene.snapshot.interfaces)
        self._phase: Phase = "form"
        self._asked: AccessWish | None = None
        self.plan: AccessPlan | None = None
        self._problem = ""
        self._told = ""
        self._steps: tuple[str, ...] = ()
        self._tail: tuple[str, ...] = ()
        self.done: AccessDone | None = None

    def compose_body(self) -> ComposeResult:
        """Now and after, the places, the fields, what would be done."""
        yield Sheet(self.scene, self._facts, "facts")
        yield Places(self.scene, self._options)
        with Vertical(classes="field", id="secrets"):
            yield words("password", "label")
            for name, hint in (("first", self._hint()), ("second", "the same once more")):
                entry = Field("", password=True, id=name, compact=True, placeholder=hint)
                entry.cursor_blink = False
                yield entry
        with Vertical(classes="field", id="bare"):
            yield words("or none", "label")
            entry = Field("", id="word", compact=True, placeholder=f"type {WORD} to go on without any login")
            entry.cursor_blink = False
            yield entry
        yield TlsField(self.scene, "as now" if self._https else "none")
        yield Sheet(self.scene, self._preview, "preview")

    def compose_buttons(self) -> ComposeResult:
        """What is to be done, then the way out."""
        yield Button("Save and restart", id="do", compact=True)
        yield Button("QR code", id="code", compact=True)
        yield Button("Cancel", id="cancel", compact=True)

    @property
    def _auth(self) -> str:
        return (self.view.server.auth if self.view else None) or "none"

    @property
    def _https(self) -> bool:
        return self.view is not None and self.view.server.scheme == "https"

    @property
    def _open(self) -> bool:
        """Others can reach it already."""
        return self.view is not None and self.view.server.exposure not in {None, "this-machine"}

    def _hint(self) -> str:
        stays = {"none": "is not shown", "token": "empty: the token stays", "hub": "empty: JupyterHub's login stays"}
        return stays.get(self._auth, "empty: the password stays")

    def on_mount(self) -> None:
        """The place that is likeliest wanted, the focus on the first field, and the first plan."""
        super().on_mount()
        self.query_one(Places).focus() if self._open else self.query_one("#first").focus()
        self._turn("form")
        self._follow()

    @property
    def wish(self) -> AccessWish | None:
        """What the form says; None while it says nothing whole."""
        place = self.query_one(Places).place
        if place.reach == "local":
            return AccessWish("local")
        first, second = self.query_one("#first", Input).value, self.query_one("#second", Input).value
        tls = self.query_one(TlsField)
        if first != second or not tls.whole:
            return None
        bare = self.query_one("#word", Input).value.strip() == WORD and not first
        password = Secret(first) if first else None
        files = tls.files if tls.choice == "files" and tls.files else (None, None)
        return AccessWish(place.reach, place.address, password, bare, tls.choice == "own", *files)

    def _follow(self) -> None:
        """The form may say something else now: another plan."""
        wish = self.wish
        if self._phase == "form" and wish != self._asked:
            self._asked, self.plan, self._problem, self._told = wish, None, "", ""
            if wish is not None:
                self._ask(self, wish)
        self._rewrite()

    def planned(self, wish: AccessWish, plan: AccessPlan) -> None:
        """The plan arrived; one for an older form is dropped."""
        if self.is_attached and wish == self._asked and self._phase == "form":
            self.plan, self._problem, self._told = plan, "", ""
            self._rewrite()

    def refused(self, wish: AccessWish, error: Exception) -> None:
        """It cannot be done so."""
        if not self.is_attached or wish != self._asked:
            return
        self.plan = None
        if isinstance(error, AccessRefused) and error.needs_guard:
            self._problem = f"Nothing would guard {self.label}: type a password twice, or the word {WORD} below it."
        else:
            self._problem = words_of(error)
        self._turn("form")

    def step(self, text: str) -> None:
        """What is done at this moment."""
        if self.is_attached:
            self._steps = (*self._steps, text)
            self._rewrite()

    def ended(self, done: AccessDone) -> bool:
        """It is done and checked; False if the dialog is closed and somebody else must say so."""
        if self.is_attached:
            self.done = done
            self._turn("done")
        return self.is_attached

    def failed(self, error: Exception) -> bool:
        """It did not come about; False if the dialog is closed."""
        if not self.is_attached:
            return False
        self._problem = words_of(error)
        if isinstance(error, AccessFailed):
            log = (f"log {error.log}",) if error.log else ()
            self._tail = (*log, *error.tail[-12:])
        self._turn("failed" if isinstance(error, AccessFailed) else "form")
        return True

    def _turn(self, phase: Phase) -> None:
        self._phase = phase
        form = phase == "form"
        for name in ("#facts", "#places", "#secrets", "#bare", "#certificate"):
            self.query_one(name).display = form
        cancel = self.query_one("#cancel", Button)
        cancel.label = "Cancel" if form else "Close"
        cancel.refresh(layout=True)
        self._rewrite()
        if not form:
            wanted = self.query_one("#code") if phase == "done" and self._has_code else cancel
            wanted.focus()

    @property
    def _has_code(self) -> bool:
        if self._phase == "done":
            return self.done is not None and self.done.plan.wish.reach != "local"
        return self._phase == "form" and self.plan is not None and self.plan.nothing and self._open

    @property
    def _ready(self) -> bool:
        return self._phase == "form" and self.plan is not None and not self.plan.nothing

    def _rewrite(self) -> None:
        local = self.query_one(Places).place.reach == "local"
        do = self.query_one("#do", Button)
        do.label = self._verb(local)
        do.refresh(layout=True)
        do.display = self._phase == "form" and not (self.plan is not None and self.plan.nothing)
        self.query_one("#code").display = self._has_code
        if self._phase == "form":
            self.query_one("#secrets").display = self.query_one(TlsField).display = not local
            self.query_one("#bare").display = not local and self._auth == "none"
        under = {
            "form": "nothing is written before you choose the button",
            "going": "esc closes this; it goes on",
            "done": "r shows the QR code" if self._has_code else "esc closes this",
            "failed": "esc closes this",
        }[self._phase]
        if self._phase == "form" and self._open and not local:
            under = "ctrl+o: only this machine; nothing is written yet"
        # Textual calls the base's on_mount after this one's.
        self._subtitle = under
        self.under(under)
        self.fit()
        for sheet in self.query(Sheet):
            sheet.draw()

    def _verb(self, local: bool) -> str:
        # What was never come to has nothing that would have to start again; nor has a renewed certificate.
        stays = self.plan is not None and self.plan.restart is None
        if local:
            return "Close it" if stays else "Close it and restart"
        return "Make it anew" if stays else "Save and restart"

    def fit(self) -> None:
        """The sheets are as high as their lines."""
        super().fit()
        # A sheet leaves its last column to a scroll bar of its own.
        width = max(1, self.text_width - 1)
        for name, lines in (("facts", self._facts), ("preview", self._preview)):
            self.query_one(f"#{name}", Sheet).styles.height = max(1, len(lines(width)))
        self.query_one(Places).styles.height = len(self._options)

    def _facts(self, width: int) -> list[Line]:
        after = after_words(self.plan) if self.plan is not None else ""
        if not after:
            after = "working it out: Jupyter's own loader reads the new file first" if self._waiting else "–"
        lines = hanging("now", now_words(self.view), width, INDENT)
        lines += hanging("after", after, width, INDENT, "bold" if self.plan is not None else "muted")
        return [*lines, BLANK] if self._roomy else lines

    @property
    def _waiting(self) -> bool:
        return self._asked is not None and self.plan is None and not self._problem

    @property
    def _roomy(self) -> bool:
        return self.app.size.height >= 30

    def _preview(self, width: int) -> list[Line]:
        if self._phase == "form":
            parts = self._form_parts(width)
        elif self._phase == "done" and self.done is not None:
            parts = done_parts(self.done, self.scene, width)
        else:
            parts = [self._step_lines(width)]
            if self._problem:
                parts += [hanging("", self._problem, width, 0, "broken-bold")]
                parts += [[line for told in self._tail for line in hanging("", told, width, 0, "muted")]]
        if self._told:
            parts.append(hanging("", self._told, width, 0, "muted"))
        lines: list[Line] = [BLANK] if self._roomy and self._phase == "form" else []
        for number, part in enumerate(part for part in parts if part):
            lines += [BLANK, *part] if number and self._roomy else part
        return lines

    def _form_parts(self, width: int) -> list[list[Line]]:
        first, second = self.query_one("#first", Input).value, self.query_one("#second", Input).value
        if self.wish is None:
            words = "the two differ" if second else "type it once more"
            words = "name certificate and key, then enter: they are checked" if first == second else words
            return [hanging("", words, width, INDENT, "muted")]
        parts = []
        if first:
            sign, same = self.scene.signs.works, f"{len(first)} characters, the same twice"
            short = "; short ones are found by trying" if len(first) < 10 else ""
            parts.append(hanging("", f"{sign} {same}{short}", width, INDENT, "warning" if short else "works"))
        if self._problem:
            parts.append(hanging("", self._problem, width, 0, "broken-bold"))
        if self.plan is not None:
            parts += plan_parts(self.plan, self.scene, width, self._roomy)
        return parts

    def _step_lines(self, width: int) -> list[Line]:
        lines = []
        ended = self._phase != "going"
        for number, text in enumerate(self._steps):
            last = number == len(self._steps) - 1 and not ended
            sign = self.scene.signs.checking if last else self.scene.signs.works
            failed = ended and number == len(self._steps) - 1
            sign = self.scene.signs.broken if failed else sign
            lines += hanging(sign, text, width, 3, "bold" if last else "plain")
        return lines or hanging("", "working it out once more", width, 0, "muted")

    def on_places_changed(self) -> None:
        """Another place."""
        self._follow()

    def on_tls_field_changed(self) -> None:
        """Another certificate, or none."""
        self._follow()

    def on_input_changed(self) -> None:
        """Something was typed."""
        self._follow()

    def action_entered(self) -> None:
        """Enter in a field goes on and never saves. Raises SkipAction elsewhere."""
        field = self.focused
        if not isinstance(field, Input):
            raise SkipAction
        first = self.query_one("#first", Input).value
        bare = self.query_one("#bare").display
        if field.id == "first" and first:
            self.set_focus(self.query_one("#second"))
        elif field.id == "first" and bare:
            self.set_focus(self.query_one("#word"))
        elif field.id == "certfile":
            self.set_focus(self.query_one("#keyfile"))
        elif field.id == "keyfile":
            self.query_one(TlsField).take()
            if self.wish is not None:
                self.action_onward()
        elif self.wish is None:
            self.set_focus(self.query_one("#second"))
        else:
            self.action_onward()

    def action_onward(self) -> None:
        """Enter in the list: the next field; the button where there is none."""
        if isinstance(self.focused, Places) and self.query_one("#secrets").display:
            self.set_focus(self.query_one("#first"))
        else:
            self.set_focus(self.query_one("#do" if self.query_one("#do").display else "#cancel"))

    def action_local(self) -> None:
        """Only this machine, in one key."""
        if self._phase == "form":
            self.query_one(Places).choose(len(self._options) - 1)
            self.query_one("#do").focus()
            self._follow()

    def action_certificate(self) -> None:
        """TLS with jntui's own certificate, in one key; again: as it is now."""
        if self._phase == "form" and self.query_one(TlsField).display:
            self.query_one(TlsField).turn()

    def action_code(self) -> None:
        """`r`: the QR code of what was opened."""
        if self._has_code:
            self.dismiss("qr")

    def action_firewall(self) -> None:
        """The commands to type."""
        plan = self.done.plan if self.done else self.plan
        if plan is not None and plan.firewall:
            self.app.copy_to_clipboard("\n".join(plan.firewall))
            self._told = "sent to your terminal's clipboard"
            self._rewrite()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The choice."""
        if event.button.id == "cancel":
            self.action_cancel()
        elif event.button.id == "code":
            self.action_code()
        elif self._waiting:
            self._told = "not yet: what would be written is still worked out"
            self._rewrite()
        elif self._ready and self.plan is not None:
            self._steps, self._tail, self._problem = (), (), ""
            self._turn("going")
            self._do(self, self.plan)

    def action_cancel(self) -> None:
        """Esc; what is being done is seen to its end."""
        self.dismiss("going" if self._phase == "going" else None)
