"""Kinds of servers that a stop must end: each a real Jupyter with what makes stopping it hard."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.certificates import make_certificate
from tests.live.servers import Jupyter, start_jupyter

NOTEBOOK6 = os.environ.get("JNTUI_NOTEBOOK6", "")
"""A Python that has Notebook 6, which does not install beside Notebook 7 and not on every Python."""
WITHOUT_NOTEBOOK6 = "Notebook 6 is not tried: JNTUI_NOTEBOOK6 names no Python that has it"
PASSWORD = "made-up"
HASH = "sha1:0123456789ab:" + hashlib.sha1(f"{PASSWORD}0123456789ab".encode()).hexdigest()


@dataclass(frozen=True)
class Kind:
    """One kind: how it is started, and the rung that ends it."""

    name: str
    rung: str
    options: tuple[str, ...] = ()
    app: str = "server"
    python: str = ""
    env: dict[str, str] = field(default_factory=dict)
    sock: str = ""
    tls: bool = False
    reaped: bool = True
    """False: its parent never asks how it ended."""

    @contextlib.contextmanager
    def running(self, folder: Path) -> Iterator[Jupyter]:
        """The server in a HOME of its own below the folder, answering."""
        home = folder / "home"
        home.mkdir(parents=True)
        options = self.options
        if self.tls:
            files = make_certificate(folder, "self-signed")
            options += (f"--certfile={files.certificate}", f"--keyfile={files.key}")
        named = {"python": self.python} if self.python else {}
        with start_jupyter(self.app, *options, home=home, env=self.env, sock=self.sock, **named) as server:
            if self.reaped:
                threading.Thread(target=server.process.wait, daemon=True).start()
            yield server


def _own_name() -> str:
    """This machine's name if it leads to an address of it, else one that always does."""
    name = socket.gethostname()
    try:
        socket.create_server((name, 0)).close()
    except OSError:
        return "localhost"
    return name


def _kinds() -> tuple[Kind, ...]:
    password = f"--PasswordIdentityProvider.hashed_password={HASH}"
    found = [
        Kind("token", "api"),
        Kind("password", "SIGTERM", (password,)),
        Kind("both", "api", (password, "--IdentityProvider.token=made-up-token")),
        Kind("none", "api", ("--IdentityProvider.token=",)),
        Kind("none, Lab", "api", ("--IdentityProvider.token=",), "lab"),
        Kind("none, Notebook", "api", ("--IdentityProvider.token=",), "notebook"),
        Kind("ip ::", "api", ("--ip=::",)),
        Kind("ip name", "api", (f"--ip={_own_name()}",)),
        Kind("base_url", "api", ("--ServerApp.base_url=/lab/ada",)),
        Kind("socket", "api", sock="j.sock"),
        Kind("TLS", "api", tls=True),
        Kind("TLS, none", "api", ("--IdentityProvider.token=",), tls=True),
        Kind("zombie", "api", reaped=False),
        Kind("gateway", "SIGTERM", ("--KernelGatewayApp.auth_token=made-up",), "gateway"),
    ]
    if NOTEBOOK6:
        found.append(Kind("Notebook 6", "api", app="nb6", python=NOTEBOOK6))
        found.append(Kind("Notebook 6, none", "api", ("--NotebookApp.token=",), "nb6", NOTEBOOK6))
        found.append(Kind("Notebook 6, password", "SIGTERM", (f"--NotebookApp.password={HASH}",), "nb6", NOTEBOOK6))
    else:
        warnings.warn(WITHOUT_NOTEBOOK6, stacklevel=2)
    return tuple(found)


KINDS = _kinds()
