"""Starts that fail, or that read other files, for what stands beside the settings: extensions, classes, options."""

from __future__ import annotations

from tests.live.settings_rows import Row, py

LAB = {"home/lab.py": py(port=9001)}
D = "prefix/jupyter_server_config.d/x.json"


def _extensions(name: str, text: str, *, ends: bool = False) -> Row:
    """The lab is enabled by its package, and the server's file says something of it."""
    on = '{"ServerApp": {"jpserver_extensions": {"jupyterlab": true}}}'
    return Row(name, {**LAB, D: on, "home/server.py": text}, ends=ends)


def _listed(value: str, *, ends: bool = False) -> Row:
    """What a package says of the lab."""
    return Row(f"listed {value}", {**LAB, D: f'{{"ServerApp": {{"jpserver_extensions": {value}}}}}'}, ends=ends)


TRAIT = "c.ServerApp.jpserver_extensions"
ENABLING = (
    _extensions("nothing said", ""),
    _extensions("off", f"{TRAIT} = {{'jupyterlab': False}}\n"),
    _extensions("0", f"{TRAIT} = {{'jupyterlab': 0}}\n"),
    _extensions("1", f"{TRAIT} = {{'jupyterlab': 1}}\n"),
    *(
        _extensions(f"of a wrong type: {one}", f"{TRAIT} = {one}\n", ends=True)
        for one in ("{'jupyterlab': 'no'}", "{'jupyterlab': None}", "['jupyterlab']", "'jupyterlab'", "None")
    ),
    Row("an option", LAB, ("--ServerApp.jpserver_extensions={'jupyterlab': False}",)),
    Row("an option with a name", LAB, ("--ServerApp.jpserver_extensions=jupyterlab=1",)),
    Row("an option without a value", LAB, ("--ServerApp.jpserver_extensions=jupyterlab",), ends=True),
    *(_listed(f'{{"jupyterlab": {one}}}') for one in ("1", "0", "true")),
    *(_listed(one, ends=True) for one in ('["jupyterlab"]', "5", "false", '"x"')),
    _listed("null"),
    *(Row(f"a list that is {one or 'empty'}", {**LAB, D: one}) for one in ("{", "", "{}", '{"ServerApp": null}')),
    *(Row(f"a list that is {one}", {**LAB, D: one}, ends=True) for one in ("[]", "null", '{"ServerApp": 5}')),
)
UNKNOWN = tuple(
    _extensions(text, text + "\n")
    for text in (
        f"{TRAIT} = dict(jupyterlab=False)",
        f"X = {{'jupyterlab': False}}\n{TRAIT} = X",
        f"{TRAIT}.update({{'jupyterlab': False}})",
        f"{TRAIT} = {{}}\n{TRAIT}['jupyterlab'] = False",
        f"import os\nif os.sep:\n    {TRAIT} = {{'jupyterlab': False}}",
    )
)
"""Only running the server's file tells whether the lab's is read."""
_NULL = '{"ServerApp": null}'
_PORT = '{"ServerApp": {"port": 9005}}'
NULLS = (
    Row("null below a higher directory", {"home/server.json": _NULL, "prefix/server.json": _PORT}),
    Row("null in the highest directory", {"prefix/server.json": _NULL, "home/server.json": _PORT}),
    Row("null beside a .py", {"home/server.json": _NULL, "home/server.py": py(port=9005)}),
    Row("null above a .py", {"prefix/server.json": _NULL, "home/server.py": py(port=9005)}),
    Row("null and an option", {"prefix/server.json": _NULL}, ("--port=9005",)),
    Row("null in the base file", {"home/base.json": _NULL}, ends=True),
    Row("null in the lab's file", {"home/lab.json": _NULL, "home/server.py": py(port=9005)}),
    Row("another section is null", {"home/server.json": '{"IdentityProvider": null}'}, ends=True),
    Row("another section is null beside a .py", {
        "home/server.json": '{"IdentityProvider": null}', "home/server.py": "c.IdentityProvider.token = 'abc'\n"
    }),
)  # fmt: skip
_CLASSES = ("kernel_manager_class", "identity_provider_class", "login_handler_class", "contents_manager_class")
FAILING = (
    Row("no token file", environ={"JUPYTER_TOKEN_FILE": "/no/such"}, ends=True),
    Row("a directory for a token file", environ={"JUPYTER_TOKEN_FILE": "/tmp"}, ends=True),
    Row("a program for a token file", environ={"JUPYTER_TOKEN_FILE": "/bin/ls"}, ends=True),
    Row("no token file, and a token", environ={"JUPYTER_TOKEN_FILE": "/no/such", "JUPYTER_TOKEN": "abc"}),
    *(Row(f"no {one}", {"home/server.py": py(**{one: "no.such.Class"})}, ends=True) for one in _CLASSES),
    Row("a class without a module", {"home/server.py": py(kernel_manager_class="nosuch")}, ends=True),
    Row("settings of tornado", {"home/server.py": py(tornado_settings=5)}, ends=True),
    Row("a gateway that is no URL", {"home/server.py": "c.GatewayClient.url = 'foo'\n"}, ends=True),
    *(
        Row("option " + " ".join(words), {"cwd/a.py": "", "cwd/b.py": ""}, words, ends=True)
        for words in (("--config=a.py", "--config=b.py"), ("--port",), ("--ip", "--no-browser"), ("--no-browser=1",),
                      ("-no-browser",), ("--nosuch",), ("--ServerApp.port",), ("nosuch.ipynb",),
                      ("--port=1", "--port=2"))
    ),
    *(
        Row("option " + " ".join(words), argv=words)
        for words in (("-port=9001",), ("-port", "9001"), ("-ServerApp.port=9001",), ("--por=9001",), ("--nosuch=5",))
    ),
)  # fmt: skip
START_ROWS = (*ENABLING, *NULLS, *FAILING)
