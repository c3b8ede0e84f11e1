"""Runs under the server's own Python, which has Jupyter and not jntui: loads all config as that server would.

Never imported by jntui: its text is handed to that Python, which may be as old as 3.6 with Notebook 6. What is to be
loaded comes as `request`; answers are lines of JSON, each behind the request's mark. Every load is a forked child,
which opens no socket and writes no file: `open` gives the new bytes for the files that would be replaced.
"""

import builtins
import hashlib
import importlib
import io
import json
import logging
import os
import re
import sys
import time
import traceback
from typing import Any

MISSING = "<missing>"
SERVERS = ("ServerApp", "NotebookApp", "LabApp", "JupyterNotebookApp", "ExtensionApp", "KernelGatewayApp")
MOVED = {"password": "hashed_password", "token": "token", "password_required": "password_required"}
"""Traits of ServerApp that Jupyter Server 2 hands on to its identity provider."""
FILES_OF_TLS = ("certfile", "keyfile", "client_ca", "ssl_options")
LIMIT = 4000


def is_secret(name: str) -> bool:
    """A trait whose value is shown to nobody."""
    return any(word in name for word in ("token", "password", "secret", "passphrase"))


def canonical(value: Any, depth: int = 0) -> str:
    """A text that is equal for equal values in two processes: no address of an object is in it."""
    if depth > 20:
        return "deep"
    if isinstance(value, dict):
        pairs = sorted((canonical(key, depth + 1), canonical(item, depth + 1)) for key, item in value.items())
        return type(value).__name__ + repr(pairs)
    if isinstance(value, (list, tuple)):
        return type(value).__name__ + repr([canonical(item, depth + 1) for item in value])
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + repr(sorted(canonical(item, depth + 1) for item in value))
    code = getattr(value, "__code__", None)
    if code is not None:
        constants = [canonical(item, depth + 1) for item in code.co_consts]
        return "function" + repr((code.co_name, code.co_code, code.co_names, constants))
    return type(value).__name__ + re.sub(r"0x[0-9a-fA-F]+", "0x", repr(value))


def flat(config: Any, prefix: str = "") -> Any:
    """`ServerApp.ip` -> [digest, one line for people; None for a secret]."""
    found = {}
    for key, value in config.items():
        name = prefix + str(key)
        if isinstance(value, dict) and (not prefix or str(key)[:1].isupper()):
            found.update(flat(value, name + "."))
        else:
            digest = hashlib.sha256(canonical(value).encode("utf-8", "replace")).hexdigest()
            found[name] = [digest, None if is_secret(name.lower()) else repr(value)[:200]]
    return found


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


def words(error: BaseException) -> str:
    """The end of Python's own report: for a syntax error the line and the caret, else the last line."""
    lines = traceback.format_exception_only(type(error), error)
    return masked("".join(lines)[-LIMIT:])


def masked(text: str) -> str:
    """traitlets puts the wrong value into its message; that of a secret is left out."""
    return re.sub(r"(The '\w*(?:token|password|secret)\w*' trait of .* expected .*?), not .*", r"\1", text)


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


def objects_of(server: Any) -> Any:
    """What the server made: each reads its own traits from the config."""
    names = (
        "identity_provider authorizer kernel_manager contents_manager session_manager kernel_spec_manager "
        "config_manager gateway_config kernel_websocket_connection_class"
    )
    found = [server] + [getattr(server, name, None) for name in names.split()]
    manager = getattr(server, "extension_manager", None)
    for apps in (getattr(manager, "extension_apps", None) or {}).values() if manager is not None else ():
        found += sorted(apps, key=lambda one: type(one).__name__)
    return [one for one in found if one is not None and hasattr(one, "has_trait")]


def holders(server: Any, cls: str, trait: str) -> Any:
    """The objects whose trait this setting decides."""
    every = objects_of(server)
    named = [one for one in every if cls in [kind.__name__ for kind in type(one).__mro__] and one.has_trait(trait)]
    if cls in SERVERS:
        found = named or ([server] if server.has_trait(trait) else [])
        provider = getattr(server, "identity_provider", None)
        moved = MOVED.get(trait)
        if moved and provider is not None and provider.has_trait(moved):
            return [(provider, moved)]
        if trait == "notebook_dir" and not found and server.has_trait("root_dir"):
            return [(server, "root_dir")]
        return [(one, trait) for one in found]
    return [(one, trait) for one in named]


