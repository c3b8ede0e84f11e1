"""One setting changed, without Jupyter: where it is written, what is refused, and a file that changed meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jntui.cli import changing
from jntui.jupyter.command_line import NOTEBOOK, SERVER
from jntui.jupyter.editing import verification
from jntui.jupyter.editing.change import carry_out, plan_change, same_as_shown
from jntui.jupyter.editing.destination import own_file
from jntui.jupyter.editing.going_back import plan_undo
from jntui.jupyter.editing.password_change import plan_password
from jntui.jupyter.editing.value import is_secret, typed_value, value_of
from jntui.jupyter.editing.verification import Verification
from jntui.jupyter.editing.whose import Whose
from jntui.jupyter.settings.effective import configuration
from jntui.jupyter.settings.subject import Subject
from jntui.model import ChangedElsewhere, ChangeRefused, ChangeRequest, Secret
from jntui.process import Processes

if TYPE_CHECKING:
    from collections.abc import Callable

PY, JSON = "jupyter_server_config.py", "jupyter_server_config.json"


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[Verification]:
    """What Jupyter's loader says; it takes everything until a test says otherwise."""
    answers = [Verification("verified")]
    monkeypatch.setattr(verification, "verify", lambda *_arguments: answers[-1])
    return answers


def whose(home: Path, *words: str, legacy: bool = False, **environ: str) -> Whose:
    named = {"HOME": str(home), "JUPYTER_CONFIG_PATH": "", **environ}
    app = NOTEBOOK if legacy else SERVER
    subject = Subject(None, named, str(home), None, "not asked", app, words, cwd=str(home), legacy=legacy)
    found = configuration(subject, Processes())
    return Whose(subject, found, Processes(), lambda _path, _name: (), str(home), home / "state")


def _plan_password(asked: Whose) -> object:
    return plan_password(asked, Secret("correct horse battery"))


def write(home: Path, name: str, text: str) -> Path:
    path = home / ".jupyter" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def set_(home: Path, name: str, value: str | None, file: Path | None = None, **environ: str) -> str:
    """Carries it out; the path that was written."""
    asked = whose(home, **environ)
    request = ChangeRequest(name, value, str(file) if file is not None else None)
    return carry_out(asked, plan_change(asked, request)).path


@pytest.mark.parametrize(
    ("there", "legacy", "chosen"),
    [
        ((), False, PY),
        ((JSON,), False, JSON),
        ((PY, JSON), False, PY),
        (("jupyter_lab_config.py",), False, PY),
        ((), True, "jupyter_notebook_config.py"),
        (("jupyter_notebook_config.json",), True, "jupyter_notebook_config.json"),
    ],
)
def test_the_users_own_file(tmp_path: Path, there: tuple[str, ...], legacy: bool, chosen: str) -> None:
    for name in there:
        write(tmp_path, name, "{}" if name.endswith("json") else "")
    assert own_file(whose(tmp_path, legacy=legacy).found) == str(tmp_path / ".jupyter" / chosen)


def test_the_users_own_file_is_where_jupyter_is_told_that_it_is(tmp_path: Path) -> None:
    named = whose(tmp_path, JUPYTER_CONFIG_DIR=str(tmp_path / "elsewhere"))
    assert own_file(named.found) == str(tmp_path / "elsewhere" / PY)
    path = tmp_path / "mine.py"
    path.write_text("")
    assert own_file(whose(tmp_path, f"--config={path}").found) == str(path)


def test_the_file_that_decides_is_written_in_its_own_spelling(tmp_path: Path) -> None:
    base = write(tmp_path, "jupyter_config.py", "c['ServerApp']['ip'] = u'127.0.0.1'\n")
    assert set_(tmp_path, "ServerApp.ip", "*") == str(base)
    assert base.read_text() == "c['ServerApp']['ip'] = u'*'\n"


def test_a_variable_only_replaces_a_default_so_a_file_decides_over_it(tmp_path: Path) -> None:
    assert set_(tmp_path, "port", "9000", JUPYTER_PORT="9300") == str(tmp_path / ".jupyter" / PY)
    with pytest.raises(ChangeRefused, match="it comes from the variable JUPYTER_PORT"):
        set_(tmp_path / "other", "port", None, JUPYTER_PORT="9300")


