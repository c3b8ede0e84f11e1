"""What starts a server once more: the same words and variables, without secrets in the argv, with its port held."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.jupyter.birth import ADDED
from jntui.jupyter.command_line import GATEWAY, LAB, NOTEBOOK, SERVER
from jntui.jupyter.moved_secrets import Moved
from jntui.jupyter.pins import changed_since, named_port, pin_port
from jntui.jupyter.secret_options import LOGINS, masked_words, options_of, secret_options, tells, without
from jntui.text import home_short, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jntui.jupyter.birth import Birth
    from jntui.jupyter.secret_options import Option
    from jntui.jupyter.settings.subject import Subject
    from jntui.model import Configuration, Server, Source

_GENERATED = re.compile(r"[0-9a-f]{48}\Z")
"""A token that Jupyter made itself (`IdentityProvider._token_default`)."""
_GATEWAY_VARIABLE = "KG_AUTH_TOKEN"
"""What replaces the default of `KernelGatewayApp.auth_token`."""
_SECRET_NAME = re.compile(r"(?:TOKEN|PASSWORD|SECRET|KEY|PWD|HEADERS|CREDENTIALS|PASSPHRASE)\Z")
_APP = re.compile(r"\w*App\Z")
_ALIASES: Mapping[str, tuple[str, str]] = {"gateway-url": ("GatewayClient", "url")}
"""Short names of options that may hold a secret (`ServerApp.aliases`)."""
_OF_SERVER = frozenset(
    {
        *LOGINS,
        "cookie_options",
        "get_secure_cookie_kwargs",
        "tornado_settings",
        "terminado_settings",
        "jinja_environment_options",
        "ssl_options",
        "custom_display_url",
        "default_url",
        "websocket_url",
    }
)
"""Traits of ServerApp that the names of older applications stand for."""


@dataclass(frozen=True, slots=True)
class Relaunch:
    """One start to come."""

    command: tuple[str, ...] = field(repr=False)
    """It holds a secret only where there is no other place for it."""
    environ: Mapping[str, str] = field(repr=False)
    port: int
    """0: a socket, or whichever is free."""
    moved: tuple[Moved, ...] = ()
    """Options to be written into `folder` before the start."""
    files: tuple[str, ...] = ()
    """The names of the config files there."""
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The command as it may be shown."""
        return masked_words(self.command)


def relaunch_of(
    server: Server,
    birth: Birth,
    subject: Subject,
    configuration: Configuration,
    folder: Path,
    home: str,
    *,
    keep_token: bool = True,
    port: int | None = None,
) -> Relaunch:
    """The start that makes the same server again.

    `configuration` is that of `subject`: what its files, environment and words say now, secrets of the words left out.
    `folder` is where moved secrets would go; without `keep_token` Jupyter makes a new one. `port` is what a file names
    that is about to be written.
    """
    writer = _Writer(server, birth, subject, configuration, folder, home)
    writer.hold_port(port)
    writer.move_secrets()
    if keep_token:
        writer.keep_token()
    writer.open_no_browser()
    return writer.finish()


def words_without_secrets(birth: Birth) -> tuple[str, ...]:
    """The words of its command line that any user may read."""
    hidden = list(secret_options(birth.words))
    return without(birth.words, lambda option: option in hidden)


