"""Starts of Jupyter whose settings are worked out by jntui and by Jupyter itself: files, options, variables.

A file's key is its directory and its short name: `prefix` is sys.prefix/etc/jupyter, `home` ~/.jupyter, `path` and
`path2` are those that JUPYTER_CONFIG_PATH names here, `dir` that of JUPYTER_CONFIG_DIR, `system` one below
XDG_CONFIG_DIRS, `cwd` the working directory. `@name` in options and variables is that directory's path.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ARGON = "argon2:$argon2id$v=19$m=10240,t=10,p=8$c29tZXNhbHQ$c29tZWhhc2g"
SHA = "sha1:67c9e60bb8b6:9ffede0825894254b2e042ea597d771089e11aed"
SHA256 = "sha256:67c9e60bb8b6:9ffede0825894254b2e042ea597d771089e11aed"

WRITTEN = '{"IdentityProvider": {"hashed_password": "' + ARGON + '"}}'
"""What `jupyter server password` writes."""
PATH = {"JUPYTER_CONFIG_PATH": "@path:@path2"}
DIR = {"JUPYTER_CONFIG_DIR": "@dir"}
SYSTEM = {"JUPYTER_PLATFORM_DIRS": "1", "XDG_CONFIG_DIRS": "@system"}


@dataclass(frozen=True)
class Row:
    """One start."""

    name: str
    files: dict[str, str] = field(default_factory=dict)
    argv: tuple[str, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    """Settings that only running a file tells."""
    ends: bool = False
    """Jupyter does not start."""
    recorded: dict[str, object] = field(default_factory=dict)
    """What Jupyter was seen to have, for where it cannot be asked."""


def py(**traits: object) -> str:
    """Assignments to ServerApp."""
    return "".join(f"c.ServerApp.{name} = {value!r}\n" for name, value in traits.items())


def password(text: str) -> str:
    """The hashed password, at the class of today."""
    return f"c.PasswordIdentityProvider.hashed_password = {text!r}\n"


def server(text: str) -> str:
    """JSON of what ServerApp has."""
    return '{"ServerApp": {' + text + "}}"


def old(**traits: object) -> str:
    """Assignments to NotebookApp."""
    return "".join(f"c.NotebookApp.{name} = {value!r}\n" for name, value in traits.items())


NAMES = {
    "server": "jupyter_server_config",
    "lab": "jupyter_lab_config",
    "notebook": "jupyter_notebook_config",
    "base": "jupyter_config",
}
"""Short names of files."""

ROWS = (
    Row("nothing at all"),
    Row("one file", {"home/server.py": py(port=9001, ip="0.0.0.0", base_url="jup", open_browser=True)}),
    Row(
        "json beats py in one directory",
        {"home/server.py": py(port=9001, ip="*"), "home/server.json": server('"port": 9002')},
    ),
    Row(
        "prefix json, home py, home json",
        {
            "prefix/server.json": server('"port": 9003'),
            "home/server.py": py(port=9001, ip="::"),
            "home/server.json": server('"port": 9002, "ip": "127.0.0.1"'),
        },
    ),
    Row(
        "the same, and a port on the command line",
        {"prefix/server.json": server('"port": 9003'), "home/server.py": py(port=9001, ip="::")},
        ("--port=9999",),
    ),
    Row(
        "home before prefix when told so",
        {"prefix/server.json": server('"port": 9003'), "home/server.py": py(port=9001)},
        environ={"JUPYTER_PREFER_ENV_PATH": "0"},
    ),
    Row(
        "prefix py beats home json",
        {"prefix/server.py": py(base_url="/p/"), "home/server.json": server('"base_url": "/h/"')},
        environ={"JUPYTER_PREFER_ENV_PATH": "1"},
    ),
    Row(
        "JUPYTER_CONFIG_PATH beats prefix and home",
        {
            "path/server.py": py(port=9010),
            "path2/server.py": py(port=9011, ip="*"),
            "prefix/server.py": py(port=9012, ip="::1", base_url="/x"),
        },
        environ=PATH,
    ),
    Row(
        "JUPYTER_CONFIG_DIR in the place of home",
        {"dir/server.py": py(port=9020), "home/server.py": py(port=9021, ip="*")},
        environ=DIR,
    ),
    Row("a relative JUPYTER_CONFIG_DIR", {"cwd/sub/server.py": py(port=9022)}, environ={"JUPYTER_CONFIG_DIR": "sub"}),
    Row(
        "system directories",
        {"system/jupyter/server.py": py(port=9030, quit_button=False), "prefix/server.py": py(port=9031)},
        environ=SYSTEM,
    ),
    Row("the user's directory of the platform", {"xdg/server.py": py(port=9032)}, environ=SYSTEM),
    Row(
        "the server's file beats the base file of a higher directory",
        {"path/base.py": py(port=9040, ip="*"), "home/server.py": py(port=9041)},
        environ=PATH,
    ),
    Row("the base file alone", {"home/base.json": server('"port": 9042, "allow_origin": "*"')}),
    Row("the base file beats the lab's", {"home/base.py": py(port=9043), "home/lab.py": py(port=9044)}),
    Row("the lab's file moves every application", {"home/lab.py": py(port=9045, ip="0.0.0.0")}),
    Row(
        "the lab's file beats the notebook's",
        {"home/lab.py": py(port=9046), "path/notebook.py": py(port=9047)},
        environ=PATH,
    ),
    Row("the server's file beats both", {"home/server.py": py(port=9048), "path/lab.py": py(port=9049)}, environ=PATH),
    Row("old names in the notebook's file", {"home/notebook.py": old(ip="*", port=9050, notebook_dir="/")}),
    Row(
        "a file for Notebook 6",
        {"home/notebook.py": "c.NotebookApp.ip = u'0.0.0.0'\n" + f"c.NotebookApp.password = u'{SHA}'\n"},
    ),
    Row("old and new names in one file", {"home/notebook.py": old(port=9051) + py(port=9052)}),
    Row("old names in the server's file", {"home/server.py": py(port=9053) + old(port=9054)}),
    Row("old names in the server's file against an option", {"home/server.py": old(port=9055)}, ("--port", "9056")),
    Row(
        "old names in the base file against the server's",
        {"home/base.py": old(port=9057), "home/server.py": py(port=9058)},
    ),
    Row(
        "lab names in the lab's file",
        {"home/lab.py": "c.LabApp.port = 9060\nc.LabApp.ip = '*'\nc.ServerApp.port = 9061\n"},
    ),
    Row("lab names in the server's file", {"home/server.py": "c.LabApp.port = 9062\nc.NotebookApp.port = 9063\n"}),
    Row("lab and old names on the command line", argv=("--LabApp.port=9064", "--NotebookApp.port=9065", "--port=9066")),
    Row("Notebook 7 names", {"home/notebook.py": "c.JupyterNotebookApp.port = 9067\nc.JupyterNotebookApp.ip = '::'\n"}),
    Row("a trait that stays with the old name", {"home/notebook.py": old(quit_button=False, port=9068)}),
    Row("a trait of the old name that nobody has", {"home/notebook.py": old(no_such=1)}, ends=True),
    Row("the same where the server reads it", {"home/server.py": old(no_such=1, port=9069), "home/lab.py": py(ip="*")}),
    Row("sections of base classes", {"home/server.py": "c.JupyterApp.port = 9070\nc.Application.ip = '*'\n"}),
    Row("base class in a later file", {"home/base.py": py(port=9071), "home/server.py": "c.JupyterApp.port = 9072\n"}),
    Row(
        "--config",
        {
            "cwd/my.py": py(port=9080),
            "home/server.py": py(port=9081, ip="*"),
            "home/base.py": py(port=9082, base_url="/b"),
        },
        ("--config=my.py",),
    ),
    Row(
        "--config and the lab's file",
        {"cwd/my.json": server('"port": 9083'), "home/lab.py": py(port=9084, ip="*")},
        ("--config", "my.json"),
    ),
    Row("--config with an ending that is dropped", {"cwd/my.py": py(port=9085)}, ("--config=@cwd/my.conf",)),
    Row("--config that is not there", {"home/server.py": py(port=9086)}, ("--config=nowhere.py",)),
    Row(
        "a config file that the base file names",
        {"home/base.py": "c.JupyterApp.config_file = 'my.py'\n", "cwd/my.py": py(port=9087)},
    ),
    Row("JUPYTER_NO_CONFIG", {"home/server.py": py(port=9088)}, environ={"JUPYTER_NO_CONFIG": "1"}),
    Row("nothing is read from the working directory", {"cwd/server.py": py(port=9089)}),
    Row("config.d enables extensions only", {"home/server.d/own.json": server('"port": 9090')}),
    Row(
        "an extension that is switched off",
        {"home/server.json": server('"jpserver_extensions": {"jupyterlab": false}'), "home/lab.py": py(port=9091)},
    ),
    Row(
        "an extension switched off in config.d",
        {
            "home/server.d/own.json": server('"jpserver_extensions": {"notebook": false, "jupyterlab": false}'),
            "home/notebook.py": old(port=9092),
            "home/lab.py": py(ip="*"),
        },
        environ={"JUPYTER_PREFER_ENV_PATH": "0"},
    ),
    Row("variables", environ={"JUPYTER_PORT": "9100", "JUPYTER_PORT_RETRIES": "3", "JUPYTER_TOKEN": "seven77"}),
    Row(
        "a file beats variables",
        {"home/server.py": py(port=9101, port_retries=0) + "c.IdentityProvider.token = 'five5'\n"},
        environ={"JUPYTER_PORT": "9100", "JUPYTER_PORT_RETRIES": "3", "JUPYTER_TOKEN": "seven77"},
    ),
    Row("a token file", {"cwd/token": "0123456789\n"}, environ={"JUPYTER_TOKEN_FILE": "@cwd/token"}),
    Row(
        "a token and a token file",
        {"cwd/token": "0123456789"},
        environ={"JUPYTER_TOKEN_FILE": "@cwd/token", "JUPYTER_TOKEN": "x"},
    ),
    Row("unauthenticated access by variable", environ={"JUPYTER_SERVER_ALLOW_UNAUTHENTICATED_ACCESS": "no"}),
    Row(
        "a syntax error drops the whole file",
        {"home/server.py": py(port=9110) + "c.ServerApp.ip = \n", "home/base.py": py(ip="*")},
    ),
    Row(
        "broken JSON beside a good file",
        {"home/server.json": '{"ServerApp": {"port": 9111},}', "home/server.py": py(port=9112)},
    ),
    Row(
        "a comment in JSON, good JSON above",
        {"home/server.json": '// no\n{"ServerApp": {"port": 9113}}', "prefix/server.json": server('"ip": "*"')},
    ),
    Row("the wrong type", {"home/server.py": py(port="9114")}, ends=True),
    Row(
        "the wrong type that a higher file hides",
        {"home/server.py": py(port="9114"), "prefix/server.py": py(port=9115)},
    ),
    Row("old password and token", {"home/server.py": py(password=SHA, token="abc")}),
    Row("old password against the new class", {"home/server.py": py(password=SHA) + password(ARGON)}),
    Row(
        "old password against the base class of the new",
        {"home/server.py": py(password=SHA), "home/server.json": WRITTEN},
    ),
    Row("what `jupyter server password` writes", {"home/server.json": WRITTEN}),
    Row("two old passwords", {"home/base.py": py(password=SHA), "home/server.py": py(password=ARGON)}),
    Row("an old password as an option", {"home/server.py": py(password=SHA)}, (f"--ServerApp.password={ARGON}",)),
    Row("an old password in the lab's file", {"home/lab.py": py(password=SHA) + old(password=SHA256)}),
    Row("old password_required", {"home/server.py": py(password_required=True, password=ARGON)}),
    Row("no token", {"home/server.py": py(token="")}),
    Row(
        "no token by the new class",
        {"home/server.py": "c.IdentityProvider.token = ''\nc.PasswordIdentityProvider.hashed_password = ''\n"},
    ),
    Row(
        "an old token against the new class",
        {"home/base.py": "c.IdentityProvider.token = '1234'\n", "home/server.py": py(token="123")},
    ),
    Row("a token as an option", {"home/server.py": py(token="123")}, ("--IdentityProvider.token=12345",)),
    Row(
        "both classes", {"home/server.py": "c.IdentityProvider.token = '1'\nc.PasswordIdentityProvider.token = '22'\n"}
    ),
    Row(
        "a nested section",
        {"home/server.py": "c.ServerApp.IdentityProvider.token = '4444'\nc.PasswordIdentityProvider.token = '22'\n"},
    ),
    Row("a password and JUPYTER_TOKEN", {"home/server.py": py(password=ARGON)}, environ={"JUPYTER_TOKEN": "abcdef"}),
    Row("a password and no token", {"home/server.py": py(password=ARGON)}),
    Row("a plain password where a hash goes", {"home/server.py": password("hunter2")}),
    Row("--no-browser", {"home/server.py": py(open_browser=True)}, ("--no-browser",)),
    Row("open_browser in the server's file", {"home/server.py": py(open_browser=False)}),
    Row("open_browser in the lab's file", {"home/lab.py": "c.LabApp.open_browser = False\n"}),
    Row(
        "open_browser of the extension class",
        {"home/lab.py": "c.ExtensionApp.open_browser = False\n", "home/server.py": py(open_browser=True)},
    ),
    Row("open_browser by its old name", {"home/notebook.py": old(open_browser=False)}),
    Row("open_browser of two classes", {"home/lab.py": "c.LabApp.open_browser = True\n"}, ("--no-browser",)),
    Row(
        "the same where extensions are given",
        {
            "home/lab.py": "c.LabApp.open_browser = True\n",
            "home/server.py": py(jpserver_extensions={"jupyterlab": True, "notebook": True, "jupyter_lsp": False}),
            "prefix/server.py": "",
        },
        ("--no-browser",),
    ),
    Row("a bare dict that stays", {"home/server.py": "c.update({'ServerApp': {'port': 9127}})\n"}, ends=True),
    Row("a bare dict in the lab's file", {"home/lab.py": "c.update({'JupyterApp': {'port': 9128}})\n"}),
    Row("--ServerApp.open_browser", argv=("--ServerApp.open_browser=False",)),
    Row("--LabApp.open_browser", argv=("--LabApp.open_browser=0", "--ServerApp.open_browser=true")),
    Row(
        "short options",
        {"home/c.pem": "", "cwd/k.pem": ""},
        argv=(
            "--ip=0.0.0.0",
            "--port-retries=7",
            "--notebook-dir=@cwd",
            "--certfile=~/.jupyter/c.pem",
            "--keyfile",
            "k.pem",
            "--allow-root",
        ),
    ),
    Row(
        "long options",
        argv=(
            "--ServerApp.allow_origin='*'",
            "--ServerApp.quit_button=False",
            "--ServerApp.shutdown_no_activity_timeout=60",
            "--MappingKernelManager.cull_idle_timeout=30",
        ),
    ),
    Row(
        "lists on the command line",
        argv=("--ServerApp.local_hostnames=a.example", "--ServerApp.local_hostnames=b.example"),
    ),
    Row("one list on the command line", argv=("--ServerApp.local_hostnames=['a', 'b']",)),
    Row("a directory on the command line", {"cwd/sub/x.txt": ""}, ("sub",)),
    Row(
        "a directory after options, against a file",
        {"cwd/sub/x.txt": "", "home/server.py": py(root_dir="/")},
        ("--no-browser", "sub"),
    ),
    Row("a notebook on the command line", {"cwd/sub/x.ipynb": "{}"}, ("sub/x.ipynb",)),
    Row("root_dir and its old name", {"home/server.py": py(notebook_dir="/tmp", root_dir="/")}),
    Row("root_dir by its old name", {"home/server.py": py(notebook_dir="/")}),
    Row(
        "root_dir in another file than its old name",
        {"home/base.py": py(root_dir="/"), "home/server.py": py(notebook_dir="/tmp")},
    ),
    Row("a relative root_dir", {"cwd/sub/x.txt": "", "home/server.py": py(root_dir="sub/")}),
    Row("a root_dir that is not there", {"home/server.py": py(root_dir="/no/such/place")}, ends=True),
    Row(
        "a kernel manager's other names",
        {
            "home/server.py": "c.AsyncMappingKernelManager.cull_idle_timeout = 5\n"
            "c.MappingKernelManager.cull_idle_timeout = 6\n"
        },
    ),
    Row("remote access by hand", {"home/server.py": py(ip="*", allow_remote_access=False)}),
    Row("remote access from addresses", {"home/server.py": py(ip="127.0.0.2")}),
    Row("remote access from an address of every network", {"home/server.py": py(ip="192.0.2.7")}),
    Row(
        "a value that is worked out",
        {"home/server.py": "import os\nc.ServerApp.port = 9000 + len('ab')\nc.ServerApp.ip = '*'\n"},
        computed=frozenset({"port"}),
    ),
    Row(
        "a value on a condition",
        {"home/server.py": "import os\nif os.sep == '/':\n    c.ServerApp.port = 9120\n"},
        computed=frozenset({"port"}),
    ),
    Row(
        "a value that is worked out and hidden",
        {"home/server.py": "c.ServerApp.port = 9000 + 1\n", "prefix/server.py": py(port=9121)},
    ),
    Row("a section given as a dict", {"home/server.py": "c.ServerApp.update({'port': 9122, 'ip': '*'})\n"}),
    Row(
        "a bare dict replaces the section below",
        {
            "home/server.py": "c.update({'ServerApp': {'port': 9123}})\n",
            "path/server.py": py(ip="*"),
            "home/server.json": server('"base_url": "/j/"'),
        },
        environ=PATH,
    ),
    Row(
        "an older file of another user's hand",
        {
            "prefix/server.json": '{"NotebookApp": {"ip": "*"}, "ServerApp": {"port": 9124}}',
            "home/notebook.json": '{"NotebookApp": {"port": 9125, "allow_remote_access": true}}',
        },
    ),
    Row("an unknown trait", {"home/server.py": py(prot=1, port=9126)}),
    Row(
        "TLS and origins",
        {
            "cwd/sub/key.pem": "",
            "home/server.json": server(
                '"certfile": "/bin/sh", "keyfile": "sub/key.pem", "client_ca": "/c", "allow_origin_pat": "x.*",'
                '"allow_credentials": true,'
                '"disable_check_xsrf": true, "trust_xheaders": true, "websocket_ping_interval": 30'
            ),
        },
    ),
)
