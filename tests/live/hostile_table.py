"""What `jntui check --timeout 2` prints, takes and reads against each hostile behaviour, as a table for a person.

`python -m tests.live.hostile_table` runs it: a fresh process for each, its peak memory beside that of a check of a
harmless page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.live.behaviours import BEHAVIOURS
from tests.live.hostile import ROOT, hostile

TIMEOUT_S = 2.0

COUNTED = """
import sys, urllib.parse
from jntui.cli import main
from jntui.transport.deadline import TimedSocket
count, read = TimedSocket._count, []
port = urllib.parse.urlsplit(sys.argv[2]).port
def counted(self, size):
    try:
        ours = self.getpeername()[1] == port
    except OSError:
        ours = True  # reset a moment ago
    read.append(size if ours else 0)
    count(self, size)
TimedSocket._count = counted
status = main(sys.argv[1:])
print(sum(read), file=sys.stderr)
sys.exit(status)
"""
"""The command, and at its end the bytes that it took off the wire at the port of its URL: a server only knows what it
got rid of, and that lies in the buffers of two kernels for the greater part."""


@dataclass(frozen=True)
class Outcome:
    """One run of the command."""

    verdict: str
    cause: str
    elapsed_ms: float
    """Of the probe, as the answer says."""
    wall_s: float
    """Of the whole process."""
    peak_kib: int
    read: int
    """Bytes that the command took off its wire, those of TLS included."""


def run(behaviour: str, scheme: str = "http") -> Outcome:
    """One check against one behaviour."""
    with hostile(behaviour) as server:
        argv = [sys.executable, "-c", COUNTED, "check", f"{scheme}://127.0.0.1:{server.port}/"]
        argv += ["--timeout", f"{TIMEOUT_S:g}", "--json"]
        begin = time.perf_counter()
        with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stderr is not None
            answer = json.loads(process.stdout.read())
            read = int(process.stderr.read())
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        wall_s = time.perf_counter() - begin
    endpoint = answer["endpoints"][0]
    return Outcome(endpoint["verdict"], endpoint["cause"], endpoint["elapsed_ms"], wall_s, int(usage.ru_maxrss), read)


def main() -> None:
    """Prints the table."""
    harmless = run("html")
    print(f"harmless page: {harmless.wall_s:.2f} s for the whole process, peak {harmless.peak_kib / 1024:.1f} MiB")
    print(f"{'behaviour':24}{'verdict':16}{'probe':>9}{'process':>10}{'bytes read':>13}{'memory':>11}")
    for behaviour in [*BEHAVIOURS, "never-accepts"]:
        for scheme in ("http", "https") if behaviour.startswith(("tls-", "silent")) else ("http",):
            done = run(behaviour, scheme)
            name = behaviour if scheme == "http" else f"{behaviour} (https)"
            grown = (done.peak_kib - harmless.peak_kib) / 1024
            print(
                f"{name:24}{done.verdict:16}{done.elapsed_ms / 1000:7.2f} s{done.wall_s:8.2f} s"
                f"{done.read:13,}{grown:+7.1f} MiB"
            )


if __name__ == "__main__":
    main()
