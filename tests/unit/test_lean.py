"""requests is loaded without its detector of character sets, and nobody else is kept from one."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from jntui.transport.lean import channel_class
channel_class()
assert "requests" in sys.modules
assert not {"charset_normalizer", "chardet"} & set(sys.modules), "loaded, or still hidden"
import charset_normalizer
import requests
reply = requests.Response()
reply._content = "größer".encode()
assert reply.text == "größer", "requests itself still works"
"""


def test_the_detector_is_not_loaded_and_not_hidden() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
