"""One look at everything, step by step, in the caller's thread: the commands call it directly, the monitor in turns.

It composes what Jupyter's files and processes, this machine's network and the rules of diagnosis know, none of which
know one another.
"""

from __future__ import annotations

import getpass
import os
import socket
import sys
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from jntui.jupyter.discovery import Discovery
from jntui.model import GATEWAY, Machine, Sockets
from jntui.process import Processes
from jntui.transport import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jntui.jupyter.restart import Rewording
    from jntui.jupyter.settings.subject import Subject
    from jntui.model import (
        Changed,
        ChangePlan,
        ChangeRequest,
        Check,
        ConfigFinding,
        Configuration,
        Endpoint,
        Looked,
        Restarted,
        RestartPlan,
        Secret,
        Server,
        Setting,
        Started,
        StartPlan,
        StartRequest,
        Stopped,
        StopPlan,
    )
    from jntui.monitor.access import Access
    from jntui.monitor.changes import Changes
    from jntui.monitor.clients import Clients
    from jntui.monitor.living import Living
    from jntui.monitor.reach import Known, Reach
    from jntui.monitor.server_settings import ServerSettings
    from jntui.transport import Transport

CANDIDATES_S = 2.0
"""How long all candidates together may take to answer."""
NAME_S = 2.0
"""How long one name in a config file may take to be looked up."""


