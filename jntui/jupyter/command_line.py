"""What a command line says of a Jupyter server: which application, which Python, which options.

Pure. An argv is a claim: a process may write anything there, and an embedded server looks like any Python program. So
this decides only where nothing better (info file, listener, the server's own answer) is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.model import GATEWAY as GATEWAY  # noqa: PLC0414 - the names of applications stand together
from jntui.model import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LAB, NOTEBOOK, SERVER = "JupyterLab", "Notebook", "Jupyter Server"
HUB = "JupyterHub"

_BY_SUBCOMMAND: Mapping[str, str] = {
    "lab": LAB,
    "labhub": HUB,
    "notebook": NOTEBOOK,
    "nbclassic": NOTEBOOK,
    "server": SERVER,
    "kernelgateway": GATEWAY,
    "singleuser": HUB,
}
"""What `jupyter NAME` runs; the script `jupyter-NAME` is the same."""

_BY_MODULE: Mapping[str, str] = {
    "jupyterlab": LAB,
    "jupyterlab.labapp": LAB,
    "jupyterlab.labhubapp": HUB,
    "notebook": NOTEBOOK,
    "notebook.app": NOTEBOOK,
    "notebook.notebookapp": NOTEBOOK,
    "nbclassic": NOTEBOOK,
    "nbclassic.notebookapp": NOTEBOOK,
    "jupyter_server": SERVER,
    "jupyter_server.serverapp": SERVER,
    "kernel_gateway": GATEWAY,
    "jupyterhub.singleuser": HUB,
}
"""What `python -m NAME` runs."""

_NO_SERVER = frozenset(
    {
        "list",
        "stop",
        "password",
        "extension",
        "build",
        "clean",
        "labextension",
        "licenses",
        "path",
        "paths",
        "workspaces",
        "workspace",
        "trust",
        "migrate",
        "download",
        "extensions",
        "serverextension",
        "nbextension",
        "bundlerextension",
    }
)
"""First words after the application that make it another program."""

_NO_SERVER_FLAGS = frozenset(
    {
        "--help",
        "-h",
        "--help-all",
        "--version",
        "--generate-config",
        "--show-config",
        "--show-config-json",
        "--paths",
        "--json",
        "--runtime-dir",
        "--config-dir",
        "--data-dir",
    }
)

_INTERPRETER = re.compile(r"(?:pypy|python|graalpy)w?[0-9.]*t?(?:\.exe)?\Z", re.IGNORECASE)
_VALUE_FLAGS = frozenset({"-W", "-X", "-Q", "--check-hash-based-pycs"})
"""Options of Python that take the next word."""

_ALIASES: Mapping[str, str] = {
    "port": "port",
    "port-retries": "port_retries",
    "ip": "ip",
    "sock": "sock",
    "certfile": "certfile",
    "keyfile": "keyfile",
    "notebook-dir": "root_dir",
    "token": "token",
}
"""The short options of ServerApp (`jupyter_server.serverapp.aliases`) and of Notebook 6, and the trait each sets."""

_TRAITS = frozenset(
    {
        "port",
        "ip",
        "sock",
        "certfile",
        "keyfile",
        "root_dir",
        "notebook_dir",
        "base_url",
        "token",
        "password",
        "hashed_password",
        "auth_token",
    }
)
_APP_CLASS = re.compile(r"(?:\w*App|\w*IdentityProvider|\w*Manager)\Z")


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What one argv claims to run."""

    app: str | None
    """As in `Server.app`; never None for what `read_command_line` returns of a server."""
    python: str | None = None
    """The interpreter, as the command line names it."""
    port: int | None = None
    ip: str | None = None
    sock: str | None = None
    root_dir: str | None = None
    base_url: str | None = None
    secure: bool = False
    """A certificate file is named."""
    token: Secret | None = None
    """A token that stands in the command line; an empty one switches the token off."""
    password: bool = False
    """A password hash stands in the command line."""
    options: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False, hash=False)


def read_command_line(argv: Sequence[str] | None) -> CommandLine | None:
    """What server this argv runs; None if it runs none (a kernel, a shell, an editor, `jupyter server list`)."""
    if not argv:
        return None
    words = list(argv)
    python = None
    if _INTERPRETER.match(_base(words[0])):
        python = words[0]
        words = _after_interpreter(words[1:])
    app, rest = _application(words, python is not None)
    if app is None or _runs_no_server(app, rest):
        return None
    return _options(app, python, rest)


def words_of_application(argv: Sequence[str] | None) -> tuple[str | None, list[str] | None]:
    """The application that an argv runs and the words after its name; (None, None) if it runs none of Jupyter's."""
    if not argv:
        return None, None
    words = list(argv)
    python = bool(_INTERPRETER.match(_base(words[0])))
    app, rest = _application(_after_interpreter(words[1:]) if python else words, python)
    return (app, rest) if app is not None else (None, None)


