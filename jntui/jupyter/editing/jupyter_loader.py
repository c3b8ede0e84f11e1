"""Runs under the server's own Python, which has Jupyter and not jntui: loads all config as that server would.

Never imported by jntui: its text is handed to that Python, which may be as old as 3.6 with Notebook 6. What is to be
loaded comes as `request`; answers are lines of JSON, each behind the request's mark. Every load is a forked child,
which opens no socket and writes no file: `open` gives the new bytes for the files that would be replaced.
"""

import builtins
import importlib
import io
import json
import logging
import os
import re
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # At run time they are there already: the text of that module goes before this one.
    from jntui.jupyter.editing.jupyter_traits import (
        LIMIT,
        SERVERS,
        flat,
        judge,
        masked,
        objects_of,
        traits_of,
        without_certificate,
        words,
    )


class Replaced:
    """The files as they would be, seen through `open` and `os.path`."""

    def __init__(self, files: Any) -> None:
        self.files = {os.path.realpath(path): content for path, content in files.items()}
        self.real_open = builtins.open
        self.opened = set()  # type: Any

    def key(self, path: Any) -> Any:
        """The path under which a replaced file is known, None for any other."""
        try:
            real = os.path.realpath(os.fspath(path))
        except (TypeError, ValueError):
            return None
        real = os.fsdecode(real)
        return real if real in self.files else None

    def open(self, file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        """As the built-in; only a look at a replaced file differs."""
        key = None if isinstance(file, int) else self.key(file)
        if key is None or set(mode) & set("wax+"):
            return self.real_open(file, mode, *args, **kwargs)
        content = self.files[key]
        self.opened.add(key)
        if content is None:
            raise FileNotFoundError(2, os.strerror(2), str(file))
        stream = io.BytesIO(content)
        if "b" in mode:
            return stream
        names = ("buffering", "encoding", "errors", "newline")
        given = dict(zip(names, args))
        given.update(kwargs)
        return io.TextIOWrapper(
            stream, encoding=given.get("encoding"), errors=given.get("errors"), newline=given.get("newline")
        )

    def install(self) -> None:
        """From here on this process sees the new files."""
        builtins.open = self.open
        io.open = self.open
        if hasattr(io, "open_code"):
            real_code = io.open_code
            io.open_code = lambda path: self.open(path, "rb") if self.key(path) else real_code(path)
        for name in ("isfile", "exists"):
            setattr(os.path, name, self.seen(getattr(os.path, name)))
        os.path.getsize = self.sized(os.path.getsize)

    def seen(self, real: Any) -> Any:
        """`os.path.isfile`, and the like, for the new files."""

        def look(path: Any) -> bool:
            key = None if isinstance(path, int) else self.key(path)
            return bool(real(path)) if key is None else self.files[key] is not None

        return look

    def sized(self, real: Any) -> Any:
        """`os.path.getsize`, which Jupyter asks before it reads a JSON file."""

        def size(path: Any) -> int:
            content = self.files.get(self.key(path))
            return int(real(path)) if content is None else len(content)

        return size


class Loaded:
    """What the loader of one child read, file by file, and what went wrong in it."""

    def __init__(self) -> None:
        self.files = {}  # type: Any
        self.failures = []  # type: Any
        self.foreign = None  # type: Any

    def watch(self) -> None:
        """Around the loaders of traitlets: what they give, what they raise."""
        loader = importlib.import_module("traitlets.config.loader")
        for cls in (loader.PyFileConfigLoader, loader.JSONFileConfigLoader):
            cls.load_config = self.watched(cls.load_config, loader.ConfigFileNotFound)

    def watched(self, real: Any, not_found: Any) -> Any:
        """One loader's `load_config`."""

        def load_config(loader: Any) -> Any:
            self.refuse_foreign(loader)
            try:
                config = real(loader)
            except not_found:
                raise
            except BaseException as error:
                self.failures.append([str(loader.full_filename or loader.filename), words(error)])
                raise
            self.files[os.path.realpath(loader.full_filename)] = flat(config)
            return config

        return load_config

    def refuse_foreign(self, loader: Any) -> None:
        """Root executes no file that somebody else may have written."""
        if not hasattr(os, "geteuid") or os.geteuid() != 0:
            return
        find = sys.modules[type(loader).__module__].__dict__.get("filefind")
        if find is None:
            find = importlib.import_module("traitlets.config.loader").filefind
        try:
            path = find(loader.filename, loader.path)
            owner = os.stat(path).st_uid
        except OSError:
            return  # not there, or one that would be new
        if owner != 0:
            self.foreign = [path, owner]
            raise SystemExit(77)


class Log(io.StringIO):
    """What would stand on the terminal, cut."""

    def write(self, text: str) -> int:
        """As any stream."""
        return super().write(text[:LIMIT]) if self.tell() < 20 * LIMIT else len(text)


def silence() -> Any:
    """A guest leaves no trace: no directory, no secret's file, no migration."""
    core = importlib.import_module("jupyter_core.application")  # type: Any
    core.JupyterApp.migrate_config = lambda self: None
    core.ensure_dir_exists = lambda path, mode=0o777: None
    ipython = os.environ.get("IPYTHONDIR") or os.path.expanduser("~/.ipython")
    real = os.mkdir

    def mkdir(path: Any, *args: Any, **kwargs: Any) -> None:
        """IPython makes its directory when it is asked for the place."""
        if os.fspath(path) != ipython:
            real(path, *args, **kwargs)

    os.mkdir = mkdir
    return core.JupyterApp


def stub(cls: Any, names: str) -> None:
    """Steps that open something, or do work that no setting hangs on."""
    for name in names.split():
        if hasattr(cls, name):
            setattr(cls, name, lambda self, *args, **kwargs: None)


def start(app: str, argv: Any) -> Any:
    """The application, initialized up to where it would listen."""
    base = silence()
    if app == "notebook6":
        cls = importlib.import_module("notebook.notebookapp").NotebookApp
        stub(cls, "init_terminals init_server_extensions init_signal _write_cookie_secret_file")
        if hasattr(cls, "init_webapp"):
            cls.init_webapp = _without_listening(cls.init_webapp)
        server = cls.instance()
        server.initialize(argv)
        return server
    if app == "gateway":
        cls = importlib.import_module("kernel_gateway.gatewayapp").KernelGatewayApp
        server = cls.instance()
        base.initialize(server, argv)
        return server
    cls = importlib.import_module("jupyter_server.serverapp").ServerApp
    stub(cls, "init_httpserver load_server_extensions init_signal init_metrics _write_cookie_secret_file")
    if app == "server":
        server = cls.instance()
        server.initialize(argv)
        return server
    module, name = {
        "lab": ("jupyterlab.labapp", "LabApp"),
        "notebook": ("notebook.app", "JupyterNotebookApp"),
        "classic": ("nbclassic.notebookapp", "NotebookApp"),
    }[app]
    return getattr(importlib.import_module(module), name).initialize_server(argv=argv)


class _Listening(Exception):
    pass


def _without_listening(real: Any) -> Any:
    """Notebook 6 listens at the end of `init_webapp`; all before that is its check of the settings."""

    def init_webapp(self: Any) -> None:
        module = sys.modules[type(self).__module__]
        httpserver = module.__dict__.get("httpserver")
        if httpserver is None:
            return

        def reached(*args: Any, **kwargs: Any) -> None:
            raise _Listening

        kept, httpserver.HTTPServer = httpserver.HTTPServer, reached
        try:
            real(self)
        except _Listening:
            pass  # it came as far as listening, and goes no further here
        finally:
            httpserver.HTTPServer = kept

    return init_webapp


def answer_of(request: Any, files: Any, judged: bool) -> Any:
    """One load: everything there is to say about it."""
    loaded, log = Loaded(), Log()
    sys.stdout = sys.stderr = log
    replaced = Replaced(files)
    replaced.install()
    loaded.watch()
    answer = {"exit": None, "config": {}, "traits": {}, "wishes": []}  # type: Any
    try:
        server = start(request["app"], request["argv"])
    except SystemExit as ended:
        answer["exit"] = "" if ended.code in (0, None) else str(ended.code)
        server = None
    except BaseException as error:
        answer["exit"] = words(error)
        server = None
    text = log.getvalue()
    if server is not None:
        answer["config"] = flat(server.config)
        for one in objects_of(server)[1:]:
            if type(one).__name__ in SERVERS:
                answer["config"].update(flat(one.config, type(one).__name__ + ": "))
        answer["traits"] = traits_of(server)
        answer["without certificate"] = without_certificate(server)
        if judged:
            answer["wishes"] = [judge(server, wish, text) for wish in request["wishes"]]
    answer.update(
        opened=sorted(replaced.opened),
        files=loaded.files,
        failures=loaded.failures,
        foreign=loaded.foreign,
        log=complaints(masked(text)),
    )
    return answer


def complaints(text: str) -> Any:
    """The lines that Jupyter marks as warnings or worse, without their time."""
    marked = re.findall(r"^\[([WEC]) [^\]]*\] *(.*)$", text, re.MULTILINE)
    return [[level, line[:500]] for level, line in marked][:50]


def load(request: Any, files: Any, judged: bool) -> Any:
    """Begins one load in a child of its own; what `finish` takes."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            began = time.time()
            answer = answer_of(request, files, judged)
            answer["elapsed"] = time.time() - began
            text = json.dumps(answer, default=str)
        except BaseException as error:
            text = json.dumps({"broken": words(error)})
        with io.open(write, "wb") as stream:
            stream.write(text.encode("utf-8", "replace") + b"\n")
        os._exit(0)
    os.close(write)
    return pid, read


def finish(begun: Any) -> Any:
    """Its answer."""
    pid, read = begun
    with io.open(read, "rb") as stream:
        # To the end of the line, not of the pipe: a program that the config file started may hold it open.
        text = stream.readline().decode("utf-8", "replace")
    os.waitpid(pid, 0)
    return json.loads(text) if text else {"broken": "it ended without an answer"}


def with_quick_schemas(module: str) -> None:
    """Imports this without the grammar of IRIs, which jsonschema 4.25 reads where it is: a second, and no trait asks.

    A config file that imports it gets it.
    """
    grammar = "rfc3987_syntax"
    sys.modules.setdefault(grammar, None)  # type: ignore[arg-type]
    try:
        importlib.import_module(module)
    finally:
        if sys.modules.get(grammar) is None:
            sys.modules.pop(grammar, None)


def main(request: Any) -> None:
    """Imports Jupyter once, then loads the files as they are and as they would be."""
    out = os.dup(1)
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silent, descriptor)
    logging.raiseExceptions = False

    def say(kind: str, value: Any) -> None:
        os.write(out, (request["mark"] + json.dumps([kind, value]) + "\n").encode("utf-8", "replace"))

    if not request["from_cwd"]:
        sys.path[:] = [path for path in sys.path if path]
    try:
        os.chdir(request["cwd"])
        modules = {"lab": "jupyterlab.labapp", "notebook": "notebook.app", "classic": "nbclassic.notebookapp"}
        modules.update(server="jupyter_server.serverapp", notebook6="notebook.notebookapp")
        importlib.import_module("jupyter_core.application")
        with_quick_schemas(modules.get(request["app"], "kernel_gateway.gatewayapp"))
    except BaseException as error:
        say("no jupyter", words(error))
        return
    import base64

    new = {path: None if text is None else base64.b64decode(text) for path, text in request["files"].items()}
    say("imported", True)
    before, after = load(request, {}, False), load(request, new, True)
    said = [finish(before), finish(after)]
    say("before", said[0])
    say("after", said[1])
    if differing(said[0], said[1]) - set(request["names"]):
        # What is another one at each load, such as a token that is made up there, is not changed by the new file.
        say("again", finish(load(request, {}, False)))


def differing(one: Any, other: Any) -> Any:
    """The names of settings that the files of two loads set otherwise."""
    files = one.get("files") or {}, other.get("files") or {}
    found = set()  # type: Any
    for path in set(files[0]) | set(files[1]):
        old, new = files[0].get(path, {}), files[1].get(path, {})
        found.update(name for name in set(old) | set(new) if old.get(name) != new.get(name))
    return found


if __name__ == "jntui_loader":
    main(globals()["request"])
