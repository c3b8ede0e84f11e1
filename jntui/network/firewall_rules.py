"""What a packet filter's rules do with one packet, whichever tool printed them: pure.

A rule whose match cannot be told goes both ways, so the outcome of a chain is a set; only if that set has one member is
there a verdict. Nothing is guessed. Chains, hooks and priorities are those of nft(8); iptables' tables are chains at
fixed priorities (<linux/netfilter_ipv4.h>).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from ipaddress import IPv4Address, IPv6Address

Family = Literal["ip", "ip6"]
Source = Literal["nft", "iptables-nft", "iptables-legacy"]
"""Whose listing a chain was read from."""
Outcome = Literal["accepts", "drops", "rejects", "prohibits", "unknown", "end"]
"""`end`: the chain ran to its end, or returned."""
Kind = Literal[
    "pass", "miss", "untrack", "jump", "goto", "return", "accepts", "drops", "rejects", "prohibits", "unknown"
]

HOOKS = ("ingress", "prerouting", "input", "output", "postrouting")
"""In the order in which a packet for this machine, then the answer, meets them."""
LOOPBACK = "lo"
"""Linux calls it so everywhere."""
_JUMP_LIMIT = 16
"""NFT_JUMP_STACK_SIZE of <net/netfilter/nf_tables.h>."""
_CONNTRACK = -200
"""NF_IP_PRI_CONNTRACK: what stands earlier can switch tracking off, and sees no state yet."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of a TCP connection that another host opens to a port of this machine, or, with a `peer`, this one."""

    family: Family
    port: int
    """Of the machine that is connected to."""
    interface: str = ""
    """Where it arrives or leaves; empty: any but loopback."""
    own: tuple[IPv4Address | IPv6Address, ...] = ()
    """This machine's address, all that it may be; empty: any."""
    step: Literal["syn", "syn-ack", "ack"] = "syn"
    """The first three packets: in, out, in; with a `peer`: out, in, out."""
    tracked: bool | None = True
    """False before connection tracking has seen it; None: a rule may have switched tracking off for it."""
    peer: IPv4Address | IPv6Address | None = None
    """The address that this machine opens the connection to."""

    @property
    def inbound(self) -> bool:
        """It comes from the other host."""
        return (self.step == "syn-ack") is (self.peer is not None)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one step of a rule does. `pass`: the next step; `miss`: the next rule."""

    kind: Kind
    target: str = ""
    """The chain of a jump or goto."""


PASS, MISS, UNTRACK = Effect("pass"), Effect("miss"), Effect("untrack")
ACCEPT, DROP, REJECT, PROHIBIT = Effect("accepts"), Effect("drops"), Effect("rejects"), Effect("prohibits")
RETURN, UNKNOWN = Effect("return"), Effect("unknown")

Step = Callable[[Packet], tuple[Effect, ...]]
"""All effects that one match or statement may have on a packet."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The steps of one rule, done from left to right until one misses or decides."""

    steps: tuple[Step, ...]
    text: str = ""
    """As the tool printed it, where it did."""
    handle: int = 0
    """nft's number of the rule, by which its text is found."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain; with a hook it is a base chain, which the kernel calls."""

    source: Source
    family: str
    """`ip`, `ip6`, `inet`, `netdev`, `bridge`."""
    table: str
    name: str
    rules: tuple[Rule, ...] = ()
    hook: str = ""
    priority: int = 0
    policy: Outcome = "accepts"
    devices: tuple[str, ...] = ()
    """Of an ingress chain: its interfaces; empty: not told (nft 1.0 leaves them out)."""
    nat: bool = False
    """It sees the first packet of a connection only."""

    @property
    def place(self) -> tuple[str, str, str]:
        """Within which a jump finds its target."""
        return (self.source, self.family, self.table)


