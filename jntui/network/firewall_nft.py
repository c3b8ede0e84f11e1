"""The rules as `nft -j list ruleset` prints them (libnftables-json(5)), as steps of `firewall_rules`: pure.

What is not understood can match or not, decide or not. iptables-nft's own matches are printed there without their
arguments (`xt`), so its tables are better read from iptables-save.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jntui.network import firewall_facts as facts
from jntui.network.firewall_rules import (
    ACCEPT,
    DROP,
    MISS,
    PASS,
    PROHIBIT,
    REJECT,
    RETURN,
    UNKNOWN,
    UNTRACK,
    Chain,
    Effect,
    Rule,
)

if TYPE_CHECKING:
    from jntui.network.firewall_rules import Packet, Step

_MOST_RULES = 50_000
_MOST_ELEMENTS = 4096
"""Of one set; a longer one counts as unknown."""

_Answer = Callable[[Any], bool | None]
"""Whether a fact of the packet is the given right side: one value, prefix or range."""

REJECTIONS: dict[str, Effect] = {
    # What the other host's connect(2) gives, by the kernel's icmp_err_convert and tab_unreach: ECONNREFUSED is a
    # rejection; EHOSTUNREACH, ENETUNREACH and EACCES are a prohibition.
    "tcp reset": REJECT,
    "port-unreachable": REJECT,
    "admin-prohibited": PROHIBIT,
    "host-prohibited": PROHIBIT,
    "net-prohibited": PROHIBIT,
    "host-unreachable": PROHIBIT,
    "net-unreachable": PROHIBIT,
    "no-route": PROHIBIT,
    "addr-unreachable": PROHIBIT,
    "policy-fail": PROHIBIT,
    "reject-route": PROHIBIT,
}

_GOES_ON = frozenset(
    {"counter", "log", "mangle", "flow", "ct helper", "ct timeout", "ct expectation", "secmark", "dup", "last"}
)
"""Statements after which the next one follows, and that change nothing which a match here looks at."""


@dataclass(slots=True)
class _Table:
    """The named sets and maps of one table."""

    sets: dict[str, list[Any] | None] = field(default_factory=dict)

    def elements(self, right: object) -> list[Any] | None:
        """The elements of a set, named (`@ports`) or not; None if they cannot be told."""
        if isinstance(right, str) and right.startswith("@"):
            return self.sets.get(right[1:])
        if isinstance(right, Mapping) and isinstance(right.get("set"), list):
            return list(right["set"])
        return None


class NotNft(ValueError):
    """The text is not what `nft -j list ruleset` prints."""


def read_ruleset(text: str) -> tuple[list[Chain], list[tuple[str, str]]]:
    """Every chain, and the tables (family, name) with flags: one of them may be `dormant`, which switches it off.

    nft 1.0 prints a table's name in the place of its flags, so only its plain listing tells. Raises NotNft.
    """
    try:
        items = json.loads(text)["nftables"]
        entries = [next(iter(item.items())) for item in items if isinstance(item, Mapping) and item]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotNft(f"nft's listing cannot be read: {type(error).__name__}") from error
    if len(entries) > _MOST_RULES:
        raise NotNft(f"nft lists more than {_MOST_RULES} rules")
    tables: dict[tuple[str, str], _Table] = {}
    chains: list[Mapping[str, Any]] = []
    rules: dict[tuple[str, str, str], list[Rule]] = {}
    flagged: list[tuple[str, str]] = []
    for kind, entry in entries:
        if not isinstance(entry, Mapping):
            continue
        place = (str(entry.get("family", "")), str(entry.get("table", "")))
        table = tables.setdefault(place, _Table())
        if kind == "table" and entry.get("flags"):
            flagged.append((place[0], str(entry.get("name", ""))))
        elif kind in {"set", "map"}:
            table.sets[str(entry.get("name", ""))] = _set_elements(entry)
        elif kind == "chain":
            chains.append(entry)
        elif kind == "rule":
            rules.setdefault((*place, str(entry.get("chain", ""))), []).append(_rule(entry, table))
    return [_chain(entry, rules) for entry in chains], flagged


def dormant_tables(listing: str) -> set[tuple[str, str]]:
    """The (family, name) of the tables that are switched off, from the plain `nft list ruleset`."""
    found: set[tuple[str, str]] = set()
    place = ("", "")
    for line in listing.splitlines():
        words = line.split()
        if line.startswith("table ") and len(words) >= 3:
            place = (words[1], words[2])
        elif words[:1] == ["flags"] and line.startswith("\tflags") and "dormant" in line:
            found.add(place)
    return found


def _set_elements(entry: Mapping[str, Any]) -> list[Any] | None:
    elements = entry.get("elem", [])
    return list(elements) if isinstance(elements, list) and len(elements) <= _MOST_ELEMENTS else None


def _chain(entry: Mapping[str, Any], rules: Mapping[tuple[str, str, str], list[Rule]]) -> Chain:
    family, table, name = (str(entry.get(key, "")) for key in ("family", "table", "name"))
    priority, devices = entry.get("prio", 0), entry.get("dev")
    return Chain(
        "nft",
        family,
        table,
        name,
        tuple(rules.get((family, table, name), ())),
        str(entry.get("hook", "")),
        priority if isinstance(priority, int) else 0,
        "drops" if entry.get("policy") == "drop" else "accepts",
        tuple(str(device) for device in (devices if isinstance(devices, list) else [devices] if devices else [])),
        entry.get("type") == "nat",
    )


def _rule(entry: Mapping[str, Any], table: _Table) -> Rule:
    expressions = entry.get("expr")
    steps = [_step(expression, table) for expression in expressions] if isinstance(expressions, list) else [_maybe]
    handle = entry.get("handle")
    return Rule(tuple(steps), handle=handle if isinstance(handle, int) else 0)


def _maybe(_packet: Packet) -> tuple[Effect, ...]:
    """A match that cannot be told."""
    return PASS, MISS


def _always(*effects: Effect) -> Step:
    return lambda _packet: effects


def _step(expression: object, table: _Table) -> Step:
    """One match or statement."""
    if not isinstance(expression, Mapping) or not expression:
        return _always(UNKNOWN, PASS)
    kind, body = next(iter(expression.items()))
    if kind == "match" and isinstance(body, Mapping):
        return _match(body, table)
    if kind == "vmap" and isinstance(body, Mapping):
        return _verdict_map(body, table)
    if kind == "reject":
        return _rejection(body)
    if kind == "mangle" and isinstance(body, Mapping) and "payload" in str(body.get("key")):
        return _always(UNKNOWN, PASS)  # it rewrites the packet itself
    if kind == "set" and isinstance(body, Mapping):
        return _maybe if body.get("stmt") else _always(PASS)
    if kind == "xt":
        return _xt(body)
    if kind in _GOES_ON:
        return _always(PASS)
    if kind in {"limit", "quota", "ct count", "connlimit"}:
        return _maybe
    return _always(*_verdict(kind, body))


def _verdict(kind: str, body: object) -> tuple[Effect, ...]:
    """A verdict statement (nft(8), VERDICT STATEMENTS); anything else may decide or not."""
    known = {"accept": ACCEPT, "drop": DROP, "return": RETURN, "continue": PASS}.get(kind)
    if known is not None:
        return (known,)
    if kind in {"jump", "goto"} and isinstance(body, Mapping):
        return (Effect("jump" if kind == "jump" else "goto", str(body.get("target", ""))),)
    if kind == "notrack":
        return UNTRACK, PASS
    return (ACCEPT,) if kind in {"snat", "masquerade"} else (UNKNOWN, PASS)


def _xt(body: object) -> Step:
    """A match or target of iptables, of which nft tells the name alone."""
    kind, name = (body.get("type"), body.get("name")) if isinstance(body, Mapping) else (None, None)
    if kind == "match":
        return _always(PASS) if name == "comment" else _maybe
    quiet = {"LOG", "NFLOG", "MARK", "CONNMARK", "TCPMSS", "CLASSIFY", "AUDIT", "SECMARK"}
    return _always(PASS) if kind == "target" and name in quiet else _always(UNKNOWN, PASS)


def _rejection(body: object) -> Step:
    kind, code = (body.get("type", ""), body.get("expr", "")) if isinstance(body, Mapping) else ("", "")
    effect = REJECTIONS.get("tcp reset" if kind == "tcp reset" else str(code or "port-unreachable"), UNKNOWN)
    family = {"icmp": "ip", "icmpv6": "ip6"}.get(str(kind), "")
    return lambda packet: (effect,) if not family or packet.family == family else (MISS,)


def _answered(answer: bool | None) -> tuple[Effect, ...]:
    if answer is None:
        return PASS, MISS
    return (PASS,) if answer else (MISS,)


def _match(body: Mapping[str, Any], table: _Table) -> Step:
    left, operator, right = body.get("left"), body.get("op"), body.get("right")

    def step(packet: Packet) -> tuple[Effect, ...]:
        if not _applies(left, packet):
            return (MISS,)
        if operator == "in" and _name(left) == "payload tcp flags":
            return _answered(facts.flag_set(packet, right if isinstance(right, list) else [right]))
        answer = _compare(left, right, packet, table)
        if operator in {"==", "in"}:
            return _answered(answer)
        if operator == "!=":
            return _answered(facts.negated(answer))
        return _answered(_ordered(left, str(operator), right, packet))

    return step


def _verdict_map(body: Mapping[str, Any], table: _Table) -> Step:
    key, pairs = body.get("key"), table.elements(body.get("data"))

    def step(packet: Packet) -> tuple[Effect, ...]:
        if pairs is None:
            return UNKNOWN, MISS
        if not _applies(key, packet):
            return (MISS,)
        possible: list[Effect] = []
        for pair in pairs:
            if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], Mapping) and pair[1]):
                return UNKNOWN, MISS
            answer = _item(key, pair[0], packet, table)
            if answer is not False:
                possible += _verdict(*next(iter(pair[1].items())))
            if answer:
                return tuple(possible)
        return (*possible, MISS)

    return step


def _applies(left: object, packet: Packet) -> bool:
    """The packet has that field: of a field of another protocol no rule matches, not even with `!=`."""
    if isinstance(left, Mapping):
        payload = left.get("payload")
        if isinstance(payload, Mapping):
            protocol = payload.get("protocol")
            return protocol in {"tcp", "th", packet.family, "ether", None} or "base" in payload
        header = left.get("exthdr")
        if isinstance(header, Mapping):
            return "field" not in header  # IPv6 extension headers, of which a TCP connection bears none
        for key in ("&", "concat"):
            if isinstance(left.get(key), list):
                return all(_applies(part, packet) for part in left[key])
    return True


def _compare(left: object, right: object, packet: Packet, table: _Table) -> bool | None:
    """The left side is the right side, or one of them, or in them."""
    if isinstance(right, Mapping) and "set" not in right and not ({"range", "prefix"} & set(right)):
        return None
    named = table.elements(right)
    if named is not None:
        return facts.any_of(_item(left, item, packet, table) for item in named)
    if isinstance(right, str) and right.startswith("@"):
        return None
    masked = isinstance(left, Mapping) and "&" in left
    if isinstance(right, list) and not masked:
        # A bit mask: `ct state established,related`.
        return facts.any_of(_item(left, item, packet, table) for item in right)
    return _item(left, right, packet, table)


def _item(left: object, item: object, packet: Packet, table: _Table) -> bool | None:
    """The left side is this one value, range or prefix."""
    if isinstance(item, Mapping) and isinstance(item.get("elem"), Mapping):
        item = item["elem"].get("val")
    if isinstance(left, Mapping) and isinstance(left.get("concat"), list):
        parts, values = left["concat"], item.get("concat") if isinstance(item, Mapping) else None
        if not isinstance(values, list) or len(parts) != len(values):
            return None
        answers = [_item(part, value, packet, table) for part, value in zip(parts, values, strict=True)]
        return facts.negated(facts.any_of(facts.negated(answer) for answer in answers))
    if isinstance(left, Mapping) and isinstance(left.get("&"), list):
        return _masked(left["&"], item, packet)
    if isinstance(left, Mapping) and "exthdr" in left:
        return not item if isinstance(item, bool) else None
    name = _name(left)
    if name.startswith(("payload tcp ", "payload th ")) and name.endswith(("sport", "dport")):
        return _port(name[-5:], item, packet)
    if name in {"payload ip saddr", "payload ip daddr", "payload ip6 saddr", "payload ip6 daddr"}:
        return _address(name[-5:], item, packet)
    return _word(name, item, packet)


def _masked(parts: list[Any], item: object, packet: Packet) -> bool | None:
    """`tcp flags & (syn | ack) == syn`."""
    if len(parts) != 2 or _name(parts[0]) != "payload tcp flags":
        return None
    mask = _flag_words(parts[1])
    wanted = [] if item == 0 else _flag_words(item)
    return None if mask is None or wanted is None else facts.flags_are(packet, mask, wanted)


def _flag_words(value: object) -> list[str] | None:
    words = value if isinstance(value, list) else [value]
    return [str(word) for word in words] if all(isinstance(word, str) for word in words) else None


def _name(left: object) -> str:
    """`meta iifname`, `payload tcp dport`, `ct state`, `fib type daddr`; empty for what has no such name."""
    if not isinstance(left, Mapping) or len(left) != 1:
        return ""
    kind, body = next(iter(left.items()))
    if not isinstance(body, Mapping):
        return ""
    if kind == "payload":
        return f"payload {body.get('protocol')} {body.get('field')}"
    if kind == "fib":
        flags = body.get("flags")
        return f"fib {body.get('result')} {' '.join(sorted(map(str, flags))) if isinstance(flags, list) else flags}"
    return f"{kind} {body.get('key')}" if set(body) <= {"key", "family"} else ""


def _bounds(item: object) -> tuple[int, int] | None:
    if isinstance(item, Mapping) and isinstance(item.get("range"), list) and len(item["range"]) == 2:
        low, high = item["range"]
    else:
        low = high = item
    return (low, high) if isinstance(low, int) and isinstance(high, int) else None


def _port(side: str, item: object, packet: Packet) -> bool | None:
    bounds = _bounds(item)
    return None if bounds is None else facts.port_within(packet, side, *bounds)


def _address(side: str, item: object, packet: Packet) -> bool | None:
    if isinstance(item, Mapping) and isinstance(item.get("prefix"), Mapping):
        item = f"{item['prefix'].get('addr')}/{item['prefix'].get('len')}"
    net = facts.network(item) if isinstance(item, str) else None
    return None if net is None else facts.address_within(packet, side, net)


def _word(name: str, item: object, packet: Packet) -> bool | None:
    """What is one of a few words."""
    if not isinstance(item, str | int):
        return None
    word = str(item)
    if name in {"meta iifname", "meta iif", "meta oifname", "meta oif"}:
        return facts.interface_is(packet, name[5:8], word, "*") if isinstance(item, str) else None
    if name == "payload tcp flags":
        return facts.flags_are(packet, [*facts.FLAG_NAMES], [word])
    if name == "ct state":
        return facts.state_is(packet, word)
    if name in {"fib type daddr", "fib type daddr iif"}:
        return facts.destination_is(packet, word)
    if name.startswith("fib oif ") and "saddr" in name and item is False:
        return False  # `fib saddr . iif oif missing`: there is no way back to the other host
    if (name, word) in _FALSE and packet.peer is None:
        return False
    same = _CERTAIN.get(name)
    if same is None:
        return None
    return word in same(packet)


_CERTAIN: dict[str, Callable[[Packet], set[str]]] = {
    "meta l4proto": lambda _: {"tcp", "6"},
    "payload ip protocol": lambda _: {"tcp", "6"},
    "payload ip6 nexthdr": lambda _: {"tcp", "6"},
    "meta nfproto": lambda packet: {"ipv4", "2"} if packet.family == "ip" else {"ipv6", "10"},
    "meta protocol": lambda packet: {"ip", "0x0800"} if packet.family == "ip" else {"ip6", "0x86dd"},
    "meta pkttype": lambda _: {"host", "unicast", "0"},
    "ct direction": lambda packet: {"reply", "1"} if packet.step == "syn-ack" else {"original", "0"},
}
"""The words that are true of the packet, others are false."""

_FALSE = {("ct status", "dnat"), ("ct status", "snat"), ("meta iiftype", "loopback"), ("meta oiftype", "loopback")}
"""What is translated to another address was decided upon before; of other words it cannot be told."""


def _ordered(left: object, operator: str, right: object, packet: Packet) -> bool | None:
    """`tcp dport > 1000`; for other fields than this machine's port it cannot be told."""
    name = _name(left)
    if not isinstance(right, int) or not name.startswith(("payload tcp ", "payload th ")):
        return None
    span = {"<": (0, right - 1), "<=": (0, right), ">": (right + 1, 65535), ">=": (right, 65535)}.get(operator)
    return None if span is None or not name.endswith("port") else facts.port_within(packet, name[-5:], *span)
