"""Takes names out of a text that is to be pasted in public: users, hosts, homes, addresses of the internet."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMON = frozenset({"", "root", "localhost", "jovyan", "nobody"})
"""Names that tell nobody apart, and words that a report needs."""
_URL_HOST = re.compile(r"(?<=://)(?:[^/\s@'\"|]*@)?(\[[^\]]*\]|[^/\s:'\"|\]),;]+)")
_OWNER = re.compile(r"(/(?:user|home|Users)/)([^/\s'\"|\])]+)")
"""Whose it is: a JupyterHub's base URL, and the homes of others."""
_ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:])")


class Unnamed:
    """One report: the same name becomes the same word everywhere in it."""

    def __init__(self, *, users: Iterable[str], hosts: Iterable[str], homes: Iterable[str]) -> None:
        words: dict[str, str] = {}
        for host in hosts:
            # The whole name and its first part: `lab-box.example.org`, `lab-box`.
            if not _is_address(host):
                words |= dict.fromkeys((host, host.partition(".")[0]), "[host]")
        words |= dict.fromkeys(users, "[user]")
        # As URLs and as Python write them, too.
        words |= {form: put for word, put in words.items() for form in _forms(word)}
        self._homes = sorted({home.rstrip("/") for home in homes if len(home) > 1}, key=len, reverse=True)
        self._words = {word.lower(): put for word, put in words.items() if word.lower() not in _COMMON}
        self._seen: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """The text without them."""
        for home in self._homes:
            text = re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text)
        for word, put in sorted(self._words.items(), key=lambda pair: -len(pair[0])):
            text = re.sub(rf"(?<![\w]){re.escape(word)}(?![\w])", put, text, flags=re.IGNORECASE)
        text = _OWNER.sub(self._owner, text)
        text = _URL_HOST.sub(self._host, text)
        return _ADDRESS.sub(self._address, text)

    def foreign(self, names: Iterable[str]) -> None:
        """Other machines' names, which stand in settings."""
        for name in names:
            bare = name.strip("[].").lower()
            if bare not in _COMMON and bare not in self._words and not _is_address(bare):
                self._words[bare] = self._numbered(bare, "name")

    def _host(self, found: re.Match[str]) -> str:
        host = found.group(1)
        bare = host.strip("[]").lower()
        keep = bare in _COMMON or _is_address(bare) or host.startswith(("[host]", "[user]", "[name ", "[address "))
        return host if keep or not any(char.isalnum() for char in bare) else self._numbered(bare, "name")

    def _owner(self, found: re.Match[str]) -> str:
        name = found.group(2)
        return found.group(0) if name.startswith("[") or name.lower() in _COMMON else f"{found.group(1)}[user]"

    def _address(self, found: re.Match[str]) -> str:
        text = found.group(0)
        try:
            public = ipaddress.ip_address(text).is_global
        except ValueError:
            return text
        return self._numbered(text, "address") if public else text

    def _numbered(self, text: str, kind: str) -> str:
        if text not in self._seen:
            count = sum(1 for put in self._seen.values() if put.startswith(f"[{kind} "))
            self._seen[text] = f"[{kind} {count + 1}]"
        return self._seen[text]


def _forms(word: str) -> tuple[str, ...]:
    return quote(word, safe=""), quote(word, safe="'~"), word.replace("'", "\\'"), repr(word)[1:-1]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
