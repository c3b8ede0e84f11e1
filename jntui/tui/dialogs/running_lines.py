"""The words of what runs in a server: rows, what is known of one of them, questions before something is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.model import Kernel
from jntui.text import visible
from jntui.tui.cutting import cut_end
from jntui.tui.dialogs.sheet import hanging
from jntui.tui.ink import BLANK, ink
from jntui.tui.lines import Column, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import KernelVerb, Running, Terminal
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

INDENT = 10
"""Cells of the labels."""


def columns_for(width: int) -> list[Column]:
    """Name, state and who is connected always; the machine's share where there is room, else it stands below."""
    first = [Column("name", "kernel"), Column("state", "state", 8), Column("since", "activity", 8)]
    if width >= 85:
        first.insert(1, Column("spec", "kernel spec", 13))
    connections = Column("open", "connections", 11, "right")
    if width < 66:
        return [*first, connections]
    return [*first, connections, Column("memory", "memory", 9, "right"), Column("cpu", "CPU", 6, "right")]


def records_of(
    things: Mapping[str, Kernel | Terminal], columns: list[Column], widths: Mapping[str, int], scene: Scene
) -> list[Record]:
    """A row each."""
    records = []
    for key, one in things.items():
        texts = _kernel_cells(one, widths["name"]) if isinstance(one, Kernel) else _terminal_cells(one)
        texts["since"] = (scene.clock(one.last_activity), "muted")
        cells = tuple(
            (ink(cut_end(visible(text), widths[column.name], scene.signs.dots), role),)
            for column in columns
            for text, role in [texts.get(column.name, ("", "muted"))]
        )
        records.append(Record(key, cells))
    return records


def _kernel_cells(one: Kernel, room: int) -> dict[str, tuple[str, Role]]:
    busy = one.state == "busy"
    state: Role = "catch" if busy else "broken-bold" if one.state == "dead" else "plain"
    several = one.connections is not None and one.connections > 1
    return {
        "name": (one.path if 0 < len(one.path) <= room else one.label, "bold"),
        "spec": (one.spec, "muted"),
        "state": (one.state or "unknown", state),
        "open": ("?" if one.connections is None else str(one.connections), "catch" if several else "plain"),
        "memory": (memory(one), "plain"),
        "cpu": (processor(one), "catch" if busy else "plain"),
    }


def _terminal_cells(one: Terminal) -> dict[str, tuple[str, Role]]:
    return {"name": (f"terminal {one.name}", "bold"), "state": ("terminal", "muted")}


def memory(one: Kernel) -> str:
    """In steps, as a figure that flickers says nothing new."""
    if one.rss_bytes is None:
        return ""
    mib = one.rss_bytes / 2**20
    return f"{mib / 1024:.1f} GiB" if mib >= 1024 else f"{max(10, round(mib, -1)):.0f} MiB"


def processor(one: Kernel) -> str:
    """Of one core, in steps of ten."""
    return "" if one.cpu_percent is None else f"{round(one.cpu_percent, -1):.0f} %"


def detail_of(one: Kernel | Terminal | None, running: Running, scene: Scene, width: int) -> list[Line]:
    """What is known of the chosen one, then of all."""
    if one is None:
        lines = hanging("", "no kernel and no terminal runs in it", width, 0)
    elif isinstance(one, Kernel):
        lines = _kernel_lines(one, scene, width)
    else:
        lines = hanging(
            "terminal", f"{one.name}, last used {scene.clock(one.last_activity) or 'unknown'}", width, INDENT
        )
        lines += hanging("", "a restart or an interrupt is typed into it; s ends it", width, INDENT, "muted")
    together = hanging("together", running.collaboration_words, width, INDENT, "muted")
    roomy = scene.shape.rows >= 30
    return [BLANK, *lines, BLANK, *together] if roomy else [*lines, *together]


def _kernel_lines(one: Kernel, scene: Scene, width: int) -> list[Line]:
    shared = one.sessions - 1
    more = f", and {shared} more session{'s' if shared > 1 else ''}" if shared > 0 else ""
    lines = hanging("kernel", f"{one.path or 'no session has it'}{more}", width, INDENT, "bold")
    # The server notes every message of a kernel: of one that computes and prints, that is no beginning.
    word = " since" if one.state == "idle" else ", last activity"
    since = f"{word} {scene.clock(one.last_activity)}" if one.last_activity else ""
    lines += hanging("state", f"{one.state or 'unknown'}{since}, {one.spec or 'unknown kernel spec'}", width, INDENT)
    lines += hanging("process", _process(one), width, INDENT, "plain" if one.pid else "muted")
    lines += hanging("open", connected(one.connections, scene.keys.shown("clients")), width, INDENT)
    return [*lines, *hanging("id", one.id, width, INDENT, "muted")[:1]]


def _process(one: Kernel) -> str:
    if one.pid is None:
        return "cannot be seen from here: it runs elsewhere, or as somebody else"
    parts = [f"pid {one.pid}", memory(one), f"CPU {processor(one)} of one core" if processor(one) else ""]
    minutes = int((one.cpu_s or 0) // 60)
    parts.append(f"{minutes} min of processor time" if minutes else "")
    return ", ".join(part for part in parts if part)


def connected(count: int | None, clients_key: str) -> str:
    """Who is seen of it: a browser tab has a WebSocket of its own; `clients_key` opens the list of clients."""
    if count is None:
        return "this server does not say who is connected"
    if count == 0:
        return "no tab shows it: nobody sees what it prints"
    if count == 1:
        return "1 connection: one tab shows it"
    return f"{count} connections: {count} tabs show it, of one person or of several; {clients_key} names their machines"


def name_of(one: Kernel | Terminal) -> str:
    """What a person knows it by."""
    return one.label if isinstance(one, Kernel) else f"terminal {one.name}"


VERBS: Mapping[KernelVerb, str] = {"interrupt": "Interrupt", "restart": "Restart", "shutdown": "Shut down"}
DONE: Mapping[KernelVerb, str] = {
    "interrupt": "was told to stop what it computes",
    "restart": "was restarted",
    "shutdown": "was shut down",
}


def question(one: Kernel | Terminal, verb: KernelVerb) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What it is about, and what follows from a yes."""
    if not isinstance(one, Kernel):
        return (name_of(one),), ("What runs in it ends. Files are not touched.",)
    words = [one.spec, one.state, f"pid {one.pid}" if one.pid else ""]
    about = f"{one.path or one.label} ({', '.join(word for word in words if word)})"
    busy = one.state == "busy"
    notes = {
        "interrupt": ["What it computes now ends with KeyboardInterrupt. Its variables stay."],
        "restart": [
            f"Its variables are lost{', and what it computes now' if busy else ''}. Notebooks are not touched."
        ],
        "shutdown": [f"It ends{', and what it computes now is lost' if busy else ''}. Notebooks are not touched."],
    }[verb]
    if one.connections:
        tabs = "1 tab shows" if one.connections == 1 else f"{one.connections} tabs show"
        notes.append(f"{tabs} it: whoever sits there sees that.")
    if one.sessions > 1:
        notes.append(f"{one.sessions} sessions share it.")
    return (about,), tuple(notes)