class _Writer:
    """Puts the parts of one start together."""

    def __init__(
        self,
        server: Server,
        birth: Birth,
        subject: Subject,
        configuration: Configuration,
        folder: Path,
        home: str,
    ) -> None:
        self._server = server
        self._birth = birth
        self._subject = subject
        self._configuration = configuration
        self._folder = folder
        self._home = home
        self._environ = dict(birth.environ)
        self._words: tuple[str, ...] = subject.words
        self._port = 0
        self._added: list[str] = []
        self._variables: list[str] = []
        self._moved: list[Moved] = []
        self._kept: list[str] = []
        self._lost: list[str] = []

    def hold_port(self, port: int | None) -> None:
        if port is None:
            pinned = pin_port(self._server, self._configuration, self._words, self._home)
        else:
            pinned = named_port(port, self._configuration, self._words)
        self._port, self._words = pinned.port, pinned.words
        self._added += pinned.pins
        self._kept += [pinned.kept] if pinned.kept else []
        self._lost += [pinned.lost] if pinned.lost else []

    def move_secrets(self) -> None:
        """Into a config file of its own: a token in the environment would lose against the user's files."""
        for option in secret_options(self._birth.words):
            cls, trait = _ALIASES.get(option.name, (self._class(option), option.trait))
            if self._to_variable(option):
                place = f"the environment ({_GATEWAY_VARIABLE})"
                self._kept.append(f"the auth token of the command line, from now on in {place}")
            elif cls:
                self._moved.append(Moved(cls, trait, option.value))
            elif option.trait in LOGINS:
                self._lost.append(f"--{visible(option.name, 60)}: it names no class, so Jupyter made nothing of it")
            else:
                self._leave(option)
        if self._moved:
            self._name_folder()

    def _leave(self, option: Option) -> None:
        """It stays where any user can read it, as it did until now."""
        self._words = (*self._birth.words[option.start : option.end], *self._words)
        name = visible(option.name, 60)
        self._lost.append(f"nothing: the secret of --{name} has no other place and stays where any user can read it")

    def _name_folder(self) -> None:
        """Lets Jupyter read the config file that the secrets move to."""
        named = any(option.name == "config" or option.trait == "config_file" for option in options_of(self._words))
        # With JUPYTER_NO_CONFIG Jupyter looks into no directory, but takes a file that is named.
        switched_off = bool(self._environ.get("JUPYTER_NO_CONFIG"))
        what = " and ".join(sorted({one.trait.replace("_", " ") for one in self._moved}))
        if switched_off and named:
            self._drop_moved()
            return
        if switched_off:
            self._words = (f"--config={self._folder / self._files()[0]}", *self._words)
        else:
            before = self._environ.get("JUPYTER_CONFIG_PATH")
            self._environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(self._folder), *([before] if before else [])])
        place = home_short(visible(str(self._folder)), self._home)
        self._kept.append(f"the {what} of the command line, from now on in {place} (only you can read it)")
        self._lost += [self._conflict(one) for one in self._moved if self._conflict(one)] if named else []

    def _drop_moved(self) -> None:
        """There is no place: what guards the server is made anew, and the rest stays where it was."""
        guards = sorted({one.trait.replace("_", " ") for one in self._moved if one.trait in LOGINS})
        moved = {one.trait for one in self._moved if one.trait not in LOGINS}
        self._moved.clear()
        if guards:
            self._lost.append(
                f"the {' and '.join(guards)} of the command line: any user could read it there, and --config and "
                "JUPYTER_NO_CONFIG leave no other place"
            )
        for option in secret_options(self._birth.words):
            if _ALIASES.get(option.name, ("", option.trait))[1] in moved:
                self._leave(option)

    def _to_variable(self, option: Option) -> bool:
        """A gateway writes no info file: who may read its environment learns the token there, as from the argv."""
        setting = self._configuration.setting("auth_token")
        if self._server.app != GATEWAY or option.trait != "auth_token" or setting is None:
            return False
        if setting.source.kind in {"file", "computed"}:
            return False
        self._environ[_GATEWAY_VARIABLE] = option.value.reveal()
        return True

    def _conflict(self, moved: Moved) -> str:
        """A file named by --config stands above all directories; what it sets wins."""
        setting = self._configuration.setting(moved.trait)
        if setting is None or setting.source.level != "option" or setting.source.kind not in {"file", "computed"}:
            return ""
        return f"the {moved.trait} of the command line: {self._place(setting.source)} sets another, which wins now"

    def _class(self, option: Option) -> str:
        """The class as a config file knows it: the names of older applications are for the command line."""
        named = option.cls
        if self._subject.legacy or self._server.app == GATEWAY or not _APP.match(named):
            return named
        return "ServerApp" if option.trait in _OF_SERVER else named

    def _files(self) -> tuple[str, ...]:
        """The highest config file of the application, and the one that --config leaves in force."""
        if self._server.app == GATEWAY:
            own = "jupyter_kernel_gateway_config.py"
        else:
            own = "jupyter_notebook_config.py" if self._subject.legacy else "jupyter_server_config.py"
        return (own, "jupyter_config.py")

    def keep_token(self) -> None:
        """The token that Jupyter made: open tabs and URLs that were handed out go on working."""
        token = self._server.token
        setting = self._configuration.setting("token")
        moved = {one.trait for one in self._moved}
        if "token" in moved or setting is None or not token or not _GENERATED.match(token.reveal()):
            return
        if setting.source.kind == "default" and not moved & {"password", "hashed_password"}:
            self._environ["JUPYTER_TOKEN"] = token.reveal()
            self._variables.append("JUPYTER_TOKEN")
            self._kept.append("its token")
            return
        password = self._configuration.setting("hashed_password")
        decides = password if setting.source.kind == "computed" and not setting.source.path else setting
        if decides is not None and changed_since(self._server, decides, self._configuration):
            what = "a password" if decides is password else "a token"
            self._lost.append(f"the token that Jupyter made: {self._place(decides.source)} sets {what} now")

    def open_no_browser(self) -> None:
        """Somebody sits before the tabs already, and a server that runs detached has no screen."""
        setting = self._configuration.setting("open_browser")
        if self._server.app in {LAB, NOTEBOOK, SERVER} and setting is not None and setting.value is not False:
            rest = without(self._words, lambda option: option.trait == "open_browser")
            self._words = tuple(word for word in rest if word != "--no-browser")
            self._added.append("--no-browser")

    def finish(self) -> Relaunch:
        birth = self._birth
        if self._added or self._variables:
            self._environ[ADDED] = shlex.join([*self._added, *self._variables])
        root = self._configuration.setting("root_dir")
        count = len(birth.environ)
        self._kept += [
            f"{visible(birth.python, 200)}",
            *([f"root directory {home_short(root.value, self._home)}"] if root and isinstance(root.value, str) else []),
            f"working directory {home_short(visible(birth.cwd, 200), self._home)}",
            f"{count} environment variable{'' if count == 1 else 's'}",
        ]
        for file in self._configuration.files:
            if file.dropped:
                line = f" (line {file.line})" if file.line else ""
                self._lost.append(f"what {home_short(file.path, self._home)}{line} sets: {file.trouble}")
        return Relaunch(
            command=(*birth.head, *self._added, *self._words),
            environ=self._environ,
            port=self._port,
            moved=tuple(self._moved),
            files=self._files() if self._moved else (),
            kept=tuple(self._kept),
            lost=tuple(self._lost),
        )

    def _place(self, source: Source) -> str:
        line = f":{source.line}" if source.line else ""
        return f"{home_short(visible(source.path or source.name, 200), self._home)}{line}"


