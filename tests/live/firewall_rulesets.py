"""Rulesets as people have them, for the matrix: name to a shell script that makes it in the box.

Each is tried with real connections to ports 8888 and 22 in both families.
"""

from __future__ import annotations


def _chain(table: str, name: str, hook: str, rules: str, flags: str = "") -> str:
    """One base chain in a table of its own."""
    body = rules.replace("; ", "\n")
    return f"nft -f - <<'END'\ntable {table} {{\n{flags}\nchain {name} {{\ntype {hook}\n{body}\n}}\n}}\nEND\n"


def _input(rules: str, policy: str = "accept", extra: str = "") -> str:
    body = rules.replace("; ", "\n")
    return (
        f"nft -f - <<'END'\ntable inet filter {{\n{extra}\nchain input {{\n"
        f"type filter hook input priority filter; policy {policy};\n{body}\n}}\n}}\nEND\n"
    )


WORKSTATION = "ct state established,related accept; iif lo accept; meta l4proto ipv6-icmp accept; "
IPTABLES = """
for c in iptables ip6tables; do
  $c-VARIANT -A INPUT -i lo -j ACCEPT
  $c-VARIANT -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  BODY
done
ip6tables-VARIANT -I INPUT -p ipv6-icmp -j ACCEPT
"""


def _iptables(body: str, variant: str = "nft") -> str:
    return IPTABLES.replace("BODY", body).replace("VARIANT", variant)


NFT = {
    "nothing": "true",
    "open": _input("counter"),
    "drop the port": _input("iifname != lo tcp dport 8888 counter drop"),
    "reset the port": _input("tcp dport 8888 reject with tcp reset"),
    "reject the port": _input("tcp dport 8888 reject"),
    "admin-prohibited": _input("tcp dport 8888 reject with icmpx admin-prohibited"),
    "host-unreachable": _input("tcp dport { 8000-8999 } reject with icmpx host-unreachable"),
    "host-prohibited on IPv4 alone": _input("meta nfproto ipv4 tcp dport 8888 reject with icmp host-prohibited"),
    "policy drop": _input(WORKSTATION + "tcp dport 22 accept", "drop"),
    "state map": _input(
        "ct state vmap { established : accept, related : accept, invalid : drop }; meta l4proto ipv6-icmp accept; "
        "tcp dport vmap { 22 : accept, 8888 : jump web }",
        "drop",
        "chain web {\niifname eth0 tcp flags syn / fin,syn,rst,ack accept\n}",
    ),
    "named set and return": _input(
        WORKSTATION + "jump ports; reject with icmpx admin-prohibited",
        "accept",
        "set open { type inet_service; flags interval; elements = { 22, 8000-8100 } }\n"
        "chain ports {\ntcp dport != @open return\naccept\n}",
    ),
    "goto ends in the policy": _input(
        WORKSTATION + "tcp dport 8888 goto dead; accept", "drop", "chain dead {\ncounter\n}"
    ),
    "interfaces": _input(
        WORKSTATION + 'iifname { "eth*", "wlan0" } tcp dport 8888 accept; iifname "eth1" drop', "drop"
    ),
    "a concatenated set": _input(WORKSTATION + 'iifname . tcp dport { "eth0" . 8888, "eth1" . 22 } accept', "drop"),
    "one family": _input(
        WORKSTATION + "meta nfproto ipv6 tcp dport 8888 drop; ip protocol tcp accept; tcp dport 22 accept", "drop"
    ),
    "address of the box": _input("ip daddr 10.91.0.1 tcp dport 8888 reject; ip6 daddr fd91::/64 tcp dport 8888 drop"),
    "source": _input(WORKSTATION + "ip saddr 10.91.0.0/24 tcp dport 8888 accept; tcp dport 22 accept", "drop"),
    "rate": _input(WORKSTATION + "tcp dport 8888 limit rate 5/second accept; tcp dport 22 accept", "drop"),
    "two chains": _chain("ip one", "input", "filter hook input priority -5", "tcp dport 8888 accept")
    + _chain("inet two", "input", "filter hook input priority 5", "tcp dport 8888 reject with tcp reset"),
    "prerouting": _chain(
        "inet raw", "early", "filter hook prerouting priority raw", "iifname eth0 tcp dport 8888 drop"
    ),
    "redirected": _chain("inet nat", "pre", "nat hook prerouting priority dstnat", "tcp dport 8888 redirect to :22"),
    "dormant": _chain("inet asleep", "input", "filter hook input priority 0", "drop", "flags dormant"),
    "answers dropped": _chain(
        "inet out", "output", "filter hook output priority 0", "tcp sport 8888 drop; tcp sport 22 accept"
    ),
    "stateless": _input(
        "meta l4proto ipv6-icmp accept; tcp dport 8888 ct state new accept; tcp dport 22 accept", "drop"
    ),
    "untracked": _input(
        WORKSTATION + "tcp dport 22 accept",
        "drop",
        "chain early {\ntype filter hook prerouting priority raw; policy accept;\ntcp dport 8888 notrack\n}",
    ),
    "ingress": _chain("netdev early", "eth", "filter hook ingress device eth0 priority 0", "tcp dport 8888 drop"),
}

