"""What a value means to the traits of Jupyter, asked under the server's own Python: a part of `jupyter_loader`.

Never imported by jntui: its text goes before that of `jupyter_loader` to a Python that may be as old as 3.6.
"""

import hashlib
import importlib
import os
import re
import traceback
from typing import Any

SERVERS = ("ServerApp", "NotebookApp", "LabApp", "JupyterNotebookApp", "ExtensionApp", "KernelGatewayApp")
MOVED = {"password": "hashed_password", "token": "token", "password_required": "password_required"}
"""Traits of ServerApp that Jupyter Server 2 hands on to its identity provider."""
FILES_OF_TLS = ("certfile", "keyfile", "client_ca", "ssl_options")
LIMIT = 4000


def is_secret(name: str) -> bool:
    """A trait whose value is shown to nobody."""
    return any(word in name for word in ("token", "passw", "pwd", "secret", "passphrase"))


def canonical(value: Any, depth: int = 0) -> str:
    """A text that is equal for equal values in two processes: no address of an object is in it."""
    if depth > 20:
        return "deep"
    if isinstance(value, dict):
        pairs = sorted((canonical(key, depth + 1), canonical(item, depth + 1)) for key, item in value.items())
        return type(value).__name__ + repr(pairs)
    if isinstance(value, (list, tuple)):
        return type(value).__name__ + repr([canonical(item, depth + 1) for item in value])
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + repr(sorted(canonical(item, depth + 1) for item in value))
    code = getattr(value, "__code__", None)
    if code is not None:
        constants = [canonical(item, depth + 1) for item in code.co_consts]
        return "function" + repr((code.co_name, code.co_code, code.co_names, constants))
    return type(value).__name__ + re.sub(r"0x[0-9a-fA-F]+", "0x", repr(value))


def flat(config: Any, prefix: str = "") -> Any:
    """`ServerApp.ip` -> [digest, one line for people; None for a secret]."""
    found = {}
    for key, value in config.items():
        name = prefix + str(key)
        if isinstance(value, dict) and (not prefix or str(key)[:1].isupper()):
            found.update(flat(value, name + "."))
        else:
            digest = hashlib.sha256(canonical(value).encode("utf-8", "replace")).hexdigest()
            found[name] = [digest, None if is_secret(name.lower()) else repr(value)[:200]]
    return found


def words(error: BaseException) -> str:
    """The end of Python's own report: for a syntax error the line and the caret, else the last line."""
    lines = traceback.format_exception_only(type(error), error)
    return masked("".join(lines)[-LIMIT:])


def masked(text: str) -> str:
    """traitlets puts the wrong value into its message; that of a secret is left out."""
    return re.sub(r"(The '\w*(?:token|password|secret)\w*' trait of .* expected .*?), not .*", r"\1", text)


def objects_of(server: Any) -> Any:
    """What the server made: each reads its own traits from the config."""
    names = (
        "identity_provider authorizer kernel_manager contents_manager session_manager kernel_spec_manager "
        "config_manager gateway_config kernel_websocket_connection_class"
    )
    found = [server] + [getattr(server, name, None) for name in names.split()]
    manager = getattr(server, "extension_manager", None)
    for apps in (getattr(manager, "extension_apps", None) or {}).values() if manager is not None else ():
        found += sorted(apps, key=lambda one: type(one).__name__)
    return [one for one in found if one is not None and hasattr(one, "has_trait")]


def holders(server: Any, cls: str, trait: str) -> Any:
    """The objects whose trait this setting decides."""
    every = objects_of(server)
    named = [one for one in every if cls in [kind.__name__ for kind in type(one).__mro__] and one.has_trait(trait)]
    if cls in SERVERS:
        found = named or ([server] if server.has_trait(trait) else [])
        provider = getattr(server, "identity_provider", None)
        moved = MOVED.get(trait)
        if moved and provider is not None and provider.has_trait(moved):
            return [(provider, moved)]
        if trait == "notebook_dir" and not found and server.has_trait("root_dir"):
            return [(server, "root_dir")]
        return [(one, trait) for one in found]
    return [(one, trait) for one in named]


def class_named(name: str) -> Any:
    """A configurable class that is loaded though nothing of it was made."""
    base = importlib.import_module("traitlets.config").Configurable
    left = [base]
    while left:
        cls = left.pop()
        if cls.__name__ == name:
            return cls
        left += cls.__subclasses__()
    return None


def judge(server: Any, wish: Any, log: str) -> Any:
    """One wished value: `problem` (None: it is effective), `note`."""
    cls, trait = wish["cls"], wish["trait"]
    value = eval(wish["value"], {"__builtins__": {}})  # noqa: S307 - a literal that jntui itself wrote with repr
    found = holders(server, cls, trait)
    if not found:
        known = class_named(cls)
        if known is not None and trait not in known.class_traits(config=True):
            return {"problem": "unknown", "words": unknown(log, cls, trait)}
        return tried(known, cls, trait, value)
    added = []  # type: Any
    for holder, name in found:
        try:
            old = getattr(holder, name)
            setattr(holder, name, value)
            new = getattr(holder, name)
        except Exception as error:
            return {"problem": "refused", "words": words(error)}
        if canonical(old) == canonical(new):
            continue
        more = completed(value, old)
        if more is None:
            return {"problem": "shadowed", "words": "", "shown": None if is_secret(name) else shown(old)}
        added += more
    problem = outside(server, trait) if found[0][0] is server else ""
    note = "Jupyter itself adds to it: " + ", ".join(list(dict.fromkeys(added))[:8]) if added else ""
    return {"problem": "refused" if problem else None, "words": problem, "note": note}