def interpreter_of(argv: Sequence[str] | None) -> str | None:
    """The Python that an argv names in its first word, as an environment's own interpreter; None if it names none."""
    return argv[0] if argv and _INTERPRETER.match(_base(argv[0])) else None


def is_kernel(argv: Sequence[str] | None) -> bool:
    """This is a kernel: its ports speak ZMQ, where a stray byte can end it.

    Source: every kernel spec starts its kernel with a connection file `kernel-ID.json` (jupyter_client).
    """
    if not argv:
        return False
    if any("kernel_launcher" in word or word.startswith("ipykernel") for word in argv):
        return True
    return any(re.match(r"(?:--f=)?(?:.*[/\\])?kernel-[\w-]+\.json\Z", word) for word in argv)


def _base(word: str) -> str:
    return word.replace("\\", "/").rsplit("/", 1)[-1]


def _after_interpreter(words: list[str]) -> list[str]:
    """The words from the script or the `-m` on; an empty list for `-c`, standard input or nothing."""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "-m" or (
            word.startswith("-") and not word.startswith("--") and word.endswith("m") and len(word) < 8
        ):
            return ["-m", *words[at + 1 :]]
        if word in {"-c", "-"} or (word.startswith("-") and not word.startswith("--") and word.endswith("c")):
            return []
        if not word.startswith("-"):
            return words[at:]
        at += 2 if word in _VALUE_FLAGS else 1
    return []


def _application(words: list[str], under_python: bool) -> tuple[str | None, list[str]]:
    """The application and the words after its name."""
    if not words:
        return None, []
    if words[0] == "-m":
        module, rest = (words[1], words[2:]) if len(words) > 1 else ("", [])
        if module in {"jupyter", "jupyter_core", "jupyter_core.command"}:
            return _subcommand(rest)
        return _BY_MODULE.get(module.removesuffix(".__main__")), rest
    name = _base(words[0]).lower().removesuffix(".exe").removesuffix("-script.py")
    if name == "jupyter":
        return _subcommand(words[1:])
    if name.startswith("jupyter-") and _is_program(words[0], name, under_python):
        return _BY_SUBCOMMAND.get(name.removeprefix("jupyter-")), words[1:]
    if name == "jupyterhub-singleuser":
        return HUB, words[1:]
    if name == "__main__.py" and under_python:
        parts = words[0].replace("\\", "/").split("/")
        return (_BY_MODULE.get(parts[-2]) if len(parts) > 1 else None), words[1:]
    return None, []


def _is_program(word: str, name: str, under_python: bool) -> bool:
    """A script under Python's hands, or a program of that very name: not a file that merely begins so."""
    return under_python or _base(word).lower().removesuffix(".exe") == name


def _subcommand(words: list[str]) -> tuple[str | None, list[str]]:
    if not words:
        return None, []
    return _BY_SUBCOMMAND.get(words[0]), words[1:]


def _runs_no_server(app: str, rest: list[str]) -> bool:
    if rest and rest[0] in _NO_SERVER and app not in {GATEWAY, HUB}:
        return True
    return any(word in _NO_SERVER_FLAGS for word in rest)


def _options(app: str, python: str | None, words: list[str]) -> CommandLine:
    found = _named_values(words)
    token = found.get("token", found.get("auth_token"))
    port = found.get("port", "")
    base_url = found.get("base_url", "").strip("/ ")
    return CommandLine(
        app=app,
        python=python,
        port=int(port) if port.isascii() and port.isdigit() and 0 < int(port[:9]) < 65536 else None,
        ip=found.get("ip"),
        sock=found.get("sock") or None,
        root_dir=found.get("root_dir") or found.get("notebook_dir") or _positional(words),
        base_url=(f"/{base_url}/" if base_url else "/") if "base_url" in found else None,
        secure=bool(found.get("certfile")),
        token=None if token is None else Secret(token),
        password=bool(found.get("hashed_password") or found.get("password")),
        options=found,
    )


def _named_values(words: list[str]) -> dict[str, str]:
    """trait name -> value of the options we know, the last one wins; traitlets takes `--a=b`, `--a b` and `-a b`."""
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        if word == "--":
            break
        if not word.startswith("-"):
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if not equals:
            value = words[at + 1] if at + 1 < len(words) and not words[at + 1].startswith("--") else ""
        trait = _trait(name)
        if trait is not None and (equals or value):
            found[trait] = value.strip("'\"") if value[:1] == value[-1:] else value
    return found


def _trait(name: str) -> str | None:
    """`ServerApp.port` -> `port`; `port` -> `port`; `notebook-dir` -> `root_dir`; None for what we do not need."""
    owner, dot, trait = name.rpartition(".")
    if not dot:
        return _ALIASES.get(trait.replace("_", "-"))
    return trait if trait in _TRAITS and _APP_CLASS.match(owner) else None


def _positional(words: list[str]) -> str | None:
    """The directory or notebook given as the first bare word; not what may be the value of an option before it."""
    if words and not words[0].startswith("-"):
        return words[0] if not words[0].endswith(".ipynb") else None
    return None
