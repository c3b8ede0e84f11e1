"""Secrets among the words of a command line: which leave it, and that everything else stays as it was typed."""

from __future__ import annotations

import subprocess

import pytest

from jntui.jupyter.relaunch import shell_word, to_type
from jntui.jupyter.secret_options import masked_words, secret_options, without

HASH = "argon2:$argon2id$v=19$m=10240,t=10,p=8$abc"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("--IdentityProvider.token=abc", "-y"), ("-y",)),
        (("--IdentityProvider.token", "abc", "-y"), ("-y",)),
        (("-IdentityProvider.token=abc",), ()),
        (("--token=abc", "dir"), ("dir",)),
        ((f"--PasswordIdentityProvider.hashed_password={HASH}", "--port", "1"), ("--port", "1")),
        ((f"--ServerApp.other={HASH}",), ()),
        (("--ServerApp.custom_display_url=http://x/?token=abc",), ()),
        (("--ServerApp.cookie_secret=abc", "--Session.key=abc"), ()),
        (("--MyThing.api_key=abc", "--MyThing.passphrase", "abc", "--A.credentials=abc", "--A.headers=x"), ()),
        (("--A.proxy=http://ada:abc@box/", "--A.client_secret=abc", "--gateway-url=http://u:abc@h"), ()),
        (("--A.options={'Authorization': 'Basic abc'}", "--A.b={'api-key': 'abc'}", "--A.c=Bearer abc"), ()),
        # What only names a secret's kind or place, or switches something, is none.
        (
            ("--ServerApp.password_required=True", "--A.token_renewer_class=m.C", "--A.token_file=/t", "--A.token_s=5"),
            ("--ServerApp.password_required=True", "--A.token_renewer_class=m.C", "--A.token_file=/t", "--A.token_s=5"),
        ),
        (("--ServerApp.allow_unauthenticated_access=False",), ("--ServerApp.allow_unauthenticated_access=False",)),
        (
            ("--A.proxy=http://ada@box/", "--A.hash_algorithm=md5"),
            ("--A.proxy=http://ada@box/", "--A.hash_algorithm=md5"),
        ),
        # An empty one switches something off.
        (
            ("--IdentityProvider.token=", "--ServerApp.password=''"),
            ("--IdentityProvider.token=", "--ServerApp.password=''"),
        ),
        (("--IdentityProvider.token", "-y"), ("--IdentityProvider.token", "-y")),
        # Odd text is no secret.
        (
            ("--notebook-dir=/srv/nb\udc80 \u202ex", "wörk dir", "--"),
            ("--notebook-dir=/srv/nb\udc80 \u202ex", "wörk dir", "--"),
        ),
        (("--", "--IdentityProvider.token=abc"), ("--", "--IdentityProvider.token=abc")),
    ],
)
def test_what_is_left(words: tuple[str, ...], left: tuple[str, ...]) -> None:
    hidden = list(secret_options(words))
    assert without(words, lambda option: option in hidden) == left
    assert "abc" not in repr(hidden)


def test_what_stays_is_shown_without_its_secret() -> None:
    words = (
        "--A.url=http://ada:s3@box/x",
        "--A.key",
        "v",
        "--A.token",
        "s3",
        "-y",
        "--x={'pwd': 's3'}",
        "http://u:s3@h/",
    )
    shown = ("--A.url=http://ada:***@box/x", "--A.key", "v", "--A.token", "***", "-y", "--x=***", "http://u:***@h/")
    assert masked_words(words) == shown


@pytest.mark.parametrize(
    "word", ["plain", "two words", "it's", "a\udcffb", "tab\tnew\nline", "日本", "$HOME `x`", "", "\\"]
)
def test_a_shell_reads_a_word_as_it_was(word: str) -> None:
    raw = subprocess.run(
        ["bash", "-c", f"printf %s {shell_word(word)}"], capture_output=True, check=True, timeout=20
    ).stdout
    assert raw == word.encode("utf-8", "surrogateescape")
    assert shell_word(word).isprintable()


def test_the_line_to_type_names_jupyters_variables_and_no_token() -> None:
    environ = {
        "JUPYTER_TOKEN": "abc",
        "JUPYTER_DATA_DIR": "/d d",
        "JUPYTER_PORT": "1",
        "KG_AUTH_TOKEN": "abc",
        "JUPYTER_PASSWORD": "abc",
    }
    line = to_type(["/venv/bin/python", "-m", "jupyterlab"], environ, {"JUPYTER_PORT": "1"}, "/my dir")
    assert line == "cd '/my dir' && env JUPYTER_DATA_DIR='/d d' /venv/bin/python -m jupyterlab"
    assert to_type(["j"], {}, {}, "/") == "cd / && j"
