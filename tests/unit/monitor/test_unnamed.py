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
        ("8.8.8.8:8888, http://8.8.8.8:80/", "[address 1]:8888, http://[address 1]:80/"),
        ("::ffff:8.8.4.4 [::ffff:8.8.4.4]:80 ::ffff:10.0.0.7", "[address 1] [[address 1]]:80 ::ffff:10.0.0.7"),
        ("0.0.0.0:8888 10.0.0.7:80 [fe80::1%eth0]:80 [::]:8888 1.2.3.4.5", None),
        ("/srv/ada_books/ada2/x jupyter_ada.py", "/srv/[user]_books/[user]2/x jupyter_[user].py"),
        ("lab-box_1.lan, ada@lab-box:/x", "[host]_1.lan, [user]@[host]:/x"),
        ("*.example.org http://git.example.org:1/", "*.[domain] http://[name 3]:1/"),
        (r"'.*\.example\\.org'", r"'.*\.[domain]'"),
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


def test_names_that_are_digits_or_words_of_jupyter() -> None:
    one = Unnamed(users={"jupyter", "7"}, hosts={"3f2a9c1b7d2e"}, homes=set())
    text = "/usr/etc/jupyter/jupyter_server_config.py:17 at 127.0.0.1:8877, 3f2a9c1b7d2e"
    assert one(text) == "/usr/etc/jupyter/jupyter_server_config.py:17 at 127.0.0.1:8877, [host]"


def test_names_of_a_certificate() -> None:
    one = Unnamed(users=set(), hosts=set(), homes=set())
    one.foreign(["*.example.net", "gpu7", "10.0.0.1"])
    assert one("it is for *.example.net and gpu7, not for 10.0.0.1") == (
        "it is for *.[name 1] and [name 2], not for 10.0.0.1"
    )
