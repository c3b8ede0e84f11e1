"""`jntui config set | unset | undo` and `jntui password` on files of a HOME: what a user sees, and the bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.live.certificates import make_certificate
from tests.live.changing import changed, jntui, refused
from tests.live.kinds import NOTEBOOK6, WITHOUT_NOTEBOOK6
from tests.live.servers import server_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "jupyter_server_config.py"
PASSWORD = "correct horse battery"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a file system of its own")


def config(home: Path, text: str = "", name: str = NAME) -> Path:
    path = home / ".jupyter" / name
    path.parent.mkdir(exist_ok=True)
    if text:
        path.write_text(text)
    return path


def added(before: bytes, after: bytes) -> list[bytes]:
    """The lines that only the new bytes have; all old ones but those that were uncommented are there."""
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_a_typical_guide_in_the_file_that_jupyter_generates(tmp_path: Path) -> None:
    """Acceptance 2: two lines uncommented in place, the hash added, and not another byte."""
    argv = [sys.executable, "-m", "jupyter_server", "--generate-config", "-y", "--allow-root"]
    subprocess.run(argv, env=server_environment(tmp_path), check=True, timeout=240, capture_output=True)
    path = config(tmp_path)
    before = path.read_bytes()
    assert changed(tmp_path, "config", "set", "allow_remote_access", "true")["verified"] is True
    assert changed(tmp_path, "config", "set", "ip", "*")["did"].startswith("uncommented line")
    done = changed(tmp_path, "password", given=f"{PASSWORD}\n")
    assert (done["path"], done["mode"], path.stat().st_mode & 0o777) == (str(path), "0600", 0o600)
    after = path.read_bytes()
    *_rest, last = after.splitlines()
    assert last.startswith(b"c.PasswordIdentityProvider.hashed_password = 'argon2:$argon2id$")
    expected = before.replace(b"# c.ServerApp.allow_remote_access = False", b"c.ServerApp.allow_remote_access = True")
    expected = expected.replace(b"# c.ServerApp.ip = 'localhost'", b"c.ServerApp.ip = '*'")
    assert after == expected + b"\n" + last + b"\n"
    assert PASSWORD not in str(done)
    assert last.decode().rpartition("$")[2].strip("'") not in str(done), "the hash is shown"
    for _ in range(3):
        changed(tmp_path, "config", "undo")
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o644
    assert "nothing to take back" in refused(tmp_path, "config", "undo") or "taken back" in refused(
        tmp_path, "config", "undo"
    )


def test_generate_writes_the_whole_default_file_and_keeps_what_was_set(tmp_path: Path) -> None:
    path = config(tmp_path, "c.ServerApp.base_url = '/ada/'\nc.MyExtension.text = 'kept'\n")
    old = path.read_bytes()
    done = changed(tmp_path, "config", "set", "port", "9000", "--generate")
    after = path.read_text()
    assert len(after.splitlines()) > 1000
    for line in ("c.ServerApp.port = 9000", "c.ServerApp.base_url = '/ada/'", "c.MyExtension.text = 'kept'"):
        assert line in after.splitlines()
    assert Path(done["backup"]).read_bytes() == old
    assert len(done["diff"].splitlines()) < 40


def test_the_first_file_is_small_and_a_token_in_it_is_its_owners_alone(tmp_path: Path) -> None:
    preview = changed(tmp_path, "config", "set", "token", "-", "--preview", given="made-up-token\n")
    assert (preview["preview"], preview["mode"]) == (True, "0600")
    assert not (tmp_path / ".jupyter").exists()
    done = jntui(tmp_path, "config", "set", "token", "-", given="made-up-token\n")
    path = config(tmp_path)
    assert path.read_bytes() == b"c.IdentityProvider.token = 'made-up-token'\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "made-up-token" not in done.stdout + done.stderr + str(preview)
    assert "token, 13 characters" in done.stdout
    assert changed(tmp_path, "config", "unset", "token")["verified"] is True
    assert path.read_bytes() == b""


def test_the_json_file_where_only_that_is_there_and_the_spelling_that_it_has(tmp_path: Path) -> None:
    path = config(tmp_path, '{\n  "NotebookApp": {"port": 1}\n}\n', "jupyter_server_config.json")
    assert changed(tmp_path, "config", "set", "port", "9000")["path"] == str(path)
    assert path.read_text() == '{\n  "NotebookApp": {"port": 9000}\n}\n'
    changed(tmp_path, "config", "set", "base_url", "/ada")
    assert '"base_url": "/ada"' in path.read_text()


COMPUTED = "import os\nc.ServerApp.port = int(os.environ.get('MY_PORT', '7000'))\n"


def test_what_is_computed_stays_and_an_override_is_offered(tmp_path: Path) -> None:
    path = config(tmp_path, COMPUTED)
    words = refused(tmp_path, "config", "set", "port", "9000")
    assert "line 2 takes its value from other code" in words
    assert "--override" in words
    changed(tmp_path, "config", "set", "port", "9000", "--override")
    assert path.read_text() == COMPUTED + "\nc.ServerApp.port = 9000\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "port", "abc"), "ServerApp.port takes an integer, not 'abc'"),
        (("set", "open_browser", "maybe"), "takes True or False, not 'maybe'"),
        (("set", "port", "99999"), "Jupyter does not take the value of ServerApp.port"),
        (("set", "prot", "1"), "did you mean port"),
        (("set", "Session.prot", "1"), "this Jupyter knows no Session.prot"),
        (("set", "token", "abc"), "write - instead"),
        (("set", "hashed_password", "-"), "jntui password"),
        (("set", "port", "1", "--file", "notes.txt"), "neither a .py nor a .json file"),
        (("set", "port", "1", "--file", "other.py"), "this Jupyter does not read"),
        (("unset", "port"), "no file sets ServerApp.port"),
        (("undo",), "nothing to take back"),
    ],
)
def test_a_change_that_is_refused_is_one_line_and_no_file(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    found = refused(tmp_path, "config", *words, given="plain text\n")
    assert said in found
    assert "abc" not in found or words[1] == "port"
    assert "plain text" not in found
    assert not (tmp_path / ".jupyter").exists()


def test_read_only_refuses(tmp_path: Path) -> None:
    for words in (("config", "set", "port", "1"), ("config", "undo"), ("password",)):
        assert "read-only" in refused(tmp_path, "--read-only", *words, given="secret-word\n")


def test_a_file_of_higher_order_is_named_and_offered(tmp_path: Path) -> None:
    path = config(tmp_path, "c.ServerApp.port = 1\n")
    above = config(tmp_path, '{"ServerApp": {"port": 7}}', "jupyter_server_config.json")
    words = refused(tmp_path, "config", "set", "port", "9000", "--file", str(path))
    assert f"would have no effect: {above} line 1 decides over it" in words
    assert changed(tmp_path, "config", "set", "port", "9000")["path"] == str(above)
    assert path.read_text() == "c.ServerApp.port = 1\n"


def test_a_broken_file_is_left_alone(tmp_path: Path) -> None:
    path = config(tmp_path, "c.ServerApp.port = 1\nc.ServerApp.ip = = 'x'\n")
    words = refused(tmp_path, "config", "set", "ip", "*")
    assert "line 2" in words
    assert "starts with defaults" in words
    assert path.read_text().endswith("= = 'x'\n")


def test_a_linked_dotfile_stays_a_link(tmp_path: Path) -> None:
    """Acceptance 5."""
    real = tmp_path / "dotfiles" / "jupyter.py"
    real.parent.mkdir()
    real.write_bytes(b"c.ServerApp.port = 1\r\n# mine\t \r\n")
    link = config(tmp_path)
    link.symlink_to(real)
    done = changed(tmp_path, "config", "set", "port", "9000")
    assert any("is a link and stays" in note for note in done["notes"])
    assert (link.is_symlink(), done["path"]) == (True, str(real))
    assert real.read_bytes() == b"c.ServerApp.port = 9000\r\n# mine\t \r\n"


def test_a_read_only_file_is_said_to_be_one(tmp_path: Path) -> None:
    path = config(tmp_path, "c.ServerApp.port = 1\n")
    path.chmod(0o444)
    words = refused(tmp_path, "config", "set", "port", "9000")
    assert "its owner marked it read-only (mode 0444)" in words
    assert "chmod u+w" in words
    assert path.read_text() == "c.ServerApp.port = 1\n"


@contextmanager
def tiny(folder: Path) -> Iterator[None]:
    """A file system of 16 pages."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@needs_root
