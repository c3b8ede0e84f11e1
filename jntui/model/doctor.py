"""What is wrong with Jupyter's configuration: one value for each place where something is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from jntui.model.change import ChangeRequest

Severity = Literal["error", "warning", "note"]
"""`error`: Jupyter does not start, leaves the file out, or nobody gets in; `warning`: it does something else than the
line says, or opens more than most people want; `note`: true and worth knowing, nothing breaks."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


_CHOSEN = {
    **dict.fromkeys(("hash-plain", "hash-corrupt", "hash-weak", "hash-unreadable"), "hashed_password"),
    **dict.fromkeys(("certificate-expired", "certificate-early", "certificate-soon"), "certfile"),
    **dict.fromkeys(("certificate-mismatch", "key-encrypted"), "keyfile"),
    **dict.fromkeys(("certificate-missing", "certificate-unusable"), "certfile"),
}
"""By code: what no one value mends, and the user chooses in the dialog of this trait."""


class ConfigChange(NamedTuple):
    """The one change of a setting that would mend it; never a secret."""

    name: str
    """The trait with its class: `ServerApp.port`."""
    value: str | None
    """As the trait reads its command line; None unsets it."""
    file: str


@dataclass(frozen=True, slots=True)
class ConfigFinding:
    """One thing that is wrong; no text in it holds a secret."""

    code: str
    """Which rule found it: `wrong-type`."""
    severity: Severity
    path: str | None
    """The file; None for what stands on the command line or in the environment."""
    line: int | None
    """Counted from 1; None for what concerns the whole file, or no file."""
    message: str
    """What stands there, in one sentence."""
    effect: str
    """What Jupyter does because of it, in one sentence."""
    fix: str
    """Verb first, in one sentence."""
    change: ConfigChange | None = field(default=None)
    drop: str = ""
    """A name that goes out of the same file together with `change`, in one diff (`ChangeRequest.drop`).

    `.port` is one without a class. With it a `change` without a value keeps the text that the old name has: a secret.
    """
    private: str = ""
    """The file, or directory, that is to be its owner's alone: a change of its mode mends it (`ChangeRequest.private`).

    It need not be the file in which the line stands: a config file names a key.
    """
    trim: str = ""
    """The token file whose line end, and blanks, around the token go (`ChangeRequest.trim`)."""

    @property
    def setting(self) -> str:
        """The trait whose dialog mends it where the user has to choose: `hashed_password`, `certfile`; else empty."""
        return _CHOSEN.get(self.code, "")

    @property
    def makes(self) -> bool:
        """Nothing is there, and a file that an editor writes there mends it."""
        return self.code in {"dangling-link", "config-missing"} and self.opens

    @property
    def opens(self) -> bool:
        """An editor can open where it stands: a file, not the command line and not a directory."""
        is_directory = self.line is None and self.private == self.path
        return self.path is not None and self.path.startswith("/") and not is_directory

    @property
    def request(self) -> ChangeRequest | None:
        """The change that mends it, in one preview; None where only the words in `fix` do."""
        if self.private:
            return ChangeRequest("", None, self.private, private=True)
        if self.trim:
            return ChangeRequest("", None, self.trim, trim=True)
        if self.change is None:
            return None
        return ChangeRequest(self.change.name, self.change.value, self.change.file, drop=self.drop)
