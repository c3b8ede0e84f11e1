"""Config files as the screen shows them: every line, no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jntui.jupyter.settings.viewing import shown_lines

if TYPE_CHECKING:
    from pathlib import Path

HASH = "argon2:$argon2id$v=19$m=10240,t=10,p=8$abcdefghijklmnop$qrstuvwxyz"
TOKEN = "0123456789abcdef0123456789abcdef"


def shown(folder: Path, text: str | bytes, name: str = "jupyter_server_config.py") -> tuple[str, ...]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return shown_lines(str(path))


@pytest.mark.parametrize(
    "line",
    [
        f"c.PasswordIdentityProvider.hashed_password = '{HASH}'",
        f"c.ServerApp.password = u'{HASH}'",
        f"#c.NotebookApp.password = '{HASH}'",
        f"# the old one was {HASH}",
        f"c.IdentityProvider.token = '{TOKEN}'",
        f"## token = '{TOKEN}'",
        f"c.Whatever.x = '{TOKEN}'",
        f"c.IdentityProvider.token = '{TOKEN[:8]}x'; c.ServerApp.allow_root = True",
        f"x = 1; c.IdentityProvider.token = '{TOKEN}'; y = 2",
    ],
)
def test_no_secret_is_on_the_screen(tmp_path: Path, line: str) -> None:
    (only,) = shown(tmp_path, line + "\n")
    assert HASH[-12:] not in only
    assert TOKEN[:8] not in only


@pytest.mark.parametrize(
    "text",
    [
        'c.ServerApp.password = """LEAK\nLEAK"""\n',
        'c.GatewayClient.http_pwd = "LEAK"',
        "pw = 'LEAK'; c.ServerApp.password = passwd(pw)",
        "words = 'LEAK'\nc.ServerApp.password = passwd(words)",
        "word = 'LEAK'\nc.IdentityProvider.token = word",
        "# my old token was LEAKabcdef0123456789",
        "# password: 'LEAK'",
        "c.ServerApp.update({'password': 'LEAK', 'port': 9})",
        "c.ServerApp.update(password='LEAK')",
        "c['IdentityProvider']['token'] = 'LEAK'",
        "c.IdentityProvider.token = f'LEAK{1}'",
        "c.IdentityProvider.token = (\n    'LEAK'\n",
        "c.IdentityProvider.token = 'LEAK",
        "token = 'LEAK' if 1 else 'LEAK'",
        "c.Hub.tokens = ['LEAK']",
        "c.Hub.tokens = ['LEAK', 'LEAK2']",
        "c.Hub.api_tokens = {'ada': 'LEAK', 'bob': ('LEAK',)}",
        "def made():\n    if 1:\n        return 'LEAK'\n    return ['LEAK']\nc.IdentityProvider.token = made()\n",
        "def my_token():\n    return 'LEAK'\nx = my_token\n",
        "made = lambda: 'LEAK'\nc.IdentityProvider.token = made()\n",
        "words = ['LEAK']\nc.IdentityProvider.token = words[0]\n",
        "words = {'a': 'LEAK'}\nc.IdentityProvider.token = words['a']\n",
        "# my token is LEAK",
        "# the password was LEAK, once",
        "# password LEAK123",
        "# Authorization: Bearer LEAK",
        "x = 1  # api key = LEAK",
        "c.Spawner.environment = {'API_KEY': 'LEAK', 'A': 'b'}",
        'c.GatewayClient.headers = \'{"Authorization": "LEAK"}\'',
        "c.GatewayClient.url = 'http://ada:LEAK@box/'",
        "# see http://ada:LEAK@box/",
        "x = 'LEAKxQ9zT3mP0aB7cD55'",
        "# LEAKxQ9zT3mP0aB7cD55",
        "c.IdentityProvider.token = 'leak.LEAK'",
        "# c.IdentityProvider.token = 'leak.LEAK'",
        "c['IdentityProvider']['token'] = 'leak.LEAK'",
        "my_class = 'LEAK'; c.IdentityProvider.token = my_class",
        "c.IdentityProvider.token = made_file('LEAK')",
        "c.ServerApp.password = '··· LEAK'",
    ],
)
def test_no_way_of_writing_a_secret_shows_it(tmp_path: Path, text: str) -> None:
    assert "LEAK" not in "\n".join(shown(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("c.ServerApp.update({'password': 'x1', 'port': 9, 'ip': 'y'})", "{'password': '···', 'port': 9, 'ip': 'y'})"),
        ("from jupyter_server.auth import passwd", "from jupyter_server.auth import passwd"),
        ("c.IdentityProvider.token = 'abcdefghijkl'", "c.IdentityProvider.token = '··· token, 12 characters'"),
        (f"c.ServerApp.password = u'{HASH}'  # {HASH}", "u'··· argon2 hash'  # ··· argon2 hash"),
        ("c.NotebookApp.password = 'sha1:abcdefabcdef:abcdefabcdef'", "c.NotebookApp.password = '··· sha1 hash'"),
        ("c.Some.password = 'a plain one'", "c.Some.password = '···'"),
        ("c.IdentityProvider.token = 'auth'; c.A.b = 'auth'", "c.A.b = '··· token, 4 characters'"),
        (f"c.ServerApp.password = '{HASH}'; c.A.b = nowhere", "password = '··· argon2 hash'; c.A.b = nowhere"),
    ],
)
def test_a_secret_takes_nothing_else_with_it_and_its_kind_is_said(tmp_path: Path, text: str, line: str) -> None:
    assert shown(tmp_path, text)[0].endswith(line)


@pytest.mark.parametrize("text", ['{"IdentityProvider": {"token": "LEAK', '{"a_password": ["LEAK"], "x": 1}'])
def test_json_that_is_broken_or_odd(tmp_path: Path, text: str) -> None:
    assert "LEAK" not in "".join(shown(tmp_path, text, "jupyter_server_config.json"))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"tokens": ["LEAK", "LEAK"]}}',
        '{"api_tokens": {"ada": "LEAK", "bob": ["LEAK"]}, "x": 1}',
        '{\n "passwords": [\n  "LEAK",\n  "LEAK"\n ],\n "x": "y"\n}',
        '{"url": "http://ada:LEAK@box/", "headers": "{\\"Authorization\\": \\"LEAK\\"}"}',
        '{"x": "LEAKxQ9zT3mP0aB7cD55"}',
        '{"hash_algorithm": "sha256", "token": "LEAK"}',
    ],
)
def test_json_hides_what_stands_below_a_telling_key(tmp_path: Path, text: str) -> None:
    assert "LEAK" not in "\n".join(shown(tmp_path, text, "jupyter_server_config.json"))


def test_a_short_secret_below_the_line_that_names_it_is_hidden(tmp_path: Path) -> None:
    lines = shown(tmp_path, "c.IdentityProvider.token = (\n    'abc'\n    'def'\n)\nc.ServerApp.port = 9\n")
    assert "abc" not in "".join(lines)
    assert "def" not in "".join(lines)
    assert lines[4] == "c.ServerApp.port = 9"


def test_a_secret_in_json_is_hidden(tmp_path: Path) -> None:
    text = '{\n  "IdentityProvider": {\n    "token": "hush"\n  },\n  "ServerApp": {"port": 9}\n}\n'
    lines = shown(tmp_path, text, "jupyter_server_config.json")
    assert "hush" not in "".join(lines)
    assert lines[2] == '    "token": "··· token, 4 characters"'
    assert lines[4] == '  "ServerApp": {"port": 9}'


def test_what_is_no_secret_is_shown_in_json_too(tmp_path: Path) -> None:
    text = '{"A": {"hash_algorithm": "sha256", "authorizer_class": "server.auth.authorizer.AllowAllAuthorizer"}}'
    assert shown(tmp_path, text, "jupyter_server_config.json") == (text,)


@pytest.mark.parametrize(
    "line",
    [
        "# Token used for authenticating first-time connections to the server.",
        "c.ServerApp.password_required = True",
        "c.ServerApp.allow_unauthenticated_access = False  # as it was",
        "c.ServerApp.ip = '0.0.0.0'",
        "c.FileContentsManager.hash_algorithm = 'sha256'",
        "# c.FileManagerMixin.hash_algorithm = 'sha256'",
        "c.ServerApp.authorizer_class = 'jupyter_server.auth.authorizer.AllowAllAuthorizer'",
        "# c.ServerApp.authorizer_class = 'jupyter_server.auth.authorizer.AllowAllAuthorizer'",
        "#  Default: 'jupyter_server.auth.identity.PasswordIdentityProvider'",
        "# c.ServerApp.token = '<DEPRECATED>'",
        "# c.NotebookApp.token = '<generated>'",
        '#  Default scrubbed keys: ["token", "auth", "key", "code", "state", "xsrf"]',
        '#  empty value other than "true" and "yes" will prevent unauthenticated access to',
        "c.ServerApp.cookie_secret_file = '/srv/cookie'",
        "# The string should be of the form type:salt:hashed-password.",
        "# Set the password or token that a browser must give; a token is a random text.",
        "c.ServerApp.root_dir = '/srv/notebooks_of_2026/team-data-science'",
        "x = d['plain']",
        "# c.ServerApp.allow_password_change = True",
        "# c.GatewayClient.auth_token = None",
        "## The file where the cookie secret is stored.",
    ],
)
def test_what_is_no_secret_is_shown_as_it_is(tmp_path: Path, line: str) -> None:
    assert shown(tmp_path, line) == (line,)


def test_a_terminal_gets_no_control_characters(tmp_path: Path) -> None:
    (line,) = shown(tmp_path, b"# \x1b[31mred\x07 \xe2\x80\xae\tend")
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert line.endswith("end")


def test_what_python_would_refuse_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    assert len(shown(tmp_path, b"# caf\xe9\nx = 1\n")) == 2
    assert shown(tmp_path, b"# -*- coding: latin-1 -*-\n# caf\xe9\n")[1] == "# café"


def test_a_file_that_is_gone_or_none_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not there"):
        shown_lines(str(tmp_path / "gone.py"))
    with pytest.raises(ValueError, match="directory"):
        shown_lines(str(tmp_path))