def test_a_full_disk(tmp_path: Path) -> None:
    with tiny(tmp_path / ".jupyter"):
        path = config(tmp_path, "c.ServerApp.port = 1\n")
        with (path.parent / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
            while True:
                filler.write(b"x" * 4096)
        words = refused(tmp_path, "config", "set", "port", "9000")
        assert "the disk is full: free some space" in words.replace(";", ":") or "the disk is full" in words
        assert path.read_text() == "c.ServerApp.port = 1\n"
        assert sorted(one.name for one in path.parent.iterdir()) == ["filler", NAME]


def test_an_old_password_of_another_file_goes_with_the_new_one(tmp_path: Path) -> None:
    old = config(
        tmp_path, "c.NotebookApp.ip = '127.0.0.1'\nc.NotebookApp.password = u'sha1:a:b'\n", "jupyter_notebook_config.py"
    )
    done = changed(tmp_path, "password", given="short\n")
    assert done["path"] == str(config(tmp_path))
    assert done["also"] == [str(old)]
    assert any("5 characters" in note for note in done["notes"])
    assert "password" not in old.read_text()
    assert jntui(tmp_path, "password", "--verify", given="short\n").returncode == 0
    wrong = jntui(tmp_path, "password", "--verify", given="wrong\n")
    assert (wrong.returncode, wrong.stdout) == (1, "the password does not fit the hash in the settings\n")
    removed = changed(tmp_path, "password", given="\n")
    assert removed["verified"] is True
    assert config(tmp_path).read_text().strip() == ""
    assert "there is no hash" in refused(tmp_path, "password", "--verify", given="short\n")


def test_a_weak_hash_is_made_anew_on_request_by_whoever_knows_the_password(tmp_path: Path) -> None:
    digest = hashlib.sha1(f"{PASSWORD}a1b2".encode()).hexdigest()
    old = config(tmp_path, f"c.NotebookApp.password = u'sha1:a1b2:{digest}'\n", "jupyter_notebook_config.py")
    before = old.read_bytes()
    assert "does not fit" in refused(tmp_path, "password", "--upgrade", given="wrong\n")
    assert old.read_bytes() == before
    assert not config(tmp_path).exists()
    done = changed(tmp_path, "password", "--upgrade", given=f"{PASSWORD}\n")
    assert (done["path"], done["also"], done["verified"]) == (str(config(tmp_path)), [str(old)], True)
    assert "'argon2:$argon2id$" in config(tmp_path).read_text()
    assert b"sha1" not in old.read_bytes()
    assert jntui(tmp_path, "password", "--verify", given=f"{PASSWORD}\n").returncode == 0
    again = jntui(tmp_path, "password", "--upgrade", given=f"{PASSWORD}\n")
    assert (again.returncode, "nothing was to be written" in again.stdout) == (0, True)


def test_removing_the_password_of_what_others_reach_needs_a_word(tmp_path: Path) -> None:
    path = config(tmp_path, "c.ServerApp.ip = '*'\n")
    changed(tmp_path, "password", given=f"{PASSWORD}\n")
    before = path.read_bytes()
    assert "--remove" in refused(tmp_path, "password", given="\n")
    assert path.read_bytes() == before
    changed(tmp_path, "password", "--remove")
    assert path.read_text() == "c.ServerApp.ip = '*'\n"


@pytest.mark.skipif(not NOTEBOOK6, reason=WITHOUT_NOTEBOOK6)
def test_notebook_6_has_a_file_of_its_own(tmp_path: Path) -> None:
    environment = str(Path(NOTEBOOK6).parent.parent)
    done = changed(tmp_path, "config", "set", "port", "9000", VIRTUAL_ENV=environment)
    path = config(tmp_path, name="jupyter_notebook_config.py")
    assert (done["path"], done["setting"], done["verified"]) == (str(path), "NotebookApp.port", True)
    assert changed(tmp_path, "password", given=f"{PASSWORD}\n", VIRTUAL_ENV=environment)["verified"] is True
    first, _empty, second = path.read_text().splitlines()
    assert first == "c.NotebookApp.port = 9000"
    assert second.startswith("c.NotebookApp.password = 'argon2:")


def test_a_certificate_is_told_before_it_is_set(tmp_path: Path) -> None:
    good, expired = (make_certificate(tmp_path, kind) for kind in ("self-signed", "expired"))
    alone = refused(tmp_path, "config", "set", "certfile", str(good.certificate))
    assert "is a certificate without its private key" in alone and "PEM lib" not in alone
    assert alone.endswith(f"{good.key} is its key: jntui config set ServerApp.keyfile {good.key}")
    config(tmp_path, f"c.ServerApp.keyfile = {str(good.key)!r}\n")
    said = changed(tmp_path, "config", "set", "certfile", str(good.certificate), "--preview")
    assert "the certificate is for localhost, " in " ".join(said["notes"])
    assert "the key in keyfile is its own" in " ".join(said["notes"])
    wrong = refused(tmp_path, "config", "set", "certfile", str(expired.certificate))
    assert f"the key in {good.key} does not belong to the certificate in {expired.certificate}" in wrong
    config(tmp_path, f"c.ServerApp.keyfile = {str(expired.key)!r}\n")
    said = changed(tmp_path, "config", "set", "certfile", str(expired.certificate), "--preview")
    assert "expired on " in " ".join(said["notes"])


def test_the_line_end_of_a_token_file_goes_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"never-show-this\r\n")
    path.chmod(0o600)
    environ = {"JUPYTER_TOKEN_FILE": "token"}
    mend = ("config", "doctor", "--mend", "token-file-newline")
    preview = jntui(tmp_path, *mend, "--preview", **environ)
    assert "takes the line end off: 17 bytes become 15" in preview.stdout
    assert (preview.returncode, path.stat().st_size) == (0, 17), preview.stderr
    done = changed(tmp_path, *mend, **environ)
    assert (done["path"], done["backup"], done["verified"]) == (str(path), None, None)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"never-show-this", 0o600)
    assert "there is no finding token-file-newline" in refused(tmp_path, *mend, **environ)
    back = jntui(tmp_path, "config", "undo", **environ)
    assert "puts the line end back: 15 bytes become 17" in back.stdout, back.stderr
    assert path.read_bytes() == b"never-show-this\r\n"
    logs = [one.read_text() for one in tmp_path.rglob("*.json")]
    assert "never-show-this" not in "".join([preview.stdout, preview.stderr, str(done), back.stdout, *logs])
