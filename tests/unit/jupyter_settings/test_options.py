"""Command lines as traitlets reads them."""

from __future__ import annotations

from typing import Any

import pytest

from jntui.jupyter.settings.options import read_options, without_typed
from jntui.jupyter.settings.values import WrongTypeError, hash_kind, read_value, token_kind, without_secrets
from tests.live.settings_rows import ARGON, SHA

TABLE: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("--port=9", {"ServerApp.port": "9"}),
    ("--port 9 --ip 0.0.0.0", {"ServerApp.port": "9", "ServerApp.ip": "0.0.0.0"}),
    ("--port=9 --ServerApp.port=8", {"ServerApp.port": ["9", "8"]}),
    ("--ServerApp.local_hostnames=a --ServerApp.local_hostnames=b", {"ServerApp.local_hostnames": ["a", "b"]}),
    ("--watch --port=9", {"ServerApp.port": "9"}),
    ("--port --ip=1", {"ServerApp.ip": "1"}),
    ("--port-retr=3", {"ServerApp.port_retries": "3"}),
    ("--no-brow", {"ServerApp.open_browser": False, "ExtensionApp.open_browser": False}),
    ("-y --allow-root --dev-mode", {"ServerApp.allow_root": True}),
    ("-ServerApp.port=7", {"ServerApp.port": "7"}),
    ("--no-such=7 --another", {}),
    ("--notebook-dir=/x --config=c.py", {"ServerApp.root_dir": "/x", "JupyterApp.config_file": "c.py"}),
    ("--port=1 -- --port=2", {"ServerApp.port": "1"}),
]


@pytest.mark.parametrize(("line", "expected"), TABLE, ids=lambda part: part if isinstance(part, str) else "")
def test_options(line: str, expected: dict[str, Any]) -> None:
    options = read_options(line.split(), "server2", None)
    assert {f"{one.cls}.{one.trait}": one.value for one in options.givens} == expected


REFUSED = {"--port --ip=1", "--no-such=7 --another"}
"""Jupyter ends at once with these: an option lacks its value."""


@pytest.mark.parametrize(("line", "expected"), [row for row in TABLE if row[0] not in REFUSED])
def test_traitlets_reads_the_same(line: str, expected: dict[str, Any]) -> None:
    """Its own loader, with the short options of ServerApp and no class whose traits it would convert at once."""
    import jupyterlab.labapp  # noqa: F401 - it adds its flags to the server's
    from jupyter_server.serverapp import aliases, flags
    from traitlets.config.loader import Config, DeferredConfigList, KVArgParseConfigLoader

    def plain(value: Any) -> Any:
        if isinstance(value, DeferredConfigList):
            return list(value)
        return str(value) if isinstance(value, str) else value

    config = KVArgParseConfigLoader(line.split(), dict(aliases), dict(flags), classes=[]).load_config()
    read: dict[str, Any] = {}
    for section, traits in config.items():
        if isinstance(traits, Config):
            read |= {f"{section}.{name}": plain(value) for name, value in traits.items()}
    # What the flags without meaning for the catalogue set is left out of the comparison, and so are unknown words.
    kept = {name: value for name, value in read.items() if not name.startswith(("LabApp.", "JupyterApp.answer"))}
    assert kept == expected


@pytest.mark.parametrize(
    ("line", "typed", "left", "gone"),
    [
        ("--port=9 --ip 0.0.0.0 dir", "--ip", "--port=9 dir", "--ip 0.0.0.0"),
        ("--ip=a --LabApp.ip=b --ip-x=c", "--ip", "--LabApp.ip=b --ip-x=c", "--ip=a"),
        ("-ServerApp.port=7 --port=8", "-ServerApp.port", "--port=8", "-ServerApp.port=7"),
        ("--allow-root notebooks/", "--allow-root", "notebooks/", "--allow-root"),
        ("--no-brow notebooks/", "--no-brow", "notebooks/", "--no-brow"),
        ("-y dir", "-y", "dir", "-y"),
        ("--port --ip=1", "--port", "--ip=1", "--port"),
        ("--port", "--port", "", "--port"),
        ("--ip=a -- --ip=b", "--ip", "-- --ip=b", "--ip=a"),
        ("--ip -- --ip", "--ip", "-- --ip", "--ip"),
        ("--ip a --ip b", "--ip", "", "--ip a --ip b"),
        ("--port=1", "--ip", "--port=1", ""),
    ],
)
def test_an_option_goes_with_its_value_and_nothing_else(line: str, typed: str, left: str, gone: str) -> None:
    assert without_typed(line.split(), {typed}) == (tuple(left.split()), tuple(gone.split()))


def test_notebook_6_and_the_gateway_have_names_of_their_own() -> None:
    six = read_options(["--port=9", "--notebook-dir=/x", "--no-browser"], "notebook6", None).givens
    assert {f"{one.cls}.{one.trait}" for one in six} == {
        "NotebookApp.port",
        "NotebookApp.notebook_dir",
        "NotebookApp.open_browser",
    }
    gate = read_options(["--port=9", "--port_retries=1"], "gateway", None).givens
    assert {one.trait for one in gate if one.cls == "KernelGatewayApp"} == {"port", "port_retries"}


def test_a_secret_stands_in_no_repr() -> None:
    options = read_options(["--IdentityProvider.token=hush-hush"], "server2", None)
    assert "hush" not in repr(options)


VALUES: list[tuple[Any, str, Any]] = [
    ("integer", "9999", 9999),
    ("integer", "9e3", WrongTypeError),
    ("integer", "", WrongTypeError),
    ("yes or no", "False", False),
    ("yes or no", "1", True),
    ("yes or no", "yes", WrongTypeError),
    ("text", "'quoted'", "quoted"),
    ("path", "~/x", "/home/ada/x"),
    ("path", "~bob/x", "~bob/x"),
    ("list of text", "a", ["a"]),
    ("list of text", "['a', 'b']", ["a", "b"]),
    ("list of text", "[1]", WrongTypeError),
    ("list of text", "[", ["["]),
    ("list of text", "[(]", WrongTypeError),
]


@pytest.mark.parametrize(("kind", "text", "expected"), VALUES)
def test_words_become_what_the_trait_makes_of_them(kind: Any, text: str, expected: Any) -> None:
    given = read_options([f"--ServerApp.x={text}"], "server2", None).givens[0]
    if expected is WrongTypeError:
        with pytest.raises(WrongTypeError):
            read_value(kind, given, "/home/ada")
    else:
        assert read_value(kind, given, "/home/ada") == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty: no password"),
        (ARGON, "argon2 hash"),
        (SHA, "sha1 hash"),
        ("argon2:garbage", "not a hash: no login works"),
        ("$argon2id$v=19$m=1,t=1,p=1$a$b", "not a hash: no login works"),
        ("hunter2", "not a hash: no login works"),
        ("nosuch:salt:abc", "not a hash: no login works"),
        ("sha256:salt:", "not a hash: no login works"),
    ],
)
def test_a_hash_is_named_by_its_kind(text: str, kind: str) -> None:
    assert hash_kind(text) == kind


def test_a_token_is_told_by_its_length() -> None:
    assert [token_kind("x" * length) for length in (0, 1, 48)] == [
        "empty: no token",
        "token, 1 character",
        "token, 48 characters",
    ]
    assert without_secrets("http://a/?x=1&token=abc#f") == "http://a/?x=1&token=...#f"