def test_what_the_command_line_decides_is_not_written(tmp_path: Path) -> None:
    asked = whose(tmp_path, "--port=7")
    with pytest.raises(ChangeRefused, match="--port=7 decides over every file"):
        plan_change(asked, ChangeRequest("port", "9000"))
    with pytest.raises(ChangeRefused, match="it comes from the command line, --port=7; start Jupyter without that"):
        plan_change(asked, ChangeRequest("port", None))
    write(tmp_path, PY, "c.ServerApp.port = 1\n")
    plan = plan_change(whose(tmp_path, "--port", "7"), ChangeRequest("port", None)).shown
    assert "no effect: --port=7 on the command line decides before and after" in plan.notes


@pytest.mark.parametrize(
    ("name", "words", "offered"),
    [
        ("port", ("--port=7",), True),
        ("ServerApp.max_body_size", ("--ServerApp.max_body_size=7",), True),
        ("open_browser", ("--no-browser",), False),
        ("port_retries", ("--port-retries=3",), False),
        ("root_dir", (".",), False),
    ],
)
def test_a_running_servers_option_is_offered_to_go(
    tmp_path: Path, said: list[Verification], name: str, words: tuple[str, ...], offered: bool
) -> None:
    """Not what a restart from jntui sets itself, and not what is no option."""
    asked = whose(tmp_path, *words)
    running = replace(asked, found=replace(asked.found, server="jpserver-1"))
    said.append(Verification("refused", f"{name} would have no effect: it is 7"))
    wish = ChangeRequest(name, "True" if name == "open_browser" else "5")
    with pytest.raises(ChangeRefused, match="is decided by the command line: jpserver-1 was started with") as refused:
        plan_change(running, wish)
    assert refused.value.offer == (replace(wish, restart_without_option=True) if offered else None)
    assert refused.value.message.partition(" was started with ")[2].startswith(f"{words[0]}, ")
    command = f"jntui config set {name} 5 --server jpserver-1 --restart-without-option"
    assert refused.value.command == (command if offered else "")


def test_a_running_servers_option_is_offered_to_go_with_an_unset(tmp_path: Path) -> None:
    """Where a file sets it, beside the change; where none does, in its place."""
    asked = whose(tmp_path, "--port=7")
    running = replace(asked, found=replace(asked.found, server="jpserver-1"))
    wish = ChangeRequest("port", None)
    command = "jntui config unset port --server jpserver-1 --restart-without-option"
    with pytest.raises(ChangeRefused, match="is decided by the command line") as refused:
        plan_change(running, wish)
    assert (refused.value.offer, refused.value.command) == (replace(wish, restart_without_option=True), command)
    write(tmp_path, PY, "c.ServerApp.port = 1\n")
    asked = whose(tmp_path, "--port=7")
    running = replace(asked, found=replace(asked.found, server="jpserver-1"))
    shown = plan_change(running, wish).shown
    assert (shown.offer, shown.command) == (replace(wish, restart_without_option=True), command)
    assert plan_change(asked, wish).shown.offer is None


def test_a_secret_option_is_named_and_not_shown(tmp_path: Path) -> None:
    asked = whose(tmp_path, "--IdentityProvider.token=hush-hush")
    running = replace(asked, found=replace(asked.found, server="jpserver-1"))
    with pytest.raises(ChangeRefused) as refused:
        plan_change(running, ChangeRequest("token", "whisper"))
    assert "hush" not in refused.value.message + refused.value.command
    assert "whisper" not in refused.value.message + refused.value.command
    assert "config set token - --server jpserver-1" in refused.value.command


def test_a_file_of_higher_order_is_offered(tmp_path: Path, said: list[Verification]) -> None:
    own = write(tmp_path, PY, "c.ServerApp.port = 1\n")
    above = write(tmp_path, JSON, '{"ServerApp": {"port": 7}}')
    asked = whose(tmp_path)
    said.append(Verification("refused", "ServerApp.port would have no effect: it is 7"))
    with pytest.raises(ChangeRefused) as refused:
        plan_change(asked, ChangeRequest("port", "9", str(own)))
    assert refused.value.offer == ChangeRequest("port", "9", str(above))
    said.append(Verification("unverified", "no Python is known"))
    plan = plan_change(asked, ChangeRequest("port", "9", str(own))).shown
    assert (plan.verified, plan.reason) == ("unverified", "no Python is known")
    assert plan.shadowed_by == f"{above} line 1"


