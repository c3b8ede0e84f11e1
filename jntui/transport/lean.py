"""Loads requests without what jntui has no use for.

requests uses charset_normalizer (or chardet) to guess the encoding of a text that names none, and works without either
(requests.compat). jntui reads bytes; the detector would cost 3.5 MiB and a sixth of the time that requests takes.
`requests.packages` only gives old names to urllib3 and idna, and so loads idna's tables (1 MiB) at once; requests
itself and urllib3 load idna when a host name is not ASCII.
"""

from __future__ import annotations

import sys
import threading
import warnings
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.transport.channel import HttpChannel

_DETECTORS = ("charset_normalizer", "chardet")
_lock = threading.Lock()


def channel_class() -> type[HttpChannel]:
    """The channel, its module loaded at the first call. Raises ImportError if requests is not installed."""
    with _lock:
        if "requests" not in sys.modules:
            _load_requests()
        from jntui.transport.channel import HttpChannel

        return HttpChannel


def _load_requests() -> None:
    hidden = [name for name in _DETECTORS if name not in sys.modules]
    aliases = "requests.packages"
    sys.modules[aliases] = ModuleType(aliases)
    # None in sys.modules makes an import of that name fail (importlib's own rule), which requests is prepared for.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import_module("requests")
    finally:
        for name in (*hidden, aliases):
            del sys.modules[name]
