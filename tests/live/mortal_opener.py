"""Opens or closes a server in a process that kills itself: what the tests of crashes drive.

Arguments: port, `lan` or `local`, a moment. A moment is what is about to happen when SIGKILL comes: `access.json 2` is
the second time that a file gets this name (`backup`: any backup of a config file), `step WORDS` the step whose words
begin so, `end` none of them. Every moment that passes is printed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import cast

from jntui.model import AccessWish
from jntui.model.access import AccessReach
from jntui.monitor.survey import Survey


def main() -> None:
    """Never returns where the moment comes."""
    port, reach, moment = int(sys.argv[1]), cast("AccessReach", sys.argv[2]), sys.argv[3]
    counts: Counter[str] = Counter()

    def passes(name: str) -> None:
        print(name, flush=True)
        if name.startswith(moment):
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.rename":
            name = Path(str(arguments[1])).name
            name = "backup" if ".jntui-" in name else name
            counts[name] += 1
            passes(f"{name} {counts[name]}")

    survey = Survey()
    server = next(one for one in survey.servers() if one.port == port and one.state == "running")
    server = survey.ask(server)
    sys.addaudithook(hook)
    survey.access.apply(server, AccessWish(reach), unverified=True, on_step=lambda words: passes(f"step {words}"))


if __name__ == "__main__":
    main()
