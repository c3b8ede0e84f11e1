"""The values that everything in jntui speaks in: frozen, comparable, without behaviour that touches the world.

A `Snapshot` is the picture of everything at one moment; two snapshots are equal when nothing that a user could see
has changed. Names are those of CONTRIBUTING.md's table of words.

Each name is loaded from its module when it is first used: making a dataclass costs half a millisecond, and the first
picture of the screen needs a third of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model.access import AccessDone as AccessDone
    from jntui.model.access import AccessFailed as AccessFailed
    from jntui.model.access import AccessPlan as AccessPlan
    from jntui.model.access import AccessReach as AccessReach
    from jntui.model.access import AccessRefused as AccessRefused
    from jntui.model.access import AccessWish as AccessWish
    from jntui.model.access import ClosedGone as ClosedGone
    from jntui.model.access import KeptFile as KeptFile
    from jntui.model.access import KeptSetting as KeptSetting
    from jntui.model.access import Opened as Opened
    from jntui.model.access import SettingStep as SettingStep
    from jntui.model.change import Changed as Changed
    from jntui.model.change import ChangedElsewhere as ChangedElsewhere
    from jntui.model.change import ChangePlan as ChangePlan
    from jntui.model.change import ChangeRefused as ChangeRefused
    from jntui.model.change import ChangeRequest as ChangeRequest
    from jntui.model.change import Load as Load
    from jntui.model.change import VerifiedBy as VerifiedBy
    from jntui.model.client import Client as Client
    from jntui.model.command import CommandEntry as CommandEntry
    from jntui.model.connect import Connect as Connect
    from jntui.model.connect import ConnectKind as ConnectKind
    from jntui.model.doctor import ConfigChange as ConfigChange
    from jntui.model.doctor import ConfigFinding as ConfigFinding
    from jntui.model.doctor import Severity as Severity
    from jntui.model.edit import DiffLine as DiffLine
    from jntui.model.edit import Edit as Edit
    from jntui.model.edit import EditKind as EditKind
    from jntui.model.edit import EditRefused as EditRefused
    from jntui.model.endpoint import Endpoint as Endpoint
    from jntui.model.exposure import Badge as Badge
    from jntui.model.finding import Answer as Answer
    from jntui.model.finding import Check as Check
    from jntui.model.finding import Finding as Finding
    from jntui.model.interface import Address as Address
    from jntui.model.interface import HostName as HostName
    from jntui.model.interface import Interface as Interface
    from jntui.model.kernel import Kernel as Kernel
    from jntui.model.kernel import KernelRefused as KernelRefused
    from jntui.model.kernel import KernelVerb as KernelVerb
    from jntui.model.kernel import Running as Running
    from jntui.model.kernel import Terminal as Terminal
    from jntui.model.log import LogKind as LogKind
    from jntui.model.log import LogLine as LogLine
    from jntui.model.log import LogPlace as LogPlace
    from jntui.model.log_out import LoggedOut as LoggedOut
    from jntui.model.log_out import LogOutPlan as LogOutPlan
    from jntui.model.machine import Machine as Machine
    from jntui.model.machine import SshSession as SshSession
    from jntui.model.probe import Certificate as Certificate
    from jntui.model.probe import Failure as Failure
    from jntui.model.probe import Probe as Probe
    from jntui.model.probe import Reply as Reply
    from jntui.model.probe import Stage as Stage
    from jntui.model.probe import WebSocket as WebSocket
    from jntui.model.qr import QrCode as QrCode
    from jntui.model.qr import Share as Share
    from jntui.model.remote import RemoteFailed as RemoteFailed
    from jntui.model.server import RedirectFile as RedirectFile
    from jntui.model.server import Secret as Secret
    from jntui.model.server import Server as Server
    from jntui.model.setting import READ_AFTER as READ_AFTER
    from jntui.model.setting import ConfigFile as ConfigFile
    from jntui.model.setting import Configuration as Configuration
    from jntui.model.setting import Level as Level
    from jntui.model.setting import Setting as Setting
    from jntui.model.setting import Source as Source
    from jntui.model.setting import SourceKind as SourceKind
    from jntui.model.setting import TraitsUnknown as TraitsUnknown
    from jntui.model.snapshot import Looked as Looked
    from jntui.model.snapshot import Row as Row
    from jntui.model.snapshot import ServerView as ServerView
    from jntui.model.snapshot import Snapshot as Snapshot
    from jntui.model.sockets import Connection as Connection
    from jntui.model.sockets import Listener as Listener
    from jntui.model.sockets import Sockets as Sockets
    from jntui.model.start import Started as Started
    from jntui.model.start import StartFailed as StartFailed
    from jntui.model.start import StartPlan as StartPlan
    from jntui.model.start import StartRefused as StartRefused
    from jntui.model.start import StartRequest as StartRequest
    from jntui.model.stop import Restarted as Restarted
    from jntui.model.stop import RestartPlan as RestartPlan
    from jntui.model.stop import Rung as Rung
    from jntui.model.stop import StopFailed as StopFailed
    from jntui.model.stop import Stopped as Stopped
    from jntui.model.stop import StopPlan as StopPlan
    from jntui.model.stop import StopStep as StopStep
    from jntui.model.stop import Supervisor as Supervisor
    from jntui.model.stop import Work as Work
    from jntui.model.surroundings import Firewall as Firewall
    from jntui.model.surroundings import FirewallTool as FirewallTool
    from jntui.model.surroundings import FirewallVerdict as FirewallVerdict
    from jntui.model.surroundings import NeighbourState as NeighbourState
    from jntui.model.surroundings import Surroundings as Surroundings
    from jntui.model.survival import Recent as Recent
    from jntui.model.survival import ServicePlan as ServicePlan
    from jntui.model.survival import Survival as Survival
    from jntui.model.watch import MOST_SAMPLES as MOST_SAMPLES
    from jntui.model.watch import Sample as Sample
    from jntui.model.watch import Watch as Watch
    from jntui.model.words import GATEWAY as GATEWAY
    from jntui.model.words import NOISY as NOISY
    from jntui.model.words import REACHABLE as REACHABLE
    from jntui.model.words import SCOPES as SCOPES
    from jntui.model.words import STAGES as STAGES
    from jntui.model.words import VERDICTS as VERDICTS
    from jntui.model.words import Auth as Auth
    from jntui.model.words import AuthOutcome as AuthOutcome
    from jntui.model.words import CertificateProblem as CertificateProblem
    from jntui.model.words import FailureKind as FailureKind
    from jntui.model.words import InterfaceKind as InterfaceKind
    from jntui.model.words import Kind as Kind
    from jntui.model.words import Scope as Scope
    from jntui.model.words import StageName as StageName
    from jntui.model.words import State as State
    from jntui.model.words import Tone as Tone
    from jntui.model.words import Verdict as Verdict
    from jntui.model.words import WebSocketOutcome as WebSocketOutcome

_NAMES: dict[str, tuple[str, ...]] = {
    "access": (
        "AccessDone",
        "ClosedGone",
        "AccessFailed",
        "AccessPlan",
        "AccessReach",
        "AccessRefused",
        "AccessWish",
        "KeptFile",
        "KeptSetting",
        "Opened",
        "SettingStep",
    ),
    "doctor": (
        "ConfigChange",
        "ConfigFinding",
        "Severity",
    ),
    "words": (
        "State",
        "Scope",
        "SCOPES",
        "Auth",
        "Kind",
        "StageName",
        "STAGES",
        "Verdict",
        "VERDICTS",
        "REACHABLE",
        "GATEWAY",
        "NOISY",
        "InterfaceKind",
        "FailureKind",
        "AuthOutcome",
        "CertificateProblem",
        "WebSocketOutcome",
        "Tone",
    ),
    "sockets": (
        "Listener",
        "Connection",
        "Sockets",
    ),
    "kernel": (
        "Kernel",
        "KernelRefused",
        "KernelVerb",
        "Running",
        "Terminal",
    ),
    "log": (
        "LogKind",
        "LogLine",
        "LogPlace",
    ),
    "machine": (
        "SshSession",
        "Machine",
    ),
    "interface": (
        "Address",
        "Interface",
        "HostName",
    ),
    "server": (
        "Secret",
        "RedirectFile",
        "Server",
    ),
    "change": (
        "ChangedElsewhere",
        "ChangePlan",
        "ChangeRefused",
        "ChangeRequest",
        "Changed",
        "Load",
        "VerifiedBy",
    ),
    "edit": (
        "DiffLine",
        "Edit",
        "EditKind",
        "EditRefused",
    ),
    "endpoint": ("Endpoint",),
    "client": ("Client",),
    "log_out": (
        "LoggedOut",
        "LogOutPlan",
    ),
    "exposure": ("Badge",),
    "connect": (
        "Connect",
        "ConnectKind",
    ),
    "command": ("CommandEntry",),
    "watch": (
        "MOST_SAMPLES",
        "Sample",
        "Watch",
    ),
    "probe": (
        "Stage",
        "Failure",
        "Certificate",
        "Reply",
        "Probe",
        "WebSocket",
    ),
    "remote": ("RemoteFailed",),
    "qr": (
        "QrCode",
        "Share",
    ),
    "finding": (
        "Finding",
        "Check",
        "Answer",
    ),
    "snapshot": (
        "Row",
        "ServerView",
        "Looked",
        "Snapshot",
    ),
    "setting": (
        "READ_AFTER",
        "ConfigFile",
        "Configuration",
        "Level",
        "Setting",
        "Source",
        "SourceKind",
        "TraitsUnknown",
    ),
    "stop": (
        "Restarted",
        "RestartPlan",
        "Rung",
        "StopFailed",
        "Stopped",
        "StopPlan",
        "StopStep",
        "Supervisor",
        "Work",
    ),
    "survival": (
        "Recent",
        "ServicePlan",
        "Survival",
    ),
    "surroundings": (
        "Firewall",
        "FirewallTool",
        "FirewallVerdict",
        "NeighbourState",
        "Surroundings",
    ),
    "start": (
        "StartRequest",
        "StartPlan",
        "Started",
        "StartFailed",
        "StartRefused",
    ),
}

_HOME = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> object:
    """The value class or word of this name (PEP 562). Raises AttributeError."""
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module 'jntui.model' has no attribute {name!r}")
    value: object = getattr(import_module(f"jntui.model.{module}"), name)
    globals()[name] = value
    return value
