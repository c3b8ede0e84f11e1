"""A server as a systemd user service: what systemd reads of the unit, and a real manager that runs one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jntui.cli import main
from jntui.jupyter.service import unit_text
from jntui.model import StartPlan
from tests.live.namespaces import unavailable
from tests.live.servers import clean_environment, free_port

pytestmark = pytest.mark.timeout(240)
ROOT = Path(__file__).resolve().parents[2]
ANALYZE = shutil.which("systemd-analyze")
MANAGER = next((path for path in ("/lib/systemd/systemd", "/usr/lib/systemd/systemd") if Path(path).exists()), "")
CGROUPS = [Path("/sys/fs/cgroup/systemd"), Path("/sys/fs/cgroup/unified")]
WORDS = (
    "-m",
    "a b",
    "100%h",
    "$HOME",
    "${X}",
    "$",
    'q"q',
    "it's",
    "\\x41\\n",
    "",
    ";",
    "\\;",
    "é実",
    "\u202e",
    "\udcff",
    "\t\n",
)


def _version() -> int:
    if ANALYZE is None:
        return 0
    told = subprocess.run([ANALYZE, "--version"], stdout=subprocess.PIPE, text=True, check=False, timeout=30).stdout
    found = re.match(r"systemd (\d+)", told)
    return int(found.group(1)) if found else 0


def words_of(line: bytes) -> list[bytes]:
    """The words of a command line as systemd writes them down: C escapes, double quotes where needed."""
    words, rest = [], line
    while rest:
        found = re.match(rb'(?:"((?:[^"\\]|\\.)*)"|([^ "]+))(?: |$)', rest)
        assert found, rest
        word = found.group(1) if found.group(1) is not None else found.group(2)
        words.append(re.sub(rb"\\([0-7]{3}|.)", _unescaped, word))
        rest = rest[found.end() :]
    return words


def _unescaped(found: re.Match[bytes]) -> bytes:
    text = found.group(1)
    return bytes([int(text, 8)]) if len(text) == 3 else {b"n": b"\n", b"t": b"\t", b"r": b"\r"}.get(text, text)


@pytest.mark.skipif(_version() < 250, reason="systemd-analyze of systemd 250 or later")
def test_systemd_reads_the_words_that_were_meant(tmp_path: Path) -> None:
    folder = tmp_path / "my notes 100% $HOME 'é' ;"
    folder.mkdir()
    plan = StartPlan("lab", "/bin/echo", "", ("/bin/echo", *WORDS), 8890, str(folder), "/log")
    unit = tmp_path / "jupyter-8890.service"
    unit.write_text(unit_text(plan), encoding="utf-8")
    env = {**clean_environment(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "SYSTEMD_LOG_LEVEL": "debug"}
    argv = [str(ANALYZE), "verify", "--user", "--man=no", str(unit)]
    done = subprocess.run(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    assert b"ignoring" not in done.stdout.lower().replace(b"ignoring.", b"")
    command = re.search(rb"Command Line: /bin/echo (.*)\n", done.stdout)
    assert command is not None
    # `$$` stays until the moment when variables are put in.
    assert words_of(command.group(1)) == [word.replace("$", "$$").encode("utf-8", "surrogateescape") for word in WORDS]
    assert f"WorkingDirectory: {folder}\n".encode() in done.stdout


def test_without_systemd_it_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    for more in ([], ["--preview"]):
        assert main(["start", "--service", *more, "--app", "server", "--root-dir", str(tmp_path)]) == 2
        told = capsys.readouterr()
        assert told.out == "" and told.err.count("\n") == 1
        assert told.err.startswith("jntui: systemd does not run this machine, so there are no user services")
    assert not (tmp_path / ".config").exists()


SCRIPT = """
for folder in {cgroups}; do echo $$ >$folder/cgroup.procs; done
exec unshare --mount --pid --fork --mount-proc sh -c '
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/x && chmod 700 /run/x
{manager} --user --log-target=console >"$HOME/manager.log" 2>&1 &
until systemctl --user is-system-running --wait >/dev/null 2>&1 || test -S /run/x/systemd/private; do sleep 0.1; done
{jntui} start --service --app server --port {port} --root-dir "$HOME/my notes" --json -- --allow-root >start.json
echo $? >start.status
{jntui} list --json >list.json
systemctl --user is-enabled jupyter-{port} >enabled
{jntui} start --service --app server --port {other} --root-dir "$HOME" 2>failed
echo $? >failed.status
systemctl --user disable --now jupyter-{port}
'
"""


def _no_manager() -> str:
    if unavailable():
        return unavailable()
    if not MANAGER or shutil.which("systemctl") is None:
        return "systemd is not installed"
    if Path("/run/systemd/system").is_dir() or not all(one.is_dir() and os.access(one, os.W_OK) for one in CGROUPS):
        return "systemd runs here, or its control groups cannot be made: a second manager would be in its way"
    return ""


@pytest.fixture
def cgroups() -> Iterator[list[Path]]:
    made = [one / f"jntui-test-{os.getpid()}" for one in CGROUPS]
    for one in made:
        one.mkdir()
    yield made
    for one in made:
        for folder in sorted(one.rglob("*"), reverse=True):
            if folder.is_dir():
                folder.rmdir()
        one.rmdir()


@pytest.mark.skipif(bool(_no_manager()), reason=_no_manager() or "-")
def test_a_real_manager_runs_it_and_what_fails_is_taken_back(tmp_path: Path, cgroups: list[Path]) -> None:
    (tmp_path / "my notes").mkdir()
    port, other = free_port(), free_port()
    names = {"cgroups": " ".join(map(str, cgroups)), "manager": MANAGER, "port": port, "other": other}
    script = SCRIPT.format(jntui=f"{sys.executable} -m jntui", **names)
    env = {**clean_environment(tmp_path), "XDG_RUNTIME_DIR": "/run/x", "PYTHONPATH": str(ROOT)}
    subprocess.run(["sh", "-c", script], env=env, cwd=tmp_path, check=False, timeout=200, stderr=subprocess.DEVNULL)
    read = {one.name: one.read_text() for one in tmp_path.iterdir() if one.is_file()}
    assert read["start.status"] == "0\n", read["manager.log"]
    server = json.loads(read["start.json"])["server"]
    assert (server["state"], server["port"], server["root_dir"]) == ("running", port, str(tmp_path / "my notes"))
    assert port in [one["port"] for one in json.loads(read["list.json"])["servers"] if one["state"] == "running"]
    assert read["enabled"] == "enabled\n"
    assert read["failed.status"] == "1\n"
    assert read["failed"].startswith(f"jntui: jupyter-{other}.service ended again; see `journalctl --user")
    units = tmp_path / ".config" / "systemd" / "user"
    assert [one.name for one in units.iterdir() if one.is_file()] == [f"jupyter-{port}.service"]
