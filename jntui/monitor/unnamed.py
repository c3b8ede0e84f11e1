"""Takes names out of a text that is to be pasted in public: users, hosts, homes, addresses of the internet."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMON = frozenset({"", "root", "localhost", "jovyan", "jupyter", "nobody"})
"""Names that tell nobody apart, and words that a report needs."""
_URL_HOST = re.compile(r"(?<=://)(?:[^/\s@'\"|]*@)?(\[[^\]]*\][^/\s:'\"|\]),;]*|[^/\s:'\"|\[\]),;]+(?:\[domain\])?)")
_OWNER = re.compile(r"(/(?:user|home|Users)/)([^/\s'\"|\])]+)")
"""Whose it is: a JupyterHub's base URL, and the homes of others."""
_IPV4 = r"\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)"
_ADDRESS = re.compile(
    rf"(?<![\w.]){_IPV4}|(?<![\w.:])[0-9A-Fa-f]{{0,4}}(?::[0-9A-Fa-f]{{0,4}}){{1,6}}:{_IPV4}"
    r"|(?<![\w.:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:]|\.\d)"
)
"""IPv4, also before a port; IPv6 that ends in an IPv4 address (RFC 4291, 2.2); IPv6."""


class Unnamed:
    """One report: the same name becomes the same word everywhere in it."""

    def __init__(self, *, users: Iterable[str], hosts: Iterable[str], homes: Iterable[str]) -> None:
        words: dict[str, str] = {}
        for host in hosts:
            # The whole name, its first part and whose it is: `lab-box.example.org`, `lab-box`, `example.org`.
            if not _is_address(host):
                first, _, domain = host.partition(".")
                words |= {domain: "[domain]"} if "." in domain else {}
                words |= dict.fromkeys((host, first), "[host]")
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
            text = re.sub(_pattern(word), put, text, flags=re.IGNORECASE)
        text = _OWNER.sub(self._owner, text)
        text = _URL_HOST.sub(self._host, text)
        return _ADDRESS.sub(self._address, text)

    def foreign(self, names: Iterable[str]) -> None:
        """Other machines' names, which stand in settings."""
        for name in names:
            bare = name.strip("[].*").lower()
            if bare not in _COMMON and bare not in self._words and not _is_address(bare):
                self._words[bare] = self._numbered(bare, "name")

    def _host(self, found: re.Match[str]) -> str:
        host = found.group(1)
        bare = host.strip("[]").lower()
        named = host.startswith(("[host]", "[user]", "[domain]", "[name ", "[address "))
        keep = bare in _COMMON or _is_address(bare) or named
        return host if keep or not any(char.isalnum() for char in bare) else self._numbered(bare, "name")

    def _owner(self, found: re.Match[str]) -> str:
        name = found.group(2)
        return found.group(0) if name.startswith("[") or name.lower() in _COMMON else f"{found.group(1)}[user]"

    def _address(self, found: re.Match[str]) -> str:
        text = found.group(0)
        try:
            address = ipaddress.ip_address(text)
            public = (getattr(address, "ipv4_mapped", None) or address).is_global
        except ValueError:
            return text
        return self._numbered(text, "address") if public else text

    def _numbered(self, text: str, kind: str) -> str:
        if text not in self._seen:
            count = sum(1 for put in self._seen.values() if put.startswith(f"[{kind} "))
            self._seen[text] = f"[{kind} {count + 1}]"
        return self._seen[text]


def _pattern(word: str) -> str:
    """Where it stands: not amid letters, but beside `_` and digits; with any number of backslashes before a dot."""
    escaped = re.escape(word).replace(r"\.", r"\\*\.")
    before, after = (r"(?<!\d)" if word[0].isdigit() else ""), (r"(?!\d)" if word[-1].isdigit() else "")
    return rf"(?<![^\W\d_]){before}{escaped}(?![^\W\d_]){after}"


def _forms(word: str) -> tuple[str, ...]:
    return quote(word, safe=""), quote(word, safe="'~"), word.replace("'", "\\'"), repr(word)[1:-1]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
