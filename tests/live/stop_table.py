"""`python -m tests.live.stop_table`: each kind of server, stopped by jntui and by Jupyter's own command."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jntui.process import Processes
from tests.live.kinds import KINDS, NOTEBOOK6, WITHOUT_NOTEBOOK6, Kind
from tests.live.servers import Jupyter, clean_environment

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60


def jupyters(server: Jupyter) -> list[str]:
    """The command that Jupyter has for it."""
    place = server.sock or str(server.port)
    if server.app == "nb6":
        return [NOTEBOOK6, "-m", "notebook", "stop", place]
    return [sys.executable, "-m", "jupyter_server", "stop", place]


def jntuis(server: Jupyter) -> list[str]:
    """The command that jntui has for it."""
    place = str(server.home / server.sock) if server.sock else str(server.port)
    return [sys.executable, "-m", "jntui", "stop", place]


def outcome(kind: Kind, own: bool) -> str:
    """How one server of this kind took the command: its end, the exit status, the time, the last word if it lives."""
    with tempfile.TemporaryDirectory() as folder, kind.running(Path(folder)) as server:
        environ = {**clean_environment(server.home), "PYTHONPATH": str(ROOT)}
        facts = Processes().look(server.pid)
        assert facts is not None
        begin = time.monotonic()
        done = subprocess.run(
            jntuis(server) if own else jupyters(server),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env=environ,
            cwd=server.home,
            check=False,
        )
        took = time.monotonic() - begin
        ended = Processes().wait_end(facts, 1.0)
        said = f"{'stopped' if ended else 'RUNS ON'}, exit {done.returncode}, {took:.1f} s"
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        return said if ended and done.returncode == 0 else f"{said}: {lines[-1][:70] if lines else ''}"


def main() -> None:
    """Prints the table."""
    print(f"{'server':<22}{'jntui stop':<32}jupyter server stop")
    for kind in KINDS:
        print(f"{kind.name:<22}{outcome(kind, True):<32}{outcome(kind, False)}", flush=True)
    if not NOTEBOOK6:
        print(WITHOUT_NOTEBOOK6)


if __name__ == "__main__":
    main()
