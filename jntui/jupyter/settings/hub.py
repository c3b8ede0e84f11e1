"""What JupyterHub's single-user server sets before anything else, from the environment that the hub gave it.

Source: `jupyterhub.singleuser.extension.JupyterHubSingleUser.load_config_file`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.jupyter.settings.given import Given
from jntui.model import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIXED: Mapping[str, object] = {
    "allow_remote_access": True,
    "open_browser": False,
    "trust_xheaders": True,
    "quit_button": False,
    "port_retries": 0,
}
_VARIABLES: Mapping[str, str] = {
    "root_dir": "JUPYTERHUB_ROOT_DIR",
    "base_url": "JUPYTERHUB_SERVICE_PREFIX",
    "keyfile": "JUPYTERHUB_SSL_KEYFILE",
    "certfile": "JUPYTERHUB_SSL_CERTFILE",
    "client_ca": "JUPYTERHUB_SSL_CLIENT_CA",
}
_URL = "JUPYTERHUB_SERVICE_URL"


def givens(environ: Mapping[str, str]) -> tuple[Given, ...]:
    """They beat every file; the command line beats them."""
    found = [_given(trait, value, Source("computed", text="by JupyterHub")) for trait, value in _FIXED.items()]
    for trait, name in _VARIABLES.items():
        if environ.get(name):
            found.append(_given(trait, environ[name], Source("env", name, name=name, text=repr(environ[name])[:200])))
    address = _address(environ.get(_URL, ""))
    if address is not None:
        for trait, value in zip(("ip", "port"), address, strict=True):
            found.append(_given(trait, value, Source("env", _URL, name=_URL, text=repr(value))))
    return tuple(found)


def _given(trait: str, value: object, source: Source) -> Given:
    return Given("ServerApp", trait, value, source)


def _address(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname or "", port) if url and port is not None else None
