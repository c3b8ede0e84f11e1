"""Carries changes of settings to the source, each after its preview, and their outcome back to the screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from jntui.model import ChangeRequest
from jntui.tui.awaited import UnderWay
from jntui.tui.background import run_aside, words_of
from jntui.tui.dialogs.preview import PreviewDialog, server_labels
from jntui.tui.entry import is_password
from jntui.tui.folder import entries
from jntui.tui.typed import no_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import Changed, ChangePlan, ChangeRequest, ConfigFinding, Secret, Setting
    from jntui.tui.app import JntuiApp
    from jntui.tui.dialogs.doctor import DoctorDialog
    from jntui.tui.dialogs.edit import EditDialog
    from jntui.tui.dialogs.password import PasswordDialog
    from jntui.tui.dialogs.preview import Outcome
    from jntui.tui.entry import Option
    from jntui.tui.folder import Wants
    from jntui.tui.scene import Scene


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that can be planned and then done; both calls block, and their repr names no value."""

    name: str
    """For its thread."""
    plan: Callable[[], ChangePlan] = field(repr=False)
    do: Callable[[ChangePlan], Changed] = field(repr=False)
    """Of what was shown, and of nothing else."""
    verb: str = "Save"
    done: str = "saved"
    """The first word of the outcome."""
    price: tuple[str, ...] = ()
    """What must be agreed to once more, a line each; empty if the preview is enough."""
    instead: Callable[[ChangeRequest], Deed] | None = None
    """What is done in its place where a refusal offers something; None: the change of a setting."""


def _unmoved(plan: ChangePlan, agreed: ChangePlan) -> ChangePlan:
    """What the user saw is what is written, and what ends with it: else it is shown again. Raises _Moved."""
    names = ("path", "diff", "mode", "dropped")
    if any(getattr(plan, name) != getattr(agreed, name) for name in names):
        raise _Moved(plan, "the file changed meanwhile")
    if plan.restart is not None and agreed.restart is not None and plan.restart.stop.began(agreed.restart.stop):
        raise _Moved(plan, "work began in the server meanwhile")
    return plan


def _agreed(plan: ChangePlan) -> bool:
    """The preview said that Jupyter could not be asked about it, and the user chose to save."""
    return plan.verified == "unverified"


class _Moved(Exception):
    """It is not as it was when the user agreed: nothing was written."""

    def __init__(self, plan: ChangePlan, why: str) -> None:
        super().__init__(why)
        self.plan = plan


