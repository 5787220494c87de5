"""Collects what a class handed in, as it comes: folders, flat files, and zip files from an LMS.

Reads the folder and never writes; nothing of a student's is run. What cannot be used becomes a
submission with a status and a sentence, and the rest of the class goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exercises_check.classroom import content
from exercises_check.classroom.content import Content
from exercises_check.classroom.layout import Owner, Portion, below, lay_out
from exercises_check.classroom.naming import (
    OTHER_ARCHIVES,
    is_archive,
    is_notebook,
    is_own_folder,
    stem,
    tell,
)
from exercises_check.classroom.plain_text import folded, printable, quoted
from exercises_check.classroom.roster import Matching, Roster, read_roster
from exercises_check.classroom.source import LARGEST_NOTEBOOK, megabytes
from exercises_check.classroom.submission import CannotGrade, Collection, Student, Submission
from exercises_check.classroom.tree import Place, look
from exercises_check.classroom.versions import Version, newest, stamp

# Of one student, so that nobody's files are left out because of another's.
MOST_FILES = 2_000
MOST_BYTES = 300 * 2**20

MOST_IGNORED = 200  # sentences


def collect(
    folder: Path,
    roster: Path | None = None,
    chapters: Mapping[str, Several[str]] | None = None,
    largest: int = LARGEST_NOTEBOOK,
) -> Collection:
    """Everything that was handed in.

    Args:
        folder: the folder, or the zip file, or one notebook.
        roster: a CSV file with the class, if there is one.
        chapters: for each chapter's stem, the names of its exercises.
        largest: bytes of a notebook; what is larger is refused unread.

    Raises:
        CannotGrade: nothing can be read there, or nothing of the roster.
    """
    chapters = chapters or {}
    listed = read_roster(roster) if roster else None
    matching = Matching(listed) if listed else None
    layout = lay_out(look(folder), tuple(chapters), matching.knows if matching else _nobody)
    files = _Files(chapters, largest)
    for portion in layout.portions:
        files.take(portion)
    if not files.found:
        raise CannotGrade(
            f"{quoted(str(folder))} holds no notebook and no zip file with one; expected a folder "
            "per student, files such as `name_05.ipynb`, or the zip file from Canvas or Moodle."
        )
    files.tell_chapters()
    if not files.found:
        raise CannotGrade(
            f"{quoted(str(folder))} holds no notebook of a chapter of the course: expected the "
            "chapter's number in the name, as in `name_05.ipynb`, or its checks in the notebook."
        )
    owners = sorted({file.owner for file in files.found}, key=lambda owner: owner.key)
    students, ids, notes = _students(owners, listed, matching)
    submissions = files.submissions(ids)
    handed_in = {submission.student for submission in submissions}
    on_roster = [row.student.id for row in listed.rows] if listed else []
    return Collection(
        submissions=tuple(submissions),
        students=tuple(students),
        missing=tuple(student for student in on_roster if student not in handed_in),
        ignored=_shortened((*layout.ignored, *files.ignored)),
        notes=tuple(notes),
    )


def _nobody(name: str) -> bool:
    return False


@dataclass
class _File:
    """One notebook, or what should be one."""

    owner: Owner
    place: Place
    portion: Portion
    version: Version
    folders: tuple[str, ...]
    chapter: str = ""
    content: Content | None = None


class _Files:
    """The notebooks of the class, on their way to submissions."""

    def __init__(self, chapters: Mapping[str, Several[str]], largest: int):
        self.found: list[_File] = []
        self.ignored: list[str] = []
        self._chapters = chapters
        self._stems = tuple(chapters)
        self._largest = largest
        self._read: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def take(self, portion: Portion) -> None:
        """Note what a student handed in, without reading it."""
        any_notebook = False
        stamps: dict[int, tuple[float | None, str]] = {}
        for above, place in below(portion):
            top = place is portion.place
            name = portion.name if top else place.name
            any_notebook = any_notebook or is_notebook(name) or is_archive(name)
            if not self._is_wanted(place, name, top):
                # nbgrader's own, beside the notebook
                if name != "timestamp.txt":
                    self._ignore(place, name)
                continue
            handed = portion.handed
            when = (None, "")
            if above:
                if id(above[-1]) not in stamps:
                    stamps[id(above[-1])] = _stamp_in(above[-1])
                when = stamps[id(above[-1])]
            version = Version(
                name=name, label=place.source.label, usable=not place.problem,
                stamp=when[0], stamped=when[1], number=handed.file if handed else 0,
                time=place.time,
            )  # fmt: skip
            folders = (*portion.above, *(folder.name for folder in above))
            self.found.append(_File(portion.owner, place, portion, version, folders))
        if portion.place.kind == "folder" and not any_notebook:
            self.ignored.append(f"{quoted(portion.place.source.label)} holds no notebook.")

    def _is_wanted(self, place: Place, name: str, top: bool) -> bool:
        if is_notebook(name) or name.casefold().endswith(OTHER_ARCHIVES):
            return True
        # A folder or a zip file that cannot be read, and a link in place of a student's folder.
        return bool(place.problem) and (
            place.kind in ("folder", "archive") or top or is_archive(name)
        )

    def _ignore(self, place: Place, name: str) -> None:
        label = place.source.label
        self.ignored.append(place.problem or f"{quoted(label)} is not a notebook.")

    def tell_chapters(self) -> None:
        """Find out the chapter of each; those that belong to none are ignored."""
        kept = []
        for file in self.found:
            name = stem(file.version.name)
            told = tell(name, self._stems)
            if told.sure or file.place.problem:
                file.chapter = told.chapter if told.sure else ""
            else:
                self._look_into(file)
                file.chapter = (
                    content.chapter(file.content, self._chapters) or told.chapter
                    or self._by_folder(file)
                )  # fmt: skip
                usable = file.content.prose or not file.content.problem
                if not file.chapter and usable:
                    self.ignored.append(
                        f"{quoted(file.version.label)} belongs to no chapter: neither its name nor "
                        "its checks say which."
                    )
                    continue
            kept.append(file)
        self.found = kept

    def _by_folder(self, file: _File) -> str:
        for folder in reversed(file.folders):
            if is_own_folder(stem(folder), self._stems):
                told = tell(stem(folder), self._stems)
                if told.chapter and told.sure:
                    return told.chapter
        return ""

    def _look_into(self, file: _File) -> None:
        if file.content is not None:
            return
        if file.place.problem:
            file.content = Content(problem=file.place.problem)
            return
        if file.version.name.casefold().endswith(OTHER_ARCHIVES):
            file.content = Content(
                problem=f"{quoted(file.version.label)} is an archive of a kind that is not read; "
                "expected a .zip, or the notebook itself."
            )
            return
        count = self._read[file.owner.key]
        if count[0] >= MOST_FILES or count[1] >= MOST_BYTES:
            file.content = Content(
                problem=f"{quoted(file.version.label)} is not read: of one student "
                f"{MOST_FILES:,} notebooks or {megabytes(MOST_BYTES)} are read at most."
            )
            return
        file.content = content.read(file.place.source, self._largest)
        count[0] += 1
        count[1] += file.content.size + file.place.cost

    def submissions(self, ids: Mapping[tuple[str, str], str]) -> list[Submission]:
        """One for each student and chapter."""
        groups: dict[tuple[str, str], list[_File]] = defaultdict(list)
        for file in self.found:
            groups[ids[file.owner.key], file.chapter].append(file)
        return [
            self._submission(student, chapter, files)
            for (student, chapter), files in sorted(groups.items())
        ]

    def _submission(self, student: str, chapter: str, files: Sequence[_File]) -> Submission:
        if chapter:
            files = self._worked_on(files)
            index, said = newest([file.version for file in files])
        else:  # no versions of one thing
            index, said = 0, ()
        file = files[index]
        self._look_into(file)
        notes = [*said]
        if file.portion.handed and file.portion.handed.late:
            notes.append("Canvas marks it as late.")
        notes += file.content.notes
        notes += self._contradiction(file)
        for other in files:
            if other is file:
                continue
            if not chapter:
                self._look_into(other)
            problem = other.place.problem or (other.content.problem if other.content else "")
            if problem and (not chapter or other.place.problem):
                notes.append(_about(problem, other))
        return Submission(
            student=student,
            notebook=chapter,
            source=file.place.source,
            digest=file.content.digest,
            status="refused" if file.content.problem else "",
            message=file.content.problem,
            notes=tuple(dict.fromkeys(notes[:20])),
        )

    def _worked_on(self, files: Sequence[_File]) -> Sequence[_File]:
        """Without chapters in which nobody worked, if there are others.

        A copy of the course has a chapter once in each language, and a learner works in one.
        """
        if len(files) == 1:
            return files
        for file in files:
            self._look_into(file)
        return [f for f in files if f.content.digest not in content.untouched()] or files

    def _contradiction(self, file: _File) -> Iterable[str]:
        checked = file.content.checked
        if checked and not checked & set(self._chapters.get(file.chapter, ())):
            other = content.chapter(file.content, self._chapters)
            if other and file.chapter:
                yield (
                    f"By its name it is {quoted(file.chapter)}; its checks are those of "
                    f"{quoted(other)}."
                )


def _stamp_in(folder: Place) -> tuple[float | None, str]:
    for place in folder.inside:
        if place.name == "timestamp.txt" and not place.problem:
            return stamp(place.source)
    return None, ""


def _about(problem: str, file: _File) -> str:
    named = problem.startswith(("`", "The folder `"))
    return problem if named else f"{quoted(file.version.label)}: {problem}"


def _students(
    owners: Sequence[Owner], listed: Roster | None, matching: Matching | None
) -> tuple[list[Student], dict[tuple[str, str], str], list[str]]:
    """Everyone, the id of each owner by its key, and what is to be said."""
    students: list[Student] = [row.student for row in listed.rows] if listed else []
    notes: list[str] = [*listed.notes] if listed else []
    matched: dict[tuple[str, str], int] = {}
    if matching:
        matched, said = matching.match(owners)
        notes += said
    ids = {key: students[row].id for key, row in matched.items()}
    taken = {folded(student.id): student.id for student in students}
    others = []
    for owner in owners:
        if owner.key in ids:
            continue
        written = printable(owner.id or owner.name).strip() or "student"
        unique, count = written, 1
        while folded(unique) in taken:
            count += 1
            unique = f"{written} ({count})"
        if count > 1:
            notes.append(
                f"{quoted(written)} and {quoted(taken[folded(written)])} look the same; they are "
                f"kept as two students, one of them as {quoted(unique)}."
            )
        taken[folded(unique)] = unique
        ids[owner.key] = unique
        others.append(Student(unique, printable(owner.name), lms=_lms(owner)))
    others.sort(key=lambda student: student.id)
    if listed and others:
        who = ", ".join(quoted(student.id) for student in others)
        notes.append(f"Not on the roster, but graded: {who}.")
    return students + others, ids, notes


def _lms(owner: Owner) -> dict[str, str]:
    """The columns of the LMS' own file that its zip file tells."""
    if owner.system == "canvas" and owner.id.isdecimal():
        return {"ID": owner.id}
    if owner.system == "moodle":
        return {"Identifier": f"Participant {owner.id}", "Full name": owner.name}
    return {}


def _shortened(sentences: Sequence[str]) -> tuple[str, ...]:
    more = len(sentences) - MOST_IGNORED
    if more <= 0:
        return tuple(sentences)
    return (*sentences[:MOST_IGNORED], f"{more:,} more files are not looked at.")
