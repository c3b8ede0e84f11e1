"""The info file of a server that is gone: why it is stale, what it said, and how to be rid of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from jntui.tui.cutting import wrapped
from jntui.tui.hints import again, drawn, possible
from jntui.tui.ink import BLANK, Span, ink
from jntui.tui.panes.seen import INDENT, labelled
from jntui.tui.paper import Paper

if TYPE_CHECKING:
    from jntui.model import ServerView
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene


class InfoFilePane(Paper):
    """Stands where Endpoints and Check would: an empty table says nothing."""

    def __init__(self) -> None:
        super().__init__("infofile")

    def draw(self) -> None:
        """One form for all sizes; blank lines go first."""
        scene = self.scene
        if scene is None or scene.view is None:
            return
        self.enframe("box" if scene.shape.bordered else "rule", f"Info file of {scene.view.server.label}")
        parts = paragraphs(scene.view, scene, self.inner_width - 2)
        lines: list[Line] = []
        roomy = sum(len(part) + 1 for part in parts) <= self.inner_height + 1
        for part in parts:
            lines += [BLANK, *part] if lines and roomy else part
        self.write([(Span(" "), *line) if line else BLANK for line in lines])


def paragraphs(view: ServerView, scene: Scene, width: int) -> list[list[Line]]:
    """Name and place, headline, why, fix, and what it said."""
    server = view.server
    path = server.info_file or ""
    folder, _, name = path.rpartition("/")
    head: list[Line] = [(ink(name or server.id, "bold"),)]
    head.append(
        (
            ink(scene.signs.calm, "warning"),
            Span(" "),
            ink("stale", "warning"),
            Span("  "),
            ink(scene.path(folder), "muted"),
        )
    )
    reason = server.reason or "there is no server behind it"
    why = labelled("why", reason[:1].upper() + reason[1:] + ("" if reason.endswith(".") else "."), width)
    fix = labelled("fix", "Remove the info file. Nothing else is deleted.", width)
    hints = [("remove", "remove the info file"), ("start", again(view, scene, short=False))]
    keys = drawn([hint for hint in hints if possible(scene, hint[0])], scene.keys)
    if keys:
        fix.append((Span(" " * INDENT), *keys))
    return [head, [(ink("There is no server behind this info file.", "bold"),)], why, fix, said(view, scene, width)]


def said(view: ServerView, scene: Scene, width: int) -> list[Line]:
    """What the file claims, as far as it could be read."""
    server = view.server
    facts = [f"version {server.version}" if server.version else "", f"pid {server.pid}" if server.pid else ""]
    head: Line = (ink("It said", "bold"), Span("   "), ink(", ".join(fact for fact in facts if fact), "muted"))
    url = f"{server.scheme}://localhost:{server.port}{server.base_url}" if server.port else ""
    root = f"root directory {scene.path(server.root_dir)}" if server.root_dir else ""
    whole = "   ".join(part for part in (url, root) if part)
    parts = [whole] if cell_len(whole) <= width - 2 else [part for part in (url, root) if part]
    body = [line for part in parts for line in wrapped(part, width - 2)]
    note = wrapped("Notebooks and settings are not touched: kernels ended with the process.", width - 2)
    return [head, *((Span("  "), ink(line)) for line in body), *((Span("  "), ink(line, "muted")) for line in note)]