def completed(value: Any, found: Any) -> Any:
    """What Jupyter added of its own to a dict or a list, in words; None where it kept something else than the value."""
    if isinstance(value, dict) and isinstance(found, dict):
        if any(key not in found or canonical(found[key]) != canonical(value[key]) for key in value):
            return None
        return [str(key) for key in found if key not in value]
    if isinstance(value, (list, tuple)) and isinstance(found, (list, tuple)):
        kept = [canonical(one) for one in value]
        if any(one not in [canonical(item) for item in found] for one in kept):
            return None
        return [repr(item)[:60] for item in found if canonical(item) not in kept]
    return None


def shown(value: Any) -> str:
    """One line for people."""
    text = repr(value)
    return text if len(text) <= 100 else text[:97] + "..."


def tried(cls: Any, name: str, trait: str, value: Any) -> Any:
    """The type of a trait of which no object is made at the start; None for a class that is not loaded."""
    late = "nothing of class " + name + " is made when Jupyter starts"
    if cls is None:
        return {"problem": None, "note": late + ": whether it takes the value was not tried"}
    try:
        one = cls.__new__(cls)
        # The type alone: nothing of what goes on around a whole object.
        one._cross_validation_lock = True
        one.notify_change = lambda change: None
        setattr(one, trait, value)
    except importlib.import_module("traitlets").TraitError as error:
        return {"problem": "refused", "words": words(error)}
    except Exception:
        return {"problem": None, "note": late + ": whether it takes the value was not tried"}
    return {"problem": None, "note": late + ": only the type of the value was tried"}


def unknown(log: str, cls: str, trait: str) -> str:
    """Jupyter's own warning about it, where it gave one."""
    sign = "`" + trait + "`"
    lines = [line for line in log.splitlines() if "not recognized" in line and sign in line]
    return lines[-1].partition("] ")[2] if lines else cls + " has no trait " + trait


def outside(server: Any, trait: str) -> str:
    """What Jupyter would stumble over when it listens; empty if nothing."""
    import socket

    if trait == "port" and not 0 <= server.port <= 65535:
        return "OverflowError: bind(): port must be 0-65535."
    try:
        if trait == "ip" and server.ip:
            family, kind, protocol, _name, address = socket.getaddrinfo(
                server.ip, 0, 0, socket.SOCK_STREAM, 0, socket.AI_PASSIVE
            )[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.bind(address)
        if trait in FILES_OF_TLS:
            options = {key: item for key, item in dict(getattr(server, "ssl_options", None) or {}).items() if item}
            for name, key in (("certfile", "certfile"), ("keyfile", "keyfile"), ("client_ca", "ca_certs")):
                if getattr(server, name, ""):
                    options[key] = getattr(server, name)
            for key in ("certfile", "keyfile", "ca_certs"):
                if options.get(key) and not os.path.exists(options[key]):
                    return key + ' "' + str(options[key]) + '" does not exist'
            if options.get("certfile"):
                importlib.import_module("tornado.netutil").ssl_options_to_context(options)
    except Exception as error:
        return words(error)
    return ""


def without_certificate(server: Any) -> str:
    """With a key and no certificate Jupyter does not start; the certificate alone is refused, so the key comes first.

    Source: `tornado.tcpserver.TCPServer.__init__` wants `certfile` in any `ssl_options`.
    """
    options = dict(getattr(server, "ssl_options", None) or {})
    if getattr(server, "certfile", "") or options.get("certfile"):
        return ""
    named = [name for name in ("keyfile", "client_ca") if getattr(server, name, "")]
    if not named:
        return ""
    return " and ".join(named) + " is set without certfile: set certfile too, Jupyter will not start before that"


def readable(value: Any) -> str:
    """A repr without addresses, and with the names of enumerations only: `PROTOCOL_TLS_SERVER`."""
    text = re.sub(r"<\w+\.(\w+): [^<>]*>", r"\1", repr(value))
    return re.sub(r"0x[0-9a-fA-F]+", "0x", text)[:200]


def traits_of(server: Any) -> Any:
    """Every configurable trait of what was made, for what follows from a change: `ServerApp.allow_remote_access`."""
    found = {}
    for one in objects_of(server):
        for name in sorted(one.class_traits(config=True)):
            key = type(one).__name__ + "." + name
            if key in found or is_secret(name) or name == "tornado_settings":
                continue
            try:
                found[key] = readable(getattr(one, name))
            except Exception:  # noqa: S112 - a default that cannot be worked out follows from nothing
                continue
    return found
