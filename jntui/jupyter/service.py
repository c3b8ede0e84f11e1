"""A server as a systemd user service: the unit's text, where it would lie, the commands that make it run."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.survival import lingers
from jntui.model import ServicePlan, StartRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import StartPlan

_APPS = {"lab": "JupyterLab", "notebook": "Jupyter Notebook", "server": "Jupyter Server"}


def plan_service(
    plan: StartPlan, user: str, environ: Mapping[str, str], home: str, root: Path = Path("/")
) -> ServicePlan:
    """What would be written and typed; nothing is. Raises StartRefused where systemd is not there."""
    # What systemd itself says of how to see that it runs (sd_booted(3)).
    if not (root / "run/systemd/system").is_dir() or shutil.which("systemctl", path=environ.get("PATH", "")) is None:
        raise StartRefused(
            "systemd does not run this machine, so there are no user services: `jntui start` alone starts a server "
            "that survives your logout"
        )
    config = environ.get("XDG_CONFIG_HOME", "")
    name = f"jupyter-{plan.port or 'socket'}.service"
    path = Path(config if config.startswith("/") else Path(home) / ".config") / "systemd" / "user" / name
    linger = lingers(user, root)
    more = () if linger else ("loginctl enable-linger",)
    words = (
        "you linger: it runs from boot on, without a login"
        if linger
        else "without linger your services end with your last login, and start with the next: enable-linger keeps them"
    )
    commands = ("systemctl --user daemon-reload", f"systemctl --user enable --now {name}", *more)
    return ServicePlan(str(path), unit_text(plan), commands, linger, words)


def unit_text(plan: StartPlan) -> str:
    """The unit file, pure."""
    return (
        "[Unit]\n"
        f"Description={_APPS[plan.app]} on {f'port {plan.port}' if plan.port else 'a socket'}\n"
        "\n"
        "[Service]\n"
        f"WorkingDirectory={_specifiers(plan.root_dir)}\n"
        f"ExecStart={' '.join(map(quoted, plan.command))}\n"
        "Restart=on-failure\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def quoted(word: str) -> str:
    """A word of a command line as systemd reads it (systemd.service(5), COMMAND LINES; systemd.syntax(7))."""
    text = _specifiers(word).replace("$", "$$")
    if text and all(char.isalnum() or char in "-_./=:,+@%$" for char in text):
        return text
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in inner) + '"'


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")
