"""From where a server may be reached, and how that is changed: what is asked for, what would be done, what was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from jntui.model.change import Changed, ChangePlan
    from jntui.model.endpoint import Endpoint
    from jntui.model.finding import Check
    from jntui.model.server import Secret, Server
    from jntui.model.stop import Restarted, RestartPlan

AccessReach = Literal["lan", "local", "address"]
"""`lan`: every address of this machine, `local`: this machine only, `address`: one address and no other."""


@dataclass(frozen=True, slots=True)
class AccessWish:
    """What a user asks for."""

    reach: AccessReach
    address: str | None = None
    """With `address`: one of this machine's."""
    password: Secret | None = field(default=None, repr=False)
    """A new login password, set with it."""
    without_authentication: bool = False
    """The user typed that nothing is to guard it."""
    tls: bool = False
    """TLS with a certificate of jntui's own for all names and addresses of this machine, made or renewed if need be."""
    certfile: str | None = None
    """With `keyfile`: TLS with this pair, absolute paths; it is checked before it is set."""
    keyfile: str | None = None


@dataclass(frozen=True, slots=True)
class SettingStep:
    """One setting before and after, in a line each; of a secret only its kind."""

    name: str
    before: str
    after: str


_SAID_ANYWAY = (
    "with it ServerApp.allow_remote_access: ",
    "Jupyter will warn: The Jupyter server is listening on all IP ",
)
"""A plan that opens a server says in its own words which Host names are taken, and that TLS is missing."""


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """What would be done, before it is."""

    wish: AccessWish
    server: str
    label: str
    before: tuple[str, ...]
    """What is bound now: `127.0.0.1:8888`."""
    after: tuple[str, ...]
    """What will be."""
    guard: str
    """What asks for a login afterwards: `password`, `token`, `token+password`, `hub`, `none`."""
    endpoints: tuple[Endpoint, ...] = ()
    """Where it could answer afterwards: those that a listener would take have `covered`."""
    settings: tuple[SettingStep, ...] = ()
    change: ChangePlan | None = None
    """The files, with their diff; None where no file changes."""
    restart: RestartPlan | None = None
    """None where nothing has to start again; the running kernels are in its `stop`."""
    words: tuple[str, ...] = ()
    """What changes on the command line of the server, in words."""
    exact: bool = False
    """With `local`: the files become, byte for byte, what they were before jntui opened it."""
    firewall: tuple[str, ...] = ()
    """Commands that let others in through this machine's firewall, to type; empty where it does, or nobody knows."""
    firewall_words: str = ""
    """What is known of the firewall, in one sentence; empty where nothing is."""
    notes: tuple[str, ...] = ()
    """What the user must know before, one sentence each."""
    renews: bool = False
    """jntui's own certificate is made, or made anew; that alone needs no restart."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """All that the user must know before, each once; of what Jupyter's loader says, what is not said anyway."""
        told = self.change.notes if self.change is not None else ()
        news = (note for note in told if not note.startswith(_SAID_ANYWAY) and not self._is_step(note))
        return tuple(dict.fromkeys((*self.words, *self.notes, *news)))

    def _is_step(self, note: str) -> bool:
        """What the loader says of a setting that is one of `settings`, or that TLS brings with it."""
        names = {one.name for one in self.settings}
        names |= {"ssl_options"} if "certfile" in names else set()
        head, _, rest = note.partition("with it ")
        return not head and rest.partition(":")[0].rpartition(".")[2] in names

    @property
    def nothing(self) -> bool:
        """It is so already."""
        return self.restart is None and self.change is None and not self.renews


@dataclass(frozen=True, slots=True)
class AccessDone:
    """What was done, and the check after it."""

    plan: AccessPlan
    server: Server
    """The server as it runs now."""
    changed: Changed | None
    restarted: Restarted | None
    checks: tuple[Check, ...] = ()
    """Each endpoint that a listener takes, from near to far."""

    @property
    def works(self) -> bool:
        """Opened: every address beyond this machine that a listener takes works from here; closed: no other is taken.

        Names count for nothing: where they lead is not this machine's to say.
        """
        if self.plan.wish.reach == "local":
            return self.server.exposure == "this-machine" and any(check.reachable for check in self.checks)
        wide = [check for check in self.checks if check.endpoint.scope != "this-machine" and _is_literal(check)]
        return bool(wide) and all(check.reachable for check in wide)


def _is_literal(check: Check) -> bool:
    host = check.endpoint.address or ""
    return ":" in host or host.replace(".", "").isdecimal()


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A config file that jntui changed to open a server."""

    path: str
    before: str
    """Fingerprint of its bytes before; `none`: it was not there."""
    after: str
    """Fingerprint of its bytes since."""
    backup: str | None
    """Where the bytes before are; None: to be looked for, as it was not written yet when this was remembered."""
    between: tuple[str, ...] = ()
    """Fingerprints of what jntui made of it on the way from the one to the other, in several openings."""


@dataclass(frozen=True, slots=True)
class KeptSetting:
    """One setting that was changed with it, to be changed back where the file was edited meanwhile."""

    name: str
    before: str | None
    """As its command line has it; None: no file set it. Never a secret."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What jntui opened and did not close again."""

    server: str
    """The id of the server that came up with it."""
    port: int
    pid: int
    create_time: float
    """Start of that process, seconds since 1970."""
    label: str
    reach: str
    """In words: `every address`, `192.168.2.169`."""
    at: datetime
    """UTC."""
    files: tuple[KeptFile, ...] = ()
    settings: tuple[KeptSetting, ...] = ()
    dropped: tuple[str, ...] = ()
    """Words of the command line that were taken away, none of them a secret."""
    added: tuple[str, ...] = ()
    """Words that jntui started it with instead: it has no file to put back."""
    password: bool = False
    """A password was set with it."""
    before: tuple[str, ...] = ()
    """What was bound before: `127.0.0.1:8888`."""
    guard: str = ""
    """What asked for a login before, as in `AccessPlan.guard`; empty where that is not known."""
    pending: bool = False
    """It was not seen to its end: the process named here is the old one, which has nothing of it."""


@dataclass(frozen=True, slots=True)
class ClosedGone:
    """What was closed of a server that does not run any more."""

    plan: AccessPlan
    changed: Changed | None = None
    """None: there was nothing to write."""


class AccessRefused(Exception):
    """Nothing was changed: one clear line (what, where, what to do)."""

    def __init__(self, message: str, *, needs_guard: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.needs_guard = needs_guard
        """A password, or the word that none is wanted, is what is missing."""


class AccessFailed(Exception):
    """It was tried and did not come about; `message` says what is as before and what is not."""

    def __init__(self, message: str, *, log: str | None = None, tail: tuple[str, ...] = (), runs: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.log = log
        self.tail = tail
        self.runs = runs
        """The server runs, as before."""
