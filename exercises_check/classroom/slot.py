"""One place at which submissions run, one after the other, each in a fresh and limited process.

A `Slot` is on the instructor's side: it starts the warm process, hands it the cells, asks for the
evidence, watches the limits, and ends what breaks them. What it hands on is an `Outcome`: data.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from exercises_check.classroom import processes
from exercises_check.classroom.channel import Breach, Closed, Late, Reader, send
from exercises_check.classroom.limits import MB, Limits
from exercises_check.classroom.sandbox import PACKAGE, WORK, Sandbox, command, environment
from exercises_check.language import _

START = 120.0  # seconds in which the warm process must be there
ANSWER = 30.0  # seconds in which it must have ended a child
TICK = 0.2  # seconds between two looks at how many processes a submission has
WEIGHING = 0.6  # seconds between two looks at their memory, which cost more
MOST_MESSAGES = 20_000
FULL = 0.5  # of the memory given: arenas and stacks of threads take addresses, not memory


class CannotStart(Exception):
    """The warm process does not come up. The text says what it printed."""


@dataclass(frozen=True)
class Asking:
    """An answer that was asked for: the seed, and what came back as JSON's lists and dicts."""

    seed: int
    kind: str
    data: Any


@dataclass(frozen=True)
class Failed:
    """Gathering an answer failed with this error."""

    error: str
    text: str


@dataclass(frozen=True)
class CellError:
    """A cell that raised: its number among all cells of the notebook, from 0, the error, its text.

    `known` holds the exercises that were answered by then.
    """

    cell: int
    error: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """What a submission did.

    Attributes:
        ended: `"done"`, or the status of what it did not come to: `"timeout"`, `"memory"`,
            `"crashed"`, `"refused"`.
        message: a sentence, if it was not done.
        answers: by the exercise, the last that was checked.
        errors: of cells, in order.
        last: the number of the last cell that ended, -1 if none did.
        seconds: by the clock.
        cpu: processor seconds.
        peak: megabytes at most, as far as it was seen.
    """

    ended: str
    message: str = ""
    answers: Mapping[str, Asking | Failed] = field(default_factory=dict)
    errors: tuple[CellError, ...] = ()
    last: int = -1
    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0


class _Ended(Exception):
    """The submission broke a limit: its status, the sentence, and whether all must go with it."""

    def __init__(self, status: str, message: str, all_of_it: bool = False):
        super().__init__(message)
        self.status, self.message, self.all_of_it = status, message, all_of_it


