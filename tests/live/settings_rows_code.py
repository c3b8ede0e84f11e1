"""Starts with config files that do more than assign: each value is computed, or what a real Jupyter has."""

from __future__ import annotations

from tests.live.settings_rows import ARGON, SHA, Row, password, py

PORT = py(port=9001)
NO_MODULE = "no_such_module_at_all"

SETS_PORT: tuple[tuple[str, int], ...] = (
    ("exec('c.ServerApp.port = 9001')", 1),
    ("code = 'c.ServerApp.port = 9001'\nexec(compile(code, 'x', 'exec'))", 2),
    ("for n, v in {'port': 9001}.items():\n    setattr(c.ServerApp, n, v)", 2),
    ("c.ServerApp.setdefault('port', 9001)", 1),
    ("c.ServerApp.__setitem__('port', 9001)", 1),
    ("c.ServerApp.__setattr__('port', 9001)", 1),
    ("n = ''.join(('Server', 'App'))\ngetattr(c, n).port = 9001", 2),
    ("getattr(c, 'Server' + 'App').port = 9001", 1),
    ("import os\nn = os.environ.get('NOT_SET', 'ServerApp')\nc[n]['port'] = 9001", 3),
    ("x = 'Server'\nc[f'{x}App'].port = 9001", 2),
    ("def f(cfg):\n    cfg.port = 9001\nf(c.ServerApp)", 2),
    ("def f(cfg):\n    cfg.ServerApp.port = 9001\nf(c)", 2),
    ("def f():\n    c.ServerApp.port = 9001\nf()", 2),
    ("def f(x=c.ServerApp):\n    x.port = 9001\nf()", 2),
    ("def f():\n    return c.ServerApp\nf().port = 9001", 3),
    ("f = lambda k, v: setattr(c.ServerApp, k, v)\nf('port', 9001)", 1),
    ("(s := c.ServerApp).port = 9001", 1),
    ("if (s := c.ServerApp) is not None:\n    s.port = 9001", 2),
    ("s = setattr\ns(c.ServerApp, 'port', 9001)", 2),
    ("setattr(*(c.ServerApp, 'port', 9001))", 1),
    ("import operator\noperator.setitem(c.ServerApp, 'port', 9001)", 2),
    ("globals()['c'].ServerApp.port = 9001", 1),
    ("dict.update(c.ServerApp, port=9001)", 1),
    ("d = {'s': c.ServerApp}\nd['s'].port = 9001", 2),
    ("for c.ServerApp.port in (9001,):\n    pass", 1),
    ("f'{c.ServerApp.update(port=9001)}'", 1),
    ("d = {'port': 9001}\nc.ServerApp.update(d)", 2),
    ("from os.path import *\nsetattr(c.ServerApp, basename('port'), 9001)", 1),
    ("import sys\nsys._getframe().f_globals['c'].ServerApp.port = 9001", 2),
    ("import inspect\ninspect.currentframe().f_globals['c'].ServerApp.port = 9001", 2),
    ("import builtins\nbuiltins.cc = c\ncc.ServerApp.port = 9001", 3),
    ("from traitlets.config import Application as A\nA.instance().port = 9001", 2),
    ("import os\nos.environ['JUPYTER_PORT'] = '9001'", 2),
    ("import os\nos.environ.update(JUPYTER_PORT='9001')", 2),
    ("from os import environ as e\ne.setdefault('JUPYTER_PORT', '9001')", 2),
    ("import os\nfor n in ('PORT',):\n    os.environ['JUPYTER_' + n] = '9001'", 3),
    ("import os\ndef f():\n    os.environ['JUPYTER_PORT'] = '9001'\nf()", 3),
    ("import os\ne = os.environ\ne['JUPYTER_PORT'] = '9001'", 2),
    ("import os\nos.environb[b'JUPYTER_PORT'] = b'9001'", 2),
    ("import os\ngetattr(os, 'environ')['JUPYTER_PORT'] = '9001'", 2),
    ("__import__('os').environ['JUPYTER_PORT'] = '9001'", 1),
    ("from jupyter_server.serverapp import ServerApp\nServerApp._instance.port = 9001", 2),
    ("[s.update(port=9001) for s in [c.ServerApp]]", 1),
    ("(c.ServerApp,)[0].update(port=9001)", 1),
)
"""Code that sets the port to 9001 by means that only running it tells, and the line that jntui names."""

