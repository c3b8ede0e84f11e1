"""The diagnosis that is pasted into an issue: read, and copied as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.dialogs.reading import ReadingDialog

if TYPE_CHECKING:
    from jntui.tui.dialogs.reading import Words
    from jntui.tui.scene import Scene


class ReportDialog(ReadingDialog):
    """From its beginning; `c` takes all of it."""

    WRAPPED = True

    def __init__(self, scene: Scene) -> None:
        super().__init__("Report, without names and secrets", scene)
        self._text = ""
        self.waiting = "checking every endpoint, reading every setting"

    def found(self, text: str) -> None:
        """It is written."""
        if self.is_attached:
            self._text = text
            self.came()

    def came(self) -> None:
        """The beginning stays in view."""
        self.rewrite()

    def texts(self) -> list[Words]:
        """Its lines."""
        return (
            [(line, "bold" if line.startswith("#") else "plain") for line in self._text.split("\n")]
            if self._text
            else []
        )
