"""The one error of the commands."""

from __future__ import annotations


class CallError(Exception):
    """The call was wrong or could not be carried out: one line that says what, where and what to do."""
