"""Stopping a server, and restarting it: what will happen, what ends with it, and the question before SIGKILL."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from rich.cells import cell_len
from textual.binding import Binding
from textual.widgets import Button

from jntui.text import visible
from jntui.tui.cutting import cut_end
from jntui.tui.dialogs.sheet import SheetDialog, hanging
from jntui.tui.ink import BLANK, Span, cropped, ink, padded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Rung, StartFailed, Stopped, StopPlan, Supervisor, Work
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

INDENT = 9
"""Cells of the labels."""

MOST_KERNELS = 12
"""Kernels that are named one by one; the others are counted."""

MOST_LOG = 12
"""Lines of a log that are shown."""

RUNGS: Mapping[Rung, str] = {
    "api": "ask Jupyter itself to shut down",
    "SIGTERM": "send SIGTERM to {process}",
    "SIGKILL": "send SIGKILL to {process}",
}

SUPERVISORS: Mapping[str, str] = {
    "systemd": "systemd looks after this server, as unit {name}",
    "jupyterhub": "JupyterHub looks after this server, for {name}",
    "container": "this server is the business of its container {name}",
}

_BUSY = ("busy: what it computes is lost", "busy")
"""What stands beside the name of a busy kernel: the first that leaves all names their room."""

Phase = Literal["asking", "planned", "barred", "going", "stuck", "failed"]
"""What the dialog shows: `barred` is what cannot be done from here, `stuck` a server that SIGTERM did not end."""

_BUTTONS: Mapping[Phase, tuple[str, ...]] = {
    "asking": ("cancel", "do"),
    "planned": ("cancel", "do"),
    "barred": ("cancel",),
    "going": ("cancel",),
    "stuck": ("cancel", "kill"),
    "failed": ("cancel",),
}


class EndDialog(SheetDialog[None]):
    """The frame that stop and restart share: the plan is asked for beside it, and nothing happens without a button."""

    DEFAULT_CSS = """
    EndDialog #buttons Button {
        width: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]
    VERB = "Stop"
    GOING = "stopping: each step is waited for, and none for long"

    def __init__(self, scene: Scene, ask: Callable[[EndDialog], None], do: Callable[[EndDialog, bool], None]) -> None:
        self.label = scene.view.server.label if scene.view else ""
        super().__init__(f"{self.VERB} {self.label}", f"nothing happens before you choose {self.VERB}", scene)
        self._ask = ask
        self._do = do
        self._phase: Phase = "asking"
        self._problem = ""
        self._step = ""
        """What is tried at this moment."""
        self._told: tuple[str, ...] = ()
        """What was tried, or the end of a log."""
        self._by_hand = ""
        """The line that starts a server which a restart could not bring back."""
        self._copied = False
        self.parting = ""
        """What is to be said once the dialog is closed; empty while nothing has gone wrong."""

    @property
    def plan(self) -> StopPlan | None:
        """What a stop would do, once it is known; subclasses keep it."""
        return None

    def compose_buttons(self) -> ComposeResult:
        """Cancel first: Enter by habit ends nothing."""
        yield Button("Cancel", id="cancel", compact=True)
        yield Button(self.VERB, id="do", compact=True)
        yield Button("Send SIGKILL", id="kill", compact=True)

    @property
    def buttons_high(self) -> int:
        """One line, with a blank one above it where there is room."""
        return 1 if self.app.size.height < 30 else 2

    def on_mount(self) -> None:
        """Focus on Cancel, and the plan is asked for."""
        super().on_mount()
        self._turn("asking")
        self._ask(self)

    def _turn(self, phase: Phase) -> None:
        """Another phase: its buttons, its lines."""
        self._phase = phase
        shown = _BUTTONS[phase]
        for button in self.query(Button):
            button.display = button.id in shown
        self.query_one("#do", Button).disabled = phase != "planned"
        cancel = self.query_one("#cancel", Button)
        cancel.label = {"planned": "Cancel", "asking": "Cancel", "stuck": "Leave it running"}.get(phase, "Close")
        # Two phases within one refresh would leave the button as wide as the first one's word.
        cancel.refresh(layout=True)
        # The plan arrives while the user's hand may be on its way to Enter: it moves no focus.
        if phase != "planned":
            cancel.focus()
        self.under(self._under(phase))
        self.rewrite()

    def _under(self, phase: Phase) -> str:
        """The words in the lower border."""
        if phase in {"asking", "planned"}:
            return self._subtitle
        if phase == "going":
            return "esc closes this; it goes on"
        if phase == "stuck":
            return "nothing more happens before you choose Send SIGKILL"
        return "c copies the command that starts it" if self._by_hand else ""

    def ready(self) -> None:
        """The plan arrived; subclasses have kept it."""
        plan = self.plan
        if plan is not None and self.is_attached:
            self._turn("barred" if plan.why_not or plan.supervisor else "planned")

    def began(self, plan: StopPlan, words: str) -> bool:
        """More would end than was agreed to: asks again. False if the dialog is closed and somebody else must say."""
        if self.is_attached:
            self.stops(plan)
            self._problem = words
            self.ready()
        return self.is_attached

    def stops(self, plan: StopPlan) -> None:
        """Another plan of the stop; subclasses keep it."""

    def refused(self, words: str) -> None:
        """There is no plan: it cannot be done from here."""
        if self.is_attached:
            self._problem = words
            self._turn("barred")

    def ended(self) -> None:
        """It is done."""
        if self.is_attached:
            self.dismiss(None)

    def step(self, words: str) -> None:
        """What is tried now; each step is waited for, and none for long."""
        if self.is_attached and self._phase == "going":
            self._step = words
            self.rewrite()

    def stuck(self, words: str, told: tuple[str, ...] = (), *, parting: str = "") -> bool:
        """It still runs: asks about SIGKILL. False if the dialog is closed and somebody else must say so."""
        if self.is_attached:
            self._problem, self._told, self.parting = words, told, parting
            self._turn("stuck")
        return self.is_attached

    def failed(self, words: str, told: tuple[str, ...] = (), *, by_hand: str = "", parting: str = "") -> bool:
        """It cannot be carried out; False if the dialog is closed and somebody else must say so."""
        if self.is_attached:
            self._problem, self._told, self._by_hand, self.parting = words, told, by_hand, parting
            self._turn("failed")
        return self.is_attached

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The choice; once it goes, only leaving is left."""
        if event.button.id == "cancel":
            self.dismiss(None)
        elif self._phase in {"planned", "stuck"}:
            kill = event.button.id == "kill"
            self._problem, self._told, self.parting, self._step = "", (), "", ""
            self._turn("going")
            self._do(self, kill)

    def action_copy(self) -> None:
        """The command of whatever looks after the server, or the one that starts it by hand."""
        command = self.command()
        if command:
            self.app.copy_to_clipboard(command)
            self._copied = True
            self.rewrite()

    def command(self) -> str:
        """What to type instead of a button, or after a restart that failed; empty where there is no such line."""
        if self._phase == "failed":
            return self._by_hand
        supervisor = self.plan.supervisor if self.plan else None
        return self.command_of(supervisor) if supervisor and self._phase == "barred" else ""

    def command_of(self, supervisor: Supervisor) -> str:
        """The right one of the supervisor's commands."""
        return supervisor.stop

    def lines_for(self, width: int) -> list[Line]:
        """By phase: what is known, what will happen, how it went."""
        plan = self.plan
        problem = hanging("", self._problem, width, 0, "broken-bold") if self._problem else []
        # Why it asks again stands where it is seen without scrolling.
        first = self._phase == "planned"
        parts: list[list[Line]] = [problem] if first else []
        parts += [self.now_lines(width)] if self._phase != "failed" else []
        if self._phase == "asking":
            parts.append([(ink("asking what runs in it", "muted"),)])
        elif self._phase in {"planned", "barred"} and plan is not None:
            parts += self.plan_parts(plan, width)
        elif self._phase == "going":
            parts.append(hanging("", self.GOING, width, 0))
            parts.append(hanging("step", self._step, width, INDENT, "bold") if self._step else [])
        parts += [] if first else [problem]
        if self._phase == "stuck":
            words = "SIGKILL ends it at once: whatever is not saved is lost."
            parts.append(warning(words, self.scene, width))
        if self._phase == "failed" and self._by_hand:
            parts.append(hanging("type", self._by_hand, width, INDENT, "bold"))
        if self._copied:
            parts.append(hanging("", "sent to your terminal's clipboard", width, 0, "muted"))
        if self._told:
            parts.append([line for told in self._told for line in indented(told, width)])
        roomy = self.app.size.height >= 30
        lines: list[Line] = []
        for part in (part for part in parts if part):
            lines += [BLANK, *part] if lines and roomy else part
        return lines

    def now_lines(self, width: int) -> list[Line]:
        """Now, and after."""
        server = self.scene.view.server if self.scene.view else None
        if server is None:
            return []
        words = [f"{server.app or 'a server'}, pid {server.pid}" if server.pid else server.app or "a server"]
        words += [f"root directory {self.scene.path(server.root_dir)}"] if server.root_dir else []
        words += [f"{server.clients} client{'s' if server.clients > 1 else ''} connected"] if server.clients else []
        return hanging("now", ", ".join(words), width, INDENT) + hanging("after", self.after(), width, INDENT)

    def after(self) -> str:
        """What will be."""
        server = self.scene.view.server if self.scene.view else None
        return f"its process has ended and port {server.port} is free" if server and server.port else "it has ended"

    def plan_parts(self, plan: StopPlan, width: int) -> list[list[Line]]:
        """What ends with it, and the steps; or who looks after it and the command to type."""
        kernels = kernel_lines(plan, self.scene, width)
        notes = [line for note in (*plan.notes, *self.losses()) for line in warning(note, self.scene, width)]
        if plan.supervisor is not None:
            return [kernels, *self.supervisor_parts(plan.supervisor, width)]
        if plan.why_not:
            return [kernels, notes, hanging("", plan.why_not, width, 0, "warning")]
        return [kernels, notes, step_lines(plan, width)]

    def losses(self) -> tuple[str, ...]:
        """What does not stay as it is, beside what ends; subclasses name it."""
        return ()

    def supervisor_parts(self, supervisor: Supervisor, width: int) -> list[list[Line]]:
        """Who looks after it, and what to type, or to open for a hub."""
        words = SUPERVISORS[supervisor.kind].format(name=supervisor.name)
        if supervisor.likely:
            words = words.replace(" looks after", " likely looks after")
        command = self.command_of(supervisor)
        why = hanging("", f"{words}: {self.VERB.lower()} it there.", width, 0, "warning")
        if not command:
            return [why]
        typed = hanging("open" if supervisor.kind == "jupyterhub" else "type", command, width, INDENT, "bold")
        copy: Line = (Span(" " * INDENT), ink("c", "accent"), ink(" sends it to your terminal's clipboard", "muted"))
        return [why, [*typed, copy]]


