"""Who minds a server, by the control groups and variables of real systems."""

from __future__ import annotations

import pytest

from jntui.jupyter.supervisor import Surroundings, supervisor_of, words_of

ID = "f" * 12 + "0" * 52
OTHER = "a" * 64

CONTAINERS = [
    ("docker, cgroup 2 under systemd", f"0::/system.slice/docker-{ID}.scope", "docker stop ffffffffffff"),
    ("docker, cgroup 2 by itself", f"0::/docker/{ID}", "docker stop ffffffffffff"),
    (
        "docker, cgroup 1",
        f"12:pids:/docker/{ID}\n11:memory:/docker/{ID}\n1:name=systemd:/docker/{ID}\n0::/system.slice/containerd.service",
        "docker stop ffffffffffff",
    ),
    ("docker in docker", f"0::/docker/{OTHER}/docker/{ID}", "docker stop ffffffffffff"),
    ("docker compose in a slice", f"0::/web.slice/docker-{ID}.scope", "docker stop ffffffffffff"),
    ("podman of root", f"0::/machine.slice/libpod-{ID}.scope/container", "podman stop ffffffffffff"),
    (
        "podman of a user",
        f"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope/container",
        "podman stop ffffffffffff",
    ),
    ("nerdctl", f"0::/system.slice/nerdctl-{ID}.scope", "nerdctl stop ffffffffffff"),
    (
        "Kubernetes, containerd under systemd",
        f"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-{ID}.scope",
        "crictl stop ffffffffffff",
    ),
    ("Kubernetes, CRI-O", f"0::/kubepods.slice/kubepods-pod1.slice/crio-{ID}.scope", "crictl stop ffffffffffff"),
    ("Kubernetes, cgroup 1", f"4:cpu:/kubepods/besteffort/pod1b-2/{ID}", "crictl stop ffffffffffff"),
    ("LXC 4", "0::/lxc.payload.box/user.slice", "lxc-attach -n box -- jupyter server stop 8888"),
    ("LXC 3", "9:devices:/lxc/box/system.slice", "lxc-attach -n box -- jupyter server stop 8888"),
    (
        "systemd-nspawn",
        "0::/machine.slice/machine-box.scope/payload/system.slice/jupyter.service",
        "machinectl shell box /usr/bin/env jupyter server stop 8888",
    ),
]


@pytest.mark.parametrize(("cgroup", "command"), [row[1:] for row in CONTAINERS], ids=[row[0] for row in CONTAINERS])
def test_a_container(cgroup: str, command: str) -> None:
    where = Surroundings(42, port=8888, cgroup=cgroup, own_cgroup="0::/user.slice/user-0.slice/session-1.scope")
    found = supervisor_of(where)
    assert found is not None
    assert (found.kind, found.stop) == ("container", command)
    assert f"`{command}` stops it" in words_of(found)
    inside = Surroundings(42, port=8888, cgroup=cgroup, own_cgroup=cgroup)
    assert supervisor_of(inside) is None, "from inside of it the server is stopped as anywhere"


USER = "0::/user.slice/user-1000.slice/user@1000.service"
UNITS = [
    ("a system unit", "0::/system.slice/jupyter.service", "42", 1, "sudo systemctl stop jupyter.service"),
    ("a delegated unit", "0::/system.slice/jupyter.service/payload", "42", 1, "sudo systemctl stop jupyter.service"),
    (
        "cgroup 1",
        "5:pids:/a\n1:name=systemd:/system.slice/lab.service\n0::/",
        "42",
        1,
        "sudo systemctl stop lab.service",
    ),
    (
        "an instance",
        "0::/system.slice/system-lab.slice/lab@ada.service",
        "42",
        1,
        "sudo systemctl stop lab@ada.service",
    ),
    ("a user unit", f"{USER}/app.slice/jupyter.service", "42", 900, "systemctl --user stop jupyter.service"),
    ("an odd name", f"{USER}/app.slice/my\\x2dlab.service", "42", 900, "systemctl --user stop 'my\\x2dlab.service'"),
    ("a wrapper that stays", "0::/system.slice/lab.service", "41", 41, "sudo systemctl stop lab.service"),
    ("an old systemd", "0::/system.slice/lab.service", "", 1, "sudo systemctl stop lab.service"),
    ("systemd-run", f"{USER}/app.slice/run-r1f.service", "42", 900, "systemctl --user stop run-r1f.service"),
    (
        "made for it, whatever its name",
        "0::/system.slice/ssh-lab.service",
        "42",
        1,
        "sudo systemctl stop ssh-lab.service",
    ),
    ("a login session", "0::/user.slice/user-1000.slice/session-3.scope", "", 41, ""),
    ("a desktop's terminal", f"{USER}/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope", "30", 41, ""),
    ("a terminal in one unit", f"{USER}/app.slice/gnome-terminal-server.service", "30", 41, ""),
    ("the user's manager itself", f"{USER}/init.scope", "", 1, ""),
    ("sshd without sessions", "0::/system.slice/ssh.service", "", 1, ""),
    ("detached below sshd", "0::/system.slice/sshd.service", "30", 1, ""),
    ("a tmux unit", f"{USER}/tmux.service", "41", 41, ""),
    ("cron", "0::/system.slice/cron.service", "", 41, ""),
    ("somebody's grandchild", "0::/system.slice/ci-runner.service", "30", 41, ""),
    ("a host below docker's own unit", "0::/system.slice/docker.service", "", 1, ""),
    ("no systemd", "0::/", "", 1, ""),
    ("nothing to be read", "", "", 1, ""),
    ("not of this form", "x\n::\n0\n1:name=systemd", "", 1, ""),
]


