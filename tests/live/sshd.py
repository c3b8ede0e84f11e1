"""A real sshd of a test's own: its keys, its configuration, an unprivileged port; ended by its pid.

`ssh` reads the home directory of the account and not HOME, so the client's own configuration is given by an `ssh` that
stands first on PATH and runs the real one with `-F`.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.live.servers import free_port, wait_for

SHELL_TOOLS = ("sh", "ps", "cat")
CURL = (*SHELL_TOOLS, "curl", "od", "tr", "fold", "head", "sed", "tail", "cut")
PYTHON = (*SHELL_TOOLS, "python3")
BASH = (*SHELL_TOOLS, "bash", "sleep")


def unavailable() -> str:
    """Why no sshd can be started here; empty if one can."""
    missing = [name for name in ("ssh", "ssh-keygen") if shutil.which(name) is None]
    missing += [] if _sshd() else ["sshd"]
    return f"not installed: {', '.join(missing)} (openssh-server, openssh-client)" if missing else ""


def _sshd() -> str | None:
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def make_key(path: Path) -> Path:
    """An ed25519 key without a passphrase."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True, timeout=30)
    return path


@dataclass
class Sshd:
    """One started sshd and the client's side of it."""

    folder: Path
    port: int
    address: str = "127.0.0.1"
    alias: str = "phone"
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / "sshd.log"

    @property
    def path(self) -> str:
        """A PATH on which this client's ssh stands first."""
        return f"{self.folder / 'bin'}:{os.environ['PATH']}"

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "PATH": self.path}

    def known(self, key: Path) -> None:
        """Makes the client expect this host key."""
        kind, text, *_ = key.with_suffix(".pub").read_text().split()
        (self.folder / "known_hosts").write_text(f"[{self.address}]:{self.port} {kind} {text}\n")

    def client(self, *lines: str) -> None:
        """Writes the client's configuration, and the `ssh` that uses it."""
        config = self.folder / "client"
        own = [f"Host {self.alias}", f"HostName {self.address}", f"Port {self.port}", f"User {getpass.getuser()}"]
        own += [f"IdentityFile {self.folder / 'user'}", "IdentitiesOnly yes", "IdentityAgent none"]
        own += [f"UserKnownHostsFile {self.folder / 'known_hosts'}", "GlobalKnownHostsFile /dev/null"]
        config.write_text("\n".join([*lines, *own]) + "\n")
        config.chmod(0o600)
        script = self.folder / "bin" / "ssh"
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec {shutil.which("ssh", path="/usr/bin:/usr/local/bin")} -F {config} "$@"\n')
        script.chmod(0o755)


def far_path(folder: Path, names: Sequence[str]) -> str:
    """A folder with these programs and no other: what the far side then has on its PATH."""
    place = folder / "far-bin"
    place.mkdir(exist_ok=True)
    for name in names:
        real = os.path.realpath(sys.executable) if name == "python3" else shutil.which(name)
        assert real is not None, f"{name} is not installed"
        (place / name).symlink_to(real)
    return str(place)


@contextlib.contextmanager
def start_sshd(
    folder: Path,
    *lines: str,
    tools: Sequence[str] = (),
    prefix: Sequence[str] = (),
    address: str = "127.0.0.1",
    client: Sequence[str] = (),
) -> Iterator[Sshd]:
    """An sshd that lets this very user in by key. `lines` go into its configuration, before everything else."""
    folder.mkdir(parents=True, exist_ok=True)
    host_key, user = make_key(folder / "host"), make_key(folder / "user")
    (folder / "authorized").write_text(user.with_suffix(".pub").read_text())
    sshd = Sshd(folder, free_port(), address)
    config = [*lines, f"ListenAddress {address}:{sshd.port}", f"HostKey {host_key}", "StrictModes no", "UsePAM no"]
    config += [f"AuthorizedKeysFile {folder / 'authorized'}", f"PidFile {folder / 'pid'}", "PasswordAuthentication no"]
    config += ["KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password", "PrintMotd no"]
    (folder / "far-home").mkdir(exist_ok=True)
    path = f" PATH={far_path(folder, tools)}" if tools else ""
    config.append(f"SetEnv HOME={folder / 'far-home'}{path}")
    (folder / "config").write_text("\n".join(config) + "\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    argv = [*prefix, str(_sshd()), "-D", "-e", "-f", str(folder / "config")]
    with sshd.log.open("wb") as log:
        sshd.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for(lambda: _listens(sshd), f"sshd to listen; its log: {sshd.log.read_text()}", 30)
        sshd.known(host_key)
        sshd.client(*client)
        yield sshd
    finally:
        sshd.process.kill()
        sshd.process.wait(15)


def _listens(sshd: Sshd) -> bool:
    assert sshd.process is not None
    assert sshd.process.poll() is None, f"sshd died: {sshd.log.read_text()}"
    if "Server listening" in sshd.log.read_text():
        return True
    try:
        socket.create_connection((sshd.address, sshd.port), 1).close()
    except OSError:
        return False
    return True
