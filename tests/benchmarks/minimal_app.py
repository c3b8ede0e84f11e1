"""The least a Textual program with header, table and footer costs: what jntui is measured against."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Footer, Header

ROWS = 20


class MinimalApp(App[None]):
    """Header, table, footer; `q` quits."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Header()
        yield DataTable(cursor_type="row", zebra_stripes=True)
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("server", "URL", "state")
        for row in range(ROWS):
            table.add_row(f"server {row}", f"http://127.0.0.1:{8888 + row}/", "running")


if __name__ == "__main__":
    MinimalApp().run()
