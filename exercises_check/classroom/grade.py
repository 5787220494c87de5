"""Grades a folder of submissions: what changed is run, judged, kept and written out.

The submissions run at several places at once; what they answer is judged here, one after the other.
Each is kept as soon as it is judged, so an interruption costs what was running and no more.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exercises_check.classroom.gradebook import Gradebook
from exercises_check.classroom.intake import collect
from exercises_check.classroom.limits import Limits
from exercises_check.classroom.notebook import Refusal
from exercises_check.classroom.notebook import cells as cells_of
from exercises_check.classroom.outputs import write_all
from exercises_check.classroom.points import Scheme, scheme
from exercises_check.classroom.result import Graded, Run
from exercises_check.classroom.sandbox import Sandbox, sandbox
from exercises_check.classroom.slot import CannotStart, Outcome, Slot
from exercises_check.classroom.source import CannotRead
from exercises_check.classroom.submission import CannotGrade, Collection, Submission
from exercises_check.classroom.version import version

Cells = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Settings:
    """How to grade.

    Attributes:
        limits: what each submission may use.
        jobs: how many run at once.
        force: grade again what did not change.
        require_sandbox: refuse to grade without one.
        roster: a CSV file with the class.
        points: a TOML file with points and weights.
        lms: `"canvas"`, `"moodle"` or nothing.
        junit: where the results go as JUnit XML.
        dask: the address of a Dask scheduler, to run the submissions there.
    """

    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    force: bool = False
    require_sandbox: bool = False
    roster: Path | None = None
    points: Path | None = None
    lms: str = ""
    junit: Path | None = None
    dask: str = ""


@dataclass(frozen=True)
class Ran:
    """A submission that ran; or, with no `outcome`, the status and a sentence why it did not."""

    submission: Submission
    cells: Cells = ()
    outcome: Outcome | None = None
    status: str = ""
    message: str = ""


@dataclass(frozen=True)
class Summary:
    """What a run did.

    Attributes:
        graded: submissions that were run and judged now.
        current: submissions that were graded before and did not change.
        left: submissions that were not come to.
        failures: sentences about what the checker itself could not do.
        notices: further sentences for whoever grades.
        collection: what was handed in.
        scheme: what counts.
    """

    graded: int
    current: int
    left: int
    failures: tuple[str, ...]
    notices: tuple[str, ...]
    collection: Collection
    scheme: Scheme


class Progress:
    """Hears how far grading is. This one says nothing."""

    def begin(self, total: int) -> None:
        """`total` submissions are to be graded."""

    def advance(self, graded: Graded) -> None:
        """One more is."""


def grade(
    folder: Path,
    results: Path,
    settings: Settings,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Summary:
    """Grade what is in `folder`, and write everything to `results`.

    Args:
        folder: the submissions.
        results: a folder, made if it is not there; what is in it is graded on.
        settings: how.
        progress: hears how far it is.
        stop: set to end early; what is done by then is kept.

    Raises:
        CannotGrade: nothing can be graded; what to do is said.
    """
    from exercises_check.classroom import assess

    own = sandbox()
    if settings.require_sandbox and own.program is None:
        raise CannotGrade(own.sentence)
    refuse_inside(results, folder)
    chapters = assess.chapters()
    counted = scheme(
        {name: (stem, worth) for stem, names in chapters.items() for name, worth in names.items()},
        settings.points,
    )
    collection = collect(folder, settings.roster, chapters)
    results.mkdir(parents=True, exist_ok=True)
    progress, stop = progress or Progress(), stop or threading.Event()
    own_version = version()
    began = datetime.datetime.now()
    with Gradebook(results / "gradebook.sqlite") as book:
        waiting = _to_grade(book, collection, own_version, settings.force)
        progress.begin(len(waiting))
        done, failures = 0, []
        with contextlib.closing(_all_run(waiting, chapters, settings, own, stop)) as every:
            for ran in every:
                graded = judged(ran, chapters, own_version)
                book.record(graded)
                done += 1
                failures += _failures(graded)
                progress.advance(graded)
        run = Run(
            when=f"{began:%Y-%m-%d %H:%M}",
            students=collection.students,
            missing=collection.missing,
            ignored=collection.ignored,
            versions=_versions(),
            sandbox=own.sentence,
            seconds=(datetime.datetime.now() - began).total_seconds(),
        )
        counted = counted.of_chapters(stem for _, stem in book.submissions())
        notices = write_all(book, results, run, counted, settings.lms, settings.junit)
        notices = (*book.notices, *collection.notes, *notices)
    current = len(collection.submissions) - len(waiting)
    left = len(waiting) - done
    return Summary(done, current, left, tuple(failures), notices, collection, counted)


def refuse_inside(results: Path, folder: Path) -> None:
    """Raise where the results would lie among the submissions, and be graded next time."""
    inside = results.resolve().is_relative_to(folder.resolve())
    if inside and folder.is_dir():
        raise CannotGrade(
            f"The results would lie among the submissions, in `{results}`; name a folder outside "
            f"`{folder}` with --output."
        )


def _to_grade(
    book: Gradebook, collection: Collection, version: str, force: bool
) -> list[Submission]:
    """The submissions that are new or changed; those that are gone are dropped from the book."""
    present = {(one.student, one.notebook) for one in collection.submissions}
    for key in book.submissions():
        if key not in present:
            book.forget(*key)
    return [
        one
        for one in collection.submissions
        if force or not book.is_current(one.student, one.notebook, one.digest, version)
    ]


def _failures(graded: Graded) -> list[str]:
    return [
        f"{graded.student}, {graded.notebook}, {result.exercise}: {result.message}"
        for result in graded.results
        if result.status == "checker_error"
    ]


def _versions() -> dict[str, str]:
    import keras

    from exercises_check import __version__

    return {"course": __version__, "Keras": keras.__version__, "Python": platform.python_version()}


# Judging ------------------------------------------------------------------------------------------


def judged(ran: Ran, chapters: dict[str, dict[str, float]], by: str) -> Graded:
    """The results of a submission, whatever became of it, judged by this version."""
    from exercises_check.classroom import assess

    one = ran.submission
    # What belongs to no chapter is told once, as what has no name.
    exercises = chapters.get(one.notebook, {"": 0.0})
    if ran.outcome is None:
        found = assess.same_for_all(one.student, one.notebook, ran.status, ran.message, exercises)
    else:
        found = assess.results(one.student, one.notebook, ran.cells, ran.outcome, exercises)
    return Graded(
        one.student,
        one.notebook,
        one.digest,
        by,
        one.source.label,
        one.notes,
        ran.outcome.seconds if ran.outcome else 0.0,
        found,
    )


# Running ------------------------------------------------------------------------------------------


def prepared(submission: Submission) -> Ran:
    """A submission's cells, or why it cannot be run."""
    from exercises_check.classroom import assess

    if submission.status:
        return Ran(submission, status=submission.status, message=submission.message)
    try:
        found = cells_of(submission.source.read())
    except CannotRead as error:
        return Ran(submission, status="refused", message=str(error))
    if isinstance(found, Refusal):
        return Ran(submission, status="refused", message=found.message)
    code = [(cell.index, cell.source) for cell in found.code]
    return Ran(submission, assess.worth_running(code))


