"""Merging of configs, beside traitlets' own."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from traitlets.config.loader import Config

from jntui.jupyter.settings.given import Given, Sections
from jntui.model import Source

TRAITS = st.dictionaries(st.sampled_from(["port", "ip", "token"]), st.integers(0, 9), max_size=3)
CONFIGS = st.dictionaries(st.sampled_from(["ServerApp", "LabApp", "JupyterApp"]), TRAITS, max_size=3)


def ours(config: dict[str, dict[str, int]], plain: bool) -> Sections:
    values = [Given(cls, name, value, Source("file")) for cls, names in config.items() for name, value in names.items()]
    sections = Sections.of(values, config if plain else ())
    for cls in config:
        sections.found.setdefault(cls, {})
    return sections


def theirs(config: dict[str, dict[str, int]], plain: bool) -> Config:
    found = Config() if plain else Config(config)
    if plain:
        found.update({cls: dict(names) for cls, names in config.items()})
    return found


def values(sections: Sections) -> dict[str, dict[str, Any]]:
    found = {cls: {name: one.value for name, one in names.items()} for cls, names in sections.found.items()}
    return {cls: names for cls, names in found.items() if names}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CONFIGS, st.booleans()), max_size=5))
def test_merging_is_that_of_traitlets(configs: list[tuple[dict[str, dict[str, int]], bool]]) -> None:
    left, right = Sections(), Config()
    for config, plain in configs:
        left.merge(ours(config, plain))
        right.merge(theirs(config, plain))
    assert values(left) == {cls: dict(names) for cls, names in right.items() if names}


def test_nested_sections_go_with_their_section() -> None:
    first = Sections.of([Given("ServerApp.IdentityProvider", "token", "a", Source("file"))])
    first.merge(ours({"ServerApp": {"port": 1}}, plain=True))
    assert values(first) == {"ServerApp": {"port": 1}}


def test_sections_below_a_parent_decide_over_those_of_the_class() -> None:
    sections = Sections.of(
        [
            Given("PasswordIdentityProvider", "token", "own", Source("file")),
            Given("ServerApp.IdentityProvider", "token", "nested", Source("file")),
        ]
    )
    read = sections.reaching(("IdentityProvider", "PasswordIdentityProvider"), ("ServerApp",))
    assert read["token"].value == "nested"
