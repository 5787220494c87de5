"""Whose is what: which part of the tree belongs to which student.

One accident must not happen: two students taken for one. So the number that an LMS gives decides
where there is one, names of an LMS are believed only where an LMS puts them, and a folder is passed
through only if what is in it says whose it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from exercises_check.classroom.naming import (
    Handed,
    from_lms,
    is_archive,
    is_notebook,
    is_own_folder,
    owner,
    stem,
)
from exercises_check.classroom.plain_text import folded, quoted
from exercises_check.classroom.tree import Place

_NBGRADER = "submitted"
_MOST_LEVELS = 4  # a class, a section, a chapter


@dataclass(frozen=True)
class Owner:
    """A student, as far as the names say.

    Attributes:
        name: of a folder or in a file's name; with `lms`, what the LMS calls the student.
        id: the number in the LMS, else nothing.
        system: `"canvas"`, `"moodle"` or nothing.
    """

    name: str
    id: str = ""
    system: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Tells students apart. Two ways to write the same letter are one name."""
        return (self.system, self.id or self.name) if self.system else ("", _nfc(self.name))


@dataclass(frozen=True)
class Portion:
    """What one student handed in: a notebook, a zip file or a folder; a student may have several.

    Attributes:
        owner: the student.
        place: the file or folder.
        name: the name that the file had, without what the LMS adds.
        handed: what the LMS says of it.
        above: names of the folders that were passed through, from the outside.
    """

    owner: Owner
    place: Place
    name: str
    handed: Handed | None = None
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The portions, and sentences about what is not looked at."""

    portions: tuple[Portion, ...]
    ignored: tuple[str, ...]


def lay_out(root: Place, chapters: Sequence[str], known: Callable[[str], bool]) -> Layout:
    """Whose is what.

    Args:
        root: what was handed over.
        chapters: the stems of the course.
        known: whether a name is that of a student on the roster.
    """
    ignored: list[str] = []
    default = Owner(plain_name(root))
    if _is_course(root):  # one student's own repository
        return Layout((Portion(default, root, root.name),), ())
    level, forced = _nbgrader(root, ignored)
    if not forced:
        level = _students(level, tuple(chapters), known, 0)
    portions = [_portion(above, place, chapters, default, forced, known) for above, place in level]
    # One student's own folders, with chapters in them.
    folders = [p for p in portions if p.place.kind == "folder" and _is_work(p.place)]
    if not forced and all(
        not p.handed and is_own_folder(p.place.name, chapters) and not known(p.place.name)
        for p in folders
    ):
        portions = [
            replace(p, owner=_of(p.above, default))
            if p.place.kind == "folder" and not p.handed
            else p
            for p in portions
        ]
    return Layout(tuple(portions), tuple(ignored))


def plain_name(place: Place) -> str:
    """The name of a folder, or of a zip file without its ending."""
    return stem(place.name) if place.kind == "archive" else place.name


Level = list[tuple[tuple[str, ...], Place]]


def _nbgrader(root: Place, ignored: list[str]) -> tuple[Level, bool]:
    """The students' folders of nbgrader if that is what it is, else all that lies there."""
    if root.name == _NBGRADER and all(place.kind == "folder" for place in root.inside):
        return [((), place) for place in root.inside], True
    for place in root.inside:
        if place.name == _NBGRADER and place.kind == "folder":
            others = [other for other in root.inside if other is not place]
            ignored += [
                f"{quoted(other.name)} lies beside nbgrader's folder `{_NBGRADER}`; "
                "it is not looked at."
                for other in others
            ]
            return [((), inner) for inner in place.inside], True
    return [((), place) for place in root.inside], False


def _students(
    level: Level, chapters: tuple[str, ...], known: Callable[[str], bool], depth: int
) -> Level:
    """The level at which the students' names are: this one, or the one in its folders."""
    holders = [(above, p) for above, p in level if p.kind != "file" and p.inside]
    loose = [p for _, p in level if p.kind == "file" and _is_work(p)]
    if not holders or loose or depth >= _MOST_LEVELS:
        return level
    if any(from_lms(place.name) for _, place in holders):
        return level
    inner: Level = [
        ((*above, plain_name(place)), below) for above, place in holders for below in place.inside
    ]
    if not _goes_in([place for _, place in holders], inner, chapters, known):
        return level
    rest = [(above, p) for above, p in level if p.kind != "file" and not p.inside]
    return rest + _students(inner, chapters, known, depth + 1)


