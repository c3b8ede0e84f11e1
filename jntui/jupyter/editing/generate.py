"""Jupyter's own full default file, with what the user's file sets already."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.jupyter.editing.judging import read
from jntui.jupyter.editing.python_edit import set_python
from jntui.model import ChangeRefused, EditRefused
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.whose import Whose

TIMEOUT_S = 30.0
"""Importing Jupyter Server takes two seconds, on a cold disk ten."""
_QUESTION = """
import base64, sys
sys.modules["rfc3987_syntax"] = None  # jsonschema 4.25 would read the grammar of IRIs: a second, for nothing
if sys.argv[2] == "notebook6":
    from notebook.notebookapp import NotebookApp as App
else:
    from jupyter_server.serverapp import ServerApp as App
text = App().generate_config_file()
print(sys.argv[1] + base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode())
"""


@dataclass(frozen=True, slots=True)
class Generated:
    """A default file."""

    default: bytes = field(repr=False)
    """As Jupyter writes it."""
    raw: bytes = field(repr=False)
    """With what the old file sets."""


def generated(whose: Whose, path: str, old: bytes | None) -> Generated:
    """What `jupyter server --generate-config` would write, with every setting of the old file set in it.

    Jupyter's own command would lose those, and keeps no backup. Raises ChangeRefused.
    """
    if not path.endswith(".py"):
        raise ChangeRefused(f"{visible(path, 300)} is no .py file: Jupyter generates no other")
    raw = default = _ask(whose)
    said = read(path, old)
    if said is None:
        return Generated(default, raw)
    if said.trouble:
        place = f"line {said.line}: " if said.line else ""
        words = f"{visible(path, 300)} {place}{said.trouble}: mend it first, or move it away"
        raise ChangeRefused(words, line=said.line)
    for one in said.assignments:
        if one.computed or one.path != path:
            words = f"computes {one.cls}.{one.trait}, which a generated file would lose"
            raise ChangeRefused(f"{visible(path, 300)} line {one.line} {words}", line=one.line)
        edit = set_python(raw, path, one.cls, one.trait, one.value)
        if isinstance(edit, EditRefused):
            raise ChangeRefused(f"{visible(path, 300)} line {one.line}: {edit.reason}", line=one.line)
        raw = edit.raw
    return Generated(default, raw)


def _ask(whose: Whose) -> bytes:
    """Raises ChangeRefused."""
    subject = whose.subject
    if subject.python is None or subject.environ is None:
        raise ChangeRefused(f"Jupyter cannot be asked for its default file: {subject.reason or 'no Python is known'}")
    mark = secrets.token_hex(16)
    port = whose.found.setting("port")
    kind = "notebook6" if port is not None and port.cls == "NotebookApp" else "server"
    try:
        ended = whose.processes.run_bounded(
            [subject.python, "-c", _QUESTION, mark, kind], b"", subject.environ, TIMEOUT_S
        )
    except OSError as error:
        raise ChangeRefused(f"{visible(subject.python, 200)} cannot be run: {error.strerror}") from error
    for line in ended.output.splitlines():
        if line.startswith(mark.encode()):
            return base64.b64decode(line[len(mark) :])
    raise ChangeRefused(f"{visible(subject.python, 200)} gave no default file: it has no Jupyter that loads")
