"""What the screen asks of the rest of the program: one small interface, and nothing of the network behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jntui.model import (
        AccessDone,
        AccessPlan,
        AccessWish,
        Changed,
        ChangePlan,
        ChangeRequest,
        Check,
        CommandEntry,
        ConfigFinding,
        Connect,
        KernelVerb,
        Load,
        LoggedOut,
        LogLine,
        LogOutPlan,
        LogPlace,
        Recent,
        Restarted,
        RestartPlan,
        Running,
        Secret,
        Setting,
        Share,
        Snapshot,
        Started,
        StartPlan,
        StartRequest,
        Stopped,
        StopPlan,
    )


class Source(Protocol):
    """Gives snapshots and does what the user asks; only `JntuiApp` calls it."""

    @property
    def snapshot(self) -> Snapshot:
        """The latest picture; its `changed` is None until servers were looked for once."""
        ...

    def start(self, on_snapshot: Callable[[Snapshot], None]) -> None:
        """Begins to look; returns at once. `on_snapshot` is called from a daemon thread."""
        ...

    def stop(self) -> None:
        """Ends looking; never waits for anything."""
        ...

    def select(self, server_id: str | None) -> None:
        """Says whose endpoints are checked first."""
        ...

    def check(self, server_id: str, url: str | None = None) -> None:
        """Asks for a check of one endpoint sooner than its turn, or of all of a server's."""
        ...

    def check_everything(self) -> None:
        """Asks for a check of every endpoint of every server."""
        ...

    def watch(self, server_id: str, url: str | None) -> None:
        """Checks this endpoint every few seconds, the one before no longer; without a URL, none."""
        ...

    def give_way(self, seconds: float) -> None:
        """A key came, and others will for so long: what is due in the background begins later. Costs nothing."""
        ...

    def resumed(self) -> None:
        """jntui was suspended and goes on: what was checked meanwhile is checked again. Costs nothing."""
        ...

    def check_from(self, server_id: str, host: str) -> tuple[Check, ...]:
        """Checks a server's endpoints from HOST, over the user's own ssh and without a token; may block for seconds.

        The rows of the snapshot keep their own verdicts. Raises RemoteFailed.
        """
        ...

    def plan_start(self, request: StartRequest) -> StartPlan:
        """What a start would run; may block for a second or two. Raises StartFailed."""
        ...

    def start_server(self, request: StartRequest) -> Started:
        """Starts a server and waits, bounded, until it answers. Raises StartFailed."""
        ...

    def plan_stop(self, server_id: str) -> StopPlan:
        """What a stop would do, with the kernels that end; may block for seconds. Raises StopFailed."""
        ...

    def stop_server(self, server_id: str, kill: bool = False, on_step: Callable[[str], None] | None = None) -> Stopped:
        """Stops a server, each step bounded; only with `kill` SIGKILL is the last. Raises StopFailed.

        `on_step` is called, on the caller's thread, with a line before each step.
        """
        ...

    def plan_restart(self, server_id: str) -> RestartPlan:
        """What a restart would run; may block for seconds. Raises StopFailed."""
        ...

    def restart_server(
        self, server_id: str, kill: bool = False, on_step: Callable[[str], None] | None = None
    ) -> Restarted:
        """Stops a server and starts it again as it was; steps as `stop_server`. Raises StopFailed, StartFailed."""
        ...

    def file_lines(self, path: str) -> tuple[str, ...]:
        """A config file by lines, secrets masked; may block. Raises OSError, or ValueError with one clear line."""
        ...

    def plan_change(self, server_id: str | None, request: ChangeRequest) -> ChangePlan:
        """What a change of a setting would write, verified already; blocks for seconds. Raises ChangeRefused.

        Without a server the change is one of the caller's own environment; this holds for all that follows.
        """
        ...

    def apply_change(
        self, server_id: str | None, wish: ChangePlan | ChangeRequest, *, unverified: bool = False
    ) -> Changed:
        """Writes it, verified once more; blocks for seconds. Raises ChangeRefused, and nothing is written then."""
        ...

    def plan_undo(self, server_id: str | None, file: str | None = None) -> ChangePlan:
        """What taking back the last change of FILE, or of any file, would write; blocks. Raises ChangeRefused."""
        ...

    def undo_change(self, server_id: str | None, file: str | None = None, plan: ChangePlan | None = None) -> Changed:
        """Takes it back; blocks. Raises ChangeRefused."""
        ...

    def plan_password(
        self, server_id: str | None, password: Secret | None, *, without_option: bool = False
    ) -> ChangePlan:
        """What setting this password would write, None removes the present one; blocks. Raises ChangeRefused."""
        ...

    def set_password(
        self,
        server_id: str | None,
        password: Secret | None,
        plan: ChangePlan | None = None,
        *,
        unverified: bool = False,
        without_option: bool = False,
    ) -> Changed:
        """Writes its hash, or removes the present one; blocks. Raises ChangeRefused."""
        ...

    def verify_password(self, server_id: str | None, password: Secret) -> tuple[bool, str]:
        """Whether this is the password of the hash that decides, and one sentence; blocks. Raises ChangeRefused."""
        ...

    def doctor(self, server_id: str | None) -> tuple[ConfigFinding, ...]:
        """What is wrong with the configuration, the worst first; blocks for seconds. Raises ChangeRefused."""
        ...

    def every_setting(self, server_id: str | None) -> tuple[Setting, ...]:
        """Every setting of that Jupyter and its classes; blocks for seconds. Raises ChangeRefused, TraitsUnknown."""
        ...

    def concerned(self, server_id: str | None, name: str) -> tuple[str, ...]:
        """Ids of the running servers that a change of this setting is for; blocks. Raises ChangeRefused."""
        ...

    def load_file(self, server_id: str | None, path: str) -> Load:
        """What Jupyter's own loader makes of a config file as it is; blocks for seconds. Raises ChangeRefused."""
        ...

    def held_ports(self) -> Mapping[int, str]:
        """Each TCP port on which something listens on this machine, and what: `postgres, pid 812`; blocks."""
        ...

    def certificate(self, certfile: str, keyfile: str) -> str:
        """What certificate and key are, and whether they are a pair, in one line; either may be empty; blocks."""
        ...

    def add_url(self, server_id: str, url: str) -> str:
        """Keeps a URL of the user's own beside the server's endpoints, and returns it as it is kept.

        Raises ValueError with one clear line.
        """
        ...

    def correct_url(self, server_id: str, url: str, instead: str) -> None:
        """Keeps another URL in an added one's place. Raises ValueError with one clear line."""
        ...

    def remove_url(self, server_id: str, url: str) -> None:
        """Forgets such a URL. Raises ValueError with one clear line."""
        ...

    def remove_info_file(self, server_id: str) -> tuple[str, ...]:
        """Removes the files of a stale server and says which. Raises ValueError or OSError."""
        ...

    def url_with_token(self, server_id: str, url: str) -> str:
        """The URL with the token where one is known and may go there, else the URL itself."""
        ...

    def share(self, server_id: str, url: str | None, *, token: bool) -> Share:
        """A QR code of what is checked first: of this URL if others could open it, else of the best one; blocks.

        `token`: it stands in the code, where one is known and the server takes it.
        """
        ...

    def plan_access(self, server_id: str, wish: AccessWish) -> AccessPlan:
        """What it would do, verified by Jupyter's own loader; blocks for seconds. Raises AccessRefused."""
        ...

    def apply_access(
        self, server_id: str, plan: AccessPlan, on_step: Callable[[str], None] | None = None
    ) -> AccessDone:
        """Does it as it was shown, restarts and checks; blocks, bounded. Raises AccessRefused, AccessFailed.

        `on_step` is called, on the caller's thread, with a line before each step.
        """
        ...

    def connections(self, server_id: str, url: str, *, tokens: bool) -> tuple[Connect, ...]:
        """Ready strings for other programs, each proven or not; asks nobody."""
        ...

    def opened(self) -> tuple[str, ...]:
        """What jntui opened to others and did not close, a line each; reads a file."""
        ...

    def close_all(self, on_step: Callable[[str], None] | None = None) -> tuple[str, ...]:
        """Closes all of it, with restarts; one line for each server, also for what went wrong. Blocks, bounded."""
        ...

    def plan_log_out(self, server_id: str) -> LogOutPlan:
        """What ends every session; blocks for seconds. Raises AccessRefused."""
        ...

    def log_out(self, server_id: str, on_step: Callable[[str], None] | None = None) -> LoggedOut:
        """Does it, with a restart; blocks, bounded. Raises AccessRefused, AccessFailed."""
        ...

    def own_certificate(self) -> tuple[str, ...]:
        """jntui's own certificate as it is, a line each; reads files."""
        ...

    def renew_certificate(self) -> tuple[str, ...]:
        """Makes it anew, and says how it is then; blocks for a second. Raises AccessRefused."""
        ...

    def log_place(self, server_id: str) -> LogPlace:
        """Where its log is, or why there is none and how to have one; looks at its process. Raises StopFailed."""
        ...

    def follow_log(self, server_id: str, place: LogPlace, count: int) -> Iterator[tuple[LogLine, ...]]:
        """Its last lines, then what is added, until the server is gone; each step blocks for a second or two."""
        ...

    def commands(self) -> tuple[CommandEntry, ...]:
        """What jntui did on the user's behalf, the oldest first; reads a file."""
        ...

    def recents(self) -> tuple[Recent, ...]:
        """Servers that were started before, the newest first; reads a file."""
        ...

    def running(self, server_id: str) -> Running:
        """Kernels, terminals, whether people can edit together; blocks for a second or two.

        Raises KernelRefused, StopFailed.
        """
        ...

    def act_on_kernel(self, server_id: str, kernel_id: str, verb: KernelVerb) -> None:
        """Interrupts, restarts or shuts down one kernel; blocks for seconds. Raises KernelRefused, StopFailed."""
        ...

    def end_terminal(self, server_id: str, name: str) -> None:
        """Ends one terminal with all that runs in it; blocks for seconds. Raises KernelRefused, StopFailed."""
        ...

    def report(self) -> str:
        """What was found, as Markdown, without names and secrets; checks every endpoint, so it blocks for seconds."""
        ...

    def own_error(self, error: BaseException) -> str:
        """Writes down an error of jntui's own; the line that tells of it. Never raises."""
        ...
