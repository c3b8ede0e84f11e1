"""Logins, tokens and WebSockets. Named by the rows of the symptom table."""

from __future__ import annotations

from dataclasses import replace

from jntui.model import Listener, Secret
from tests.unit.diagnose.facts import (
    LAN_COVERED,
    Given,
    answered,
    custom,
    endpoint,
    near,
    server,
    setting,
    settings,
    socket,
)

NEXT = server(Listener("127.0.0.1", 8889, pid=9), id="jpserver-9", pid=9, port=8889)
AT_8888 = custom("http://127.0.0.1:8888/", "this-machine", "jpserver-9")
MOVED = settings(setting("port", 8888, note="8888 was taken when it started"))
PROXIED = custom("http://box.example/jup/", "lan", "jpserver-7")

LOGIN: dict[str, Given] = {
    "row-11 the URL's token": Given(
        "token-rejected: the URL's",
        "token-rejected",
        "The token in the URL",
        answered(probe={"auth": "rejected", "token_in_url": True}),
        server(auth="token"),
        endpoint(),
        fix="`jntui urls --token`",
    ),
    "row-11 a token for a server with a password": Given(
        "token-rejected: a server with a password",
        "token-rejected",
        "asks for a password and has no token",
        answered(probe={"auth": "rejected", "token_in_url": True}),
        server(auth="password"),
        endpoint(),
        fix="log in with the password",
    ),
    "row-11 the info file's token": Given(
        "token-rejected: the info file's",
        "token-rejected",
        "likely the file is older than the server",
        answered(probe={"auth": "rejected"}),
        server(auth="token"),
        endpoint(),
        fix="restart it",
        certain=False,
    ),
    "row-11 a token file with a line end": Given(
        "token-rejected: a token file",
        "token-rejected",
        "JUPYTER_TOKEN_FILE",
        answered(probe={"auth": "rejected"}),
        server(auth="token"),
        endpoint(),
        settings=settings(
            replace(
                setting("token", None, secret=True),
                source=replace(setting("token", None).source, kind="env", path="JUPYTER_TOKEN_FILE"),
            )
        ),
        fix="printf %s",
        certain=False,
    ),
    "row-21 the token of a server that moved": Given(
        "token-rejected: its port was taken",
        "token-rejected",
        "likely because another one is there",
        answered(probe={"auth": "rejected", "token_in_url": True}),
        NEXT,
        AT_8888,
        near(Listener("127.0.0.1", 8888, pid=5)),
        MOVED,
        fix="Open http://127.0.0.1:8889/ instead",
        certain=False,
    ),
    "row-26 a login page at an added URL, while the token is known": Given(
        "login",
        "login",
        "The token of :8888 was not sent",
        answered(probe={"auth": "login"}),
        server(token=Secret("x" * 12)),
        custom("http://box.example:8888/"),
        fix="add the URL with ?token=TOKEN",
    ),
    "row-12 not logged in": Given(
        "login", "login", "login page", answered(probe={"auth": "login"}), server(), endpoint(), fix="Log in"
    ),
    "row-13 no login at all": Given(
        "open",
        "open",
        "no token and no password",
        answered(probe={"auth": "open"}),
        server(),
        LAN_COVERED,
        fix="Set a password and restart it (3\u00a0kernels\u00a0end). Until then, stop it or set ip to 'localhost'.",
    ),
    "a Kernel Gateway": Given(
        "login: a Kernel Gateway",
        "login",
        "Kernel Gateway",
        answered(401, None, message="Unauthorized", probe={"auth": "login"}),
        server(app="Kernel Gateway"),
        endpoint(),
        fix="Authorization: token",
    ),
    "asked from another host": Given(
        "login: from another host",
        "login",
        "phone got Jupyter's answer",
        answered(probe={"vantage": "phone"}),
        server(),
        LAN_COVERED,
        fix="Open it on phone",
    ),
    "a token that was not sent": Given(
        "login: the token was not sent",
        "login",
        "its token was not sent",
        answered(probe={"auth": "not-sent"}),
        server(),
        endpoint(),
        fix="Open it with its token",
    ),
    "a Hub's login without its header": Given(
        "login: a Hub", "login", "JupyterHub", answered(probe={"auth": "hub"}), fix="log in to the Hub"
    ),
    "no answer to the login question": Given(
        "no-answer: to the login question",
        "no-answer",
        "named its version",
        answered(probe={"auth": "unknown"}),
        server(),
        endpoint(),
        fix="Check again",
        certain=False,
    ),
    "all is well": Given(
        "ok",
        "ok",
        "a firewall can still stop others",
        answered(probe=socket("open", by_cookie=True)),
        server(),
        LAN_COVERED,
    ),
}