class Changing:
    """Of one server's configuration, or of the caller's own environment where no server is selected."""

    def __init__(self, app: JntuiApp, scene: Scene) -> None:
        self.app = app
        if scene.view is not None and scene.view.server.state == "stale":
            # Nothing of it runs: what is left to change is the caller's own.
            scene = replace(scene, selection=replace(scene.selection, server=None))
        self.scene = scene
        self.server_id = scene.view.server.id if scene.view else None

    def edit(self, setting: Setting, then: Callable[[], None] | None = None) -> None:
        """`e`: the dialog for one setting; `then` is called once a change is written."""
        from jntui.tui.dialogs.edit import Asks, EditDialog

        if self.barred(self.app.environment.keys.shown("edit")):
            return
        if is_password(setting):
            self.password()
            return
        if why := no_field(setting):
            keys = self.app.environment.keys
            self.app.say(f"{keys.shown('edit')}: {why}: {keys.shown('editor')} opens the file")
            return

        def preview(dialog: EditDialog, request: ChangeRequest) -> None:
            title = f"Back to default: {setting.name}" if request.value is None else f"Preview: {setting.name}"

            def written() -> None:
                _close(dialog)
                if then is not None:
                    then()

            self.preview(title, self.deed(request), written)

        asks = Asks(preview, self._look, self._ports, self._certificate, self._concerned)
        self.app.push_screen(EditDialog(setting, self.scene, asks))

    def _look(self, dialog: EditDialog, folder: str, wants: Wants) -> None:
        def found(options: tuple[Option, ...]) -> None:
            dialog.looked(folder, options)

        # A directory that cannot be read offers nothing: the path can still be typed.
        run_aside(self.app, "folder", lambda: entries(folder, wants), found, lambda _error: dialog.looked(folder, ()))

    def _ports(self, dialog: EditDialog) -> None:
        # Nobody knows then who listens, and nothing is said of it.
        run_aside(self.app, "ports", self.app.source.held_ports, dialog.saw_ports, lambda _error: None)

    def _concerned(self, dialog: EditDialog, name: str) -> None:
        source, server = self.app.source, self.server_id
        # Where no file can decide it, the dialog says so already.
        run_aside(
            self.app, "concerned", lambda: source.concerned(server, name), dialog.knows_concerned, lambda _error: None
        )

    def _certificate(self, dialog: EditDialog, certificate: str, key: str) -> None:
        def read(told: str) -> None:
            dialog.read_certificate(certificate, key, told)

        # What cannot be read is said of its path already.
        ask = self.app.source.certificate
        run_aside(self.app, "certificate", lambda: ask(certificate, key), read, lambda _error: None)

    def barred(self, key: str) -> bool:
        """Says so in read-only mode."""
        if self.app.environment.read_only:
            self.app.say(f"{key}: read-only")
        return self.app.environment.read_only

    def deed(self, request: ChangeRequest) -> Deed:
        """A change of one setting."""
        source, server = self.app.source, self.server_id
        return Deed(
            "change",
            lambda: source.plan_change(server, request),
            lambda plan: source.apply_change(server, plan, unverified=_agreed(plan)),
        )

    def undo(self) -> None:
        """`u`: the last change of any file."""
        source, server = self.app.source, self.server_id
        taken = Deed(
            "undo",
            lambda: source.plan_undo(server, None),
            lambda plan: source.undo_change(server, None, plan),
            "Take it back",
            "taken back",
        )
        self.preview("Take back the last change", taken, lambda: None)

    def password(self, then: Callable[[], None] | None = None) -> None:
        """The dialog for the password; `then` is called once a change is written."""
        from jntui.tui.dialogs.password import PasswordDialog, price_of_removal

        source, server = self.app.source, self.server_id

        def preview(dialog: PasswordDialog, password: Secret | None) -> None:
            def deed_of(without: bool) -> Deed:
                return Deed(
                    "password",
                    lambda: source.plan_password(server, password, without_option=without),
                    lambda plan: source.set_password(
                        server, password, plan, unverified=_agreed(plan), without_option=without
                    ),
                    "Save" if password else "Remove",
                    "password saved" if password else "password removed",
                    () if password else price_of_removal(self.scene),
                    lambda offer: deed_of(offer.restart_without_option),
                )

            deed = deed_of(False)
            title = "Set the password" if password else "Remove the password"

            def written() -> None:
                _close(dialog)
                if then is not None:
                    then()

            self.preview(title, deed, written)

        def check(dialog: PasswordDialog, password: Secret) -> None:
            run_aside(
                self.app,
                "verify-password",
                lambda: source.verify_password(server, password),
                dialog.compared,
                dialog.failed,
            )

        self.app.push_screen(PasswordDialog(self.scene, preview, check))

    def doctor(self) -> None:
        """`D`: what is wrong, one row each."""
        from jntui.tui.dialogs.doctor import DoctorDialog
        from jntui.tui.outside import Outside

        def ask(dialog: DoctorDialog) -> None:
            run_aside(self.app, "doctor", lambda: self.app.source.doctor(self.server_id), dialog.found, dialog.failed)

        def change(dialog: DoctorDialog, finding: ConfigFinding) -> None:
            if self.app.environment.read_only:
                dialog.say("enter: read-only")
                return
            request = finding.request
            if request is None:
                self._choose(finding, dialog)
                return
            what = "file mode" if request.private else "token file" if request.trim else request.name
            self.preview(f"Mend: {what}", self.deed(request), dialog.again)

        outside = Outside(self.app, self.scene)

        def editor(finding: ConfigFinding, path: str) -> None:
            outside.open(path, finding.line, dialog.again, makes=finding.makes)

        dialog = DoctorDialog(self.scene, ask, change, editor)
        self.app.push_screen(dialog)

    def _choose(self, finding: ConfigFinding, dialog: DoctorDialog) -> None:
        """The dialog of the trait in which the user chooses what mends it."""
        found = self.scene.view.configuration if self.scene.view else None
        if finding.setting == "hashed_password":
            self.password(dialog.again)
            return
        setting = found.setting(finding.setting) if found is not None else None
        if setting is not None:
            self.edit(setting, dialog.again)

    def preview(self, title: str, deed: Deed, then: Callable[[], None]) -> None:
        """Opens the preview, one at a time; `then` is called once it is written."""
        if any(isinstance(one, PreviewDialog) for one in self.app.screen_stack):
            return
        work = _Work(self, deed)
        of = f" of {self.scene.view.server.label}" if self.scene.view else ""
        dialog = PreviewDialog(f"{title}{of}", deed.verb, self.scene, work.ask, work.agreed, work.instead)

        def left(outcome: Outcome | None) -> None:
            if outcome is not None:
                then()

        self.app.push_screen(dialog, left)

    def said(self, deed: Deed, changed: Changed, plan: ChangePlan | None = None) -> str:
        """`saved; takes effect when :8888 restarts: S restarts it`."""
        if changed.restarted is not None and plan is not None and plan.restart is not None:
            label, pid = plan.restart.stop.label, changed.restarted.started.pid
            return f"{deed.done}; {label} runs again without {' '.join(plan.dropped)}, pid {pid}"
        how = f"{deed.done}, unverified" if changed.verified == "unverified" else deed.done
        labels = server_labels(changed.needs_restart, self.scene)
        if changed.mode is not None and not changed.diff:
            return f"{deed.done}: {self.scene.path(changed.path)} has mode {changed.mode:04o}, at once"
        if not labels:
            return f"{how} in {self.scene.path(changed.path)}: no running server waits for it"
        many = len(changed.needs_restart) > 1
        mine = self.server_id in changed.needs_restart and self.scene.view is not None
        which = "it" if mine and not many else self.scene.view.server.label if mine and self.scene.view else ""
        restart = self.app.environment.keys.shown("restart")
        key = f": {restart} restarts {which}" if which else ""
        words = f"{how}; takes effect when {labels} restart{'' if many else 's'}{key}"
        if cell_len(words) <= self.app.size.width - 2:
            return words
        # The key is what must not be cut off.
        waiting = f"{labels} wait{'' if many else 's'}"
        return f"{how}; {restart} restarts it: {waiting}" if which else f"{how}; {waiting} for a restart"


