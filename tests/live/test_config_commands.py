"""`jntui config show | get` against real servers and real files: the contract's JSON, words, exit statuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.servers import clean_environment, start_jupyter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.servers import Jupyter

ROOT = Path(__file__).resolve().parents[2]
HASH = "argon2:$argon2id$v=19$m=10240,t=10,p=8$c29tZXNhbHQ$QmFzZTY0SGFzaFRleHRPZlNvbWVLaW5k"

FILE_TYPES = {"path": str, "exists": bool, "readable": bool, "order": int}
SETTING_TYPES: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "class": (str,),
    "value": (str, int, float, bool, list, dict, type(None)),
    "secret": (bool,),
    "source": (dict,),
    "shadowed": (list,),
    "running_value": (str, int, float, bool, list, dict, type(None)),
    "needs_restart": (bool, type(None)),
}
KINDS = {"default", "file", "env", "command line", "computed"}


def jntui(home: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jntui", *words],
        capture_output=True,
        text=True,
        timeout=90,
        env={**clean_environment(home), "PYTHONPATH": str(ROOT), **environ},
        cwd=home,
        check=False,
    )


def shown(home: Path, *words: str, **environ: str) -> Any:
    done = jntui(home, "config", *words, "--json", **environ)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def about(document: Any) -> Any:
    """What `get` says beside the setting, as `show` does."""
    return {name: document[name] for name in ("assumed", "unsure", "python", "chosen")}


def of(document: Any, name: str) -> Any:
    (found,) = [setting for setting in document["settings"] if setting["name"] == name]
    return found


def write(home: Path, name: str, text: str) -> Path:
    path = home / ".jupyter" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("config")
    write(home, "jupyter_server_config.py", "c.ServerApp.port = 9000\nc.ServerApp.allow_origin = 'http://elsewhere'\n")
    write(home, "jupyter_server_config.json", json.dumps({"ServerApp": {"port": 9100}}))
    write(home, "jupyter_notebook_config.py", f"c.NotebookApp.password = u'{HASH}'\n")
    return home


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[Jupyter]:
    for file in (place / ".jupyter").iterdir():
        os.utime(file, (1_700_000_000, 1_700_000_000))
    with start_jupyter("lab", home=place) as running:
        yield running


def test_the_contract_of_config_show(place: Path) -> None:
    document = shown(place, "show")
    assert all(isinstance(file[key], kind) for file in document["files"] for key, kind in FILE_TYPES.items())
    assert [file["order"] for file in document["files"]] == sorted(file["order"] for file in document["files"])
    for setting in document["settings"]:
        assert all(isinstance(setting[key], kinds) for key, kinds in SETTING_TYPES.items()), setting
        for source in (setting["source"], *setting["shadowed"]):
            assert source["kind"] in KINDS
            assert {"path", "line"} <= set(source)
        assert setting["running_value"] is None, "without --server nothing runs"
        assert setting["needs_restart"] is None


def test_the_file_and_the_line_that_decide_and_what_they_hide(place: Path) -> None:
    port = of(shown(place, "show"), "port")
    assert port["value"] == 9100
    assert port["source"]["path"] == str(place / ".jupyter" / "jupyter_server_config.json")
    assert port["source"]["line"] == 1
    (hidden,) = port["shadowed"]
    assert (hidden["path"], hidden["line"]) == (str(place / ".jupyter" / "jupyter_server_config.py"), 1)
    assert shown(place, "get", "ServerApp.port") == {**port, **about(shown(place, "show"))}


def test_of_a_password_only_its_kind_is_told(place: Path) -> None:
    done = jntui(place, "config", "show")
    assert "argon2 hash" in done.stdout
    assert HASH[-20:] not in done.stdout
    password = of(shown(place, "show"), "hashed_password")
    assert (password["value"], password["secret"]) == (None, True)
    assert HASH[-20:] not in json.dumps(shown(place, "show"))


def test_the_settings_of_a_server_are_those_of_its_own_start(place: Path, server: Jupyter) -> None:
    document = shown(place, "show", "--server", str(server.port))
    port = of(document, "port")
    assert (port["value"], port["source"]["kind"]) == (server.port, "command line")
    assert [hidden["text"] for hidden in port["shadowed"]] == ["9100", "9000"]
    assert (port["running_value"], port["needs_restart"]) == (server.port, False)
    assert of(document, "allow_origin")["value"] == "http://elsewhere"
    assert document["server"] == f"jpserver-{server.pid}"


def test_a_change_after_the_start_waits_for_a_restart(place: Path, server: Jupyter) -> None:
    path = write(place, "jupyter_lab_config.py", "c.ServerApp.ip = '0.0.0.0'\n")
    try:
        ip = of(shown(place, "show", "--server", str(server.port)), "ip")
        assert (ip["value"], ip["needs_restart"]) == ("0.0.0.0", True)
        assert ip["running_value"] in {"localhost", "127.0.0.1"}
        text = jntui(place, "config", "get", "ip", "--server", str(server.port)).stdout
        assert "waits for" in text
        assert "jupyter_lab_config.py:1" in text
    finally:
        path.unlink()


def test_one_file_alone(place: Path) -> None:
    path = place / ".jupyter" / "jupyter_server_config.py"
    port = of(shown(place, "show", "--file", str(path)), "port")
    assert (port["value"], port["shadowed"]) == (9000, [])


def test_the_environment_only_replaces_a_default(place: Path, tmp_path: Path) -> None:
    assert of(shown(place, "show", JUPYTER_PORT="9300"), "port")["value"] == 9100
    port = of(shown(tmp_path, "show", JUPYTER_PORT="9300"), "port")
    assert (port["value"], port["source"]["kind"]) == (9300, "env")


def test_a_syntax_error_is_shown_with_line_and_caret(tmp_path: Path) -> None:
    write(tmp_path, "jupyter_server_config.py", "c.ServerApp.port = 9000\nc.ServerApp.ip = = 'x'\n")
    document = shown(tmp_path, "show")
    (broken,) = [file for file in document["files"] if file["trouble"]]
    assert (broken["line"], broken["dropped"]) == (2, True)
    assert broken["caret"][1].strip() == "^"
    assert of(document, "port")["value"] == 8888
    text = jntui(tmp_path, "config", "show").stdout
    assert "line 2" in text
    assert "defaults" in text
    assert "  ^" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("config", "get", "prot"), "did you mean port"),
        (("config", "get", "Session.port"), "ServerApp.port"),
        (("config", "show", "--file", "gone.py"), "there is no file gone.py"),
        (("config", "show", "--file", "notes.txt"), "neither a .py nor a .json file"),
        (("config", "show", "--server", "1"), "no server '1' here"),
        (("config",), "show|get"),
        (("config", "get"), "NAME"),
        (("config", "delete"), "invalid choice"),
    ],
)
def test_a_call_that_cannot_be_carried_out_is_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = jntui(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_beside_a_token_is_proven_by_the_settings(tmp_path: Path) -> None:
    """The login page of such a server is that of a token alone, byte for byte."""
    path = write(tmp_path, "jupyter_server_config.json", json.dumps({"IdentityProvider": {"hashed_password": HASH}}))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with start_jupyter("server", home=tmp_path, env={"JUPYTER_TOKEN": "0123456789abcdef"}) as both:
        listed = json.loads(jntui(tmp_path, "list", "--json").stdout)["servers"]
        assert [entry["auth"] for entry in listed if entry["pid"] == both.pid] == ["token+password"]
        password = of(shown(tmp_path, "show", "--server", str(both.port)), "hashed_password")
        assert password["needs_restart"] is False


def test_a_config_directory_that_is_gone_since_the_start(tmp_path: Path) -> None:
    """With Jupyter's own trace: where IPython has a directory, each start makes the config directory."""
    (tmp_path / ".ipython" / "profile_default").mkdir(parents=True)
    long_ago = (1_700_000_000, 1_700_000_000)
    os.utime(tmp_path / ".ipython" / "profile_default", long_ago)
    config = write(tmp_path, "jupyter_server_config.py", "c.ServerApp.allow_origin = 'http://elsewhere'\n")
    os.utime(config, long_ago)
    with start_jupyter("server", home=tmp_path) as server:
        assert (config.parent / "migrated").exists(), "made by Jupyter itself"
        later = time.time() + 60
        os.utime(tmp_path, (later, later))
        before = shown(tmp_path, "show", "--server", str(server.port))
        assert of(before, "allow_origin")["needs_restart"] is False
        assert not [note for note in before["notes"] if str(tmp_path) in note], "a home changes all day"
        shutil.rmtree(config.parent)
        os.utime(tmp_path, (later, later))
        found = shown(tmp_path, "show", "--server", str(server.port))
        assert of(found, "allow_origin")["needs_restart"] is None
        said = f"{config.parent} is gone since the server started: what its files said may still count"
        assert said in found["notes"]


