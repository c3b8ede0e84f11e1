"""What each application of Jupyter reads: the names of its config files, its options, the extensions that read more.

Source: `jupyter_core.application`, `jupyter_server.serverapp`, `jupyter_server.extension.application`,
`notebook_shim.shim`, Notebook 6's `notebookapp`, `kernel_gateway.gatewayapp`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import GATEWAY, HUB, LAB, NOTEBOOK, SERVER
from jntui.jupyter.settings.catalogue import BASES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.jupyter.settings.catalogue import Generation


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BASE_FILE = "jupyter_config"
"""Every application reads it first (`JupyterApp.load_config_file`)."""

CONFIG_FILE: Mapping[Generation, str] = MappingProxyType(
    {
        "server2": "jupyter_server_config",
        "server1": "jupyter_server_config",
        "notebook6": "jupyter_notebook_config",
        "gateway": "jupyter_kernel_gateway_config",
    }
)
"""The application's own (`config_file_name`), without its ending."""

_EXTENSION_SECTIONS = (*BASES, "SingletonConfigurable", "Application", "JupyterApp", "ExtensionApp")


@dataclass(frozen=True, slots=True)
class Extension:
    """A server extension that reads config files of its own and hands them on (`ExtensionApp`)."""

    package: str
    """What `jpserver_extensions` calls it."""
    cls: str
    file: str
    """Its config file, without its ending."""
    shim: bool
    """It hands on what older names set (`notebook_shim.shim.NotebookConfigShimMixin`)."""
    traits: frozenset[str] = frozenset()
    """Traits of its own beside those of every extension, which the shim does not hand on."""

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that its own traits are read from, the last decides."""
        middle = ("LabServerApp",) if self.shim and self.cls != "NotebookApp" else ()
        return (*_EXTENSION_SECTIONS, *middle, self.cls)


_LAB_SERVER_TRAITS = _names(
    "allowed_extensions_uris app_settings_dir app_url app_version blacklist_uris blocked_extensions_uris cache_files "
    "copy_absolute_path extra_labextensions_path jinja2_options labextensions_path labextensions_url licenses_url "
    "listings_refresh_seconds listings_request_options listings_url notebook_starts_kernel schemas_dir settings_url "
    "static_dir templates_dir themes_dir themes_url translations_api_url tree_url user_settings_dir whitelist_uris "
    "workspaces_api_url workspaces_dir expose_app_in_browser custom_css"
)
_LAB_TRAITS = _LAB_SERVER_TRAITS | _names(
    "app_dir check_for_updates_class collaborative core_mode dev_mode extension_manager extensions_in_dev_mode "
    "lock_all_plugins news_url override_static_url override_theme_url skip_dev_build splice_source watch"
)

EXTENSIONS: Mapping[str, Extension] = MappingProxyType(
    {
        one.package: one
        for one in (
            Extension("jupyterlab", "LabApp", "jupyter_lab_config", True, _LAB_TRAITS),
            Extension("nbclassic", "NotebookApp", "jupyter_nbclassic_config", True),
            Extension("notebook", "JupyterNotebookApp", "jupyter_notebook_config", True, _LAB_SERVER_TRAITS),
        )
    }
)
"""Those that read a file which people write. Jupyter links enabled extensions in the order of their packages."""

EXTENSION_TRAITS = _names(
    "answer_yes argv cli_config config config_dir config_file config_file_name data_dir default_url examples "
    "extra_args file_url_prefix generate_config handlers jupyter_path keyvalue_description log log_datefmt "
    "log_format log_level logging_config open_browser option_description parent raise_config_file_errors runtime_dir "
    "serverapp settings show_config show_config_json static_paths static_url_prefix subapp subcommand "
    "subcommand_description subcommands template_paths version"
)
"""Of every `ExtensionApp`."""
OLD_NOTEBOOK_TRAITS = _names(
    "enable_mathjax extra_nbextensions_path extra_static_paths extra_template_paths ignore_minified_js "
    "jinja_environment_options jinja_template_vars mathjax_config mathjax_url nbserver_extensions quit_button "
    "static_custom_path"
)
"""Of `notebook_shim.traits.NotebookAppTraits`: they stay with NotebookApp."""
NEVER_HANDED_ON = frozenset({"open_browser", "log_level", "log_format", "default_url", "show_banner"})
"""`notebook_shim.shim.IGNORED_TRAITS`."""
SERVER_TRAITS = EXTENSION_TRAITS - _names(
    "examples handlers serverapp settings static_paths static_url_prefix subcommands template_paths version"
) | _names(
    "aliases allow_credentials allow_external_kernels allow_origin allow_origin_pat allow_password_change "
    "allow_remote_access allow_root allow_unauthenticated_access authenticate_prometheus authorizer_class autoreload "
    "base_url browser browser_open_file browser_open_file_to_run certfile client_ca config_manager_class "
    "contents_manager_class cookie_options cookie_secret cookie_secret_file custom_display_url disable_check_xsrf "
    "event_logger external_connection_dir extra_log_scrub_param_keys extra_services extra_static_paths "
    "extra_template_paths file_to_run flags get_secure_cookie_kwargs identity_provider_class info_file "
    "iopub_data_rate_limit iopub_msg_rate_limit ip jinja_environment_options jinja_template_vars jpserver_extensions "
    "kernel_manager_class kernel_spec_manager kernel_spec_manager_class kernel_websocket_connection_class "
    "kernel_ws_protocol keyfile limit_rate local_hostnames login_handler_class logout_handler_class max_body_size "
    "max_buffer_size min_open_files_limit nbconvert_csp_sandbox no_browser_open_file notebook_dir password "
    "password_required port port_retries preferred_dir pylab quit_button rate_limit_window "
    "record_http_request_metrics reraise_server_extension_failures root_dir session_manager_class "
    "shutdown_no_activity_timeout sock sock_mode ssl_options static_custom_path static_immutable_cache "
    "terminado_settings terminals_enabled token tornado_settings trust_xheaders use_redirect_file webbrowser_open_new "
    "websocket_compression_options websocket_ping_interval websocket_ping_timeout websocket_url"
)
"""Of Jupyter Server's `ServerApp`."""

