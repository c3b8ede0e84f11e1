"""Every trait of a Jupyter as a setting: its value, what decides it, what that hides; the catalogue's as they are."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.spellings import spellings_of
from jntui.jupyter.editing.value import is_secret
from jntui.jupyter.settings.catalogue import APPLICATION, Held, Known
from jntui.jupyter.settings.decision import Decided
from jntui.jupyter.settings.defaults import Found
from jntui.jupyter.settings.effective import Read, veil_over
from jntui.jupyter.settings.loading import Run
from jntui.jupyter.settings.observed import observe
from jntui.jupyter.settings.pointing import covered_pieces, may_be_secret
from jntui.jupyter.settings.values import shown, without_secrets
from jntui.model import Setting, Source

if TYPE_CHECKING:
    from jntui.jupyter.settings.given import Given
    from jntui.jupyter.settings.subject import Subject
    from jntui.jupyter.settings.traits import Listed, Trait
    from jntui.process import Processes

HIDDEN_LIMIT = 4
"""Hidden values that are named of one trait."""
_SET = "a secret, which is not shown"
_AT_START = "worked out at each start"
_CARRIERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
"""Headers that carry a secret (RFC 9110, section 11; RFC 6265)."""
_DEEPEST = 20
"""Levels of a nested value that are shown."""


def every_setting(subject: Subject, processes: Processes, listed: Listed) -> tuple[Setting, ...]:
    """In the order of the classes, the application's own first; what is an older name of another one is left out."""
    read = Read(subject, processes, every=True)
    found = read.configuration()
    known = {(one.cls, one.name): one for one in found.settings}
    rows: list[Setting | Decided] = []
    traits: dict[str, Trait] = {}
    for trait in listed.traits:
        own = known.get((trait.cls, trait.name))
        if own is not None:
            rows.append(replace(own, doc=trait.help))
        elif not any(name in known for name in spellings_of(trait.cls, trait.name)):
            decided = _decided(read, listed, trait)
            traits[decided.known.name] = trait
            rows.append(decided)
    others = [one for one in rows if isinstance(one, Decided)]
    settings = [_setting(one, traits[one.known.name]) for one in others]
    seen = dict(zip(traits, observe(settings, others, subject.server, read.times)[0], strict=True))
    return tuple(one if isinstance(one, Setting) else seen[one.known.name] for one in rows)


def _decided(read: Read, listed: Listed, trait: Trait) -> Decided:
    """What decides a trait that the catalogue lacks."""
    # A name with its class: the running value of `ServerApp.ip` says nothing of another class's `ip`.
    known = Known(f"{trait.cls}.{trait.name}", "text", None, trait.help, {})
    held = Held(trait.cls, trait.name)
    sections = sections_of(trait.cls, listed)
    chain: list[Given] = []
    run = read.run
    while len(chain) <= HIDDEN_LIMIT:
        given = _given(run, sections, trait, listed)
        if given is None or given in chain or given.source.kind == "default":
            break
        chain.append(given)
        run = Run(read.start, read.shelf, frozenset(chain))
    found = [_found(one, trait) for one in chain]
    veiled = veil_over({"", *sections}, chain[0].source if chain else None, read.veils)
    found = [veiled, *found] if veiled is not None else found
    if not found:
        text = trait.default if not trait.at_start else _AT_START
        found = [Found(None, text or _AT_START, Source("default", name=known.name), known=False)]
        return Decided(known, held, found[0], ())
    return Decided(known, held, found[0], tuple(one.source for one in found[1:]))


def sections_of(cls: str, listed: Listed) -> tuple[str, ...]:
    """The sections that objects of the class, or of a class below it, read; the last decides."""
    below = [name for name, mro in listed.classes.items() if cls in mro[:-1]]
    return (*listed.classes.get(cls, (cls,)), *below)


def _given(run: Run, sections: tuple[str, ...], trait: Trait, listed: Listed) -> Given | None:
    application = APPLICATION[run.generation]
    if trait.cls in listed.classes.get(application, (application,)):
        given = run.option(trait.name)
        if given is not None:
            return given
    return run.among(sections, trait.name)


def _found(given: Given, trait: Trait) -> Found:
    """A value that somebody gave; whether the trait takes it, Jupyter says."""
    source = given.source
    if hides(trait):
        source = replace(source, text=_SET)
        return Found(None, "computed" if given.computed else _SET, source, known=False)
    if given.computed:
        text = "computed" if may_be_secret([source.text], 1) else covered_pieces(without_secrets(source.text))
        return Found(None, "computed", replace(source, text=text), "only running the file would tell", known=False)
    value = _typed(given.value) if given.typed else given.value
    told = _covered(value)
    text = covered_pieces(source.text if told == value else shown(told))
    return Found(_plain(told), covered_pieces(shown(told)), replace(source, text=text))


def hides(trait: Trait) -> bool:
    """Its value is shown to nobody."""
    if trait.kind in {"yes or no", "integer", "number", "one of", "class"} or trait.name.endswith("_file"):
        return False
    # `GatewayClient.headers` is a text with JSON in it: which of its headers tells who one is, only its server knows.
    headers = trait.kind == "text" and trait.name.endswith("headers")
    return trait.kind == "bytes" or headers or is_secret(trait.name)


def _covered(value: object, depth: int = 0) -> object:
    """Without the secrets that a value holds under names of its own, in a URL or in a command line."""
    if isinstance(value, str):
        held = _held(value)
        told = _covered(held, depth + 1)
        return without_secrets(value if told == held else json.dumps(told, ensure_ascii=False))
    if depth > _DEEPEST:
        return "..."
    if isinstance(value, dict):
        return {
            key: "..." if isinstance(key, str) and _names_secret(key) and one else _covered(one, depth + 1)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_covered(one, depth + 1) for one in value]
    return tuple(_covered(one, depth + 1) for one in value) if isinstance(value, tuple) else value


def _held(text: str) -> object:
    """What a text with JSON in it holds; None of another one."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _names_secret(key: str) -> bool:
    return is_secret(key) or key.lower() in _CARRIERS


def _typed(value: object) -> object:
    """A word of the command line, as most traits read it."""
    if not isinstance(value, str):
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return value


def _plain(value: object) -> object:
    """What JSON can hold: a tuple or a set is a list there, anything else None."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value if isinstance(value, (str, int, float, bool)) else None


def _setting(one: Decided, trait: Trait) -> Setting:
    return Setting(
        name=trait.name,
        cls=trait.cls,
        type=trait.kind,
        help=trait.help.partition("\n")[0],
        default=_AT_START if trait.at_start else trait.default,
        value=one.found.value,
        shown=one.found.shown,
        source=one.found.source,
        shadowed=one.shadowed,
        secret=hides(trait),
        note=one.found.note,
        catalogued=False,
        doc=trait.help,
        choices=trait.choices,
        none=trait.none,
    )
