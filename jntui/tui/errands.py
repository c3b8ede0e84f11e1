"""Actions that ask the source for something, or open a dialog that will."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from jntui.model import NOISY, StartFailed, StartRequest
from jntui.tui.awaited import AwaitedChecks
from jntui.tui.background import run_aside, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import Row, ServerView, Setting, Snapshot, Started, StartPlan
    from jntui.tui.app import JntuiApp
    from jntui.tui.changing import Changing
    from jntui.tui.dialogs.start import StartDialog
    from jntui.tui.dialogs.url import UrlDialog
    from jntui.tui.ending import Ending
    from jntui.tui.giving import Giving
    from jntui.tui.looking_up import LookingUp
    from jntui.tui.vantage import Vantage

GIVING = frozenset({"qr", "access", "connect", "browse", "clients", "close-all", "log-out", "certificate"})
"""What gives a server to others, or takes it back."""

LIVING = frozenset({"log", "running", "commands", "report"})
"""What one looks at while living with a server."""


class Errands:
    """Carries actions to the source and brings the outcome back to the screen."""

    def __init__(self, app: JntuiApp) -> None:
        self.app = app
        self._vantage: Vantage | None = None

    def do(self, action_id: str) -> None:
        """Carries out one action; its `why_not` was asked before."""
        table: dict[str, Callable[[], None]] = {
            "answer": self.copy_answer,
            "copy": self.copy_row,
            "open": self.open,
            "check": self.check,
            "check-all": self.check_all,
            "watch": self.watch,
            "check-from": self.check_from,
            "start": self.start,
            "stop": self.stop,
            "restart": self.restart,
            "files": self.files,
            "every": self.every,
            "add-url": self.add_url,
            "remove": self.remove,
            "help": self.help,
            "edit": self.edit,
            "editor": self.editor,
            "undo": self.undo,
            "doctor": self.doctor,
            "password": self.password,
        }
        if action_id in GIVING:
            self.giving.do(action_id)
        elif action_id in LIVING:
            from jntui.tui.living import Living

            Living(self.app).do(action_id)
        else:
            table[action_id]()

    @cached_property
    def giving(self) -> Giving:
        """What gives a server to others; loaded with the first wish for it."""
        from jntui.tui.giving import Giving

        return Giving(self.app)

    def follow(self) -> None:
        """A newer picture: what was given away follows it."""
        if "giving" in self.__dict__:
            self.giving.follow()

    def _here(self) -> tuple[Snapshot, ServerView | None, Row | None]:
        main = self.app.main
        snapshot = main.snapshot or self.app.source.snapshot
        return snapshot, main.selection.view(snapshot), main.selection.row(snapshot)

    def copy_answer(self) -> None:
        """`y`: what the band says."""
        _snapshot, view, _row = self._here()
        if view is None or view.answer is None:
            return
        if view.answer.copy:
            self._send(view.answer.copy, f"to your terminal's clipboard: {view.answer.copy}")
        else:
            self._send_url(view.server.id, view.answer.url)

    def copy_row(self) -> None:
        """`c`: always the selected row."""
        _snapshot, view, row = self._here()
        if view is not None and row is not None:
            self._send_url(view.server.id, row.endpoint.url)

    def _send_url(self, server_id: str, url: str) -> None:
        whole = self.app.source.url_with_token(server_id, url)
        self._send(whole, f"{'with its token ' if whole != url else ''}to your terminal's clipboard: {url}")

    def _send(self, text: str, words: str) -> None:
        """OSC 52 has no answer, so nobody can say that it arrived."""
        self.app.copy_to_clipboard(text)
        self.app.say(f"sent {words}")

    def open(self) -> None:
        """`enter`: the check of an endpoint; from a finding or an info file its fix."""
        main = self.app.main
        _snapshot, _view, row = self._here()
        if main.stale:
            self.app.perform("remove")
        elif main.selection.pane == "servers":
            main.focus_pane("endpoints")
        elif main.selection.pane == "endpoints":
            main.focus_pane("check")
        elif main.selection.pane == "config":
            self._story_of_row()
        elif main.selection.pane == "check" and row is not None and row.check is not None:
            self._fix(row)

    def _fix(self, row: Row) -> None:
        """What does the fix: the right URL in the row, an action; else the story of the setting that is named."""
        from jntui.tui.actions import BY_ID

        scene = self.app.main.scene()
        named = scene.named() if scene is not None else []
        action = row.check.finding.action if row.check is not None else None
        if scene is not None and scene.correction:
            self.correct_url(scene.correction)
        elif action in BY_ID:
            self.app.perform(action)
        elif named:
            self._story(named[0])
        else:
            mended = row.check is not None and row.check.finding.fix
            self.app.say(
                "the fix is in the words above: nothing to press for it here" if mended else "nothing to mend here"
            )

    def _chosen(self) -> Setting | None:
        """The setting under the cursor of Config; in Check the first that the finding names."""
        from jntui.tui.panes.config import ConfigPane, setting_of

        scene = self.app.main.scene()
        if scene is None or scene.view is None or scene.view.configuration is None:
            return None
        if scene.selection.pane == "check":
            return next(iter(scene.named()), None)
        name = setting_of(self.app.main.query_one(ConfigPane).cursor) if scene.selection.pane == "config" else None
        return scene.view.configuration.setting(name) if name else None

    def _key(self, action_id: str) -> str:
        return self.app.environment.keys.shown(action_id)

    def edit(self) -> None:
        """`e`: the setting under the cursor."""
        setting = self._chosen()
        if setting is None:
            self.app.say(f"{self._key('edit')}: no setting here: this is seen of the running server")
        else:
            self._changing(lambda changing: changing.edit(setting))

    def undo(self) -> None:
        """`u`: takes the last change back, after its preview."""
        self._changing(lambda changing: changing.undo())

    def doctor(self) -> None:
        """`D`: what is wrong with the configuration."""
        self._changing(lambda changing: changing.doctor())

    def password(self) -> None:
        """Sets, checks or removes the password."""
        self._changing(lambda changing: changing.password())

    def _changing(self, do: Callable[[Changing], None]) -> None:
        from jntui.tui.changing import Changing

        scene = self.app.main.scene()
        if scene is not None:
            do(Changing(self.app, scene))

    def editor(self) -> None:
        """`E`: the file that decides."""
        from jntui.tui.editor import deciding_file
        from jntui.tui.outside import Outside

        scene = self.app.main.scene()
        configuration = scene.view.configuration if scene is not None and scene.view is not None else None
        if scene is None or configuration is None:
            return
        found = deciding_file(configuration, self._chosen())
        if found is None:
            edit = self._key("edit")
            self.app.say(f"{self._key('editor')}: no config file of yours is there; {edit} on a setting makes one")
        else:
            Outside(self.app, scene).open(*found)

    def _story_of_row(self) -> None:
        from jntui.tui.panes.config import EVERY, ConfigPane

        setting = self._chosen()
        if setting is not None:
            self._story(setting)
        elif self.app.main.query_one(ConfigPane).cursor == EVERY:
            self.every()
        elif (self.app.main.query_one(ConfigPane).cursor or "").startswith("note"):
            self.files()
        else:
            self.app.say("no setting: this is seen of the running server")

    def _looking_up(self) -> LookingUp | None:
        from jntui.tui.looking_up import LookingUp

        scene = self.app.main.scene()
        configuration = scene.view.configuration if scene is not None and scene.view is not None else None
        return LookingUp(self.app, scene, configuration) if scene is not None and configuration is not None else None

    def _story(self, setting: Setting) -> None:
        looking_up = self._looking_up()
        if looking_up is not None:
            looking_up.story(setting)

    def files(self) -> None:
        """`F`: the config files in order."""
        looking_up = self._looking_up()
        if looking_up is not None:
            looking_up.files()

    def every(self) -> None:
        """`A`: every setting; the filter of Config is its search."""
        looking_up = self._looking_up()
        if looking_up is not None:
            looking_up.every(self.app.main.filters.get("config", ""))

    def stop(self) -> None:
        """`s`: names what ends, then asks."""
        ending = self._ending()
        if ending is not None:
            ending.stop()

    def restart(self) -> None:
        """`S`: the same, and what runs afterwards."""
        ending = self._ending()
        if ending is not None:
            ending.restart()

    def _ending(self) -> Ending | None:
        from jntui.tui.ending import Ending

        scene = self.app.main.scene()
        if scene is None or scene.view is None:
            return None
        return Ending(self.app, scene, scene.view.server.id)

    def check(self) -> None:
        """`p`: this endpoint; with focus on Servers, all of the server."""
        snapshot, view, row = self._here()
        if view is None:
            return
        whole = self.app.main.selection.pane == "servers" or row is None
        url = None if whole or row is None else row.endpoint.url
        over = AwaitedChecks(snapshot, view.server.id, url)
        self.app.source.check(view.server.id, url)
        self.app.say(f"checking {url or view.server.label} again: a row changes only if its verdict does", over=over)

    def check_all(self) -> None:
        """`P`: everything."""
        over = AwaitedChecks(self._here()[0])
        self.app.source.check_everything()
        self.app.say("checking all again: a row changes only if its verdict does", over=over)

    def watch(self) -> None:
        """`w`: this endpoint, or no longer."""
        snapshot, view, row = self._here()
        if view is None or row is None:
            return
        url, watch = row.endpoint.url, snapshot.watch
        if watch is not None and (watch.server, watch.url) == (view.server.id, url):
            self.app.source.watch(view.server.id, None)
            self.app.say(f"no longer watched: {url}")
            return
        self.app.source.watch(view.server.id, url)
        before = ", and the one before no longer" if watch is not None else ""
        noisy = "; each check writes a warning into its log" if row.check and row.check.verdict in NOISY else ""
        self.app.say(f"checking {url} every 10 s{before}: {self._key('watch')} ends it{noisy}", over=_first_sample)

    def check_from(self) -> None:
        """`v`: from another host."""
        from jntui.tui.vantage import Vantage

        if self._vantage is None:
            self._vantage = Vantage(self.app)
        self._vantage.open()

    def help(self) -> None:
        """`?`."""
        from jntui.tui.dialogs.help import HelpDialog

        snapshot, _view, _row = self._here()
        self.app.push_screen(HelpDialog(snapshot, self.app.main.selection, self.app.environment))

    def start(self) -> None:
        """`n`: the start dialog; beside a stale server it offers the same place again."""
        from jntui.tui.dialogs.start import StartDialog

        _snapshot, view, _row = self._here()
        request = StartRequest()
        if view is not None and view.server.state == "stale":
            request = StartRequest(port=view.server.port, root_dir=view.server.root_dir)
        dialog = StartDialog(request, self.plan, self.launch, self.app.environment.signs)
        self.app.push_screen(dialog)
        scene = self.app.main.scene()
        if scene is not None:
            # What cannot be read was not started before: the form is there all the same.
            call = self.app.source.recents
            run_aside(self.app, "recents", call, lambda found: dialog.remember(found, scene), lambda _error: None)

    def plan(self, dialog: StartDialog, request: StartRequest) -> None:
        """Asks what a start would run, for the preview."""

        def done(plan: StartPlan) -> None:
            dialog.planned(request, plan)

        def failed(error: Exception) -> None:
            dialog.refused(request, error)

        run_aside(self.app, "plan", lambda: self.app.source.plan_start(request), done, failed)

    def launch(self, dialog: StartDialog, request: StartRequest) -> None:
        """Starts a server; the dialog may be closed meanwhile."""

        def done(started: Started) -> None:
            dialog.ended()
            self.app.main.expect(started.server_id)
            self.app.say(f"{started.server_id} runs, pid {started.pid}; {started.python} ({started.chosen})")

        def failed(error: Exception) -> None:
            if not dialog.failed(error):
                log = f", see {error.log}" if isinstance(error, StartFailed) and error.log else ""
                self.app.say(f"start failed: {words_of(error)}{log}", alarm=True)

        run_aside(self.app, "start", lambda: self.app.source.start_server(request), done, failed)

    def add_url(self) -> None:
        """`U`: the dialog for a URL of the user's own."""
        from jntui.tui.dialogs.url import UrlDialog

        _snapshot, view, _row = self._here()
        if view is not None:
            self.app.push_screen(UrlDialog(view.server.label, view.server.id, self.keep_url))

    def keep_url(self, dialog: UrlDialog, server_id: str, url: str) -> None:
        """Keeps the URL; a refusal is said in the dialog."""

        def done(kept: str) -> None:
            dialog.ended()
            if kept in there:
                self.app.main.select_url(kept)
                self.app.say(f"{kept} has a row already: it is checked again")
            else:
                self.app.say("added: it is checked like the others")

        def failed(error: Exception) -> None:
            self.app.main.expect_url(None)
            dialog.failed(error)

        view = (self.app.main.snapshot or self.app.source.snapshot).view(server_id)
        there = {row.endpoint.url for row in view.rows} if view is not None else set()
        self.app.main.expect_url(server_id)
        run_aside(self.app, "add-url", lambda: self.app.source.add_url(server_id, url), done, failed)

    def correct_url(self, instead: str) -> None:
        """`enter` at a URL that was typed wrong: the row gets the right one, or goes where that has a row already."""
        _snapshot, view, row = self._here()
        if view is None or row is None:
            return
        server_id, url, source = view.server.id, row.endpoint.url, self.app.source
        twice = any(one.endpoint.url == instead for one in view.rows)

        def done(_nothing: None) -> None:
            self.app.say(f"{instead} has a row already: the typed one is gone" if twice else f"corrected: {instead}")
            if twice:
                self.app.main.select_url(instead)

        def failed(error: Exception) -> None:
            self.app.main.expect_url(None)
            self.app.say(f"not corrected: {words_of(error)}", alarm=True)

        if twice:
            run_aside(self.app, "correct-url", lambda: source.remove_url(server_id, url), done, failed)
            return
        self.app.main.expect_url(server_id)
        run_aside(self.app, "correct-url", lambda: source.correct_url(server_id, url, instead), done, failed)

    def remove(self) -> None:
        """`x`: asks first, with the names of what goes."""
        from jntui.text import home_short
        from jntui.tui.dialogs.confirm import ConfirmDialog

        snapshot, view, row = self._here()
        if view is None:
            return
        server = view.server
        if server.state == "stale":
            paths = [server.info_file or ""] + ([server.redirect_file.path] if server.redirect_file else [])
            names = [home_short(path, snapshot.machine.home) for path in paths]
            notes = ("Nothing else is deleted: notebooks and settings are not touched.",)
            title = f"Remove the info file of {server.label}"
        elif row is not None:
            names, notes = [row.endpoint.url], ("Only jntui forgets it; the server does not change.",)
            title = f"Forget a URL of {server.label}"
        else:
            return
        url = row.endpoint.url if row is not None else ""

        def decided(yes: bool | None) -> None:
            if yes and server.state == "stale":
                self._remove_info_file(server.id)
            elif yes:
                self._remove_url(server.id, url)

        self.app.push_screen(ConfirmDialog(title, tuple(names), notes, "Remove"), decided)

    def _remove_info_file(self, server_id: str) -> None:
        def done(paths: tuple[str, ...]) -> None:
            self.app.say(f"removed {', '.join(path.rsplit('/', 1)[-1] for path in paths)}")

        run_aside(self.app, "remove", lambda: self.app.source.remove_info_file(server_id), done, self._failed)

    def _remove_url(self, server_id: str, url: str) -> None:
        def done(_nothing: None) -> None:
            self.app.say("forgotten")

        run_aside(self.app, "remove-url", lambda: self.app.source.remove_url(server_id, url), done, self._failed)

    def _failed(self, error: Exception) -> None:
        self.app.say(f"not removed: {words_of(error)}", alarm=True)


def _first_sample(snapshot: Snapshot) -> bool:
    """The watch has a result, and so a line of its own."""
    return snapshot.watch is not None and bool(snapshot.watch.samples)
