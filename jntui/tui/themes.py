"""jntui's two own themes: every text on every background of theirs has a contrast of at least 4.5 to 1."""

from __future__ import annotations

from dataclasses import replace

from textual.color import Color
from textual.theme import Theme

ALARM = "#b3261e"

DARK = Theme(
    name="jntui-dark",
    primary="#6cb6ff",
    secondary="#95a2b2",
    accent="#6cb6ff",
    success="#5fd38d",
    warning="#f0c050",
    error="#ff7b72",
    foreground="#d8dee6",
    background="#0e1319",
    surface="#0e1319",
    panel="#1a222c",
    dark=True,
    variables={
        "text": "#d8dee6",
        "text-muted": "#95a2b2",
        "text-success": "#5fd38d",
        "text-warning": "#f0c050",
        "text-error": "#ff7b72",
        "text-accent": "#6cb6ff",
        "border": "#6cb6ff",
        "border-blurred": "#5a6c80",
        "cursor-row": "#1c3449",
        "cursor-row-blurred": "#1a222c",
        "alarm": ALARM,
        "input-cursor-background": "#d8dee6",
        "input-cursor-foreground": "#0e1319",
        "input-selection-background": "#1c3449",
        "scrollbar": "#6b7d91",
        "scrollbar-hover": "#95a2b2",
        "scrollbar-active": "#6cb6ff",
        "scrollbar-background": "#0e1319",
    },
)

LIGHT = Theme(
    name="jntui-light",
    primary="#0a5fb4",
    secondary="#505c6a",
    accent="#0a5fb4",
    success="#0b6b3a",
    warning="#805300",
    error="#b3261e",
    foreground="#1b232d",
    background="#fbfbf8",
    surface="#fbfbf8",
    panel="#e9ecef",
    dark=False,
    variables={
        "text": "#1b232d",
        "text-muted": "#505c6a",
        "text-success": "#0b6b3a",
        "text-warning": "#805300",
        "text-error": "#b3261e",
        "text-accent": "#0a5fb4",
        "border": "#0a5fb4",
        "border-blurred": "#808a96",
        "cursor-row": "#cfe3f7",
        "cursor-row-blurred": "#e9ecef",
        "alarm": ALARM,
        "input-cursor-background": "#1b232d",
        "input-cursor-foreground": "#fbfbf8",
        "input-selection-background": "#cfe3f7",
        "scrollbar": "#6f7b88",
        "scrollbar-hover": "#505c6a",
        "scrollbar-active": "#0a5fb4",
        "scrollbar-background": "#fbfbf8",
    },
)

_FEW: dict[str, dict[str, str]] = {
    DARK.name: {
        "background": "#121212",
        "surface": "#121212",
        "panel": "#262626",
        "foreground": "#dadada",
        "text": "#dadada",
        "text-muted": "#a8a8a8",
        "border-blurred": "#767676",
        "cursor-row": "#00005f",
        "cursor-row-blurred": "#303030",
        "input-cursor-background": "#dadada",
        "input-cursor-foreground": "#121212",
        "input-selection-background": "#00005f",
        "scrollbar": "#8a8a8a",
        "scrollbar-hover": "#a8a8a8",
        "scrollbar-background": "#121212",
    },
    LIGHT.name: {
        "panel": "#e4e4e4",
        "success": "#005f00",
        "warning": "#5f5f00",
        "text-success": "#005f00",
        "text-warning": "#5f5f00",
        "cursor-row": "#d7d7ff",
        "cursor-row-blurred": "#e4e4e4",
        "input-selection-background": "#d7d7ff",
    },
}
"""What 256 colours would round to black, or to something on which no text can be read."""


def few(theme: Theme) -> Theme:
    """The same theme for a terminal of 256 colours, as tmux and screen are unless told otherwise."""
    instead = _FEW[theme.name]
    own = {name: color for name, color in instead.items() if hasattr(theme, name)}
    variables = {name: color for name, color in instead.items() if name in theme.variables}
    return replace(theme, **own, variables={**theme.variables, **variables})  # type: ignore[arg-type]


def defaults(theme: Theme) -> dict[str, str]:
    """jntui's own variables for a theme that does not know them."""
    row = theme.panel or theme.primary
    # Fainter than with focus: on a small screen nothing else says which of two tables has it.
    ground = Color.parse(theme.background or ("#121212" if theme.dark else "#e0e0e0"))
    blurred = row if theme.ansi else ground.blend(Color.parse(row), 0.5).hex
    return {
        "alarm": "ansi_red" if theme.ansi else ALARM,
        "cursor-row": row,
        "cursor-row-blurred": blurred,
    }
