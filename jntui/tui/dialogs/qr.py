"""The QR code of an endpoint that was proven a moment ago, and beside it what the one with the phone must know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding
from textual.containers import Container

from jntui.model.qr import fitted
from jntui.model.words import SCOPE_WORDS
from jntui.tui.actions import BY_ID
from jntui.tui.dialogs.box import Dialog
from jntui.tui.dialogs.code import CodeView
from jntui.tui.dialogs.sheet import Sheet, hanging
from jntui.tui.ink import BLANK, Span, ink, width_of
from jntui.tui.signs import group_of, sign_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Check, QrCode, Share
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

FRAME = 4
"""Columns that the border and the space inside it take."""

LEAST_WORDS = 22
"""Columns that words beside the code need; with fewer they go below it."""

BELOW_ROWS = 6
"""Rows that the URL, the login and the keys take below the code."""

Left = Literal["access", "log", "restart"]
"""The action that the user wants instead."""


class QrDialog(Dialog[Left]):
    """`r`. Whatever changes, the code is asked for anew: it is never of something that was not just checked."""

    DEFAULT_CSS = """
    QrDialog #beside {
        layout: horizontal;
        height: auto;
        background: $background;
    }
    QrDialog.-below #beside {
        layout: vertical;
    }
    QrDialog CodeView {
        margin-right: 2;
    }
    QrDialog.-below CodeView {
        margin-right: 0;
    }
    QrDialog #words {
        width: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "token", show=False),
        Binding("c", "copy", show=False),
        Binding("p", "again", show=False),
        Binding("a", "leave('access')", show=False),
        Binding("L", "leave('log')", show=False),
        Binding("S", "leave('restart')", show=False),
        Binding("left,up,k,h", "other(-1)", show=False),
        Binding("right,down,j,l", "other(1)", show=False),
        Binding("q,r,enter", "cancel", show=False),
    ]

    def __init__(self, scene: Scene, ask: Callable[[QrDialog, str | None, bool], None]) -> None:
        view = scene.view
        self.label = view.server.label if view else ""
        super().__init__(f"QR code of {self.label}", "esc closes")
        self.scene = scene
        self._ask = ask
        self.with_token = scene.tokens is not None
        self.share: Share | None = None
        self._order: tuple[str, ...] = ()
        """URLs to choose from, in the order in which they were first offered."""
        self._told = ""

    @property
    def url(self) -> str | None:
        """The one that is shown."""
        return self.share.url if self.share and self.share.check else None

    def compose_body(self) -> ComposeResult:
        """The code and the words."""
        with Container(id="beside"):
            yield CodeView()
            yield Sheet(self.scene, self.lines_for, "words")

    def on_mount(self) -> None:
        """The code is asked for."""
        super().on_mount()
        self.query_one("#buttons").display = False
        self.set_focus(None)
        self._wish(self.scene.selection.url)

    def _wish(self, url: str | None) -> None:
        self._told = "checking it first" if self.share is None else f"checking {url or self.label} again"
        self._rewrite()
        self._ask(self, url, self.with_token)

    def shared(self, share: Share) -> None:
        """It was checked."""
        if not self.is_attached:
            return
        urls = tuple(check.endpoint.url for check in _all(share))
        kept = tuple(url for url in self._order if url in urls)
        self._order = (*kept, *(url for url in urls if url not in kept))
        self.share, self._told = share, ""
        self._rewrite()

    def follow(self, scene: Scene) -> None:
        """A newer picture; another address, or another verdict of this one, needs another check."""
        before, self.scene = _known(self.scene, self.url), scene
        if self.share is not None and _known(scene, self.url) != before:
            self._wish(self.url)
        else:
            self._rewrite()

    def fit(self) -> None:
        """The words stand beside the code where they have room, else below it."""
        rows, columns = self.app.size.height, self.app.size.width
        self.set_class(rows < 30, "-low")
        code = self._fitted()
        width = min(96, columns)
        room = width - FRAME - 1
        below = code is None or room - code.columns - 2 < self._least_words(code)
        self.set_class(below, "-below")
        self.query_one(CodeView).put(code)
        body = self.query_one("#body")
        body.styles.max_height = max(1, rows - 2)
        self.query_one("#box").styles.width = width
        wide = room if below or code is None else room - code.columns - 2
        words = self.query_one("#words", Sheet)
        words.styles.width = wide + 1
        words.styles.height = max(1, len(self.lines_for(wide)))

    def _rewrite(self) -> None:
        under = "esc closes" if self.share is None or self.share.code else "there is no code; esc closes"
        self.under(under)
        self.fit()
        self.query_one("#words", Sheet).draw()

    def _least_words(self, code: QrCode) -> int:
        """Narrow words beside the code are better than words that nobody sees below it."""
        return LEAST_WORDS if code.rows + BELOW_ROWS <= self.app.size.height - 2 else LEAST_WORDS - 6

    def _fitted(self) -> QrCode | None:
        """The code as it fits into this window: with its quiet zone, with a thin one, or not at all."""
        code = self._code
        columns, rows = self.app.size
        return fitted(code, columns - FRAME - 1, rows - 2) if code is not None else None

    @property
    def _code(self) -> QrCode | None:
        """As this terminal can draw it."""
        code = self.share.code if self.share else None
        return replace(code, blocks=not self.scene.signs.ascii) if code is not None else None

    def _too_small(self) -> str:
        """Why the code does not fit into this window, and which would do."""
        code = self._code
        columns, rows = self.app.size
        if code is None or self._fitted() is not None:
            return ""
        least = replace(code, quiet=1)
        less = ", or t takes the token out" if self.share and self.share.with_token else ""
        less += "; with LC_ALL=C.UTF-8 it takes half of that" if not code.blocks else ""
        return (
            f"The window is too small for this code: it needs {least.columns + FRAME + 1} columns and {least.rows + 2} "
            f"rows, and has {columns} and {rows}. Make it larger or its letters smaller{less}."
        )

    def lines_for(self, width: int) -> list[Line]:
        """What the code opens, with what, and what the phone needs; the keys stand last."""
        share = self.share
        if share is None:
            return [(ink(self._told, "muted"),)]
        if share.check is None:
            parts = [_text(f"No QR code: {share.why_not}", width, "bold"), _text(self._told, width, "muted")]
            return self._joined([*parts, self._keys(share, width)])
        small = _text(self._too_small(), width, "broken-bold")
        head = [small, self._about(share, share.check, width)]
        tail = [self._seen(share.check, width), _text(self._told, width, "muted")]
        tail += [self._choice(width), self._keys(share, width)]
        notes = [_text(note, width, "muted") for note in share.notes]
        while notes and sum(map(len, (*head, *notes, *tail))) > self.app.size.height - 2:
            notes.pop()
        return self._joined([*head, *notes, *tail])

    def _joined(self, parts: list[list[Line]]) -> list[Line]:
        """With a blank line between them where there is room."""
        lines: list[Line] = []
        roomy = self.app.size.height >= 30
        for number, part in enumerate(part for part in parts if part):
            lines += [BLANK, *part] if number and roomy else part
        return lines

    def _about(self, share: Share, check: Check, width: int) -> list[Line]:
        endpoint, scene = check.endpoint, self.scene
        lines = [line for part in _at_its_port(share.url, width) for line in _text(part, width, "bold")]
        lines += _text(share.login, width, "catch" if share.with_token or "for nothing" in share.login else "plain")
        where = SCOPE_WORDS[endpoint.scope] + (f", {endpoint.interface}" if endpoint.interface else "")
        sign = sign_of(group_of(check.verdict, endpoint.scope), scene.signs)
        verdict = f" {check.verdict} {scene.clock(check.at)}"
        whole = (ink(f"{where}  "), sign, ink(verdict))
        return [*lines, *((whole,) if width_of(whole) <= width else ((ink(where),), (sign, ink(verdict))))]

    def _seen(self, check: Check, width: int) -> list[Line]:
        """Who came in by this address: the phone, the moment it has scanned the code."""
        view = self.scene.view
        clients = view.clients_at(check.endpoint) if view else ()
        here = next((client for client in clients if not client.local_end), None)
        if here is None:
            low = self.app.size.height < 24
            return [] if low else _text("No client has come by this address yet.", width, "muted")
        return _text(f"seen from {here.remote} at {self.scene.clock(here.last_seen)}", width, "works-bold")

    def _choice(self, width: int) -> list[Line]:
        url, order = self.url, self._order
        if url is None or len(order) < 2:
            return []
        number = order.index(url) + 1 if url in order else 1
        lines: list[Line] = [(ink(f"{number} of {len(order)} addresses", "muted"),)]
        if self.app.size.height < 30:
            return lines
        for each in order[:8]:
            mark = self.scene.signs.picked if each == url else "( )"
            text = f"{mark} {each.removeprefix('http://').removeprefix('https://').rstrip('/')}"
            lines.append((ink(text, "bold" if each == url else "muted"),))
        return lines

    def _keys(self, share: Share, width: int) -> list[Line]:
        keys = [("t", "without the token" if self.with_token else "with the token")] if self._takes_token() else []
        if share.check is None:
            keys = [(BY_ID[each].shown, BY_ID[each].label) for each in share.remedies]
            keys += [("p", "try again"), ("esc", "close")]
        else:
            arrows = "<>" if self.scene.signs.ascii else "←→"
            keys = [(arrows, "other address"), *keys] if len(self._order) > 1 else keys
            keys += [("c", "copy"), ("p", "check again")]
        lines: list[Line] = []
        for key, label in keys:
            word: Line = (ink(key, "accent"), ink(f" {label}", "muted"))
            size = len(key) + len(label) + 1
            last = sum(len(span.text) for span in lines[-1]) if lines else width
            if last + 2 + size <= width:
                lines[-1] = (*lines[-1], Span("  "), *word)
            else:
                lines.append(word)
        return lines

    def _takes_token(self) -> bool:
        server = self.scene.view.server if self.scene.view else None
        check = self.share.check if self.share else None
        if check is not None and check.endpoint.kind != "direct":
            return False  # a URL that the user added gets no token of this server
        return server is not None and bool(server.token) and server.auth in {"token", "token+password", None}

    def action_token(self) -> None:
        """`t`: in, or out."""
        if self.share is not None and self._takes_token():
            self.with_token = not self.with_token
            self._wish(self.url)

    def action_other(self, step: int) -> None:
        """The arrows: another address."""
        if self.url in self._order and len(self._order) > 1 and not self._told.startswith("checking"):
            self._wish(self._order[(self._order.index(self.url) + int(step)) % len(self._order)])

    def action_again(self) -> None:
        """`p`."""
        self._wish(self.url)

    def action_copy(self) -> None:
        """`c`: what the code says."""
        share = self.share
        if share is not None and share.code is not None:
            self.app.copy_to_clipboard(share.code.text)
            how = "with its token " if share.with_token else ""
            self._told = f"sent {how}to your terminal's clipboard"
            self._rewrite()

    def action_leave(self, wish: Left) -> None:
        """What changes it, where there is no code."""
        if self.share is not None and self.share.check is None and wish in self.share.remedies:
            self.dismiss(wish)


def _all(share: Share) -> tuple[Check, ...]:
    return (*((share.check,) if share.check else ()), *share.others)


def _at_its_port(url: str, width: int) -> list[str]:
    """A URL that is too long for a line, as two: a number is not cut."""
    host, colon, rest = url.rpartition(":")
    return [url] if len(url) <= width or len(host) < len("https:") else [host, colon + rest]


def _text(text: str, width: int, role: Role) -> list[Line]:
    return hanging("", text, width, 0, role) if text else []


def _known(scene: Scene, url: str | None) -> object:
    """What a code hangs on: which addresses a listener takes, and the verdict of this one."""
    view = scene.view
    if view is None:
        return None
    rows = [row for row in view.rows if row.endpoint.offered and row.endpoint.covered is not False]
    verdict = next((row.check.verdict for row in rows if row.check and row.endpoint.url == url), None)
    return {row.endpoint.url for row in rows}, verdict, view.server.auth
