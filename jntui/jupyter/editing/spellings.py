"""Other names of one setting: the same trait in the classes of older Jupyters and of its applications."""

from __future__ import annotations

from jntui.jupyter.settings.catalogue import CATALOGUE, PASSWORD, TOKEN

_APPLICATIONS = ("ServerApp", "NotebookApp", "LabApp", "JupyterNotebookApp")
_LOGINS = ("PasswordIdentityProvider", "IdentityProvider")


def spellings_of(cls: str, trait: str) -> tuple[tuple[str, str], ...]:
    """All names of the setting, class and trait, without the given one; empty for one that the catalogue lacks.

    Source: `notebook_shim`, `ServerApp._warn_deprecated_config` of Jupyter Server 2.
    """
    for known in CATALOGUE:
        # The Kernel Gateway is another program: what its class holds is another setting.
        held = [(one.cls, one.trait) for generation, one in known.held.items() if generation != "gateway"]
        names: dict[tuple[str, str], None] = dict.fromkeys(held)
        traits = dict.fromkeys(one for holder, one in held if holder in _APPLICATIONS)
        if known.name == "root_dir":
            traits["notebook_dir"] = None
        if known.name in {TOKEN, PASSWORD, "password_required"}:
            names.update(dict.fromkeys((login, known.name) for login in _LOGINS))
            traits["password" if known.name == PASSWORD else known.name] = None
        names.update(dict.fromkeys((application, one) for application in _APPLICATIONS for one in traits))
        if (cls, trait) in names:
            return tuple(name for name in names if name != (cls, trait))
    return ()


def other_names(cls: str, trait: str) -> tuple[tuple[str, str], ...]:
    """The names under which the Jupyter that has this setting reads it too, by the class that holds it there.

    Notebook 6 and the Kernel Gateway read no class but their own: `ServerApp.ip` is nothing to them.
    """
    return () if cls in {"NotebookApp", "KernelGatewayApp"} else spellings_of(cls, trait)
