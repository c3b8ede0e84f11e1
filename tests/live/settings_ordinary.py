"""Config files as people have them: whoever reads them says nothing about them."""

from __future__ import annotations

ORDINARY = {
    "plain": "c = get_config()  #noqa\nc.ServerApp.ip = '0.0.0.0'\nc.ServerApp.port = 9999\n"
    "c.ServerApp.open_browser = False\n",
    "notebook6": "c.NotebookApp.ip = '*'\nc.NotebookApp.port = 8888\n"
    "c.NotebookApp.allow_origin = '*'\nc.NotebookApp.iopub_data_rate_limit = 1.0e10\n",
    "docker_stacks": """
# Copyright (c) Jupyter Development Team.
import os
import stat
import subprocess

from jupyter_core.paths import jupyter_data_dir

c = get_config()
c.ServerApp.ip = "0.0.0.0"
c.ServerApp.open_browser = False
c.InlineBackend.figure_formats = {"png", "jpeg", "svg", "pdf"}
c.FileContentsManager.delete_to_trash = False
if "NB_UMASK" in os.environ:
    os.umask(int(os.environ["NB_UMASK"], 8))
""",
    "environment": """
import os
c.ServerApp.port = int(os.environ.get("NOTEBOOK_PORT", 8888))
c.ServerApp.base_url = os.environ.get("BASE_URL", "/")
c.ServerApp.root_dir = os.environ["HOME"]
c.IdentityProvider.token = os.getenv("NOTEBOOK_TOKEN", "")
if os.environ.get("DEBUG"):
    c.Application.log_level = 10
""",
    "conditional_password": """
import os
from jupyter_server.auth import passwd
if "PASSWORD" in os.environ:
    c.ServerApp.password = passwd(os.environ["PASSWORD"])
    del os.environ["PASSWORD"]
""",
    "password": 'from jupyter_server.auth import passwd\nc.ServerApp.password = passwd("secret", algorithm="sha1")\n',
    "paths": """
import os
from pathlib import Path
home = Path.home()
certs = home / ".jupyter" / "certs"
HERE = os.path.dirname(os.path.abspath(__file__))
c.ServerApp.certfile = str(certs / "cert.pem")
c.ServerApp.keyfile = os.path.join(os.path.expanduser("~"), ".jupyter", "key.pem")
c.ServerApp.root_dir = f"{home}/notebooks"
c.ServerApp.extra_static_paths = [os.path.join(HERE, "static")]
""",
    "hook": '''
def scrub_output_pre_save(model, **kwargs):
    """scrub output before saving notebooks"""
    if model["type"] != "notebook":
        return
    for cell in model["content"]["cells"]:
        if cell["cell_type"] != "code":
            continue
        cell["outputs"] = []
        cell["execution_count"] = None

c.FileContentsManager.pre_save_hook = scrub_output_pre_save
''',
    "post_save": """
import io
import os
from notebook.utils import to_api_path

_script_exporter = None

def script_post_save(model, os_path, contents_manager, **kwargs):
    global _script_exporter
    from nbconvert.exporters.script import ScriptExporter
    if model["type"] != "notebook":
        return
    if _script_exporter is None:
        _script_exporter = ScriptExporter(parent=contents_manager)
    base, ext = os.path.splitext(os_path)
    with io.open(base + ".txt", "w", encoding="utf-8") as f:
        f.write(script)
""".replace("from notebook.utils import to_api_path\n", ""),
    "cors": """
c.ServerApp.tornado_settings = {
    "headers": {"Content-Security-Policy": "frame-ancestors 'self' *"},
    "cookie_options": {"SameSite": "None", "Secure": True},
}
c.ServerApp.allow_origin_pat = r"https://.*\\.example\\.org"
c.ServerApp.disable_check_xsrf = True
c.NotebookApp.tornado_settings = {"static_url_prefix": "/static/"}
""",
    "proxy": """
c.ServerProxy.servers = {
    "code-server": {
        "command": ["code-server", "--auth=none", "--port={port}"],
        "timeout": 20,
        "launcher_entry": {"title": "VS Code"},
    },
}
c.ServerProxy.host_allowlist = ["localhost"]
c.ResourceUseDisplay.mem_limit = 4 * 1024 ** 3
""",
    "culling": """
HOUR = 60 * 60
c.MappingKernelManager.cull_idle_timeout = 2 * HOUR
c.MappingKernelManager.cull_interval = 5 * 60
c.TerminalManager.cull_inactive_timeout = HOUR // 2
""",
    "lists": """
extra = ["/srv/a", "/srv/b"]
c.ServerApp.extra_template_paths = extra + ["/srv/c"]
c.ServerApp.local_hostnames.append("box")
c.ContentsManager.hide_globs = ["*.pyc", "__pycache__"]
for section in (c.ServerApp, c.NotebookApp):
    section.quit_button = False
""",
    "platform": """
import platform
import socket
import sys
if sys.platform == "win32":
    c.ServerApp.use_redirect_file = False
elif sys.platform.startswith("linux") and sys.version_info >= (3, 8):
    c.ServerApp.ip = socket.gethostname() if platform.system() == "Linux" else "localhost"
""",
    "logging": """
import logging
import warnings
warnings.filterwarnings("ignore")
logging.getLogger("tornado.access").setLevel(logging.WARNING)
log = logging.getLogger(__name__)
c.ServerApp.log_level = logging.INFO
print("config loaded")
""",
    "optional_import": """
try:
    import nbdime
except ImportError:
    nbdime = None
try:
    from notebook.auth import passwd
except ImportError:
    from jupyter_server.auth import passwd
c.ServerApp.nbserver_extensions = {"nbdime": nbdime is not None}
""",
    "function": """
import os

def workdir(name):
    base = os.path.expanduser("~")
    return os.path.join(base, name)

def setting(name, default="x"):
    return os.environ.get("MY_" + name, default)

c.ServerApp.root_dir = workdir("work")
c.ServerApp.base_url = "/" + setting("URL", "jupyter").strip("/") + "/"
""",
    "contents": '''
from jupyter_server.services.contents.largefilemanager import LargeFileManager

class Quiet(LargeFileManager):
    """Keeps checkpoints away."""
    allow_hidden = True

    def delete_file(self, path):
        raise PermissionError(path)

c.ServerApp.contents_manager_class = Quiet
''',
    "gateway": 'c.GatewayClient.url = "http://gateway:8888"\nc.GatewayClient.request_timeout = 60.0\n'
    'c.ServerApp.jpserver_extensions = {"jupyter_lsp": True}\n',
    "mapping": """
import os
OPTIONS = {"port": 9001, "ip": "0.0.0.0"}
c.ServerApp.port = OPTIONS["port"]
c.ServerApp.ip = OPTIONS.get("ip", "localhost")
user = os.environ.get("USER") or "nobody"
c.ServerApp.custom_display_url = "http://%s.example.org" % user
""",
    "secrets": "import secrets\nimport uuid\nc.IdentityProvider.token = secrets.token_hex(24)\n"
    "c.ServerApp.cookie_secret = str(uuid.uuid4()).encode()\n",
}
