"""Hashes as Jupyter makes them and reads them; Jupyter itself is the judge, both ways."""

from __future__ import annotations

import hashlib
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jupyter_server.auth.security import passwd, passwd_check

from jntui.jupyter import passwords
from jntui.jupyter.passwords import check_password, hash_password, needs_upgrade, placement, weakness
from jntui.model import Configuration, Secret, Setting, Source

PASSWORD = "Grüße 🔑 open sesame"


def by_hand(algorithm: str, password: str = PASSWORD, salt: str = "0123456789ab") -> str:
    return f"{algorithm}:{salt}:{hashlib.new(algorithm, password.encode() + salt.encode()).hexdigest()}"


def test_jupyter_accepts_what_jntui_hashes_and_nothing_else():
    made = hash_password(Secret(PASSWORD))
    text = made.reveal()
    assert text.startswith("argon2:$argon2id$v=19$m=10240,t=10,p=8$")
    assert len(text) == len(passwd("x"))
    assert passwd_check(text, PASSWORD)
    assert not passwd_check(text, PASSWORD + " ")
    assert hash_password(Secret(PASSWORD)) != made, "no salt"
    assert (needs_upgrade(made), weakness(made)) == (False, "")
    assert PASSWORD not in repr(made)


@settings(max_examples=8, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1, max_size=40))
def test_any_password_fits_its_own_hash_for_both(text):
    made = hash_password(Secret(text))
    assert passwd_check(made.reveal(), text)
    assert check_password(Secret(passwd(text)), Secret(text)) == "match"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "empty"), ("a\nb", "line end"), ("a\0", "line end"), ("x" * 5000, "4096"), ("\ud800", "UTF-8")],
)
def test_what_no_login_form_can_send_is_refused(text, words):
    with pytest.raises(ValueError, match=words) as refused:
        hash_password(Secret(text))
    assert not text or text not in str(refused.value)


GOOD = ["sha1", "sha256", "sha512", "sha3_256", "md5", "blake2b", "SHA1"]


@pytest.mark.parametrize("algorithm", GOOD)
def test_every_kind_that_jupyter_checks(algorithm):
    hashed = by_hand(algorithm)
    assert passwd_check(hashed, PASSWORD) and not passwd_check(hashed, "wrong")
    assert check_password(Secret(hashed), Secret(PASSWORD)) == "match"
    assert check_password(Secret(hashed), Secret("wrong")) == "no match"
    assert needs_upgrade(Secret(hashed))
    weak = algorithm.lower() in {"sha1", "md5"}
    assert ("is weak" in weakness(Secret(hashed))) is weak
    assert weakness(Secret(hashed)).startswith(algorithm)


BAD = [
    ("plain text", "never matches"),
    ("$argon2id$v=19$m=10240,t=10,p=8$c2FsdHNhbHQ$AAAA", "never matches"),
    ("", "never matches"),
    ("sha1:salt:", "never matches"),
    ("bcrypt:salt:abc", "never matches"),
    ("sha1:salt:ABCDEF", "never matches"),
    ("sha1:salt", "never matches"),
    ("argon2:garbage", "error at login"),
    ("argon2:", "error at login"),
    ("shake_128:salt:abc", "error at login"),
    ("sha1:sält:abc", "error at login"),
]


@pytest.mark.parametrize(("text", "expected"), BAD)
def test_texts_that_no_password_fits(text, expected):
    assert check_password(Secret(text), Secret(PASSWORD)) == expected
    assert not needs_upgrade(Secret(text)) or text.startswith(("sha1:", "shake"))
    try:
        theirs = passwd_check(text, PASSWORD)
    except Exception:  # noqa: BLE001 - whatever it raises is a 500 at the login page
        assert expected == "error at login"
    else:
        assert (theirs, expected) == (False, "never matches")


def test_cheaper_argon2_is_upgraded_and_dearer_is_not():
    import argon2

    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("x")
    dear = argon2.PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4).hash("x")
    assert needs_upgrade(Secret("argon2:" + cheap))
    assert not needs_upgrade(Secret("argon2:" + dear))


@pytest.mark.parametrize(
    ("text", "words"), [("", "removes"), ("qwxyz", "5 characters"), ("long enough ", "blank"), ("long enough", "")]
)
def test_warnings(text, words):
    said = passwords.warning(Secret(text))
    assert (words in said) if words else not said
    assert not text or text.strip() not in said


def setting(*sources: Source, cls: str = "PasswordIdentityProvider", name: str = "hashed_password") -> Configuration:
    one = Setting(name, cls, "secret", "", "", None, "", sources[0], sources[1:], secret=True)
    return Configuration((one,))


DEFAULT = Source("default")
OLD_PY = Source("file", "/h/jupyter_server_config.py", 3, "ServerApp.password")
THEIRS = Source("file", "/h/jupyter_server_config.json", 3, "IdentityProvider.hashed_password")
OWN = Source("file", "/h/jupyter_server_config.py", 4, "PasswordIdentityProvider.hashed_password")
LINE = Source("command line", None, None, "--PasswordIdentityProvider.hashed_password")


@pytest.mark.parametrize(
    ("sources", "remove", "beaten"),
    [
        ((DEFAULT,), (), None),
        ((OLD_PY, THEIRS, DEFAULT), (OLD_PY, THEIRS), None),
        ((OWN, OLD_PY, DEFAULT), (OLD_PY,), None),
        ((LINE, OWN, DEFAULT), (), LINE),
    ],
    ids=["none", "an old one beats Jupyter's own command", "its own", "the command line"],
)
def test_where_a_hash_counts(sources, remove, beaten):
    found = placement(setting(*sources))
    assert (found.name, found.remove, found.beaten_by) == (OWN.name, remove, beaten)


def test_where_a_hash_counts_in_notebook_6_and_in_a_gateway():
    source = Source("file", "/h/jupyter_notebook_config.py", 1, "NotebookApp.password")
    found = placement(setting(source, cls="NotebookApp", name="password"))
    assert (found.name, found.remove) == ("NotebookApp.password", ())
    assert placement(Configuration()) is None


def test_no_warning_of_python_comes_out(recwarn):
    warnings.simplefilter("always")
    check_password(Secret(by_hand("md5")), Secret("x"))
    assert [str(one.message) for one in recwarn if "jntui" in str(one.filename)] == []
