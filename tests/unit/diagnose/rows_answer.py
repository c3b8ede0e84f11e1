"""Whole answers: what stands in front, and whose they are. Named by the rows of the symptom table."""

from __future__ import annotations

from jntui.model import Listener
from tests.unit.diagnose.facts import (
    LOCAL,
    Given,
    answered,
    custom,
    endpoint,
    near,
    server,
    setting,
    settings,
    stage,
)

NEXT = server(Listener("127.0.0.1", 8889, pid=9), id="jpserver-9", pid=9, port=8889)
AT_8888 = custom("http://127.0.0.1:8888/", "this-machine", "jpserver-9")
MOVED = settings(setting("port", 8888, note="8888 was taken when it started"))
PROXIED = custom("http://box.example/jup/", "lan", "jpserver-7")

FRONT: dict[str, Given] = {
    "row-29 502 of a proxy": Given(
        "gateway-error: 502, 503, 504",
        "gateway-error",
        "The answer 502 comes from a proxy in front (nginx/1.22), not from Jupyter: it cannot connect",
        answered(502, None, server="nginx/1.22"),
        server(),
        PROXIED,
        fix=":8888 runs at port 8888.",
    ),
    "row-29 504 of a proxy": Given(
        "gateway-error: 502, 503, 504",
        "gateway-error",
        "does not answer in time",
        answered(504, None, server="nginx/1.22"),
        fix="log",
    ),
    "row-30 an HTTP login of a proxy": Given(
        "gateway-error: an HTTP login",
        "gateway-error",
        "WWW-Authenticate",
        answered(401, None, basic=True),
        fix="Log in there first",
    ),
    "a portal that leads away": Given(
        "gateway-error: led to another host",
        "gateway-error",
        "leading to portal.example, which is not Jupyter's: a proxy's login or the network's portal",
        answered(302, None, location="http://portal.example/login"),
        fix="Log in there first",
    ),
    "a portal's own status": Given(
        "gateway-error: a network's portal", "gateway-error", "511", answered(511, None), fix="log in to the network"
    ),
    "a portal's page": Given(
        "not-jupyter: a page of somebody",
        "not-jupyter",
        "likely another web server, or a network's portal",
        answered(200, None, content_type="text/html"),
        fix="in a browser",
        certain=False,
    ),
    "a login page at the same host": Given(
        "gateway-error: a login page in front",
        "gateway-error",
        "likely a proxy in front asks for a login",
        answered(302, None, location="http://example.org:8888/oauth2/start"),
        fix="Log in there first",
        certain=False,
    ),
    "JupyterHub": Given(
        "login: JupyterHub",
        "login",
        "JupyterHub stands in front",
        answered(302, None, hub=True),
        fix="log in to the Hub",
    ),
    "JupyterHub asks after the version": Given(
        "login: JupyterHub",
        "login",
        "JupyterHub stands in front",
        answered(hub=True, probe={"auth": "hub"}),
        fix="log in to the Hub",
    ),
    "JupyterHub without a running server": Given(
        "gateway-error: JupyterHub without a server",
        "gateway-error",
        "no running server",
        answered(503, None, hub=True),
        fix="start the server there",
    ),
}


