"""Runs the cells of one submission and hands over its answers. All in here may be hostile.

This process has never seen a reference, and what it says is data to whoever reads it. It only has
to be right where the learner's code is honest.
"""

from __future__ import annotations

import io
import os
import socket
import sys
from typing import Any

from exercises_check import plain
from exercises_check.classroom.channel import Reader, send
from exercises_check.contract import to_json
from exercises_check.evidence import Asked, LayerAnswer, gather

LONGEST_TEXT = 4_000  # of an error


class OutputLimit(BaseException):
    """The submission printed more than it may."""


class Sink(io.TextIOBase):
    """Takes what is printed, counts it and keeps nothing."""

    def __init__(self, most: int):
        self._left = most

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._left -= len(text)
        if self._left < 0:
            raise OutputLimit
        return len(text)


class Recorded:
    """What `check` returns while a class is graded: the answer was taken down, not judged."""

    status = "recorded"
    differences = ()
    hints = ()

    def __init__(self, name: str):
        self.name = name

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"{self.name}: recorded, to be judged later."

    def hint(self, number: int = 1) -> str:
        return ""


def run(channel: socket.socket) -> None:
    """Run the cells that come over the channel, and answer what is asked about them."""
    reader = Reader(channel)
    job = reader.read()
    asked = {
        name: Asked(
            name,
            fields["kind"],
            _tuples(fields["calls"]),
            _tuples(fields["names"]),
            _tuples(fields["each"]),
            fields["learned"],
        )
        for name, fields in job["asked"].items()
    }
    sys.stdout = sys.stderr = sink = Sink(int(job["printed"] * 2**20))
    shell = _shell()

    def check(name: str, answer: Any, reveal: bool = False) -> Recorded:
        """Take an answer down."""
        if not isinstance(name, str) or name not in asked:
            return Recorded(str(name))
        send(channel, {"check": name})
        seed = reader.read()["seed"]
        try:
            found = gather(asked[name], answer, seed, _trying(seed))
            if isinstance(found, LayerAnswer):
                found = LayerAnswer(to_json(found.transcript.transcript()), seed)
            message = {"evidence": type(found).__name__, "data": plain.encode(found)}
            send(channel, message)
        except Exception as error:
            send(channel, {"failed": type(error).__name__, "text": str(error)[:LONGEST_TEXT]})
        return Recorded(name)

    _replace_words(check)
    for number, source in job["cells"]:
        try:
            result = shell.run_cell(source, store_history=False)
            error = result.error_before_exec or result.error_in_exec
        except OutputLimit as too_much:
            error = too_much
        sys.stdout = sys.stderr = sink
        if isinstance(error, OutputLimit):
            send(channel, {"output": True})
            return
        message = {"cell": number}
        if error is not None:
            message |= {"error": type(error).__name__, "text": str(error)[:LONGEST_TEXT]}
        send(channel, message)
    send(channel, {"done": True})


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value


def _trying(seed: int):
    from exercises_check.classroom import challenge

    def trying(model: Any, graph: Any, asked: Asked) -> Any:
        try:
            tried = {"outputs": challenge.outputs(model, graph, seed)}
        except Exception as error:  # a class that cannot be called as its graph says
            return {"raised": f"{type(error).__name__}: {error}"[:LONGEST_TEXT]}
        if asked.learned:
            tried["weights"] = challenge.packed_weights(model, graph)
        return tried

    return trying


def _replace_words(check: Any) -> None:
    import exercises_check
    import exercises_check.checking as checking

    exercises_check.check = checking.check = check
    exercises_check.progress = lambda *arguments, **more: None  # it would read the references


def _shell() -> Any:
    """An IPython without history, colours, pictures or threads of its own."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from exercises_check import leftovers

    os.environ["MPLBACKEND"] = "agg"
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autoindent = False
    shell = InteractiveShell.instance(config=config)
    shell.display_formatter.active_types = ["text/plain"]
    shell.display_pub.publish = lambda *arguments, **more: None
    leftovers.install()
    return shell
