"""What the loader of traitlets makes of config files: run under a Python that has it, one forked child a file.

Each line of standard input is the path of a file; each line of standard output has what it sets, as JSON: names of a
trait joined with dots -> its `repr`; null where the loader raises and Jupyter leaves the file out.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path

from traitlets.config.loader import Config, LazyConfigValue, PyFileConfigLoader


def _flat(section, names):
    for key, value in section.items():
        if isinstance(value, LazyConfigValue):
            if value.to_dict():
                yield ".".join((*names, key)), "changed"
        elif isinstance(value, Config) or (key[:1].isupper() and isinstance(value, dict)):
            yield from _flat(value, (*names, key))
        else:
            yield ".".join((*names, key)), repr(value)


def _loaded(path):
    try:
        config = PyFileConfigLoader(Path(path).name, path=str(Path(path).parent)).load_config()
    except Exception:  # noqa: BLE001 - just what `traitlets.config.Application._load_config_files` catches
        return None
    return {**dict(_flat(config, ())), "$JUPYTER_PORT": os.environ.get("JUPYTER_PORT")}


def _child(path):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with os.fdopen(write, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(_loaded(path)))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as stream:
        text = stream.read()
    os.waitpid(pid, 0)
    return text or '"it ended"'


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(_child(line.rstrip("\n")), flush=True)
