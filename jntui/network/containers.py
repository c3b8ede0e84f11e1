"""Containers and WSL: in which one jntui runs, and whether a server runs behind another one's network."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.process import Processes

ROOT = Path("/")
_LIMIT = 4096

_CGROUPS = (
    # How the runtimes name the control group of a container, in /proc/PID/cgroup.
    ("kubernetes", re.compile(r"kubepods")),
    ("podman", re.compile(r"libpod")),
    ("docker", re.compile(r"/docker[/-]")),
    ("lxc", re.compile(r"/lxc(?:\.payload)?[./]")),
)
_NAMES = (
    re.compile(r"([0-9a-f]{12})[0-9a-f]{52}"),  # Docker, Podman, containerd: the id, whose first 12 digits are shown
    re.compile(r"/lxc(?:\.payload\.|/)([\w.-]{1,64})", re.ASCII),
    re.compile(r"/machine-([\w.\\-]{1,64})\.scope", re.ASCII),  # systemd-nspawn
)
_WORD = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")

ANOTHER = "another network namespace"


def kind(processes: Processes, environ: Mapping[str, str], root: Path = ROOT) -> str:
    """The kind of container that jntui runs in: `docker`, `podman`, `lxc`, `kubernetes`, systemd's word for others
    (`systemd-nspawn`); empty: none, as far as can be told.
    """
    if not sys.platform.startswith("linux"):
        return ""
    if "KUBERNETES_SERVICE_HOST" in environ:
        return "kubernetes"
    for name, mark in (("podman", "run/.containerenv"), ("docker", ".dockerenv")):
        if (root / mark).exists():
            return name
    # systemd's container interface: its own file, or the variable with which process 1 was started.
    told = _text(root / "run/systemd/container") or (processes.environ(1) or {}).get("container", "")
    if told not in {"", "wsl"} and _WORD.match(told):
        return told
    groups = processes.cgroup(os.getpid()) or ""
    return next((name for name, pattern in _CGROUPS if pattern.search(groups)), "")


def of_server(pid: int | None, processes: Processes) -> str:
    """The container whose network a server has: its id or name; empty if it has ours, or that cannot be told."""
    if pid is None or processes.net_namespace(pid) != "other":
        return ""
    groups = processes.cgroup(pid) or ""
    found = (pattern.search(groups) for pattern in _NAMES)
    return next((match.group(1) for match in found if match), ANOTHER)


def wsl(release: str) -> int:
    """1 or 2 by the kernel's release (`5.15.90.1-microsoft-standard-WSL2`, `4.4.0-19041-Microsoft`), else 0."""
    lowered = release.lower()
    if "microsoft" not in lowered:
        return 2 if "wsl2" in lowered else 0
    return 1 if re.match(r"4\.4\.0-\d+-microsoft$", lowered) else 2


def kernel_release() -> str:
    """What uname(2) says; empty on Windows."""
    return os.uname().release if hasattr(os, "uname") else ""


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT).decode("ascii", "replace").strip()
    except OSError:
        return ""  # not there, which is the rule
