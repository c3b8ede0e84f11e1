"""Settings by hand: what the files, the environment and the command line of the canned servers could hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from jntui.model import ConfigFile, Configuration, Setting, Source

USER_PY = "/home/ada/.jupyter/jupyter_server_config.py"
USER_JSON = "/home/ada/.jupyter/jupyter_server_config.json"
PREFIX_JSON = "/home/ada/.venv/etc/jupyter/jupyter_server_config.json"
SYSTEM_PY = "/etc/jupyter/jupyter_server_config.py"

DEFAULT = Source("default")
WRITTEN = datetime(2026, 11, 23, 11, 40, tzinfo=timezone.utc)
APP, IDENTITY, PASSWORD, KERNELS = "ServerApp", "IdentityProvider", "PasswordIdentityProvider", "MappingKernelManager"

CATALOGUE: tuple[tuple[str, str, str, object, str], ...] = (
    ("ip", APP, "text", "localhost", "the address it listens on; '*' or '' is every address"),
    ("port", APP, "integer", 8888, "the port it tries first"),
    ("port_retries", APP, "integer", 50, "how many ports it tries after the first when that one is taken"),
    ("sock", APP, "path", "", "a socket file to listen on instead of a port"),
    ("base_url", APP, "text", "/", "the path that every URL of it begins with"),
    ("custom_display_url", APP, "text", "", "the URL it prints for people instead of its own"),
    ("root_dir", APP, "path", "/home/ada", "the directory whose files it shows"),
    ("open_browser", APP, "yes or no", False, "whether it opens a browser where it runs"),
    ("token", IDENTITY, "secret", None, "who knows it gets in"),
    ("hashed_password", PASSWORD, "secret", "", "the hash of the login password"),
    ("password_required", PASSWORD, "yes or no", False, "it starts only if a password is set"),
    ("allow_unauthenticated_access", APP, "yes or no", True, "whether unguarded parts answer without a login"),
    ("allow_remote_access", APP, "yes or no", False, "whether it answers requests whose Host is another name"),
    ("local_hostnames", APP, "list of text", ["localhost"], "names that count as this machine"),
    ("certfile", APP, "path", "", "the certificate for https"),
    ("keyfile", APP, "path", "", "the private key of the certificate"),
    ("client_ca", APP, "path", "", "who signs the certificates that clients must show"),
    ("allow_origin", APP, "text", "", "another site whose pages may use it"),
    ("allow_origin_pat", APP, "text", "", "a pattern of such sites"),
    ("allow_credentials", APP, "yes or no", False, "whether such pages may send cookies"),
    ("disable_check_xsrf", APP, "yes or no", False, "whether forms of other sites are let through"),
    ("trust_xheaders", APP, "yes or no", False, "whether it believes a proxy's X-Forwarded headers"),
    ("allow_root", APP, "yes or no", False, "whether it starts as root"),
    ("quit_button", APP, "yes or no", True, "whether its page has a button that stops it"),
    ("shutdown_no_activity_timeout", APP, "seconds", 0, "it ends after so long without use; 0 is never"),
    ("cull_idle_timeout", KERNELS, "seconds", 0, "a kernel ends after so long without use; 0 is never"),
    ("websocket_ping_interval", APP, "seconds", 0, "how often it pings an open WebSocket"),
)


def in_file(path: str, line: int, name: str, text: str) -> Source:
    """An assignment in one of the files."""
    level = {USER_PY: "user", USER_JSON: "user", PREFIX_JSON: "prefix", SYSTEM_PY: "system"}[path]
    return Source("file", path, line, name, text, level)  # type: ignore[arg-type]


def option(name: str, text: str = "") -> Source:
    """An option of the command line."""
    return Source("command line", name=name, text=text)


def plain(name: str, cls: str, kind: str, default: object, words: str) -> Setting:
    """A setting that nobody set."""
    said = "generated at each start unless a password is set" if name == "token" else repr(default)
    return Setting(name, cls, kind, words, said, default, repr(default), DEFAULT, secret=kind == "secret")


def configured(
    server: str, files: tuple[ConfigFile, ...], *changed: Setting, notes: tuple[str, ...] = ()
) -> Configuration:
    """The catalogue with some of its settings changed."""
    by_name = {setting.name: setting for setting in changed}
    settings = tuple(by_name.get(row[0], plain(*row)) for row in CATALOGUE)
    return Configuration(settings, files, server, notes=notes)


def setting(name: str, value: object, source: Source, **more: object) -> Setting:
    """A setting of the catalogue that somebody set."""
    row = next(row for row in CATALOGUE if row[0] == name)
    return replace(plain(*row), value=value, shown=repr(value), source=source, **more)  # type: ignore[arg-type]


def secret(name: str, shown: str, source: Source, **more: object) -> Setting:
    """A secret, of which only the kind is known here."""
    return replace(setting(name, None, source), shown=shown, **more)  # type: ignore[arg-type]


FILES = (
    ConfigFile(USER_JSON, True, True, 1, "user", "json", 2, WRITTEN),
    ConfigFile(USER_PY, True, True, 2, "user", "py", 3, WRITTEN),
    ConfigFile("/home/ada/.jupyter/jupyter_config.py", False, False, 3, "user"),
    ConfigFile(PREFIX_JSON, True, True, 4, "prefix", "json", 0, WRITTEN),
    ConfigFile("/home/ada/.venv/etc/jupyter/jupyter_server_config.py", False, False, 5, "prefix"),
    ConfigFile("/usr/local/etc/jupyter/jupyter_server_config.py", False, False, 6, "system"),
    ConfigFile(SYSTEM_PY, True, True, 7, "system", "py", 1, WRITTEN),
)
BROKEN = replace(
    FILES[1],
    trouble="syntax error: invalid syntax",
    line=12,
    caret=("c.ServerApp.ip = = '0.0.0.0'", "                 ^"),
    dropped=True,
    assigns=0,
)
BROKEN_NOTE = "jupyter_server_config.py line 12: syntax error; Jupyter starts with defaults for what stands in it"

USER_PY_LINES = (
    "# Configuration file for jupyter-server.",
    "c = get_config()  # noqa",
    *("",) * 9,
    "c.ServerApp.ip = '0.0.0.0'",
    "c.ServerApp.port = 9999",
    "c.ServerApp.port_retries = 0",
    "# A comment that is longer than the dialog is wide, so that its end is reached with the right arrow key only: end",
    "c.IdentityProvider.token = '····'",
)
BROKEN_LINES = tuple(line.replace("ip = ", "ip = = ") for line in USER_PY_LINES)


def of_lab() -> Configuration:
    """Of the server for the LAN: a port that its file does not decide, a base URL that waits for a restart."""
    return configured(
        "jpserver-4242",
        FILES,
        setting(
            *("ip", "0.0.0.0", in_file(USER_PY, 12, "ServerApp.ip", "'0.0.0.0'")),
            shadowed=(in_file(SYSTEM_PY, 3, "ServerApp.ip", "'localhost'"),),
            **{"running_value": "0.0.0.0", "running": "0.0.0.0", "needs_restart": False},
        ),
        setting(
            *("port", 8888, option("--port", "8888")),
            shadowed=(in_file(USER_PY, 13, "ServerApp.port", "9999"),),
            **{"running_value": 8888, "running": "8888", "needs_restart": False},
        ),
        setting("port_retries", 0, in_file(USER_PY, 14, "ServerApp.port_retries", "0")),
        setting(
            *("base_url", "/jupyter/", in_file(USER_JSON, 3, "ServerApp.base_url", '"/jupyter/"')),
            **{"running_value": "/", "running": "/", "needs_restart": True},
        ),
        setting(
            *("root_dir", "/home/ada/work", option("--ServerApp.root_dir", "/home/ada/work")),
            **{"running_value": "/home/ada/work", "running": "/home/ada/work", "needs_restart": False},
        ),
        setting("open_browser", False, option("--no-browser")),
        secret(
            *("token", "token, 48 characters", Source("env", "JUPYTER_TOKEN", text="token, 48 characters")),
            running="a token opens it",
            needs_restart=False,
        ),
        secret(
            *("hashed_password", "argon2 hash"),
            in_file(USER_JSON, 4, "ServerApp.password", "argon2 hash"),
            running="a password opens it",
            needs_restart=False,
        ),
        setting("allow_remote_access", True, Source("computed", text="from ip")),
    )


def of_local() -> Configuration:
    """Of the same server on this machine only: nothing says where it listens but the default."""
    found = of_lab()
    ip = replace(plain(*CATALOGUE[0]), running_value="127.0.0.1", running="127.0.0.1", needs_restart=False)
    changed = {
        "ip": ip,
        "allow_remote_access": setting("allow_remote_access", False, Source("computed", text="from ip")),
        "hashed_password": plain(*CATALOGUE[9]),
    }
    return replace(found, settings=tuple(changed.get(one.name, one) for one in found.settings))


def of_open(ip: str = "localhost") -> Configuration:
    """Of the server without a login; another address than the default was asked for on its command line."""
    shown = {"localhost": "127.0.0.1"}.get(ip, "0.0.0.0, ::")
    source = DEFAULT if ip == "localhost" else option("--ip", ip)
    return configured(
        "jpserver-4301",
        (FILES[3], FILES[6]),
        setting("ip", ip, source, running_value=ip, running=shown, needs_restart=False),
        setting("port", 8890, option("--port", "8890"), running_value=8890, running="8890", needs_restart=False),
        secret(
            *("token", "empty: no token", option("--IdentityProvider.token", "empty: no token")),
            running="nothing guards it",
            needs_restart=False,
        ),
        setting("allow_remote_access", ip != "localhost", Source("computed", text="from ip")),
    )


def of_broken() -> Configuration:
    """Of a server whose user's file Jupyter leaves out."""
    files = tuple(BROKEN if file.path == USER_PY else file for file in FILES)
    rows = {row[0]: row for row in CATALOGUE}
    found = of_local()
    left = tuple(
        plain(*rows[one.name])
        if one.source.path == USER_PY
        else replace(one, shadowed=tuple(source for source in one.shadowed if source.path != USER_PY))
        for one in found.settings
    )
    return replace(found, files=files, settings=left, notes=(BROKEN_NOTE,))


