"""Which class of Jupyter a start uses for its login and for its kernels, and which sections of a config reach it.

Source: `ServerApp.init_configurables` of Jupyter Server 1 and 2, `NotebookApp.init_configurables` of Notebook 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.jupyter.settings.catalogue import KERNELS, SECTIONS
from jntui.jupyter.settings.values import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.jupyter.settings.catalogue import Generation, Held
    from jntui.jupyter.settings.given import Given

CLASS_TRAITS = (
    "identity_provider_class",
    "kernel_manager_class",
    "login_handler_class",
    "logout_handler_class",
    "authorizer_class",
    "contents_manager_class",
    "session_manager_class",
    "kernel_spec_manager_class",
    "config_manager_class",
    "kernel_websocket_connection_class",
)
"""Traits of the server that name a class."""
DICT_TRAITS = ("tornado_settings", "ssl_options", "cookie_options", "jinja_environment_options", "terminado_settings")
"""Traits of the server that hold a dict."""
_OWN = ("jupyter_server.", "notebook.")
_LOGINS = frozenset({"IdentityProvider", "PasswordIdentityProvider", "LegacyIdentityProvider"})
_KERNELS = frozenset({KERNELS, "AsyncMappingKernelManager", "GatewayMappingKernelManager"})
_DEFAULT_LOGIN_HANDLERS = ("", "jupyter_server.auth.login.LegacyLoginHandler", "jupyter_server.auth.login.LoginHandler")
GATEWAY_VARIABLE = "JUPYTER_GATEWAY_URL"


def sections_of(
    held: Held,
    generation: Generation,
    option: Callable[[str], Given | None],
    elsewhere: Callable[[str, str], Given | None],
    home: str,
    gateway: bool = False,
) -> tuple[str, ...] | Given:
    """The sections that the object with this trait reads; or what names its class, if jntui does not know that one.

    `option` gives a trait of the application, `elsewhere` one of another class; `gateway`: a variable names a gateway.
    """
    if held.cls.endswith("IdentityProvider"):
        return _login(held, option, home)
    if held.cls == KERNELS:
        return _kernels(generation, option, elsewhere, home, gateway)
    return SECTIONS[held.cls]


def _login(held: Held, option: Callable[[str], Given | None], home: str) -> tuple[str, ...] | Given:
    named = option("identity_provider_class")
    cls = "PasswordIdentityProvider"
    if named is not None:
        cls = _known(named, _LOGINS, home)
        if not cls:
            return named
    handler = option("login_handler_class")
    if cls == "PasswordIdentityProvider" and handler is not None:
        if handler.computed:
            return handler
        if read_text(handler, home) not in _DEFAULT_LOGIN_HANDLERS:
            cls = "LegacyIdentityProvider"
    if cls == "IdentityProvider" and held.trait != "token":
        # It has no password at all.
        return ()
    return SECTIONS[cls]


def _kernels(
    generation: Generation,
    option: Callable[[str], Given | None],
    elsewhere: Callable[[str, str], Given | None],
    home: str,
    gateway: bool,
) -> tuple[str, ...] | Given:
    named = option("kernel_manager_class")
    if named is not None:
        cls = _known(named, _KERNELS, home)
        return SECTIONS[cls] if cls else named
    if generation == "gateway":
        return (*SECTIONS["AsyncMappingKernelManager"], "SeedingMappingKernelManager")
    url = elsewhere("GatewayClient", "url")
    if url is not None and url.computed:
        return url
    if generation == "server2" and (read_text(url, home) if url is not None else gateway):
        return SECTIONS["GatewayMappingKernelManager"]
    return SECTIONS["AsyncMappingKernelManager" if generation == "server2" else KERNELS]


def is_own(text: str) -> bool:
    """A class of Jupyter's own that decides which sections are read."""
    return text.startswith(_OWN) and text.rpartition(".")[2] in _LOGINS | _KERNELS | {
        "LegacyLoginHandler",
        "LoginHandler",
    }


def _known(named: Given, classes: frozenset[str], home: str) -> str:
    """The class that a setting names, without its module; empty if it is none of Jupyter's own."""
    text = "" if named.computed else read_text(named, home)
    name = text.rpartition(".")[2]
    return name if text.startswith(_OWN) and name in classes else ""
