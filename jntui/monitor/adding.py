"""URLs that the user keeps beside a server's endpoints: added, put right, forgotten."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model import Secret, Server
    from jntui.monitor.board import Board


class Adding(ABC):
    """Each raises ValueError with one clear line."""

    _board: Board
    _tokens: dict[str, Secret]

    def add_url(self, server_id: str, url: str) -> str:
        """Keeps a URL of the user's own beside the server's endpoints, and returns it as it is kept."""
        from jntui.network.urls import parse_custom_url

        server, port = self._with_port(server_id)
        kept, token = parse_custom_url(url, (server.base_url,))
        found = [row.endpoint for row in self._board.rows(server)]
        if any(one.url == kept and one.kind != "custom" for one in found):
            raise ValueError(f"{kept} is there already: it is one of the server's own endpoints")
        self._keep(server.id, port, kept, token)
        return kept

    def correct_url(self, server_id: str, url: str, instead: str) -> None:
        """Keeps another URL in an added one's place.

        A token that was typed with it goes along to the same host and port, and never from https to http.
        """
        from jntui.network.urls import parse_custom_url

        server, port = self._with_port(server_id)
        kept, _token = parse_custom_url(instead, (server.base_url,))
        token = self._tokens.get(url)
        (old, _, place), (new, _, other) = url.partition("://"), kept.partition("://")
        same = place.split("/")[0] == other.split("/")[0] and (old, new) != ("https", "http")
        self._keep(server.id, port, kept, token if same else None)
        self._forget(port, url)

    def remove_url(self, server_id: str, url: str) -> None:
        """Forgets such a URL."""
        self._forget(self._with_port(server_id)[1], url)

    def _with_port(self, server_id: str) -> tuple[Server, int]:
        server = self._board.server(server_id)
        if server is None or not server.port:
            raise ValueError("this server has no port that a URL could be kept for")
        return server, server.port

    def _keep(self, server_id: str, port: int, url: str, token: Secret | None) -> None:
        from jntui import preferences

        self._tokens.update({url: token} if token else {})
        try:
            preferences.add_url(port, url)
        except (preferences.PreferencesError, OSError) as error:
            raise ValueError(str(error)) from error
        self.soon()
        self.check(server_id, url)  # it may have been there before, without this token

    def _forget(self, port: int, url: str) -> None:
        from jntui import preferences

        try:
            preferences.remove_url(port, url)
        except (preferences.PreferencesError, OSError) as error:
            raise ValueError(str(error)) from error
        self.soon()

    @abstractmethod
    def check(self, server_id: str, url: str | None = None) -> None:
        """Asks for a check."""

    @abstractmethod
    def soon(self) -> None:
        """Has everything looked at again at once."""