def test_what_is_computed_is_offered_as_an_override(tmp_path: Path) -> None:
    path = write(tmp_path, PY, "import os\nc.ServerApp.port = int(os.environ['P'])\n")
    asked = whose(tmp_path)
    with pytest.raises(ChangeRefused) as refused:
        plan_change(asked, ChangeRequest("port", "9"))
    assert refused.value.offer == ChangeRequest("port", "9", str(path), override=True)
    assert (refused.value.line, refused.value.caret[1].strip()) == (2, "^")
    assert plan_change(asked, refused.value.offer).shown.did == "appended c.ServerApp.port as line 4"


def test_a_file_that_changed_since_the_preview_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path, PY, "c.ServerApp.port = 1\n" + "\n" * 20 + "# far away\n")
    first = plan_change(whose(tmp_path), ChangeRequest("port", "9"))
    path.write_text(path.read_text() + "# of somebody else\n")
    again = plan_change(whose(tmp_path), ChangeRequest("port", "9"))
    assert first.shown.diff == again.shown.diff
    assert not same_as_shown(first.shown, again.shown)
    with pytest.raises(ChangeRefused, match="changed by another program meanwhile"):
        carry_out(whose(tmp_path), first)
    assert path.read_text().endswith("# far away\n# of somebody else\n")


def test_undo_takes_back_the_newest_change_of_all_files(tmp_path: Path) -> None:
    write(tmp_path, "jupyter_config.py", "c.ServerApp.ip = 'a'\n")
    path = tmp_path / ".jupyter" / PY
    set_(tmp_path, "ip", "b")
    set_(tmp_path, "port", "9")
    asked = whose(tmp_path)
    plan = plan_undo(asked, None)
    assert (plan.shown.path, plan.shown.did) == (str(path), "removes the file, which was not there before")
    carry_out(asked, plan)
    assert not path.exists()
    carry_out(asked, plan_undo(asked, None))
    assert (tmp_path / ".jupyter/jupyter_config.py").read_text() == "c.ServerApp.ip = 'a'\n"
    with pytest.raises(ChangeRefused, match="nothing"):
        plan_undo(asked, None)


def test_no_secret_in_a_plan_an_answer_or_a_refusal(tmp_path: Path, said: list[Verification]) -> None:
    path = write(tmp_path, PY, "# a comment that names hunter2hunter2\nc.ServerApp.port = 1\n")
    asked = whose(tmp_path)
    plan = plan_change(asked, ChangeRequest("token", "hunter2hunter2"))
    assert "hunter2" not in repr(plan.shown)
    assert plan.shown.mode == 0o600
    assert "hunter2" not in repr(carry_out(asked, plan))
    assert "c.IdentityProvider.token = 'hunter2hunter2'" in path.read_text()
    said.append(Verification("refused", "Jupyter does not take the value of IdentityProvider.token"))
    with pytest.raises(ChangeRefused) as refused:
        plan_change(whose(tmp_path), ChangeRequest("token", "another-hunter3"))
    assert "hunter3" not in repr(refused.value)


@pytest.mark.parametrize(
    ("password", "said_of_it"),
    [("a\0b", "no line end"), ("x" * 5000, "at most 4096"), ("\udcff", "UTF-8")],
)
def test_a_password_that_no_form_sends(tmp_path: Path, password: str, said_of_it: str) -> None:
    with pytest.raises(ChangeRefused, match=said_of_it):
        plan_password(whose(tmp_path), Secret(password))


def test_a_password_in_the_command_line_decides_over_every_file(tmp_path: Path) -> None:
    asked = whose(tmp_path, "--PasswordIdentityProvider.hashed_password=sha1:a:b")
    with pytest.raises(ChangeRefused, match="decides over every file"):
        plan_password(asked, Secret("long enough"))