class Survey:
    """What the two front ends ask; every call is bounded, none raises for what the world looks like."""

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        *,
        processes: Processes | None = None,
        transport: Transport | None = None,
        read_only: bool = False,
    ) -> None:
        self.environ = dict(os.environ if environ is None else environ)
        self.home = str(Path.home()) if "HOME" not in self.environ else self.environ["HOME"]
        self.processes = processes or Processes()
        self.transport = transport or HttpTransport()
        self.read_only = read_only
        self.discovery = Discovery(self.processes, self.transport, self.environ, self.home, sys.platform)
        self.sockets = Sockets()
        self._found: tuple[Server, ...] = ()
        self._passwords: dict[tuple[object, ...], bool] = {}
        """By a server's start: whether its settings prove a password."""
        self._machine = Machine(socket.gethostname(), _user(self.environ), self.home)

    @cached_property
    def reach(self) -> Reach:
        """What knows the network; loaded when first asked for."""
        from jntui.monitor.reach import Reach

        return Reach(self._machine, self.environ, self.transport, self.processes)

    @property
    def reach_loaded(self) -> bool:
        """`reach` was asked for already."""
        return "reach" in self.__dict__

    @property
    def machine(self) -> Machine:
        """Where jntui runs, and for whom; the SSH session is known once `reach` is loaded."""
        return self.reach.machine if self.reach_loaded else self._machine

    @property
    def trouble(self) -> str:
        """What could not be looked at, in one line."""
        network = self.reach.trouble if self.reach_loaded else ""
        return "; ".join(words for words in (self.discovery.trouble, network) if words)

    def find(self, *, processes: bool = True) -> tuple[Server, ...]:
        """All servers as files, processes and sockets show them; nothing is sent to anybody.

        Without `processes`, quicker, those that have an info file in the user's runtime directory.
        """
        self.sockets = self.processes.sockets()
        self._found = self.discovery.look(self.sockets, processes=processes)
        return self._found

    def servers(self) -> tuple[Server, ...]:
        """The same, with how far their listeners reach and who is connected."""
        found = self.reach.place(self.find(), self.sockets)
        self._forget_gone({server.id for server in found})
        return found

    def _forget_gone(self, there: set[str]) -> None:
        """A screen that stays open for days sees many servers come and go."""
        for start in [start for start in [*self._passwords] if start[0] not in there]:
            self._passwords.pop(start, None)
        if "_settings" in self.__dict__:
            self._settings.keep(there)

    def ask_candidates(self) -> bool:
        """Asks processes that may be servers but do not look like one; True if another look will show one more."""
        return self.discovery.ask_candidates(CANDIDATES_S) if self.discovery.candidates else False

    def ask(self, server: Server, timeout_s: float = 2.0) -> Server:
        """Asks the server who it is, how it is guarded and what runs in it; at most `timeout_s` seconds."""
        asked = self._with_password(self.discovery.ask(self._for_sending(server), timeout_s))
        return self.reach.place([replace(asked, token=server.token)], self.sockets)[0]

    def _with_password(self, server: Server) -> Server:
        """A password beside a token, which the login page does not show, as the server's own settings tell it."""
        if server.auth != "token" or server.app == GATEWAY:
            return server
        start = (server.id, server.pid, server.started)
        if start not in self._passwords:
            from jntui.jupyter.settings import effective, subject

            whose = subject.of_server(server, self.processes)
            self._passwords[start] = effective.password_proven(whose, self.processes)
        return replace(server, auth="token+password") if self._passwords[start] else server

    def _for_sending(self, server: Server) -> Server:
        """Read-only sends no token to anybody."""
        return replace(server, token=None) if self.read_only else server

    def endpoints(self, server: Server) -> tuple[Endpoint, ...]:
        """Every endpoint of the server, from near to far; none for what does not run."""
        return self.reach.endpoints(server)

    def check(
        self,
        server: Server | None,
        endpoint: Endpoint,
        timeout_s: float = 4.0,
        *,
        token: Secret | None = None,
        confirm_uncovered: bool = False,
    ) -> Check:
        """Probes one endpoint and says what it means; at most `timeout_s` seconds."""
        return self.reach.check(
            self._for_sending(server) if server is not None else None,
            endpoint,
            timeout_s,
            token=None if self.read_only else token,
            confirm_uncovered=confirm_uncovered,
            known=self._known(server),
        )

    def expect(self, server: Server, endpoint: Endpoint) -> Check | None:
        """The result that needs no request, because the request would only bring warnings; None: it must be made."""
        return self.reach.expect(server, endpoint, self._settings)

    def _known(self, server: Server | None) -> Known:
        from jntui.monitor.reach import Known

        others = tuple(one for one in self._found if server is None or one.id != server.id)
        return Known(self._settings, others, self.sockets)

    @cached_property
    def _settings(self) -> ServerSettings:
        """What explains a failed check; loaded with the first of them."""
        from jntui.monitor.server_settings import ServerSettings

        return ServerSettings(self.configuration, self.processes)

    def check_from(
        self, host: str, server: Server | None, endpoints: Sequence[Endpoint], timeout_s: float = 4.0
    ) -> list[Check]:
        """Probes endpoints from `host` through the user's own ssh, `timeout_s` seconds each. Raises RemoteFailed.

        No token goes there; which of a server's endpoints another host could open, `reach.for_others` tells.
        """
        return self.check_all_from(host, [(server, endpoint) for endpoint in endpoints], timeout_s)

    def check_all_from(
        self, host: str, targets: Sequence[tuple[Server | None, Endpoint]], timeout_s: float = 4.0
    ) -> list[Check]:
        """The same for endpoints of several servers, over one connection. Raises RemoteFailed."""
        known = self._known(None)
        return self.reach.check_from(host, targets, timeout_s, self.processes, self.environ, known)

    def plan_start(self, request: StartRequest) -> StartPlan:
        """What a start would run. Raises StartFailed."""
        from jntui.jupyter import launch

        return launch.plan(request, self.processes, self.environ, self.home)

    def start_server(self, plan: StartPlan) -> Started:
        """Starts a server and waits, bounded, until it answers. Raises StartFailed."""
        from jntui.jupyter import launch

        started = launch.start(plan, self.processes, self.transport, self.environ, self.home)
        return self.living.started(plan, started)

    @cached_property
    def changes(self) -> Changes:
        """What changes config files; loaded with the first change."""
        from jntui.monitor.changes import Changes

        return Changes(self)

    def clients(self) -> Clients:
        """Who is and was connected: read-only keeps nothing on the disk."""
        from jntui.jupyter.managed import state_dir
        from jntui.monitor.client_store import ClientStore
        from jntui.monitor.clients import Clients
        from jntui.network.reverse_names import ReverseNames

        store = None if self.read_only else ClientStore(state_dir(self.environ, self.home))
        return Clients(self.processes, store, ReverseNames())

    @cached_property
    def access(self) -> Access:
        """What opens servers to others and closes them again; loaded with the first of them."""
        from jntui.monitor.access import Access

        return Access(self)

    @cached_property
    def living(self) -> Living:
        """Logs, kernels, what keeps a server alive; loaded when first asked for."""
        from jntui.monitor.living import Living

        return Living(self)

    def plan_change(self, server: Server | None, request: ChangeRequest) -> ChangePlan:
        """What setting or unsetting it would write, verified by Jupyter's own loader. Raises ChangeRefused."""
        return self.changes.plan(server, request)

    def apply_change(
        self, server: Server | None, wish: ChangePlan | ChangeRequest, *, unverified: bool = False
    ) -> Changed:
        """Writes it, planned anew; a plan only as it was shown. Raises as `Changes.apply`."""
        return self.changes.apply(server, wish, unverified=unverified)

    def plan_undo(self, server: Server | None, file: str | None = None) -> ChangePlan:
        """What taking back the last change would do. Raises ChangeRefused."""
        return self.changes.plan_undo(server, file)

    def undo_change(self, server: Server | None, file: str | None = None, plan: ChangePlan | None = None) -> Changed:
        """Takes it back, planned anew; with `plan` only as it was shown. Raises ChangeRefused."""
        return self.changes.undo(server, file, plan)

    def plan_password(
        self, server: Server | None, password: Secret | None, *, without_option: bool = False
    ) -> ChangePlan:
        """What a new password, or removing it (None), would write. Raises ChangeRefused."""
        return self.changes.plan_password(server, password, without_option=without_option)

    def set_password(
        self,
        server: Server | None,
        password: Secret | None,
        plan: ChangePlan | None = None,
        *,
        unverified: bool = False,
        without_option: bool = False,
    ) -> Changed:
        """Writes it, planned anew; with `plan` only as it was shown. Raises as `Changes.apply`."""
        return self.changes.set_password(server, password, plan, unverified=unverified, without_option=without_option)

    def verify_password(self, server: Server | None, password: Secret) -> tuple[bool, str]:
        """Whether it fits the hash that decides, and lets in where the server runs. Raises ChangeRefused."""
        return self.changes.verify_password(server, password)

    def known(self) -> tuple[Server, ...]:
        """The servers of the last look, or of one that is taken now."""
        return self._found or self.find()

    def subject(self, server: Server | None) -> Subject:
        """The start that settings are read for: a server's, or what the caller's own environment would make."""
        from jntui.jupyter.settings import subject

        if server is None:
            return subject.of_caller(self.processes, self.environ, self.home, _working_directory(self.home))
        return subject.of_server(server, self.processes)

    def configuration(self, server: Server | None, file: str | None = None) -> Configuration:
        """The settings of a server, or of the caller's own environment; with `file`, what that one alone would set."""
        from jntui.jupyter.settings import effective

        found = effective.configuration(self.subject(server), self.processes, file)
        if server is not None and file is None:
            self._settings.put(server, found)
        return found

    def doctor(self, server: Server | None, file: str | None = None) -> tuple[ConfigFinding, ...]:
        """What is wrong with the configuration of a server, of the caller's own environment, or with one file alone.

        It may ask that Python twice, at most 15 s each.
        """
        from functools import partial

        from jntui.jupyter.doctor.patient import Senses, patient_of
        from jntui.jupyter.doctor.table import examine
        from jntui.jupyter.settings import subject
        from jntui.network import certificate_files, names

        if server is None:
            whose = subject.of_caller(self.processes, self.environ, self.home, _working_directory(self.home))
        else:
            whose = subject.of_server(server, self.processes)
        addresses = partial(names.look_up, timeout_s=NAME_S)
        senses = Senses(certificate_files.pair_problem, certificate_files.own_certificate, addresses)
        return examine(patient_of(whose, self.processes, senses, file))

    def every_setting(self, server: Server | None) -> tuple[Setting, ...]:
        """Every trait of that Jupyter and its classes as a setting; asks its Python once. Raises TraitsUnknown."""
        from jntui.jupyter.managed import state_dir
        from jntui.jupyter.settings.every import every_setting
        from jntui.jupyter.settings.traits import listed

        subject = self.subject(server)
        found = listed(subject, self.processes, state_dir(self.environ, self.home), keep=not self.read_only)
        return every_setting(subject, self.processes, found)

    @staticmethod
    def file_lines(path: str) -> tuple[str, ...]:
        """A config file by lines, secrets covered. Raises OSError, or ValueError with one clear line."""
        from jntui.jupyter.settings import viewing

        return viewing.shown_lines(path)

    def plan_stop(self, server: Server) -> StopPlan:
        """What a stop would do; asks the server for its kernels. Raises StopFailed."""
        from jntui.jupyter import stop

        return stop.plan_stop(self._for_sending(server), self.discovery, self.processes, self.transport)

    def stop_server(
        self, server: Server, *, kill: bool = False, on_step: Callable[[str], None] | None = None
    ) -> Stopped:
        """Stops a server, each step bounded and told to `on_step`; `kill` allows SIGKILL. Raises StopFailed."""
        from jntui.jupyter import moved_secrets, stop
        from jntui.jupyter.managed import state_dir

        stopped = stop.stop(server, self.discovery, self.processes, self.transport, kill=kill, on_step=on_step)
        moved_secrets.prune(state_dir(self.environ, self.home), self.processes)
        return self.living.stopped(server, stopped)

    def plan_restart(self, server: Server, rewording: Rewording | None = None) -> RestartPlan:
        """What a restart would run, with another command line if one is given. Raises StopFailed."""
        from jntui.jupyter import restart

        return restart.plan_restart(
            self._for_sending(server),
            self.discovery,
            self.processes,
            self.transport,
            self.environ,
            self.home,
            rewording or restart.SAME,
        )

    def restart_server(
        self, server: Server, *, kill: bool = False, on_step: Callable[[str], None] | None = None
    ) -> Restarted:
        """Stops a server and starts it again as it was, each step told to `on_step`. Raises StopFailed, StartFailed."""
        return self.living.restarted(server, self.restart_as(server, kill=kill, on_step=on_step))

    def restart_as(
        self,
        server: Server,
        rewording: Rewording | None = None,
        *,
        kill: bool = False,
        on_step: Callable[[str], None] | None = None,
    ) -> Restarted:
        """The same, with another command line if one is given; whoever asks remembers it. Raises as that does."""
        from jntui.jupyter import restart

        return restart.restart(
            server,
            self.discovery,
            self.processes,
            self.transport,
            self.environ,
            self.home,
            kill=kill,
            on_step=on_step,
            rewording=rewording or restart.SAME,
        )

    @staticmethod
    def with_token(url: str, token: Secret) -> str:
        """The URL with the token as its query, as Jupyter itself prints it."""
        return f"{url}?token={quote(token.reveal(), safe='')}"

    def looked(self, servers: Sequence[Server]) -> tuple[Looked, ...]:
        """Where servers were looked for, for the empty screen."""
        return self.discovery.looked(tuple(servers))


def _working_directory(home: str) -> str:
    """Where the caller is; the home directory where that place was removed meanwhile."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return home


def _user(environ: Mapping[str, str]) -> str:
    """The user's name by the system's own table; the environment's word where there is no such entry."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return environ.get("USER", "") or f"uid {os.getuid()}"
