from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui import preferences
from jntui.preferences import MOST_URLS, AddedUrl, PreferencesError, add_url, list_urls, read_urls, remove_url

URL = "https://lab.example.org/ada/"


@pytest.fixture
def config(tmp_path) -> Path:
    return tmp_path / "jntui" / "config.toml"


def write(path: Path, text: str, mode: int = 0o600) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    path.chmod(mode)


def test_without_a_file_there_is_nothing_and_nothing_is_made(config):
    assert list_urls(8888, config) == ()
    assert remove_url(8888, URL, config) is False
    assert not config.parent.exists()


def test_a_url_is_kept_per_port(config):
    assert add_url(8888, URL, config) is True
    assert add_url(8888, URL, config) is False
    assert add_url(8889, URL, config) is True
    assert read_urls(config) == (AddedUrl(8888, URL), AddedUrl(8889, URL))
    assert list_urls(8888, config) == (URL,)
    assert remove_url(8888, URL, config) is True
    assert remove_url(8888, URL, config) is False
    assert read_urls(config) == (AddedUrl(8889, URL),)


def test_a_new_file_is_the_users_alone(config):
    add_url(8888, URL, config)
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.parent.stat().st_mode) == 0o700
    assert config.read_text() == f'[[urls]]\nport = 8888\nurl = "{URL}"\n'
    assert [one.name for one in config.parent.iterdir()] == ["config.toml"]


def test_mode_and_link_stay(config, tmp_path):
    real = tmp_path / "dotfiles" / "jntui.toml"
    write(real, "# mine\n", 0o640)
    config.parent.mkdir()
    config.symlink_to(real)
    add_url(8888, URL, config)
    assert config.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.read_text().startswith("# mine\n\n[[urls]]\n")
    assert [one.name for one in real.parent.iterdir()] == ["jntui.toml"]


BEFORE = """\
# jntui
theme = "dark"   # as it is

[[urls]]   # the proxy
port = 8888
# what the admin said
url = "https://one.example.org/"

# about the keys
[keys]
quit = 'q'

[[urls]]
url = "https://two.example.org/"
port = 8888
"""


def test_comments_order_and_spaces_stay(config):
    write(config, BEFORE)
    add_url(8889, URL, config)
    assert config.read_text() == BEFORE + f'\n[[urls]]\nport = 8889\nurl = "{URL}"\n'
    remove_url(8889, URL, config)
    assert config.read_text() == BEFORE
    remove_url(8888, "https://one.example.org/", config)
    assert (
        config.read_text()
        == """\
# jntui
theme = "dark"   # as it is

# about the keys
[keys]
quit = 'q'

[[urls]]
url = "https://two.example.org/"
port = 8888
"""
    )


def test_line_endings_of_windows_stay(config):
    write(config, "a = 1\r\n")
    add_url(8888, URL, config)
    assert config.read_bytes() == f'a = 1\r\n\r\n[[urls]]\r\nport = 8888\r\nurl = "{URL}"\r\n'.encode()


_COMMENT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc")), max_size=20)
_LINES = st.one_of(
    st.just(""),
    _COMMENT.map(lambda text: f"# {text}"),
    st.integers(0, 10**6).map(lambda n: f"k{n} = {n}  # [[urls]]"),
    st.integers(0, 10**6).map(lambda n: f"[t{n}]"),
    st.integers(0, 10**6).map(lambda n: f"[[a{n}]]\nx = 1"),
    st.integers(1, 65535).map(lambda n: f'[[urls]]\nport = {n}\nurl = "http://h/"'),
    st.integers(0, 10**6).map(lambda n: f'm{n} = """\n[[urls]]\n[x]\n"""'),
)


