"""Each symptom that a user can meet, made for real, and what `jntui check` says of it: a table for a person.

`python -m tests.live.symptom_table` (as root, with nginx, nft, sshd) builds a box with servers and a phone on the same
wire, brings about one symptom after the other, and prints verdict, cause and fix. `row` is the number in the
project's own list of symptoms.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.certificates import make_certificate
from tests.live.hostile import ROOT
from tests.live.kinds import HASH
from tests.live.netlab import BOX, NOBODY, Lab, inside, lab
from tests.live.nginx import HOST, UPGRADE, nginx
from tests.live.servers import Jupyter, clean_environment, launch_jupyter, wait_for, wait_ready

TOKEN = "canary-of-the-table"
OWN_WAY_OUT = "table inet out {\nchain output {\ntype filter hook output priority 0\ntcp dport 8889 drop\n}\n}"


@dataclass
class Street:
    """The lab with its servers."""

    lab: Lab
    folder: Path
    jupyters: dict[str, Jupyter] = field(default_factory=dict)
    moved: int = 0
    """The port of the server that moved away from 8889."""

    def start(self, stack: contextlib.ExitStack, name: str, port: int, *options: str, app: str = "server") -> None:
        """Launches a server in the box; `wait` waits for all."""
        home = self.folder / "home"
        made = inside(self.lab.box, lambda: launch_jupyter(app, *options, home=home, port=port))
        stack.callback(made.stop)
        self.jupyters[name] = made

    def wait(self) -> None:
        """Until all of them answer."""
        for one in self.jupyters.values():
            inside(self.lab.box, lambda one=one: wait_ready(one))  # type: ignore[misc]

    def check(self, where: str, *words: str, **environ: str) -> list[dict[str, object]]:
        """`jntui check` with these words, in the box or on the phone."""
        space = self.lab.box if where == "box" else self.lab.phone
        argv = [sys.executable, "-m", "jntui", "check", *words, "--json"]
        env = {**clean_environment(self.folder / "home"), "PYTHONPATH": str(ROOT), **environ}
        done = inside(
            space, lambda: subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        )
        if not done.stdout:
            return [{"url": " ".join(words), "verdict": "(refused)", "cause": done.stderr.strip(), "fix": ""}]
        found: list[dict[str, object]] = json.loads(done.stdout)["endpoints"]
        return found

    @contextlib.contextmanager
    def rules(self, *words: str) -> Iterator[None]:
        """The box's firewall has these rules on its wire while the block lasts."""
        lines = "\n".join(f"iifname eth0 tcp dport {line}" for line in words)
        self.lab.sh(
            "nft -f - <<'END'\ntable inet door {\nchain input {\ntype filter hook input priority 0\n"
            f"{lines}\n}}\n}}\nEND"
        )
        try:
            yield
        finally:
            self.lab.flush()


def show(row: str, what: str, found: Sequence[dict[str, object]], pick: str = "") -> None:
    """One line for the first endpoint whose URL holds `pick`."""
    one = next((each for each in found if pick in str(each["url"])), found[0] if found else {})
    certain = "" if one.get("certain", True) else " (likely)"
    print(f"row {row:<5} {what}\n    {one.get('url')}  ->  {one.get('verdict')}{certain}")
    for name in ("cause", "evidence", "fix"):
        if one.get(name):
            print(f"    {name:<9}{str(one[name])[:300]}")
    notes = one.get("notes")
    for note in notes if isinstance(notes, list) else []:
        print(f"    note     {str(note)[:300]}")
    sys.stdout.flush()


def start_all(street: Street, stack: contextlib.ExitStack) -> None:
    """One server for each way of being set up."""
    token = f"--IdentityProvider.token={TOKEN}"
    files = make_certificate(street.folder, "self-signed")
    for source, name in ((files.certificate, "box.pem"), (files.key, "box.key")):
        shutil.copy(source, street.folder / name)
    tls = (f"--ServerApp.certfile={street.folder / 'box.pem'}", f"--ServerApp.keyfile={street.folder / 'box.key'}")
    street.start(stack, "loopback", 8888, token, "--ServerApp.ip=127.0.0.1")
    street.start(stack, "other", 8888, token + "-six", "--ServerApp.ip=::1")
    street.start(stack, "wide", 8889, token, "--ServerApp.ip=0.0.0.0", "--ServerApp.allow_remote_access=True")
    street.start(stack, "six", 8897, token, "--ServerApp.ip=::")
    street.start(stack, "base", 8891, token, "--ServerApp.ip=0.0.0.0", "--ServerApp.base_url=/foo/bar/")
    street.start(stack, "open", 8892, "--IdentityProvider.token=", "--ServerApp.ip=0.0.0.0")
    street.start(stack, "tls", 8893, token, "--ServerApp.ip=0.0.0.0", *tls)
    street.start(stack, "password", 8894, f"--PasswordIdentityProvider.hashed_password={HASH}")
    street.wait()
    street.moved = start_moved(street, stack)