def every() -> tuple[Setting, ...]:
    """The settings of the first server, with Jupyter's own help, and some that the catalogue lacks."""
    own = tuple(replace(one, doc=f"Jupyter's own words about {one.name}.") for one in of_lab().settings)

    def other(name: str, cls: str, kind: str, default: str, words: str, **more: object) -> Setting:
        made = Setting(name, cls, kind, words, default, None, default, DEFAULT, catalogued=False, doc=words)
        return replace(made, **more)  # type: ignore[arg-type]

    return (
        other(
            *("log_level", "Application", "one of", "30", "Set the log level by value or name."),
            choices=("0", "10", "30", "'DEBUG'", "'INFO'", "'WARN'"),
        ),
        *own,
        other("cull_interval", KERNELS, "integer", "300", "Seconds between looks for idle kernels."),
        other("cull_busy", KERNELS, "yes or no", "False", "Whether to consider culling kernels which are busy."),
        other("kernel_info_timeout", KERNELS, "number", "60", "Timeout for giving up on a kernel (in seconds)."),
        other("tornado_settings", APP, "dictionary", "{}", "Supply overrides for the tornado.web.Application."),
        other("extra_static_paths", APP, "list", "[]", "Extra paths to search for serving static files."),
        other("limit_rate", APP, "yes or no", "False", "Whether to limit the rate of IOPub messages.", none=True),
        other("hide_globs", "ContentsManager", "list", "['__pycache__', '*.pyc']", "Patterns of names to hide."),
        other("untitled_notebook", "ContentsManager", "text", "'Untitled'", "The base name used for notebooks."),
        other("store_factory", "NotebookNotary", "function", "", "A callable returning the storage backend."),
        other("news_url", "LabApp", "text", "'https://example.org/feed.xml'", "URL of the news feed.", none=True),
    )
