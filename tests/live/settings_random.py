"""Starts that nobody thought of: files, options and variables drawn at random, the same for the same seed."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.live.settings_rows import ARGON, PATH, SHA, SHA256, Row

PLACES, FILES = ("home", "prefix", "path", "path2"), ("server", "lab", "notebook", "base")
CLASSES = ("ServerApp", "ServerApp", "ServerApp", "NotebookApp", "NotebookApp", "LabApp")
BASES = ("JupyterNotebookApp", "JupyterApp", "Application", "ExtensionApp")
VALUES: dict[str, tuple[object, ...]] = {
    "port": tuple(range(9300, 9400)),
    "ip": ("*", "", "0.0.0.0", "::1", "localhost", "127.0.0.1"),
    "base_url": ("a", "/b", "c/", "/"),
    "password": (ARGON, SHA, SHA256, "", "x"),
    "token": ("", "x", "xx", "xxx", "xxxx"),
    "open_browser": (True, False),
    "root_dir": ("/", "/usr"),
    "notebook_dir": ("/", "/usr"),
    "quit_button": (True, False),
    "allow_remote_access": (True, False),
    "local_hostnames": ([], ["a"], ["a", "b"]),
    "port_retries": tuple(range(9)),
}
ELSEWHERE: dict[tuple[str, str], tuple[object, ...]] = {
    ("IdentityProvider", "token"): ("", "yyyyy", "yyyyyy"),
    ("PasswordIdentityProvider", "token"): ("", "yyyyyyy"),
    ("PasswordIdentityProvider", "hashed_password"): (ARGON, SHA, ""),
    ("IdentityProvider", "hashed_password"): (ARGON, SHA256),
    ("ServerApp.IdentityProvider", "token"): ("yyyyyyyy",),
    ("MappingKernelManager", "cull_idle_timeout"): (1, 2, 3),
}


def assignment(draw: random.Random) -> tuple[str, str, Any]:
    """Class, trait and value."""
    if draw.random() < 0.2:
        (cls, trait), values = draw.choice(list(ELSEWHERE.items()))
        return cls, trait, draw.choice(values)
    trait = draw.choice(list(VALUES))
    return draw.choice(CLASSES if draw.random() < 0.8 else BASES), trait, draw.choice(VALUES[trait])


def as_json(found: list[tuple[str, str, Any]]) -> str:
    tree: dict[str, Any] = {}
    for cls, trait, value in found:
        section = tree
        for name in cls.split("."):
            section = section.setdefault(name, {})
        section[trait] = value
    return json.dumps(tree)


def random_row(seed: int) -> Row:
    """One start."""
    draw = random.Random(seed)
    files: dict[str, str] = {}
    for _ in range(draw.randint(1, 6)):
        name = f"{draw.choice(PLACES)}/{draw.choice(FILES)}"
        found = [assignment(draw) for _ in range(draw.randint(1, 5))]
        if draw.random() < 0.4:
            files[f"{name}.json"] = as_json(found)
        else:
            broken = "c.( \n" if draw.random() < 0.06 else ""
            files[f"{name}.py"] = "".join(f"c.{cls}.{trait} = {value!r}\n" for cls, trait, value in found) + broken
    options: dict[str, str] = {}
    for cls, trait, value in [assignment(draw) for _ in range(draw.randint(0, 2))]:
        if not isinstance(value, list):
            options[f"--{cls}.{trait}"] = f"={value}"
    argv = [name + value for name, value in options.items()] + ["--no-browser"] * (draw.random() < 0.3)
    environ = dict(PATH) if draw.random() < 0.7 else {}
    chances = {"JUPYTER_TOKEN": "z" * 20, "JUPYTER_PORT": "77", "JUPYTER_PREFER_ENV_PATH": draw.choice("01")}
    environ |= {name: text for name, text in chances.items() if draw.random() < 0.25}
    return Row(f"random {seed}", files, tuple(argv), environ)