WHOSE: dict[str, Given] = {
    "row-10 the Host check, confirmed": Given(
        "host-blocked",
        "host-blocked",
        "It answers only to local names, because allow_remote_access is False: the default",
        answered(403, None, csp_base_url="/", probe={"local_host_works": True}),
        server(),
        endpoint("http://lab-box:8888/", address="lab-box"),
        fix="Set allow_remote_access to True, or add lab-box to local_hostnames",
    ),
    "row-10 the Host check, by a file": Given(
        "host-blocked",
        "host-blocked",
        "allow_remote_access = False (~/.jupyter/jupyter_server_config.py:12)",
        answered(403, None, csp_base_url="/", probe={"local_host_works": True}),
        server(),
        endpoint("http://lab-box:8888/", address="lab-box"),
        settings=settings(setting("allow_remote_access", False), setting("local_hostnames", ["localhost"], None)),
        fix="Set allow_remote_access to True",
    ),
    "row-10 the Host check, allowed by now": Given(
        "host-blocked: waits for a restart",
        "host-blocked",
        "it reads them when it starts",
        answered(403, None, csp_base_url="/", probe={"local_host_works": True}),
        server(),
        endpoint("http://lab-box:8888/", address="lab-box"),
        settings=settings(setting("allow_remote_access", True)),
        fix="Restart it (3\u00a0kernels\u00a0end).",
    ),
    "row-10 the Host check, not confirmed": Given(
        "host-blocked",
        "host-blocked",
        "Likely it answers only to local names",
        answered(403, None, csp_base_url="/"),
        server(),
        endpoint("http://lab-box:8888/", address="lab-box"),
        certain=False,
    ),
    "row-10 a proxy that sends a Host of its own": Given(
        "host-blocked: by a proxy's Host",
        "host-blocked",
        "Likely a proxy in front sends a name of its own",
        answered(403, None, csp_base_url="/", probe={"local_host_works": False}),
        server(),
        PROXIED,
        fix="Host: localhost",
        certain=False,
    ),
    "row-10 LOCALHOST": Given(
        "host-blocked: not exactly localhost",
        "host-blocked",
        "letter by letter",
        answered(403, None, csp_base_url="/", probe={"local_host_works": True}),
        server(),
        endpoint("http://LOCALHOST:8888/", address="localhost"),
        fix="Open http://localhost:8888/ instead.",
    ),
    "row-14 the base URL is missing": Given(
        "base-url",
        "base-url",
        "Its base_url is '/a/b/', which this URL lacks",
        answered(404, None, csp_base_url="/a/b/"),
        fix="Open http://example.org:8888/a/b/ instead.",
    ),
    "row-14 another base URL": Given(
        "base-url",
        "base-url",
        "and this URL names '/jup/'",
        answered(302, None, csp_base_url="/", location="http://box.example/login"),
        server(),
        PROXIED,
        fix="Open http://box.example/ instead.",
    ),
    "row-14 a proxy that strips the prefix": Given(
        "base-url: a proxy strips it",
        "base-url",
        "this URL names '/jup/', the server answers as '/'",
        answered(csp_base_url="/", server="nginx/1.22", probe={"auth": "accepted"}),
        server(),
        PROXIED,
        fix="Set base_url to '/jup/'",
    ),
    "a Jupyter that answers api with an error": Given(
        "no-answer: a broken Jupyter",
        "no-answer",
        "Likely it or an extension of it is broken",
        answered(500, None, csp_base_url="/", server="TornadoServer/6.6.1"),
        fix="log",
        certain=False,
    ),
    "row-21 another server in the other IP family": Given(
        "other-server",
        "other-server",
        "on IPv6 the same port belongs to jpserver-9 (pid 9)",
        answered(probe={"identity": False, "peer": "::1"}),
        server(LOCAL[0]),
        custom("http://localhost:8888/", "this-machine", "jpserver-7"),
        near(LOCAL[0], Listener("::1", 8888, pid=9)),
        others=(server(Listener("::1", 8888, pid=9), id="jpserver-9", pid=9),),
        fix="Open http://127.0.0.1:8888/ for :8888",
    ),
    "row-21 another process on this address": Given(
        "other-server",
        "other-server",
        "another process (pid 9) listens on this address",
        answered(probe={"identity": False, "peer": "127.0.0.1"}),
        server(Listener("10.77.0.1", 8888, pid=7)),
        custom("http://127.0.0.1:8888/", "this-machine", "jpserver-7"),
        near(Listener("127.0.0.1", 8888, pid=9), Listener("10.77.0.1", 8888, pid=7)),
        fix="Open http://10.77.0.1:8888/ for :8888",
    ),
    "row-21 another start time": Given(
        "other-server",
        "other-server",
        "another start time",
        answered(probe={"identity": False, "stages": (stage("identity", "another start time", False),)}),
        server(),
        PROXIED,
    ),
    "row-21 its port was taken by another server": Given(
        "other-server: its port was taken",
        "other-server",
        "that one was taken when it started, so it took 8889",
        answered(probe={"identity": False}),
        NEXT,
        AT_8888,
        near(Listener("127.0.0.1", 8888, pid=5)),
        MOVED,
        fix="Open http://127.0.0.1:8889/ instead",
    ),
    "row-23 another web service": Given(
        "not-jupyter",
        "not-jupyter",
        "port 8888 is held by python3 (pid 50)",
        answered(
            404, None, content_type="text/html;charset=utf-8", server="SimpleHTTP/0.6", probe={"peer": "127.0.0.1"}
        ),
        endpoint=custom("http://127.0.0.1:8888/", "this-machine"),
        around=near(Listener("127.0.0.1", 8888, pid=50), holder="python3"),
        others=(NEXT,),
        fix="Jupyter runs at http://127.0.0.1:8889/.",
    ),
    "row-23 a web service that leads on": Given(
        "not-jupyter: it leads on",
        "not-jupyter",
        "leads to http://example.org:8888/app/",
        answered(301, None, location="http://example.org:8888/app/"),
        fix="Check the URL that it leads to",
    ),
}


ROWS: dict[str, Given] = {**FRONT, **WHOSE}