def start_moved(street: Street, stack: contextlib.ExitStack) -> int:
    """A server that asked for a port which another has, and took the next free one; its port."""
    home = street.folder / "home"
    argv = [sys.executable, "-m", "jupyter_server", "--port=8889", "--ServerApp.ip=127.0.0.1", "--no-browser"]
    argv += [f"--IdentityProvider.token={TOKEN}", *([] if os.geteuid() else ["--allow-root"])]
    log = stack.enter_context((home / "moved.log").open("wb"))
    made = inside(
        street.lab.box,
        lambda: subprocess.Popen(argv, env=clean_environment(home), stdout=log, stderr=log, start_new_session=True),
    )
    stack.callback(made.wait, 15)
    stack.callback(made.terminate)
    info = home / ".local/share/jupyter/runtime" / f"jpserver-{made.pid}.json"
    wait_for(info.exists, "the server whose port is taken")
    wait_for(lambda: info.read_text().endswith("}"), "its info file")
    return int(json.loads(info.read_text())["port"])


def listening(street: Street) -> None:
    """Rows 1 to 3, 13, 14, 21: who listens where, and as what."""
    show("1", "nothing listens on the LAN address", street.check("box", "http://10.91.0.1:8888/"))
    show("1", "from another host: nothing there", street.check("phone", "http://10.91.0.1:8877/"))
    show("2", "IPv6 address, listener on IPv4", street.check("box", "8889", "--all"), "[fd91::1]")
    show("3", "IPv4 address, ip is '::'", street.check("box", "8897", "--all"), "10.91.0.1")
    show("13", "no login, beyond this machine", street.check("box", "8892"), "10.91.0.1")
    show("14", "base URL left out", street.check("box", "http://10.91.0.1:8891/"))
    by_id = f"jpserver-{street.jupyters['loopback'].pid}"
    show("21", "another server in the other IP family", street.check("box", by_id), "localhost")
    show("21", "its port was taken: moved by port_retries", street.check("box", str(street.moved)))


def ways(street: Street) -> None:
    """Rows 4 to 9: firewalls, hosts that are down, routes, names."""
    url = f"http://{BOX['ip']}:8889/"
    six = f"http://[{BOX['ip6']}]:8897/"
    with street.rules("8889 drop"):
        show("4", "the box drops; seen from the phone", street.check("phone", url))
        show("8", "the box drops; seen from the box", street.check("box", "8889"), BOX["ip"])
    show("4", "a host that is down", street.check("phone", f"http://{NOBODY['ip']}:8889/"))
    show("4", "a host that is down, 8 s", street.check("phone", f"http://{NOBODY['ip']}:8889/", "--timeout", "8"))
    with street.rules("8889 reject with icmp host-prohibited"):
        show("5", "host-prohibited", street.check("phone", url))
    with street.rules("8897 reject with icmpv6 admin-prohibited"):
        show("6", "IPv6 admin-prohibited", street.check("phone", six))
    with street.rules("8889 reject with tcp reset"):
        show("1", "a firewall that rejects, from the phone", street.check("phone", url))
    street.lab.phone._run("sh", "-ec", f"nft -f - <<'END'\n{OWN_WAY_OUT}\nEND")
    show("4", "the phone's own rules let nothing out", street.check("phone", url))
    street.lab.phone._run("nft", "flush", "ruleset")
    show("7", "no route", street.check("phone", "http://198.51.100.7:8888/"))
    show("9", "a name that nobody knows", street.check("box", "http://lab-box.invalid:8888/"))


