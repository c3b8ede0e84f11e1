"""What is taken out of a report, and what stays."""

from __future__ import annotations

import pytest

from jntui.monitor.unnamed import Unnamed


@pytest.fixture
def unnamed() -> Unnamed:
    found = Unnamed(users={"ada", "root"}, hosts={"lab-box.example.org", "10.0.0.7"}, homes={"/home/ada", "/"})
    found.foreign(["proxy.example.org", ".example.com", "localhost", "10.1.2.3"])
    return found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ada/work and /home/adam", "~/work and /home/[user]"),
        ("ada's Canada", "[user]'s Canada"),
        ("root directory", "root directory"),
        ("LAB-BOX.example.org and lab-box", "[host] and [host]"),
        ("http://lab-box:8888/", "http://[host]:8888/"),
        ("http://localhost:8888/ http://10.0.0.7:8888/ http://[::1]:8888/ http://*:1/", None),
        ("https://proxy.example.org/x https://other.net/", "https://[name 1]/x https://[name 3]/"),
        ("at 8.8.8.8 and 2001:4860:4860::8888, 8.8.8.8", "at [address 1] and [address 2], [address 1]"),
        ("192.168.1.5 127.0.0.1 ::1 fe80::1 12:30:45 1.2.3", None),
        ("https://ada:x@secret.example.net/", "https://[name 3]/"),
    ],
)
def test_names_and_addresses(unnamed: Unnamed, text: str, shown: str | None) -> None:
    assert unnamed(text) == (text if shown is None else shown)


def test_names_as_urls_and_python_write_them() -> None:
    one = Unnamed(users={"zoë.o'brien"}, hosts=set(), homes=set())
    text = one("/a/zoe, https://127.0.0.1/x/zo%C3%AB.o%27brien/ and zo%C3%AB.o'brien and 'zoë.o\\'brien'")
    assert text == "/a/zoe, https://127.0.0.1/x/[user]/ and [user] and '[user]'"


def test_whose_a_base_url_or_a_home_is() -> None:
    one = Unnamed(users=set(), hosts=set(), homes={"/home/me"})
    text = one("http://localhost:8888/user/ada/ /home/bob/work /home/me/work /Users/eve '/user/carl' /home/jovyan/x")
    assert (
        text
        == "http://localhost:8888/user/[user]/ /home/[user]/work ~/work /Users/[user] '/user/[user]' /home/jovyan/x"
    )
