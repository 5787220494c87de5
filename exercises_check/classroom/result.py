"""What grading leaves behind: the result of one exercise, of one submission, and of the run.

Plain data, which the gradebook keeps and from which every file is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercises_check.classroom.submission import Student


@dataclass(frozen=True)
class Found:
    """One difference between an answer and the reference.

    Attributes:
        kind: one of `comparison.KINDS`.
        message: a sentence, in the names of the learner's answer.
        place: the reference's own name of the call, `""` if there is none. The same for everyone.
        expected: what the reference has there.
        found: what the answer has there.
        what: which sort of edit tells the two apart, such as `"wiring"` or `"unshared"`.
        setting: which setting differs, such as `"padding"`.
    """

    kind: str
    message: str
    place: str = ""
    expected: str = ""
    found: str = ""
    what: str = ""
    setting: str = ""


@dataclass(frozen=True)
class Result:
    """What became of one exercise in one submission.

    Attributes:
        student: who handed it in.
        notebook: the chapter, as `"06_skip_connections"`.
        exercise: the exercise's name in the registry.
        status: one of `status.STATUSES`.
        points: what it got.
        out_of: the most it could get.
        kind: of the first difference, `""` if there is none.
        message: the first difference's sentence, or one about the status.
        differences: all of them, the cause to mend first at the top.
        html: the report as a fragment of HTML, as the learner would have seen it.
        text: the report as text.
    """

    student: str
    notebook: str
    exercise: str
    status: str
    points: float = 0.0
    out_of: float = 1.0
    kind: str = ""
    message: str = ""
    differences: tuple[Found, ...] = ()
    html: str = ""
    text: str = ""


@dataclass(frozen=True)
class Graded:
    """One submission, done.

    Attributes:
        student: who handed it in.
        notebook: the chapter; `""` if it can't be told.
        digest: of the bytes that were handed in.
        version: of the exercises it was judged by.
        source: where the bytes were, in words.
        notes: sentences about the submission, such as that three versions were handed in.
        seconds: how long it ran.
        results: one for each exercise of the chapter.
    """

    student: str
    notebook: str
    digest: str
    version: str
    source: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Run:
    """What the files say of the run that wrote them.

    Attributes:
        when: the date and time, as `"2026-05-03 10:12"`.
        students: everyone in the class: on the roster, or seen in the submissions.
        missing: the ids of those who handed in nothing.
        ignored: sentences about files that are no submission.
        versions: of the course and of what it runs on, by name.
        sandbox: a sentence on how the submissions were kept apart from the machine.
        seconds: how long the run took.
    """

    when: str
    students: tuple[Student, ...] = ()
    missing: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    sandbox: str = ""
    seconds: float = 0.0
