"""What a screen that is closed has painted, which Textual would keep.

`StylesCache.get_inner_outer` has a cache of 1,024 calls, and each holds the object that was called with all lines that
its widget ever drew: some two hundred dialogs, which is 60 MiB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widget import Widget

if TYPE_CHECKING:
    from textual.screen import Screen


def let_go(screen: Screen[Any]) -> None:
    """Forgets its lines; a screen that is shown again draws them again."""
    for widget in screen.walk_children(Widget, with_self=True):
        widget._styles_cache.clear()
