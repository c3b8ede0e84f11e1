"""Options that leave the command line have the same effect in the file they move to: asked of Jupyter itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from jntui.jupyter import moved_secrets
from jntui.jupyter.moved_secrets import Moved
from jntui.jupyter.secret_options import secret_options
from tests.live.servers import clean_environment

OPTIONS: tuple[tuple[str, ...], ...] = (
    ("--GatewayClient.auth_token=s3cret",),
    ("--GatewayClient.auth_token=None",),
    ('--GatewayClient.headers={"Authorization": "Bearer s3cret"}',),
    ("--GatewayClient.http_pwd='s3cret'",),
    ("--GatewayClient.http_pwd=~/s3cret",),
    ("--GatewayClient.url=http://ada:s3cret@box:1/x",),
    ("--ServerApp.cookie_secret=s3cret\u00e4",),
    ("--ServerApp.cookie_secret=b's3cret'",),
    ("--ServerApp.tornado_settings={'headers': {'Authorization': 's3cret'}, 'n': 3}",),
    ("--ServerApp.tornado_settings=token=s3cret", "--ServerApp.tornado_settings=pwd=s3cret"),
    ("--ServerApp.get_secure_cookie_kwargs={'secret': 's3cret', 'max_age_days': 2}",),
    ("--PasswordIdentityProvider.hashed_password=argon2:$argon2id$v=19$m=10240,t=10,p=8$abc$def",),
    ('--PasswordIdentityProvider.hashed_password="sha1:0123:s3cret"',),
    ("--IdentityProvider.token=s3cret",),
    ("--IdentityProvider.token=None",),
    ("--IdentityProvider.token=12345",),
    ("--IdentityProvider.token=~s3cret",),
    ("--ServerApp.custom_display_url=http://x/?token=s3cret",),
    ("--Session.key=s3cret",),
    ("--Session.key=b'123'",),
    ("--Session.metadata={'secret': 's3cret'}",),
    ("--ServerApp.extra_log_scrub_param_keys=api_key=s3cret", "--ServerApp.extra_log_scrub_param_keys=pwd=x"),
    ("--ServerApp.local_hostnames=['http://ada:s3cret@h']",),
    ("--Mine.api_key=s3cret",),
    ("--Mine.credentials={'a': 's3cret'}",),
    ("--Mine.passphrase=7777",),
    ("--Mine.tokens=a", "--Mine.tokens=s3cret"),
    ("--Mine.maybe_secret=5555",),
    ("--Mine.auth_pair=0.5,token=x",),
)
"""Each as typed for one start."""

JUDGE = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from copy import deepcopy
from jupyter_client.session import Session
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.serverapp import ServerApp
from traitlets import Any, Dict, Int, List, Unicode, Union
from traitlets.config import Configurable

class Mine(Configurable):
    # Not among the application's classes: its options are read when they are used.
    api_key = Unicode().tag(config=True)
    credentials = Dict().tag(config=True)
    passphrase = Any().tag(config=True)
    tokens = List(Unicode()).tag(config=True)
    maybe_secret = Union([Int(), Unicode()]).tag(config=True)
    auth_pair = Unicode().tag(config=True)

CLASSES = {one.__name__: one for one in
           (GatewayClient, PasswordIdentityProvider, IdentityProvider, Session, Mine)}

def value(argv, folder, name):
    os.environ["JUPYTER_CONFIG_PATH"] = folder
    app = ServerApp()
    app.parse_command_line(argv)
    typed = deepcopy(app.cli_config)
    app.load_config_file()
    app.update_config(typed)
    cls, _, trait = name.partition(".")
    holder = app if cls == "ServerApp" else CLASSES[cls](config=app.config)
    return repr(getattr(holder, trait))

print(json.dumps([[value(argv, "", name), value([], folder, name)] for argv, folder, name in json.load(sys.stdin)]))
"""


def test_a_moved_option_has_the_value_that_it_had(tmp_path: Path) -> None:
    asked = []
    for number, words in enumerate(OPTIONS):
        found = list(secret_options(words))
        assert len(found) == len(words), f"not all of {words} are taken for secrets"
        folder = tmp_path / "state" / "options" / str(number)
        moved = [Moved(one.cls, one.trait, one.value) for one in found]
        moved_secrets.write(folder, ("jupyter_server_config.py", "jupyter_config.py"), moved)
        asked.append((words, str(folder), found[0].name))
    done = subprocess.run(
        [sys.executable, "-c", JUDGE],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
        env=clean_environment(tmp_path),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    wrong = [
        (words[0], typed, moved) for (words, _, _), (typed, moved) in zip(asked, answers, strict=True) if typed != moved
    ]
    assert wrong == []
    assert sum("s3cret" in typed for typed, _ in answers) > 18, "the judge sees what was typed"
