"""The settings that matter for reaching a server: type, default, one line of help, and where each Jupyter holds them.

Source: the traits of `jupyter_server.serverapp.ServerApp`, `jupyter_server.auth.identity`, Notebook 6's `NotebookApp`,
`kernel_gateway.gatewayapp.KernelGatewayApp`; tests compare this table with the installed ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Generation = Literal["server2", "server1", "notebook6", "gateway"]
"""Jupyter Server 2 and later; Jupyter Server 1; Notebook up to 6; the Kernel Gateway."""
GENERATIONS: tuple[Generation, ...] = ("server2", "server1", "notebook6", "gateway")
APPLICATION: Mapping[Generation, str] = MappingProxyType(
    {"server2": "ServerApp", "server1": "ServerApp", "notebook6": "NotebookApp", "gateway": "KernelGatewayApp"}
)
"""The class of the application itself."""

Kind = Literal["integer", "seconds", "text", "yes or no", "list of text", "path", "secret"]

PASSWORD, TOKEN = "hashed_password", "token"
KERNELS = "MappingKernelManager"
BASES = ("Configurable", "LoggingConfigurable")
"""Of every class that reads a config."""
_APPLICATION = (*BASES, "SingletonConfigurable", "Application", "JupyterApp")
_PASSWORD = (*BASES, "IdentityProvider", "PasswordIdentityProvider")
_MAPPING = (*BASES, "MultiKernelManager", KERNELS)
_ASYNC = (*BASES, "MultiKernelManager", "AsyncMultiKernelManager", KERNELS, "AsyncMappingKernelManager")
SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ServerApp": (*_APPLICATION, "ServerApp"),
        "NotebookApp": (*_APPLICATION, "NotebookApp"),
        "KernelGatewayApp": (*_APPLICATION, "KernelGatewayApp"),
        "IdentityProvider": (*BASES, "IdentityProvider"),
        "PasswordIdentityProvider": _PASSWORD,
        "LegacyIdentityProvider": (*_PASSWORD, "LegacyIdentityProvider"),
        KERNELS: _MAPPING,
        "AsyncMappingKernelManager": _ASYNC,
        "GatewayMappingKernelManager": (*_ASYNC, "GatewayMappingKernelManager"),
        "GatewayClient": (*BASES, "SingletonConfigurable", "GatewayClient"),
    }
)
"""Class -> the sections of a config that its objects read, the last decides (`Configurable.section_names`)."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where one generation of Jupyter holds a setting."""

    cls: str
    trait: str
    variables: tuple[str, ...] = ()
    """Environment variables that replace the default, the first decides."""
    default: object = None
    """Where it differs from the setting's own."""


@dataclass(frozen=True, slots=True)
class Known:
    """One setting of the catalogue."""

    name: str
    """As Jupyter Server 2 calls the trait."""
    kind: Kind
    default: object
    """The real one; None where it is found out at each start."""
    help: str
    held: Mapping[Generation, Held]
    """Only the generations that know it."""
    origin: str = ""
    """What a default that is found out at each start comes from."""

    @property
    def names(self) -> tuple[str, ...]:
        """The trait's names in all generations."""
        return tuple(dict.fromkeys((self.name, *(held.trait for held in self.held.values()))))

    def default_in(self, generation: Generation) -> object:
        """The default there."""
        own = self.held[generation].default
        return self.default if own is None else own


_Places = dict[Generation, Held]


def _app(trait: str, *variables: str, gateway: Held | None = None, old: str = "") -> _Places:
    """A trait of the application's class, of the same name everywhere but in Notebook 6 where `old` is given."""
    places: _Places = {
        "server2": Held("ServerApp", trait, variables),
        "server1": Held("ServerApp", trait, variables),
        "notebook6": Held("NotebookApp", old or trait, variables),
    }
    if gateway is not None:
        places["gateway"] = gateway
    return places


def _gate(trait: str, variable: str, default: object = None) -> Held:
    return Held("KernelGatewayApp", trait, (variable,), default)


def _kernels(trait: str) -> _Places:
    return {generation: Held(KERNELS, trait) for generation in GENERATIONS}


_TOKEN_VARIABLES = ("JUPYTER_TOKEN", "JUPYTER_TOKEN_FILE")