@pytest.mark.parametrize(
    ("cgroup", "main", "ppid", "command"), [row[1:] for row in UNITS], ids=[row[0] for row in UNITS]
)
def test_a_unit(cgroup: str, main: str, ppid: int, command: str) -> None:
    environ = {"SYSTEMD_EXEC_PID": main} if main else {}
    found = supervisor_of(Surroundings(42, ppid, "bash", "ada", 8888, cgroup, "", environ=environ))
    assert (found.stop if found else "") == command
    if found is not None:
        assert found.kind == "systemd"
        assert found.restart == command.replace(" stop ", " restart ")


def test_units_as_root_sees_them() -> None:
    environ = {"SYSTEMD_EXEC_PID": "42"}
    of_system = Surroundings(42, 1, cgroup="0::/system.slice/lab.service", root=True, environ=environ)
    found = supervisor_of(of_system)
    assert found is not None and found.stop == "systemctl stop lab.service"
    of_user = Surroundings(42, 9, user="ada", cgroup=f"{USER}/lab.service", root=True, mine=False, environ=environ)
    found = supervisor_of(of_user)
    assert found is not None and found.stop == "systemctl --user --machine=ada@ stop lab.service"


def test_an_old_user_manager_is_known_by_its_name() -> None:
    where = Surroundings(42, 900, "systemd", cgroup=f"{USER}/lab.service")
    found = supervisor_of(where)
    assert found is not None and found.stop == "systemctl --user stop lab.service"


@pytest.mark.parametrize(
    ("environ", "page"),
    [
        ({"JUPYTERHUB_USER": "ada", "JUPYTERHUB_BASE_URL": "/"}, "/hub/home"),
        (
            {"JUPYTERHUB_USER": "ada", "JUPYTERHUB_BASE_URL": "/j/", "JUPYTERHUB_HOST": "https://h.org"},
            "https://h.org/j/hub/home",
        ),
        ({"JUPYTERHUB_USER": "ada", "JUPYTERHUB_PUBLIC_HUB_URL": "https://h.org/hub/"}, "https://h.org/hub/home"),
    ],
)
def test_a_hub_comes_before_what_its_spawner_uses(environ: dict[str, str], page: str) -> None:
    found = supervisor_of(Surroundings(42, cgroup=f"0::/docker/{ID}", environ=environ, hub=True))
    assert found is not None
    assert (found.kind, found.name, found.stop) == ("jupyterhub", "ada", page)
    assert words_of(found) == f"JupyterHub runs it for ada: stop it at {page} (Stop My Server)"


def test_a_server_started_in_a_hub_s_terminal_is_not_the_hub_s() -> None:
    assert supervisor_of(Surroundings(42, environ={"JUPYTERHUB_USER": "ada"})) is None


def test_no_repr_shows_the_environment() -> None:
    assert "made-up" not in repr(Surroundings(42, environ={"JUPYTERHUB_API_TOKEN": "made-up"}))


def test_what_only_a_name_tells_is_likely() -> None:
    unit = "0::/system.slice/jupyter.service"
    named = supervisor_of(Surroundings(pid=7, ppid=1, cgroup=unit))
    proven = supervisor_of(Surroundings(pid=7, ppid=1, cgroup=unit, environ={"SYSTEMD_EXEC_PID": "7"}))
    assert named is not None and words_of(named).startswith("systemd likely runs it as jupyter.service: `")
    assert proven is not None and words_of(proven).startswith("systemd runs it as jupyter.service: `")
    hub = supervisor_of(Surroundings(pid=7, user="ada", hub=True))
    assert hub is not None and words_of(hub).startswith("JupyterHub likely runs it for ada: ")
    for sure in (
        Surroundings(pid=7, user="ada", hub=True, hub_answers=True),
        Surroundings(pid=7, user="ada", hub=True, environ={"JUPYTERHUB_USER": "ada"}),
    ):
        found = supervisor_of(sure)
        assert found is not None and words_of(found).startswith("JupyterHub runs it for ada: ")
