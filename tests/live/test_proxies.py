"""A real nginx, set up right and in each of the usual wrong ways, in front of a real Jupyter Server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jntui.diagnose import diagnose
from jntui.model import Endpoint, Finding, Probe, Secret
from jntui.network.probe import probe
from jntui.transport import HttpTransport
from tests.live.nginx import HOST, UPGRADE, nginx, unavailable
from tests.live.servers import Jupyter, free_port, start_jupyter

pytestmark = pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "nginx")

TOKEN = "canary-behind-a-proxy"
TIMEOUT_S = 8.0


@dataclass
class Behind:
    server: Jupyter
    ports: dict[str, int]
    folder: Path


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp("nginx")
    password = folder / "users"
    password.write_text("ada:{PLAIN}secret\n")
    options = (f"--IdentityProvider.token={TOKEN}", "--ServerApp.allow_remote_access=True")
    with start_jupyter("server", *options, home=folder / "home") as server:
        passed = f"proxy_pass http://127.0.0.1:{server.port}"
        locations = {
            "right": f"location / {{ {passed}; {HOST} {UPGRADE} }}",
            "no-upgrade": f"location / {{ {passed}; {HOST} }}",
            "no-host": f"location / {{ {passed}; {UPGRADE} }}",
            "strips-prefix": f"location /jup/ {{ {passed}/; {HOST} {UPGRADE} }}",
            "dead-upstream": f"location / {{ proxy_pass http://127.0.0.1:{free_port()}; }}",
            "basic-login": f"auth_basic members; auth_basic_user_file {password}; location / {{ {passed}; {HOST} }}",
            "portal": "return 302 http://portal.example/login?back=1;",
            "welcome": f"root {folder / 'empty'};",
        }
        with nginx(folder, locations) as ports:
            yield Behind(server, ports, folder)


def check(url: str, token: str | None = TOKEN) -> tuple[Probe, Finding]:
    endpoint = Endpoint(None, url, None, "127.0.0.1", "this-machine", None, "custom")
    done = probe(endpoint, None, HttpTransport(), TIMEOUT_S, token=Secret(token) if token else None)
    return done, diagnose(None, endpoint, done)


@pytest.mark.parametrize(
    ("name", "path", "verdict", "outcome"),
    [
        ("right", "/", "ok", "open"),
        ("no-upgrade", "/", "page-only", "no-upgrade"),
        ("no-host", "/", "page-only", "cross-origin"),
        ("strips-prefix", "/jup/", "base-url", "open"),
        ("dead-upstream", "/", "gateway-error", None),
        ("basic-login", "/", "gateway-error", None),
        ("portal", "/", "gateway-error", None),
        ("welcome", "/", "not-jupyter", None),
    ],
)
def test_a_way_of_passing_on(behind: Behind, name: str, path: str, verdict: str, outcome: str | None) -> None:
    done, finding = check(f"http://127.0.0.1:{behind.ports[name]}{path}")
    assert (done.websocket.outcome if done.websocket else None) == outcome, done
    assert finding.verdict == verdict, (finding, done)
    assert TOKEN not in repr((done, finding))


def test_the_proxys_own_log_holds_no_token(behind: Behind) -> None:
    check(f"http://127.0.0.1:{behind.ports['right']}/")
    assert TOKEN not in (behind.folder / "access.log").read_text()


def test_a_healthy_check_leaves_no_warning_and_no_activity(behind: Behind) -> None:
    """Straight at the server, with the WebSocket: neither a log line nor last_activity may tell of it."""
    url = f"http://127.0.0.1:{behind.server.port}/"
    before = behind.server.warnings()
    _, first = check(url)
    activity = behind.server.json("api/status?no_track_activity=1", TOKEN)["last_activity"]
    _, second = check(url)
    assert (first.verdict, second.verdict) == ("ok", "ok")
    assert behind.server.json("api/status?no_track_activity=1", TOKEN)["last_activity"] == activity
    assert behind.server.warnings() == before
