"""A class that never was: thirty students whose answers are really checked.

`python tests/made_up_class.py FOLDER` writes everything an instructor would get, to look at.
"""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from exercises_check.classroom.result import Found, Graded, Result

NAMES = """Ada Lovelace, Alan Turing, Annie Easley, Barbara Liskov, Christine Darden,
Claude Shannon, Donald Knuth, Dorothy Vaughan, Edsger Dijkstra, Émilie du Châtelet,
Evelyn Boyd Granville, Frances Allen, Fei-Fei Li, Grace Hopper, Hedy Lamarr, Jean Bartik,
John Backus, Karen Spärck Jones, Katherine Johnson, Lotfi Zadeh, Margaret Hamilton, Mary Jackson,
Niklaus Wirth, Radia Perlman, Shafi Goldwasser, Sofja Kowalewskaja, Srinivasa Ramanujan, Tony Hoare,
李 飛飛, Yoshua Bengio"""
STUDENTS = tuple(" ".join(name.split()) for name in NAMES.split(","))
CHAPTERS = {
    "01_first_functional_model": "chapter_01",
    "05_shared_layers": "chapter_05",
    "06_skip_connections": "chapter_06",
}
# How often each of an exercise's mistakes is made, the first listed most often.
_OFTEN = (8, 4, 2, 1, 1, 1, 1)


def made_up_class(seed: int = 1) -> list[Graded]:
    """The class, graded: mostly right answers, some mistakes often, some things that go wrong."""
    chance = random.Random(seed)
    checked = _Checked()
    graded = []
    for student in STUDENTS:
        able = chance.betavariate(4, 2)
        for chapter, module in CHAPTERS.items():
            if chance.random() < 0.07 or student == STUDENTS[-1]:
                continue
            graded.append(_submission(student, chapter, module, able, chance, checked))
    return graded


def _submission(student, chapter, module, able, chance, checked) -> Graded:
    answers = importlib.import_module(f"answers.{module}")
    results, broken = [], chance.random()
    for exercise, right in answers.RIGHT.items():
        make: Callable | str
        if broken < 0.04:
            make = "timeout"
        elif broken < 0.06:
            make = "refused"
        elif chance.random() < 0.05:
            make = "not_attempted"
        elif chance.random() < 0.03:
            make = _raises
        elif chance.random() < able:
            make = right[0]
        else:
            wrong = answers.WRONG[exercise]
            make = chance.choices(wrong, _OFTEN[: len(wrong)])[0][0]
        results.append(checked.result(student, chapter, exercise, make))
    notes = ()
    if chance.random() < 0.15:
        notes = ("3 versions were handed in; the newest, of 2026-05-03 10:12, counts.",)
    seconds = 60.0 if broken < 0.04 else chance.uniform(2, 9)
    source = f"{student}/{chapter}.ipynb"
    return Graded(student, chapter, "0" * 64, "1", source, notes, seconds, tuple(results))


def _raises():
    raise ValueError("Inputs have incompatible shapes. Received shapes (16,) and (8,)")


_OF_A_NOTEBOOK = {
    "timeout": "The notebook ran for more than 60 s; expected less. Look for a loop without an end "
    "or for training that takes too long.",
    "refused": "`skips.ipynb` is not a notebook: it is not JSON. Save it in JupyterLab, and hand "
    "in the saved file.",
}


class _Checked:
    """Answers that were checked, each once: thirty students give the same few."""

    def __init__(self):
        self._known: dict[tuple, Result] = {}

    def result(self, student: str, chapter: str, exercise: str, make: Callable | str) -> Result:
        key = (exercise, make)
        if key not in self._known:
            self._known[key] = self._checked(exercise, make)
        found = self._known[key]
        values = {**vars(found), "student": student, "notebook": chapter}
        return Result(**values)

    def _checked(self, exercise: str, make: Callable | str) -> Result:
        import keras

        from exercises_check import check
        from exercises_check.report import Report, answer_raised

        keras.backend.clear_session(free_memory=False)  # no names of layers are left
        if make in _OF_A_NOTEBOOK:
            return Result("", "", exercise, make, 0, 1, message=_OF_A_NOTEBOOK[make])
        try:
            report = check(exercise, ... if make == "not_attempted" else make())
        except ValueError as error:
            text = answer_raised(type(error).__name__, str(error))
            report = Report(exercise, "error", text)
        differences = tuple(
            Found(d.kind, d.message, d.place, d.expected, d.found, d.what, d.setting)
            for d in report.differences
        )
        first = report.differences[0] if report.differences else None
        return Result(
            "",
            "",
            exercise,
            report.status,
            float(report.status == "passed"),
            1.0,
            first.kind if first else "",
            first.message if first else report.message,
            differences,
            report._repr_html_(),
            repr(report),
        )


def exercises() -> Iterator[tuple[str, tuple[str, float]]]:
    """The exercises of the made-up class with their chapter and points, in order."""
    for chapter, module in CHAPTERS.items():
        for exercise in importlib.import_module(f"answers.{module}").RIGHT:
            yield exercise, (chapter, 1.0)


def write(folder: Path) -> None:
    from exercises_check.classroom.gradebook import Gradebook
    from exercises_check.classroom.outputs import write_all
    from exercises_check.classroom.points import scheme
    from exercises_check.classroom.result import Run
    from exercises_check.classroom.submission import Student

    students = tuple(Student(name, name) for name in STUDENTS)
    run = Run(
        "2026-05-03 10:12",
        students,
        (STUDENTS[-1],),
        ("`notes.txt` is not a notebook.",),
        {"keras-functional-course": "0.1.0", "Keras": "3.15.0", "TensorFlow": "2.21.0"},
        "Each notebook ran through bubblewrap: no network, and files only in an empty folder.",
        214.0,
    )
    with Gradebook(folder / "gradebook.sqlite") as gradebook:
        for graded in made_up_class():
            gradebook.record(graded)
        write_all(gradebook, folder, run, scheme(dict(exercises())), "canvas", folder / "junit.xml")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
