"""Ready strings for other programs: with tokens only while they are shown, each proven or marked unproven."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import datetime, timezone

from jntui.diagnose.connecting import connections
from jntui.model import Check, Endpoint, Finding, Listener, Machine, Secret, Server, SshSession

TOKEN = "a-secret/token"
SERVER = Server(
    "one",
    "running",
    port=8888,
    auth="token",
    base_url="/ada/",
    token=Secret(TOKEN),
    listeners=(Listener("127.0.0.1", 8888),),
)
MACHINE = Machine("lab-box", "ada", ssh=SshSession("192.168.2.23", "192.168.2.169", 2222))
LAN = Endpoint("one", "http://192.168.2.169:8888/ada/", "eth0", "192.168.2.169", "lan", True)


def check(verdict: str, endpoint: Endpoint = LAN) -> Check:
    return Check(endpoint, Finding(verdict, ""), (), 1.0, datetime.now(timezone.utc))  # type: ignore[arg-type]


def texts(*given: object, **more: bool) -> dict[str, str]:
    return {one.kind: one.text for one in connections(*given, **more)}  # type: ignore[arg-type]


def test_while_tokens_are_hidden_no_string_has_one() -> None:
    found = connections(SERVER, LAN, check("ok"), MACHINE)
    assert all("secret" not in one.text + one.words + repr(one) for one in found)
    assert texts(SERVER, LAN, check("ok"), MACHINE) == {
        "browser": LAN.url,
        "vscode": LAN.url,
        "desktop": f"jlab {LAN.url}",
        "curl": f'curl -H "Authorization: token $JUPYTER_TOKEN" {LAN.url}api/status',
        "ssh": "ssh -p 2222 -L 127.0.0.1:8888:127.0.0.1:8888 ada@192.168.2.169",
    }
    assert "the token, which is hidden" in found[0].words


def test_when_they_are_shown_they_are_in_them() -> None:
    found = texts(SERVER, LAN, check("ok"), MACHINE, tokens_shown=True)
    assert found["vscode"] == f"{LAN.url}?token=a-secret%2Ftoken"
    assert shlex.split(found["desktop"]) == ["jlab", f"{LAN.url}?token=a-secret%2Ftoken"]
    assert shlex.split(found["curl"])[2] == f"Authorization: token {TOKEN}"
    assert TOKEN not in repr(connections(SERVER, LAN, check("ok"), MACHINE, tokens_shown=True))


def test_a_password_server_and_an_added_url_get_no_token() -> None:
    only = replace(SERVER, auth="password")
    assert texts(only, LAN, check("login"), MACHINE, tokens_shown=True)["browser"] == LAN.url
    custom = replace(LAN, kind="custom")
    assert texts(SERVER, custom, check("ok", custom), MACHINE, tokens_shown=True)["browser"] == custom.url


def test_each_is_proven_or_marked() -> None:
    assert [one.proven for one in connections(SERVER, LAN, check("ok"), MACHINE)] == [True] * 4 + [False]
    assert not any(one.proven for one in connections(SERVER, LAN, check("refused"), MACHINE))
    assert connections(SERVER, LAN, None, MACHINE)[0].words.startswith("not checked yet")
    near = replace(LAN, scope="this-machine")
    assert "only this machine" in connections(SERVER, near, check("ok"), MACHINE)[0].words
    ssh = connections(SERVER, LAN, check("ok"), MACHINE)[-1]
    assert "then open http://127.0.0.1:8888/ada/ there" in ssh.words
    assert "a guess" in connections(SERVER, LAN, check("ok"), replace(MACHINE, ssh=None))[-1].words


def test_an_untrusted_certificate_is_said_to_curl() -> None:
    assert texts(SERVER, LAN, check("tls-untrusted"), MACHINE)["curl"].startswith("curl --insecure ")


def test_a_socket_has_no_url() -> None:
    sock = Endpoint("one", "http+unix://%2Ftmp%2Fs/", None, None, "this-machine", True)
    assert connections(replace(SERVER, listeners=(Listener("", 0, "/tmp/s"),), port=0), sock, None, MACHINE) == ()


def test_the_ssh_line_logs_in_as_the_one_who_did() -> None:
    under_sudo = replace(MACHINE, user="root", ssh=SshSession("192.168.2.23", "192.168.2.169", 2222, "ada"))
    assert texts(SERVER, LAN, check("ok"), under_sudo)["ssh"].endswith(" ada@192.168.2.169")


def test_an_untrusted_certificate_is_proven_for_a_browser_and_curl_alone() -> None:
    found = {one.kind: one for one in connections(SERVER, LAN, check("tls-untrusted"), MACHINE)}
    assert [kind for kind, one in found.items() if one.proven] == ["browser", "curl"]
    assert "may refuse it" in found["vscode"].words
    assert "it does not work now" in connections(SERVER, LAN, check("timeout"), MACHINE)[1].words
