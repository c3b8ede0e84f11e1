"""requests is loaded without what jntui has no use for, and nobody else is kept from it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from jntui.transport.lean import channel_class
channel_class()
assert "requests" in sys.modules
assert not {"charset_normalizer", "chardet"} & set(sys.modules), "loaded, or still hidden"
assert not {"idna", "requests.packages"} & set(sys.modules), "loaded, or still hidden"
import charset_normalizer
import requests
import requests.packages
assert requests.packages.idna.encode("bücher.example") == b"xn--bcher-kva.example"
assert requests.Request("GET", "http://bücher.example/").prepare().url == "http://xn--bcher-kva.example/"
reply = requests.Response()
reply._content = "größer".encode()
assert reply.text == "größer", "requests itself still works"
"""


def test_the_detector_is_not_loaded_and_not_hidden() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
