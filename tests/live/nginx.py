"""A real nginx in front of a real server: one process, one port for each way of passing requests on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.live.servers import free_port, wait_for

UPGRADE = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
HOST = "proxy_set_header Host $http_host;"


def unavailable() -> str:
    """Why no nginx can be started here; empty if one can."""
    return "" if _program() else "nginx is not installed"


def _program() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def nginx(folder: Path, locations: Mapping[str, str]) -> Iterator[dict[str, int]]:
    """Runs it while the block lasts: name -> the port of a `server` block with these directives in it."""
    ports = {name: free_port() for name in locations}
    blocks = "\n".join(
        f"server {{ listen 127.0.0.1:{ports[name]}; {directives} }}" for name, directives in locations.items()
    )
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi"))
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log {folder}/access.log; {places} scgi_temp_path {folder}/scgi;\n{blocks}\n}}\n"
    )
    program = _program()
    assert program is not None, "nginx is not installed"
    argv = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            wait_for(lambda: process.poll() is not None or (folder / "nginx.pid").exists(), "nginx to start", 20)
            assert process.poll() is None, (folder / "error.log").read_text()
            yield ports
        finally:
            process.terminate()
            process.wait(15)
