"""Starting a server: what is asked, what would run, and what came of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Button, Input, Static

from jntui.model import StartFailed, StartRequest
from jntui.text import visible
from jntui.tui.background import words_of
from jntui.tui.cutting import wrapped
from jntui.tui.dialogs.box import Dialog, rewrite, words
from jntui.tui.dialogs.choice import Choice
from jntui.tui.dialogs.recents import RecentsTable
from jntui.tui.field import Field
from jntui.tui.signs import UNICODE

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Recent, StartPlan
    from jntui.tui.lines import LineTable
    from jntui.tui.scene import Scene
    from jntui.tui.signs import Signs

App = Literal["lab", "notebook", "server"]
Ask = Callable[["StartDialog", StartRequest], None]

Facts = tuple[tuple[str, str], ...]

_LABEL = 15
"""Cells of the labels."""

_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("port", "port", "8888, or the next free one"),
    ("root", "root directory", "the working directory"),
    ("python", "python", "the active environment's, or jupyter's"),
    ("options", "more options", "Jupyter's own; no token, no password"),
)


def _hanging(facts: Facts, width: int) -> list[str]:
    return [
        f"{label if index == 0 else '':<{_LABEL}}{part}"
        for label, text in facts
        for index, part in enumerate(wrapped(visible(text), width - _LABEL))
    ]


def for_a_form(message: str) -> str:
    """A message that names options as one types them after `jntui start`, in the words of the form."""
    message = re.sub(r"add `-- ([^`]+)`", r"put \1 into more options", message)
    message = re.sub(r"\bwith --(root-dir|port|python)\b", "above", message)
    return re.sub(r"^--(port|python)\b", r"\1", message)


def again(recent: Recent) -> StartRequest:
    """The same start once more."""
    return StartRequest(recent.app, recent.port or None, recent.root_dir, recent.python, recent.options)


def texts_of(recent: Recent) -> tuple[str, ...]:
    """What the form would show of it."""
    return (recent.python, recent.root_dir, *recent.options)


class StartDialog(Dialog[None]):
    """A form, the command it leads to, and the outcome."""

    DEFAULT_CSS = """
    StartDialog .label {
        width: 15;
    }
    StartDialog #buttons #start {
        width: 12;
    }
    """
    # Fields, buttons and the list of earlier ones have an enter of their own; this is the one of the application.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "onward", show=False)]

    def __init__(self, request: StartRequest, plan: Ask, launch: Ask, signs: Signs = UNICODE) -> None:
        super().__init__("Start a server", "nothing runs before you choose Start")
        self._initial = request
        self._plan = plan
        self._launch = launch
        self._signs = signs
        self._starting = False
        self._asked: StartRequest | None = None
        """What the form says, for which a preview is shown or on its way."""
        self._under_way = False
        """A preview is; another waits for it, however fast the cursor goes through the list."""
        self._facts: Facts = ()
        """Labels and values of the preview."""
        self._outcome: tuple[Facts, tuple[str, ...]] = ((), ())
        """The log file, and what stands at its end."""

    def compose_body(self) -> ComposeResult:
        """What was started before, one line a field, then the preview."""
        first = self._initial
        yield RecentsTable()
        values = {"port": str(first.port or ""), "root": first.root_dir or "", "python": first.python or ""}
        with Vertical(classes="field"):
            yield words("application", "label")
            yield Choice(("auto", "lab", "notebook", "server"), self._signs, "app")
        for name, label, placeholder in _FIELDS:
            with Vertical(classes="field"):
                yield words(label, "label")
                entry = Field(values.get(name, ""), placeholder=placeholder, id=name, compact=True)
                entry.cursor_blink = False
                yield entry
        yield words("asking which Python", "muted", "preview")
        yield words("", "bad", "problem")
        yield words("", "muted", "tail")

    def compose_buttons(self) -> ComposeResult:
        """Start, Cancel."""
        yield Button("Start", id="start", compact=True)
        yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus on the first field, and the first preview."""
        super().on_mount()
        self.query_one("#app").focus()
        self._preview()

    def request(self) -> StartRequest:
        """What the form says now. Raises ValueError with one clear line."""
        app = self.query_one("#app", Choice).value
        text = {name: self.query_one(f"#{name}", Input).value.strip() for name, _label, _hint in _FIELDS}
        if text["port"] and not (text["port"].isascii() and text["port"].isdigit() and int(text["port"]) < 65536):
            raise ValueError(f"port: {text['port']} is no number from 1 to 65535")
        try:
            options = tuple(shlex.split(text["options"]))
        except ValueError as error:
            raise ValueError(f"more options: {error}") from error
        return StartRequest(
            cast("App", app) if app != "auto" else None,
            int(text["port"]) if text["port"] else None,
            text["root"] or None,
            text["python"] or None,
            options,
        )

    def _preview(self) -> None:
        try:
            request = self.request()
        except ValueError as error:
            self._complain(str(error))
            return
        if request != self._asked and not self._starting:
            self._asked = request
            self._ask()

    def _ask(self) -> None:
        if not self._under_way and self._asked is not None:
            self._under_way = True
            self._plan(self, self._asked)

    def _answered(self, request: StartRequest) -> bool:
        """An answer came: whether it is for the form as it is now; else that is asked for."""
        self._under_way = False
        if self.is_attached and request != self._asked:
            self._ask()
        return self.is_attached and request == self._asked

    def remember(self, recents: tuple[Recent, ...], scene: Scene) -> None:
        """What was started before was read; with nothing typed yet, the cursor goes there."""
        # A form cannot show every character that a path may have, and starts what it shows.
        plain = tuple(one for one in recents if all(visible(text) == text for text in texts_of(one)))
        if not self.is_attached or not plain:
            return
        self.query_one(RecentsTable).take(plain, scene)
        self.under("nothing runs before you choose one, or Start")
        # Not before it has its place on the screen: until then nothing can have the focus.
        self.call_after_refresh(self._to_those)

    def _to_those(self) -> None:
        untouched = self._asked in {None, self._initial} and self.query_one("#app", Choice).value == "auto"
        if untouched and self.is_attached and (self.focused is None or self.focused.id == "app"):
            self.query_one(RecentsTable).focus()

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Another one of those: the form is as it was then."""
        event.stop()
        recent = self.query_one(RecentsTable).chosen
        first = self._initial
        request = first if recent is None else again(recent)
        self.query_one("#app", Choice).choose(request.app or "auto")
        values = {"port": str(request.port or ""), "root": request.root_dir or "", "python": request.python or ""}
        for name, value in {**values, "options": shlex.join(request.options)}.items():
            self.query_one(f"#{name}", Input).value = value
        self._preview()

    def on_recents_table_again(self, event: RecentsTable.Again) -> None:
        """Enter on one of those."""
        event.stop()
        if event.recent is None:
            self.focus_next()
        elif not self._starting:
            self._start()

    def planned(self, request: StartRequest, plan: StartPlan) -> None:
        """The preview arrived; one for an older form is dropped."""
        if not self._answered(request):
            return
        self._complain("")
        self._facts = (
            ("runs with", f"{plan.python}  ({'named above' if plan.chosen == '--python' else plan.chosen})"),
            ("command", " ".join(shlex.quote(part) for part in plan.command)),
            ("log", plan.log),
            ("opens", f"on port {plan.port}, from this machine only unless your settings say otherwise"),
        )
        self._rewrap()

    def fit(self) -> None:
        """Values hang under their labels at every width."""
        super().fit()
        self.query_one(RecentsTable).size_to(self.app.size.height)
        self._rewrap()

    def _rewrap(self) -> None:
        width = self.text_width
        if self._facts:
            rewrite(self.query_one("#preview", Static), "\n".join(_hanging(self._facts, width)))
        log, tail = self._outcome
        if log:
            ends = [part for line in tail for part in wrapped(visible(line), width)]
            rewrite(self.query_one("#tail", Static), "\n".join([*_hanging(log, width), *ends]))

    def refused(self, request: StartRequest, error: Exception) -> None:
        """The preview says that this cannot start."""
        if self._answered(request):
            self._facts = ()
            rewrite(self.query_one("#preview", Static), "")
            self._complain(for_a_form(words_of(error)))

    def action_onward(self) -> None:
        """Whoever wants it as it stands is one enter away from the button, and two from a server."""
        self.query_one("#start").focus()

    def on_choice_changed(self) -> None:
        """Another application."""
        self._preview()

    def on_input_blurred(self) -> None:
        """A field was left: the preview follows."""
        self._preview()

    def on_input_submitted(self) -> None:
        """Enter goes on to the next field and never starts."""
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Start or leave."""
        if event.button.id == "cancel":
            self.dismiss(None)
        elif not self._starting:
            self._start()

    def _start(self) -> None:
        self._outcome = ((), ())
        rewrite(self.query_one("#tail", Static), "")
        try:
            request = self.request()
        except ValueError as error:
            self._complain(str(error))
            return
        self._set_starting(True)
        rewrite(
            self.query_one("#tail", Static), "starting: waits until it answers or ends; esc closes this; it goes on"
        )
        self._complain("")
        self._launch(self, request)

    def ended(self) -> None:
        """It runs."""
        if self.is_attached:
            self.dismiss(None)

    def failed(self, error: Exception) -> bool:
        """It died or never answered; False if the dialog is closed and somebody else must say so."""
        if not self.is_attached:
            return False
        self._set_starting(False)
        self._complain(for_a_form(words_of(error)))
        rewrite(self.query_one("#tail", Static), "")
        if isinstance(error, StartFailed) and (error.log or error.tail):
            self._outcome = ((("log", error.log or "none was written"),), error.tail[-12:])
            self._rewrap()
        self.call_after_refresh(self._show_reason)
        return True

    def _show_reason(self) -> None:
        """The reason stands at the top where the log needs the rest; the page keys go on from there."""
        if self.is_attached:
            self.query_one("#body").scroll_to_widget(self.query_one("#problem"), top=True, animate=False)

    def _set_starting(self, starting: bool) -> None:
        self._starting = starting
        self.query_one("#start", Button).label = "Starting" if starting else "Start"

    def _complain(self, text: str) -> None:
        rewrite(self.query_one("#problem", Static), text)
