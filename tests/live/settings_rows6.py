"""The same for Notebook 6, which reads fewer files; each row with what Notebook 6.5.7 was seen to have."""

from __future__ import annotations

from tests.live.settings_rows import SHA, Row, old, password, py

VARIABLES = {"JUPYTER_PORT": "9212", "JUPYTER_TOKEN": "seven77"}
OPTIONS = ("--port=9211", "--no-browser", "--notebook-dir=@cwd", "--NotebookApp.token=abc")

NOTEBOOK6_ROWS = (
    Row("nothing at all", recorded={"port": "8888", "open_browser": "True", "token": "generated at each start"}),
    Row(
        "its own file",
        {"home/notebook.py": old(ip="*", port=9201, notebook_dir="/", password=SHA)},
        recorded={
            "ip": "'*'",
            "port": "9201",
            "notebook_dir": "'/'",
            "password": "sha1 hash",
            "token": "none: a password is set",
            "allow_remote_access": "True",
        },
    ),
    Row(
        "the server's file is not read",
        {"home/server.py": py(port=9202) + old(port=9203)},
        recorded={"port": "8888"},
    ),
    Row(
        "json beats py",
        {"home/notebook.py": old(port=9204), "home/notebook.json": '{"NotebookApp": {"port": 9205}}'},
        recorded={"port": "9205"},
    ),
    Row(
        "prefix beats home",
        {"home/notebook.json": '{"NotebookApp": {"port": 9206}}', "prefix/notebook.py": old(port=9207)},
        recorded={"port": "9207"},
    ),
    Row(
        "the base file",
        {"home/base.py": old(port=9208, ip="::"), "home/notebook.py": old(port=9209)},
        recorded={"port": "9209", "ip": "'::'"},
    ),
    Row(
        "options",
        {"home/notebook.py": old(port=9210, open_browser=True)},
        OPTIONS,
        recorded={"port": "9211", "open_browser": "False", "token": "token, 3 characters"},
    ),
    Row("variables", environ=VARIABLES, recorded={"port": "9212", "token": "token, 7 characters"}),
    Row(
        "a file beats variables",
        {"home/notebook.py": old(port=9213, token="")},
        environ=VARIABLES,
        recorded={"port": "9213", "token": "empty: no token"},
    ),
    Row(
        "--config",
        {"cwd/my.py": old(port=9214), "home/notebook.py": old(port=9215, ip="*")},
        ("--config=my.py",),
        recorded={"port": "9214", "ip": "'localhost'"},
    ),
    Row(
        "a syntax error",
        {"home/notebook.py": "c.NotebookApp.port = 9216\nprint 'x'\n"},
        recorded={"port": "8888"},
    ),
    Row(
        "new names mean nothing",
        {"home/notebook.py": py(port=9217) + password(SHA)},
        recorded={"port": "8888", "password": "empty: no password"},
    ),
    Row(
        "kernels",
        {"home/notebook.py": "c.MappingKernelManager.cull_idle_timeout = 9\n"},
        recorded={"cull_idle_timeout": "9"},
    ),
)
