"""Config files that do more than assign, beside what a real Jupyter makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jntui.jupyter.settings.effective import configuration
from jntui.process import Processes
from tests.live.settings_rows import Row
from tests.live.settings_rows_code import CODE_ROWS, LEFT_OUT, NO_MODULE, PORT, SETS_PORT, TAKES_AWAY
from tests.live.test_settings_precedence import Oracle, compare, lay_out, oracle

__all__ = ["oracle"]


@pytest.mark.parametrize(("text", "line"), SETS_PORT, ids=lambda part: part if isinstance(part, str) else "")
def test_a_port_that_code_sets_is_computed_with_its_line(text: str, line: int, oracle: Oracle, tmp_path: Path) -> None:
    case = lay_out(Row("code", {"home/server.py": text + "\n"}), "server", oracle, tmp_path)
    assert case.jupyter().get("port") == 9001
    port = case.jntui().setting("port")
    assert port is not None
    assert (port.value, port.source.kind, port.source.line) == (None, "computed", line)
    assert port.source.path == str(case.places["home"] / "jupyter_server_config.py")


@pytest.mark.parametrize("text", TAKES_AWAY)
def test_a_port_that_code_takes_away_is_not_claimed(text: str, oracle: Oracle, tmp_path: Path) -> None:
    case = lay_out(Row("code", {"home/server.py": text + "\n"}), "server", oracle, tmp_path)
    assert case.jupyter().get("port") == 8888
    port = case.jntui().setting("port")
    assert port is not None
    assert (port.value, port.source.kind) in {(8888, "default"), (None, "computed")}


@pytest.mark.parametrize("row", CODE_ROWS, ids=lambda row: row.name)
def test_what_such_files_decide_is_what_jupyter_has(row: Row, oracle: Oracle, tmp_path: Path) -> None:
    compare(lay_out(row, "lab", oracle, tmp_path))


def test_the_module_that_is_missing_is_named_with_its_line(oracle: Oracle, tmp_path: Path) -> None:
    ours = lay_out(LEFT_OUT[0], "server", oracle, tmp_path).jntui()
    assert ours.notes == (
        f"jupyter_server_config.py line 1: the module {NO_MODULE} is not in that Python; "
        "Jupyter leaves the whole file out and starts with defaults for what stands in it",
    )
    (file,) = [file for file in ours.files if file.dropped]
    assert (file.line, file.caret[:1]) == (1, (f"import {NO_MODULE}",))


def test_a_module_is_found_where_the_server_finds_it(oracle: Oracle, tmp_path: Path) -> None:
    files = {"home/server.py": f"import own_module_of_mine\n{PORT}", "cwd/own_module_of_mine.py": ""}
    case = lay_out(Row("own", files), "server", oracle, tmp_path)
    subject, cwd = case.subject(), str(case.places["cwd"])

    def dropped(**changes: object) -> bool:
        found = configuration(replace(subject, **changes), Processes())  # type: ignore[arg-type]
        return any(file.dropped for file in found.files)

    assert dropped()
    assert not dropped(search=cwd)
    assert not dropped(environ={**case.environ, "PYTHONPATH": "."}), "a relative place is meant from its directory"
    assert not dropped(search=None), "nobody knows where it looks"


def test_where_nobody_can_be_asked_it_is_not_certain(oracle: Oracle, tmp_path: Path) -> None:
    case = lay_out(LEFT_OUT[0], "server", oracle, tmp_path)
    ours = configuration(replace(case.subject(), python=None, reason="not asked"), Processes())
    assert any("if that fails, Jupyter leaves the whole file out" in note for note in ours.notes)
    assert not any(file.dropped for file in ours.files)


@pytest.mark.parametrize(
    "text",
    [
        "int('x')",
        "open('/no/such/file').read()",
        "def f():\n    return 1 // 0\nf()",
        "with open('/no/such/file') as f:\n    pass",
    ],
)
def test_code_that_fails_where_it_runs_is_said_to_be_able_to(text: str, oracle: Oracle, tmp_path: Path) -> None:
    case = lay_out(Row("fails", {"home/server.py": f"{PORT}{text}\n"}), "server", oracle, tmp_path)
    assert case.jupyter()["port"] == 8888
    (note,) = case.jntui().notes
    assert note.endswith("runs code: if that fails, Jupyter leaves the whole file out")


@pytest.mark.parametrize(
    "text",
    [
        "if len('x'):\n    raise ValueError('x')",
        "assert not len('x')",
        "x = len('')\ny = 1 / x",
        "[][0]",
        "x = {}\nx['a']",
    ],
)
def test_a_line_that_may_fail_without_a_call_is_named(text: str, oracle: Oracle, tmp_path: Path) -> None:
    case = lay_out(Row("fails", {"home/server.py": f"{PORT}{text}\n"}), "server", oracle, tmp_path)
    assert case.jupyter()["port"] == 8888
    (note,) = case.jntui().notes
    line = text.count("\n") + 2
    assert f"a line of it may fail when it runs (line {line}), and Jupyter then leaves the whole file out" in note


def test_a_name_that_a_module_may_not_have_is_said_to_be_able_to_fail(oracle: Oracle, tmp_path: Path) -> None:
    text = f"from jupyter_server.auth import no_such_name\n{PORT}"
    case = lay_out(Row("name", {"home/server.py": text}), "server", oracle, tmp_path)
    assert case.jupyter()["port"] == 8888
    (note,) = case.jntui().notes
    assert "imports jupyter_server.auth: if that fails, Jupyter leaves the whole file out" in note
