"""How the screen is divided at each size: numbers only, so that they can be tested without a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["large", "panes", "tabs", "small"]
"""`large` and `panes` show everything at once, `tabs` one pane at a time, `small` a server as one line."""

LEAST_FINDING = 4
"""Lines that the finding keeps when the table above must scroll: URL, why, fix, one spare."""

MOST_SERVERS = 6
"""Rows that Servers grows to before it scrolls."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the terminal and what follows from it."""

    columns: int
    rows: int

    @property
    def form(self) -> Form:
        """Both conditions of a form must hold."""
        if self.columns >= 140 and self.rows >= 45:
            return "large"
        if self.columns >= 116 and self.rows >= 36:
            return "panes"
        if self.columns >= 72 and self.rows >= 22:
            return "tabs"
        return "small"

    @property
    def bordered(self) -> bool:
        """Panes have borders and stand beside one another."""
        return self.form in {"large", "panes"}


@dataclass(frozen=True, slots=True)
class Heights:
    """Lines of each region, borders included; 0 is hidden."""

    servers: int
    answer: int
    tabs: int
    endpoints: int
    lower: int
    """Check and Config beside it, or the pane of the chosen tab."""


def heights(shape: Shape, servers: int, endpoints: int) -> Heights:
    """The lines of each region for this many servers and endpoints (rows, without headers)."""
    body = max(0, shape.rows - 2)
    if shape.bordered:
        top = min(max(servers, 1), MOST_SERVERS) + 4
        left = body - top - 2
        table = max(6, min(endpoints + 3, left - _least_lower(left)))
        return Heights(top, 2, 0, table, left - table)
    small = shape.form == "small"
    most = MOST_SERVERS if shape.rows >= 28 else 4
    top = 1 if small else min(max(servers, 1), most) + 1
    left = max(0, body - top - 2)
    table = max(0, min(endpoints + (0 if small else 1), left - LEAST_FINDING - 1))
    return Heights(top, 1, 1, table, left - table)


def _least_lower(left: int) -> int:
    """What Check keeps in a bordered layout: 11 lines inside its border where the screen is tall enough."""
    return 13 if left >= 24 else max(LEAST_FINDING + 2, left // 2)
