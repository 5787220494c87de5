"""The class as it stands: every student with every exercise that counts, scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exercises_check.classroom.plain_text import natural
from exercises_check.classroom.points import Scheme
from exercises_check.classroom.result import Graded, Result
from exercises_check.classroom.status import in_words
from exercises_check.language import N_

if TYPE_CHECKING:
    from exercises_check.classroom.submission import Student

NOTHING = N_("Nothing was handed in for this chapter.")
NO_CHECK = N_("The notebook has no check of this exercise.")


@dataclass(frozen=True)
class Standing:
    """One student.

    Attributes:
        id: the student's id.
        name: the student's name, `""` if it is not known.
        email: the same for the address.
        lms: the student's row in the roster, by column.
        results: one for each exercise that counts, in the order of the course, without reports.
        notes: sentences about the submissions, by notebook.
        others: results that count nothing: of a file whose chapter can't be told, say.
    """

    id: str
    name: str
    email: str
    lms: Mapping[str, str]
    results: tuple[Result, ...]
    notes: Mapping[str, tuple[str, ...]]
    others: tuple[Result, ...] = ()

    @property
    def score(self) -> float:
        return sum(result.points for result in self.results)

    @property
    def out_of(self) -> float:
        return sum(result.out_of for result in self.results)

    @property
    def share(self) -> float:
        """The score as a part of what it is out of, from 0 to 1."""
        return self.score / self.out_of if self.out_of else 0.0

    @property
    def status(self) -> str:
        """What became of all exercises, and of files that belong to none, in a few words."""
        return in_words(result.status for result in (*self.results, *self.others))

    @property
    def called(self) -> str:
        """The name, or the id where there is none."""
        return self.name or self.id

    @property
    def handed_in(self) -> bool:
        """Whether there is anything of this student."""
        return bool(self.notes or self.others)


def standings(
    graded: Iterable[Graded], students: Iterable[Student], scheme: Scheme
) -> tuple[Standing, ...]:
    """Everyone, sorted by id: those of the roster, and those who handed something in.

    Args:
        graded: what the gradebook holds.
        students: everyone who is known; ids of `graded` that are not among them are added.
        scheme: which exercises count, and what.
    """
    by_student: dict[str, dict[str, Graded]] = {}
    for one in graded:
        by_student.setdefault(one.student, {})[one.notebook] = one
    known = {student.id: student for student in students}
    counted = scheme.counted()
    ids = sorted({*by_student, *known}, key=lambda id: (natural(id), id))
    return tuple(
        _standing(id, known.get(id), by_student.get(id, {}), counted, scheme) for id in ids
    )


def _standing(
    id: str,
    student: Student | None,
    graded: Mapping[str, Graded],
    counted: Mapping[str, tuple[str, float]],
    scheme: Scheme,
) -> Standing:
    found = {result.exercise: result for one in graded.values() for result in one.results}
    results = []
    for exercise, (chapter, out_of) in counted.items():
        result = found.pop(exercise, None)
        if result is None:
            text = NO_CHECK if chapter in graded else NOTHING
            result = Result(id, chapter, exercise, "missing", 0.0, out_of, message=text)
        results.append(scheme.scored(result))
    # What belongs to a chapter that is not graded now is left alone; what belongs nowhere is told.
    others = [result for result in found.values() if result.exercise not in scheme.exercises]
    return Standing(
        id,
        getattr(student, "name", ""),
        getattr(student, "email", ""),
        getattr(student, "lms", {}) or {},
        tuple(results),
        {notebook: one.notes for notebook, one in graded.items()},
        tuple(scheme.scored(result) for result in others),
    )