def test_a_config_directory_of_which_nobody_knows_whether_it_is_gone(tmp_path: Path) -> None:
    """Without IPython's directory Jupyter leaves no trace of the one it read: the answer is no certain one."""
    config = write(tmp_path, "jupyter_server_config.py", "c.ServerApp.allow_origin = 'http://elsewhere'\n")
    os.utime(config, (1_700_000_000, 1_700_000_000))
    with start_jupyter("server", home=tmp_path) as server:
        before = shown(tmp_path, "show", "--server", str(server.port))
        assert (of(before, "allow_origin")["needs_restart"], before["unsure"]) == (False, None)
        shutil.rmtree(config.parent)
        found = shown(tmp_path, "show", "--server", str(server.port))
        assert of(found, "allow_origin")["needs_restart"] is None, "it has the value that stood there"
        assert of(found, "ip")["needs_restart"] is False, "that shows"
        said = f"{config.parent} is not there; if it was when the server started, what its files said still counts"
        assert (found["unsure"], found["notes"]) == (said, [])
        one = jntui(tmp_path, "config", "get", "allow_origin", "--server", str(server.port))
        assert (one.returncode, one.stderr) == (0, "")
        assert f"restart  not known: {said}" in one.stdout


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", ""])
def test_an_environment_whose_python_fails_is_named_with_the_one_that_stands_in(tmp_path: Path, text: str) -> None:
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    if text:
        python.write_text(text)
        python.chmod(0o755)
    environ = {"VIRTUAL_ENV": str(tmp_path / "env"), "PATH": "/usr/bin:/bin"}
    done = jntui(tmp_path, "config", "get", "port", **environ)
    trouble = f"({python}) does not run" if text else f"({tmp_path / 'env'}) has no Python"
    assert (done.returncode, done.stderr) == (0, "")
    assert f"asked  {sys.executable} (jntui's own Python; VIRTUAL_ENV {trouble})" in done.stdout
    one = shown(tmp_path, "get", "port", **environ)
    assert (one["python"], one["chosen"]) == (sys.executable, f"jntui's own Python; VIRTUAL_ENV {trouble}")


