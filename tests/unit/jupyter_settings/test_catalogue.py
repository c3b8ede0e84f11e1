"""The catalogue beside the traits of the installed Jupyter."""

from __future__ import annotations

from typing import Any

import pytest

from jntui.jupyter.settings import applications
from jntui.jupyter.settings.catalogue import CATALOGUE, GENERATIONS, KERNELS, SECTIONS, Known, known_in

ASKED = (
    "ip port port_retries allow_remote_access local_hostnames base_url root_dir open_browser token hashed_password "
    "password_required certfile keyfile client_ca allow_origin allow_origin_pat allow_credentials disable_check_xsrf "
    "trust_xheaders custom_display_url allow_root sock quit_button shutdown_no_activity_timeout cull_idle_timeout "
    "websocket_ping_interval"
)
NOTEBOOK6 = {
    **{"ip": "localhost", "port": 8888, "port_retries": 50, "base_url": "/", "open_browser": True, "password": ""},
    **{"sock": "", "certfile": "", "keyfile": "", "client_ca": "", "allow_origin": "", "allow_origin_pat": ""},
    **{"allow_credentials": False, "disable_check_xsrf": False, "trust_xheaders": False, "custom_display_url": ""},
    **{"allow_root": False, "quit_button": True, "shutdown_no_activity_timeout": 0, "password_required": False},
    **{"local_hostnames": ["localhost"], "notebook_dir": None, "token": None, "allow_remote_access": None},
    "cull_idle_timeout": 0,
}
"""Traits of Notebook 6.5.7 and their defaults, as its classes had them; None is found out at each start."""
TYPES = {
    "integer": {"Int", "Integer"},
    "seconds": {"Int", "Integer"},
    "text": {"Unicode"},
    "path": {"Unicode"},
    "secret": {"Unicode"},
    "yes or no": {"Bool", "CBool"},
    "list of text": {"List"},
}


@pytest.fixture(scope="module")
def classes() -> dict[str, Any]:
    from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
    from jupyter_server.serverapp import ServerApp
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, MappingKernelManager
    from kernel_gateway.gatewayapp import KernelGatewayApp

    found = [IdentityProvider, PasswordIdentityProvider, ServerApp, MappingKernelManager, KernelGatewayApp]
    return {one.__name__: one for one in [*found, AsyncMappingKernelManager]}


def test_it_has_every_setting_that_was_asked_for() -> None:
    assert set(ASKED.split()) <= {known.name for known in CATALOGUE}
    assert len({known.name for known in CATALOGUE}) == len(CATALOGUE)
    assert all(known.help and known.help[0].islower() and not known.help.endswith(".") for known in CATALOGUE)


@pytest.mark.parametrize("generation", ["server2", "gateway"])
def test_classes_and_types_are_those_of_jupyter(generation: Any, classes: dict[str, Any]) -> None:
    for known in known_in(generation):
        held = known.held[generation]
        trait = classes[held.cls].class_traits(config=True).get(held.trait)
        assert trait is not None, f"{held.cls} has no {held.trait}"
        assert type(trait).__name__ in TYPES[known.kind], known.name


def real_default(known: Known, cls: Any, trait: str) -> Any:
    """As a bare object has it; the traits that look at the machine are left to the table of starts."""
    return getattr(cls(), trait)


def test_defaults_are_those_of_jupyter(classes: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("JUPYTER_PORT", "JUPYTER_PORT_RETRIES", "JUPYTER_TOKEN", "JUPYTER_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for known in known_in("server2"):
        held = known.held["server2"]
        default = known.default_in("server2")
        if default is not None:
            assert real_default(known, classes[held.cls], held.trait) == default, known.name
        else:
            assert known.origin


def test_the_generations_before_have_what_was_recorded() -> None:
    recorded = {known.held["notebook6"].trait: known.default_in("notebook6") for known in known_in("notebook6")}
    assert recorded == NOTEBOOK6
    assert {known.held["server1"].cls for known in known_in("server1")} == {"ServerApp", KERNELS}


def test_sections_are_those_that_jupyter_reads(classes: dict[str, Any]) -> None:
    ours = {"ServerApp": "ServerApp", "PasswordIdentityProvider": "PasswordIdentityProvider"}
    ours |= {"AsyncMappingKernelManager": "AsyncMappingKernelManager", "KernelGatewayApp": "KernelGatewayApp"}
    for cls, name in ours.items():
        assert tuple(classes[cls].section_names()) == SECTIONS[name]


def test_variables_are_named_in_jupyters_own_code(classes: dict[str, Any]) -> None:
    import inspect

    for generation in ("server2", "gateway"):
        for known in known_in(generation):
            held = known.held[generation]
            source = inspect.getsource(inspect.getmodule(classes[held.cls]))  # type: ignore[arg-type]
            assert [name for name in held.variables if name not in source] == []


def test_the_shims_lists_are_those_of_jupyter() -> None:
    from jupyter_server.extension.application import ExtensionApp
    from jupyter_server.serverapp import ServerApp
    from jupyterlab.labapp import LabApp
    from notebook.app import JupyterNotebookApp
    from notebook_shim.shim import IGNORED_TRAITS
    from notebook_shim.traits import NotebookAppTraits

    def public(cls: Any) -> set[str]:
        return {name for name in cls.class_trait_names() if not name.startswith("_")}

    assert set(IGNORED_TRAITS) == applications.NEVER_HANDED_ON
    assert public(NotebookAppTraits) == applications.OLD_NOTEBOOK_TRAITS
    assert public(ExtensionApp) == applications.EXTENSION_TRAITS
    # Of what grows with each version, the catalogue's own must be there, and nothing that Jupyter has may be unknown.
    assert public(ServerApp) <= applications.SERVER_TRAITS
    assert public(LabApp) <= applications.EXTENSIONS["jupyterlab"].traits | applications.EXTENSION_TRAITS
    assert public(JupyterNotebookApp) <= applications.EXTENSIONS["notebook"].traits | applications.EXTENSION_TRAITS
    for cls in (LabApp, JupyterNotebookApp):
        package = cls.__module__.partition(".")[0]
        assert applications.EXTENSIONS[package].sections == tuple(cls.section_names())


def test_short_options_are_those_of_jupyter() -> None:
    from jupyter_server.serverapp import aliases, flags

    assert applications.ALIASES["server2"] == aliases
    assert set(flags) <= set(applications.FLAGS["server2"])
    for name, sets in applications.FLAGS["server2"].items():
        if sets:
            real = {
                f"{cls}.{trait}": value for cls, traits in flags[name][0].items() for trait, value in traits.items()
            }
            assert dict(sets) == real
    assert set(applications.ALIASES) == set(GENERATIONS) == set(applications.FLAGS)