def ran_at(slot: Slot, ran: Ran, asked: Any, stopped: Callable[[], bool] = lambda: False) -> Ran:
    """A prepared submission once it ran at this place; what fails in here fails for it alone."""
    try:
        outcome = slot.run(ran.cells, asked, stopped)
    except CannotStart as error:
        return Ran(ran.submission, status="checker_error", message=str(error))
    except Exception as error:
        slot.stop()
        text = f"Running the submission ended with `{type(error).__name__}`: {error}"
        return Ran(ran.submission, status="checker_error", message=text)
    return Ran(ran.submission, ran.cells, outcome)


def _all_run(
    waiting: Sequence[Submission],
    chapters: dict[str, dict[str, float]],
    settings: Settings,
    own: Sandbox,
    stop: threading.Event,
) -> Iterator[Ran]:
    """Each submission as it ends, in no order; fewer where `stop` is set."""
    if not waiting:
        return
    if settings.dask:
        from exercises_check.classroom import cluster

        yield from cluster.all_run(waiting, chapters, settings, stop)
        return
    from exercises_check.classroom import assess

    todo: queue.SimpleQueue[Submission] = queue.SimpleQueue()
    for submission in waiting:
        todo.put(submission)
    ended: queue.SimpleQueue[Ran | None] = queue.SimpleQueue()

    def place() -> None:
        try:
            with Slot(own, settings.limits) as slot:
                while not stop.is_set():
                    ran = prepared(todo.get_nowait())
                    if not ran.status:
                        asked = assess.asked(chapters.get(ran.submission.notebook, {}))
                        ran = ran_at(slot, ran, asked, stop.is_set)
                    ended.put(ran)
        except (queue.Empty, KeyboardInterrupt):
            pass
        finally:
            ended.put(None)

    count = max(1, min(settings.jobs, len(waiting)))
    places = [threading.Thread(target=place, daemon=True) for _ in range(count)]
    for thread in places:
        thread.start()
    try:
        while count:
            with contextlib.suppress(queue.Empty):
                # In short waits, so that Ctrl-C is heard on every system.
                ran = ended.get(timeout=0.5)
                if ran is None:
                    count -= 1
                else:
                    yield ran
    finally:
        stop.set()
        for thread in places:
            thread.join(timeout=30)


def default_jobs() -> int:
    """As many as there are processor cores for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
