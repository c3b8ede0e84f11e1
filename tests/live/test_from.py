"""Checks from another host through a real sshd: what each tool over there finds, and every way that it can fail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from jntui.diagnose import diagnose
from jntui.model import Endpoint, Finding, Probe, RemoteFailed
from jntui.network.remote import session
from jntui.network.remote.session import probe_from
from jntui.process import Processes
from jntui.text import visible
from tests.live import sshd as far
from tests.live.certificates import make_certificate
from tests.live.hostile import hostile
from tests.live.servers import Jupyter, clean_environment, free_port, start_jupyter, wait_for
from tests.live.sshd import Sshd, start_sshd

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(bool(far.unavailable()), reason=far.unavailable() or "-")

TOOLS = {"curl": far.CURL, "python3": far.PYTHON, "bash": far.BASH}


@dataclass
class Here:
    """The servers of this machine that other hosts look at."""

    token: Jupyter
    none: Jupyter
    tls: Jupyter


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    folder = tmp_path_factory.mktemp("here")
    files = make_certificate(folder, "self-signed")
    secure = (f"--certfile={files.certificate}", f"--keyfile={files.key}")
    with ExitStack() as stack:
        token = stack.enter_context(
            start_jupyter("server", "--ip=127.0.0.1", "--ServerApp.base_url=/user/ada", home=folder / "t")
        )
        none = stack.enter_context(start_jupyter("server", "--IdentityProvider.token=", home=folder / "n"))
        tls = stack.enter_context(start_jupyter("server", *secure, home=folder / "s"))
        yield Here(token, none, tls)


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with start_sshd(tmp_path_factory.mktemp("phone") / "sshd") as sshd:
        yield sshd


def endpoint(url: str) -> Endpoint:
    host = url.split("/")[2].rsplit(":", 1)[0].strip("[]")
    return Endpoint(None, url, None, host, "lan", None, "custom")


def look(sshd: Sshd, urls: list[str], timeout_s: float = 4.0) -> dict[str, tuple[Probe, Finding]]:
    targets = [(None, endpoint(url)) for url in urls]
    probes = probe_from("phone", targets, timeout_s, Processes(), sshd.environ)
    return {probe.url: (probe, diagnose(None, endpoint(probe.url), probe)) for probe in probes}


def jntui(sshd: Sshd, home: Path, *words: str, path: str = "") -> subprocess.CompletedProcess[str]:
    env = {**clean_environment(home), "PYTHONPATH": str(ROOT), "PATH": path or sshd.path}
    argv = [sys.executable, "-m", "jntui", *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=90, env=env, cwd=home, check=False)


@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_finds_the_same(tool: str, here: Here, tmp_path: Path) -> None:
    secure = f"https://127.0.0.1:{here.tls.port}/"
    expected = {
        here.token.url: "login",
        f"http://127.0.0.1:{here.token.port}/": "base-url",
        f"http://127.0.0.2:{here.token.port}{here.token.base_url}": "refused",
        f"http://127.0.0.1:{here.none.port}/": "open",
        f"http://127.0.0.1:{free_port()}/": "refused",
        f"http://[::1]:{free_port()}/": "refused",
        "http://no-such-name.invalid/": "name-unknown",
        secure: "no-answer" if tool == "bash" else "tls-untrusted",
        f"http://127.0.0.1:{here.tls.port}/": "no-answer" if tool == "bash" else "tls-expected",
        f"https://127.0.0.1:{here.none.port}/": "tls-missing",
    }
    with (
        start_sshd(tmp_path / "sshd", tools=TOOLS[tool]) as sshd,
        hostile("silent") as silent,
        hostile("ssh-banner") as banner,
    ):
        expected |= {f"http://127.0.0.1:{silent.port}/": "no-answer", f"http://127.0.0.1:{banner.port}/": "not-jupyter"}
        found = look(sshd, list(expected))
    verdicts = {url: finding.verdict for url, (_, finding) in found.items()}
    if tool == "bash":
        assert found[secure][0].failure is not None
        assert "bash speaks no TLS" in found[secure][0].failure.detail
        verdicts[secure] = "no-answer"
    assert verdicts == expected, found
    assert all(probe.vantage == "phone" and not probe.token_sent for probe, _ in found.values())
    assert found[here.token.url][0].auth == "login"


def test_a_healthy_server_hears_nothing_that_it_would_log(phone: Sshd, here: Here) -> None:
    before = [server.warnings() for server in (here.token, here.none, here.tls)]
    urls = [here.token.url, here.none.url, here.tls.url]
    found = look(phone, urls)
    assert [finding.verdict for _, finding in found.values()] == ["login", "open", "tls-untrusted"]
    assert [server.warnings() for server in (here.token, here.none, here.tls)] == before


HOSTILE = {
    "endless-body": "not-jupyter",
    "endless-headers": "not-jupyter",
    "endless-header-line": "not-jupyter",
    "continue-flood": "not-jupyter",
    "drip-header": "no-answer",
    "drip-body": "no-answer",
    "reset": "no-answer",
    "close": "no-answer",
    "close-after-request": "no-answer",
    "http-0.9": "not-jupyter",
    "binary": "not-jupyter",
    "hostile-headers": "not-jupyter",
    "hostile-version": "not-jupyter",
    "gzip-bomb": "not-jupyter",
    "redirect-loop": "not-jupyter",
    "deep-json": "not-jupyter",
    "proxy-502": "gateway-error",
    "length-too-long": "no-answer",
    "chunk-cut": "no-answer",
    "jupyter": "login",
}


@pytest.mark.parametrize("tool", TOOLS)
def test_hostile_servers(tool: str, tmp_path: Path) -> None:
    with start_sshd(tmp_path / "sshd", tools=TOOLS[tool]) as sshd, ExitStack() as stack:
        servers = {name: stack.enter_context(hostile(name)) for name in HOSTILE}
        urls = {f"http://127.0.0.1:{server.port}/": name for name, server in servers.items()}
        found = look(sshd, list(urls), 2.0)
        sent = {name: server.end().sent for name, server in servers.items()}
    verdicts = {urls[url]: finding.verdict for url, (_, finding) in found.items()}
    assert verdicts == HOSTILE, found
    assert max(sent.values()) < 2 * 1024 * 1024, sent
    for probe, finding in found.values():
        words = [stage.detail for stage in probe.stages] + [finding.cause, finding.evidence, finding.headline]
        assert all(visible(text, len(text)) == text for text in words)


def test_start_up_files_that_talk_are_passed_over(here: Here, tmp_path: Path) -> None:
    with start_sshd(tmp_path / "sshd") as sshd:
        noise = "echo 'Welcome to phone'; echo 'jntui-0123 0 data 41'; printf 'no end of line'; echo fortune >&2\n"
        (sshd.folder / "far-home" / ".bashrc").write_text(noise)
        (sshd.folder / "far-home" / ".profile").write_text(noise)
        ((_, finding),) = look(sshd, [here.token.url]).values()
    assert finding.verdict == "login"


def test_nothing_of_the_other_hosts_configuration_is_used(here: Here, tmp_path: Path) -> None:
    """curlrc and netrc in its home, proxies in its environment; and nothing is left there."""
    with start_sshd(tmp_path / "sshd", "AcceptEnv *", client=["SendEnv *"]) as sshd:
        home = sshd.folder / "far-home"
        (home / ".curlrc").write_text("user-agent = caught\nproxy = http://127.0.0.1:1/\n")
        (home / ".netrc").write_text("machine 127.0.0.1 login a password caught\n")
        before = sorted(home.rglob("*"))
        sshd_environ = {**sshd.environ, "http_proxy": "http://127.0.0.1:1/", "ALL_PROXY": "http://127.0.0.1:1/"}
        sshd_environ["JUPYTER_TOKEN"] = "canary-of-the-environment"
        (probe,) = probe_from("phone", [(None, endpoint(here.token.url))], 4.0, Processes(), sshd_environ)
        assert sorted(home.rglob("*")) == before
    assert probe.auth == "login", probe


def test_neither_token_nor_path_stands_in_a_command_line(phone: Sshd, tmp_path: Path) -> None:
    seen: set[str] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(entry.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
                except OSError:
                    continue  # it ended

    watcher = threading.Thread(target=watch)
    with hostile("silent") as silent:
        script = tmp_path / "check"
        url = f"http://127.0.0.1:{silent.port}/canary-path/?token=canary-token"
        words = ["check", url, "--from", "phone", "--timeout", "2"]
        script.write_text(f"from jntui.cli import main\nmain({words})\n")
        env = {**clean_environment(tmp_path), "PYTHONPATH": str(ROOT), "PATH": phone.path}
        watcher.start()
        argv = [sys.executable, str(script)]
        done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=90, check=False)
        over.set()
        watcher.join()
    assert "no-answer" in done.stdout, done.stderr
    assert "canary-token" not in done.stdout + done.stderr
    assert any("-- phone sh -s" in line for line in seen), "ssh was seen"
    assert any(line.startswith("curl -q --config -") for line in seen), "curl was seen"
    assert not [line for line in seen if "canary-token" in line or "canary-path" in line]


def failing(sshd: Sshd, **options: float) -> str:
    with pytest.raises(RemoteFailed) as failed:
        probe_from("phone", [(None, endpoint("http://127.0.0.1:1/"))], 2.0, Processes(), sshd.environ, **options)
    message = failed.value.message
    assert visible(message, len(message)) == message
    return message


FAR_SIDES = {
    "prints a line": ("ForceCommand echo welcome to the vault", "runs no `sh`, exit status 0 (it said: welcome"),
    "fails": ("ForceCommand exit 3", "runs no `sh`, exit status 3"),
    "no account": ("ForceCommand echo 'This account is not available.'; exit 1", "This account is not available."),
    "echoes": ("ForceCommand cat", "gave no answer within 2 s"),
    "floods": ("ForceCommand yes", "sent more than"),
    "a flood without lines": ("ForceCommand cat /dev/zero", "sent more than"),
    "controls": ("ForceCommand printf '\\033[2J\\007bad\\n'; exit 1", "it said: ?[2J?bad"),
    "hangs": ("ForceCommand cat >/dev/null", "gave no answer within 2 s"),
    "no tools": ("SetEnv PATH=/nonexistent", ""),
}


@pytest.mark.parametrize("way", FAR_SIDES)
def test_a_far_side_that_is_no_shell(way: str, tmp_path: Path) -> None:
    line, words = FAR_SIDES[way]
    with start_sshd(tmp_path / "sshd", *([line] if words else []), tools=() if words else far.SHELL_TOOLS) as sshd:
        message = failing(sshd, login_s=2.0 if "2 s" in words else 20.0)
    assert (words or "has neither curl (7.33 or newer) nor python3 nor bash") in message


def test_a_far_side_that_falls_silent_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SLACK_S", 0.5)
    with start_sshd(tmp_path / "sshd", tools=(*far.CURL, "sleep")) as sshd:
        curl = sshd.folder / "far-bin" / "curl"
        curl.unlink()
        curl.write_text('#!/bin/sh\n[ "$2" = --version ] && echo curl 8.0.0 && exit\nexec sleep 8\n')
        curl.chmod(0o755)
        message = failing(sshd)
    assert "phone gave no answer within" in message


def test_a_far_side_that_lies(tmp_path: Path) -> None:
    """A shell that answers the first question rightly and then sends what nobody asked for."""
    lie = 'while read l; do case "$l" in m=*) break;; esac; done; m=${l#m=}; echo "$m hello curl"; echo "$m end"; '
    lie += 'while read l; do case "$l" in wait) break;; esac; done; echo "$m 7 data 41"; echo "$m end"; cat'
    with start_sshd(tmp_path / "sshd", f"ForceCommand {lie}") as sshd:
        message = failing(sshd, login_s=5.0)
    assert "what phone sent back is no whole answer" in message


def ssh_trouble(name: str, sshd: Sshd) -> str:
    """Brings the trouble about; the host that is then asked."""
    if name == "denied":
        (sshd.folder / "authorized").write_text("")
    elif name == "changed key":
        sshd.known(far.make_key(sshd.folder / "other"))
    elif name == "unknown key":
        (sshd.folder / "known_hosts").write_text("")
    elif name == "down":
        sshd.port = free_port()
        sshd.client()
    elif name == "bad configuration":
        sshd.client("Nonsense yes")
    return "no-such-name.invalid" if name == "unknown" else "phone"


TROUBLES = {
    "denied": "phone does not let you in",
    "changed key": "phone shows another host key",
    "unknown key": "the host key of phone is not in known_hosts",
    "down": "phone refuses the SSH connection",
    "unknown": "the name no-such-name.invalid is unknown to ssh",
    "bad configuration": "ssh refuses your ssh configuration",
}


@pytest.mark.parametrize("name", TROUBLES)
def test_what_ssh_itself_cannot_do_is_one_line(name: str, tmp_path: Path) -> None:
    with start_sshd(tmp_path / "sshd") as sshd:
        host = ssh_trouble(name, sshd)
        done = jntui(sshd, tmp_path, "check", "http://127.0.0.1:1/", "--from", host)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.startswith(f"jntui: {TROUBLES[name]}"), done.stderr
    assert done.stderr.count("\n") == 1
    assert "(ssh: " in done.stderr


def test_without_ssh(phone: Sshd, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = jntui(phone, tmp_path, "check", "http://127.0.0.1:1/", "--from", "phone", path=str(tmp_path / "empty"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "ssh cannot be run here (No such file or directory): install" in done.stderr


def test_ctrl_c_leaves_no_ssh_behind(tmp_path: Path) -> None:
    with start_sshd(tmp_path / "sshd", "ForceCommand cat >/dev/null") as sshd:
        env = {**clean_environment(tmp_path), "PYTHONPATH": str(ROOT), "PATH": sshd.path}
        argv = [sys.executable, "-m", "jntui", "check", "http://127.0.0.1:1/", "--from", "phone"]
        child = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
        mine = str(sshd.folder / "client")
        wait_for(lambda: of_command_line(mine), "ssh to run", 30)
        child.send_signal(signal.SIGINT)
        out, _ = child.communicate(timeout=30)
        assert (child.returncode, out) == (130, b"")
        assert not of_command_line(mine)


def of_command_line(text: str) -> list[str]:
    """The processes whose command line holds it."""
    listing = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if text in line]


def test_the_command(phone: Sshd, here: Here) -> None:
    """A server of which no other host can open an address; its URL itself; several at once; the exit status."""
    home = here.token.home
    done = jntui(phone, home, "check", str(here.token.port), "--from", "phone", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["from"], answer["endpoints"]) == (1, "phone", [])
    assert f"http://127.0.0.1:{here.token.port}/user/ada/" in answer["left_out"]
    done = jntui(phone, home, "check", str(here.token.port), "--from", "phone")
    assert "listens on no address that phone could open" in done.stdout
    dead = f"http://127.0.0.1:{free_port()}/"
    done = jntui(phone, home, "check", f"{here.token.url}?token={here.token.token}", dead, "not://x", "--from", "phone")
    assert done.returncode == 1
    assert here.token.token not in done.stdout + done.stderr
    assert "1 of 3 reachable from phone" in done.stdout
    done = jntui(phone, home, "check", here.token.url, "--from", "phone", "--json")
    (row,) = json.loads(done.stdout)["endpoints"]
    assert (done.returncode, row["verdict"], row["server"]) == (0, "login", None)
    assert [stage["name"] for stage in row["stages"]][-2:] == ["auth", "websocket"]


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX's")
def test_ssh_is_ended_with_its_group(phone: Sshd, here: Here) -> None:
    look(phone, [here.token.url])
    assert not of_command_line(str(phone.folder / "client"))
