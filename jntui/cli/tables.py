"""What the commands print for people: plain columns, no colour, no box; the same in a terminal and in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.cli.documents import reason
from jntui.model.words import SCOPE_WORDS
from jntui.text import cells, home_short, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.model import Check, Endpoint, Machine, Server, StartPlan, Survival, Verdict

_CATCH: frozenset[Verdict] = frozenset({"tls-untrusted", "page-only", "open"})


def columns(rows: Sequence[Sequence[str]], indent: str = "") -> str:
    """`rows` in aligned columns, two blanks between; the last one is not padded."""
    clean = [[visible(cell, 400) for cell in row] for row in rows]
    widths = [max(cells(row[i]) for row in clean) for i in range(len(clean[0]))] if clean else []
    lines = []
    for row in clean:
        padded = [cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=True)]
        lines.append((indent + "  ".join(padded)).rstrip())
    return "\n".join(lines)


def sign(check: Check) -> str:
    """The sign of a verdict."""
    signs = ("○", "✓", "!", "✗")
    if check.verdict == "not-listening":
        return signs[0]
    if check.verdict in _CATCH:
        return signs[2]
    return signs[1] if check.reachable else signs[3]


def servers_table(servers: Sequence[Server], machine: Machine, survivals: Mapping[str, Survival] | None = None) -> str:
    """`jntui list`; `survivals` by a server's id."""
    if not servers:
        return f"No Jupyter server runs on {visible(machine.hostname)}. `jntui start` starts one."
    rows = [["server", "state", "app", "authentication", "open to", "root directory", "id"]]
    notes = []
    for server in servers:
        root = home_short(server.root_dir or "", machine.home)
        exposure = SCOPE_WORDS[server.exposure] if server.exposure else "-"
        auth = server.auth or "-"
        label = server.label + (server.base_url if server.base_url != "/" else "")
        rows.append([label, server.state, server.app or "-", auth, exposure, root or "-", server.id])
        if server.state != "running":
            notes.append(f"{visible(server.label)} {server.state}: {visible(reason(server), 400)}")
        survival = (survivals or {}).get(server.id)
        if survival is not None and survival.outlives is False:
            notes.append(f"{visible(server.label)} {survival.mark}: {visible(survival.words, 300)}")
            notes.append(f"  {visible(survival.keep, 400)}")
    return "\n".join([columns(rows), *([""] if notes else []), *notes])


def urls_table(endpoints: Sequence[Endpoint], urls: Sequence[str]) -> str:
    """`jntui urls`."""
    rows = [["from", "URL", "listening", "interface", ""]]
    for endpoint, url in zip(endpoints, urls, strict=True):
        listening = {True: "yes", False: "no", None: "-"}[endpoint.covered]
        kind = "" if endpoint.kind == "direct" else f"({endpoint.kind}) "
        ssh = "your ssh arrived here" if endpoint.your_ssh else ""
        note = f"{kind}{endpoint.note}{ssh}"
        rows.append([SCOPE_WORDS[endpoint.scope], url, listening, endpoint.interface or "-", note])
    return columns(rows)


def checks_table(checks: Sequence[Check], vantage: str = "this machine") -> str:
    """`jntui check`: the rows, then each distinct reason once; `vantage` is where it was checked from."""
    rows = []
    for check in checks:
        took = f"{check.elapsed_ms:.0f} ms" if check.elapsed_ms is not None else ""
        # What only that very host can open: its own loopback.
        scope = vantage if check.endpoint.scope == "this-machine" else SCOPE_WORDS[check.endpoint.scope]
        rows.append([sign(check), scope, check.endpoint.url, check.verdict, took])
    lines = [columns(rows)] if rows else ["nothing to check"]
    said: set[tuple[str, str]] = set()
    for check in checks:
        finding = check.finding
        if check.verdict in {"ok", "login"} or (finding.cause, finding.fix) in said:
            continue
        said.add((finding.cause, finding.fix))
        lines.append("")
        lines.append(f"{sign(check)} {visible(check.endpoint.url, 400)}  {check.verdict}  {finding.headline}")
        for label, words in (("why", finding.cause), ("seen", finding.evidence), ("fix", finding.fix)):
            if words:
                lines.append(f"  {label:<4}  {visible(words, 800)}")
    lines += _notes(checks)
    reachable = sum(1 for check in checks if check.reachable)
    return "\n".join([*lines, "", f"{reachable} of {len(checks)} reachable from {vantage}"])


def _notes(checks: Sequence[Check]) -> list[str]:
    """What else a user of the endpoints should know: each distinct sentence once, with whom it is about."""
    about: dict[str, list[str]] = {}
    for check in checks:
        for note in check.finding.notes:
            about.setdefault(note, []).append(visible(check.endpoint.url, 400))
    lines = []
    for note, urls in about.items():
        more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
        lines += ["", f"note  {urls[0]}{more}", f"      {visible(note, 800)}"]
    return lines


def plan_table(plan: StartPlan) -> str:
    """What a start runs."""
    rows = [
        ["application", plan.app],
        ["python", f"{plan.python} ({plan.chosen})"],
        ["root directory", plan.root_dir],
        ["port", str(plan.port)],
        ["log", plan.log],
        ["command", " ".join(plan.command)],
    ]
    return columns(rows)