def class_named(name: str) -> Any:
    """A configurable class that is loaded though nothing of it was made."""
    base = importlib.import_module("traitlets.config").Configurable
    left = [base]
    while left:
        cls = left.pop()
        if cls.__name__ == name:
            return cls
        left += cls.__subclasses__()
    return None


def judge(server: Any, wish: Any, log: str) -> Any:
    """One wished value: `problem` (None: it is effective), `note`."""
    cls, trait = wish["cls"], wish["trait"]
    value = eval(wish["value"], {"__builtins__": {}})  # noqa: S307 - a literal that jntui itself wrote with repr
    found = holders(server, cls, trait)
    if not found:
        known = class_named(cls)
        if known is not None and trait not in known.class_traits(config=True):
            return {"problem": "unknown", "words": unknown(log, cls, trait)}
        return {"problem": None, "note": "nothing of class " + cls + " is made at the start: its type was not tried"}
    for holder, name in found:
        try:
            old = getattr(holder, name)
            setattr(holder, name, value)
            new = getattr(holder, name)
        except Exception as error:
            return {"problem": "refused", "words": words(error)}
        if canonical(old) != canonical(new):
            return {"problem": "shadowed", "words": "", "shown": None if is_secret(name) else repr(old)[:200]}
    problem = outside(server, trait) if found[0][0] is server else ""
    return {"problem": "refused" if problem else None, "words": problem}


def unknown(log: str, cls: str, trait: str) -> str:
    """Jupyter's own warning about it, where it gave one."""
    sign = "`" + trait + "`"
    lines = [line for line in log.splitlines() if "not recognized" in line and sign in line]
    return lines[-1].partition("] ")[2] if lines else cls + " has no trait " + trait


def outside(server: Any, trait: str) -> str:
    """What Jupyter would stumble over when it listens; empty if nothing."""
    import socket

    if trait == "port" and not 0 <= server.port <= 65535:
        return "OverflowError: bind(): port must be 0-65535."
    try:
        if trait == "ip" and server.ip:
            family, kind, protocol, _name, address = socket.getaddrinfo(
                server.ip, 0, 0, socket.SOCK_STREAM, 0, socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.bind(address)
        if trait in FILES_OF_TLS:
            options = {key: item for key, item in dict(getattr(server, "ssl_options", None) or {}).items() if item}
            for name, key in (("certfile", "certfile"), ("keyfile", "keyfile"), ("client_ca", "ca_certs")):
                if getattr(server, name, ""):
                    options[key] = getattr(server, name)
            for key in ("certfile", "keyfile", "ca_certs"):
                if options.get(key) and not os.path.exists(options[key]):
                    return key + ' "' + str(options[key]) + '" does not exist'
            if options.get("certfile"):
                importlib.import_module("tornado.netutil").ssl_options_to_context(options)
    except Exception as error:
        return words(error)
    return ""


def traits_of(server: Any) -> Any:
    """Every configurable trait of what was made, for what follows from a change: `ServerApp.allow_remote_access`."""
    found = {}
    for one in objects_of(server):
        for name in sorted(one.class_traits(config=True)):
            key = type(one).__name__ + "." + name
            if key in found or is_secret(name) or name == "tornado_settings":
                continue
            try:
                found[key] = re.sub(r"0x[0-9a-fA-F]+", "0x", repr(getattr(one, name)))[:200]
            except Exception:  # noqa: S112 - a default that cannot be worked out follows from nothing
                continue
    return found


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
            stream.write(text.encode("utf-8", "replace"))
        os._exit(0)
    os.close(write)
    return pid, read


def finish(begun: Any) -> Any:
    """Its answer."""
    pid, read = begun
    with io.open(read, "rb") as stream:
        text = stream.read().decode("utf-8", "replace")
    os.waitpid(pid, 0)
    return json.loads(text) if text else {"broken": "it ended without an answer"}


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
        importlib.import_module(modules.get(request["app"], "kernel_gateway.gatewayapp"))
    except BaseException as error:
        say("no jupyter", words(error))
        return
    import base64

    new = {path: None if text is None else base64.b64decode(text) for path, text in request["files"].items()}
    say("imported", True)
    before, after = load(request, {}, False), load(request, new, True)
    say("before", finish(before))
    say("after", finish(after))


if __name__ == "jntui_loader":
    main(globals()["request"])
