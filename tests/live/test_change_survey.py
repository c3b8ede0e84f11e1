"""What the screen asks the monitor: a change planned, looked at, carried out, taken back; and what is refused."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jntui.jupyter.editing import verification
from jntui.jupyter.editing.verification import Verification
from jntui.model import ChangeRefused, ChangeRequest, Secret
from jntui.monitor.loop import Monitor
from jntui.monitor.survey import Survey
from tests.live.servers import clean_environment
from tests.live.test_writing_places import ADA, as_user, home_of, needs_root

NAME = "jupyter_server_config.py"


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> list[Verification]:
    """What Jupyter's loader says."""
    answers = [Verification("verified")]
    monkeypatch.setattr(verification, "verify", lambda *_arguments: answers[-1])
    return answers


def config(home: Path, text: str) -> Path:
    path = home / ".jupyter" / NAME
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def monitor(home: Path, *, read_only: bool = False) -> Monitor:
    return Monitor(Survey(clean_environment(home), read_only=read_only))


def test_a_change_is_carried_out_as_it_was_shown_and_taken_back(tmp_path: Path) -> None:
    path = config(tmp_path, "c.ServerApp.port = 1\n")
    screen = monitor(tmp_path)
    plan = screen.plan_change(None, ChangeRequest("port", "9"))
    assert path.read_text() == "c.ServerApp.port = 1\n"
    done = screen.apply_change(None, plan)
    assert (done.diff, done.verified, path.read_text()) == (plan.diff, "verified", "c.ServerApp.port = 9\n")
    screen.undo_change(None, plan=screen.plan_undo(None))
    assert path.read_text() == "c.ServerApp.port = 1\n"
    plan = screen.plan_password(None, Secret("long enough"))
    screen.set_password(None, Secret("long enough"), plan)
    assert screen.verify_password(None, Secret("long enough")) == (True, "the password fits the hash in the settings")
    assert screen.verify_password(None, Secret("wrong"))[0] is False
    screen.set_password(None, None)
    assert path.read_text().strip() == "c.ServerApp.port = 1"


def test_a_file_edited_meanwhile_is_shown_again_and_not_written(tmp_path: Path) -> None:
    """Acceptance 5."""
    path = config(tmp_path, "c.ServerApp.port = 1\n" + "\n" * 20)
    screen = monitor(tmp_path)
    plan = screen.plan_change(None, ChangeRequest("port", "9"))
    path.write_text(path.read_text() + "# of somebody else\n")
    with pytest.raises(ChangeRefused) as refused:
        screen.apply_change(None, plan)
    assert refused.value.message == (
        f"{path} was changed by another program meanwhile: nothing was written over it, look at the change again"
    )
    assert path.read_text() == "c.ServerApp.port = 1\n" + "\n" * 20 + "# of somebody else\n"
    screen.apply_change(None, screen.plan_change(None, ChangeRequest("port", "9")))
    assert path.read_text().endswith("# of somebody else\n")


def test_what_nobody_can_verify_is_written_only_if_the_user_says_so(tmp_path: Path, said: list[Verification]) -> None:
    said.append(Verification("unverified", "no Python is known"))
    path = config(tmp_path, "c.ServerApp.port = 1\n")
    screen = monitor(tmp_path)
    with pytest.raises(ChangeRefused, match="nobody can verify it: no Python is known; --unverified"):
        screen.apply_change(None, ChangeRequest("port", "9"))
    assert path.read_text() == "c.ServerApp.port = 1\n"
    assert screen.apply_change(None, ChangeRequest("port", "9"), unverified=True).verified == "unverified"
    assert screen.apply_change(None, screen.plan_change(None, ChangeRequest("port", "10"))).verified == "unverified"


def test_a_plan_that_was_verified_is_not_carried_out_unverified(tmp_path: Path, said: list[Verification]) -> None:
    config(tmp_path, "c.ServerApp.port = 1\n")
    screen = monitor(tmp_path)
    plan = screen.plan_change(None, ChangeRequest("port", "9"))
    said.append(Verification("unverified", "its Python is gone"))
    with pytest.raises(ChangeRefused, match="its Python is gone"):
        screen.apply_change(None, plan)


def test_read_only_plans_and_writes_nothing(tmp_path: Path) -> None:
    path = config(tmp_path, "c.ServerApp.port = 1\n")
    screen = monitor(tmp_path, read_only=True)
    plan = screen.plan_change(None, ChangeRequest("port", "9"))
    for work in (
        lambda: screen.apply_change(None, plan),
        lambda: screen.set_password(None, Secret("long enough")),
    ):
        with pytest.raises(ChangeRefused, match="read-only"):
            work()
    assert path.read_text() == "c.ServerApp.port = 1\n"


def test_a_server_that_is_gone_and_a_jupyter_that_reads_no_file(tmp_path: Path) -> None:
    with pytest.raises(ChangeRefused, match="gone already"):
        monitor(tmp_path).plan_change("jpserver-1", ChangeRequest("port", "9"))
    deaf = Monitor(Survey({**clean_environment(tmp_path), "JUPYTER_NO_CONFIG": "1"}))
    with pytest.raises(ChangeRefused, match="JUPYTER_NO_CONFIG is set there"):
        deaf.plan_change(None, ChangeRequest("port", "9"))


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A directory that every user can enter; those of pytest are their owner's alone."""
    with tempfile.TemporaryDirectory(prefix="jntui-change-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@needs_root
def test_a_file_of_root_is_named_with_the_command_that_root_would_run(reachable: Path) -> None:
    """Acceptance 5: and the user's own file is offered where that decides over it."""
    site = reachable / "site"
    site.mkdir()
    path = site / NAME
    path.write_text("c.ServerApp.ip = 'localhost'\n")
    home = home_of(reachable, ADA)
    environ = {**clean_environment(home), "JUPYTER_CONFIG_PATH": str(site)}

    def act() -> None:
        with pytest.raises(ChangeRefused) as refused:
            Survey(environ).plan_change(None, ChangeRequest("ip", "*"))
        command = f"sudo -u root jntui config set ip '*' --file {path}"
        assert refused.value.command == command
        assert refused.value.message == (
            f"{path} is not changed: it belongs to root, and replacing it would make it yours: {command}"
        )
        assert refused.value.offer is None, "the user's own file decides nothing over it"

    as_user(ADA, act)
    assert path.read_text() == "c.ServerApp.ip = 'localhost'\n"
    assert list(site.iterdir()) == [path]