XT = {
    "REJECT": "$c-VARIANT -A INPUT -p tcp --dport 22 -j ACCEPT; $c-VARIANT -A INPUT -p tcp -j REJECT",
    "tcp-reset": "$c-VARIANT -A INPUT -p tcp --syn --dport 8888 -j REJECT --reject-with tcp-reset",
    "policy DROP": "$c-VARIANT -A INPUT -p tcp -m multiport --dports 22,80,443 -j ACCEPT; "
    "$c-VARIANT -A INPUT ! -p ipv6-icmp -j DROP",
    "own chain": "$c-VARIANT -N WEB; $c-VARIANT -A WEB -p tcp --dport 1:1023 -j RETURN; "
    "$c-VARIANT -A WEB -i eth+ -j DROP; "
    "$c-VARIANT -A INPUT -m conntrack --ctstate NEW -m comment --comment 'no \"web\"' -j WEB; "
    "$c-VARIANT -A INPUT -j ACCEPT",
    "limit": "$c-VARIANT -A INPUT -p tcp --dport 8888 -m limit --limit 1/hour -j LOG; "
    "$c-VARIANT -A INPUT -p tcp --dport 8888 -j DROP",
    "recent": "$c-VARIANT -A INPUT -p tcp --dport 8888 -m recent --name j --set; "
    "$c-VARIANT -A INPUT -p tcp --dport 8888 -m recent --name j --update --seconds 60 --hitcount 30 -j DROP",
    "raw": "$c-VARIANT -t raw -A PREROUTING -p tcp --dport 8888 -j DROP",
    "goto": "$c-VARIANT -N END; $c-VARIANT -A END -m addrtype --dst-type LOCAL -j DROP; "
    "$c-VARIANT -A INPUT -p tcp ! --dport 22 -g END",
}

RULESETS = {
    **NFT,
    **{f"iptables-nft {name}": _iptables(body) for name, body in XT.items()},
    **{f"iptables-legacy {name}": _iptables(body, "legacy") for name, body in XT.items()},
    "iptables-nft prohibited": "iptables-nft -A INPUT -p tcp --dport 8888 -j REJECT --reject-with "
    "icmp-host-prohibited; ip6tables-nft -A INPUT -p tcp --dport 8888 -j REJECT --reject-with icmp6-adm-prohibited",
    "iptables-legacy prohibited": "iptables-legacy -A INPUT -p tcp --dport 8888 -j REJECT --reject-with "
    "icmp-admin-prohibited; ip6tables-legacy -A INPUT -p tcp --dport 8888 -j REJECT --reject-with icmp6-no-route",
    "legacy beside nft": _input("tcp dport 22 accept")
    + "iptables-legacy -A INPUT -p tcp --dport 8888 -j DROP\nip6tables-legacy -A INPUT -p tcp --dport 8888 -j REJECT",
}

UNTOLD = {
    "source",
    "rate",
    "redirected",
    "stateless",
    "untracked",
    "ingress",
    "iptables-nft recent",
    "iptables-legacy recent",
}
"""Of these alone it cannot be told what happens at 8888."""
