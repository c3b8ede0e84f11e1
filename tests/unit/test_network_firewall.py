"""The rules of real tools (tests/data/firewall, printed by them in network namespaces) and tables of single matches."""

from __future__ import annotations

import json
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.network.firewall_iptables import cut, is_nft_variant, read_tables
from jntui.network.firewall_nft import NotNft, dormant_tables, read_ruleset
from jntui.network.firewall_rules import Judgement, Packet, Ruleset

DATA = Path(__file__).resolve().parents[1] / "data" / "firewall"
OWN = (ip_address("192.168.2.4"), ip_address("2001:db8::4"))


def packet(family: str = "ip", port: int = 8888, interface: str = "eth0", step: str = "syn") -> Packet:
    own = tuple(one for one in OWN if (one.version == 4) == (family == "ip"))
    return Packet("ip" if family == "ip" else "ip6", port, interface, own, step)  # type: ignore[arg-type]


def leaving(ruleset: Ruleset, interface: str = "eth0", to: str = "192.168.2.40") -> str:
    own = OWN[:1] if interface != "lo" else (ip_address(to),)
    return ruleset.leaves(Packet("ip", 8888, interface, own, peer=ip_address(to))).outcome


def text(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


def nft(*rules: list[object], policy: str = "drop", hook: str = "input", prio: int = 0, **chain: object) -> Ruleset:
    """One base chain of a table inet, with these expressions in its rules."""
    place = {"family": "inet", "table": "t"}
    base = {"chain": {**place, "name": "c", "hook": hook, "prio": prio, "policy": policy, "type": "filter", **chain}}
    listed = [{"rule": {**place, "chain": "c", "handle": at, "expr": expr}} for at, expr in enumerate(rules, 1)]
    return Ruleset(read_ruleset(json.dumps({"nftables": [base, *listed]}))[0])


def iptables(*rules: str, policy: str = "DROP", table: str = "filter", family: str = "ip") -> Ruleset:
    lines = [f"*{table}", f":INPUT {policy} [0:0]", ":PREROUTING ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]", ":SUB - [0:0]"]
    which = "ip" if family == "ip" else "ip6"
    return Ruleset(read_tables("\n".join([*lines, *rules, "COMMIT"]), which, "iptables-nft"))  # type: ignore[arg-type]


def decided(ruleset: Ruleset, family: str = "ip", port: int = 8888) -> str:
    return ruleset.judge(packet(family, port)).outcome


@pytest.mark.parametrize(
    ("family", "port", "outcome", "rule"),
    [
        ("ip", 8888, "drops", None),
        ("ip", 22, "accepts", None),
        ("ip", 8889, "rejects", "-A ufw-user-input -p tcp -m tcp --dport 8889 -j REJECT --reject-with tcp-reset"),
        ("ip", 445, "drops", "-A ufw-skip-to-policy-input -j DROP"),
        ("ip6", 8888, "drops", None),
        ("ip6", 22, "accepts", None),
    ],
)
def test_ufw(family: str, port: int, outcome: str, rule: str | None) -> None:
    name, which = ("ufw.v4.save", "ip") if family == "ip" else ("ufw.v6.save", "ip6")
    judged = Ruleset(read_tables(text(name), which, "iptables-nft")).judge(packet(family, port))  # type: ignore[arg-type]
    assert judged.outcome == outcome
    assert (judged.where.rule.text if judged.where and judged.where.rule else None) == rule


def test_ufw_limit_depends_on_a_rate() -> None:
    ruleset = Ruleset(read_tables(text("ufw.v4.save"), "ip", "iptables-nft"))
    judged = ruleset.judge(packet("ip", 2222))
    assert judged.outcome == "unknown"
    assert judged.where is not None and judged.where.rule is not None and "recent" in judged.where.rule.text


@pytest.mark.parametrize(("port", "outcome"), [(8888, "prohibits"), (22, "accepts")])
@pytest.mark.parametrize("family", ["ip", "ip6"])
def test_firewalld(family: str, port: int, outcome: str) -> None:
    chains, flagged = read_ruleset(text("firewalld.json"))
    judged = Ruleset(chains).judge(packet(family, port))
    assert (judged.outcome, flagged) == (outcome, [])
    assert judged.where is None or judged.where.chain.name == "filter_IN_public"


def test_a_dormant_table_is_told_by_the_plain_listing_alone() -> None:
    chains, flagged = read_ruleset(text("many.json"))
    assert ("inet", "slept") in {(chain.family, chain.table) for chain in chains}
    assert flagged == [("inet", "slept")]
    assert dormant_tables(text("many.txt")) == {("inet", "slept")}


def test_iptables_text_and_nft_listing_of_the_same_rules() -> None:
    """In nft's listing iptables' own matches lack their arguments: there nothing is guessed."""
    saved = Ruleset(read_tables(text("legacy.v4.save"), "ip", "iptables-legacy"))
    assert (decided(saved, port=9999), decided(saved, port=1500)) == ("drops", "rejects")
    assert decided(saved, port=22) == "accepts"
    chains, _ = read_ruleset(text("xt.json"))
    assert decided(Ruleset(chains), port=9999) == "drops", "whatever the match without arguments is, raw drops it"
    assert decided(Ruleset(chains), port=22) == "unknown"


def eq(left: object, right: object, op: str = "==") -> dict[str, object]:
    return {"match": {"op": op, "left": left, "right": right}}


def meta(key: str) -> dict[str, object]:
    return {"meta": {"key": key}}


def field(protocol: str, name: str) -> dict[str, object]:
    return {"payload": {"protocol": protocol, "field": name}}


DPORT = field("tcp", "dport")
STATE = {"ct": {"key": "state"}}
FLAGS = field("tcp", "flags")


@pytest.mark.parametrize(
    ("match", "matches"),
    [
        (eq(DPORT, 8888), True),
        (eq(DPORT, 22), False),
        (eq(DPORT, 22, "!="), True),
        (eq(DPORT, {"range": [8000, 8999]}), True),
        (eq(DPORT, {"set": [22, {"range": [8888, 8890]}]}), True),
        (eq(DPORT, {"set": [22, 80]}), False),
        (eq(DPORT, "@nowhere"), None),
        (eq(DPORT, 1000, ">"), True),
        (eq(DPORT, 8888, "<"), False),
        (eq(field("tcp", "sport"), {"range": [1024, 65535]}), True),
        (eq(field("tcp", "sport"), 22), False),
        (eq(field("tcp", "sport"), 50000), None),
        (eq(field("udp", "dport"), 53, "!="), False),
        (eq(field("th", "dport"), 8888), True),
        (eq(field("ip6", "saddr"), "fe80::1", "!="), False),
        (eq(field("ip", "saddr"), {"prefix": {"addr": "192.168.0.0", "len": 16}}), None),
        (eq(field("ip", "saddr"), {"prefix": {"addr": "127.0.0.0", "len": 8}}), False),
        (eq(field("ip", "saddr"), "192.168.2.4"), False),
        (eq(field("ip", "daddr"), "192.168.2.4"), True),
        (eq(field("ip", "daddr"), "192.168.2.5"), False),
        (eq(field("ip", "daddr"), {"prefix": {"addr": "224.0.0.0", "len": 4}}), False),
        (eq(field("ip", "protocol"), "tcp"), True),
        (eq(meta("l4proto"), {"set": ["icmp", "ipv6-icmp"]}), False),
        (eq(meta("nfproto"), "ipv6"), False),
        (eq(meta("iifname"), "lo", "!="), True),
        (eq(meta("iifname"), {"set": ["eth*", "wlan0"]}), True),
        (eq(meta("iif"), "eth1"), False),
        (eq(meta("mark"), 1), None),
        (eq(meta("pkttype"), {"set": ["broadcast", "multicast"]}), False),
        (eq(meta("iiftype"), "loopback"), False),
        (eq(STATE, ["established", "related"], "in"), False),
        (eq(STATE, "new", "in"), True),
        (eq(STATE, {"set": ["new", "untracked"]}), True),
        (eq(STATE, "invalid", "!="), True),
        (eq({"ct": {"key": "direction"}}, "original"), True),
        (eq({"ct": {"key": "status"}}, "dnat", "in"), False),
        (eq({"ct": {"key": "status"}}, "assured", "in"), None),
        (eq({"&": [FLAGS, ["fin", "syn", "rst", "ack"]]}, "syn"), True),
        (eq({"&": [FLAGS, ["syn", "ack"]]}, ["syn", "ack"]), False),
        (eq({"&": [FLAGS, ["syn", "ecn"]]}, "syn"), None),
        (eq(FLAGS, "syn", "in"), True),
        (eq(FLAGS, ["fin", "rst"], "in"), False),
        (eq({"fib": {"result": "type", "flags": ["daddr"]}}, "local"), True),
        (eq({"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, False), False),
        (eq({"exthdr": {"name": "rt", "field": "type"}}, 0, "!="), False),
        (eq({"concat": [meta("iifname"), DPORT]}, {"set": [{"concat": ["eth0", 8888]}]}), True),
        (eq({"concat": [meta("iifname"), DPORT]}, {"set": [{"concat": ["eth1", 8888]}]}), False),
        (eq({"concat": [field("ip", "saddr"), DPORT]}, {"set": [{"concat": ["10.0.0.1", 8888]}]}), None),
        ({"limit": {"rate": 5, "per": "second"}}, None),
        ({"ct count": {"val": 5}}, None),
        ({"xt": {"type": "match", "name": "recent"}}, None),
        ({"xt": {"type": "match", "name": "comment"}}, True),
        ({"counter": {"packets": 0, "bytes": 0}}, True),
        ({"log": {"prefix": "x"}}, True),
        (eq({"socket": {"key": "transparent"}}, 1), None),
    ],
)
def test_a_match_of_nft(match: dict[str, object], matches: bool | None) -> None:
    step = nft([match, {"reject": {"type": "tcp reset"}}], policy="drop").chains[0].rules[0].steps[0]
    kinds = {effect.kind for effect in step(packet())}
    assert kinds == {True: {"pass"}, False: {"miss"}, None: {"pass", "miss"}}[matches]


@pytest.mark.parametrize(
    ("match", "matches"),
    [
        ("-p tcp -m tcp --dport 8888", True),
        ("-p tcp -m tcp --dport 8000:8999", True),
        ("-p tcp -m tcp ! --dport 8888", False),
        ("-p udp -m udp --dport 8888", False),
        ("! -p udp", True),
        ("-p tcp -m multiport --dports 22,8000:9000", True),
        ("-p tcp -m multiport --ports 22,80", False),
        ("-i lo", False),
        ("-i eth+", True),
        ("! -i eth0", False),
        ("-i wlan0", False),
        ("-s 10.0.0.0/8", None),
        ("-s 127.0.0.0/8", False),
        ("-s 0.0.0.0/0", True),
        ("-d 192.168.2.4/32", True),
        ("-d 224.0.0.251/32", False),
        ("-m conntrack --ctstate RELATED,ESTABLISHED", False),
        ("-m state --state NEW", True),
        ("-m conntrack ! --ctstate NEW", False),
        ("-m conntrack --ctorigdst 1.2.3.4", None),
        ("-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", True),
        ("-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE", False),
        ("-m addrtype --dst-type LOCAL", True),
        ("-m addrtype --dst-type BROADCAST", False),
        ("-m addrtype --src-type LOCAL", None),
        ("-m pkttype --pkt-type multicast", False),
        ('-m comment --comment "a \\"b\\" -j DROP"', True),
        ("-m limit --limit 5/sec", None),
        ("-m recent --update --seconds 5 --name A --rsource", None),
        ("-m mark --mark 0x1", None),
        ("-m set --match-set blocked src", None),
        ("-m rt --rt-type 0", False),
        ("-f", False),
    ],
)
def test_a_match_of_iptables(match: str, matches: bool | None) -> None:
    expected = {True: "rejects", False: "drops", None: "unknown"}[matches]
    assert decided(iptables(f"-A INPUT {match} -j REJECT --reject-with tcp-reset")) == expected


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("tcp-reset", "rejects"),
        ("icmp-port-unreachable", "rejects"),
        ("icmp-host-prohibited", "prohibits"),
        ("icmp-admin-prohibited", "prohibits"),
        ("icmp-net-unreachable", "prohibits"),
        ("icmp-proto-unreachable", "unknown"),
    ],
)
def test_rejections(words: str, outcome: str) -> None:
    assert decided(iptables(f"-A INPUT -j REJECT --reject-with {words}")) == outcome


def test_jump_goto_return_and_policy() -> None:
    accept = "-A INPUT -p tcp -j ACCEPT"
    assert decided(iptables("-A SUB -j RETURN", "-A INPUT -j SUB", accept)) == "accepts"
    assert decided(iptables("-A INPUT -g SUB", accept)) == "drops", "after a goto comes the policy"
    assert decided(iptables("-A INPUT -j NOWHERE", accept)) == "unknown"
    assert decided(iptables("-A INPUT -j RETURN", accept, policy="ACCEPT")) == "accepts"


def test_a_circle_is_not_followed() -> None:
    assert decided(iptables("-A SUB -j SUB", "-A INPUT -j SUB")) == "unknown"


def test_every_path_that_agrees_is_a_verdict() -> None:
    either = iptables("-A INPUT -s 10.0.0.0/8 -p tcp --dport 8888 -j DROP", "-A INPUT -j DROP")
    assert decided(either) == "drops"
    depends = iptables("-A INPUT -s 10.0.0.0/8 -j ACCEPT").judge(packet())
    assert depends.outcome == "unknown"
    assert depends.where is not None and depends.where.rule is not None, "the rule that depends is named"
    assert depends.where.rule.text == "-A INPUT -s 10.0.0.0/8 -j ACCEPT"


def test_a_connection_is_more_than_its_first_packet() -> None:
    new = [eq(STATE, "new", "in"), {"accept": None}]
    assert nft(new).judge(packet()).outcome == "unknown", "the second packet is dropped"
    established = [eq(STATE, ["established", "related"], "in"), {"accept": None}]
    assert nft(new, established).judge(packet()).outcome == "accepts"
    assert nft(hook="output").judge(packet()) == Judgement("drops", nft(hook="output").judge(packet()).where, True)


def test_state_before_tracking_is_invalid() -> None:
    early = nft([eq(STATE, "invalid", "in"), {"drop": None}], policy="accept", hook="prerouting", prio=-300)
    assert early.judge(packet()).outcome == "drops", "as nft_ct calls what it has not seen"


@pytest.mark.parametrize(("device", "outcome"), [(None, "unknown"), ("eth0", "drops"), (["eth1"], "accepts")])
def test_ingress_is_of_an_interface(device: object, outcome: str) -> None:
    ruleset = nft([{"drop": None}], hook="ingress", policy="accept", **({"dev": device} if device else {}))
    assert ruleset.judge(packet()).outcome == outcome


def test_variants_of_iptables_save() -> None:
    assert is_nft_variant("# Generated by iptables-nft-save v1.8.9 (nf_tables) on Wed\n")
    assert not is_nft_variant("# Generated by iptables-save v1.8.9 on Wed\n*filter\n")


def test_quoted_words_are_values() -> None:
    assert cut('! -i eth+ --log-prefix "-j DROP" -j LOG') == [
        ("-i", True, ["eth+"]),
        ("--log-prefix", False, ["-j DROP"]),
        ("-j", False, ["LOG"]),
    ]


KEYS = (
    "match op left right meta key payload protocol field set range prefix addr len vmap data jump target reject type "
    "expr elem val concat & ct fib result flags xt name mangle exthdr limit goto base"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 70000) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(st.lists(JSON, max_size=3), max_size=4), JSON)
def test_no_json_makes_it_raise(rules: list[list[object]], elements: object) -> None:
    place = {"family": "inet", "table": "t"}
    base = {"chain": {**place, "name": "c", "hook": "input", "prio": 0, "type": "filter"}}
    listed = [{"rule": {**place, "chain": "c", "expr": expr}} for expr in rules]
    odd = {"set": {**place, "name": "s", "elem": elements}}
    chains, _ = read_ruleset(json.dumps({"nftables": [base, odd, *listed]}))
    assert Ruleset(chains).judge(packet()).outcome in {"accepts", "drops", "rejects", "prohibits", "unknown"}


@given(st.text(max_size=200))
def test_what_is_no_listing_is_said_so(words: str) -> None:
    try:
        read_ruleset(words)
    except NotNft as error:
        assert "cannot be read" in str(error)
    dormant_tables(words)


TOKENS = (
    "! -p tcp udp -m -s -d 10.0.0.0/8 1.2.3.4/99 --dport --dports 22 8000: -j -g SUB INPUT DROP REJECT --reject-with x "
    '" "a --ctstate NEW --tcp-flags SYN ALL NONE --comment -i lo eth+ + -f --dst-type LOCAL'
)
WORDS = st.sampled_from(TOKENS.split())


@given(st.lists(st.lists(WORDS | st.text(max_size=4), max_size=8), max_size=5))
def test_no_iptables_text_makes_it_raise(rules: list[list[str]]) -> None:
    ruleset = iptables(*(f"-A INPUT {' '.join(words)}" for words in rules), "-A SUB -j INPUT")
    assert decided(ruleset) in {"accepts", "drops", "rejects", "prohibits", "unknown"}


def match(left: object, right: object) -> dict[str, object]:
    return {"match": {"op": "==", "left": left, "right": right}}


DPORT = match({"payload": {"protocol": "tcp", "field": "dport"}}, 8888)
SPORT = match({"payload": {"protocol": "tcp", "field": "sport"}}, 8888)
TO = {"payload": {"protocol": "ip", "field": "daddr"}}
OUT = {"meta": {"key": "oifname"}}
OWNER = {"meta": {"key": "skuid"}}
DROPS: dict[str, object] = {"drop": None}


@pytest.mark.parametrize(
    ("expressions", "interface", "outcome"),
    [
        ([DPORT, DROPS], "eth0", "drops"),
        ([SPORT, DROPS], "eth0", "unknown"),
        ([match(TO, "192.168.2.40"), DROPS], "eth0", "drops"),
        ([match(TO, {"prefix": {"addr": "10.0.0.0", "len": 8}}), DROPS], "eth0", "accepts"),
        ([match(OUT, "lo"), DROPS], "eth0", "accepts"),
        ([match(OUT, "lo"), DROPS], "lo", "drops"),
        ([match(OUT, "eth0"), {"reject": {"type": "tcp reset"}}], "eth0", "rejects"),
        ([match(OWNER, 1000), DROPS], "eth0", "unknown"),
        ([match({"ct": {"key": "state"}}, "established"), DROPS], "eth0", "unknown"),
    ],
)
def test_what_leaves_this_machine(expressions: list[object], interface: str, outcome: str) -> None:
    ruleset = nft(expressions, policy="accept", hook="output")
    assert leaving(ruleset, interface) == outcome


def test_an_answer_that_is_not_let_in_counts_as_well() -> None:
    closed = nft(policy="drop")
    assert leaving(closed) == "drops"
    assert leaving(closed, "lo", "192.168.2.4") == "accepts", "what an own address lets in is another question"
