"""Writes everything that comes out of a gradebook, each file whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from exercises_check.classroom import atomic
from exercises_check.classroom.class_report import class_report
from exercises_check.classroom.document import MARK, chapter_title
from exercises_check.classroom.feedback import feedback_page
from exercises_check.classroom.file_names import file_names
from exercises_check.classroom.gradebook import Gradebook
from exercises_check.classroom.junit import junit_xml
from exercises_check.classroom.lms import export
from exercises_check.classroom.points import Scheme
from exercises_check.classroom.result import Run
from exercises_check.classroom.standing import Standing, standings
from exercises_check.classroom.tables import gradebook_csv, results_csv

FEEDBACK = "feedback"


def write_all(
    gradebook: Gradebook,
    folder: Path,
    run: Run,
    scheme: Scheme,
    lms: str = "",
    junit: Path | None = None,
    titles: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Writes results.csv, gradebook.csv, report.html, feedback/ and what else is asked for.

    Args:
        gradebook: what was graded.
        folder: where the files go.
        run: who is in the class, when it was graded, and how.
        scheme: the exercises of the graded chapters, and what they count.
        lms: `"canvas"` or `"moodle"`: a file for it, too.
        junit: where the results go as JUnit XML, if they are asked for.
        titles: what a chapter is called as an assignment, where it is not by its own name.

    Returns:
        Sentences to tell whoever grades.

    Raises:
        CannotGrade: a file can't be written.
    """
    folder = Path(folder)
    everyone = standings(gradebook.graded(), run.students, scheme)
    atomic.write(folder / "results.csv", results_csv(everyone))
    atomic.write(folder / "gradebook.csv", gradebook_csv(everyone))
    notices: list[str] = []
    if lms:
        called = {name: chapter_title(name) for name in scheme.chapters} | dict(titles or {})
        made = export(lms, everyone, {name: called[name] for name in scheme.chapters})
        atomic.write(folder / made.name, made.content)
        notices += made.notices
    if junit is not None:
        atomic.write(Path(junit), junit_xml(gradebook.graded(reports=True), run.when))
    names = _write_feedback(gradebook, folder / FEEDBACK, everyone, run)
    page = class_report(
        everyone,
        run,
        lambda result: gradebook.report(result.student, result.notebook, result.exercise),
        {student: f"{FEEDBACK}/{quote(name)}" for student, name in names.items()},
    )
    atomic.write(folder / "report.html", page)
    return tuple(notices)


def _write_feedback(
    gradebook: Gradebook, folder: Path, everyone: tuple[Standing, ...], run: Run
) -> dict[str, str]:
    """The name of the file of each student."""
    names = {
        student: f"{name}.html"
        for student, name in file_names(standing.id for standing in everyone).items()
    }
    for standing in everyone:
        # One student's reports at a time: those of a large class would fill the memory.
        graded = gradebook.graded(reports=True, student=standing.id)
        atomic.write(folder / names[standing.id], feedback_page(standing, graded, run))
    _remove_stale(folder, set(names.values()))
    return names


def _remove_stale(folder: Path, kept: set[str]) -> None:
    """Removes the pages of students who are gone. What somebody else put there stays."""
    for path in folder.glob("*.html"):
        if path.name in kept or path.is_symlink() or not path.is_file():
            continue
        with contextlib.suppress(OSError):
            with path.open("rb") as file:
                ours = MARK.encode() in file.read(1000)
            if ours:
                path.unlink()


def graded_chapters(gradebook: Gradebook, scheme: Scheme) -> Scheme:
    """What counts of `scheme`: the chapters of which anything was handed in."""
    return scheme.of_chapters(notebook for _, notebook in gradebook.submissions())