def _goes_in(
    holders: Sequence[Place], inner: Level, chapters: tuple[str, ...], known: Callable[[str], bool]
) -> bool:
    """Whether the students are one level below these folders and zip files."""
    if any(known(plain_name(place)) or _is_course(place) for place in holders):
        return False
    work = {id(holder): [p for p in holder.inside if _is_work(p)] for holder in holders}
    # All of it is downloads of an LMS. One student's zip file may pretend to be one.
    if all(places and all(from_lms(p.name) for p in places) for places in work.values()):
        return True
    below = [place for places in work.values() for place in places]
    # Each has somebody of the roster in it; one student's folder with such a name is not enough.
    if all(any(known(_named(p, chapters)) for p in places) for places in work.values()):
        return True
    owners = {_named(place, chapters) for place in below} - {""}
    if len(holders) == 1:
        return len(owners) > 1 and not _repeats(holders[0], owners)
    # Folders by chapter, with who handed in below each.
    return all(is_own_folder(plain_name(place), chapters) for place in holders) and all(
        _named(place, chapters) for place in below
    )


def _repeats(holder: Place, owners: set[str]) -> bool:
    """Whether a folder's name stands in the names of its files, as of who always writes it."""
    name = folded(plain_name(holder))
    return any(name in folded(owner) or folded(owner) in name for owner in owners)


def _is_work(place: Place) -> bool:
    """Whether a place holds a notebook, or may."""
    if place.kind == "file":
        return is_notebook(place.name) or is_archive(place.name)
    return bool(place.problem) or any(_is_work(inner) for inner in place.inside)


def _named(place: Place, chapters: Sequence[str]) -> str:
    """The name of a student that a file or a folder bears, or nothing."""
    handed = from_lms(place.name)
    if handed:
        return handed.id
    if place.kind == "folder":
        return "" if is_own_folder(place.name, chapters) else place.name
    return owner(place.name, chapters)


def _portion(
    above: tuple[str, ...], place: Place, chapters: Sequence[str], default: Owner, forced: bool,
    known: Callable[[str], bool],
) -> Portion:  # fmt: skip
    handed = None if forced else from_lms(place.name)
    if handed:
        who = Owner(handed.name, handed.id, handed.system)
        return Portion(who, place, handed.rest or place.name, handed, above)
    own = above and is_own_folder(place.name, chapters)
    if (place.kind in ("folder", "link") and not own) or known(plain_name(place)):
        return Portion(Owner(plain_name(place)), place, place.name, above=above)
    name = "" if place.kind == "folder" else owner(place.name, chapters)
    who = Owner(name) if name else _of(above, default)
    return Portion(who, place, place.name, above=above)


def _of(above: tuple[str, ...], default: Owner) -> Owner:
    """Who it is where only the folders that were passed through can say it."""
    return Owner(above[-1]) if above else default


def below(portion: Portion) -> Iterator[tuple[tuple[Place, ...], Place]]:
    """The files of a portion, with the folders they lie in; only one's own if it is a course.

    Who hands in a whole copy of the course hands in its solutions too; they are passed over.
    """
    waiting: list[tuple[tuple[Place, ...], Place]] = [((), portion.place)]
    while waiting:
        above, one = waiting.pop()
        if one.kind in ("file", "link") or one.problem:
            yield above, one
            continue
        course = _is_course(one)
        for inner in reversed(one.inside):
            if course and inner.kind == "folder" and inner.name != "chapters":
                continue
            waiting.append(((*above, one), inner))


def _is_course(place: Place) -> bool:
    """Whether a folder is a copy of the whole course."""
    names = {inner.name for inner in place.inside if inner.kind == "folder"}
    return "chapters" in names and bool({"solutions", "exercises_check"} & names)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
