"""Settings for the rules: read once for many endpoints, again for another life of the server, and never fatal."""

from __future__ import annotations

import threading
from dataclasses import replace

from jntui.model import Configuration, Server, Setting, Source
from jntui.monitor.server_settings import ServerSettings
from jntui.process import Processes

SERVER = Server("jpserver-7", "running", pid=None, port=8888)


def setting(name: str, value: object) -> Setting:
    return Setting(name, "ServerApp", "path", "", "", value, repr(value), Source("default"))


def test_many_who_ask_at_once_have_it_read_once() -> None:
    reads: list[str] = []
    begun = threading.Event()

    def read(server: Server) -> Configuration:
        reads.append(server.id)
        begun.wait(10)
        return Configuration(server=server.id)

    shelf = ServerSettings(read, Processes())
    threads = [threading.Thread(target=shelf.of, args=(SERVER,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    assert reads == ["jpserver-7"]
    assert shelf.known(SERVER) == Configuration(server="jpserver-7")
    assert shelf.known(replace(SERVER, pid=9)) is None, "another life of the server"
    shelf.of(replace(SERVER, pid=9))
    assert len(reads) == 2


def test_what_cannot_be_read_is_none_and_not_asked_again_at_once() -> None:
    reads: list[str] = []

    def read(server: Server) -> Configuration:
        reads.append(server.id)
        raise OSError("a disk that is gone")

    shelf = ServerSettings(read, Processes())
    assert shelf.of(SERVER) is None
    assert shelf.of(SERVER) is None
    assert len(reads) == 1


def test_a_file_is_named_from_the_root() -> None:
    found = Configuration((setting("certfile", "/etc/ssl/box.pem"), setting("keyfile", "box.key")))
    shelf = ServerSettings(lambda server: found, Processes())
    assert shelf.file(SERVER, "certfile") == "/etc/ssl/box.pem"
    assert shelf.file(SERVER, "keyfile") == "", "relative to a directory that is not known"
    assert shelf.file(SERVER, "client_ca") == ""
