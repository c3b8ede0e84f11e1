"""The screen: Textual and rich live here and nowhere else."""

import os

PAINTS = "200"
"""Paints a second at most. A key that comes right after a paint waits for the next one: at Textual's own 60 up to
17 ms. How much is written does not grow with it, as jntui paints only what changed."""


def _paint_sooner() -> None:
    """Textual takes the number from the environment, when it is imported; what jntui starts need not inherit it."""
    given = os.environ.get("TEXTUAL_FPS")
    os.environ["TEXTUAL_FPS"] = given or PAINTS
    try:
        import textual.constants  # noqa: F401 - its import is what reads the variable
    finally:
        if given is None:
            del os.environ["TEXTUAL_FPS"]


_paint_sooner()
