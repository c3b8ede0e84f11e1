"""Environments of their own whose modules are another Python's: a `sys.prefix/etc/jupyter` that nobody else reads."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path


def borrowed(folder: Path, python: str) -> Path:
    """An empty environment whose modules are those of `python`; its prefix is its own."""
    if python == sys.executable:
        venv.EnvBuilder(symlinks=True).create(folder)
        lib, prefix = sysconfig.get_paths()["purelib"], sys.prefix
        own = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})["purelib"]
    else:
        subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=240)
        ask = "import sysconfig, sys; print(sysconfig.get_paths()['purelib'], sys.prefix, sep='\\n')"
        lib, prefix = subprocess.check_output([python, "-c", ask], text=True, timeout=240).split("\n")[:2]
        own = subprocess.check_output([str(folder / "bin/python"), "-c", ask], text=True, timeout=240).split("\n")[0]
    (Path(own) / "borrowed.pth").write_text(f"{lib}\n", encoding="utf-8")
    for source in Path(prefix, "etc", "jupyter").glob("*.d"):
        shutil.copytree(source, folder / "etc" / "jupyter" / source.name)
    (folder / "etc" / "jupyter").mkdir(parents=True, exist_ok=True)
    return folder / "bin" / "python"
