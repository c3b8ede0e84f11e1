"""A child that is spoken to: its answers, its bounds, and its end with all that it started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jntui.process import Processes
from jntui.process.conversation import Conversation, NoAnswer
from tests.live.servers import wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="it speaks with a POSIX shell")

ROOT = Path(__file__).resolve().parents[2]


def shell(limit: int = 100_000) -> Conversation:
    return Processes().converse(["sh", "-s"], dict(os.environ), b"mark ", limit)


def test_questions_and_marked_answers() -> None:
    with shell() as talk:
        assert talk.ask(b"echo noise; echo mark one; echo mark two; echo mark end\n", b"end", 20) == [b"one", b"two"]
        assert talk.ask(b"echo mark end\n", b"end", 20) == []
        assert talk.noise == "noise\n"


def test_a_question_longer_than_a_pipe() -> None:
    with shell(10_000_000) as talk:
        text = b"".join(b"echo mark %d\n" % number for number in range(20_000))
        assert len(talk.ask(text + b"echo mark end\n", b"end", 60)) == 20_000


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (b"exit 3\n", "ended"),
        (b"exec cat\n", "timeout"),
        (b"yes\n", "too-much"),
        (b"cat /dev/zero\n", "too-much"),
        (b"while :; do echo mark again; done\n", "too-much"),
    ],
)
def test_no_answer(text: bytes, how: str) -> None:
    with shell() as talk:
        with pytest.raises(NoAnswer) as failed:
            talk.ask(text, b"end", 1.0 if how == "timeout" else 30.0)
        assert failed.value.how == how
        assert how != "ended" or talk.status() == 3


def test_errors_are_kept_as_far_as_they_are_wanted() -> None:
    with shell() as talk:
        talk.ask(b"echo first >&2; head -c 300000 /dev/zero >&2; echo mark end\n", b"end", 30)
        wait_for(lambda: len(talk.errors) >= 16 * 1024, "its errors to be read", 30)
        assert talk.errors.startswith("first\n")
        assert len(talk.errors) == 16 * 1024


def test_its_end_is_the_end_of_what_it_started() -> None:
    with shell() as talk:
        (line,) = talk.ask(b"sleep 600 & echo mark $!; echo mark end\n", b"end", 20)
        started = int(line)
        assert Processes().look(started) is not None
    wait_for(lambda: gone(started), "the grandchild to end", 20)


def gone(pid: int) -> bool:
    facts = Processes().look(pid)
    return facts is None or facts.zombie


def test_the_interpreters_end_is_its_end_too() -> None:
    """Whoever leaves the program in the middle of a question leaves no child behind."""
    code = (
        "import os, threading\n"
        "from jntui.process import Processes\n"
        "talk = Processes().converse(['sh', '-s'], dict(os.environ), b'mark ', 1000)\n"
        "print(talk.ask(b'echo mark $$; echo mark end\\n', b'end', 20)[0].decode())\n"
        "threading.Thread(target=talk.ask, args=(b'exec cat\\n', b'end', 600), daemon=True).start()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    wait_for(lambda: gone(int(done.stdout)), "the child to end", 20)


def test_no_such_program() -> None:
    with pytest.raises(FileNotFoundError):
        Processes().converse(["/nonexistent/ssh"], {}, b"mark ", 1000)
