"""A check from another host that could not be made."""

from __future__ import annotations


class RemoteFailed(Exception):
    """Another host could not be asked: one clear line (what, where, what to do), without control characters."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
