"""A Jupyter server, and the secret that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from jntui.model.sockets import Listener
    from jntui.model.words import Auth, Scope, State


class Secret:
    """A token or password that no repr, log or traceback can show; `reveal` is the only way to its text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for a header or for a URL that the user asked for."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)


@dataclass(frozen=True, slots=True)
class RedirectFile:
    """The `*-open.html` beside an info file, which sends a browser on this machine to the server."""

    path: str
    mode: int
    """Permission bits, as in `stat.S_IMODE`."""
    world_readable: bool
    """Any local user can open it: the file and every directory that leads to it let them."""
    target: str
    """The URL it leads to, without its query (which holds the token); empty if it has none."""
    has_token: bool


@dataclass(frozen=True, slots=True)
class Server:
    """A Jupyter server process, or what its info file claims of one."""

    id: str
    """The info file's stem, else `pid-4242`, else `port-8888`."""
    state: State
    reason: str = ""
    """Why it is in this state, in words; empty only for `running`."""
    pid: int | None = None
    port: int | None = None
    app: str | None = None
    """`JupyterLab`, `Notebook`, `Jupyter Server`, `Kernel Gateway`, `JupyterHub`, or None where nothing tells."""
    version: str | None = None
    """The version of the server that `api` named (jupyter_server's, for Notebook 6 the notebook's)."""
    python: str | None = None
    """The interpreter that runs it, as its command line names it."""
    root_dir: str | None = None
    base_url: str = "/"
    scheme: Literal["http", "https"] = "http"
    auth: Auth | None = None
    exposure: Scope | None = None
    """The widest scope that its listeners allow on this machine's interfaces."""
    listeners: tuple[Listener, ...] = ()
    started: datetime | None = None
    """Start of the process, UTC (psutil's create_time)."""
    last_activity: datetime | None = None
    """As `api/status` says, UTC."""
    kernels: int | None = None
    clients: int | None = None
    """Distinct remote peers with an established connection to its port."""
    peers: tuple[str, ...] = ()
    """Their addresses, this machine's own left out."""
    info_file: str | None = None
    user: str | None = None
    managed: bool = False
    """Started by jntui."""
    token: Secret | None = None
    log: str | None = None
    """The log file, where jntui started it."""
    asked: bool = True
    """False until the server's own answer is in: the state is then that of its files and sockets alone."""
    bind: str | None = None
    """The `ip` the command line names, if it does."""
    api_started: str | None = None
    """`started` as the server's own `api/status` spells it: the one fact that tells two servers apart."""
    redirect_file: RedirectFile | None = None

    @property
    def label(self) -> str:
        """How a screen or a sentence names it: `:8888`, else its socket, else its id."""
        if self.port:
            return f":{self.port}"
        for listener in self.listeners:
            if listener.path:
                return listener.path.rsplit("/", 1)[-1]
        return self.id
