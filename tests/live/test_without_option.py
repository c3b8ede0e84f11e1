"""A setting that the command line of a running server decides: written, and the server restarted without the option."""

from __future__ import annotations

import json
import os
import socket
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jntui.jupyter.birth import DROPPED
from tests.live.changing import changed, jntui, refused
from tests.live.kinds import HASH, PASSWORD
from tests.live.logins import password_opens
from tests.live.servers import free_port
from tests.live.test_change_servers import listeners, setting
from tests.live.test_restart import argv_of, bare_server, restarter

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAG = "--restart-without-option"
MINE = f"import os, sys\nif {DROPPED!r} in os.environ:\n    sys.exit(3)\n"
"""Ends the next start, and neither the one before nor Jupyter's loader."""


def typed(pid: int) -> list[str]:
    """The command line without what a restart adds: that a taken port is an error."""
    return [word for word in argv_of(pid) if word != "--ServerApp.port_retries=0"]


def without(words: Sequence[str], *gone: str) -> list[str]:
    return [word for word in words if word not in gone]


def refused_set(home: Path, pid: int, *words: str) -> str:
    return refused(home, "config", "set", *words, "--server", str(pid))


def set_without(home: Path, pid: int, *words: str) -> Any:
    """By pid: another test's server in a network of its own may have the same port."""
    return changed(home, "config", "set", *words, "--server", str(pid), FLAG)


def offered(home: Path, pid: int, other_trait: str) -> None:
    """What decides, and what to type, without the word that restarts."""
    said = refused_set(home, pid, "ip", "127.0.0.2")
    assert f"ServerApp.ip is decided by the command line: jpserver-{pid} was started with --ip=127.0.0.1" in said
    assert said.endswith(f": jntui config set ip 127.0.0.2 --server jpserver-{pid} {FLAG}")
    # One that jntui's own table does not have.
    said = refused_set(home, pid, "ServerApp.max_body_size", "7")
    assert f"was started with {other_trait}" in said and said.endswith(FLAG)
    # What a restart sets by itself is not offered.
    assert refused_set(home, pid, "open_browser", "true").endswith("start it without that")


def test_the_option_goes_and_the_file_decides(tmp_path: Path) -> None:
    port, other = free_port(), free_port()
    other_trait = "--ServerApp.max_body_size=12345678"
    options = ("--ip", "127.0.0.1", f"--port={port}", "--ServerApp.base_url=/old/", other_trait)
    path = tmp_path / ".jupyter" / "jupyter_server_config.py"
    with bare_server(tmp_path, *options) as server, restarter(tmp_path) as ours:
        words = typed(server.pid)
        offered(tmp_path, server.pid, other_trait)
        shown = changed(tmp_path, "config", "set", "ip", "127.0.0.2", "--server", str(server.pid), FLAG, "--preview")
        assert (shown["dropped"], shown["restart"]["stop"]["kernels"]) == (["--ip", "127.0.0.1"], [])
        assert "--ip" not in shown["restart"]["command"] and f"--port={port}" in shown["restart"]["command"]
        assert not path.exists() and typed(server.pid) == words

        done = set_without(tmp_path, server.pid, "ip", "127.0.0.2")
        pid = done["restarted"]["pid"]
        ours.pids.append(pid)
        assert (done["verified"], done["dropped"], done["needs_restart"]) == (True, ["--ip", "127.0.0.1"], [])
        assert path.read_text() == "c.ServerApp.ip = '127.0.0.2'\n"
        assert typed(pid) == (words := without(words, "--ip", "127.0.0.1"))
        assert listeners(port) == {"127.0.0.2"}
        found = setting(tmp_path, "ip", pid)
        assert (found["source"]["kind"], found["value"], found["needs_restart"]) == ("file", "127.0.0.2", False)

        done = set_without(tmp_path, pid, "base_url", "/new/")
        pid = done["restarted"]["pid"]
        ours.pids.append(pid)
        assert typed(pid) == (words := without(words, "--ServerApp.base_url=/old/"))
        with urllib.request.urlopen(f"http://127.0.0.2:{port}/new/api", timeout=30) as answer:
            assert "version" in json.load(answer)

        done = set_without(tmp_path, pid, "port", str(other))
        pid = done["restarted"]["pid"]
        ours.pids.append(pid)
        assert typed(pid) == without(words, f"--port={port}")
        assert (listeners(other), listeners(port)) == ({"127.0.0.2"}, set())

        back = changed(tmp_path, "config", "undo", "--server", str(pid), "--preview")
        assert f"--port={port} had left the command line of :{other} and does not come back" in " ".join(back["notes"])
        assert "base_url" not in " ".join(back["notes"])


def test_what_fails_leaves_file_and_server_as_they_were(tmp_path: Path) -> None:
    port = free_port()
    path = tmp_path / ".jupyter" / "jupyter_server_config.py"
    with bare_server(tmp_path, "--ip=127.0.0.1", f"--port={port}") as server, restarter(tmp_path) as ours:
        path.parent.mkdir(exist_ok=True)
        path.write_text(MINE)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        words = typed(server.pid)
        done = jntui(tmp_path, "config", "set", "ip", "127.0.0.2", "--server", str(server.pid), FLAG, "--json")
        assert done.returncode == 1, (done.stdout, done.stderr)
        told = json.loads(done.stdout)
        assert "the files are as before, and the server runs again as it was" in told["message"]
        assert (told["runs"], told["restarted"], path.read_text()) == (True, None, MINE)
        pid = int(told["message"].rpartition("(pid ")[2].rstrip(")"))
        ours.pids.append(pid)
        assert (typed(pid), listeners(port)) == (words, {"127.0.0.1"})
        # A port that is taken is known before anything is written.
        with socket.create_server(("127.0.0.1", 0)) as taken:
            number = taken.getsockname()[1]
            said = refused_set(tmp_path, pid, "port", str(number), FLAG)
        assert f"its settings name port {number} now, and " in said
        assert (typed(pid), path.read_text()) == (words, MINE)


