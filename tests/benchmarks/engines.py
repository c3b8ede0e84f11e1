"""One round of one engine in a fresh process: `python -m tests.benchmarks.engines ENGINE DEADLINE`.

The endpoints come as JSON through stdin, the figures leave as JSON through stdout.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from tests.benchmarks.crowd import ALIVE, RIGHT

Found = tuple[str, float]
"""What one endpoint was found to be, and the seconds that took."""


@dataclass
class Round:
    """The figures of one round."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    threads: int = 0
    grown_mb: float = 0.0
    """Peak of the resident memory, beyond that of a process that has probed one endpoint."""
    most_bytes: int = 0
    """Read for one endpoint, TLS left out."""
    slowest_s: float = 0.0
    """The slowest single probe."""
    wrong: list[str] = field(default_factory=list)
    """Kinds that were found to be something else, each as `kind: what was said`."""
    hung: int = 0
    """Requests that still ran when the deadline was over."""


class Count:
    """Bytes that the threads of this process receive from sockets, by thread."""

    def __init__(self) -> None:
        self._local = threading.local()
        self.most = 0

    def begin(self) -> None:
        self._local.read = 0

    def end(self) -> None:
        self.most = max(self.most, self._local.read)

    def watch(self) -> None:
        """From here on every plain socket counts."""
        local, plain_recv, plain_into = self._local, socket.socket.recv, socket.socket.recv_into

        def recv(sock: socket.socket, *args: Any) -> bytes:
            data = plain_recv(sock, *args)
            local.read = getattr(local, "read", 0) + len(data)
            return data

        def recv_into(sock: socket.socket, *args: Any) -> int:
            size = plain_into(sock, *args)
            local.read = getattr(local, "read", 0) + size
            return size

        socket.socket.recv, socket.socket.recv_into = recv, recv_into  # type: ignore[method-assign,assignment]


COUNT = Count()


def jntui(endpoints: list[tuple[str, str]], deadline_s: float) -> Callable[[], list[Found]]:
    """The monitor's own pool with the check that it makes; ready to run."""
    from jntui.model import Endpoint, Machine
    from jntui.monitor.pool import Pool
    from jntui.monitor.reach import Reach
    from jntui.transport import HttpTransport

    reach = Reach(Machine("bench", "bench", "/"), {}, HttpTransport())

    def run() -> list[Found]:
        results: list[Found] = [("nothing", 0.0)] * len(endpoints)
        done = threading.Semaphore(0)
        pool = Pool()

        def check(place: int, url: str) -> None:
            begin = time.perf_counter()
            COUNT.begin()
            endpoint = Endpoint(None, url, None, None, "this-machine", None, "custom")
            verdict = reach.check(None, endpoint, deadline_s).verdict
            COUNT.end()
            results[place] = (verdict, time.perf_counter() - begin)
            done.release()

        for place, (_, url) in enumerate(endpoints):
            pool.submit(partial(check, place, url))
        for _ in endpoints:
            done.acquire()
        pool.close()
        return results

    return run


def plain_requests(endpoints: list[tuple[str, str]], deadline_s: float) -> Callable[[], list[Found]]:
    """`requests.get` in a thread pool of the same size, each given up at the deadline, which requests does not know."""
    import requests

    from jntui.monitor.pool import Pool

    def get(url: str, found: list[str]) -> None:
        COUNT.begin()
        try:
            reply = requests.get(f"{url}api", timeout=(deadline_s / 2, deadline_s / 2))
            found.append("alive" if reply.status_code == 200 and "version" in reply.json() else "not-jupyter")
        except (requests.RequestException, ValueError) as error:
            found.append(type(error).__name__)
        COUNT.end()

    def bounded(url: str) -> Found:
        begin = time.perf_counter()
        found: list[str] = []
        thread = threading.Thread(target=get, args=(url, found), daemon=True)
        thread.start()
        thread.join(deadline_s)
        return (found[0] if found else "hung", time.perf_counter() - begin)

    def run() -> list[Found]:
        with ThreadPoolExecutor(Pool().limit) as pool:
            return list(pool.map(bounded, [url for _, url in endpoints]))

    return run


ENGINES = {"jntui": jntui, "requests": plain_requests}


def is_wrong(engine: str, kind: str, found: str) -> bool:
    """jntui has to tell the kinds apart; of the other it is asked only whether it finds the living."""
    return found not in RIGHT[kind] if engine == "jntui" else (found == "alive") != (kind in ALIVE)


def main() -> None:
    """Runs one round and ends without waiting for what hangs."""
    engine, deadline_s = sys.argv[1], float(sys.argv[2])
    endpoints: list[tuple[str, str]] = [tuple(pair) for pair in json.load(sys.stdin)]
    warm = next(pair for pair in endpoints if pair[0] == "up")
    ENGINES[engine]([warm], deadline_s)()
    COUNT.watch()
    run = ENGINES[engine](endpoints, deadline_s)
    threads = Watch()
    memory, cpu, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time(), time.perf_counter()
    results = run()
    figures = Round(
        wall_s=time.perf_counter() - begin,
        cpu_s=time.process_time() - cpu,
        threads=threads.end(),
        grown_mb=(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024,
        most_bytes=COUNT.most,
        slowest_s=max(seconds for _, seconds in results),
        hung=sum(found == "hung" for found, _ in results),
    )
    pairs = zip(endpoints, results, strict=True)
    figures.wrong = [f"{kind}: {found}" for (kind, _), (found, _) in pairs if is_wrong(engine, kind, found)]
    print(json.dumps(asdict(figures)), flush=True)
    os._exit(0)


class Watch:
    """The most threads at one time, looked at every 20 ms."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._most = 0
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self._most = max(self._most, threading.active_count() - 1)

    def end(self) -> int:
        self._over.set()
        return self._most


if __name__ == "__main__":
    main()