def test_an_older_password_that_cannot_go_stays_and_is_named(tmp_path: Path) -> None:
    old = write(tmp_path, "jupyter_config.py", "c.ServerApp.password = u'sha1:a:b'\n")
    old.chmod(0o444)
    plan = plan_password(whose(tmp_path), Secret("long enough")).shown
    assert plan.also == ()
    assert any(f"{old} line 1 sets ServerApp.password too and stays" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", " 9000 ", 9000),
        ("seconds", "-1", -1),
        ("yes or no", "TRUE", True),
        ("yes or no", "0", False),
        ("text", "'*'", "*"),
        ("path", "~/cert.pem", "/home/ada/cert.pem"),
        ("list of text", "one", ["one"]),
        ("list of text", "['one', 'two']", ["one", "two"]),
        (None, "9000", "9000"),
    ],
)
def test_a_value_is_read_as_the_command_line_reads_it(kind: object, text: str, value: object) -> None:
    assert value_of("ServerApp.thing", kind, text, "/home/ada") == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (("Int", False), "9000", 9000),
        (("Bool", False), "true", True),
        (("Bool", True), "None", None),
        (("Unicode", False), "9000", "9000"),
        (("Unicode", False), "None", "None"),
        (("Unicode", True), "None", None),
        (("Unicode", False), "~/x", "/home/ada/x"),
        (("Float", False), "1e3", 1000.0),
        (("List", False), "/tmp", ["/tmp"]),
        (("List", False), "[1, 'a']", [1, "a"]),
        (("Dict", False), "{'a': [1]}", {"a": [1]}),
        (("Dict", False), "a=1=2", {"a": "1=2"}),
        (("Type", False), "a.B", "a.B"),
        (("Enum", False), "DEBUG", "DEBUG"),
        (("Enum", False), "10", 10),
        (None, "9000", 9000),
        (None, "{'a': [1]}", {"a": [1]}),
        (None, "true", "true"),
        (None, "print('x')", "print('x')"),
    ],
)
def test_a_value_of_any_trait_is_read_by_its_type(kind: tuple[str, bool] | None, text: str, value: object) -> None:
    found = typed_value("A.thing", kind, text, "/home/ada")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "kind", "text", "words"),
    [
        ("ServerApp.port", "integer", "", "ServerApp.port takes an integer, not ''"),
        ("ServerApp.port", "integer", "1\x1b[2J", "not '1"),
        ("A.list", "list of text", "[1]", "takes a list of text"),
        ("P.hashed_password", "secret", "my password", "`jntui password` makes one"),
        ("A.x", "text", "x" * 200_000, "more than 100000 characters"),
        ("A.token", "secret", "a\0b", "control characters"),
        ("A.token", "secret", "a\udcffb", "no UTF-8"),
    ],
)
def test_a_wrong_value_is_one_clear_line(name: str, kind: object, text: str, words: str) -> None:
    with pytest.raises(ChangeRefused) as refused:
        value_of(name, kind, text, "")  # type: ignore[arg-type]
    assert words in refused.value.message
    assert refused.value.message.isprintable()
    assert "my password" not in refused.value.message


def test_what_is_a_secret_by_its_name() -> None:
    assert all(map(is_secret, ("token", "ServerApp.password", "auth_token", "hashed_password", "cookie_secret")))
    assert not any(map(is_secret, ("password_required", "port", "ServerApp.allow_password_change")))


def test_a_plan_of_another_file_is_another_plan(tmp_path: Path) -> None:
    plan = plan_change(whose(tmp_path), ChangeRequest("port", "9")).shown
    assert same_as_shown(plan, plan)
    assert not same_as_shown(plan, replace(plan, path="/elsewhere"))


