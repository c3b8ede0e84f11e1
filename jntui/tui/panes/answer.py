"""The answer: one sentence that says where the selected server can be opened, its evidence, and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.model import Answer
from jntui.tui.cutting import cut_end
from jntui.tui.hints import answer_hints, drawn
from jntui.tui.ink import Span, cropped, ink, linked, padded, width_of
from jntui.tui.panes.seen import proof
from jntui.tui.paper import Paper
from jntui.tui.signs import TONES

if TYPE_CHECKING:
    from jntui.model import ServerView, Tone
    from jntui.tui.hints import Hint
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

_BANDS: dict[Tone, Role] = {
    "works": "works",
    "catch": "warning",
    "alarm": "alarm",
    "calm": "muted",
    "broken": "broken",
    "checking": "muted",
    "stale": "warning",
}
"""The colour of the edge at the left."""


class AnswerBand(Paper):
    """Two lines where there is room, else one; tinted by its tone."""

    def __init__(self) -> None:
        super().__init__("answer")
        self._tone: Tone | None = None

    def draw(self) -> None:
        """The sentence, then evidence and keys."""
        scene = self.scene
        if scene is None or scene.view is None:
            self.write([])
            return
        answer = scene.view.answer or _without(scene.view)
        self._take_tone(answer.tone)
        hints = answer_hints(scene.view, scene)
        two = self.size.height > 1
        lines = [sentence(answer, scene, self.size.width - 1, [] if two else hints)]
        if two:
            lines.append(evidence(answer, hints, scene, self.size.width - 1))
        band = Span(scene.signs.band, _BANDS[answer.tone])
        lines = [(band, *line) for line in lines]
        if answer.tone == "alarm":
            lines = [tuple(span._replace(role="alarm") for span in padded(line, self.size.width)) for line in lines]
        self.write(lines)

    def _take_tone(self, tone: Tone) -> None:
        if tone != self._tone:
            self.set_class(False, f"-{self._tone}")
            self.set_class(True, f"-{tone}")
            self._tone = tone


def _without(view: ServerView) -> Answer:
    """What stands here while nothing has answered for a server."""
    server = view.server
    if server.state == "stale":
        return Answer("stale", f"Not a server any more: {server.reason}")
    if server.state == "running":
        return Answer("checking", f"Checking {view.probed} endpoints of {server.label}")
    return Answer("calm", f"{server.label} is {server.state}: {server.reason}")


def sentence(answer: Answer, scene: Scene, width: int, hints: list[Hint]) -> Line:
    """The first line; where it stands alone its keys follow, and where it does not fit, the short form."""
    group, role = TONES[answer.tone]
    sign = ink(getattr(scene.signs, group), role)
    head: Line = (Span(" "), sign, Span(" "))
    parts: Line = (ink(answer.before, "bold"), ink(answer.url, "bold"), ink(answer.after, "bold"))
    if answer.url:
        parts = (ink(answer.before), linked(answer.url, "bold", scene.url(answer.url)), ink(answer.after))
    keys: Line = (Span("   "), *drawn(hints, scene.keys)) if hints else ()
    room = width - width_of(head) - 1
    short: Line = (ink(answer.short or answer.sentence, "bold"),)
    # What `y` copies is the way in, so its key goes before the longer words; the other keys stand in the last line too.
    first: Line = (Span("   "), *drawn(hints[:1], scene.keys)) if hints else ()
    with_keys: list[Line] = [(*short, *keys), (*short, *first)]
    shortened = [*with_keys, parts] if hints and hints[0][0] == "answer" else [parts, *with_keys]
    for body in ((*parts, *keys), *shortened, short):
        if width_of(body) <= room:
            return (*head, *body)
        if hints[1:] and body == (*parts, *keys):
            # The first key is the one that is meant here; the others stand in the last line too.
            return sentence(answer, scene, width, hints[:-1])
    return (*head, *cropped(short, max(0, room), scene.signs.dots))


def evidence(answer: Answer, hints: list[Hint], scene: Scene, width: int) -> Line:
    """The second line: the best evidence, then the keys."""
    indent = 2 + len(str(getattr(scene.signs, TONES[answer.tone][0])))
    keys = drawn(hints, scene.keys)
    room = width - indent - width_of(keys) - (3 if keys else 0) - 1
    role: Role = "muted"
    words = ink(cut_end(ink(proof(scene) or answer.evidence).text, max(0, room), scene.signs.dots), role)
    gap = Span("   ") if keys and words.text else Span("")
    return (Span(" " * indent), words, gap, *keys)
