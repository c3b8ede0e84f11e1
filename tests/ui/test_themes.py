"""Every text of the two own themes can be read on every background of theirs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from jntui.tui.themes import ALARM, DARK, LIGHT, defaults, few

TEXTS = ("text", "text-muted", "text-success", "text-warning", "text-error", "text-accent")


def luminance(color: Color) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [value / 255 for value in color.rgb]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: Color, second: Color) -> float:
    """WCAG 2.1, contrast ratio."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("text", TEXTS)
def test_contrast(theme, text: str) -> None:
    background = Color.parse(theme.background)
    grounds = [
        background,
        Color.parse(theme.variables["cursor-row"]),
        Color.parse(theme.variables["cursor-row-blurred"]),
    ]
    tints = (theme.success, theme.warning, theme.error, theme.secondary)
    grounds += [background.blend(Color.parse(tint), 0.18) for tint in tints]
    color = Color.parse(theme.variables[text])
    for ground in grounds:
        assert contrast(color, ground) >= 4.5, (text, ground.hex)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_frames_and_bars_can_be_seen(theme) -> None:
    """WCAG 2.1, 1.4.11: what is drawn needs 3 to 1."""
    background = Color.parse(theme.background)
    for name in ("border", "border-blurred", "scrollbar", "scrollbar-hover", "scrollbar-active"):
        assert contrast(Color.parse(theme.variables[name]), background) >= 3, name


def in_256(color: str) -> Color:
    """What a terminal of 256 colours is sent."""
    return Color(*Color.parse(color).rich_color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())


@pytest.mark.parametrize("theme", [few(DARK), few(LIGHT)], ids=["dark", "light"])
def test_256_colours_can_be_read_and_told_apart(theme) -> None:
    names = ("background", "panel", "cursor-row", "cursor-row-blurred", "input-selection-background")
    grounds = {name: in_256(theme.variables.get(name) or getattr(theme, name)) for name in names}
    faint = [
        (text, name)
        for text in TEXTS
        for name, ground in grounds.items()
        if contrast(in_256(theme.variables[text]), ground) < 4.5
    ]
    assert not faint
    for name in ("border", "border-blurred", "scrollbar", "scrollbar-hover", "scrollbar-active"):
        assert contrast(in_256(theme.variables[name]), grounds["background"]) >= 3, name
    assert grounds["background"] not in {grounds[name] for name in names[1:]}
    assert grounds["cursor-row"] != grounds["cursor-row-blurred"]
    assert contrast(Color(255, 255, 255), in_256(theme.variables["alarm"])) >= 4.5
    assert contrast(grounds["background"], in_256(theme.variables["text-accent"])) >= 4.5


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi])
def test_with_a_theme_of_textual_the_focus_can_be_told_too(name: str) -> None:
    own = defaults(BUILTIN_THEMES[name])
    assert own["cursor-row"] != own["cursor-row-blurred"]


def test_contrast_of_the_alarm() -> None:
    assert contrast(Color(255, 255, 255), Color.parse(ALARM)) >= 4.5


def test_the_screen_starts_without_what_it_does_not_need() -> None:
    code = (
        "import sys, jntui.tui.app, jntui.tui.screen;"
        "bad = [n for n in ('requests', 'urllib3', 'qrcode', 'psutil', 'ifaddr', 'jupyter_server', 'notebook',"
        " 'textual.widgets._data_table', 'textual.widgets._header', 'textual.widgets._footer',"
        " 'jntui.tui.dialogs.start', 'jntui.tui.dialogs.help', 'jntui.tui.dialogs.sheet', 'jntui.tui.ending',"
        " 'jntui.tui.looking_up', 'jntui.model.setting', 'jntui.model.stop') if n in sys.modules];"
        "sys.exit(str(bad) if bad else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 0, result.stderr