def test_a_python_that_hangs_is_named_and_the_answer_is_called_assumed(tmp_path: Path) -> None:
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexec sleep 600\n")
    python.chmod(0o755)
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /nowhere\n")
    file = tmp_path / "env" / "etc" / "jupyter" / "jupyter_server_config.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"ServerApp": {"port": 9123}}')
    done = jntui(tmp_path, "config", "get", "port", VIRTUAL_ENV=str(tmp_path / "env"))
    assert (done.returncode, done.stderr) == (0, ""), "a pipe gets the answer alone"
    assert "9123" in done.stdout
    silent = f"VIRTUAL_ENV ({python}) gave no answer within 5 s"
    assert f"assumed  where its files are: {silent}" in done.stdout
    preview = jntui(tmp_path, "start", "--preview", "--json", VIRTUAL_ENV=str(tmp_path / "env"), PATH="/usr/bin:/bin")
    assert json.loads(preview.stdout)["chosen"] == f"jntui's own Python; {silent}"
    environ = {**clean_environment(tmp_path), "PYTHONPATH": str(ROOT), "VIRTUAL_ENV": str(tmp_path / "env")}
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "jntui", "config", "get", "port"]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environ, cwd=tmp_path, check=True, timeout=90)
    os.close(theirs)
    said = os.read(ours, 1000).decode()
    os.close(ours)
    assert said.splitlines()[0] == f"jntui: waiting for {python} to answer, at most 5 s"