@dataclass(frozen=True, slots=True)
class Where:
    """What decided: a rule, or without one the policy of its chain."""

    base: Chain
    chain: Chain
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules do with a packet."""

    outcome: Outcome
    """`accepts`, `drops`, `rejects`, `prohibits` or `unknown`."""
    where: Where | None = None
    """What decides against it, or why it is unknown."""
    answer: bool = False
    """Not the packet but the answer to it is what is decided upon."""


@dataclass(slots=True)
class _Walk:
    """One packet on its way through the chains of one place."""

    chains: Mapping[str, Chain]
    base: Chain
    packet: Packet
    untracked: bool = False
    doubt: Where | None = None
    """The first rule that may decide or not."""
    _known: dict[str, dict[Outcome, Where]] = field(default_factory=dict)

    def outcomes(self, chain: Chain, depth: int = 0) -> dict[Outcome, Where]:
        """Every outcome the chain may have, with the last rule that gives it: the one that leaves no other way."""
        known = self._known.get(chain.name)
        if known is not None:
            return known
        found: dict[Outcome, Where] = {}
        # The kernel takes no circles; a listing that holds one is not what it runs.
        self._known[chain.name] = {"unknown": Where(self.base, chain, None)}
        for rule in chain.rules:
            effects, falls_through = self._rule(rule)
            where = Where(self.base, chain, rule)
            if effects and falls_through:
                self.doubt = self.doubt or where
            for effect in effects:
                if effect.kind in {"jump", "goto"}:
                    below = self._jump(effect.target, where, depth)
                    falls_through = falls_through or (effect.kind == "jump" and "end" in below)
                    for outcome, decided in below.items():
                        if outcome != "end" or effect.kind == "goto":
                            found[outcome] = decided
                else:
                    found[_outcome(effect)] = where
            if not falls_through:
                break
        else:
            found["end"] = Where(self.base, chain, None)
        self._known[chain.name] = found
        return found

    def _jump(self, target: str, where: Where, depth: int) -> dict[Outcome, Where]:
        chain = self.chains.get(target)
        if chain is None or depth >= _JUMP_LIMIT:
            return {"unknown": where}
        return self.outcomes(chain, depth + 1)

    def _rule(self, rule: Rule) -> tuple[list[Effect], bool]:
        """What the rule may decide, and whether the next rule may be reached."""
        decided: list[Effect] = []
        missed = False
        for step in rule.steps:
            effects = step(self.packet)
            missed = missed or MISS in effects
            if UNTRACK in effects:
                self.untracked = True
            decided += [effect for effect in effects if effect.kind not in {"pass", "miss", "untrack"}]
            if PASS not in effects:
                return decided, missed
        return decided, True


def _outcome(effect: Effect) -> Outcome:
    if effect.kind in {"accepts", "drops", "rejects", "prohibits"}:
        return effect.kind
    return "end" if effect.kind == "return" else "unknown"


class Ruleset:
    """All chains of a machine."""

    def __init__(self, chains: Iterable[Chain]) -> None:
        self.chains = tuple(chains)
        self._places: dict[tuple[str, str, str], dict[str, Chain]] = {}
        for chain in self.chains:
            self._places.setdefault(chain.place, {})[chain.name] = chain

    def judge(self, packet: Packet, passed: frozenset[Chain] = frozenset()) -> Judgement:
        """What becomes of a connection: of its first packet, of the answer, and of what follows.

        The base chains in `passed` are taken to accept it. A connection that opens and whose later packets do not
        arrive is `unknown`: the other host sees it open and then hang.
        """
        first = self._packet(packet, passed)
        if first.outcome != "accepts":
            return first
        answer = self._packet(replace(packet, step="syn-ack"), passed)
        if answer.outcome != "accepts":
            # A rejected answer tells the other host nothing, but a dropped one leaves it waiting.
            outcome = answer.outcome if answer.outcome in {"drops", "unknown"} else "unknown"
            return Judgement(outcome, answer.where, answer=True)
        later = self._packet(replace(packet, step="ack"), passed)
        return first if later.outcome == "accepts" else Judgement("unknown", later.where)

    def leaves(self, packet: Packet, passed: frozenset[Chain] = frozenset()) -> Judgement:
        """What becomes of a connection that this machine opens: to itself, up to the loopback interface."""
        return self._packet(packet, passed) if packet.interface == LOOPBACK else self.judge(packet, passed)

    def _packet(self, packet: Packet, passed: frozenset[Chain]) -> Judgement:
        found: dict[Outcome, Where] = {}
        doubt: Where | None = None
        for (hook, priority), group in groupby(self._bases(packet), key=_rank):
            now = packet
            if HOOKS[hook] == "ingress" or (HOOKS[hook] in {"prerouting", "output"} and priority < _CONNTRACK):
                now = replace(packet, tracked=False)
            accepted = True
            for base in group:
                if base in passed:
                    continue
                outcomes, walk = self._base(base, now)
                doubt = doubt or walk.doubt
                if walk.untracked:
                    packet = replace(packet, tracked=None)
                for outcome, where in outcomes.items():
                    if outcome != "accepts":
                        found.setdefault(outcome, where)
                # Chains of one priority run in an order that no listing tells, so each of them is heard.
                accepted = accepted and "accepts" in outcomes
            if not accepted:
                return _judgement(found, doubt)
        return Judgement("unknown", doubt or next(iter(found.values()))) if found else Judgement("accepts")

    def _base(self, base: Chain, packet: Packet) -> tuple[dict[Outcome, Where], _Walk]:
        walk = _Walk(self._places[base.place], base, packet)
        outcomes = dict(walk.outcomes(base))
        if "end" in outcomes:
            outcomes.pop("end")
            outcomes[base.policy] = Where(base, base, None)
        elsewhere = base.family == "bridge" or (base.hook == "ingress" and packet.interface not in base.devices)
        if elsewhere and set(outcomes) != {"accepts"}:
            # The interface may be one that it concerns, or not.
            outcomes["unknown"] = next(where for outcome, where in outcomes.items() if outcome != "accepts")
        return outcomes, walk

    def _bases(self, packet: Packet) -> list[Chain]:
        hooks = HOOKS[:3] if packet.inbound else HOOKS[3:]
        families = {packet.family, "inet", "netdev", "bridge"}
        bases = [
            chain
            for chain in self.chains
            if chain.hook in hooks and chain.family in families and not (chain.nat and packet.step != "syn")
            if not chain.devices or not packet.interface or packet.interface in chain.devices
        ]
        return sorted(bases, key=_rank)


def _rank(chain: Chain) -> tuple[int, int]:
    return HOOKS.index(chain.hook), chain.priority


def _judgement(found: Mapping[Outcome, Where], doubt: Where | None) -> Judgement:
    first = next(iter(found))
    if len(found) == 1 and first != "unknown":
        return Judgement(first, found[first])
    return Judgement("unknown", doubt or found[first])
