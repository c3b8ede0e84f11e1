"""A password proves itself by one real login, which leaves no session behind; its hash is jntui's own."""

from __future__ import annotations

import logging

import pytest

from jntui.jupyter.login import try_login
from jntui.jupyter.passwords import hash_password
from jntui.jupyter.proof import Proof
from jntui.model import Listener, Secret, Server
from jntui.process import Processes
from jntui.transport import Deadline, HttpTransport
from tests.live.certificates import make_certificate
from tests.live.kinds import NOTEBOOK6, WITHOUT_NOTEBOOK6
from tests.live.servers import Jupyter, start_jupyter

PASSWORD = "Grüße & 100% open=sesame"


class Watched(HttpTransport):
    """The real transport; remembers what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []
        self.cookies: list[str] = []

    def open(self, target, deadline):
        channel = super().open(target, deadline)
        get, post = channel.get, channel.post

        def seen(method, real):
            def call(path, deadline, headers=None, *body):
                self.asked.append((method, path))
                answer = real(path, deadline, headers, *body)
                self.cookies.append((headers or {}).get("Cookie", ""))
                return answer

            return call

        channel.get, channel.post = seen("GET", get), seen("POST", post)
        return channel


def login(jupyter: Jupyter, password: str, *, owned: bool = True):
    server = Server(
        id=f"jpserver-{jupyter.pid}", pid=jupyter.pid, port=jupyter.port, base_url=jupyter.base_url,
        scheme=jupyter.scheme, state="running", app="Jupyter Server",
    )  # fmt: skip
    listeners = (Listener("127.0.0.1", jupyter.port, pid=jupyter.pid),)
    proof = Proof(Processes().look(jupyter.pid), listeners, owned, True)
    transport = Watched()
    return try_login(server, proof, Secret(password), transport, Deadline(30)), transport


@pytest.fixture(scope="module")
def options():
    """The hash stands in a file, as it would for a user."""
    return f"c.PasswordIdentityProvider.hashed_password = {hash_password(Secret(PASSWORD)).reveal()!r}\n"


def config(home, text: str, name: str = "jupyter_server_config.py") -> None:
    (home / ".jupyter").mkdir(parents=True)
    (home / ".jupyter" / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("app", ["server", "lab", "notebook"])
def test_the_right_password_and_a_wrong_one(tmp_path, app, options, caplog):
    caplog.set_level(logging.DEBUG)
    config(tmp_path, options)
    with start_jupyter(app, "--ServerApp.base_url=/ada", "--ip=127.0.0.1", home=tmp_path) as jupyter:
        right, transport = login(jupyter, PASSWORD)
        assert (right.outcome, right.words) == ("accepted", "it let the password in")
        assert transport.asked == [("GET", "/ada/login"), ("POST", "/ada/login"), ("GET", "/ada/logout")]
        assert "username-127-0-0-1" in transport.cookies[2]
        wrong, transport = login(jupyter, PASSWORD + "x")
        assert (wrong.outcome, len(transport.asked)) == ("refused", 2)
        assert jupyter.status("api/status") == 403
        assert PASSWORD not in jupyter.log_text() and "sesame" not in caplog.text


def test_a_corrupt_hash_and_no_login_at_all(tmp_path):
    config(tmp_path / "a", "c.PasswordIdentityProvider.hashed_password = 'argon2:corrupt'\n")
    with start_jupyter("server", "--ip=127.0.0.1", home=tmp_path / "a") as jupyter:
        assert login(jupyter, PASSWORD)[0].outcome == "broken"
    with start_jupyter("server", "--ip=127.0.0.1", "--IdentityProvider.token=", home=tmp_path / "b") as jupyter:
        assert login(jupyter, PASSWORD)[0].outcome == "no login"
    gone = login(jupyter, PASSWORD) if Processes().look(jupyter.pid) else None
    assert gone is None or gone[0].outcome == "unknown"


def test_over_tls_the_password_goes_to_a_proven_listener_only(tmp_path, options):
    files = make_certificate(tmp_path, "self-signed")
    config(tmp_path / "home", options)
    tls = (f"--certfile={files.certificate}", f"--keyfile={files.key}")
    with start_jupyter("server", "--ip=127.0.0.1", *tls, home=tmp_path / "home") as jupyter:
        found, transport = login(jupyter, PASSWORD, owned=False)
        assert (found.outcome, transport.asked) == ("unknown", [])
        assert login(jupyter, PASSWORD)[0].outcome == "accepted"


@pytest.mark.skipif(not NOTEBOOK6, reason=WITHOUT_NOTEBOOK6)
def test_notebook_6(tmp_path):
    text = f"c.NotebookApp.password = {hash_password(Secret(PASSWORD)).reveal()!r}\n"
    config(tmp_path, text, "jupyter_notebook_config.py")
    with start_jupyter("nb6", "--ip=127.0.0.1", home=tmp_path, python=NOTEBOOK6) as jupyter:
        assert login(jupyter, PASSWORD)[0].outcome == "accepted"
        assert login(jupyter, "wrong")[0].outcome == "refused"
