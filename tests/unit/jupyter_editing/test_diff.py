"""The preview: line numbers, no secret, nothing that a terminal would execute, long lines cut around the change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jntui.jupyter.editing.covered import Cover
from jntui.jupyter.editing.diff import LINES_LIMIT, NO_END, WIDTH, as_text, diff
from jntui.jupyter.editing.entries import entries
from jntui.model import DiffLine
from jntui.text import visible

HASH = "argon2:$argon2id$v=19$m=10240,t=10,p=8$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2g"


def covered(text: str) -> str:
    cover = Cover()
    return "\n".join(cover.line(line) for line in text.split("\n"))


def test_numbers_of_both_files() -> None:
    found = diff(b"a\nb\nc\nd\ne\nf\n", b"a\nb\nc\nd\nnew\nother\nf\n")
    assert found[0] == DiffLine("@", None, None, "line 2")
    assert found[4:] == (
        DiffLine("-", 5, None, "e"),
        DiffLine("+", None, 5, "new"),
        DiffLine("+", None, 6, "other"),
        DiffLine(" ", 6, 7, "f"),
    )
    assert as_text(found).split("\n") == [
        *("    @ line 2", "2 2   b", "3 3   c", "4 4   d"),
        *("5   - e", "  5 + new", "  6 + other", "6 7   f"),
    ]


def test_the_same_bytes_have_no_diff() -> None:
    assert diff(b"a\n", b"a\n") == ()
    assert as_text(()) == ""


def test_a_new_file() -> None:
    assert diff(b"", b"a\n") == (DiffLine("@", None, None, "new file"), DiffLine("+", None, 1, "a"))


def test_two_places_far_apart() -> None:
    old = b"".join(b"%d\n" % number for number in range(50))
    new = old.replace(b"\n5\n", b"\nfive\n").replace(b"\n40\n", b"\nforty\n")
    assert [line.text for line in diff(old, new) if line.sign == "@"] == ["line 3", "line 38"]


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        (b"a", b"a\n", ["-a", "\\" + NO_END, "+a"]),
        (b"a\r\nb\r\n", b"a\r\nc\r\n", ["-b", "+c"]),
        (b"a\nb\n", b"a\r\nb\n", ["-a", "+a^M"]),
        (b"\t1\n", b"\t2\x0c\x1b[31m\x7f\n", ["-^I1", "+^I2^L^[[31m^?"]),
        ("a\u202eb\n".encode(), "c\u2028\n".encode(), ["-a?b", "+c?"]),
        (b"# coding: latin-1\nx = '\xe9'\n", b"# coding: latin-1\nx = '\xfc'\n", ["-x = 'é'", "+x = 'ü'"]),
        (b"\xff\n", b"\xfe\n", ["-ÿ", "+þ"]),
        (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n", ["-a", "+b"]),
    ],
)
def test_what_is_shown(old: bytes, new: bytes, rows: list[str]) -> None:
    assert [line.sign + line.text for line in diff(old, new) if line.sign in "-+\\"] == rows


def test_a_long_line_is_cut_around_the_change() -> None:
    old = b'{"a": "' + b"x" * 5000 + b'", "ip": "localhost", "b": "' + b"y" * 5000 + b'"}\n'
    minus, plus = diff(old, old.replace(b"localhost", b"*"))[1:]
    for line, piece in ((minus, '"ip": "localhost"'), (plus, '"ip": "*"')):
        assert len(line.text) == WIDTH
        assert line.text.startswith("...x")
        assert line.text.endswith("y...")
        assert piece in line.text


def test_another_file_altogether_is_bounded() -> None:
    old, new = (b"".join(b"%d%s\n" % (number, sign) for number in range(20_000)) for sign in (b"a", b"b"))
    found = diff(old, new)
    assert len(found) == LINES_LIMIT
    assert found[-1].text == "the diff goes on"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("c.S.token = 'abc'", "c.S.token = '<token, 3 characters>'"),
        ('c["S"]["token"]="q"', 'c["S"]["token"]="<token, 1 character>"'),
        ("# c.S.token = 'old'", "# c.S.token = '<token, 3 characters>'"),
        (f"c.S.password = u'{HASH}'  # mine", "c.S.password = '<argon2 hash>'  # mine"),
        ("c.S.hashed_password = 'sha1:1:2'", "c.S.hashed_password = '<sha1 hash>'"),
        ("c.S.password = passwd('hunter2')", "c.S.password = passwd('<not a hash>')"),
        ("c.S.update({'token': 'abc', 'ip': 'x'})", "c.S.update({'token': '<token, 3 characters>', 'ip': 'x'})"),
        ("c.S.update(token='a', ip='x')", "c.S.update(token='<token, 1 character>', ip='x')"),
        ("setattr(c.S, 'token', 'abc')", "setattr(c.S, 'token', '<token, 3 characters>')"),
        ("os.environ['JUPYTER_TOKEN'] = 'abc'", "os.environ['JUPYTER_TOKEN'] = '<token, 3 characters>'"),
        ("c.S.token = hunter2", "c.S.token = <hidden>"),
        ("# my password: hunter2", "# my password: <hidden>"),
        ("c.S.token = (\n  'a'\n  'b'  # x\n)\nc.S.ip = 'b'", "2 covered"),
        ("c.S.token = \\\n 'z'\nc.S.ip = 'z'", "1 covered"),
        ("c.S.password = '''abc\ndef'''\nc.S.ip = 'x'", "c.S.password = '''<hidden>\n<hidden>'''\nc.S.ip = 'x'"),
        ('"token":\n  "x",\n"ip": "y"', '"token":\n  "<token, 1 character>",\n"ip": "y"'),
        ('{"token": "a\\"b", "x": "c"}', '{"token": "<token, 4 characters>", "x": "c"}'),
    ],
)
def test_secrets_are_covered(text: str, shown: str) -> None:
    if shown.endswith(" covered"):
        assert covered(text).count("<token, 1 character>") == int(shown[0])
        assert covered(text).endswith(text.rpartition("\n")[2])
    else:
        assert covered(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        *(
            "c.S.token = ''",
            "#  Default: '<DEPRECATED>'",
            "# c.S.token = '<DEPRECATED>'",
            "c.S.password_required = True",
        ),
        *(
            "## Token used for authenticating first-time connections.",
            "c.S.ip = 'x'",
            "c.S.allow_password_change = False",
        ),
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert covered(text) == text


def test_given_secrets_are_covered_wherever_they_stand() -> None:
    found = as_text(diff(b"c.A.x = 1\n", b"c.A.x = 'sesame'\n", secrets=("sesame",)))
    assert "sesame" not in found
    assert "<hidden>" in found


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes(old: bytes, new: bytes) -> None:
    found = diff(old, new)
    assert all(visible(line.text) == line.text and len(line.text) <= WIDTH for line in found)
    if old == new:
        assert not found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", {}),
        ("{'a': 1, 'b': [1, 2], 'c': {'d': 'e: f, g'}}", {"'a'": "1", "'b'": "[1, 2]", "'c'": "{'d': 'e: f, g'}"}),
        ("{'v': PROTOCOL_TLS, 'x': <object at 0x1, y>}", {"'v'": "PROTOCOL_TLS", "'x'": "<object at 0x1, y>"}),
        (r"{'it\'s, so': ':'}", {r"'it\'s, so'": "':'"}),
        ("{1, 2}", None),
        ("{'a': 1, 'b'...", None),
        ("'{'", None),
    ],
)
def test_a_printed_dictionary_entry_by_entry(text: str, found: dict[str, str] | None) -> None:
    assert entries(text) == found