def _close(dialog: EditDialog | PasswordDialog) -> None:
    if dialog.is_attached:
        dialog.dismiss(None)


class _Work:
    """One preview's calls; what was offered instead replaces the deed."""

    def __init__(self, changing: Changing, deed: Deed) -> None:
        self.changing = changing
        self.app = changing.app
        self.deed = deed

    def ask(self, dialog: PreviewDialog) -> None:
        """Works out what would be written; an answer to an older question is dropped."""
        deed = self.deed

        def planned(plan: ChangePlan) -> None:
            if deed is self.deed:
                dialog.planned(plan)

        def refused(error: Exception) -> None:
            if deed is self.deed:
                dialog.refused(error)

        run_aside(self.app, f"plan-{deed.name}", deed.plan, planned, refused)

    def instead(self, dialog: PreviewDialog, request: ChangeRequest) -> None:
        """What was offered with a refusal, as a preview of its own."""
        other = self.deed.instead or self.changing.deed
        self.deed = replace(other(request), done=self.deed.done)
        dialog.again()
        self.ask(dialog)

    def agreed(self, dialog: PreviewDialog) -> None:
        """The user chose to write it; where others can come in afterwards, asks once more."""
        from jntui.tui.dialogs.confirm import ConfirmDialog

        if self.app.screen is not dialog:
            return
        if not self.deed.price:
            self._do(dialog)
            return

        def decided(yes: bool | None) -> None:
            if yes:
                self._do(dialog)

        self.app.push_screen(ConfirmDialog("Remove the password", self.deed.price, (), "Remove it"), decided)

    def _do(self, dialog: PreviewDialog) -> None:
        deed, agreed = self.deed, dialog.plan
        if agreed is None:
            return

        one = UnderWay("restart", agreed.restart.stop.label) if agreed.restart is not None else None

        def done(changed: Changed) -> None:
            self._ends(one)
            self._follow(changed)
            self.app.source.select(self.app.main.selection.server)
            self.app.say(self.changing.said(deed, changed, agreed))
            dialog.ended()

        def failed(error: Exception) -> None:
            self._ends(one)
            if isinstance(error, _Moved) and dialog.is_attached:
                dialog.planned(error.plan, f"{error}: nothing was written; this would be now")
            elif not dialog.refused(error):
                self.app.say(f"not written: {words_of(error)}", alarm=True)

        dialog.going()
        if one is not None:
            self.app.main.chosen = self.app.main.selection.server
            self.app.begins(one)
        run_aside(self.app, deed.name, lambda: self._carried(deed, agreed, one), done, failed)

    def _carried(self, deed: Deed, agreed: ChangePlan, one: UnderWay | None) -> Changed:
        """On its own thread; of a restart the outcome is there in words even if the screen is gone by then."""
        try:
            changed = deed.do(_unmoved(deed.plan(), agreed))
        except Exception as error:
            if one is not None:
                one.end(f"{one.name} failed: {words_of(error)}")
            raise
        if one is not None:
            one.end(self.changing.said(deed, changed, agreed))
        return changed

    def _ends(self, one: UnderWay | None) -> None:
        if one is not None:
            self.app.ends(one)

    def _follow(self, changed: Changed) -> None:
        """A server that was restarted has another id: it stays selected."""
        before, main = self.changing.server_id, self.app.main
        if changed.restarted is not None and main.chosen == before:
            main.chosen = changed.restarted.started.server_id
            main.expect(changed.restarted.started.server_id, before)
