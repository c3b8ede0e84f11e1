"""Which calls, methods and names of Python do not fail in a config file, and what kind of value they give.

A list of what is known to go well: whatever is not in it may fail. Only the names are looked up; nothing is called.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LATER_BUILTINS = frozenset(
    {"aiter", "anext", "EncodingWarning", "BaseExceptionGroup", "ExceptionGroup", "PythonFinalizationError"}
)
"""What only some of the Pythons from 3.8 on have."""
_OF_SITE = frozenset({"exit", "quit", "copyright", "credits", "license", "help"})
ALWAYS = (frozenset(dir(builtins)) | _OF_SITE) - _LATER_BUILTINS - {"_"}
"""Builtins of every Python that runs Jupyter, those of the module `site` too."""
UNSURE = _LATER_BUILTINS | {"_", "get_ipython"}
"""Names that some Pythons, shells and packages put there."""

MODULES = _words(
    "collections copy datetime functools getpass glob hashlib io itertools json logging math os os.path pathlib "
    "platform random re secrets shutil socket ssl string subprocess sys tempfile textwrap time uuid warnings"
)
"""Modules of the standard library that are the same, in what people use of them, in all these Pythons."""
_NOTHING = object()
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (str, "text"),
    (bytes, "bytes"),
    (tuple, "tuple"),
    (list, "list"),
    (dict, "dict"),
    ((set, frozenset), "set"),
    (type(None), "none"),
)
NUMBERS = frozenset({"int", "float", "bool"})
TEXTS = frozenset({"text", "path"})
ITERABLE = frozenset({"text", "texts", "list", "tuple", "set", "dict", "gen", "environ", "config", "bytes", "pair"})
PLAIN = NUMBERS | {"text", "texts", "list", "tuple", "set", "dict", "bytes", "none", "pair", "path"}
"""Kinds whose values have no attributes but Python's own."""

_CALLS = """
abs n int
bool ?a bool
bytes ?b bytes
callable a bool
chr i text
dict ?d dict
dir ?a list
enumerate g gen
float ?n float
frozenset ?g set
get_config - config
getattr asa any
hasattr as bool
id a int
int ?n int
isinstance aC bool
issubclass CC bool
iter g gen
len l int
list ?g list
load_subconfig s?s none
object - any
print a* none
property ?a any
range i?ii gen
repr a text
reversed l gen
set ?g set
setattr msa none
staticmethod a any
classmethod a any
str ?a text
super - any
tuple ?g tuple
type a any
zip g* gen
IPython.lib.passwd s text
copy.copy a any
copy.deepcopy a any
datetime.datetime.now - any
getpass.getuser - text
jupyter_core.paths.jupyter_config_dir - text
jupyter_core.paths.jupyter_data_dir - text
jupyter_server.auth.passwd s text
jupyter_server.auth.security.passwd s text
logging.basicConfig - none
logging.getLogger ?s logger
notebook.auth.passwd s text
notebook.auth.security.passwd s text
os.cpu_count - any
os.environ.copy - environ
os.environ.get s?a any
os.environ.items - gen
os.environ.keys - gen
os.environ.pop sa any
os.environ.setdefault ss text
os.environ.update e none
os.getcwd - text
os.getenv s?a any
os.getegid - int
os.geteuid - int
os.getgid - int
os.getpid - int
os.getppid - int
os.getuid - int
os.path.abspath t text
os.path.basename t text
os.path.dirname t text
os.path.exists t bool
os.path.expanduser t text
os.path.expandvars t text
os.path.isabs t bool
os.path.isdir t bool
os.path.isfile t bool
os.path.islink t bool
os.path.join tt* text
os.path.normpath t text
os.path.realpath t text
os.path.split t pair
os.path.splitext t pair
os.putenv ss none
os.umask i int
pathlib.Path t* path
pathlib.Path.cwd - path
pathlib.Path.home - path
platform.machine - text
platform.node - text
platform.platform - text
platform.python_version - text
platform.release - text
platform.system - text
re.escape s text
secrets.token_hex ?i text
secrets.token_urlsafe ?i text
shutil.which s any
socket.getfqdn - text
socket.gethostname - text
sys.path.append a none
sys.path.insert ia none
tempfile.gettempdir - text
textwrap.dedent s text
time.time - float
traitlets.config.Config ?d config
traitlets.config.get_config - config
traitlets.config.loader.Config ?d config
uuid.uuid4 - any
warnings.filterwarnings s text
warnings.simplefilter s none
warnings.warn s none
"""
_METHODS = """
text.capitalize - text
text.casefold - text
text.count s int
text.encode - bytes
text.endswith S bool
text.find s int
text.isalpha - bool
text.isdecimal - bool
text.isdigit - bool
text.isnumeric - bool
text.join T text
text.lower - text
text.lstrip ?s text
text.partition s tuple
text.replace ss text
text.rpartition s tuple
text.rsplit ?si texts
text.rstrip ?s text
text.split ?si texts
text.splitlines - texts
text.startswith S bool
text.strip ?s text
text.title - text
text.upper - text
text.zfill i text
list.append a none
list.clear - none
list.copy - list
list.count a int
list.extend g none
list.insert ia none
list.reverse - none
texts.append a none
texts.copy - texts
dict.copy - dict
dict.get h?a any
dict.items - gen
dict.keys - gen
dict.setdefault ha any
dict.update ?d none
dict.values - gen
set.add h none
set.union g set
set.update g none
path.absolute - path
path.as_posix - text
path.exists - bool
path.expanduser - path
path.is_dir - bool
path.is_file - bool
path.joinpath t* path
path.resolve - path
path.with_name s path
path.with_suffix s path
config.clear - none
config.copy - config
config.get h?a any
config.has_key s bool
config.items - gen
config.keys - gen
config.merge d none
config.pop ha any
config.setdefault sa any
config.update ?d none
config.values - gen
lazy.add h none
lazy.append a none
lazy.extend g none
lazy.insert ia none
lazy.prepend g none
lazy.update g none
logger.addFilter a none
logger.debug s none
logger.error s none
logger.info s none
logger.setLevel L none
logger.warning s none
"""
_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {"path.name": "text", "path.parent": "path", "path.parts": "tuple", "path.stem": "text", "path.suffix": "text"}
)
_TAKE_KEYWORDS = frozenset(
    {"print", "dict", "logging.basicConfig", "dict.update", "config.update", "os.environ.update"}
    | {"warnings.filterwarnings", "traitlets.config.Config", "traitlets.config.loader.Config"}
)
LAZY = _words(
    "add append extend get_value insert merge_into prepend to_dict update add_traits class_own_trait_events "
    "class_own_traits class_trait_names class_traits cross_validation_lock has_trait hold_trait_notifications "
    "notify_change observe on_trait_change set_trait setup_instance trait_defaults trait_events trait_has_value "
    "trait_metadata trait_names trait_values traits unobserve unobserve_all instance_init"
)
"""Attributes of what a Config gives for a trait without a value (`traitlets.config.loader.LazyConfigValue`)."""


