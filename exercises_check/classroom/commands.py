"""`grade` and `check` on the command line."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exercises_check.classroom.limits import Limits
from exercises_check.classroom.status import STATUSES, counted, in_words
from exercises_check.classroom.submission import CannotGrade

if TYPE_CHECKING:
    from exercises_check.classroom.grade import Settings, Summary
    from exercises_check.classroom.result import Graded

DONE, NOT_ALL, CANNOT, INTERRUPTED = 0, 1, 2, 130
UNITS = {
    "wall": "seconds by the clock",
    "cpu": "seconds of processor time",
    "memory": "megabytes",
    "processes": "at once",
    "file_size": "megabytes of a file",
    "printed": "megabytes that are printed",
    "answers": "megabytes sent to the grader",
}


def grade(parsed: argparse.Namespace) -> int:
    """Grades a folder; returns the exit status."""
    _get_ready()
    from exercises_check.classroom.grade import grade as graded
    from exercises_check.classroom.sandbox import sandbox

    settings = _settings(parsed)
    _say(sandbox().sentence)
    with _interruptible() as stop, _shown() as progress:
        summary = graded(parsed.submissions, parsed.output, settings, progress, stop)
        interrupted = stop.is_set() and summary.left > 0
    return _told(summary, parsed.output, interrupted)


def check(parsed: argparse.Namespace) -> int:
    """Grades one notebook and prints its reports; returns the exit status."""
    _get_ready()
    from exercises_check.classroom import assess, junit
    from exercises_check.classroom.atomic import write
    from exercises_check.classroom.grade import judged, prepared, ran_at
    from exercises_check.classroom.intake import collect
    from exercises_check.classroom.sandbox import sandbox
    from exercises_check.classroom.slot import Slot
    from exercises_check.classroom.version import version

    settings = _settings(parsed)
    own = sandbox()
    if parsed.require_sandbox and own.program is None:
        raise CannotGrade(own.sentence)
    chapters = assess.chapters()
    if parsed.notebook.is_dir():
        raise CannotGrade(f"`{parsed.notebook}` is a folder; expected one notebook. See `grade`.")
    collection = collect(parsed.notebook, None, chapters)
    (submission,) = collection.submissions
    ran = prepared(submission)
    if not ran.status:
        with Slot(own, settings.limits) as slot:
            ran = ran_at(slot, ran, assess.asked(chapters[submission.notebook]))
    done = judged(ran, chapters, version())
    if not done.results:
        raise CannotGrade(ran.message or f"`{parsed.notebook}` holds no chapter of the course.")
    if parsed.junit:
        write(parsed.junit, junit.junit_xml([done]))
    _print("\n\n".join(result.text for result in done.results))
    statuses = [result.status for result in done.results]
    _print(f"\n{submission.notebook}: {in_words(statuses)}")
    if "checker_error" in statuses:
        return CANNOT
    return DONE if set(statuses) == {"passed"} else NOT_ALL


def _get_ready() -> None:
    """Import Keras without its log lines, and keep it off a graphics card."""
    from exercises_check.warm.preload import preload

    _refuse_other_systems()
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    preload(["keras"])


def _refuse_other_systems() -> None:
    if sys.platform != "linux":
        raise CannotGrade(
            f"Submissions are run on Linux only; this is {sys.platform}. Use WSL 2, a container or "
            "continuous integration, or check the notebook in JupyterLab."
        )


def _settings(parsed: argparse.Namespace) -> Settings:
    from exercises_check.classroom.grade import Settings, default_jobs

    limits = Limits(**{field.name: getattr(parsed, field.name) for field in fields(Limits)})
    own = {
        field.name: getattr(parsed, field.name)
        for field in fields(Settings)
        if field.name != "limits" and hasattr(parsed, field.name)
    }
    own["jobs"] = own.get("jobs") or default_jobs()
    return Settings(limits=limits, **own)


# What is said -------------------------------------------------------------------------------------


@contextlib.contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Ctrl-C asks to stop; a second one stops at once."""
    stop = threading.Event()

    def ask(number: int, frame: Any) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        _say("Stopping. What is done is kept.")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _shown() -> Iterator[Any]:
    """A bar with an estimate of the time left; in a log, a line now and then."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    from exercises_check.classroom.grade import Progress as Hearing

    console = Console(stderr=True)
    columns = (
        TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TextColumn("about"), Left(),
        TextColumn("left  {task.description}", markup=False),
    )  # fmt: skip
    bar = Progress(*columns, console=console, disable=not console.is_terminal)

    class Shown(Hearing):
        def __init__(self):
            self._counts: Counter[str] = Counter()
            self._done, self._total, self._task = 0, 0, None

        def begin(self, total: int) -> None:
            self._total = total
            self._task = bar.add_task("", total=total)

        def advance(self, graded: Graded) -> None:
            self._done += 1
            self._counts.update(result.status for result in graded.results)
            signs = counted(self._counts.elements()).items()
            told = " ".join(f"{STATUSES[name].sign}{count}" for name, count in signs)
            bar.update(self._task, advance=1, description=told)
            step = max(1, self._total // 10)
            if not console.is_terminal and (self._done % step == 0 or self._done == self._total):
                _say(f"{self._done} of {self._total} submissions graded")

    with bar:
        yield Shown()


def _told(summary: Summary, output: Path, interrupted: bool) -> int:
    for sentence in (*summary.collection.ignored, *summary.notices, *summary.failures):
        _say(sentence)
    names = {student.id: student.name for student in summary.collection.students}
    missing = [
        f"{names[student]} ({student})" if names[student] else student
        for student in summary.collection.missing
    ]
    if missing:
        _say(f"Nothing was handed in by: {', '.join(missing)}.")
    text = f"{summary.graded} submissions graded, {summary.current} unchanged since the last time"
    _say(f"{text}. Results: {output}/report.html, results.csv, gradebook.csv, feedback/.")
    if summary.left:
        _say(f"{summary.left} submissions were not come to: run the same command to go on.")
    if interrupted:
        return INTERRUPTED
    return NOT_ALL if summary.failures or summary.left else DONE


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _print(text: str) -> None:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    print(text)


def _or_say_why(run: Any, parsed: argparse.Namespace) -> int:
    try:
        return run(parsed)
    except CannotGrade as why:
        _say(str(why))
        return CANNOT
    except KeyboardInterrupt:
        return INTERRUPTED


# The parsers --------------------------------------------------------------------------------------


def add_command(commands) -> None:
    """Adds `grade` and `check` to the command line."""
    text = "grade a folder of submissions"
    parser = commands.add_parser(
        "grade",
        help=text,
        description=f"{text}. Exit status: 0 all graded, 1 the checker itself failed somewhere, "
        "2 nothing graded, 130 interrupted: what is done is kept.",
    )
    parser.add_argument(
        "submissions", type=Path, metavar="SUBMISSIONS", help="a folder, or the LMS' zip file"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="RESULTS", help="a folder")
    parser.add_argument(
        "--roster", type=Path, metavar="CSV", help="the class, to see who is missing"
    )
    parser.add_argument("--points", type=Path, metavar="TOML", help="points and weights")
    parser.add_argument("--lms", choices=("canvas", "moodle"), default="", help="a file for it")
    parser.add_argument("--force", action="store_true", help="grade again what did not change")
    parser.add_argument("--jobs", type=int, metavar="N", help="how many run at once")
    parser.add_argument("--dask", default="", metavar="ADDRESS", help="run on this Dask cluster")
    _add_common(parser)
    parser.set_defaults(run=lambda p: _or_say_why(grade, p))

    text = "check the answers in one notebook"
    parser = commands.add_parser(
        "check",
        help=text,
        description=f"{text}. Exit status: 0 all passed, 1 not all, 2 not checked.",
    )
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    _add_common(parser)
    parser.set_defaults(run=lambda p: _or_say_why(check, p))


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--junit", type=Path, metavar="XML", help="write the results as JUnit XML")
    parser.add_argument(
        "--require-sandbox", action="store_true", help="refuse to run without a sandbox"
    )
    limits = parser.add_argument_group("limits of each submission")
    for field in fields(Limits):
        limits.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=type(field.default),
            default=field.default,
            metavar="N",
            help=f"{UNITS[field.name]} (default: {field.default})",
        )
