"""What Jupyter itself makes of config files, options and variables: run under a Python that has Jupyter.

Each line of standard input is a start as JSON (`app`, `argv`, `environ`, `cwd`, `log`), each line of standard output
its answer: the traits that Jupyter's own application has once it is initialized, or {"exit": status} if it ends
instead. Jupyter is imported once; every start is a forked child, which opens no socket.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
import warnings

TRAITS = [
    "ip",
    "port",
    "port_retries",
    "sock",
    "base_url",
    "custom_display_url",
    "root_dir",
    "notebook_dir",
    "open_browser",
    "allow_unauthenticated_access",
    "allow_remote_access",
    "local_hostnames",
    "trust_xheaders",
    "certfile",
    "keyfile",
    "client_ca",
    "allow_origin",
    "allow_origin_pat",
    "allow_credentials",
    "disable_check_xsrf",
    "allow_root",
    "quit_button",
    "shutdown_no_activity_timeout",
    "websocket_ping_interval",
    "password_required",
]


def _tls(server):
    """What tornado finds wrong with the certificate files, before any socket."""
    from tornado.httpserver import HTTPServer

    return HTTPServer(server.web_app, ssl_options=server.ssl_options)


def _server(app, argv):
    from jupyter_server.serverapp import ServerApp

    ServerApp.init_httpserver = lambda self: _tls(self) and None
    for name in ("load_server_extensions", "init_signal", "init_metrics"):
        setattr(ServerApp, name, lambda self: None)
    if app == "server":
        server = ServerApp.instance()
        server.initialize(argv)
    elif app == "lab":
        from jupyterlab.labapp import LabApp

        server = LabApp.initialize_server(argv=argv)
    else:
        from notebook.app import JupyterNotebookApp

        server = JupyterNotebookApp.initialize_server(argv=argv)
    provider = server.identity_provider
    found = {name: getattr(server, name) for name in TRAITS if name not in {"notebook_dir", "password_required"}}
    found.update(
        token=provider.token,
        generated=bool(provider.token_generated),
        hashed_password=getattr(provider, "hashed_password", ""),
        password_required=getattr(provider, "password_required", False),
        cull_idle_timeout=server.kernel_manager.cull_idle_timeout,
        paths=server.config_file_paths,
    )
    return found


def _notebook6(argv):
    from notebook.notebookapp import NotebookApp

    for name in ("init_webapp", "init_terminals", "init_server_extensions", "init_signal"):
        setattr(NotebookApp, name, lambda self: None)
    app = NotebookApp.instance()
    app.initialize(argv)
    found = {name: getattr(app, name) for name in TRAITS if app.has_trait(name)}
    token = app.token
    found.update(
        token=token,
        generated=bool(app._token_generated),
        password=app.password,
        cull_idle_timeout=app.kernel_manager.cull_idle_timeout,
        paths=app.config_file_paths,
    )
    return found


def _answer(case):
    os.environ.clear()
    os.environ.update(case["environ"])
    os.chdir(case["cwd"])
    # Some of its paths are worked out from the environment when it is imported.
    importlib.reload(sys.modules["jupyter_core.paths"])
    try:
        return _notebook6(case["argv"]) if case["app"] == "nb6" else _server(case["app"], case["argv"])
    except SystemExit as ended:
        return {"exit": ended.code}
    except Exception as error:  # noqa: BLE001 - whatever ends Jupyter is the answer
        return {"exit": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}


def _child(case):
    """One start in a process of its own; its answer in a line, all else it prints thrown away."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        silent = os.open(os.devnull, os.O_WRONLY)
        log = os.open(case["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(silent, 1)
        os.dup2(log, 2)
        text = json.dumps(_answer(case), default=str)
        with os.fdopen(write, "w", encoding="utf-8") as stream:
            stream.write(text)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as stream:
        text = stream.read()
    os.waitpid(pid, 0)
    return text or '{"exit": "it ended without an answer"}'


def main():
    warnings.simplefilter("ignore")
    if sys.argv[1:] == ["nb6"]:
        import notebook.notebookapp
    else:
        import jupyterlab.labapp  # noqa: F401
        import notebook.app  # noqa: F401
    for line in sys.stdin:
        print(_child(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