def _table(text: str) -> Mapping[str, tuple[str, str]]:
    rows = (line.split() for line in text.split("\n") if line)
    return MappingProxyType({name: (rule.strip("-"), result) for name, rule, result in rows})


CALLS, METHODS = _table(_CALLS), _table(_METHODS)
_ACCEPTED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "s": frozenset({"text"}),
        "S": frozenset({"text"}),
        "t": TEXTS,
        "i": frozenset({"int", "bool"}),
        "n": NUMBERS,
        "b": frozenset({"bytes", "int"}),
        "g": ITERABLE,
        "l": ITERABLE - {"gen"},
        "d": frozenset({"dict", "config", "environ"}),
        "e": frozenset({"texts of texts"}),
        "T": frozenset({"texts", "text"}),
        "L": frozenset({"int", "text"}),
        "C": frozenset({"class"}),
        "h": PLAIN - {"list", "texts", "dict", "set"},
        "m": frozenset({"config", "lazy", "class", "module"}),
    }
)


def takes(name: str, rule: str, kinds: Sequence[str], keywords: bool) -> bool:
    """The function goes well with positional arguments of these kinds, and with keywords if there are any."""
    if keywords and name not in _TAKE_KEYWORDS:
        return False
    needed, _, optional = rule.partition("?")
    many = needed.endswith("*")
    codes = needed.rstrip("*") + optional
    least = len(needed.rstrip("*")) - many
    if len(kinds) < least or (len(kinds) > len(codes) and not many):
        return False
    codes += codes[-1:] * (len(kinds) - len(codes)) if many else ""
    return all(code == "a" or kind in _ACCEPTED[code] for code, kind in zip(codes, kinds, strict=False))


def attribute(kind: str, name: str) -> str:
    """The kind of an attribute of such a value; empty where it may have none of this name."""
    if kind == "texts" and f"list.{name}" in METHODS and f"texts.{name}" not in METHODS:
        kind = "list"
    if f"{kind}.{name}" in METHODS:
        return f"method {kind}.{name}"
    return _ATTRIBUTES.get(f"{kind}.{name}", "")


def kind_of(value: object) -> str:
    """The kind of a value that is there."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return "texts"
    return next((kind for types, kind in _KINDS if isinstance(value, types)), "any")


def of_module(dotted: str) -> str:
    """The kind of what stands under this name in the standard library; empty where it may not be there.

    Only `MODULES` are looked into: importing them does nothing.
    """
    module = next((one for one in _prefixes(dotted) if one in MODULES), "")
    if not module or sys.platform == "win32":
        return ""
    if dotted == "os.environ":
        return "environ"
    value: object = importlib.import_module(module)
    for name in dotted[len(module) + 1 :].split(".") if dotted != module else ():
        value = getattr(value, name, _NOTHING)
        if value is _NOTHING:
            return ""
    if isinstance(value, ModuleType):
        return f"module {dotted}"
    if isinstance(value, type) and dotted not in CALLS:
        return "class"
    return f"call {dotted}" if callable(value) else kind_of(value)


def _prefixes(dotted: str) -> list[str]:
    parts = dotted.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
