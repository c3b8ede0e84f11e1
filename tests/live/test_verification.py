"""Jupyter itself judges a change before it is written: under its own Python, with all of its files."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jntui.jupyter.command_line import GATEWAY, HUB, LAB, NOTEBOOK, SERVER
from jntui.jupyter.editing.verification import Expected, Verification, verify, verify_as_it_is
from jntui.jupyter.settings.subject import Subject
from jntui.process import Processes
from jntui.process.bounded import Ended, run_bounded
from tests.live.kinds import NOTEBOOK6, WITHOUT_NOTEBOOK6
from tests.live.servers import clean_environment, wait_for

ROOT = os.geteuid() == 0
PATIENCE_S = 90.0
"""A loaded machine imports JupyterLab for half a minute; what is tried here is not the time."""
OTHER = b"c.ServerApp.port_retries = 3\nc.MyExtension.text = 'kept'\nc.ServerApp.tornado_settings = {'f': print}\n"


@dataclass
class Place:
    """A HOME with a config file."""

    home: Path
    subject: Subject
    name: str = "jupyter_server_config.py"

    @property
    def file(self) -> Path:
        return self.home / ".jupyter" / self.name

    def judge(self, new: bytes | None, *expected: Expected, timeout_s: float = PATIENCE_S) -> Verification:
        return verify(self.subject, {str(self.file): new}, expected, Processes(), timeout_s)


@pytest.fixture
def place(tmp_path):
    return make_place(tmp_path, SERVER)


def make_place(home: Path, app: str, python: str = sys.executable, legacy: bool = False) -> Place:
    words = ("--allow-root",) if ROOT else ()
    environ = clean_environment(home)
    subject = Subject(None, environ, str(home), python, "", app, words, cwd=str(home), legacy=legacy)
    made = Place(home, subject, "jupyter_notebook_config.py" if legacy else "jupyter_server_config.py")
    made.file.parent.mkdir()
    made.file.write_bytes(OTHER.replace(b"ServerApp", b"NotebookApp") if legacy else OTHER)
    return made


@pytest.mark.parametrize("app", [LAB, NOTEBOOK, SERVER])
def test_one_change_is_verified_and_what_follows_from_it_is_told(tmp_path, app):
    place = make_place(tmp_path, app)
    found = place.judge(OTHER + b"c.ServerApp.ip = '*'\n", Expected("ServerApp", "ip", "*"))
    assert (found.status, found.reason, found.python) == ("verified", "", sys.executable)
    assert "ServerApp.allow_remote_access: False → True" in found.consequences
    assert place.file.read_bytes() == OTHER
    left = {str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*")}
    assert left == {".jupyter", ".jupyter/jupyter_server_config.py"}, "Jupyter left something"


@pytest.mark.skipif(not NOTEBOOK6, reason=WITHOUT_NOTEBOOK6)
@pytest.mark.parametrize(
    ("line", "expected", "status"),
    [
        (b"c.NotebookApp.ip = '*'\n", Expected("NotebookApp", "ip", "*"), "verified"),
        (b"c.NotebookApp.port = 'x'\n", Expected("NotebookApp", "port", "x"), "refused"),
        (b"c.NotebookApp.certfile = '/no/cert.pem'\n", Expected("NotebookApp", "certfile", "/no/cert.pem"), "refused"),
    ],
)
def test_notebook_6(tmp_path, line, expected, status):
    place = make_place(tmp_path, NOTEBOOK, NOTEBOOK6, legacy=True)
    found = place.judge(OTHER.replace(b"ServerApp", b"NotebookApp") + line, expected)
    assert found.status == status, found


def test_settings_of_an_older_name_are_followed_to_where_they_count(tmp_path):
    place = make_place(tmp_path, LAB)
    new = OTHER + b"c.NotebookApp.notebook_dir = '/'\nc.NotebookApp.password = 'sha1:a:b'\n"
    expected = Expected("NotebookApp", "notebook_dir", "/"), Expected("NotebookApp", "password", "sha1:a:b")
    found = place.judge(new, *expected)
    assert found.status == "verified", found
    assert any("has moved from NotebookApp to ServerApp" in one for one in found.warnings)


SECRET = 12345678987
REFUSED = [
    ("c.ServerApp.port = '9000'", ("port", "9000"), "does not", "expected an int, not the str '9000'"),
    ("c.ServerApp.root_dir = '/no/such'", ("root_dir", "/no/such"), "does not", "No such"),
    ("c.ServerApp.ip = '203.0.113.77'", ("ip", "203.0.113.77"), "value of ServerApp.ip", "Cannot assign requested"),
    ("c.ServerApp.port = 99999", ("port", 99999), "value of ServerApp.port", "0-65535"),
    ("c.ServerApp.certfile = '/no/cert'", ("certfile", "/no/cert"), "value of", "does not exist"),
    ("c.ServerApp.prot = 9000", ("prot", 9000), "knows no ServerApp.prot", "Did you mean `port`?"),
    ("c.ServerApp.port = = 1", ("port", 1), "leaves the new file out", "SyntaxError: invalid syntax"),
    ("raise RuntimeError('no')", ("port", 1), "leaves the new file out", "RuntimeError: no"),
    ("import sys; sys.exit(3)", ("port", 1), "does not start", "SystemExit: 3"),
    ("c.ServerApp.ip = '*'\nc.ServerApp.port = 5", ("port", 5), "also change ServerApp.ip", ""),
    ("c.MyExtension.text = 'other'\nc.ServerApp.port = 5", ("port", 5), "also change MyExtension.text", ""),
    ("c.ServerApp.port = 5", ("port", 6), "ServerApp.port would have no effect: it is 5", ""),
    ("import os; os._exit(0)", ("port", 1), "no answer", "without an answer"),
    (f"c.IdentityProvider.token = {SECRET}", ("token", SECRET), "does not", "expected"),
]


@pytest.mark.parametrize(("line", "wish", "reason", "words"), REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_what_jupyter_would_not_take_is_refused_in_its_own_words(place, line, wish, reason, words):
    cls = "IdentityProvider" if wish[0] == "token" else "ServerApp"
    found = place.judge(OTHER + line.encode(), Expected(cls, *wish))
    assert found.status == "refused", found
    assert reason in found.reason
    assert words in "\n".join(found.words)
    assert str(SECRET) not in repr(found)


def test_a_key_without_its_certificate_is_said_before_it_is_written(place, tmp_path):
    key = tmp_path / "key.pem"
    key.write_text("not looked at without a certificate")
    found = place.judge(
        OTHER + f"c.ServerApp.keyfile = {str(key)!r}\n".encode(), Expected("ServerApp", "keyfile", str(key))
    )
    assert found.status == "verified", found
    assert any("set certfile too, Jupyter will not start before that" in note for note in found.notes), found
    follows = [one for one in found.consequences if "ssl_options" in one]
    assert not any("<" in one for one in follows), follows


def test_a_value_that_something_else_decides_is_refused(place):
    place.file.with_suffix(".json").write_text('{"ServerApp": {"port": 7}}')
    found = place.judge(OTHER + b"c.ServerApp.port = 5\n", Expected("ServerApp", "port", 5))
    assert (found.status, found.reason) == ("refused", "ServerApp.port would have no effect: it is 7")


@pytest.mark.parametrize(
    ("trait", "value", "added"),
    [("tornado_settings", {"headers": {"a": "b"}}, "allow_origin"), ("jpserver_extensions", {"of_mine": True}, "")],
)
def test_what_jupyter_adds_to_a_value_by_itself_does_not_make_it_ineffective(place, trait, value, added):
    place.file.write_bytes(b"")
    wish = Expected("ServerApp", trait, value)
    found = place.judge(f"c.ServerApp.{trait} = {value!r}\n".encode(), wish)
    assert found.status == "verified", found
    assert added in "".join(found.notes)
    assert not added or found.notes[0].startswith("Jupyter itself adds to it: ")


def test_an_entry_that_jupyter_replaces_has_no_effect(place):
    place.file.write_bytes(b"")
    wish = Expected("ServerApp", "tornado_settings", {"allow_origin": "x"})
    found = place.judge(b"c.ServerApp.tornado_settings = {'allow_origin': 'x'}\n", wish)
    assert found.status == "refused"
    assert "would have no effect" in found.reason


def test_a_file_may_import_what_jupyter_itself_is_loaded_without(place, tmp_path):
    """jsonschema's grammar of IRIs costs a second; a module of its name is the file's own business."""
    (tmp_path / "rfc3987_syntax.py").write_text("PORT = 5\n")
    new = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport rfc3987_syntax\n"
    found = place.judge(
        OTHER + (new + "c.ServerApp.port = rfc3987_syntax.PORT\n").encode(), Expected("ServerApp", "port", 5)
    )
    assert found.status == "verified", found


def test_what_is_another_value_at_each_start_is_no_change_of_ours(place):
    made_up = (
        b"import os, time\nc.IdentityProvider.token = os.urandom(24).hex()\n"
        b"c.ServerApp.custom_display_url = 'http://a/%s' % time.time_ns()\n"
    )
    place.file.write_bytes(made_up)
    found = place.judge(made_up + b"c.ServerApp.port = 5\n", Expected("ServerApp", "port", 5))
    assert (found.status, found.consequences) == ("verified", ()), found
    also = place.judge(made_up + b"c.ServerApp.port = 5\nc.ServerApp.ip = '*'\n", Expected("ServerApp", "port", 5))
    assert "also change ServerApp.ip" in also.reason
    assert "custom_display_url" not in also.reason


def test_the_type_of_a_trait_of_which_no_object_is_made_at_the_start(place):
    found = place.judge(OTHER + b"c.Session.username = 'me'\n", Expected("Session", "username", "me"))
    assert (found.status, found.warnings) == ("verified", ())
    assert "only the type of the value was tried" in found.notes[0]
    wrong = place.judge(OTHER + b"c.Session.metadata = [1]\n", Expected("Session", "metadata", [1]))
    assert wrong.status == "refused"
    assert "expected a dict" in wrong.words[-1]


def test_a_program_that_the_file_leaves_behind_holds_nothing_up(place):
    new = OTHER + (
        b"import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\n    os._exit(0)\n"
        b"c.ServerApp.port = 5\n"
    )
    found = place.judge(new, Expected("ServerApp", "port", 5))
    assert found.status == "verified", found


def test_unset_and_removing_a_file(place):
    place.file.write_bytes(OTHER + b"c.ServerApp.port = 5\n")
    gone = Expected("ServerApp", "port", unset=True)
    found = place.judge(OTHER, gone)
    assert (found.status, found.consequences) == ("verified", ("ServerApp.port: 5 → 8888",))
    assert "is still set" in place.judge(OTHER + b"c.ServerApp.port = 5\n", gone).reason
    place.file.write_bytes(b"c.ServerApp.port = 5\n")
    assert place.judge(None, gone).status == "verified"


def test_files_loaded_by_other_files_are_seen_as_they_would_be(place):
    """load_subconfig with a relative path, exec of an open file, a link, `__file__`, --config."""
    part = place.file.with_name("part.py")
    part.write_bytes(b"c.ServerApp.port = 1\n")
    other = place.file.with_name("other.py")
    other.write_bytes(b"c.ServerApp.port_retries = 1\n")
    main = place.home / "main.py"
    main.write_bytes(
        b"import os\nload_subconfig('part.py', path=os.path.join(os.path.dirname(__file__), '.jupyter'))\n"
        b"exec(open(os.path.join(os.path.dirname(__file__), '.jupyter', 'link.py')).read())\n"
    )
    part.with_name("link.py").symlink_to("other.py")
    words = (*place.subject.words, f"--config={main}")
    subject = replace(place.subject, words=words)
    files = {str(part): b"assert __file__.endswith('part.py')\nc.ServerApp.port = 2\n", str(other): b"#\n"}
    expected = [Expected("ServerApp", "port", 2), Expected("ServerApp", "port_retries", unset=True)]
    found = verify(subject, files, expected, Processes(), PATIENCE_S)
    assert found.status == "verified", found
    unread = verify(subject, {str(place.file): b"c.ServerApp.port = 5\n"}, expected[:1], Processes(), PATIENCE_S)
    assert unread.reason == f"this Jupyter does not read {place.file}"


def test_a_new_file_in_a_new_directory(tmp_path):
    environ = clean_environment(tmp_path)
    subject = Subject(None, environ, str(tmp_path), sys.executable, "", SERVER, cwd=str(tmp_path), legacy=False)
    file = tmp_path / ".jupyter" / "jupyter_server_config.json"
    new = b'{"ServerApp": {"port": 5, "allow_root": true}}'
    expected = Expected("ServerApp", "port", 5), Expected("ServerApp", "allow_root", True)
    found = verify(subject, {str(file): new}, expected, Processes(), PATIENCE_S)
    assert found.status == "verified", found
    assert not file.parent.exists()


def test_a_file_that_hangs_is_killed_with_its_children(place):
    mark = place.home / "children"
    new = (
        OTHER
        + (
            "import subprocess, sys, time\n"
            "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
            f"print(child.pid, file=open({str(mark)!r}, 'w'), flush=True)\n"
            "time.sleep(600)\n"
        ).encode()
    )
    found = place.judge(new, Expected("ServerApp", "port", 5), timeout_s=25)
    assert found.status in {"refused", "unverified"}
    assert "25 s" in found.reason
    assert mark.exists(), "the machine was too slow to get there"
    child = Path(f"/proc/{mark.read_text().strip()}")
    wait_for(lambda: not child.exists() or ") Z " in (child / "stat").read_text(), "the child's own child to end", 10)


def test_nothing_to_read_from_and_much_printed(place):
    new = OTHER + b"import sys\nassert sys.stdin.read() == ''\nprint('x' * 10_000_000)\nc.ServerApp.port = 5\n"
    found = place.judge(new, Expected("ServerApp", "port", 5))
    assert found.status == "verified", found


def test_jupyter_that_does_not_start_either_way(place):
    place.file.write_bytes(OTHER + b"c.ServerApp.port = 'x'\n")
    new = place.file.read_bytes() + b"c.ServerApp.ip = '*'\n"
    found = place.judge(new, Expected("ServerApp", "ip", "*"))
    assert found.status == "unverified"
    assert "expected an int" in found.words[0]
    mended = place.judge(OTHER + b"c.ServerApp.port = 5\n", Expected("ServerApp", "port", 5))
    assert mended.status == "verified"


UNABLE = [
    ({"python": "/usr/bin/env"}, "gave no answer"),
    ({"python": "/no/python"}, "cannot be run"),
    ({"python": None, "reason": "it runs in a container"}, "it runs in a container"),
    ({"environ": None, "reason": "its environment cannot be read"}, "its environment cannot be read"),
    ({"app": HUB}, "JupyterHub"),
]


@pytest.mark.parametrize(("other", "reason"), UNABLE, ids=[row[1] for row in UNABLE])
def test_where_nobody_can_be_asked_it_is_unverified(place, other, reason):
    place.subject = replace(place.subject, **other)
    found = place.judge(OTHER, timeout_s=20)
    assert found.status == "unverified"
    assert reason in found.reason


def test_a_python_without_jupyter(place, tmp_path):
    place.subject = replace(place.subject, environ={**place.subject.environ, "PYTHONPATH": str(tmp_path)})
    (tmp_path / "jupyter_core.py").write_text("raise ImportError('no Jupyter here')")
    found = place.judge(OTHER)
    assert (found.status, found.words) == ("unverified", ("ImportError: no Jupyter here",))


def test_where_no_file_is_read_at_all(place):
    place.subject = replace(place.subject, environ={**place.subject.environ, "JUPYTER_NO_CONFIG": "1"})
    assert "JUPYTER_NO_CONFIG" in place.judge(OTHER).reason


def test_the_kernel_gateway(tmp_path):
    place = make_place(tmp_path, GATEWAY)
    place.name = "jupyter_kernel_gateway_config.py"
    place.file.write_bytes(b"")
    place.subject = replace(place.subject, words=())
    found = place.judge(b"c.KernelGatewayApp.port = 5\n", Expected("KernelGatewayApp", "port", 5))
    assert found.status == "verified", found
    assert (
        place.judge(b"c.KernelGatewayApp.port = 'x'\n", Expected("KernelGatewayApp", "port", "x")).status == "refused"
    )


class Recording(Processes):
    """The seam: which child would be run."""

    def __init__(self) -> None:
        self.uids: list[int | None] = []

    def run_bounded(self, argv, given, env, timeout_s, uid=None):
        self.uids.append(uid)
        assert b"hunter2" not in b" ".join(os.fsencode(word) for word in argv)
        return Ended(b"", False, 0)


@pytest.mark.skipif(not ROOT, reason="only root can run a child as another user")
def test_root_loads_another_users_files_as_that_user_only(place):
    subject, nobody = place.subject, 65534
    processes = Recording()
    python = "/usr/bin/true"
    for uid, owner in [(nobody, 0), (nobody, nobody), (None, nobody), (None, 0), (0, 0)]:
        os.chown(place.file, owner, owner)
        verify(replace(subject, uid=uid, python=python), {str(place.file): b"# hunter2"}, [], processes)
    assert processes.uids == [nobody, nobody, nobody, None, None]
    os.chown(place.file, nobody, nobody)
    foreign = verify(replace(subject, uid=0, python=python), {str(place.file): b""}, [], processes)
    assert (foreign.status, foreign.reason) == (
        "unverified",
        "it runs as root and the file belongs to nobody: jntui does not execute it",
    )
    theirs = place.home / "python"
    theirs.write_bytes(b"")
    os.chown(theirs, 54321, 54321)
    os.chown(place.file, 0, 0)
    assert "it is not run" in verify(replace(subject, python=str(theirs)), {str(place.file): b""}, [], processes).reason
    assert len(processes.uids) == 5


@pytest.mark.skipif(not ROOT, reason="only root owns other users' files")
def test_root_executes_no_file_of_another_user_that_is_loaded_beside(place):
    beside = place.file.with_name("part.py")
    beside.write_bytes(f"open({str(place.home / 'ran')!r}, 'w')\n".encode())
    os.chown(beside, 54321, 54321)
    found = place.judge(OTHER + b"load_subconfig('part.py')\nc.ServerApp.port = 5\n", Expected("ServerApp", "port", 5))
    assert (found.status, found.reason) == (
        "unverified",
        f"{beside} belongs to another user: root does not execute it",
    )
    assert not (place.home / "ran").exists()


@pytest.mark.skipif(not ROOT, reason="only root can run a child as another user")
def test_a_child_of_root_has_nothing_of_root_left():
    script = "grep -E '^(Uid|Gid|Groups|CapEff|CapPrm|CapAmb):' /proc/self/status; tty; ls /proc/self/fd"
    ended = run_bounded(["/bin/sh", "-c", script], b"", {"PATH": "/usr/bin:/bin"}, 20, uid=65534)
    text = ended.output.decode()
    fields = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
    assert fields["Uid"].split() == ["65534"] * 4 and fields["Gid"].split() == ["65534"] * 4
    assert fields["Groups"].split() in ([], ["65534"])
    assert {fields[name] for name in ("CapEff", "CapPrm", "CapAmb")} == {"0" * 16}
    assert "not a tty" in text
    assert [line for line in text.splitlines()[-4:] if line.isdecimal() and int(line) > 3] == []


def test_a_file_as_it_lies_there(place):
    """What only running it tells: an editor saved it."""
    place.file.write_bytes(raw := b"c.ServerApp.base_url = '/' + str(int('x'))\n")
    found = verify_as_it_is(place.subject, str(place.file), raw, Processes(), PATIENCE_S)
    assert (found.status, found.reason) == ("refused", "Jupyter leaves the file out")
    assert found.words == ("ValueError: invalid literal for int() with base 10: 'x'",)
    place.file.write_bytes(OTHER)
    assert verify_as_it_is(place.subject, str(place.file), OTHER, Processes(), PATIENCE_S).status == "verified"
