"""What was handed in, by whom, and what is missing: plain data, fit to be sent to a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from exercises_check.classroom.source import CannotRead, Source

__all__ = ["CannotGrade", "CannotRead", "Collection", "Source", "Student", "Submission"]


class CannotGrade(Exception):
    """Grading cannot start. The text says what was found, what is expected and what to do."""


@dataclass(frozen=True)
class Submission:
    """One notebook of one student: the newest version, whether it can be run or not.

    Attributes:
        student: the `id` of the `Student`.
        notebook: the chapter's stem, as `"05_shared_layers"`; empty if it cannot be told, which
            only happens with a status.
        source: where the bytes are.
        digest: SHA-256 of the bytes as hex digits; empty if they cannot be read.
        status: empty when the notebook can be run, else `"refused"`.
        message: with a status, a sentence.
        notes: further sentences for whoever reads the results.
    """

    student: str
    notebook: str
    source: Source
    digest: str
    status: str = ""
    message: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Student:
    """Someone on the roster, or seen in the folder.

    Attributes:
        id: unique within a run, also where capitals do not count: the roster's or the LMS' id, or
            the name of the folder. One line without control characters.
        name: as the roster or the LMS writes it.
        email: from the roster.
        lms: the row of the roster as it is, by column.
    """

    id: str
    name: str = ""
    email: str = ""
    lms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Collection:
    """All that was handed in.

    Attributes:
        submissions: one per student and notebook, sorted.
        students: those on the roster, in its order, then others who handed in, sorted.
        missing: ids of students on the roster of whom nothing was found.
        ignored: a sentence for each file that is no notebook of the course.
        notes: sentences about students: who is not on the roster, who cannot be told apart.
    """

    submissions: tuple[Submission, ...]
    students: tuple[Student, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]
    notes: tuple[str, ...] = ()