TAKES_AWAY: tuple[str, ...] = (
    PORT + "del c.ServerApp",
    PORT + "del c['Server' + 'App']",
    PORT + "c.ServerApp.pop('port')",
    PORT + "c.pop('ServerApp')",
    PORT + "c.clear()",
    "from traitlets.config import Config\ndef f():\n    global c\n    c = Config()\nf()\n" + PORT,
    PORT + "import os\nif os.sep:\n    del c.ServerApp.port",
)
"""Code after which the port is not set any more."""


def _leaves(name: str, text: str, **more: str) -> Row:
    """A file that Jupyter leaves out: what the next one says decides."""
    return Row(name, {"home/server.py": text, "home/base.py": py(port=9009), **more})


LEFT_OUT = (
    _leaves("an import that is not there", f"import {NO_MODULE}\n{PORT}"),
    _leaves("an import of a part", f"{PORT}import {NO_MODULE}.part as x\n"),
    _leaves("from it", f"from {NO_MODULE} import x\n{PORT}"),
    _leaves("a part that Notebook 7 no longer has", f"from notebook.auth import passwd\n{PORT}"),
    _leaves("a part of a module that has none", f"import jupyter_server.auth.security.no_part\n{PORT}"),
    _leaves("what IPython no longer has", f"from IPython.lib import passwd\n{PORT}"),
    _leaves("relative", f"from . import x\n{PORT}"),
    _leaves("in what it loads", f"load_subconfig('sub.py')\n{PORT}", **{"home/sub.py": f"import {NO_MODULE}\n"}),
    _leaves("a name that nothing binds", f"c = get_confg()\n{PORT}"),
    _leaves("a name before it has a value", f"{PORT}c.ServerApp.ip = late\nlate = 'x'\n"),
    _leaves("del of a name that nothing binds", f"{PORT}del nosuch\n"),
    _leaves("a division by zero", f"{PORT}x = 1 / 0\n"),
    _leaves("what a trait without a value has not", f"{PORT}c.ServerApp.nosuch.foo\n"),
    _leaves("load_subconfig as in IPython", f"{PORT}load_subconfig('s.py', profile='x')\n"),
    _leaves("a name with two underscores", f"{PORT}__x\n"),
    _leaves("raise", f"{PORT}raise ValueError('x')\n"),
    _leaves("a variable that is not set", f"import os\n{PORT}c.ServerApp.ip = os.environ['JNTUI_NO_SUCH']\n"),
    _leaves("the same by its name", f"from os import environ\n{PORT}c.ServerApp.ip = environ['JNTUI_NO_SUCH']\n"),
)
NOT_LEFT_OUT = (
    Row("an import that may fail", {
        "home/server.py": f"try:\n    import {NO_MODULE}\nexcept ImportError:\n    pass\n{PORT}"
    }),
    Row("imports that are there", {"home/server.py": f"import os.path, traitlets.config, jupyter_server\n{PORT}"}),
    Row("a part that is there", {"home/server.py": f"from jupyter_server.auth import passwd\n{PORT}"}),
    Row("a variable that is set", {"home/server.py": f"import os\nos.environ['HOME']\n{PORT}"}),
    Row(
        "a variable that it sets itself",
        {"home/server.py": f"import os\nos.environ['JNTUI_ONE'] = '1'\nos.environ['JNTUI_ONE']\n{PORT}"},
    ),
    Row("a module of a directory that it adds", {
        "home/server.py": f"import os, sys\nsys.path.insert(0, os.getcwd())\nimport own_module_of_mine\n{PORT}",
        "cwd/own_module_of_mine.py": "",
    }),
)  # fmt: skip
ENDS = tuple(
    Row(text, {"home/server.py": f"import sys, os\n{PORT}{text}\n"}, ends=True)
    for text in ("sys.exit(3)", "sys.exit()", "exit()", "quit(0)", "raise SystemExit", "raise SystemExit(4)",
                 "raise KeyboardInterrupt", "os._exit(5)")
)  # fmt: skip
REFUSED = (
    Row("a port of halves", {"home/server.py": py(port=9001.5)}, ends=True),
    Row("a port that is True", {"home/server.py": py(port=True)}, ends=True),
    Row("a negative port", {"home/server.py": py(port=-1)}, ends=True),
    Row("brackets", {"home/server.py": py(ip="[::]")}, ends=True),
    Row("a URL for an address", {"home/server.py": py(ip="http://127.0.0.1")}, ends=True),
    Row("a port in the address", {"home/server.py": py(ip="127.0.0.1:8888")}, ends=True),
    Row("blanks around the address", {"home/server.py": py(ip="127.0.0.1 ")}, ends=True),
    Row("an address that is none", {"home/server.py": py(ip="300.1.1.1")}, ends=True),
    Row("password_required", {"home/server.py": py(password_required=True)}, ends=True),
    Row("password_required and a token", {
        "home/server.py": "c.PasswordIdentityProvider.password_required = True\nc.IdentityProvider.token = 'a'\n"
    }, ends=True),
    Row("a socket and a port", {"home/server.py": py(sock="@cwd/j.sock", port=9001)}, ends=True),
    Row("a socket and an option", {"home/server.py": py(sock="/tmp/j.sock")}, ("--port=9001",), ends=True),
    Row("a certificate that is not there", {"home/server.py": py(certfile="/no/c.pem")}, ends=True),
    Row("a certificate in a home", {"home/server.py": py(certfile="~/.jupyter/c.pem"), "home/c.pem": ""}, ends=True),
    Row("no key there", {"home/server.py": py(certfile="c.pem", keyfile="k.pem"), "cwd/c.pem": ""}, ends=True),
    Row("a key alone", {"home/server.py": py(keyfile="k.pem"), "cwd/k.pem": ""}, ends=True),
    Row("an authority alone", {"home/server.py": py(client_ca="ca.pem"), "cwd/ca.pem": ""}, ends=True),
    Row("no regular expression", {"home/server.py": py(allow_origin_pat="(")}, ends=True),
)  # fmt: skip
TAKEN = (
    Row("a port that ends with .0", {"home/server.py": py(port=9001.0, shutdown_no_activity_timeout=6e1)}),
    Row("one name instead of a list", {"home/server.py": py(local_hostnames="box")}),
    Row("a socket and the port of always", {"home/server.py": py(sock="/tmp/j.sock", port=8888)}),
    Row("a socket", {"home/server.py": py(sock="/tmp/j.sock", ip="*")}),
    Row("password_required and a password", {"home/server.py": py(password_required=True) + password(ARGON)}),
)
CLASSES = (
    Row("Configurable", {"home/server.py": "c.Configurable.port = 9001\nc.Configurable.token = 'abc'\n"}),
    Row("LoggingConfigurable", {"home/server.py": "c.LoggingConfigurable.cull_idle_timeout = 7\n"}),
    Row("LoggingConfigurable and ServerApp", {"home/server.py": py(port=9002) + "c.LoggingConfigurable.port = 9001\n"}),
    Row("Configurable below the lab", {"home/lab.py": "c.Configurable.port = 9001\nc.Configurable.open_browser = 0\n"}),
    Row("config_file_name too late", {"home/server.py": "c.JupyterApp.config_file_name = 'o'\n", "home/o.py": PORT}),
    Row("config_file_name", {
        "home/base.py": "c.JupyterApp.config_file_name = 'o'\n", "home/o.py": PORT, "home/server.py": py(ip="*")
    }),
    Row("config_file_name of ServerApp", {
        "home/base.py": "c.ServerApp.config_file_name = 'o.py'\n", "prefix/o.json": '{"ServerApp": {"port": 9003}}',
        "home/lab.py": py(ip="*"),
    }),
    Row("config_file_name as an option", {"home/o.py": PORT, "home/server.py": py(ip="*")},
        ("--JupyterApp.config_file_name=o",)),
    Row("config_file_name of the lab", {"home/base.py": "c.LabApp.config_file_name = 'o'\n", "home/o.py": PORT}),
    Row("config_file_name that is the base file", {
        "home/base.py": PORT + "c.ServerApp.config_file_name = 'jupyter_config'\n", "home/server.py": py(ip="*")
    }),
    Row("the synchronous kernel manager", {
        "home/server.py": "c.ServerApp.kernel_manager_class = "
        "'jupyter_server.services.kernels.kernelmanager.MappingKernelManager'\n"
        "c.AsyncMappingKernelManager.cull_idle_timeout = 7\nc.MappingKernelManager.cull_idle_timeout = 8\n"
    }),
    Row("a gateway's kernel manager", {
        "home/server.py": "c.GatewayClient.url = 'http://localhost:1'\n"
        "c.GatewayMappingKernelManager.cull_idle_timeout = 7\n"
    }),
    Row("the same by a variable", {"home/server.py": "c.GatewayMappingKernelManager.cull_idle_timeout = 7\n"},
        environ={"JUPYTER_GATEWAY_URL": "http://localhost:1"}),
    Row("a kernel manager of its own", {
        "home/server.py": "from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager\n"
        "class Mine(AsyncMappingKernelManager):\n    pass\n"
        "c.ServerApp.kernel_manager_class = Mine\nc.Mine.cull_idle_timeout = 7\n"
    }, computed=frozenset({"cull_idle_timeout"})),
    Row("the login without a password", {
        "home/server.py": "c.ServerApp.identity_provider_class = 'jupyter_server.auth.IdentityProvider'\n"
        f"c.PasswordIdentityProvider.token = 'abc'\nc.PasswordIdentityProvider.hashed_password = {SHA!r}\n"
    }),
    Row("a login of its own", {
        "home/server.py": "from jupyter_server.auth import PasswordIdentityProvider\n"
        "class Mine(PasswordIdentityProvider):\n    pass\n"
        f"c.ServerApp.identity_provider_class = Mine\nc.Mine.token = 'abc'\nc.Mine.hashed_password = {SHA!r}\n"
    }, computed=frozenset({"token", "hashed_password", "password_required"})),
    Row("a login by its older handlers", {
        "home/server.py": "from jupyter_server.auth.login import LegacyLoginHandler\n"
        "class Mine(LegacyLoginHandler):\n    pass\n"
        "c.ServerApp.login_handler_class = Mine\nc.LegacyIdentityProvider.token = 'abc'\n"
    }, computed=frozenset({"token", "hashed_password", "password_required"})),
)  # fmt: skip
_AT = {"JNTUI_AT": "@cwd"}
PLACES = (
    Row("a home in JUPYTER_CONFIG_DIR", {"home/server.py": PORT}, environ={"JUPYTER_CONFIG_DIR": "~/.jupyter"}),
    Row("a variable in JUPYTER_CONFIG_DIR", {"cwd/server.py": PORT},
        environ={**_AT, "JUPYTER_CONFIG_DIR": "$JNTUI_AT"}),
    Row("a variable in JUPYTER_CONFIG_PATH", {"cwd/server.py": PORT, "home/server.py": py(port=9002)},
        environ={**_AT, "JUPYTER_CONFIG_PATH": "${JNTUI_AT}/"}),
    Row("a variable that is not set", {"cwd/$JNTUI_NO/server.py": PORT},
        environ={"JUPYTER_CONFIG_DIR": "@cwd/$JNTUI_NO"}),
    Row("a home in --config", {"home/o.py": PORT}, ("--config=~/.jupyter/o.py",)),
    Row("a variable in --config", {"cwd/o.py": PORT}, ("--config=$JNTUI_AT/o.py",), environ=_AT),
    Row("a variable in config_file", {
        "cwd/o.py": PORT, "home/base.py": "c.JupyterApp.config_file = '$JNTUI_AT/o.py'\n"
    }, environ=_AT),
    Row("a home in config_file", {"home/o.py": PORT, "home/base.py": "c.JupyterApp.config_file = '~/.jupyter/o.py'\n"}),
)  # fmt: skip
NO_OBJECTS = ("null", "5", '"x"', "[]", "true")
JSON_ROWS = (
    *(
        Row(f"server.json holds {one}", {"home/server.json": one, "home/base.py": PORT}, ends=True)
        for one in NO_OBJECTS
    ),
    *(Row(f"config.json holds {one}", {"home/base.json": one, "home/server.py": PORT}) for one in NO_OBJECTS),
    Row("a section is null", {"home/server.json": '{"ServerApp": null}'}),
    Row("a section is null above others", {"home/server.json": '{"ServerApp": null}', "home/base.py": PORT}),
    *(
        Row(f"a section is {one}", {"home/server.json": f'{{"ServerApp": {one}}}'}, ends=True)
        for one in NO_OBJECTS
        if one != "null"
    ),
)
CODE_ROWS = (*JSON_ROWS, *PLACES, *LEFT_OUT, *NOT_LEFT_OUT, *ENDS, *REFUSED, *TAKEN, *CLASSES)