_STARTERS: Mapping[str, str] = MappingProxyType({LAB: "jupyterlab", NOTEBOOK: "notebook", HUB: "jupyterhub"})


def starter_of(app: str | None, generation: Generation, *, classic: bool) -> str | None:
    """The package whose application starts the server (`ExtensionApp.launch_instance`); None for the bare server.

    `classic`: NbClassic rather than Notebook 7.
    """
    if generation not in {"server1", "server2"} or app is None:
        return None
    return "nbclassic" if app == NOTEBOOK and classic else _STARTERS.get(app)


_SERVER_ALIASES = {
    "config": "JupyterApp.config_file",
    "log-level": "Application.log_level",
    "ip": "ServerApp.ip",
    "port": "ServerApp.port",
    "port-retries": "ServerApp.port_retries",
    "sock": "ServerApp.sock",
    "sock-mode": "ServerApp.sock_mode",
    "transport": "KernelManager.transport",
    "keyfile": "ServerApp.keyfile",
    "certfile": "ServerApp.certfile",
    "client-ca": "ServerApp.client_ca",
    "notebook-dir": "ServerApp.root_dir",
    "preferred-dir": "ServerApp.preferred_dir",
    "browser": "ServerApp.browser",
    "pylab": "ServerApp.pylab",
    "gateway-url": "GatewayClient.url",
}
_NOTEBOOK_ALIASES = {
    name: target.replace("ServerApp.root_dir", "NotebookApp.notebook_dir").replace("ServerApp.", "NotebookApp.")
    for name, target in _SERVER_ALIASES.items()
    if name != "preferred-dir"
}
_GATEWAY_ALIASES = {
    "config": "JupyterApp.config_file",
    "log-level": "Application.log_level",
    "ip": "KernelGatewayApp.ip",
    "port": "KernelGatewayApp.port",
    "port_retries": "KernelGatewayApp.port_retries",
    "api": "KernelGatewayApp.api",
    "seed_uri": "KernelGatewayApp.seed_uri",
    "keyfile": "KernelGatewayApp.keyfile",
    "certfile": "KernelGatewayApp.certfile",
    "client-ca": "KernelGatewayApp.client_ca",
    "ssl_version": "KernelGatewayApp.ssl_version",
}

ALIASES: Mapping[Generation, Mapping[str, str]] = MappingProxyType(
    {
        "server2": _SERVER_ALIASES,
        "server1": _SERVER_ALIASES,
        "notebook6": _NOTEBOOK_ALIASES,
        "gateway": _GATEWAY_ALIASES,
    }
)
"""Short options with a value, and the trait each sets."""

_Flag = tuple[tuple[str, object], ...]
_BASE_FLAGS: dict[str, _Flag] = {
    "debug": (),
    "generate-config": (),
    "show-config": (),
    "show-config-json": (),
    "y": (),
    "script": (),
    "no-script": (),
}
_LAB_FLAGS: dict[str, _Flag] = dict.fromkeys(
    _names(
        "collaborative core-mode custom-css dev-mode expose-app-in-browser extensions-in-dev-mode skip-dev-build "
        "splice-source watch"
    ),
    (),
)
"""JupyterLab adds them to those of the server, whatever application is started."""
_SERVER_FLAGS: dict[str, _Flag] = {
    **_BASE_FLAGS,
    **_LAB_FLAGS,
    "allow-root": (("ServerApp.allow_root", True),),
    "no-browser": (("ServerApp.open_browser", False), ("ExtensionApp.open_browser", False)),
    "autoreload": (("ServerApp.autoreload", True),),
}
_NOTEBOOK_FLAGS: dict[str, _Flag] = {
    **_BASE_FLAGS,
    "allow-root": (("NotebookApp.allow_root", True),),
    "no-browser": (("NotebookApp.open_browser", False),),
    "autoreload": (("NotebookApp.autoreload", True),),
    "no-mathjax": (),
    "pylab": (),
}
FLAGS: Mapping[Generation, Mapping[str, _Flag]] = MappingProxyType(
    {"server2": _SERVER_FLAGS, "server1": _SERVER_FLAGS, "notebook6": _NOTEBOOK_FLAGS, "gateway": _BASE_FLAGS}
)
"""Short options without a value, and what each sets."""

APPS: Mapping[Generation, tuple[str, ...]] = MappingProxyType(
    {
        "server2": (LAB, NOTEBOOK, SERVER, HUB),
        "server1": (LAB, SERVER, HUB),
        "notebook6": (NOTEBOOK,),
        "gateway": (GATEWAY,),
    }
)
"""Which applications a generation runs."""