def answers(street: Street, folder: Path) -> None:
    """Rows 10 to 12, 16 to 18, 22 to 30, 33, 34: what answers, and how."""
    show("10", "Host check", street.check("box", "http://0.0.0.0:8888/"))
    show("11", "a wrong token in the URL", street.check("box", "http://127.0.0.1:8889/?token=wrong"))
    show("11", "a password server and a token", street.check("box", "http://127.0.0.1:8894/?token=wrong"))
    show("12", "a password that jntui does not hold", street.check("box", "8894"))
    show("16", "http to a TLS port", street.check("box", "http://127.0.0.1:8893/"))
    show("17", "https to a plain port", street.check("box", "https://127.0.0.1:8889/"))
    for kind in ("self-signed", "trusted", "expired", "not-yet", "other-name", "no-names"):
        files = make_certificate(folder, kind)
        shutil.copy(files.certificate, folder / "box.pem")
        shutil.copy(files.key, folder / "box.key")
        show("18", f"certificate: {kind}", street.check("box", "8893"), "10.91.0.1")
    shutil.copy(make_certificate(folder, "expired").key, folder / "box.key")
    show("17", "key of another certificate", street.check("box", "8893"), "10.91.0.1")
    show("33", "a socket file's URL", street.check("box", "http+unix://%2Frun%2Fj.sock/"))
    show("34", "a port that is none", street.check("box", "http://127.0.0.1:99999/"))
    hung = street.jupyters["password"]
    os.kill(hung.pid, signal.SIGSTOP)
    try:
        show("24", "a server that hangs", street.check("box", "http://127.0.0.1:8894/"))
    finally:
        os.kill(hung.pid, signal.SIGCONT)


def fronts(street: Street, folder: Path) -> None:
    """Rows 25, 26, 29, 30 and a proxy that strips a prefix: nginx in front."""
    passed = "proxy_pass http://127.0.0.1:8889"
    locations = {
        "right": f"location / {{ {passed}; {HOST} {UPGRADE} }}",
        "no-upgrade": f"location / {{ {passed}; {HOST} }}",
        "no-host": f"location / {{ {passed}; {UPGRADE} }}",
        "strips": f"location /jup/ {{ {passed}/; {HOST} {UPGRADE} }}",
        "dead": "location / { proxy_pass http://127.0.0.1:1; }",
        "basic": f"auth_basic members; auth_basic_user_file {folder / 'users'}; location / {{ {passed}; }}",
        "portal": "return 302 http://portal.example/login;",
        "other": f"root {folder / 'empty'};",
    }
    (folder / "users").write_text("ada:{PLAIN}x\n")
    with contextlib.ExitStack() as stack:
        ports = inside(street.lab.box, lambda: stack.enter_context(nginx(folder, locations)))
        rows = {
            "no-upgrade": ("25", "nginx drops Upgrade"),
            "no-host": ("26", "nginx rewrites Host"),
            "strips": ("14b", "nginx strips the prefix"),
            "dead": ("29", "dead upstream"),
            "basic": ("30", "Basic login in front"),
            "portal": ("23b", "a portal"),
            "other": ("23", "another web server"),
            "right": ("-", "nginx as it should be"),
        }
        for name, (row, what) in rows.items():
            path = "jup/" if name == "strips" else ""
            show(row, what, street.check("box", f"http://127.0.0.1:{ports[name]}/{path}?token={TOKEN}"))


def environment(street: Street, folder: Path) -> None:
    """Rows 19 and 20: what catches the user's own tools."""
    found = street.check("box", "8889", http_proxy="http://127.0.0.1:3128", no_proxy="10.*")
    show("19", "http_proxy, and a no_proxy that spares nobody", found, BOX["ip"])
    netrc = folder / "home" / ".netrc"
    netrc.write_text(f"machine {BOX['ip']} login ada password x\n")
    netrc.chmod(0o600)
    show("20", "a netrc entry", street.check("box", "8889"), BOX["ip"])
    netrc.unlink()


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as text, contextlib.ExitStack() as stack:
        folder = Path(text)
        folder.chmod(0o755)
        street = Street(stack.enter_context(lab("table")), folder)
        start_all(street, stack)
        parts: list[Callable[[], None]] = [
            lambda: listening(street),
            lambda: ways(street),
            lambda: fronts(street, folder),
            lambda: environment(street, folder),
            lambda: answers(street, folder),
        ]
        for part in parts:
            part()
        killed = street.jupyters["six"]
        killed.kill()
        show("22", "its process was killed", street.check("box", str(killed.port)))


if __name__ == "__main__":
    main()