@given(st.lists(_LINES, max_size=12), st.booleans(), st.booleans())
def test_unrelated_bytes_stay_whatever_the_file_holds(tmp_path_factory, lines, ends, windows):
    path = tmp_path_factory.mktemp("p") / "config.toml"
    text = "\n".join(lines) + ("\n" if ends else "")
    before = (text.replace("\n", "\r\n") if windows else text).encode()
    path.write_bytes(before)
    try:
        added = add_url(8888, URL, path)
    except PreferencesError:
        assert path.read_bytes() == before
        return
    assert added
    assert path.read_bytes().startswith(before)
    assert list_urls(8888, path)[-1] == URL
    try:
        remove_url(8888, URL, path)
    except PreferencesError:
        assert '"""' in text
        return
    assert path.read_bytes().rstrip(b"\r\n") == before.rstrip(b"\r\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = \n", 1),
        ("a = 1\nb = [1,\n", None),
        ("a = 1\n[[urls]\n", 2),
        ("a = 1\na = 2\n", None),
        ("urls = 3\n", None),
        ("[urls]\nport = 1\n", None),
        ("[[urls]]\nport = 1\n", None),
        ("[[urls]]\nport = '8888'\nurl = 'http://h/'\n", None),
        ("[[urls]]\nport = 70000\nurl = 'http://h/'\n", None),
        ("[[urls]]\nport = true\nurl = 'http://h/'\n", None),
        ("urls = [1]\n", None),
        ("x = " + "[" * 2000, None),
    ],
)
def test_a_broken_file_is_never_touched_and_named_in_one_line(config, text, line):
    write(config, text)
    for call in (lambda: list_urls(1, config), lambda: add_url(1, URL, config), lambda: remove_url(1, URL, config)):
        with pytest.raises(PreferencesError) as caught:
            call()
        assert str(config) in str(caught.value)
        assert str(caught.value).isprintable()
        if line is not None:
            assert caught.value.line == line
    assert config.read_text() == text


def test_entries_written_in_one_line_are_read_and_left_alone(config):
    text = f"urls = [{{port = 8888, url = '{URL}'}}]\n"
    write(config, text)
    assert list_urls(8888, config) == (URL,)
    for call in (lambda: remove_url(8888, URL, config), lambda: add_url(8889, URL, config)):
        with pytest.raises(PreferencesError):
            call()
    assert config.read_text() == text


def test_bytes_that_are_no_text_sizes_and_kinds_of_file(config):
    config.parent.mkdir()
    config.write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(PreferencesError, match=r"line 2: is not UTF-8"):
        list_urls(1, config)
    config.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(PreferencesError, match="larger"):
        list_urls(1, config)
    config.unlink()
    os.mkfifo(config)
    with pytest.raises(PreferencesError, match=r"no regular file"):
        list_urls(1, config)
    config.unlink()
    config.mkdir()
    with pytest.raises(PreferencesError, match=r"no regular file|cannot be read"):
        list_urls(1, config)


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "jntui").write_text("")
    with pytest.raises(PreferencesError, match="cannot be"):
        add_url(8888, URL, tmp_path / "jntui" / "config.toml")


@pytest.mark.parametrize(
    "url",
    ["http://h/?token=geheim", "http://h/?a=1&token=", "http://ada:geheim@h/", "http://geheim@h/", "http://h/\x1b"],
)
def test_no_token_is_ever_stored(config, url):
    with pytest.raises(ValueError, match="not stored") as caught:
        add_url(8888, url, config)
    assert "geheim" not in str(caught.value)
    assert not config.exists()


def test_the_number_of_urls_is_bounded(config):
    write(config, "".join(f'[[urls]]\nport = 1\nurl = "http://h{n}/"\n' for n in range(MOST_URLS)))
    with pytest.raises(ValueError, match="remove one first"):
        add_url(1, URL, config)
    assert len(read_urls(config)) == MOST_URLS


def test_a_change_by_hand_is_seen(config):
    add_url(8888, URL, config)
    assert list_urls(8888, config) == (URL,)
    config.write_text("")
    assert list_urls(8888, config) == ()


def test_a_failed_write_leaves_the_old_file_and_no_other(config, monkeypatch):
    write(config, "a = 1\n")

    def refuse(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(preferences.os, "fsync", refuse)
    with pytest.raises(PreferencesError, match="No space left"):
        add_url(8888, URL, config)
    assert config.read_text() == "a = 1\n"
    assert [one.name for one in config.parent.iterdir()] == ["config.toml"]


def test_the_default_place_is_the_systems(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert preferences.default_path().parts[-2:] == ("jntui", "config.toml")
    assert tmp_path in preferences.default_path().parents
    assert add_url(8888, URL)
    assert list_urls(8888) == (URL,)
