"""`jntui config doctor` over broken configurations of every kind, and Jupyter itself as the judge of what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.certificates import make_certificate
from tests.live.doctor_rows import NOT_STARTING, ROWS, Row
from tests.live.servers import clean_environment, start_jupyter

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "doctor"
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
SECRETS = ("never-show-this", "QmFzZTY0SGFzaFRleHRPZlNvbWVLaW5k", "0123456789abcdef0123")


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A home that every user of this machine can enter, which pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="jntui-doctor-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment whose modules are those of this Python; its prefix is its own."""
    folder = tmp_path_factory.mktemp("environment")
    venv.EnvBuilder(symlinks=True).create(folder)
    own = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})["purelib"]
    Path(own, "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    for source in Path(sys.prefix, "etc", "jupyter").glob("*.d"):
        shutil.copytree(source, folder / "etc" / "jupyter" / source.name)
    (folder / "etc" / "jupyter").mkdir(parents=True, exist_ok=True)
    return folder


def lay_out(row: Row, home: Path, prefix: Path) -> dict[str, str]:
    """Copies the folder of a row to where Jupyter reads it; the variables that go with it."""
    environ = {"VIRTUAL_ENV": sys.prefix}
    own = home / ".jupyter"
    shutil.copytree(DATA / row.name, own)
    for path in own.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    if "prefix" in row.needs:
        environ["VIRTUAL_ENV"] = str(prefix)
        for file in (own / "prefix").iterdir():
            shutil.copy(file, prefix / "etc" / "jupyter" / file.name)
        shutil.rmtree(own / "prefix")
    if "certificates" in row.needs:
        for kind in ("trusted", "expired", "self-signed"):
            make_certificate(home, kind)
    if "token file" in row.needs:
        environ["JUPYTER_TOKEN_FILE"] = str(own / "token")
    if "runtime" in row.needs:
        (home / "run").mkdir()
        (home / "run").chmod(0o777)
        environ["JUPYTER_RUNTIME_DIR"] = str(home / "run")
    return environ


def doctor(home: Path, *words: str, hosts: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "jntui", "config", "doctor", *words]
    if hosts is not None:
        argv = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(hosts), *argv]
    env = {**clean_environment(home), "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, env=env, cwd=home, check=False)


def wanted(row: Row, home: Path) -> list[tuple[str, str, str, int | None]]:
    places = []
    for code, severity, file, line in row.findings:
        told = severity or ("warning" if AS_ROOT else "note")
        places.append((code, told, str(home) + file if file[0] == "/" else str(home / ".jupyter" / file), line))
    return places


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_broken_configuration_is_named_with_its_line(
    row: Row, tmp_path: Path, open_home: Path, environment: Path
) -> None:
    home = open_home if "readable" in row.needs else tmp_path
    environ = lay_out(row, home, environment)
    hosts = None
    if "hosts" in row.needs:
        if not AS_ROOT:
            pytest.skip("needs root: /etc/hosts of its own")
        hosts = tmp_path / "hosts"
        hosts.write_text("127.0.0.1 localhost\n127.0.1.1 jntui-doctor\n")
    done = doctor(home, "--json", hosts=hosts, **environ)
    assert done.returncode == 1, done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert [(one["code"], one["severity"], one["path"], one["line"]) for one in found] == wanted(row, home)
    assert all(one["message"] and one["effect"] and one["fix"] for one in found)
    stops = any("does not start" in one["effect"] or "Jupyter ends when" in one["effect"] for one in found)
    assert stops == (row.name in NOT_STARTING or row.name == "wrong_type_in_json")
    assert not any(secret in done.stdout + done.stderr for secret in SECRETS)


def test_there_are_enough_of_them() -> None:
    assert {row.name for row in ROWS} == {folder.name for folder in DATA.iterdir()}
    assert len(ROWS) >= 25


def generated(home: Path, app: str) -> Path:
    """The full default file that Jupyter itself writes."""
    argv = [sys.executable, "-m", app, "--generate-config"]
    subprocess.run(argv, check=True, timeout=120, env=clean_environment(home), cwd=home, capture_output=True)
    (path,) = (home / ".jupyter").glob("*.py")
    assert len(path.read_text().splitlines()) > 500
    return path


def test_what_jupyter_generates_and_an_ordinary_home_have_nothing_wrong(open_home: Path) -> None:
    generated(open_home, "jupyter_server")
    run = open_home / ".local" / "share" / "jupyter" / "runtime"
    run.mkdir(parents=True)
    run.chmod(0o700)
    done = doctor(open_home, VIRTUAL_ENV=sys.prefix)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Nothing is wrong that jntui knows of.\n"
    assert json.loads(doctor(open_home, "--json", VIRTUAL_ENV=sys.prefix).stdout) == {"findings": []}


def test_one_file_alone_and_the_text_for_people(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.py"
    path.write_text("c.ServerApp.port = '9000'\nc.ServerApp.prot = 1\n")
    (tmp_path / ".jupyter").mkdir()
    (tmp_path / ".jupyter" / "jupyter_server_config.py").write_text("c.ServerApp.ip = '::'\n")
    done = doctor(tmp_path, "--file", str(path), VIRTUAL_ENV=sys.prefix)
    assert done.returncode == 1
    blocks = done.stdout.split("\n\n")
    assert blocks[0].splitlines() == [
        "x error  ~/elsewhere.py:1  (wrong-type)",
        "    ServerApp.port is '9000'; it takes an integer.",
        "    Jupyter does not start with it.",
        "    fix: Write 9000 without quotes.",
    ]
    assert blocks[1].startswith("! warning  ~/elsewhere.py:2  (unknown-trait)")
    assert blocks[2] == "1 error, 1 warning.\n"
    missing = doctor(tmp_path, "--file", str(tmp_path / "nowhere.py"))
    assert (missing.returncode, missing.stdout) == (2, "")


def test_the_configuration_of_a_running_server(tmp_path: Path) -> None:
    lay_out(next(row for row in ROWS if row.name == "origin_any"), tmp_path, tmp_path)
    with start_jupyter("server", "--IdentityProvider.token=", home=tmp_path) as running:
        done = doctor(tmp_path, "--server", str(running.port), "--json")
        found = json.loads(done.stdout)["findings"]
        assert [(one["code"], one["path"], one["line"]) for one in found] == [
            ("no-authentication-here", None, None),
            ("origin-any", str(tmp_path / ".jupyter" / "jupyter_server_config.py"), 1),
        ]
        assert done.returncode == 1
        text = doctor(tmp_path, "--server", str(running.port)).stdout
        assert text.startswith("! warning  not in a file  (no-authentication-here)")
    assert not any("error" in line.lower() for line in running.warnings())
    nobody = doctor(tmp_path, "--server", "1")
    assert (nobody.returncode, nobody.stdout) == (2, "")


def test_a_python_that_does_not_say_its_traits_is_no_clean_bill(tmp_path: Path) -> None:
    """An environment in which Jupyter's modules fail: what is not in the catalogue cannot be looked at there."""
    prefix = tmp_path / "environment"
    venv.EnvBuilder(symlinks=True).create(prefix)
    modules = Path(sysconfig.get_paths(vars={"base": str(prefix), "platbase": str(prefix)})["purelib"])
    for name in ("traitlets", "jupyter_core", "jupyter_server"):
        (modules / name).mkdir()
        (modules / name / "__init__.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    own = tmp_path / ".jupyter"
    own.mkdir()
    (own / "jupyter_server_config.py").write_text("c.MappingKernelManager.cul_idle_timeout = 5\n", encoding="utf-8")
    done = doctor(tmp_path, "--json", VIRTUAL_ENV=str(prefix))
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["code"], found["severity"], found["path"]) == ("names-unchecked", "note", None)
    assert str(prefix) in found["message"]
