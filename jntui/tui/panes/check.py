"""Check: what the last check of the selected endpoint found, why, and what to change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from jntui.tui.actions import BY_ID
from jntui.tui.cutting import cut_end, cut_url, wrapped
from jntui.tui.ink import BLANK, Span, ink, linked, padded, width_of
from jntui.tui.panes.seen import INDENT, labelled, outside_at, seen_line, seen_lines
from jntui.tui.panes.watched import watch_lines
from jntui.tui.paper import Paper
from jntui.tui.signs import group_of_row, sign_of, verdict_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import Check, Finding, Row, ServerView, Stage
    from jntui.tui.ink import Line, Role
    from jntui.tui.paper import Frame
    from jntui.tui.scene import Scene
    from jntui.tui.signs import Group

FEW_DAYS = 14
"""Days that a certificate may have left before they are shown as a warning."""


class CheckPane(Paper):
    """The finding; as much of it as fits, and all of it when it has focus."""

    def __init__(self) -> None:
        super().__init__("check", focusable=True)

    def draw(self) -> None:
        """The longest form that fits; with focus the whole, which scrolls."""
        scene = self.scene
        if scene is None:
            return
        frame: Frame = "box" if scene.shape.bordered else "rule"
        row, view = scene.row, scene.view
        if row is None or view is None:
            self.enframe(frame, "Check")
            self.write([])
            return
        again = f"{scene.keys.shown('check')} checks again" if row.endpoint.offered else ""
        below = f"{scene.keys.shown('watch')} ends the watch" if scene.watch else again
        self.enframe(frame, "Check", below)
        whole = scene.selection.pane == "check" or scene.all_stages
        width = self.inner_width - 2
        forms = finding_forms(row, view, scene, width)
        best = forms[0] if whole else next((form for form in forms if len(form) <= self.inner_height), forms[-1])
        self.write([(Span(" "), *line) if line else BLANK for line in best])


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a finding is drawn of."""

    head: list[Line]
    body: list[list[Line]]
    lean: list[list[Line]]
    """The body without its evidence."""
    tls: list[Line]
    beside: list[Line]
    """The certificate and the notes."""
    seen: list[Line]
    line: list[Line]
    """The same in one line."""
    chain: list[Line]
    steps: list[Line]
    way: list[Line]
    brief: list[Line]
    """Why and fix in a line each."""
    short: list[Line]


def finding_forms(row: Row, view: ServerView, scene: Scene, width: int) -> list[list[Line]]:
    """The finding from its whole form to three lines: blank lines go first, then the stages, seen, the evidence, and
    last of all the whole sentences.

    Where a client is the proof, it stands before the notes and stays longer than they do. All stages, where they were
    asked for, stand first:
    what a key brings must not be below the edge.
    """
    watched = watch_lines(row, scene)
    proven = bool(outside_at(row, view))
    tls, chain, brief = (
        certificate_lines(row, scene, width),
        stage_chain(row, scene, width),
        short_form(row, scene, width),
    )
    parts = _Parts(
        head=[*url_lines(row, scene, width), *verdict_lines(row, scene, width), *watched],
        body=why_fix(row, scene, width, proven),
        lean=why_fix(row, scene, width, proven, evidence=False),
        tls=tls,
        beside=[*tls, *note_lines(row, width, proven)],
        seen=seen_lines(row, scene, width),
        line=seen_line(row, scene, width),
        chain=chain,
        steps=stage_list(row, scene, width) if scene.shape.form == "large" else chain,
        way=way_in(scene, width),
        brief=brief[1:],
        short=[*brief, *watched],
    )
    if scene.all_stages:
        rest = [parts.seen, parts.beside, parts.way] if proven else [parts.beside, parts.way, parts.seen]
        return [_spaced([parts.head, stage_list(row, scene, width), *parts.body, *rest])]
    return _proven_forms(parts) if proven else _forms(parts)


def _proven_forms(of: _Parts) -> list[list[Line]]:
    return [
        _spaced([of.head, *of.body, of.seen, of.beside, of.way, of.steps]),
        _spaced([of.head, *of.body, of.seen, of.beside, of.way, of.chain]),
        _packed([of.head, *of.body, of.seen, of.beside, of.way, of.chain]),
        _packed([of.head, *of.body, of.seen, of.beside, of.way]),
        _packed([of.head, *of.body, of.line, of.beside, of.way]),
        _packed([of.head, *of.body, of.seen, of.way]),
        _packed([of.head, *of.body, of.line, of.way]),
        _packed([of.head, *of.lean, of.line, of.way]),
        _packed([of.short, of.seen, of.beside, of.way]),
        _packed([of.short, of.line, of.way]),
        _packed([of.short, of.line]),
        of.short,
    ]


