"""Everybody logged out: an old session's cookie and an old token are refused by the server that comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from jntui.monitor.log_out import log_out, plan_log_out
from jntui.monitor.survey import Survey
from tests.live.changing import jntui
from tests.live.phones import Phone
from tests.live.servers import start_jupyter

PASSWORD = "correct horse battery"
TOKEN = "an-old-token-of-mine"


@pytest.mark.parametrize("kind", ["password", "token"])
def test_an_old_session_is_refused(tmp_path: Path, kind: str) -> None:
    config = tmp_path / ".jupyter/jupyter_server_config.py"
    if kind == "password":
        assert jntui(tmp_path, "password", given=PASSWORD).returncode == 0
    else:
        config.parent.mkdir()
        config.write_text(f"c.IdentityProvider.token = '{TOKEN}'\n")
    with start_jupyter("server", home=tmp_path) as jupyter:
        phone = Phone(jupyter.url.rstrip("/"))
        if kind == "password":
            assert phone.log_in(PASSWORD) == 302
        else:
            phone.request("GET", f"/tree?token={TOKEN}")
        assert phone.status() == 200, "the cookie alone lets in"
        survey = Survey(jupyter.environ)
        server = next(one for one in survey.servers() if one.pid == jupyter.pid)
        server = survey.ask(server)
        before = Path(plan_log_out(survey, server).cookie_file).read_bytes()
        done = log_out(survey, server)
        try:
            assert Path(done.plan.cookie_file).read_bytes() != before
            assert Path(done.plan.cookie_file).stat().st_mode & 0o777 == 0o600
            assert phone.status() == 403, "the old cookie"
            *_, before_it, restarted = survey.living.commands.entries()
            assert before_it.lines == (f"rm {done.plan.cookie_file}",)
            assert restarted.what == f"restarted {server.label}"
            fresh = Phone(phone.url)
            if kind == "password":
                assert fresh.log_in(PASSWORD) == 302
            else:
                assert fresh.status(f"/api/kernels?token={TOKEN}") == 403
                assert TOKEN not in config.read_text()
                assert done.server.token is not None
                assert fresh.status(f"/api/kernels?token={done.server.token.reveal()}") == 200
        finally:
            survey.stop_server(done.server, kill=True)