WEBSOCKET: dict[str, Given] = {
    "row-25 a proxy drops Upgrade": Given(
        "page-only: no Upgrade header",
        "page-only",
        "without its Upgrade header: a proxy in front takes it away",
        answered(probe=socket("no-upgrade", status=400, server="nginx", detail='Can "Upgrade" only to "WebSocket".')),
        server(),
        PROXIED,
        fix='proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";',
    ),
    "row-26 a proxy rewrites Host": Given(
        "page-only: another Host",
        "page-only",
        "Origin: http://box.example",
        answered(probe=socket("cross-origin", status=403, by_cookie=True, origin="http://box.example")),
        server(),
        PROXIED,
        fix="proxy_set_header Host $http_host;",
    ),
    "row-26 another Host, and the Host check comes next": Given(
        "page-only: another Host",
        "page-only",
        "Origin: https://box.example",
        answered(probe=socket("cross-origin", status=403, origin="https://box.example")),
        server(),
        PROXIED,
        fix=", and set allow_remote_access to True and restart it: the Host check then sees that name",
    ),
    "row-26 another Host, and no Host check": Given(
        "page-only: another Host",
        "page-only",
        "Origin: https://box.example",
        answered(probe=socket("cross-origin", status=403, origin="https://box.example")),
        server(),
        PROXIED,
        settings=settings(setting("allow_remote_access", True)),
        fix="$http_host;). Or set allow_origin to 'https://box.example' and restart the server (3\xa0kernels\xa0end).",
    ),
    "row-26 allow_origin of another page": Given(
        "page-only: another Host",
        "page-only",
        "allow_origin = 'http://other' (~/.jupyter/jupyter_server_config.py:12)",
        answered(probe=socket("cross-origin", status=403, origin="http://box.example")),
        server(),
        PROXIED,
        settings=settings(setting("allow_origin", "http://other")),
        fix="set allow_origin to 'http://box.example'",
    ),
    "row-27 the WebSocket is refused by Jupyter": Given(
        "page-only: refused",
        "page-only",
        "likely a proxy in front takes the login",
        answered(probe=socket("forbidden", status=403, server="TornadoServer/6.6.1")),
        server(),
        PROXIED,
        fix="Cookie",
        certain=False,
    ),
    "row-27 the WebSocket is refused by a proxy": Given(
        "page-only: refused",
        "page-only",
        "likely by a proxy in front",
        answered(probe=socket("forbidden", status=403, server="nginx")),
        server(),
        PROXIED,
        certain=False,
    ),
    "row-28 Notebook 6 has no events": Given(
        "ok", "ok", "", answered(200, "6.5.7", probe=socket("missing", status=404)), server(), endpoint()
    ),
    "row-28 a proxy passes only some paths": Given(
        "page-only: not found",
        "page-only",
        "though Jupyter 2.21.1 has it",
        answered(probe=socket("missing", status=404, server="nginx")),
        server(),
        PROXIED,
        fix="/api/",
        certain=False,
    ),
    "no answer to the WebSocket": Given(
        "page-only: no answer",
        "page-only",
        "No answer comes when a WebSocket is asked for",
        answered(probe=socket("silent")),
        server(),
        PROXIED,
        fix="proxy_http_version 1.1",
        certain=False,
    ),
    "the WebSocket's connection ends": Given(
        "page-only: no answer",
        "page-only",
        "The connection ends when a WebSocket is asked for",
        answered(probe=socket("ended")),
        server(),
        PROXIED,
        certain=False,
    ),
    "anything else about the WebSocket": Given(
        "page-only: anything else",
        "page-only",
        "status 500",
        answered(probe=socket("other", status=500)),
        server(),
        PROXIED,
        fix="logs",
        certain=False,
    ),
}


ROWS: dict[str, Given] = {**LOGIN, **WEBSOCKET}