def _forms(of: _Parts) -> list[list[Line]]:
    return [
        _spaced([of.head, *of.body, of.beside, of.way, of.seen, of.steps]),
        _spaced([of.head, *of.body, of.beside, of.way, of.seen, of.chain]),
        _packed([of.head, *of.body, of.beside, of.way, of.seen, of.chain]),
        _packed([of.head, *of.body, of.beside, of.way, of.chain]),
        _packed([of.head, *of.body, of.beside, of.way]),
        _packed([of.head, *of.body, of.way]),
        _packed([of.head, *of.lean, of.tls, of.way, of.chain]),
        _packed([of.head, *of.lean, of.way]),
        _packed([of.short, of.beside, of.way, of.chain]),
        _packed([of.head, of.brief, of.tls, of.way, of.chain]),
        _packed([of.head, of.brief, of.way]),
        _packed([of.short, of.way]),
        of.short,
    ]


def _spaced(parts: list[list[Line]]) -> list[Line]:
    lines: list[Line] = []
    for part in (part for part in parts if part):
        lines += [BLANK, *part] if lines else part
    return lines


def _packed(parts: list[list[Line]]) -> list[Line]:
    return [line for part in parts for line in part]


def url_lines(row: Row, scene: Scene, width: int) -> list[Line]:
    """The whole URL, in as many lines as it takes."""
    url = scene.url(row.endpoint.url)
    return [(linked(part, "bold", url),) for part in wrapped(url, width)]


def verdict_lines(row: Row, scene: Scene, width: int) -> list[Line]:
    """Sign, verdict and headline."""
    group = group_of_row(row)
    sign = sign_of(group, scene.signs)
    if row.check is None:
        word = "checking" if row.checking else "not checked"
        note = f"{word}: {row.endpoint.note}" if row.endpoint.note else word
        return _hanging((sign, Span(" ")), note, width, "muted")
    role: Role = "alarm" if group == "alarm" else verdict_role(group)
    verdict = ink(row.check.verdict, role)
    joint = Span(" ", "alarm" if group == "alarm" else "plain")
    lines = _hanging((sign, joint, verdict, Span("  ")), row.check.finding.headline, width, "bold")
    if row.endpoint.note:
        lines += [(ink(part, "muted"),) for part in wrapped(row.endpoint.note, width)]
    return lines


def _hanging(head: Line, text: str, width: int, role: Role) -> list[Line]:
    indent = sum(len(span.text) for span in head)
    parts = wrapped(text, width - indent)
    first: Line = (*head, ink(parts[0], role))
    return [first, *((Span(" " * indent), ink(part, role)) for part in parts[1:])]


def why_fix(row: Row, scene: Scene, width: int, proven: bool = False, *, evidence: bool = True) -> list[list[Line]]:
    """The paragraphs of the finding: why, with its evidence if wished, and fix with the key that does it."""
    if row.check is None:
        return []
    finding = row.check.finding
    cause = _still_true(finding.cause, finding, proven)
    why = labelled("why", cause, width) if cause else []
    if finding.evidence and evidence:
        why += labelled("" if why else "seen", finding.evidence, width, "muted")
    fix = labelled("fix", finding.fix, width) if finding.fix else []
    key = _fix_key(row, scene)
    if fix and key:
        fix.append((Span(" " * INDENT), *key))
    return [why, fix]


def _fix_key(row: Row, scene: Scene) -> Line:
    """The key that does the fix, with its words; nothing where none does."""
    if scene.correction:
        return (ink(scene.keys.shown("open"), "accent", "open"), ink(" puts it into this row", "muted"))
    action = BY_ID.get(row.check.finding.action or "") if row.check is not None else None
    if action is None:
        return BLANK
    return (ink(scene.keys.shown(action.id), "accent", action.id), ink(f" {action.label}", "muted"))


def certificate_lines(row: Row, scene: Scene, width: int) -> list[Line]:
    """How long the certificate is still good, where TLS was spoken and that is known."""
    certificate = row.check.certificate if row.check else None
    if certificate is None or certificate.days_left is None:
        return []
    days = certificate.days_left
    until = scene.day(certificate.not_after) if certificate.not_after else ""
    issuer = f"; issued by {certificate.issuer}" if certificate.issuer else ""
    if days < 0:
        words = f"the certificate expired{f' on {until}' if until else ''}"
    else:
        count = "less than a day" if days == 0 else f"{days} day{'' if days == 1 else 's'}"
        words = f"{count} left of the certificate{f', until {until}' if until else ''}"
    return labelled("tls", words + issuer, width, "warning" if days <= FEW_DAYS else "plain")