CATALOGUE: tuple[Known, ...] = (
    Known(
        "ip",
        "text",
        "localhost",
        "the address it listens on; '*' or '' is every address, 'localhost' this machine only",
        _app("ip", gateway=_gate("ip", "KG_IP", "127.0.0.1")),
    ),
    Known(
        "port",
        "integer",
        8888,
        "the port it tries first",
        _app("port", "JUPYTER_PORT", gateway=_gate("port", "KG_PORT")),
    ),
    Known(
        "port_retries",
        "integer",
        50,
        "how many ports it tries after the first when that one is taken; 0 means it does not start then",
        _app("port_retries", "JUPYTER_PORT_RETRIES", gateway=_gate("port_retries", "KG_PORT_RETRIES")),
    ),
    Known(
        "sock", "path", "", "a socket file to listen on instead of a port; only this machine reaches it", _app("sock")
    ),
    Known(
        "base_url",
        "text",
        "/",
        "the path that every URL of it begins with",
        _app("base_url", gateway=_gate("base_url", "KG_BASE_URL")),
    ),
    Known(
        "custom_display_url",
        "text",
        "",
        "the URL it prints for people instead of its own; it changes nothing else",
        _app("custom_display_url"),
    ),
    Known(
        "root_dir",
        "path",
        None,
        "the directory whose files it shows",
        _app("root_dir", old="notebook_dir"),
        "the working directory",
    ),
    Known(
        "open_browser",
        "yes or no",
        False,
        "whether it opens a browser where it runs",
        {
            "server2": Held("ServerApp", "open_browser"),
            "server1": Held("ServerApp", "open_browser"),
            "notebook6": Held("NotebookApp", "open_browser", (), True),
        },
    ),
    Known(
        TOKEN,
        "secret",
        None,
        "who knows it gets in; empty together with an empty password lets everybody in",
        {
            "server2": Held("IdentityProvider", "token", _TOKEN_VARIABLES),
            "server1": Held("ServerApp", "token", _TOKEN_VARIABLES),
            "notebook6": Held("NotebookApp", "token", _TOKEN_VARIABLES),
            "gateway": Held("KernelGatewayApp", "auth_token", ("KG_AUTH_TOKEN",), ""),
        },
        "generated at each start unless a password is set",
    ),
    Known(
        PASSWORD,
        "secret",
        "",
        "the hash of the login password, never the password itself",
        {
            "server2": Held("PasswordIdentityProvider", PASSWORD),
            "server1": Held("ServerApp", "password"),
            "notebook6": Held("NotebookApp", "password"),
        },
    ),
    Known(
        "password_required",
        "yes or no",
        False,
        "it starts only if a password is set",
        {
            "server2": Held("PasswordIdentityProvider", "password_required"),
            "server1": Held("ServerApp", "password_required"),
            "notebook6": Held("NotebookApp", "password_required"),
        },
    ),
    Known(
        "allow_unauthenticated_access",
        "yes or no",
        True,
        "whether parts that extensions forgot to guard answer without a login",
        {
            "server2": Held(
                "ServerApp", "allow_unauthenticated_access", ("JUPYTER_SERVER_ALLOW_UNAUTHENTICATED_ACCESS",)
            )
        },
    ),
    Known(
        "allow_remote_access",
        "yes or no",
        None,
        "whether it answers when the URL names another host than this machine; otherwise 403",
        _app("allow_remote_access"),
        "from ip",
    ),
    Known(
        "local_hostnames",
        "list of text",
        ["localhost"],
        "names that count as this machine while allow_remote_access is off; setting it replaces 'localhost'",
        _app("local_hostnames"),
    ),
    Known(
        "trust_xheaders",
        "yes or no",
        False,
        "whether it believes the addresses that a proxy in front names",
        _app("trust_xheaders", gateway=_gate("trust_xheaders", "KG_TRUST_XHEADERS")),
    ),
    Known(
        "certfile",
        "path",
        "",
        "the TLS certificate; with it the URLs begin with https",
        _app("certfile", gateway=_gate("certfile", "KG_CERTFILE")),
    ),
    Known(
        "keyfile",
        "path",
        "",
        "the private key of the TLS certificate",
        _app("keyfile", gateway=_gate("keyfile", "KG_KEYFILE")),
    ),
    Known(
        "client_ca",
        "path",
        "",
        "only clients with a certificate of this authority get in",
        _app("client_ca", gateway=_gate("client_ca", "KG_CLIENT_CA")),
    ),
    Known(
        "allow_origin",
        "text",
        "",
        "a web page of this origin may use the server; '*' is every origin",
        _app("allow_origin", gateway=_gate("allow_origin", "KG_ALLOW_ORIGIN")),
    ),
    Known(
        "allow_origin_pat",
        "text",
        "",
        "the same as a regular expression; ignored if allow_origin is set",
        _app("allow_origin_pat"),
    ),
    Known(
        "allow_credentials",
        "yes or no",
        False,
        "whether pages of other origins may send cookies along",
        _app("allow_credentials"),
    ),
    Known(
        "disable_check_xsrf",
        "yes or no",
        False,
        "whether other web pages in the same browser may give orders to the server",
        _app("disable_check_xsrf"),
    ),
    Known(
        "allow_root",
        "yes or no",
        False,
        "whether it starts for the user root; otherwise it ends at once",
        _app("allow_root"),
    ),
    Known(
        "quit_button", "yes or no", True, "whether the page shows a button that ends the server", _app("quit_button")
    ),
    Known(
        "shutdown_no_activity_timeout",
        "seconds",
        0,
        "it ends by itself after this time without kernels and activity; 0 is never",
        _app("shutdown_no_activity_timeout"),
    ),
    Known(
        "cull_idle_timeout",
        "seconds",
        0,
        "an idle kernel ends after this time; 0 is never",
        _kernels("cull_idle_timeout"),
    ),
    Known(
        "websocket_ping_interval",
        "seconds",
        0,
        "how often it pings an open page, so that proxies keep the connection; 0 is not at all",
        {"server2": Held("ServerApp", "websocket_ping_interval")},
    ),
)
"""In the order in which people are shown them."""


def known_in(generation: Generation) -> tuple[Known, ...]:
    """The settings that this generation has."""
    return tuple(known for known in CATALOGUE if generation in known.held)