def to_type(command: Sequence[str], environ: Mapping[str, str], own: Mapping[str, str], cwd: str) -> str:
    """The line that starts it by hand, in a shell of the environment `own`: directory, Jupyter's variables, words."""
    return f"cd {shell_word(cwd)} && {' '.join(_words(command, environ, own))}"


def to_leave(command: Sequence[str], environ: Mapping[str, str], own: Mapping[str, str], cwd: str) -> str:
    """The same for one that outlives the shell."""
    return f"cd {shell_word(cwd)} && nohup {' '.join(_words(command, environ, own))}"


def _words(command: Sequence[str], environ: Mapping[str, str], own: Mapping[str, str]) -> list[str]:
    variables = [
        f"{name}={shell_word(value)}"
        for name, value in sorted(environ.items())
        if name.startswith(("JUPYTER_", "KG_")) and own.get(name) != value
        if not _SECRET_NAME.search(name) and not tells(value)
    ]
    return [*(["env", *variables] if variables else []), *map(shell_word, command)]


def shell_word(word: str) -> str:
    """One word as a shell reads it; what no terminal takes as it is, as bash's `$'...'`."""
    if visible(word, len(word)) == word:
        return shlex.quote(word)
    printable = {byte: chr(byte) for byte in range(0x20, 0x7F) if chr(byte) not in "'\\"}
    return "$'" + "".join(printable.get(byte, f"\\x{byte:02x}") for byte in os.fsencode(word)) + "'"