def note_lines(row: Row, width: int, proven: bool = False) -> list[Line]:
    """What else a user of this endpoint should know: one paragraph a note, at most four."""
    if row.check is None:
        return []
    finding = row.check.finding
    notes = [text for note in finding.notes if (text := _still_true(note, finding, proven))]
    return [line for note in notes[:4] for line in labelled("note", note, width)]


def _still_true(text: str, finding: Finding, proven: bool) -> str:
    """Without the sentences that a client from elsewhere has answered."""
    for words in finding.untested if proven else ():
        text = text.replace(words, "").strip()
    return text


def way_in(scene: Scene, width: int) -> list[Line]:
    """What `y` copies, if that is no URL and the band has no second line to show it in."""
    answer = scene.view.answer if scene.view else None
    if scene.shape.bordered or answer is None or not answer.copy:
        return []
    key = ink(scene.keys.shown("answer"), "accent", "answer")
    first, *rest = wrapped(answer.copy, width - INDENT)
    lines: list[Line] = [(*padded((key,), max(INDENT, len(key.text) + 1)), ink(first))]
    return lines + [(Span(" " * INDENT), ink(part)) for part in rest]


def _stage_group(check: Check, stage: Stage) -> Group:
    if stage.ok is None:
        return "unknown"
    if stage.ok:
        return "alarm" if check.verdict == "open" and stage.name == "auth" else "works"
    return "calm" if check.verdict == "not-listening" else "broken"


def _stages(row: Row) -> list[tuple[Group, Stage]]:
    """The stages worth a word: those that do not apply are left out if something after them was reached."""
    check = row.check
    if check is None:
        return []
    reached = max((index for index, stage in enumerate(check.stages) if stage.ok is not None), default=-1)
    return [
        (_stage_group(check, stage), stage)
        for index, stage in enumerate(check.stages)
        if stage.ok is not None or index > reached
    ]


def stage_chain(row: Row, scene: Scene, width: int) -> list[Line]:
    """The stages as runs of one sign each, in as many lines as they take."""
    lines: list[list[Span]] = [[]]
    used = 0
    by_group: Callable[[tuple[Group, Stage]], Group] = lambda pair: pair[0]  # noqa: E731 - groupby's key, typed
    for group, run in groupby(_stages(row), key=by_group):
        words = " ".join(stage.name for _group, stage in run)
        sign = sign_of(group, scene.signs)
        size = len(sign.text) + 1 + len(words)
        if used and used + 2 + size > width:
            lines.append([])
            used = 0
        lead = [Span("  ")] if used else []
        role: Role = "muted" if group in {"works", "unknown", "calm"} else verdict_role(group)
        lines[-1] += [*lead, sign, Span(" "), ink(words, role)]
        used += size + 2 * bool(lead)
    return [tuple(line) for line in lines if line]


def stage_list(row: Row, scene: Scene, width: int) -> list[Line]:
    """One line a stage: sign, name, time, detail; where all stages were asked for, every detail is whole."""
    lines: list[Line] = []
    for group, stage in _stages(row):
        elapsed = "" if stage.elapsed_ms is None else f"{stage.elapsed_ms:.0f} ms"
        room = max(1, width - 22)
        told = ink(stage.detail).text
        detail, *more = wrapped(told, room) if scene.all_stages else [cut_end(told, room, scene.signs.dots)]
        role: Role = "muted" if group in {"works", "unknown", "calm"} else verdict_role(group)
        sign = padded((sign_of(group, scene.signs),), 3)
        lines.append((*sign, ink(f"{stage.name:<9}"), ink(f"{elapsed:>8}  ", "muted"), ink(detail, role)))
        lines += [(Span(" " * 22), ink(part, role)) for part in more]
    return lines


def short_form(row: Row, scene: Scene, width: int) -> list[Line]:
    """URL, why and fix in one line each, from the short sentences; the verdict stands in the table above."""
    whole = scene.url(row.endpoint.url)
    url: Line = (linked(cut_url(whole, width, scene.signs.dots), "bold", whole),)
    check = row.check
    if check is None:
        return [url, *verdict_lines(row, scene, width)[:1]]
    finding = check.finding
    lines: list[Line] = [url]
    why, fix = finding.short_cause or finding.cause, finding.short_fix or finding.fix
    if not why:
        lines.append((ink(cut_end(ink(finding.headline).text, width, scene.signs.dots)),))
    shown = _fix_key(row, scene)[:1]
    for label, text in (("why", why), ("fix", fix)):
        if text:
            key: Line = (Span("  "), *shown) if label == "fix" and shown else BLANK
            words = cut_end(ink(text).text, width - INDENT - width_of(key), scene.signs.dots)
            lines.append((*padded((ink(label, "muted"),), INDENT), ink(words), *key))
    return lines
