"""What a plan to open a server says of itself."""

from __future__ import annotations

from jntui.model import AccessPlan, AccessWish, ChangePlan, ChangeRequest, SettingStep

LOADER = (
    "with it ServerApp.allow_remote_access: False → True",
    "with it ServerApp.custom: 1 → 2",
    "Jupyter will warn: The Jupyter server is listening on all IP addresses and not using encryption.",
    "Jupyter will warn: something else",
)


def test_each_remark_is_made_once() -> None:
    wish, path = ChangeRequest("ip", "*"), "/home/ada/.jupyter/jupyter_server_config.py"
    change = ChangePlan(wish, "ServerApp.ip", path, (), "appended", notes=LOADER)
    notes = ("without TLS: who sits in between reads everything", "said by both")
    plan = AccessPlan(AccessWish("lan"), "jpserver-1", ":8888", (), (), "token", change=change, notes=notes)
    assert plan.remarks == (*notes, LOADER[1], LOADER[3])


def test_what_stands_in_the_settings_is_no_remark() -> None:
    loader = ("with it ServerApp.ip: '' → 'localhost'", "with it ServerApp.ssl_options: {} → None", "else")
    change = ChangePlan(ChangeRequest("ip", None), "ip", "/x.py", (), "removed", notes=loader)
    steps = (SettingStep("ip", "'*'", "not set"), SettingStep("certfile", "'/x'", "not set"))
    plan = AccessPlan(AccessWish("local"), "one", ":1", (), (), "token", settings=steps, change=change)
    assert plan.remarks == ("else",)