def warning(words: str, scene: Scene, width: int) -> list[Line]:
    """A consequence, with its sign."""
    first, *rest = hanging("", words, width, 2)
    return [(ink(scene.signs.catch, "catch"), Span(" "), *first[-1:]), *rest]


def indented(told: str, width: int) -> list[Line]:
    """A line of a log with the indentation that it has, at most a third of the width."""
    text = told.strip()
    return hanging("", text, width, min(len(told) - len(told.lstrip()), width // 3), "muted")


def kernel_lines(plan: StopPlan, scene: Scene, width: int) -> list[Line]:
    """What ends with it: terminals, and kernels, the busy ones marked."""
    if not plan.kernels_known:
        return warning("its kernels are not known: it does not say what runs in it. They end with it.", scene, width)
    if not plan.work:
        return hanging("ends", "no kernel runs in it", width, INDENT, "muted")
    busy = any(kernel.busy for kernel in plan.kernels)
    lines = hanging("ends", plan.work, width, INDENT, "catch" if busy else "plain")
    if not plan.kernels:
        return lines
    named = sorted(plan.kernels, key=lambda kernel: not kernel.busy)[:MOST_KERNELS]
    longest = max(cell_len(visible(kernel.name)) for kernel in named)
    room = width - INDENT - 2
    words = next((words for words in _BUSY if longest + cell_len(words) <= room), _BUSY[-1])
    size = min(longest, max(1, room - (cell_len(words) if busy else 0)))
    lines += [cropped(_kernel_line(kernel, scene, size, words), width, scene.signs.dots) for kernel in named]
    more = len(plan.kernels) - MOST_KERNELS
    return lines + (hanging("", f"and {more} more", width, INDENT, "muted") if more > 0 else [])


def _kernel_line(kernel: Work, scene: Scene, size: int, busy: str) -> Line:
    sign = ink(scene.signs.catch if kernel.busy else "", "catch")
    role: Role = "bold" if kernel.busy else "muted"
    words = busy if kernel.busy else kernel.spec
    name = padded((ink(cut_end(visible(kernel.name), size, scene.signs.dots), role),), size)
    return (*padded((Span(" " * (INDENT - 2)), sign), INDENT), *name, Span("  "), ink(words, "muted"))


def step_lines(plan: StopPlan, width: int) -> list[Line]:
    """The steps in words, each tried only if the one before did not end it."""
    process = f"pid {plan.pid}" if plan.pid else "its process"
    lines: list[Line] = []
    for number, rung in enumerate(plan.rungs):
        words = RUNGS[rung].format(process=process)
        lines += hanging("steps" if number == 0 else "then", words, width, INDENT)
    if lines:
        those = "this does" if len(plan.rungs) == 1 else "these do"
        lines += hanging("", f"SIGKILL only if {those} not end it, and you are asked again.", width, INDENT, "muted")
    return lines


def outcome(label: str, stopped: Stopped, port: int | None) -> str:
    """`:8888 stopped by SIGTERM, port 8888 is free`, and what is left of its process."""
    if (stopped.port_free is False or stopped.again is not None) and stopped.message:
        return stopped.message
    how = {"api": " by Jupyter itself", "SIGTERM": " by SIGTERM", "SIGKILL": " by SIGKILL", None: ""}[stopped.how]
    free = f", port {port} is free" if stopped.port_free and port else ""
    left = stopped.steps[-1].words.partition("; ")[2] if stopped.steps else ""
    return f"{label} stopped{how}{free}{'; ' if left else ''}{left}"


def for_a_dialog(message: str) -> str:
    """A message without the command that the dialog's own button stands for."""
    return message.partition("; `jntui ")[0]


def without_command(message: str) -> str:
    """A message without the line to type, which has a place of its own in the dialog."""
    return message.partition("; to start it by hand: ")[0]


def last_words(error: StartFailed) -> tuple[str, ...]:
    """Where the log is, and its end: the last line first, as that is the one that says why."""
    tail = [line for line in error.tail[-MOST_LOG:] if line.strip(" ^~")]
    head = f"log {error.log}{', its last line first' if len(tail) > 1 else ''}" if error.log else ""
    return (*((head,) if head else ()), *reversed(tail))


def tried(stopped: Stopped) -> tuple[str, ...]:
    """A line for each step."""
    return tuple(step.words for step in stopped.steps)


class StopDialog(EndDialog):
    """`s`."""

    def __init__(self, scene: Scene, ask: Callable[[EndDialog], None], do: Callable[[EndDialog, bool], None]) -> None:
        super().__init__(scene, ask, do)
        self._plan: StopPlan | None = None

    @property
    def plan(self) -> StopPlan | None:
        """What was planned."""
        return self._plan

    def planned(self, plan: StopPlan) -> None:
        """The plan arrived."""
        self.stops(plan)
        self.ready()

    def stops(self, plan: StopPlan) -> None:
        """Kept."""
        self._plan = plan
