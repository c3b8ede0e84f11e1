"""`jntui --read-only COMMAND` on a real server: what changes anything refuses, and nothing has changed afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jntui.cli.parser import build_parser
from tests.live.servers import Jupyter, clean_environment, start_jupyter
from tests.live.test_terminal import ROOT

pytestmark = pytest.mark.timeout(240)

TOKEN = "a-token-that-is-not-sent"
CHANGES = (
    "start",
    "start --lan",
    "stop {port}",
    "restart {port}",
    "access {port} --lan",
    "access {port} --local",
    "access --local --all --yes",
    "logout-everyone {port} --yes",
    "qr {port} --address 127.0.0.1 --png code.png",
    "config set ip 127.0.0.1",
    "config set token -",
    "config unset ip",
    "config undo",
    "password",
    "password --upgrade",
    "password --remove",
)
LOOKS = (
    "list",
    "urls {port} --token",
    "check {port} --all",
    "start --preview -- --allow-root",
    "stop {port} --preview",
    "restart {port} --preview",
    "access {port} --lan --preview",
    "qr {port} --address 127.0.0.1",
    "config show --server {port}",
    "config show --all --server {port}",
    "config doctor --server {port}",
    "config set ip 127.0.0.1 --preview",
    "password --preview",
    "log {port}",
    "report",
    "keys",
    "completion bash",
    "man",
)
REFUSED_ELSEWHERE = frozenset({"kernels"})
"""Without a token no server says what runs in it."""


@pytest.fixture
def jupyter(tmp_path: Path) -> Iterator[Jupyter]:
    config = tmp_path / "home/.jupyter/jupyter_server_config.py"
    config.parent.mkdir(parents=True)
    config.write_text(f"c.IdentityProvider.token = {TOKEN!r}\n")
    with start_jupyter("server", home=tmp_path / "home") as found:
        yield found


def files(jupyter: Jupyter) -> dict[str, tuple[bytes, int]]:
    """All of the HOME with its folders, but for the log of the server."""
    found = [path for path in jupyter.home.rglob("*") if path != jupyter.log]
    return {str(path): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns) for path in found}


def test_every_command(jupyter: Jupyter) -> None:
    calls = [call.format(port=jupyter.port) for call in (*CHANGES, *LOOKS, "kernels {port}")]
    before = files(jupyter)
    done = subprocess.run(
        [sys.executable, "-m", "tests.live.canary_calls"],
        env={**clean_environment(jupyter.home), "PYTHONPATH": str(ROOT)},
        cwd=jupyter.home,
        input=json.dumps([{"words": ["--read-only", *call.split()], "given": "made-up\n"} for call in calls]),
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    answers = dict(zip(calls, json.loads(done.stdout), strict=True))
    for call in calls[: len(CHANGES)]:
        one = answers[call]
        assert (one["status"], one["out"]) == (2, ""), (call, one)
        assert "read-only" in one["err"], (call, one)
        assert one["err"].count("\n") == 1, (call, one)
    for call in calls[len(CHANGES) : -1]:
        assert answers[call]["status"] != 2, (call, answers[call])
    assert "read-only" in answers[calls[-1]]["err"]
    assert files(jupyter) == before
    assert jupyter.process.poll() is None
    actions = build_parser()._subparsers
    assert actions is not None
    assert {name for group in actions._group_actions for name in (group.choices or ())} <= {
        call.split()[0] for call in calls
    }, "a command that was not thought about"
