"""The monitor: its own daemon threads look, ask and probe, and hand out a new Snapshot when something changed."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from datetime import datetime, timezone
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.model import ServerView, Snapshot
from jntui.monitor.adding import Adding
from jntui.monitor.board import RECHECK_S, Board
from jntui.monitor.configurations import Configurations
from jntui.monitor.consulting import Consulting
from jntui.monitor.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jntui.model import (
        Changed,
        ChangePlan,
        ChangeRequest,
        Check,
        Restarted,
        RestartPlan,
        Row,
        Secret,
        Server,
        Started,
        StartPlan,
        StartRequest,
        Stopped,
        StopPlan,
    )
    from jntui.monitor.board import Due
    from jntui.monitor.clients import Clients
    from jntui.monitor.survey import Survey

LOOK_S = 1.0
"""How often the cheap signs of change are read: a start or stop shows within two seconds."""

FULL_LOOK_S = 15.0
"""A full look happens this often even if no sign of change was seen."""

UNRESPONSIVE_S = 5.0
"""How often a server that did not answer is asked again."""

PUBLISH_S = 0.1
"""Results that come within this time are shown together."""

CHECK_TIMEOUT_S = 4.0

log = logging.getLogger("jntui")


class Monitor(Adding, Consulting):
    """The live picture. `start` returns at once, `stop` never waits; all other calls may come from any thread."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self.living = survey.living
        """Logs, kernels, what keeps a server alive, the command log: calls that take their time."""
        self._board = Board()
        self._pool = Pool()
        self._configurations = Configurations(survey)
        self._wake = threading.Event()
        self._look_now = True
        self._stopped = False
        self._selected: str | None = None
        self._on_snapshot: Callable[[Snapshot], None] | None = None
        self._snapshot = Snapshot(survey.machine)
        self._asking: set[str] = set()
        self._asked_at: dict[str, float] = {}
        self._trouble = ""
        self._candidates_asked = False
        self._tokens: dict[str, Secret] = {}
        """Tokens that the user put into added URLs: they go there and nowhere else, and are never stored."""
        self._shown: tuple[object, ...] = ()

    @property
    def snapshot(self) -> Snapshot:
        """The latest picture; its `changed` is None until servers were looked for once."""
        return self._snapshot

    def start(self, on_snapshot: Callable[[Snapshot], None]) -> None:
        """Begins to look. `on_snapshot` is called from a daemon thread for every change."""
        self._on_snapshot = on_snapshot
        threading.Thread(target=self._run, name="monitor", daemon=True).start()

    def stop(self) -> None:
        """Ends looking; what still waits for the network is left to its own deadline."""
        self._stopped = True
        self._pool.close()
        self._wake.set()

    def select(self, server_id: str | None) -> None:
        """Says whose endpoints are checked first, and checks them if they were not for a while."""
        self._selected = server_id
        self._wake.set()

    def check(self, server_id: str, url: str | None = None) -> None:
        """Asks for a check of one endpoint, or of all of a server's, before its turn."""
        self._asked_at.pop(server_id, None)
        if self._survey.reach_loaded:
            self._survey.reach.look_anew()
        self._board.ask_for(server_id, url)
        self._wake.set()

    def check_everything(self) -> None:
        """Asks for a check of every endpoint of every server."""
        for server in self._board.servers:
            self.check(server.id)

    def check_from(self, server_id: str, host: str) -> tuple[Check, ...]:
        """What the server's endpoints look like from `host`, asked through the user's own ssh; takes seconds.

        Those that a listener takes and another host could open; it never changes a row. Raises RemoteFailed.
        """
        from jntui.model import RemoteFailed

        server = self._board.server(server_id)
        if server is None:
            raise RemoteFailed("this server is gone already")
        others = self._survey.reach.for_others(self._survey.endpoints(server))
        endpoints = [endpoint for endpoint in others if endpoint.covered is not False]
        if not endpoints:
            raise RemoteFailed(
                f"{server.label} has no address that another host could open: it listens on none of them"
            )
        checks = tuple(self._survey.check_from(host, server, endpoints, CHECK_TIMEOUT_S))
        for address in {one.endpoint.address for one in checks if one.endpoint.address and not one.reachable}:
            # What its row says of the firewall may be older than what that host has just met.
            self._board.doubt(server_id, address)
        self._wake.set()
        return checks

    def watch(self, server_id: str, url: str | None) -> None:
        """Checks this endpoint every few seconds, the one before no longer; without a URL, none."""
        if url is None:
            self._board.end_watch()
        else:
            self._board.begin_watch(server_id, url)
        self._wake.set()

    def plan_start(self, request: StartRequest) -> StartPlan:
        """What a start would run. Raises StartFailed."""
        return self._survey.plan_start(request)

    def start_server(self, request: StartRequest) -> Started:
        """Starts a server and waits, bounded, until it answers. Raises StartFailed."""
        try:
            return self._survey.start_server(self._survey.plan_start(request))
        finally:
            self.soon()

    def plan_stop(self, server_id: str) -> StopPlan:
        """What a stop would do; asks the server for its kernels. Raises StopFailed."""
        return self._survey.plan_stop(self.server(server_id))

    def stop_server(self, server_id: str, kill: bool = False, on_step: Callable[[str], None] | None = None) -> Stopped:
        """Stops a server, each step bounded and told to `on_step`; `kill` allows SIGKILL. Raises StopFailed."""
        try:
            return self._survey.stop_server(self.server(server_id), kill=kill, on_step=on_step)
        finally:
            self.soon()

    def plan_restart(self, server_id: str) -> RestartPlan:
        """What a restart would run. Raises StopFailed."""
        return self._survey.plan_restart(self.server(server_id))

    def restart_server(
        self, server_id: str, kill: bool = False, on_step: Callable[[str], None] | None = None
    ) -> Restarted:
        """Stops a server and starts it again as it was, each step told to `on_step`. Raises StopFailed, StartFailed."""
        try:
            return self._survey.restart_server(self.server(server_id), kill=kill, on_step=on_step)
        finally:
            self.soon()

    def plan_change(self, server_id: str | None, request: ChangeRequest) -> ChangePlan:
        """What setting or unsetting it would write; None is the caller's own environment. Raises ChangeRefused."""
        return self._survey.plan_change(self._of_change(server_id), request)

    def apply_change(
        self, server_id: str | None, wish: ChangePlan | ChangeRequest, *, unverified: bool = False
    ) -> Changed:
        """Writes it, planned anew; a plan only as it was shown. Raises ChangeRefused."""
        try:
            return self._survey.apply_change(self._of_change(server_id), wish, unverified=unverified)
        finally:
            self.soon()

    def plan_undo(self, server_id: str | None, file: str | None = None) -> ChangePlan:
        """What taking back the last change would do. Raises ChangeRefused."""
        return self._survey.plan_undo(self._of_change(server_id), file)

    def undo_change(self, server_id: str | None, file: str | None = None, plan: ChangePlan | None = None) -> Changed:
        """Takes it back; with `plan` only as it was shown. Raises ChangeRefused."""
        try:
            return self._survey.undo_change(self._of_change(server_id), file, plan)
        finally:
            self.soon()

    def plan_password(
        self, server_id: str | None, password: Secret | None, *, without_option: bool = False
    ) -> ChangePlan:
        """What a new password, or removing it (None), would write. Raises ChangeRefused."""
        return self._survey.plan_password(self._of_change(server_id), password, without_option=without_option)

    def set_password(
        self,
        server_id: str | None,
        password: Secret | None,
        plan: ChangePlan | None = None,
        *,
        unverified: bool = False,
        without_option: bool = False,
    ) -> Changed:
        """Writes it; with `plan` only as it was shown. Raises as `apply_change`."""
        try:
            server = self._of_change(server_id)
            return self._survey.set_password(
                server, password, plan, unverified=unverified, without_option=without_option
            )
        finally:
            self.soon()

    def verify_password(self, server_id: str | None, password: Secret) -> tuple[bool, str]:
        """Whether it fits the hash that decides, and lets in; in words too. Raises ChangeRefused."""
        return self._survey.verify_password(self._of_change(server_id), password)

    def server(self, server_id: str) -> Server:
        """With its token. Raises StopFailed once it is gone."""
        server = self._board.server(server_id)
        view = self._snapshot.view(server_id)
        if server is None and self._snapshot.changed is None and view is not None:
            # The first picture is shown before the first look has ended: what stands there is not gone.
            server = view.server
        if server is None:
            from jntui.model import StopFailed

            raise StopFailed("this server is gone already")
        return server

    def remove_info_file(self, server_id: str) -> tuple[str, ...]:
        """Removes the files of a stale server and says which. Raises ValueError or OSError."""
        server = self._board.server(server_id)
        if server is None:
            raise ValueError("this server is gone already")
        removed = self._survey.living.remove_info_file(server)
        self.soon()
        return removed

    def url_with_token(self, server_id: str, url: str) -> str:
        """The URL with the token where one is known and may go there, else the URL itself."""
        server = self._board.server(server_id)
        result = self._board.results.get((server_id, url))
        direct = result is not None and result.endpoint.kind == "direct"
        if server is None or not server.token or not direct:
            return url
        return self._survey.with_token(url, server.token)

    def soon(self) -> None:
        """Has everything looked at again at once."""
        self._look_now = True
        self._wake.set()

    def _run(self) -> None:
        """Never ends before `stop`; an error of ours becomes one line on the screen and a line in the log."""
        from jntui.process.heap import share_one_heap

        share_one_heap()
        seen: tuple[object, ...] | None = None
        full = resolved = read = -RECHECK_S
        while not self._stopped:
            self._wake.clear()
            self._pool.let_key_pass()
            try:
                now = time.monotonic()
                # Each check of a server here moves the signs: they are read no more often than without any.
                if self._look_now or now - read >= LOOK_S - PUBLISH_S:
                    signs, read = self._signs(), now
                    if self._look_now or signs != seen or now - full >= FULL_LOOK_S or None in signs:
                        # A look that fails has seen nothing: the next round looks again.
                        self._look_now, seen = False, None
                        self._look()
                        seen, full = signs, now
                if now - resolved >= RECHECK_S:
                    resolved = now
                    self._pool.submit(self._resolve)
                self._ask_due(now)
                self._check_due(now)
                self._configure()
                self._trouble = ""
            except Exception as error:
                log.exception("a look at the servers failed")
                self._trouble = f"a look at the servers failed: {type(error).__name__}"
            self._pool.let_key_pass()
            self._publish()
            time.sleep(PUBLISH_S)
            self._wake.wait(LOOK_S - PUBLISH_S)

    def look_first(self, wait_s: float) -> None:
        """Takes the servers alone into the first picture, before anything of the network is loaded.

        Waits at most `wait_s` seconds: a file system that hangs must not keep the screen from opening.
        """
        thread = threading.Thread(target=self._first_picture, name="first picture", daemon=True)
        thread.start()
        thread.join(wait_s)

    def _first_picture(self) -> None:
        try:
            servers = self._survey.find(processes=False)
        except Exception:
            log.exception("the first look at the servers failed")
            return
        if servers:
            self._hand_out(replace(self._snapshot, views=tuple(ServerView(server) for server in servers)))

    def _ask_candidates(self) -> None:
        """Processes that may be servers are asked once each; one that is shows with the next look."""
        try:
            found = self._survey.ask_candidates()
        except Exception:
            log.exception("asking processes that may be servers failed")
            found = False
        self._candidates_asked = False
        if found:
            self.soon()

    def _resolve(self) -> None:
        """Looks up this machine's names again, and lists the endpoints anew if they lead elsewhere now."""
        try:
            self._survey.reach.resolve_names()
            for server in self._board.servers:
                self._board.put_endpoints(server.id, self._survey.endpoints(server))
        except Exception:
            log.exception("looking up this machine's names failed")
        self._wake.set()

    def _signs(self) -> tuple[object, ...]:
        """What changes when a server or an interface comes or goes; a None in it means that nothing tells."""
        stamps = []
        for folder in self._survey.discovery.runtime_dirs:
            try:
                stamps.append(Path(folder).stat().st_mtime_ns)
            except OSError:
                stamps.append(0)
        return (self._survey.processes.socket_fingerprint(), self._survey.reach.interfaces(), *stamps)

    def _look(self) -> None:
        self._board.put_servers(self._survey.servers())
        there = {server.id for server in self._board.servers}
        for gone in [one for one in [*self._asked_at] if one not in there]:
            self._asked_at.pop(gone, None)
        self._see_clients()
        self._configurations.keep(self._board.servers)
        if self._survey.discovery.candidates and not self._candidates_asked:
            self._candidates_asked = True
            self._pool.submit(self._ask_candidates)
        for server in self._board.servers:
            self._board.put_endpoints(server.id, self._survey.endpoints(server))

    @cached_property
    def _clients(self) -> Clients:
        """Loaded with the first look: nothing of the network is needed before."""
        return self._survey.clients()

    def _see_clients(self) -> None:
        """Who is connected at this look; its sockets are those in which the servers were found."""
        from jntui.network.listeners import own_addresses

        own = own_addresses(self._survey.reach.interfaces())
        moment = datetime.now(timezone.utc)
        for server_id, address in self._clients.see(self._board.servers, self._survey.sockets, own, moment):
            # Somebody got in: what was said of this address before (a firewall that keeps all out) may be over.
            self._board.doubt(server_id, address)

    def _priority(self, server: Server) -> int:
        return 0 if server.id == self._selected else 1

    def _ask_due(self, now: float) -> None:
        for server in self._board.servers:
            pause = RECHECK_S if server.state == "running" else UNRESPONSIVE_S
            recent = now - self._asked_at.get(server.id, 0.0) < pause
            if server.id in self._asking or (server.asked and recent) or server.state in {"stale", "other-user"}:
                continue
            self._asking.add(server.id)
            self._asked_at[server.id] = now
            self._pool.submit(partial(self._ask, server), self._priority(server) - 2)

    def _ask(self, server: Server) -> None:
        try:
            answered = self._survey.ask(server)
            self._board.put_server(answered)
            self._board.put_endpoints(server.id, self._survey.endpoints(answered))
        except Exception:
            log.exception("asking %s failed", server.id)
        finally:
            self._asking.discard(server.id)
            self._wake.set()

    def resumed(self) -> None:
        """jntui was put aside: what was under way ran out of its time meanwhile, and says nothing of its peer."""
        self._board.doubt_all()
        self.soon()

    def give_way(self, seconds: float) -> None:
        """A key came, and others will for so long: what threads do waits for its answer, and begins further apart."""
        self._pool.give_way(seconds)

    def _check_due(self, now: float) -> None:
        for due in self._board.take_due(now):
            # What the user waits for goes before what is due by itself.
            self._pool.submit(partial(self._check, due), -1 if due.asked else self._priority(due.server))

    def _check(self, due: Due) -> None:
        try:
            expected = self._survey.expect(due.server, due.endpoint) if due.expect else None
            token = self._tokens.get(due.endpoint.url) if due.endpoint.kind == "custom" else None
            check = expected or self._survey.check(due.server, due.endpoint, CHECK_TIMEOUT_S, token=token)
            self._board.put_check(due.server, check)
        except Exception:
            log.exception("checking %s failed", due.endpoint.url)
            self._board.release(due.server, due.endpoint)
        self._wake.set()

    def _configure(self) -> None:
        """The settings of the selected server, after its endpoints: they wait for nobody's network."""
        server = self._board.server(self._selected) if self._selected is not None else None
        if server is not None and self._configurations.take_due(server):
            self._pool.submit(partial(self._read_settings, server), self._priority(server))

    def _read_settings(self, server: Server) -> None:
        try:
            self._configurations.read(server)
        except Exception:
            log.exception("reading the settings of %s failed", server.id)
        self._wake.set()

    def _view(self, server: Server, rows: Sequence[Row]) -> ServerView:
        view = self._survey.reach.view(server, rows)
        return replace(view, configuration=self._configurations.of(server.id), clients=self._clients.of(server.id))

    def _publish(self) -> None:
        """Hands out the picture if it differs from the last one in anything a user could see."""
        reach = self._survey.reach
        shown = (
            self._board.version,
            reach.interfaces(),
            self._trouble or self._survey.trouble,
            self._configurations.shown,
            self._clients.shown,
        )
        if shown == self._shown:
            return
        self._shown = shown
        servers = self._board.servers
        fresh = replace(
            self._snapshot,
            machine=reach.machine,
            views=self._board.views(self._view),
            interfaces=reach.interfaces(),
            looked=self._survey.looked(servers) if not servers else (),
            trouble=self._trouble or self._survey.trouble,
            watch=self._board.watch,
        )
        if fresh != self._snapshot or self._snapshot.changed is None:
            self._hand_out(fresh)

    def _hand_out(self, fresh: Snapshot) -> None:
        # One more result of a watch that says the same is no change: the time of the last one stays on the screen.
        same = replace(fresh, watch=self._snapshot.watch) == self._snapshot
        changed = self._snapshot.changed if same else None
        self._snapshot = replace(fresh, changed=changed or datetime.now(timezone.utc), seq=self._snapshot.seq + 1)
        if self._on_snapshot is not None and not self._stopped:
            self._on_snapshot(self._snapshot)
