"""The scanner of the canary test finds a canary in each kind of place: a check that cannot fail proves nothing."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.live.canary import LEAST, Canary, Record, kept_in, leaks
from tests.live.servers import clean_environment
from tests.terminal import Terminal

CANARY = Canary("planted", "Kanarienvogel7531Gelb")
TEXT = CANARY.text

FORMS = {
    "as it is": f"x={TEXT};",
    "a piece": f"...{CANARY.core[3 : 3 + LEAST]}...",
    "in JSON": json.dumps({"token": TEXT}),
    "in a URL": f"http://localhost/?token={quote(TEXT, safe='')}&a=b",
    "each letter quoted": "".join(f"%{byte:02X}" for byte in TEXT.encode()),
    "hex": TEXT.encode().hex(),
    "backwards": TEXT[::-1],
    "OSC 52": f"\x1b]52;c;{base64.b64encode(f'http://localhost:8888/?token={TEXT}'.encode()).decode()}\x07",
    "Basic": base64.b64encode(f"me:{TEXT}".encode()).decode(),
    "Basic, one further": base64.b64encode(f"you:{TEXT}".encode()).decode(),
    "UTF-16": TEXT.encode("utf-16").decode("latin-1"),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_each_form_is_found(data: str) -> None:
    assert leaks(data.encode("latin-1"), [CANARY])


def test_what_is_no_canary_is_not_found() -> None:
    other = Canary("other", "Wellensittich1357Blau")
    assert [leaks(data.encode("latin-1"), [other]) for data in FORMS.values()] == [[]] * len(FORMS)
    assert leaks(f"{CANARY.core[: LEAST - 1]}***", [CANARY]) == []


def test_the_screen_of_a_real_pty(tmp_path: Path) -> None:
    """Drawn in short pieces with colours between them, and as a link (OSC 8)."""
    pieces = [CANARY.core[at : at + 7] for at in range(0, len(CANARY.core), 7)]
    drawn = "\\x1b[1;31m".join(pieces)
    code = f"print('{drawn}\\x1b[0m');print('\\x1b]8;;http://x/?token={TEXT}\\x1b\\\\here\\x1b]8;;\\x1b\\\\')"
    with Terminal([sys.executable, "-c", code], {**clean_environment(tmp_path), "TERM": "xterm"}) as terminal:
        terminal.wait(30)
        before, _, link = bytes(terminal.raw).partition(b"\x1b]8;")
        assert leaks(before, [CANARY]) == []
        assert leaks(before, [CANARY], terminal=True)
        assert leaks(terminal.text, [CANARY])
        assert leaks(link, [CANARY])
        assert [number for number, _ in terminal.strings] == [b"8", b"8"]


def test_children_and_files_of_a_process(tmp_path: Path) -> None:
    """Children that end at once, and files that are gone or were put into another's place, in each way."""
    code = f"""
import os, subprocess, sys, tempfile
secret = {TEXT!r}
subprocess.run(["true", "--argv=" + secret])
subprocess.run(["true"], env={{**os.environ, "ENVIRONMENT": secret}})
os.waitpid(os.posix_spawn("/bin/true", ["true", "spawned " + secret], os.environ), 0)
with tempfile.NamedTemporaryFile(dir={str(tmp_path)!r}, prefix="gone-") as gone:
    gone.write(secret.encode())
    gone.flush()
folder = os.open({str(tmp_path)!r}, os.O_RDONLY)
for end in ("old", "new"):
    with open({str(tmp_path)!r} + "/" + end, "w") as stream:
        stream.write(secret if end == "new" else "harmless")
os.replace("new", "old", src_dir_fd=folder, dst_dir_fd=folder)
os.environ["LATE"] = secret
pid = os.fork()
if not pid:
    os.execv("/bin/true", ["true"])
os.waitpid(pid, 0)
"""
    record = Record(tmp_path / "watch")
    env = record.environment(clean_environment(tmp_path))
    subprocess.run([sys.executable, "-c", code, "as jntui"], env=env, check=True, timeout=60)
    children = [[bool(leaks(part, [CANARY])) for part in child] for child in record.children()]
    assert sorted(children) == [[False, True], [False, True], [True, False], [True, False]]
    found = [Path(one.path).name.split("-")[0] for one in record.files() if leaks(one.data, [CANARY])]
    assert sorted(found) == ["gone", "new"]
    kept = [(Path(one.path).name, one.mode) for one in kept_in(tmp_path, [record.folder]) if leaks(one.data, [CANARY])]
    assert kept == [("old", 0o666 & ~_umask())]


def _umask() -> int:
    before = os.umask(0)
    os.umask(before)
    return before
