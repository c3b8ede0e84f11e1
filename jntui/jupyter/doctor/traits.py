"""The traits of Jupyter's classes, asked of that Python when the first name comes up that the catalogue lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jntui.jupyter.settings.applications import SERVER_TRAITS
from jntui.jupyter.settings.catalogue import CATALOGUE
from jntui.jupyter.settings.folders import asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.jupyter.settings.subject import Subject
    from jntui.process import Processes

_MODULES = (
    "jupyter_server.serverapp",
    "jupyter_server.auth.identity",
    "jupyter_server.services.contents.largefilemanager",
    "jupyter_server.gateway.managers",
    "jupyterlab.labapp",
    "notebook.app",
    "notebook.notebookapp",
    "nbclassic.notebookapp",
    "kernel_gateway.gatewayapp",
    "jupyter_server_terminals.app",
)
"""Where the classes are; those that are not there are passed over."""

_QUESTION = """
import importlib, json, sys
out, sys.stdout = sys.stdout, sys.stderr
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception:
        pass
from traitlets.config import Configurable
found, waiting, seen = {}, [Configurable], set()
while waiting:
    cls = waiting.pop()
    if cls in seen:
        continue
    seen.add(cls)
    waiting.extend(cls.__subclasses__())
    traits = cls.class_traits(config=True)
    own = {name: [type(trait).__name__, bool(trait.allow_none)] for name, trait in traits.items()}
    for parent in cls.__mro__:
        if issubclass(parent, Configurable):
            kept = found.setdefault(parent.__name__, {})
            kept.update(own if parent is cls else {name: kind for name, kind in own.items() if name not in kept})
json.dump(found, out)
"""
Known = dict[str, dict[str, tuple[str, bool]]]
"""Class -> trait -> the name of the trait's type, and whether it takes None.

A section is read by the classes below its own as well (`Configurable.section_names`), so their traits count in it:
`IdentityProvider.hashed_password`, which Jupyter itself writes.
"""


TIMEOUT_S = 15.0
"""An import of all of Jupyter, which takes that Python two seconds where nothing else runs."""


class Traits:
    """Asked at most once; importing Jupyter takes that Python about two seconds."""

    def __init__(self, subject: Subject | None, processes: Processes | None, known: Known | None = None) -> None:
        self._subject = subject
        self._processes = processes
        self._known = known
        self._is_asked = known is not None

    def known(self) -> Known | None:
        """What the subject's own Jupyter has; None where it cannot be asked."""
        if not self._is_asked and self._subject is not None and self._processes is not None:
            self._is_asked = True
            answer = asked(self._subject, self._processes, (_QUESTION, *_MODULES), timeout_s=TIMEOUT_S)
            self._known = _read(answer) if answer else None
        return self._known

    @property
    def silent(self) -> str:
        """The Python that was asked and did not say; empty where nobody was asked."""
        subject = self._subject
        if not self._is_asked or self._known is not None or subject is None or subject.environ is None:
            return ""
        return subject.python or ""

    def of(self, cls: str) -> frozenset[str] | None:
        """The traits of one class, by the catalogue where that Python cannot be asked; None for a class of no name."""
        known = self.known()
        if known is not None:
            return frozenset(known[cls]) if cls in known else None
        return SERVER_TRAITS if cls == "ServerApp" else None

    def classes(self) -> tuple[str, ...]:
        """All classes that are known."""
        return tuple(self.known() or CATALOGUE_CLASSES)

    def holders(self, trait: str) -> tuple[str, ...]:
        """The classes that have a trait of this name, the application's own first."""
        known = self.known() or {}
        return tuple(sorted((cls for cls in known if trait in known[cls]), key=_nearest))


def is_catalogued(cls: str, trait: str) -> bool:
    """The catalogue knows it: nobody is asked."""
    return any((held.cls, held.trait) == (cls, trait) for one in CATALOGUE for held in one.held.values())


CATALOGUE_CLASSES = tuple(dict.fromkeys(held.cls for one in CATALOGUE for held in one.held.values()))


def _nearest(cls: str) -> tuple[bool, int, str]:
    return (cls not in CATALOGUE_CLASSES, len(cls), cls)


def _read(answer: Mapping[str, Any]) -> Known | None:
    """The answer of a Python of which nothing is certain."""
    found: Known = {}
    for cls, traits in answer.items():
        if isinstance(traits, dict):
            pairs = {str(name): tuple(one) for name, one in traits.items() if isinstance(one, list) and len(one) == 2}
            found[str(cls)] = {name: (str(kind), bool(none)) for name, (kind, none) in pairs.items()}
    return found if "Configurable" in found or len(found) > 1 else None