def test_a_name_without_a_class_is_one_of_the_server_and_a_near_one_is_named(tmp_path: Path) -> None:
    path = set_(tmp_path, "default_url", "/tree")
    assert Path(path).read_text() == "c.ServerApp.default_url = '/tree'\n"
    with pytest.raises(ChangeRefused, match="did you mean default_url"):
        set_(tmp_path, "defualt_url", "/tree")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (PY, "# a\nc.NotebookApp.port = 9000  # mine\n", "# a\nc.ServerApp.port = 9000  # mine\n"),
        (
            PY,
            "c.NotebookApp.port = 9000; c.NotebookApp.ip = 'a'\n",
            "c.ServerApp.port = 9000; c.NotebookApp.ip = 'a'\n",
        ),
        (
            PY,
            "c.NotebookApp.port = 1\nc.NotebookApp.port = 9000\n",
            "# c.NotebookApp.port = 1\n# c.NotebookApp.port = 9000\n\nc.ServerApp.port = 9000\n",
        ),
        (
            PY,
            "c.ServerApp.port = 1\nc.NotebookApp.port = 9000\n",
            "c.ServerApp.port = 9000\n# c.NotebookApp.port = 9000\n",
        ),
        (
            JSON,
            '{"NotebookApp": {"port": 9000, "ip": "a"}}',
            '{"NotebookApp": {"ip": "a"}, "ServerApp": {"port": 9000}}',
        ),
    ],
)
def test_a_rename_is_one_change_with_both_names_in_it(tmp_path: Path, name: str, before: str, after: str) -> None:
    file = write(tmp_path, name, before)
    asked = whose(tmp_path)
    planned = plan_change(asked, ChangeRequest("ServerApp.port", "9000", str(file), drop="NotebookApp.port"))
    carry_out(asked, planned)
    assert file.read_text() == after
    undone = plan_undo(whose(tmp_path), str(file))
    carry_out(asked, undone)
    assert file.read_text() == before


def test_a_secret_is_renamed_with_the_text_that_it_has(tmp_path: Path) -> None:
    file = write(tmp_path, PY, "c.NotebookApp.password = u'sha1:a:b'  # old\n")
    new = "PasswordIdentityProvider.hashed_password"
    asked = whose(tmp_path)
    planned = plan_change(asked, ChangeRequest(new, None, str(file), drop="NotebookApp.password"))
    assert "sha1:a:b" not in repr(planned.shown)
    carry_out(asked, planned)
    assert file.read_text() == f"c.{new} = u'sha1:a:b'  # old\n"
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ChangeRefused, match=r"holds no plain text for NotebookApp\.password"):
        plan_change(asked, ChangeRequest(new, None, str(file), drop="NotebookApp.password"))


def test_a_line_without_a_class_gets_one(tmp_path: Path) -> None:
    file = write(tmp_path, PY, "c.port = 9000  # mine\n")
    asked = whose(tmp_path)
    carry_out(asked, plan_change(asked, ChangeRequest("ServerApp.port", "9000", str(file), drop=".port")))
    assert file.read_text() == "c.ServerApp.port = 9000  # mine\n"


def test_a_rename_leaves_a_line_alone_that_code_makes(tmp_path: Path) -> None:
    file = write(tmp_path, PY, "if 1:\n    c.NotebookApp.port = 9000\n")
    with pytest.raises(ChangeRefused, match="line 2"):
        plan_change(whose(tmp_path), ChangeRequest("ServerApp.port", "9000", str(file), drop="NotebookApp.port"))
    assert file.read_text() == "if 1:\n    c.NotebookApp.port = 9000\n"


def test_unset_says_that_code_may_set_it_where_jupyter_finds_it_set(tmp_path: Path, said: list[Verification]) -> None:
    write(tmp_path, PY, "c.ServerApp.setdefault('port', 9)\n")
    said.append(Verification("refused", "ServerApp.port is still set in the file afterwards"))
    with pytest.raises(ChangeRefused, match=r"line 1 changes c\.ServerApp .*; it is set, and code is left alone"):
        set_(tmp_path, "port", None)
    said.append(Verification("verified"))
    assert set_(tmp_path, "port", None)


def test_what_was_changed_meanwhile_can_be_told_from_other_refusals(tmp_path: Path) -> None:
    file = write(tmp_path, PY, "c.ServerApp.port = 9000\n")
    asked = whose(tmp_path)
    planned = plan_change(asked, ChangeRequest("port", "9001"))
    file.write_text("c.ServerApp.port = 9002\n")
    with pytest.raises(ChangedElsewhere):
        carry_out(asked, planned)


LOOP = "for p in (1, 2):\n    c.ServerApp.port = p\n"