def test_where_no_option_decides_nothing_restarts(tmp_path: Path) -> None:
    """JUPYTER_PORT only replaces the default: a file decides over it, and no variable has to go."""
    port, other = free_port(), free_port()
    with bare_server(tmp_path, env={"JUPYTER_PORT": str(port)}) as server, restarter(tmp_path) as ours:
        assert setting(tmp_path, "port", server.pid)["source"]["kind"] == "env"
        done = set_without(tmp_path, server.pid, "port", str(other))
        assert (done["restarted"], done["dropped"]) == (None, [])
        assert done["needs_restart"] == [f"jpserver-{server.pid}"]
        assert f"no option of :{port} decides ServerApp.port: it is not restarted" in done["notes"]
        again = jntui(tmp_path, "restart", str(server.pid), "--json")
        assert again.returncode == 0, again.stderr
        ours.pids.append(json.loads(again.stdout)["server"]["pid"])
        assert "127.0.0.1" in listeners(other) and not listeners(port)


def test_a_password_that_an_option_decides(tmp_path: Path) -> None:
    port = free_port()
    path = tmp_path / ".jupyter" / "jupyter_server_config.py"
    options = (f"--PasswordIdentityProvider.hashed_password={HASH}", f"--ServerApp.password={HASH}", f"--port={port}")
    with bare_server(tmp_path, *options) as server, restarter(tmp_path) as ours:
        named = ("--server", str(server.pid))
        said = refused(tmp_path, "password", *named, given="another word\n")
        assert (
            f"jpserver-{server.pid} was started with --PasswordIdentityProvider.hashed_password, which decides" in said
        )
        assert said.endswith(f": jntui password --server jpserver-{server.pid} {FLAG}")
        shown = changed(tmp_path, "password", *named, FLAG, "--preview", given="another word\n")
        said = refused(tmp_path, "password", "--remove", *named)
        assert said.endswith(
            f"to restart it without that: jntui password --remove --server jpserver-{server.pid} {FLAG}"
        )
        gone = changed(tmp_path, "password", "--remove", *named, FLAG, "--preview")
        assert gone["did"].startswith("nothing in a file: none sets it") and len(gone["dropped"]) == 2
        assert HASH not in json.dumps([shown, gone]) and len(shown["dropped"]) == 2 and not path.exists()
        assert password_opens(port, PASSWORD)
        done = changed(tmp_path, "password", *named, FLAG, given="another word\n")
        pid = done["restarted"]["pid"]
        ours.pids.append(pid)
        assert typed(pid) == without(typed(pid), *options[:2]) and HASH not in " ".join(typed(pid))
        assert password_opens(port, "another word") and not password_opens(port, PASSWORD)
        assert path.stat().st_mode & 0o777 == 0o600


def test_unset_offers_the_restart_too(tmp_path: Path) -> None:
    port, other = free_port(), free_port()
    path = tmp_path / ".jupyter" / "jupyter_server_config.py"
    below = tmp_path / ".jupyter" / "jupyter_config.py"
    with bare_server(tmp_path, "--ip=127.0.0.1", f"--port={port}") as server, restarter(tmp_path) as ours:
        named = ("--server", str(server.pid))
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"c.ServerApp.port = {free_port()}\nc.ServerApp.max_body_size = 7\n")
        below.write_text(f"c.ServerApp.port = {other}\n")
        said = refused(tmp_path, "config", "unset", "ip", *named)
        assert "ServerApp.ip is decided by the command line" in said
        assert said.endswith(
            f"; to restart it without that: jntui config unset ip --server jpserver-{server.pid} {FLAG}"
        )
        shown = changed(tmp_path, "config", "unset", "port", *named, "--preview")
        assert "decides before and after" in " ".join(shown["notes"])
        assert shown["instead"] == f"jntui config unset port --server jpserver-{server.pid} {FLAG}"
        done = changed(tmp_path, "config", "unset", "port", *named, FLAG)
        pid = done["restarted"]["pid"]
        ours.pids.append(pid)
        first, second = path.read_text().splitlines()
        assert first.startswith("# c.ServerApp.port = ") and second == "c.ServerApp.max_body_size = 7"
        assert (listeners(other), listeners(port)) == ({"127.0.0.1"}, set())
        assert f"{below} line 1 decides" in " ".join(done["notes"])

        done = changed(tmp_path, "config", "unset", "ip", "--server", str(pid), FLAG)
        assert done["did"] == "nothing in a file: none sets it, and then the default decides: 'localhost'"
        assert (done["backup"], done["diff"], done["dropped"]) == (None, "", ["--ip=127.0.0.1"])
        pid = done["restarted"]["pid"]
        ours.pids.append(pid)
        assert not [word for word in typed(pid) if word.startswith(("--ip", "--port="))]
