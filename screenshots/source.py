"""A source that shows one canned snapshot and remembers what it was asked: the seam at which the screen is tested."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from jntui.diagnose import sharing
from jntui.diagnose.connecting import connections
from jntui.model import (
    AccessDone,
    AccessPlan,
    AccessRefused,
    AccessWish,
    Changed,
    ChangePlan,
    ChangeRequest,
    Check,
    ConfigChange,
    ConfigFinding,
    Connect,
    DiffLine,
    Load,
    LoggedOut,
    LogOutPlan,
    Restarted,
    RestartPlan,
    Secret,
    ServerView,
    Setting,
    Share,
    Snapshot,
    Started,
    StartFailed,
    StartPlan,
    StartRequest,
    StopFailed,
    Stopped,
    StopPlan,
    StopStep,
    Work,
)
from jntui.network.qr_code import encode
from screenshots import canned, opening
from screenshots.canned import TOKEN
from screenshots.living import CannedLiving
from screenshots.settings import BROKEN, BROKEN_LINES, USER_JSON, USER_PY, USER_PY_LINES, every

WORK = (
    Work("k1", "train.ipynb", "python3", busy=True),
    Work("k2", "plots.ipynb", "python3"),
    Work("k3", "survey.ipynb", "ir"),
)
"""The kernels of the server for the LAN."""


FINDINGS = (
    ConfigFinding(
        *("no-login", "error", USER_PY, 16),
        "the token is empty and no password is set",
        "whoever reaches :8888 over LAN, VPN or internet can run code as ada",
        "set a password, or take the line out so that Jupyter makes a token at each start",
        ConfigChange("IdentityProvider.token", None, USER_PY),
    ),
    ConfigFinding(
        *("renamed", "warning", USER_PY, 13),
        "c.NotebookApp.port is a name of Notebook 6",
        "Jupyter Server still reads it, and warns; a later one will not",
        "write c.ServerApp.port",
        ConfigChange("ServerApp.port", "9999", USER_PY),
    ),
    ConfigFinding(
        *("readable", "warning", USER_JSON, None),
        "the file holds a hash and every user of this machine can read it",
        "they can try passwords against the hash",
        "chmod 600 jupyter_server_config.json",
    ),
)
"""What a doctor could say of the canned server."""


class CannedSource(CannedLiving):
    """Answers at once, unless `hang` is set: then blocking calls never return."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot
        self.asked: list[tuple[object, ...]] = []
        self.failure: Exception | None = None
        self.hang = False
        self.plans_hang = False
        self.stop_plan: StopPlan | None = None
        """Given out instead of the usual one."""
        self.stubborn = False
        """Servers end by SIGKILL only."""
        self.change_plan: ChangePlan | None = None
        """Given out instead of the usual one."""
        self.findings: tuple[ConfigFinding, ...] = FINDINGS
        self.concerns: tuple[str, ...] = ()
        self.loads = Load(True)
        self.release = threading.Event()
        self._tell: Callable[[Snapshot], None] = lambda _snapshot: None

    ways_given = 0

    def push(self, snapshot: Snapshot) -> None:
        """A newer picture arrives, from another thread as in real life."""
        self.snapshot = replace(snapshot, seq=self.snapshot.seq + 1)
        thread = threading.Thread(target=self._tell, args=(self.snapshot,), daemon=True)
        thread.start()
        thread.join(5)

    def start(self, on_snapshot: Callable[[Snapshot], None]) -> None:
        """Remembers whom to tell."""
        self._tell = on_snapshot

    def stop(self) -> None:
        """Is remembered."""
        self.asked.append(("stop",))

    def select(self, server_id: str | None) -> None:
        """Is remembered."""
        self.asked.append(("select", server_id))

    def check(self, server_id: str, url: str | None = None) -> None:
        """Is remembered."""
        self.asked.append(("check", server_id, url))

    def check_everything(self) -> None:
        """Is remembered."""
        self.asked.append(("check everything",))

    def resumed(self) -> None:
        """Is remembered."""
        self.asked.append(("resumed",))

    def give_way(self, seconds: float) -> None:
        """Is counted: nothing runs in the background here."""
        self.ways_given += 1

    def watch(self, server_id: str, url: str | None) -> None:
        """Is remembered."""
        self.asked.append(("watch", server_id, url))

    def check_from(self, server_id: str, host: str) -> tuple[Check, ...]:
        """What the canned machine looks like from a phone, or the failure."""
        self.asked.append(("check from", server_id, host))
        self._answer()
        return canned.from_phone()

    def _answer(self) -> None:
        if self.hang:
            self.release.wait()
        if self.failure is not None:
            raise self.failure

    def plan_start(self, request: StartRequest) -> StartPlan:
        """A plan, or the failure; at once unless `plans_hang` is set."""
        self.asked.append(("plan", request))
        if self.plans_hang:
            self.release.wait()
        if isinstance(self.failure, StartFailed) and self.failure.log is None:
            raise self.failure
        app, port, root = request.app or "lab", request.port or 8891, request.root_dir or "/home/ada/work"
        python = "/home/ada/.venv/bin/python"
        command = (python, "-m", f"jupyter{app}", f"--port={port}", f"--ServerApp.root_dir={root}")
        return StartPlan(app, python, "VIRTUAL_ENV", command, port, root, "/home/ada/.local/state/jntui/8891.log")

    def start_server(self, request: StartRequest) -> Started:
        """A started server, or the failure."""
        self.asked.append(("start", request))
        self._answer()
        plan = self.plan_start(request)
        return Started("jpserver-5000", 5000, plan.log, plan.python, plan.chosen, plan.command)

    def plan_stop(self, server_id: str) -> StopPlan:
        """A plan, at once unless `hang` is set; the second look, before it is carried out, is always at once."""
        self.asked.append(("plan stop", server_id))
        if self.hang and self.asked.count(("plan stop", server_id)) < 2:
            self.release.wait()
        if self.stop_plan is not None:
            return self.stop_plan
        view = self.snapshot.view(server_id)
        if view is None:
            raise StopFailed("this server is gone already")
        server = view.server
        return StopPlan(server_id, server.label, server.pid, ("api", "SIGTERM"), kernels=WORK[: server.kernels or 0])

    def stop_server(self, server_id: str, kill: bool = False, on_step: Callable[[str], None] | None = None) -> Stopped:
        """Stopped by SIGTERM, or by SIGKILL only, or the failure."""
        self.asked.append(("stop server", server_id, kill))
        if on_step is not None:
            on_step("sending SIGKILL to pid 4242" if kill else f"asking {self._label(server_id)} to shut down")
        self._answer()
        steps: tuple[StopStep, ...] = (StopStep("api", False, "its API was asked, but it still runs after 5 s", 5.0),)
        if not self.stubborn:
            steps = (*steps, StopStep("SIGTERM", True, "SIGTERM to pid 4242 ended it", 0.4))
            return Stopped(server_id, True, "SIGTERM", True, steps)
        steps = (*steps, StopStep("SIGTERM", False, "SIGTERM was sent to pid 4242, but it still runs after 5 s", 5.0))
        if not kill:
            message = f"{self._label(server_id)} still runs (pid 4242); `jntui stop 8888 --kill` ends it"
            return Stopped(server_id, False, None, False, steps, message)
        words = "SIGKILL to pid 4242 ended it; its parent (pid 1) has not reaped it"
        return Stopped(server_id, True, "SIGKILL", True, (*steps, StopStep("SIGKILL", True, words, 0.1)))

    def _label(self, server_id: str) -> str:
        view = self.snapshot.view(server_id)
        return view.server.label if view is not None else server_id

    def plan_restart(self, server_id: str) -> RestartPlan:
        """A plan for the same server again; none for one that something else looks after."""
        plan = self.plan_stop(server_id)
        if plan.supervisor is not None:
            raise StopFailed(f"{plan.label}: {plan.supervisor.name} looks after it")
        python = "/home/ada/.venv/bin/python"
        command = (python, "-m", "jupyterlab", "--port=8888", "--no-browser", "--ServerApp.root_dir=/home/ada/work")
        kept = ("port 8888", "root directory ~/work", "its token", "17 environment variables")
        lost = ("It ran in the terminal pts/3: the new one runs detached, with a log file.",)
        log = "/home/ada/.local/state/jntui/8888.log"
        return RestartPlan(plan, command, "/home/ada", python, 8888, log, kept, lost)

    def restart_server(
        self, server_id: str, kill: bool = False, on_step: Callable[[str], None] | None = None
    ) -> Restarted:
        """Restarted, or the failure."""
        self.asked.append(("restart", server_id, kill))
        if on_step is not None:
            on_step("starting it again")
        self._answer()
        if self.stubborn and not kill:
            message = f"{self._label(server_id)} still runs (pid 4242); `jntui restart 8888 --kill` ends it"
            raise StopFailed(message, still_runs=True)
        stopped = Stopped(server_id, True, "SIGTERM", True)
        plan = self.plan_restart(server_id)
        started = Started("jpserver-5001", 5001, plan.log, plan.python, "as before", plan.command)
        return Restarted(stopped, started, plan.lost)

    def file_lines(self, path: str) -> tuple[str, ...]:
        """The user's file, or that there is none."""
        self.asked.append(("file", path))
        self._answer()
        if path != USER_PY:
            raise OSError(2, "No such file or directory", path)
        broken = any(view.configuration and BROKEN in view.configuration.files for view in self.snapshot.views)
        return BROKEN_LINES if broken else USER_PY_LINES

    def _plan(self, request: ChangeRequest) -> ChangePlan:
        if self.change_plan is not None:
            return self.change_plan
        if request.private:
            return ChangePlan(
                request, "", request.file or "", (), "lets only its owner read it", mode=0o600, mode_before=0o644
            )
        name = request.name.rpartition(".")[2]
        new = "\u00b7\u00b7\u00b7\u00b7" if name in {"token", "hashed_password"} else request.value
        added = () if request.value is None else (DiffLine("+", None, 12, f"c.{request.name} = {new!r}"),)
        diff = (
            DiffLine("@", 11, 11, ""),
            DiffLine(" ", 11, 11, ""),
            DiffLine("-", 12, None, "c.ServerApp.ip = '0.0.0.0'"),
            *added,
            DiffLine(" ", 13, 13, "c.ServerApp.port = 9999"),
        )
        return ChangePlan(request, request.name, USER_PY, diff, "changed line 12", needs_restart=("jpserver-4242",))

    def _changed(self, plan: ChangePlan) -> Changed:
        done = Changed(plan.path, f"{plan.path}.bak", plan.diff, plan.verified, plan.needs_restart, mode=plan.mode)
        if plan.restart is None:
            return done
        stop = plan.restart.stop
        started = Started(
            "jpserver-4999", 4999, plan.restart.log, plan.restart.python, "as before", plan.restart.command
        )
        return replace(done, restarted=Restarted(Stopped(stop.server, True, "api", True), started))

    def plan_change(self, server_id: str | None, request: ChangeRequest) -> ChangePlan:
        """A plan for the user's file, or the failure."""
        self.asked.append(("plan change", server_id, request))
        self._answer()
        return self._plan(request)

    def apply_change(
        self, server_id: str | None, wish: ChangePlan | ChangeRequest, *, unverified: bool = False
    ) -> Changed:
        """Is remembered, or fails."""
        del unverified
        request: ChangeRequest = getattr(wish, "request", wish)
        self.asked.append(("change", server_id, request))
        self._answer()
        return self._changed(self._plan(request))

    def plan_undo(self, server_id: str | None, file: str | None = None) -> ChangePlan:
        """A plan that takes a port back."""
        self.asked.append(("plan undo", server_id, file))
        self._answer()
        return self._plan(ChangeRequest("ServerApp.ip", "localhost"))

    def undo_change(self, server_id: str | None, file: str | None = None, plan: ChangePlan | None = None) -> Changed:
        """Is remembered, or fails."""
        self.asked.append(("undo", server_id, file))
        self._answer()
        return self._changed(self._plan(ChangeRequest("ServerApp.ip", "localhost")))

    def plan_password(
        self, server_id: str | None, password: Secret | None, *, without_option: bool = False
    ) -> ChangePlan:
        """A plan whose diff covers the hash."""
        self.asked.append(("plan password", server_id, password))
        self._answer()
        return self._plan(ChangeRequest("PasswordIdentityProvider.hashed_password", "argon2:" if password else None))

    def set_password(
        self,
        server_id: str | None,
        password: Secret | None,
        plan: ChangePlan | None = None,
        *,
        unverified: bool = False,
        without_option: bool = False,
    ) -> Changed:
        """Is remembered, or fails."""
        self.asked.append(("password", server_id, password, *(("without the option",) if without_option else ())))
        self._answer()
        return self._changed(self.plan_password(server_id, password, without_option=without_option))

    def verify_password(self, server_id: str | None, password: Secret) -> tuple[bool, str]:
        """`open sesame` is the one."""
        self.asked.append(("verify", server_id, password))
        self._answer()
        right = password == Secret("open sesame")
        return right, "it is the password that decides now" if right else "it is not the password that decides now"

    def doctor(self, server_id: str | None) -> tuple[ConfigFinding, ...]:
        """The findings, or the failure."""
        self.asked.append(("doctor", server_id))
        self._answer()
        return self.findings

    def every_setting(self, server_id: str | None) -> tuple[Setting, ...]:
        """The settings of the first server and some of Jupyter's others, or the failure."""
        self.asked.append(("every setting", server_id))
        self._answer()
        return every()

    def concerned(self, server_id: str | None, name: str) -> tuple[str, ...]:
        """The server alone, or what a test says."""
        self.asked.append(("concerned", server_id, name))
        return self.concerns or ((server_id,) if server_id else ())

    def load_file(self, server_id: str | None, path: str) -> Load:
        """It takes every file, or what a test says."""
        self.asked.append(("load", server_id, path))
        self._answer()
        return self.loads

    def held_ports(self) -> dict[int, str]:
        """A database."""
        return {5432: "postgres, pid 812", 8890: "jupyter-notebook, pid 4301"}

    def certificate(self, certfile: str, keyfile: str) -> str:
        """As the files of a test are called."""
        self.asked.append(("certificate", certfile, keyfile))
        if not certfile:
            return "a private key; certfile comes next, without it no page opens"
        pair = "the key in keyfile is its own" if keyfile else "its key is not in it: set keyfile first, then this"
        return f"for box.example.org, until 2027-03-01; {pair}"

    def add_url(self, server_id: str, url: str) -> str:
        """Is remembered, or fails."""
        self.asked.append(("add", server_id, url))
        self._answer()
        return url.split("?", 1)[0]

    def correct_url(self, server_id: str, url: str, instead: str) -> None:
        """Is remembered, or fails."""
        self.asked.append(("correct", server_id, url, instead))
        self._answer()

    def remove_url(self, server_id: str, url: str) -> None:
        """Is remembered, or fails."""
        self.asked.append(("forget", server_id, url))
        self._answer()

    def remove_info_file(self, server_id: str) -> tuple[str, ...]:
        """The name of the file, or the failure."""
        self.asked.append(("remove", server_id))
        self._answer()
        view = self.snapshot.view(server_id)
        return ((view.server.info_file if view else None) or "",)

    def url_with_token(self, server_id: str, url: str) -> str:
        """With the canned token."""
        view = self.snapshot.view(server_id)
        return f"{url}?token={TOKEN}" if view is not None and view.server.token else url

    def share(self, server_id: str, url: str | None, *, token: bool) -> Share:
        """The code of what the rows say, in the words of the rules."""
        self.asked.append(("share", server_id, url, token))
        self._answer()
        view = self.snapshot.view(server_id)
        if view is None:
            return Share(None, why_not="this server is gone already")
        checks = [row.check for row in view.rows if row.check is not None and row.endpoint.covered is not False]
        best = sharing.ranked(checks)
        if not best:
            why = sharing.why_none(view.server, checks, keys=True)
            return Share(None, why_not=why, remedies=sharing.remedies(view.server, checks))
        chosen = next((check for check in best if check.endpoint.url == url), best[0])
        used = token and bool(view.server.token)
        said = self.url_with_token(server_id, chosen.endpoint.url) if used else chosen.endpoint.url
        login = sharing.login_words(view.server, with_token=used, user="ada")
        others = tuple(check for check in best if check is not chosen)
        notes = sharing.phone_notes(chosen)
        return Share(chosen, encode(said), chosen.endpoint.url, used, login, notes, others=others)

    def _view(self, server_id: str) -> ServerView:
        view = self.snapshot.view(server_id)
        if view is None:
            raise AccessRefused("this server is gone already")
        return view

    def plan_access(self, server_id: str, wish: AccessWish) -> AccessPlan:
        """A plan, or that nothing would guard it."""
        self.asked.append(("plan access", server_id, wish))
        if self.hang:
            self.release.wait()
        return opening.plan(self._view(server_id), wish, self.plan_restart(server_id))

    def apply_access(
        self, server_id: str, plan: AccessPlan, on_step: Callable[[str], None] | None = None
    ) -> AccessDone:
        """Done, or the failure."""
        self.asked.append(("access", server_id, plan.wish))
        for words in ("writing ~/.jupyter/jupyter_server_config.py", "starting it again", "checking every address"):
            if on_step is not None:
                on_step(words)
        self._answer()
        return opening.done(self._view(server_id), plan, self.stubborn)

    def connections(self, server_id: str, url: str, *, tokens: bool) -> tuple[Connect, ...]:
        """In the words of the rules."""
        view = self._view(server_id)
        row = next(row for row in view.rows if row.endpoint.url == url)
        return connections(view.server, row.endpoint, row.check, self.snapshot.machine, tokens_shown=tokens)

    def opened(self) -> tuple[str, ...]:
        """The server for the LAN."""
        return (":8888: every address",)

    def close_all(self, on_step: Callable[[str], None] | None = None) -> tuple[str, ...]:
        """All closed, or the failure."""
        self.asked.append(("close all",))
        self._answer()
        return (":8888: as it was before jntui opened it",)

    def plan_log_out(self, server_id: str) -> LogOutPlan:
        """A plan."""
        self.asked.append(("plan log out", server_id))
        view = self._view(server_id)
        token = "Jupyter makes a new one at its start"
        cookie = "/home/ada/.local/share/jupyter/runtime/jupyter_cookie_secret"
        notes = (":8890 uses the same cookie secret: its users log in again after its restart",)
        return LogOutPlan(server_id, view.server.label, cookie, token, self.plan_restart(server_id), notes=notes)

    def log_out(self, server_id: str, on_step: Callable[[str], None] | None = None) -> LoggedOut:
        """Done, or the failure."""
        self.asked.append(("log out", server_id))
        self._answer()
        server = replace(self._view(server_id).server, id="jpserver-5001", pid=5001)
        return LoggedOut(self.plan_log_out(server_id), server, self.restart_server(server_id))

    def own_certificate(self) -> tuple[str, ...]:
        """One that ends soon."""
        return ("file: /home/ada/.local/state/jntui/tls/cert.pem", "days left: 12; it is to be renewed")

    def renew_certificate(self) -> tuple[str, ...]:
        """A new one, or the failure."""
        self.asked.append(("renew",))
        self._answer()
        return ("file: /home/ada/.local/state/jntui/tls/cert.pem", "days left: 365; it is as it should be")
