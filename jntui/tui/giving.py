"""Carries what gives a server to others to the source, and its outcome back to the screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.tui.background import run_aside, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import Connect, Share
    from jntui.tui.app import JntuiApp
    from jntui.tui.closing import Closing
    from jntui.tui.dialogs.clients import ClientsDialog
    from jntui.tui.dialogs.qr import Left, QrDialog
    from jntui.tui.scene import Scene


class Giving:
    """The dialogs of one screen."""

    def __init__(self, app: JntuiApp) -> None:
        self.app = app
        self._code: QrDialog | None = None
        self._clients: ClientsDialog | None = None

    def do(self, action_id: str) -> None:
        """Carries out one action; its `why_not` was asked before."""
        table: dict[str, Callable[[], None]] = {
            "qr": self.qr,
            "access": self.access,
            "connect": self.connect,
            "browse": self.browse,
            "clients": self.clients,
            "close-all": lambda: self._closing(lambda closing: closing.close_all()),
            "log-out": lambda: self._closing(lambda closing: closing.log_out()),
            "certificate": lambda: self._closing(lambda closing: closing.certificate()),
        }
        table[action_id]()

    def follow(self) -> None:
        """A newer picture came: an open code may be of an address that is gone."""
        scene = self.app.main.scene()
        for dialog in (self._code, self._clients):
            if dialog is not None and dialog.is_attached and scene is not None:
                dialog.follow(self._of(scene, dialog.scene.selection.server))

    def _of(self, scene: Scene, server_id: str | None) -> Scene:
        """The newer picture with the server that the dialog is about."""
        return replace(scene, selection=replace(scene.selection, server=server_id))

    def clients(self) -> None:
        """`W`."""
        from jntui.tui.dialogs.clients import ClientsDialog

        scene = self.app.main.scene()
        if scene is not None:
            self._clients = ClientsDialog(scene)
            self.app.push_screen(self._clients)

    def _closing(self, do: Callable[[Closing], None]) -> None:
        from jntui.tui.closing import Closing

        scene = self.app.main.scene()
        if scene is not None:
            do(Closing(self.app, scene))

    def connect(self) -> None:
        """`C`: of the selected endpoint."""
        from jntui.tui.dialogs.connect import ConnectDialog

        scene = self.app.main.scene()
        if scene is None or scene.view is None or scene.row is None:
            return
        server_id, url = scene.view.server.id, scene.row.endpoint.url
        source = self.app.source
        has_token = source.url_with_token(server_id, url) != url

        def strings(tokens: bool) -> tuple[Connect, ...]:
            return source.connections(server_id, url, tokens=tokens)

        self.app.push_screen(ConnectDialog(scene, strings, has_token))

    def browse(self) -> None:
        """`o`: on this machine's own screen."""
        from jntui.tui.browser import open_at, place_of

        scene = self.app.main.scene()
        if scene is None or scene.view is None or scene.row is None:
            return
        place = place_of(scene.view.server, scene.row.endpoint.url)

        def done(_nothing: None) -> None:
            self.app.say(f"the browser was asked to open {place}")

        def failed(error: Exception) -> None:
            self.app.say(f"o: {words_of(error)}", alarm=True)

        run_aside(self.app, "browser", lambda: open_at(place), done, failed)

    def access(self) -> None:
        """`a`."""
        from jntui.tui.opening import Opening

        scene = self.app.main.scene()
        if scene is not None and scene.view is not None:
            Opening(self.app, scene, scene.view.server.id, self.qr).open()

    def qr(self, server_id: str | None = None) -> None:
        """`r`; of this server, which may have come up a moment ago and be in no picture yet."""
        from jntui.model import Share
        from jntui.tui.dialogs.qr import QrDialog

        scene = self.app.main.scene()
        server_id = server_id or (scene.selection.server if scene is not None else None)
        if scene is None or server_id is None:
            return
        scene = self._of(scene, server_id)
        latest = object()

        def ask(dialog: QrDialog, url: str | None, token: bool) -> None:
            nonlocal latest
            mine = latest = object()

            def done(share: Share) -> None:
                if mine is latest:
                    dialog.shared(share)

            def failed(error: Exception) -> None:
                done(Share(None, why_not=words_of(error)))

            run_aside(self.app, "share", lambda: self.app.source.share(server_id, url, token=token), done, failed)

        def left(wish: Left | None) -> None:
            self._code = None
            if wish is not None:
                self.app.perform(wish)

        self._code = QrDialog(scene, ask)
        self.app.push_screen(self._code, left)