def test_what_an_override_added_is_taken_out_again_where_the_user_agrees(tmp_path: Path) -> None:
    file = write(tmp_path, PY, LOOP)
    asked = whose(tmp_path)
    carry_out(asked, plan_change(asked, ChangeRequest("port", "9000", override=True)))
    assert file.read_text() == f"{LOOP}\nc.ServerApp.port = 9000\n"
    with pytest.raises(ChangeRefused, match=r"line 2 .*--override takes out") as refused:
        plan_change(whose(tmp_path), ChangeRequest("port", None))
    assert refused.value.offer == ChangeRequest("port", None, str(file), override=True)
    planned = plan_change(whose(tmp_path), refused.value.offer)
    assert "line 2 stays, and decides then" in planned.shown.notes
    carry_out(asked, planned)
    assert file.read_text() == LOOP
    with pytest.raises(ChangeRefused) as nothing:
        plan_change(whose(tmp_path), ChangeRequest("port", None))
    assert nothing.value.offer is None


def test_a_file_is_made_its_owners_alone_and_no_byte_changes(tmp_path: Path) -> None:
    file = write(tmp_path, PY, "c.IdentityProvider.token = 'never-show-this'\n")
    file.chmod(0o644)
    asked = whose(tmp_path)
    planned = plan_change(asked, ChangeRequest("", None, str(file), private=True))
    assert (planned.shown.mode, planned.shown.diff) == (0o600, ())
    carry_out(asked, planned)
    assert (file.stat().st_mode & 0o777, file.read_text()) == (0o600, "c.IdentityProvider.token = 'never-show-this'\n")
    again = plan_change(asked, ChangeRequest("", None, str(file), private=True))
    assert again.shown.mode is None
    carry_out(asked, plan_undo(asked, str(file)))
    assert file.stat().st_mode & 0o777 == 0o644
    with pytest.raises(ChangeRefused, match="it is not there"):
        plan_change(asked, ChangeRequest("", None, str(tmp_path / "none.py"), private=True))


def test_notebook_6_has_no_setting_of_serverapp(tmp_path: Path) -> None:
    file = write(tmp_path, "jupyter_notebook_config.py", "c.ServerApp.ip = '*'\n")
    asked = whose(tmp_path, legacy=True)
    carry_out(asked, plan_change(asked, ChangeRequest("ip", "0.0.0.0")))
    assert file.read_text() == "c.ServerApp.ip = '*'\n\nc.NotebookApp.ip = '0.0.0.0'\n"
    carry_out(asked, plan_change(whose(tmp_path, legacy=True), ChangeRequest("ip", None)))
    assert file.read_text() == "c.ServerApp.ip = '*'\n"


@pytest.mark.parametrize("work", [lambda asked: plan_change(asked, ChangeRequest("port", "9000")), _plan_password])
def test_a_refusal_of_files_that_changed_while_the_loader_looked_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[Whose], object]
) -> None:
    file = write(tmp_path, PY, "c.ServerApp.port = 1\n")
    asked = whose(tmp_path)

    def verify(*_arguments: object) -> Verification:
        file.write_text("c.ServerApp.port = 1\nc.ServerApp.quit_button = False\n")
        return Verification("refused", "it would also change ServerApp.quit_button")

    monkeypatch.setattr(verification, "verify", verify)
    with pytest.raises(ChangedElsewhere, match="was changed by another program meanwhile: nothing was written"):
        work(asked)
    with pytest.raises(ChangeRefused, match="it would also change") as refused:
        work(asked)
    assert not isinstance(refused.value, ChangedElsewhere)


def test_what_nobody_was_asked_about_is_not_called_verified(tmp_path: Path) -> None:
    path = write(tmp_path, PY, "c.ServerApp.port = 9000\n")
    path.chmod(0o644)
    asked = whose(tmp_path)
    plans = [plan_change(asked, ChangeRequest("port", value)).shown for value in ("9000", "9001")]
    plans.append(plan_change(asked, ChangeRequest("", None, str(path), private=True)).shown)
    assert [(one.writes, one.taken) for one in plans] == [(False, None), (True, True), (True, None)]
    documents = [changing.change_document(one.path, None, one, ())["verified"] for one in plans]
    assert documents == [None, True, None]
