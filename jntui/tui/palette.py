"""Every action by name, for the command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on
from textual.command import Command, CommandList, CommandPalette, DiscoveryHit, Hit, Provider
from textual.fuzzy import Matcher
from textual.markup import escape
from textual.widgets import Input

from jntui.text import visible
from jntui.tui.actions import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.command import Hits

    from jntui.tui.actions import Action
    from jntui.tui.app import JntuiApp
    from jntui.tui.keymap import Keys


class ActionPalette(CommandPalette):
    """Textual's palette, whose Enter never does what was listed for fewer letters than are typed by now."""

    @on(Input.Submitted)
    def _do_best(self, event: Input.Submitted) -> None:
        wanted = event.value.strip()
        matcher = Matcher(wanted)
        if not wanted or self._up_to_date(matcher):
            return
        app = cast("JntuiApp", self.app)
        scored: list[tuple[float, Callable[[], object]]] = [
            (_score(matcher, action, app.environment.keys), _doer(app, action.id)) for action in ACTIONS if action.named
        ]
        scored += [(matcher.match(own.title), own.callback) for own in app.get_system_commands(app.main)]
        score, best = max(scored, key=lambda pair: pair[0])
        if score > 0:
            event.prevent_default()
            event.stop()
            self.dismiss()
            app.call_later(best)

    def _up_to_date(self, matcher: Matcher) -> bool:
        """Whether the row that Enter would take is one of the matches; the list comes a moment after the letters."""
        rows = self.query_one(CommandList)
        row = rows.highlighted_option
        if not isinstance(row, Command):
            return False
        return max(matcher.match(str(row.hit.text)), matcher.match(row.hit.help or "")) > 0


def _score(matcher: Matcher, action: Action, keys: Keys) -> float:
    # A name that was begun comes before all whose help happens to have these letters too.
    return max(matcher.match(_name(action, keys)), matcher.match(action.help) / 100)


def _name(action: Action, keys: Keys) -> str:
    return f"{action.label}  ({keys.shown(action.id)})"


def _doer(app: JntuiApp, action_id: str) -> Callable[[], None]:
    return lambda: app.perform(action_id)


class ActionCommands(Provider):
    """The action table; what is impossible now says so beside its name."""

    @property
    def _app(self) -> JntuiApp:
        return cast("JntuiApp", self.app)

    def _actions(self) -> Iterator[tuple[Action, str, str]]:
        app = self._app
        snapshot = app.main.snapshot
        for action in ACTIONS:
            if action.named and snapshot is not None:
                why = action.why_not(snapshot, app.main.selection, app.environment)
                yield (
                    action,
                    _name(action, app.environment.keys),
                    # The palette reads its words as markup, and a name such as `[x]` is none.
                    escape(visible(f"{action.help}; not now: {why}" if why else action.help)),
                )

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action, name, words in self._actions():
            yield DiscoveryHit(name, _doer(self._app, action.id), help=words)

    async def search(self, query: str) -> Hits:
        """Those whose name or help matches."""
        matcher = self.matcher(query)
        for action, name, words in self._actions():
            score = _score(matcher, action, self._app.environment.keys)
            if score > 0:
                yield Hit(score, matcher.highlight(name), _doer(self._app, action.id), help=words)
