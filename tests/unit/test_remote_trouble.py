"""What keeps another host from being asked: one clear line each."""

from __future__ import annotations

import pytest

from jntui.cli import main
from jntui.model import Endpoint, RemoteFailed
from jntui.monitor.reach import Reach
from jntui.network.remote import trouble
from jntui.text import visible

SSH = {
    "ssh: Could not resolve hostname phone: Name or service not known": "the name phone is unknown to ssh",
    "ssh: connect to host phone port 22: Connection refused": "phone refuses the SSH connection",
    "ssh: connect to host phone port 22: Connection timed out": "phone does not answer to SSH",
    "ssh: connect to host phone port 22: No route to host": "no way leads to phone",
    "ssh: connect to host phone port 22: Network is unreachable": "no way leads to phone",
    "ada@phone: Permission denied (publickey).": "phone does not let you in: nothing is asked here",
    "Received disconnect from 192.0.2.7 port 22:2: Too many authentication failures": "too many keys",
    "No ED25519 host key is known for phone and you have requested strict checking.\r\nHost key verification failed.": (
        "the host key of phone is not in known_hosts"
    ),
    "@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n@@@@@\r\nHost key verification failed.": (
        "phone shows another host key"
    ),
    "kex_exchange_identification: Connection closed by remote host": "phone closes the SSH connection before a login",
    "Unable to negotiate with 192.0.2.7 port 22: no matching key exchange method found.": "agree on no algorithm",
    "Bad owner or permissions on /home/ada/.ssh/config": "give that file to yourself alone",
    "/home/ada/.ssh/config: line 3: Bad configuration option: nonsense": "mend the line that it names",
    "something new\x1b[2J": "ssh to phone failed: see `ssh -v phone` (ssh: something new?[2J)",
    "": "ssh to phone failed: see `ssh -v phone`",
}


@pytest.mark.parametrize("errors", SSH)
def test_sshs_own_words(errors: str) -> None:
    message = trouble.ssh_failed("phone", errors).message
    assert SSH[errors] in message
    assert visible(message, 1000) == message
    assert "\n" not in message


HOSTS = {
    "": "--from names no host",
    "  ": "--from names no host",
    "-oProxyCommand=id": "begins with a hyphen",
    "phone\n": "holds a blank or a control character",
    "pho ne": "holds a blank or a control character",
    "phone\x1b[2J": "holds a blank or a control character",
    "ph\u202eone": "holds a blank or a control character",
    "x" * 300: "the host has 300 characters",
}


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_none(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"--from={host}"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert HOSTS[host] in err
    assert "see: jntui check --help" in err
    assert visible(err[:-1], 1000) == err[:-1]


@pytest.mark.parametrize("host", ["phone", "ada@192.168.2.31", "ssh://ada@phone:2222", "fd00::1", "lab-box.lan"])
def test_a_host_that_is_one(host: str) -> None:
    trouble.check_host(host)


@pytest.mark.parametrize(
    ("failed", "words"),
    [
        (trouble.no_shell("phone", 1, "\x07This account is not available.\n", ""), "This account is not available."),
        (trouble.no_shell("phone", None, "", ""), "it said nothing"),
        (trouble.silent("phone", 20.0, "Welcome\n", ""), "within 20 s; last it said: Welcome"),
        (trouble.broken_off("phone", "Timeout, server phone not responding."), "(ssh: Timeout, server phone"),
        (trouble.too_much("phone", 2048), "more than 2 KiB"),
        (trouble.no_tool("phone"), "neither curl"),
        (trouble.no_ssh(FileNotFoundError(2, "No such file or directory")), "install OpenSSH's client"),
    ],
)
def test_the_other_ways_to_fail(failed: RemoteFailed, words: str) -> None:
    assert words in failed.message
    assert visible(failed.message, 1000) == failed.message


@pytest.mark.parametrize(
    ("url", "scope", "offered", "kept"),
    [
        ("http://192.168.2.169:8888/", "lan", True, True),
        ("http://100.64.0.2:8888/", "carrier-nat", True, True),
        ("http://127.0.0.1:8888/", "this-machine", True, False),
        ("http://172.17.0.1:8888/", "container", True, False),
        ("http://[fe80::1%25eth0]:8888/", "link-local", False, False),
        ("http+unix://%2Frun%2Fj.sock", "lan", True, False),
    ],
)
def test_which_endpoints_another_host_could_open(url: str, scope: str, offered: bool, kept: bool) -> None:
    endpoint = Endpoint("x", url, None, None, scope, True, offered=offered)  # type: ignore[arg-type]
    assert bool(Reach.for_others([endpoint])) is kept
