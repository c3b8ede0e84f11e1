"""The state of one probe while it runs; it is told nothing but facts."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.model import STAGES, Failure, Stage
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.model import AuthOutcome, Certificate, Endpoint, Reply, Secret, Server, StageName, WebSocket
    from jntui.network.place import Place
    from jntui.transport import Deadline, Transport, TransportError


@dataclass(slots=True)
class Attempt:
    """What was found so far."""

    endpoint: Endpoint
    server: Server | None
    transport: Transport
    deadline: Deadline
    token: Secret | None
    token_in_url: bool
    own_certificate: bytes = field(default=b"", repr=False)
    own_addresses: frozenset[str] = frozenset()
    began: float = field(default_factory=time.perf_counter)
    place: Place | None = None
    stages: list[Stage] = field(default_factory=list)
    failure: Failure | None = None
    certificate: Certificate | None = None
    reply: Reply | None = None
    other_scheme_works: bool | None = None
    local_host_works: bool | None = None
    auth: AuthOutcome | None = None
    identity: bool | None = None
    peer: str | None = None
    token_sent: bool = False
    websocket: WebSocket | None = None
    gateway: bool = False
    """It behaves as a Kernel Gateway: neither `login` nor `api/status`, nor a WebSocket without a kernel."""
    cookie: str = field(default="", repr=False)
    """The user's cookie that this server set in this probe: for its WebSocket, and for nobody else."""

    @property
    def at_home(self) -> bool:
        """The connection went to an address of this machine."""
        if self.peer is None:
            return False
        bare = ipaddress.ip_address(self.peer.split("%", 1)[0])
        return bare.is_loopback or str(bare) in self.own_addresses

    @property
    def verified(self) -> bool:
        """Nobody stands in between: plain HTTP, a trusted certificate, or the server's own file byte for byte.

        Plain HTTP counts because nothing is claimed there: whoever reads it reads the browser's token as well.
        """
        return self.certificate is None or self.certificate.trusted or self.certificate.own_file

    def stage(self, name: StageName, ok: bool | None, detail: str, elapsed_ms: float | None = None) -> None:
        """One stage as it went; a later word on the same stage replaces the earlier one."""
        self.stages = [stage for stage in self.stages if stage.name != name]
        self.stages.append(Stage(name, ok, elapsed_ms, visible(detail, 300)))

    def fail(self, error: TransportError) -> None:
        """The exchange failed: what had gone well before it, and what failed."""
        self.stages.extend(error.stages)
        detail = visible(str(error), 300)
        spent_ms = sum(stage.elapsed_ms or 0.0 for stage in self.stages)
        took_ms = max(0.0, (time.perf_counter() - self.began) * 1000 - spent_ms)
        self.stages.append(Stage(error.stage, False, round(took_ms, 1), detail))
        self.failure = Failure(error.stage, error.kind, detail)
        self.peer = error.peer or self.peer

    def refuse(self, failure: Failure) -> None:
        """Nothing was tried, and why."""
        self.stages.append(Stage(failure.stage, False, None, failure.detail))
        self.failure = failure

    def complete(self) -> tuple[Stage, ...]:
        """All seven stages in their order; those that were not reached say so."""
        by_name = {stage.name: stage for stage in self.stages}
        return tuple(by_name.get(name) or Stage(name, None, None, "not reached") for name in STAGES)