class Slot:
    """A place to run submissions. Use it with `with`, or call `stop`.

    Attributes:
        warm_up: processor seconds that its warm processes took to get ready.
    """

    def __init__(self, own: Sandbox, limits: Limits):
        self.warm_up = 0.0
        self._own, self._limits = own, limits
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._work: tempfile.TemporaryDirectory | None = None

    def __enter__(self) -> Slot:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def run(
        self,
        cells: Sequence[tuple[int, str]],
        asked: Mapping[str, Any],
        stopped: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """Run the cells of a submission.

        Args:
            cells: number and source of each.
            asked: what is asked for of each exercise, as plain data.
            stopped: tells whether grading is to stop; then `KeyboardInterrupt` is raised.

        Raises:
            CannotStart: there is no warm process to be had.
        """
        mine, theirs = socket.socketpair()
        with mine:
            with theirs:
                watch = self._hand_over(theirs, stopped)
            started = time.monotonic()
            taken = _Taken()
            status, message = "crashed", ""
            try:
                send(mine, {"cells": cells, "asked": asked, "printed": self._limits.printed})
                status, message = self._listen(mine, watch, taken)
            except _Ended as end:
                status, message = end.status, end.message
                if end.all_of_it:
                    self.stop()
            except Closed:
                pass
            except KeyboardInterrupt:
                self.stop()
                raise
            seconds = time.monotonic() - started
            ending = self._end()
            if status == "crashed":
                status, message = self._how(ending)
            return Outcome(
                status,
                message,
                taken.answers,
                tuple(taken.errors),
                taken.last,
                seconds,
                ending.get("cpu", 0.0),
                watch.peak // MB,
            )

    def _hand_over(self, channel: socket.socket, stopped: Callable[[], bool]) -> _Watch:
        """Have a child forked that holds `channel`; once more where the warm process just died."""
        for again in (True, False):
            self._start()
            watch = _Watch(self._process.pid, self._limits, stopped)
            try:
                message = [_json(run=asdict(self._limits))]
                socket.send_fds(self._control, message, [channel.fileno()])
                self._reply(ANSWER)
                return watch
            except (OSError, CannotStart) as error:
                self.stop()
                if not again:
                    raise CannotStart(f"The process that runs submissions died: {error}") from None
        raise AssertionError

    def _listen(self, channel: socket.socket, watch: _Watch, taken: _Taken) -> tuple[str, str]:
        reader = Reader(channel, self._limits.answers * MB)
        seeds: dict[str, int] = {}
        name = ""
        for _turn in range(MOST_MESSAGES):
            try:
                message = watch.wait_for(reader)
                if message.get("done") is True:
                    return "done", ""
                if message.get("output") is True:
                    text = _("The submission printed more than {count} MB.")
                    return "refused", text.format(count=self._limits.printed)
                if isinstance(message.get("check"), str):
                    name = message["check"]
                    # Drawn only now: the code that answers could not know it.
                    seeds[name] = secrets.randbelow(2**31)
                    taken.answers.pop(name, None)
                    send(channel, {"seed": seeds[name]})
                else:
                    taken.take(message, name, seeds)
            except Breach as breach:
                return "refused", _("The submission sent {what}.").format(what=breach)
        text = _("The submission sent more than {count} messages.")
        return "refused", text.format(count=f"{MOST_MESSAGES:,}")

    def _how(self, ending: dict[str, Any]) -> tuple[str, str]:
        """What ended a child that did not come to its end."""
        status = ending.get("ended")
        too_long = _("The notebook took more than {seconds} seconds of processor time.")
        too_long = too_long.format(seconds=f"{self._limits.cpu:g}")
        if ending.get("cpu", 0.0) >= self._limits.cpu:
            return "timeout", too_long
        if status is None:
            return "crashed", _("Python was ended from within the submission.")
        number = os.waitstatus_to_exitcode(status)
        if number == -signal.SIGXCPU:
            return "timeout", too_long
        if number < 0:
            name = _signal_name(-number)
            used, given = ending.get("grown", 0), self._limits.memory
            if used >= FULL * given:
                # C++ code that gets no memory aborts; it raises no MemoryError.
                text = _(
                    "Python was ended by signal {name}, with {used} MB of memory taken; {given} "
                    "are given."
                )
                return "memory", text.format(name=name, used=f"{used:,}", given=f"{given:,}")
            return "crashed", _("Python was ended by signal {name}.").format(name=name)
        text = _("Python ended before the notebook did, with status {number}.")
        return "crashed", text.format(number=number)

    # The warm process ---------------------------------------------------------------------------

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.stop()
        work = WORK
        if self._own.program is None:
            self._work = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            work = Path(self._work.name)
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        module = "exercises_check.classroom.server"
        arguments = ["-m", module, str(theirs.fileno()), str(work)]
        with theirs, tempfile.TemporaryFile() as printed:
            self._process = subprocess.Popen(
                command(self._own, arguments, work, self._limits.file_size),
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                pass_fds=[theirs.fileno()],
                cwd=PACKAGE.parent,
                start_new_session=True,  # Ctrl-C is for the grader
            )
            self._control = mine
            theirs.close()
            try:
                self.warm_up += float(self._reply(START)["cpu"])
            except CannotStart:
                printed.seek(0)
                text = printed.read().decode("utf-8", "replace").strip()
                self.stop()
                raise CannotStart(
                    f"The process that runs submissions does not start: {text[-2000:] or 'no word'}"
                ) from None

    def _reply(self, seconds: float) -> dict[str, Any]:
        self._control.settimeout(seconds)
        try:
            message = self._control.recv(1 << 16)
        except OSError:
            message = b""
        if not message:
            raise CannotStart("it is gone")
        return json.loads(message)

    def _end(self) -> dict[str, Any]:
        """End the child and what it left; if that fails, the whole place."""
        ending: dict[str, Any] = {}
        if self._process is None:
            return ending
        with contextlib.suppress(OSError, CannotStart):
            self._control.send(_json(end=True))
            ending = self._reply(ANSWER)
        if not ending.get("clean"):
            self.stop()
        return ending

    def stop(self) -> None:
        """End the place and all that runs at it."""
        if self._process is not None:
            walled = self._own.program is not None
            left = [] if walled else processes.below(self._process.pid)
            self._process.kill()  # in a sandbox, all the rest goes with its first process
            processes.kill(left)
            self._process.wait()
        if self._control is not None:
            self._control.close()
        if self._work is not None:
            self._work.cleanup()
        self._process = self._control = self._work = None


class _Taken:
    """What has come from a submission so far."""

    def __init__(self):
        self.answers: dict[str, Asking | Failed] = {}
        self.errors: list[CellError] = []
        self.last = -1

    def take(self, message: dict[str, Any], name: str, seeds: Mapping[str, int]) -> None:
        match message:
            case {"evidence": str(kind), "data": data} if name in seeds:
                self.answers[name] = Asking(seeds[name], kind, data)
            case {"failed": str(error), "text": str(text)} if name in seeds:
                self.answers[name] = Failed(error, text)
            case {"cell": int(cell), "error": str(error), "text": str(text)}:
                self.last = cell
                self.errors.append(CellError(cell, error, text))
            case {"cell": int(cell)}:
                self.last = cell
            case _:
                raise Breach(_("what is no message"))


class _Watch:
    """Waits for a submission's messages and ends the wait where it breaks a limit."""

    def __init__(self, process: int, limits: Limits, stopped: Callable[[], bool]):
        self._process, self._limits, self._stopped = process, limits, stopped
        self._until = time.monotonic() + limits.wall
        self._before = set(processes.below(process))  # the sandbox and the warm process
        self._look = self._weigh = 0.0
        self.peak = 0

    def wait_for(self, reader: Reader) -> dict[str, Any]:
        while True:
            if time.monotonic() > self._until:
                text = _("The notebook took more than {seconds} seconds by the clock.")
                raise _Ended("timeout", text.format(seconds=f"{self._limits.wall:g}"))
            if self._stopped():
                raise KeyboardInterrupt
            if time.monotonic() > self._look:
                self._look_at_use()
                self._look = time.monotonic() + TICK
            with contextlib.suppress(Late):
                return reader.read(TICK)

    def _look_at_use(self) -> None:
        own = [n for n in processes.below(self._process) if n not in self._before]
        if len(own) > self._limits.processes:
            text = _("The submission started {count} processes; at most {most} may run.")
            text = text.format(count=len(own), most=self._limits.processes)
            # They make others while they are looked for.
            raise _Ended("refused", text, all_of_it=True)
        if time.monotonic() < self._weigh:
            return
        self._weigh = time.monotonic() + WEIGHING
        used = sum(map(processes.memory, own))
        self.peak = max(self.peak, used)
        if used > self._limits.memory * MB:
            text = _("The submission took {used} MB of memory; at most {given} MB are given.")
            text = text.format(used=f"{used // MB:,}", given=f"{self._limits.memory:,}")
            raise _Ended("memory", text)


def _signal_name(number: int) -> str:
    """Most real-time signals have a number only."""
    known = {one.value: f"{number} ({one.name})" for one in signal.Signals}
    return known.get(number, str(number))


def _json(**message: Any) -> bytes:
    return json.dumps(message).encode()
