"""Every source of text from outside, one by one, through jntui's own readers: what a command prints of it.

`tests/ui/test_outside.py` puts the same pieces into every text of the model, and looks at the screen.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jntui.cli import commands, documents, main, tables
from jntui.cli.kernels import _table as kernels_table
from jntui.cli.outlet import outlets
from jntui.cli.settings import configuration_text
from jntui.diagnose import diagnose
from jntui.jupyter.failure import cause_of, tail_of
from jntui.jupyter.kernels import running
from jntui.jupyter.log_reader import LogReader, journal_lines
from jntui.model import Certificate, Check, Endpoint, LogPlace, Probe, Running, Server
from jntui.monitor.survey import Survey
from jntui.network import firewall_linux
from jntui.network.firewall import Door, FirewallReader
from jntui.network.remote import trouble
from jntui.network.reverse_names import ReverseNames
from jntui.transport import Deadline, Response, TransportError
from jntui.transport.certificate import read_untrusted
from tests.contract import outside_machine
from tests.contract.fake_http import FakeTransport, Request, reply
from tests.contract.fake_processes import FakeProcesses
from tests.contract.test_probe import HERE, SERVER, jupyter, run
from tests.outside import FORGED, LONG, MARK, fit_name, hostile, unfit


def harmless(printed: str) -> None:
    assert MARK in printed, ascii(printed[:2000])
    assert not [ascii(line[:400]) for line in unfit(printed)]
    assert not [line for line in printed.splitlines() if line.startswith("FORGED")]
    assert len(printed) < 60_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, in which the commands look; a window of whatever size."""
    for name in [name for name in os.environ if name.startswith(("JUPYTER", "XDG_", "SSH_", "TMUX", "JNTUI"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def runtime(home: Path) -> Path:
    folder = home / ".local/share/jupyter/runtime"
    folder.mkdir(parents=True)
    return folder


def info_file(home: Path) -> None:
    # With the others it is refused, in words of jntui's own.
    text = "".join(char for char in hostile() if char != "\0" and not "\ud800" <= char <= "\udfff")
    texts = dict.fromkeys(("base_url", "token", "root_dir", "hostname", "url", "sock", "version"), text)
    info = {**texts, "pid": 2**22 - 3, "port": 8888, "secure": False}
    (runtime(home) / "jpserver-4194301.json").write_text(json.dumps(info))


def runtime_names(home: Path) -> None:
    info = {"pid": 2**22 - 3, "port": 8888, "base_url": "/", "token": "", "root_dir": "/", "secure": False}
    (runtime(home) / fit_name(f"jpserver-{hostile(40)}4.json")).write_text(json.dumps(info))
    (home / ".local/share/jupyter/runtime" / fit_name(f"jpserver-{MARK}{FORGED}.json")).write_text(json.dumps(info))


def config_py(home: Path) -> None:
    (home / ".jupyter").mkdir()
    text = f"c.ServerApp.root_dir = {hostile()!r}\nc.ServerApp.ip = {hostile()!r}\n"
    text += f"c.ServerApp.allow_origin = '{MARK}\x1b[2J\u202e'\n"
    (home / ".jupyter/jupyter_server_config.py").write_text(text, errors="replace")


def config_broken(home: Path) -> None:
    (home / ".jupyter").mkdir()
    (home / ".jupyter/jupyter_server_config.py").write_text(f"c.{MARK}\x1b[2J\u202e\u3164 = = '\x07'\n")
    (home / ".jupyter/jupyter_notebook_config.py").write_bytes(f"# {MARK}".encode() + b"\xff\xfe\x00 \x1b[2J\n")
    (home / ".jupyter/jupyter_server_config.json").write_text(f'{{"{MARK}\x1b[2J\u202e": \n')


def config_json(home: Path) -> None:
    (home / ".jupyter").mkdir()
    settings = {"root_dir": hostile(), "certfile": hostile(), hostile(): hostile()}
    (home / ".jupyter/jupyter_server_config.json").write_text(json.dumps({"ServerApp": settings, hostile(): {}}))


def preferences(home: Path) -> None:
    (home / ".config/jntui").mkdir(parents=True)
    text = f'theme = "{MARK}\\u001b[2J\\u202e"\n[keys]\n"{MARK}\\u001b[2J\\n" = "f5"\ncheck = "{MARK}\\u3164\\u001b"\n'
    (home / ".config/jntui/config.toml").write_text(text)


def broken_preferences(home: Path) -> None:
    os.environ["XDG_CONFIG_HOME"] = str(home / fit_name(hostile()))
    folder = Path(os.environ["XDG_CONFIG_HOME"], "jntui")
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("theme = \x1b[2J\u202e = =\n")


def opened(home: Path) -> None:
    (home / ".local/state/jntui").mkdir(parents=True)
    record = {
        **{"server": hostile(), "port": 8888, "pid": 2**22 - 3, "create_time": 1.0, "label": hostile()},
        **{"reach": hostile(), "at": "2026-11-23T14:02:11+00:00", "dropped": [hostile()], "added": [hostile()]},
        **{"files": [], "settings": [], "password": False, "before": [hostile()], "guard": hostile()},
    }
    (home / ".local/state/jntui/access.json").write_text(json.dumps([record]))


def environment(home: Path) -> None:
    for name in ("USER", "LOGNAME", "TERM_PROGRAM", "LANG", "COLORTERM"):
        os.environ[name] = fit_name(hostile()).replace("\n", " ")
    folder = home / fit_name(hostile())
    folder.mkdir()
    (folder / "jupyter_server_config.py").write_text("c.ServerApp.ip = = '*'\n")
    os.environ["JUPYTER_CONFIG_DIR"] = str(folder)
    os.environ["SSH_CONNECTION"] = f"{fit_name(hostile())} 1 {fit_name(hostile())} 22"
    os.environ["http_proxy"] = f"http://{fit_name(hostile())}:1/"


def host_name(home: Path) -> None:
    socket.gethostname = lambda: hostile()


def picture(home: Path) -> None:
    (home / f"{MARK}\x1b[2J\u202e{FORGED}.png").touch()


def nothing(home: Path) -> None:
    """The call itself is hostile."""


COMMANDS: tuple[tuple[str, Callable[[Path], None], tuple[str, ...]], ...] = (
    ("info file", info_file, ("list",)),
    ("info file, --json", info_file, ("list", "--json")),
    ("name of an info file, report", runtime_names, ("report",)),
    ("name of an info file", runtime_names, ("list",)),
    ("name of an info file, choices", runtime_names, ("urls", "8888")),
    ("values of a .py file", config_py, ("config", "show")),
    ("values of a .py file, --json", config_py, ("config", "show", "--json")),
    ("a value of a .py file", config_py, ("config", "get", "ServerApp.root_dir")),
    ("what is wrong in a .py file", config_py, ("config", "doctor")),
    ("syntax error", config_broken, ("config", "show")),
    ("name of a directory, doctor", environment, ("config", "doctor")),
    ("values and keys of a .json file", config_json, ("config", "show")),
    ("keys of a .json file, doctor", config_json, ("config", "doctor")),
    ("a value before a change", config_json, ("config", "set", "ServerApp.root_dir", "/tmp", "--preview")),
    ("config.toml", preferences, ("keys",)),
    ("broken config.toml", broken_preferences, ("keys",)),
    ("broken config.toml, --json", broken_preferences, ("keys", "--json")),
    ("access.json", opened, ("access", "--local", "--all", "--preview")),
    ("environment, settings", environment, ("config", "show")),
    ("environment, report", environment, ("report", "--names")),
    ("host name", host_name, ("list",)),
    ("word: a command", nothing, (hostile(),)),
    ("word: an option", nothing, ("list", f"--{hostile()}")),
    ("word: a number", nothing, ("log", "-n", hostile())),
    ("word: a server", nothing, ("urls", hostile())),
    ("word: a setting", nothing, ("config", "get", hostile())),
    ("word: a setting to change", nothing, ("config", "set", hostile(), "1")),
    ("word: a file", nothing, ("config", "show", "--file", hostile())),
    ("word: a URL", nothing, ("check", f"http://{hostile()}/")),
    ("word: a host", nothing, ("check", "--from", hostile())),
    ("word: a directory", nothing, ("start", "--preview", "--root-dir", hostile())),
    ("word: a Python", nothing, ("start", "--preview", "--python", hostile())),
    ("word: a picture", picture, ("qr", "8888", "--png", f"{MARK}\x1b[2J\u202e{FORGED}.png")),
    ("word: a megabyte", nothing, ("urls", MARK + LONG)),
)


@pytest.mark.parametrize(("prepare", "words"), [row[1:] for row in COMMANDS], ids=[row[0] for row in COMMANDS])
def test_a_command_prints_nothing_harmful(
    prepare: Callable[[Path], None],
    words: tuple[str, ...],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setattr(socket, "gethostname", socket.gethostname)
    monkeypatch.setattr(commands, "ToldProcesses", FakeProcesses)
    prepare(home)
    status = main(words)
    out, err = capsys.readouterr()
    assert status in {0, 1, 2}
    assert "Traceback" not in err and "an error of jntui's own" not in err
    if "--json" in words:
        assert out.isascii()
        json.loads(out)
    if status == 2:
        assert err.count("\n") == 1
    harmless(out + err)


NOW = datetime(2026, 11, 23, 14, 2, 11, tzinfo=timezone.utc)


def checked(endpoint: Endpoint, probe: Probe) -> str:
    """As `check` prints it, and its JSON."""
    finding = diagnose(SERVER, endpoint, probe)
    check = Check(endpoint, finding, probe.stages, probe.elapsed_ms, NOW, probe.certificate)
    assert json.dumps(documents.check_document([check])).isascii()
    return "\n".join([tables.checks_table([check]), *(stage.detail for stage in probe.stages)])


def answers(_folder: Path) -> Iterator[str]:
    page = f"<title>{hostile()}</title>".encode("utf-8", "replace")
    headers = {"server": hostile(), "location": f"/{hostile()}", "content_type": hostile(), "set_cookie": hostile()}
    for status in (200, 302, 400, 403, 404, 500, 502):
        for body in (page, {"message": hostile(), "reason": hostile(), "version": hostile()}):
            answer = reply(status, body, **headers)
            yield checked(HERE, run(lambda _request, answer=answer: answer)[0])


def failures(_folder: Path) -> Iterator[str]:
    for stage, kind in (("connect", "other"), ("http", "not-http"), ("http", "reset")):
        error = TransportError(stage, kind, hostile())  # type: ignore[arg-type]
        yield checked(HERE, run(lambda _request: reply(), refuse={"http": error})[0])


def certificate(_folder: Path) -> Iterator[str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{MARK}\x1b[2J\u202e\u3164{FORGED}")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7, NOW, NOW + timedelta(9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"{MARK}\x1b[2J\x07{FORGED}")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    der = made.public_bytes(serialization.Encoding.DER)
    read = read_untrusted(der, "box", Certificate(False, hostile(), ("name-mismatch",)), NOW)
    assert len(read.names) == 1 and read.issuer
    endpoint = replace(HERE, url="https://127.0.0.1:8888/")
    yield checked(endpoint, run(jupyter(), endpoint, certificate=read)[0])


def last_words(_folder: Path) -> Iterator[str]:
    for line in ("Bad config encountered during initialization: ", "No such directory: ", ""):
        tail = tail_of(f"{line}{hostile()}\n{line}{MARK}\x1b[2J")
        yield " ".join([*tail, cause_of(tail, 1)])


def log_file(folder: Path) -> Iterator[str]:
    (folder / "log").write_bytes((hostile() + "\n" + MARK + LONG).encode("utf-8", "surrogatepass"))
    reader = LogReader(str(folder / "log"))
    lines = [line.text for line in (*reader.last(10), *reader.rest())]
    reader.close()
    yield MARK + "  ".join([*lines[:1], *lines[-1:]])


def journal(_folder: Path) -> Iterator[str]:
    place = LogPlace("journal", "", command=("journalctl",))
    processes = FakeProcesses(outputs={"journalctl": f"{hostile()}\n{MARK}\n-- cursor: s=1\n"})
    found = journal_lines(place, 9, processes, {}, None)
    assert found is not None
    yield " ".join(line.text for line in found[0])


def kernels(_folder: Path) -> Iterator[str]:
    one = {"id": hostile(), "name": hostile(), "execution_state": hostile(), "connections": 1, "last_activity": "x"}
    session = {"path": hostile(), "name": hostile(), "type": hostile(), "kernel": one}
    bodies = {"kernels": [one], "sessions": [session], "terminals": [{"name": hostile(), "last_activity": "x"}]}

    def serve(request: Request) -> Response:
        part = request.path.partition("?")[0].rpartition("/")[2]
        return Response(200, {}, json.dumps(bodies.get(part, {})).encode(), truncated=False, elapsed_ms=1.0)

    processes = FakeProcesses()
    facts = processes.add(7, "python -m jupyterlab", ports=(8888,))
    started = datetime.fromtimestamp(facts.create_time, timezone.utc)
    server = Server("jpserver-7", "running", pid=7, port=8888, auth="none", started=started)
    server = replace(server, listeners=tuple(processes.listeners))
    found, terminals = running(server, processes, FakeTransport(serve), Deadline(2))
    yield kernels_table(Running("jpserver-7", found, terminals, None, hostile()))


def ssh(_folder: Path) -> Iterator[str]:
    said = f"Permission denied {hostile()}\n{MARK}\x1b[2J\u202e\u3164"
    yield trouble.ssh_failed("box", said).message
    yield trouble.ssh_failed("box", said[1:]).message
    yield trouble.no_shell("box", 1, said, "").message
    yield trouble.silent("box", 1.0, "", said).message
    yield trouble.broken_off("box", said).message
    yield trouble.no_ssh(OSError(2, hostile())).message


def packet_filter(_folder: Path) -> Iterator[str]:
    base = {"family": "inet", "table": hostile(), "name": hostile(), "hook": "input", "prio": 0, "policy": "drop"}
    ruleset = json.dumps({"nftables": [{"table": {"family": "inet", "name": hostile()}}, {"chain": base}]})
    processes = FakeProcesses(outputs={"nft -j list ruleset": ruleset})
    said = FirewallReader(processes, {}, root=True).read(Door(8888, "eth0", (ip_address("192.168.2.4"),)))
    assert said is not None
    yield said.rule


def reverse_name(_folder: Path) -> Iterator[str]:
    known = ReverseNames(lambda _ip: hostile())
    known.of("10.0.0.1")
    for thread in threading.enumerate():
        if thread.name == "jntui-reverse":
            thread.join(10)
    yield known.of("10.0.0.1")


def command_line(folder: Path) -> Iterator[str]:
    raw, processes = fit_name(hostile()), FakeProcesses()
    words = ("/venv/bin/python", "/venv/bin/jupyter-lab", f"--ServerApp.root_dir={raw}", f"--{raw}")
    processes.known[7] = replace(processes.add(7, "x", ports=(8888,)), argv=words, user=raw)
    processes.cwds[7] = raw
    processes.environs[7] = {"JUPYTER_CONFIG_DIR": raw, "HOME": raw}
    look = Survey({"HOME": str(folder)}, processes=processes, transport=FakeTransport(lambda _request: reply(500)))
    servers = look.servers()
    assert len(servers) == 1
    yield tables.servers_table(servers, look.machine)
    yield configuration_text(look.configuration(servers[0]), look.home)


READERS = (
    *(answers, failures, certificate, last_words, log_file, journal, kernels, ssh, packet_filter, reverse_name),
    *(command_line, *outside_machine.SOURCES),
)


@pytest.mark.parametrize("source", READERS, ids=[one.__name__ for one in READERS])
def test_what_is_read_is_harmless(
    source: Callable[[Path], Iterator[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firewall_linux.Tool, "has", lambda _self, program: program == "nft")
    texts = list(source(tmp_path))
    assert texts, "a source that shows nothing proves nothing"
    for text in texts:
        harmless(text)


def test_whatever_is_printed_passes_the_outlet(capsys: pytest.CaptureFixture[str]) -> None:
    with outlets():
        print(hostile(), end=" ")
        print(MARK + LONG[:5000], file=sys.stderr)
    out, err = capsys.readouterr()
    assert out.count("\n") == hostile().count("\n") and not unfit(out) and not unfit(err)
