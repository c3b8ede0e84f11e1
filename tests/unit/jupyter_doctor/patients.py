"""Patients for the rules: real files in a folder, a Python that never runs, senses that answer from tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from jntui.jupyter.command_line import LAB
from jntui.jupyter.doctor.patient import Patient, Senses, patient_of
from jntui.jupyter.doctor.table import examine
from jntui.jupyter.doctor.traits import Known, Traits
from jntui.jupyter.settings.applications import SERVER_TRAITS
from jntui.jupyter.settings.subject import Subject
from jntui.model import ConfigFinding, Server
from tests.contract.fake_processes import FakeProcesses

PYTHON = "/env/bin/python"
PACKAGES = {"jupyter_server": "2.21.1", "jupyterlab": "4.6.6", "notebook": "7.6.5", "traitlets": "5.14.3"}
HASH = "argon2:$argon2id$v=19$m=10240,t=10,p=8$c29tZXNhbHQ$QmFzZTY0SGFzaFRleHRPZlNvbWVLaW5k"
TYPES = {"max_body_size": ("Int", False), "browser": ("Unicode", False), "reraise": ("Bool", True)}
KNOWN: Known = {
    "Configurable": {},
    "ServerApp": {**dict.fromkeys(SERVER_TRAITS, ("Any", True)), **TYPES},
    "MappingKernelManager": {"cull_idle_timeout": ("Int", False), "cull_interval": ("Int", False)},
    "IdentityProvider": {"token": ("Unicode", False), "hashed_password": ("Unicode", False)},
    "PasswordIdentityProvider": {"token": ("Unicode", False), "hashed_password": ("Unicode", False)},
}


class Home:
    """A home, a prefix, and what the world answers."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.own = self.home / ".jupyter"
        self.prefix = folder / "env"
        for place in (self.own, self.prefix / "etc" / "jupyter"):
            place.mkdir(parents=True)
        self.write("jupyter_server_config.d/all.json", '{"ServerApp": {"jpserver_extensions": {"jupyterlab": true}}}')
        self.packages = dict(PACKAGES)
        self.names: dict[str, tuple[str, ...]] = {}
        self.pair = ""
        self.certificate = b""
        self.known: Known | None = KNOWN
        self.environ: dict[str, str] = {}
        self.server: Server | None = None
        self.app = LAB
        self.legacy: bool | None = None

    def write(self, name: str, text: str) -> Path:
        """A file in ~/.jupyter."""
        path = self.own / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def patient(self, *words: str, file: str | None = None) -> Patient:
        paths = [str(self.prefix / "etc" / "jupyter"), str(self.own)]
        answer = json.dumps({"config": paths, "prefix": str(self.prefix), "packages": self.packages})
        processes = FakeProcesses(outputs={PYTHON: answer})
        environ = {"HOME": str(self.home), **self.environ}
        subject = Subject(self.server, environ, str(self.home), PYTHON, "", self.app, words, cwd=str(self.home))
        subject = replace(subject, legacy=self.legacy)
        senses = Senses(lambda _cert, _key: self.pair, lambda _path: self.certificate, self.names.get)
        return replace(patient_of(subject, processes, senses, file), traits=Traits(None, None, self.known))

    def findings(self, *words: str, file: str | None = None) -> tuple[ConfigFinding, ...]:
        """All of them."""
        return examine(self.patient(*words, file=file))

    def py(self, text: str, *words: str) -> tuple[ConfigFinding, ...]:
        """Those of one jupyter_server_config.py."""
        self.write("jupyter_server_config.py", text)
        return self.findings(*words)

    def one(self, text: str, *words: str) -> ConfigFinding:
        """The only one of that file."""
        (finding,) = self.py(text, *words)
        return finding
