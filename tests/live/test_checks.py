"""The check of real Jupyter servers in the settings that users have: what it finds, stage by stage, and why."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jntui.model import Check, Endpoint, Secret, Server
from jntui.monitor.survey import Survey
from jntui.transport import HttpTransport
from tests.live.certificates import make_certificate
from tests.live.kinds import HASH
from tests.live.servers import Jupyter, clean_environment, free_port, launch_jupyter, wait_ready

TOKEN = "canary-of-the-checks"
TIMEOUT_S = 20.0
"""Of each check: generous, as the machine may be busy; what hangs is asked with less."""
SECRETS = (TOKEN, HASH)


@dataclass
class Fleet:
    """Servers that run at once, and jntui's own picture of them."""

    jupyters: dict[str, Jupyter]
    survey: Survey
    folder: Path

    def server(self, name: str) -> Server:
        found = [one for one in self.survey.servers() if one.pid == self.jupyters[name].pid]
        assert found, f"{name} is not seen"
        return self.survey.ask(found[0], 10.0)

    def url(self, name: str, host: str = "127.0.0.1", base_url: str | None = None) -> str:
        one = self.jupyters[name]
        return f"{one.scheme}://{host}:{one.port}{one.base_url if base_url is None else base_url}"

    def check(
        self,
        name: str,
        host: str = "127.0.0.1",
        base_url: str | None = None,
        token: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Check:
        """The check of one of its own addresses."""
        server = self.server(name)
        url, address = self.url(name, host, base_url), host.strip("[]")
        endpoint = Endpoint(server.id, url, "lo", address, "this-machine", True)
        done = self.survey.check(server, endpoint, timeout_s, token=Secret(token) if token else None)
        assert not any(secret in repr(done) for secret in SECRETS)
        return done


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("checks")
    files = make_certificate(folder, "self-signed")
    certificate, key = folder / "box.pem", folder / "box.key"
    shutil.copy(files.certificate, certificate)
    shutil.copy(files.key, key)
    token = f"--IdentityProvider.token={TOKEN}"
    password = f"--PasswordIdentityProvider.hashed_password={HASH}"
    shared = free_port()
    wanted: dict[str, tuple[str, int | None, tuple[str, ...]]] = {
        "token": ("lab", None, (token, "--ServerApp.base_url=/a/b/")),
        "password": ("server", None, (password,)),
        "both": ("server", None, (token, password)),
        "none": ("server", None, ("--IdentityProvider.token=", "--PasswordIdentityProvider.hashed_password=")),
        "tls": ("server", None, (token, f"--ServerApp.certfile={certificate}", f"--ServerApp.keyfile={key}")),
        "four": ("server", shared, (token, "--ServerApp.ip=127.0.0.1")),
        "six": ("server", shared, (token + "-of-six", "--ServerApp.ip=::1")),
    }
    with contextlib.ExitStack() as stack:
        jupyters = {}
        for name, (app, port, options) in wanted.items():
            jupyters[name] = launch_jupyter(app, *options, home=folder / "home", port=port)
            stack.callback(jupyters[name].stop)
        for one in jupyters.values():
            wait_ready(one)
        survey = Survey(clean_environment(folder / "home"))
        survey.reach.resolve_names()
        yield Fleet(jupyters, survey, folder)


def stages(check: Check) -> dict[str, bool | None]:
    return {stage.name: stage.ok for stage in check.stages}


@pytest.mark.parametrize(
    ("name", "verdict", "auth", "websocket"),
    [
        ("token", "ok", True, True),
        ("password", "login", None, None),
        ("both", "ok", True, True),
        ("none", "open", True, True),
        ("tls", "tls-untrusted", True, True),
        ("four", "ok", True, True),
    ],
)
def test_kinds_of_login(fleet: Fleet, name: str, verdict: str, auth: bool | None, websocket: bool | None) -> None:
    before = fleet.jupyters[name].warnings()
    check = fleet.check(name)
    assert check.verdict == verdict, check
    assert (stages(check)["auth"], stages(check)["websocket"]) == (auth, websocket)
    assert all(stage.elapsed_ms is not None for stage in check.stages if stage.ok and stage.name != "identity")
    assert fleet.jupyters[name].warnings() == before, "a healthy server's log gets no warning"


def test_ipv6_loopback(fleet: Fleet) -> None:
    assert fleet.check("six", "[::1]").verdict == "ok"


def test_the_wrong_base_url_is_named_by_the_header(fleet: Fleet) -> None:
    check = fleet.check("token", base_url="/")
    assert check.verdict == "base-url"
    assert fleet.url("token") in check.finding.fix


def test_a_wrong_token_in_the_url(fleet: Fleet) -> None:
    check = fleet.check("four", token="nonsense")
    assert check.verdict == "token-rejected"
    assert check.finding.certain


def test_the_other_ip_family_on_the_same_port_is_another_server(fleet: Fleet) -> None:
    """localhost leads to ::1 first; at the URL of the IPv4 server the IPv6 one answers, and gets no token of it."""
    four, six = fleet.server("four"), fleet.server("six")
    assert four.port == six.port
    endpoint = Endpoint(four.id, f"http://[::1]:{four.port}/", "lo", "::1", "this-machine", False)
    check = fleet.survey.check(four, endpoint, TIMEOUT_S, confirm_uncovered=True)
    assert check.verdict in {"other-server", "not-listening"}, check
    assert "another" in f"{check.finding.headline} {check.finding.cause}".lower(), check.finding
    assert all("token accepted" not in stage.detail for stage in check.stages)


def test_the_host_check_is_proven(fleet: Fleet) -> None:
    """Linux takes 0.0.0.0 for this machine, and Jupyter does not count it among the local names."""
    check = fleet.check("four", "0.0.0.0")
    assert check.verdict == "host-blocked", check
    assert check.finding.certain


def test_http_to_the_tls_port(fleet: Fleet) -> None:
    server = fleet.server("tls")
    endpoint = Endpoint(server.id, f"http://127.0.0.1:{server.port}/", "lo", "127.0.0.1", "this-machine", True)
    check = fleet.survey.check(server, endpoint, TIMEOUT_S)
    assert check.verdict == "tls-expected", check
    assert f"https://127.0.0.1:{server.port}/" in check.finding.fix


def test_https_to_a_plain_port(fleet: Fleet) -> None:
    server = fleet.server("four")
    endpoint = Endpoint(server.id, f"https://127.0.0.1:{server.port}/", "lo", "127.0.0.1", "this-machine", True)
    check = fleet.survey.check(server, endpoint, 4.0)
    assert check.verdict == "tls-missing", check
    assert check.finding.certain


@pytest.mark.parametrize("kind", ["self-signed", "trusted", "expired", "not-yet", "other-name", "no-names"])
def test_certificates(fleet: Fleet, kind: str) -> None:
    """The server reads its files at each handshake, so that one server shows them all. `trusted`: by an authority that
    this machine does not know."""
    install(fleet, kind, kind)
    check = fleet.check("tls")
    assert check.verdict == "tls-untrusted", check
    assert stages(check)["websocket"] is True, "its own file: the token may go there"
    words = f"{check.finding.cause} {check.finding.evidence}".lower()
    expected = {
        "self-signed": "self-signed",
        "trusted": "authority",
        "expired": "expired",
        "not-yet": "not valid before",
        "other-name": "it is for jupyter.example, not for 127.0.0.1",
        "no-names": "for no name at all",
    }
    assert expected[kind] in words, check.finding


def install(fleet: Fleet, certificate: str, key: str) -> Path:
    """Puts these files in the place of the server's; the authority that signed the certificate."""
    files = make_certificate(fleet.folder, certificate)
    other = files if key == certificate else make_certificate(fleet.folder, key)
    shutil.copy(files.certificate, fleet.folder / "box.pem")
    shutil.copy(other.key, fleet.folder / "box.key")
    return files.authority


def test_an_authority_that_this_machine_trusts(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(install(fleet, "trusted", "trusted")))
    monkeypatch.setattr(fleet.survey.reach, "_transport", HttpTransport())
    check = fleet.check("tls")
    assert check.verdict == "ok", check
    assert stages(check)["websocket"] is True


def test_a_key_that_does_not_belong_to_the_certificate(fleet: Fleet) -> None:
    install(fleet, "self-signed", "expired")
    check = fleet.check("tls", timeout_s=4.0)
    assert check.verdict == "tls-broken", check
    assert check.finding.certain
    assert "does not belong" in f"{check.finding.cause} {check.finding.evidence}"


def test_a_certificate_file_that_is_gone(fleet: Fleet) -> None:
    (fleet.folder / "box.key").unlink()
    try:
        check = fleet.check("tls", timeout_s=4.0)
    finally:
        install(fleet, "self-signed", "self-signed")
    assert check.verdict == "tls-broken", check
    assert "not there" in f"{check.finding.cause} {check.finding.evidence}"


def test_another_certificate_than_the_servers_own_gets_no_token(fleet: Fleet) -> None:
    """Somebody in between shows a certificate of their own: jntui knows the file, and it is another one."""
    from jntui.network.probe import probe

    install(fleet, "self-signed", "self-signed")
    server = fleet.server("tls")
    endpoint = Endpoint(server.id, fleet.url("tls"), "lo", "127.0.0.1", "this-machine", True)
    done = probe(endpoint, server, HttpTransport(), TIMEOUT_S, own_certificate=b"another certificate")
    assert done.certificate is not None
    assert not done.certificate.own_file
    assert not done.token_sent
    assert done.websocket is None
