"""What lies in the folder that was handed over, zip files opened in place: only names and sizes.

Links that lead outside are not followed, links in circles end, and pipes and devices are not
opened. What cannot be read has a sentence instead of a content.
"""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from exercises_check.classroom.naming import is_archive, is_notebook, is_passed_over
from exercises_check.classroom.plain_text import printable, quoted
from exercises_check.classroom.source import (
    LARGEST_INNER_ARCHIVE,
    CannotRead,
    Source,
    open_file,
    reason,
    unpack,
)
from exercises_check.classroom.submission import CannotGrade
from exercises_check.classroom.zips import Listed, members

MOST_FILES = 1_000_000
MOST_MEMBERS = 100_000  # of the zip file of a class
MOST_MEMBERS_OF_ONE = 2_000  # of a zip file in a student's folder or in another zip file
MOST_INNER_MEMBERS = 200_000  # of all zip files in one zip file together
DEEPEST_FOLDER = 30
DEEPEST_ARCHIVE = 2  # a zip file of a class, and in it a student's


@dataclass(frozen=True)
class Place:
    """A file, a folder or a zip file.

    Attributes:
        name: its name, without the folder.
        kind: `"file"`, `"folder"`, `"archive"`; or `"link"` for one that is not followed, unless it
            is named as a notebook or a zip file.
        source: where it is; for a folder only its label is of use.
        time: when it was last changed, in seconds since 1970; 0 if that is not known.
        cost: how many bytes have to be unpacked before it can be read.
        problem: a sentence why nothing of it can be used, or nothing.
        inside: what a folder or a zip file holds, sorted by name.
    """

    name: str
    kind: str
    source: Source
    time: float = 0.0
    problem: str = ""
    cost: int = 0
    inside: tuple[Place, ...] = ()


def look(folder: Path) -> Place:
    """What lies in a folder, or in a zip file; or a notebook as if it lay alone in its folder.

    Raises:
        CannotGrade: there is nothing there that can be read.
    """
    try:
        root = os.path.realpath(folder)
        mode = os.stat(root).st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise CannotGrade(
                f"There is no folder {quoted(str(folder))}: check its name and where it is."
            ) from None
        raise CannotGrade(f"{quoted(str(folder))} cannot be read: {reason(error)}.") from None
    name = os.path.basename(root) or "submissions"
    if stat.S_ISDIR(mode):
        place = _Looking(root).folder(root, name, "", 0, None)
    elif stat.S_ISREG(mode) and is_archive(name):
        place = _Looking(root).archive(Source(root, printable(name)), name, 0.0, MOST_MEMBERS)
    elif stat.S_ISREG(mode) and is_notebook(name):
        file = Place(name, "file", Source(root, printable(name)), os.stat(root).st_mtime)
        parent = os.path.basename(os.path.dirname(root)) or "student"
        return Place(parent, "folder", Source(root, ""), inside=(file,))
    else:
        raise CannotGrade(
            f"{quoted(str(folder))} is neither a folder, a .zip nor a notebook; expected the "
            "folder with the submissions, or the zip file from Canvas or Moodle."
        )
    if place.problem:
        raise CannotGrade(place.problem)
    return place


class _Looking:
    """One walk, with what it has seen so far."""

    def __init__(self, root: str):
        self._root = root
        self._inside = os.path.join(root, "")
        self._files = 0
        self._inner = 0  # members of zip files in the zip file that is looked into

    def folder(self, path: str, name: str, label: str, depth: int, seen: tuple[set, ...]) -> Place:
        """A folder on disk.

        Args:
            path: where it really is.
            name: how it is called here.
            label: its name in messages; empty for the folder that was handed over.
            depth: how many folders it lies in.
            seen: the folders that were visited through the same folder of the first level; `None`
                for the folder that was handed over.
        """
        source = Source(path, label)
        shown = quoted(label or name)
        if depth > DEEPEST_FOLDER:
            problem = f"{shown} lies in more than {DEEPEST_FOLDER} folders; it is not read."
            return Place(name, "folder", source, problem=problem)
        try:
            with os.scandir(path) as entries:
                found = []
                for entry in entries:
                    self._count()
                    if not is_passed_over(entry.name):
                        found.append(entry)
        except OSError as error:
            problem = f"The folder {shown} cannot be read: {reason(error)}."
            return Place(name, "folder", source, problem=problem)
        found.sort(key=lambda entry: entry.name)
        inside = []
        for entry in found:
            visited = set() if seen is None else seen
            place = self._entry(entry, f"{label}/" if label else "", depth, visited)
            if place:
                inside.append(place)
        return Place(name, "folder", source, inside=tuple(inside))

    def _entry(
        self, entry: os.DirEntry[str], before: str, depth: int, seen: set[Any]
    ) -> Place | None:
        name, path = entry.name, entry.path
        label = before + printable(name)
        shown = quoted(label)
        wanted, linked = is_notebook(name) or is_archive(name), False
        try:
            linked = entry.is_symlink() or _is_junction(entry)
            if linked:
                path = os.path.realpath(path)
                if path != self._root and not path.startswith(self._inside):
                    return Place(
                        name, "file" if wanted else "link", Source(path, label),
                        problem=f"{shown} is a link that leads out of the submissions; "
                        "it is not followed.",
                    )  # fmt: skip
            if not wanted and not linked and entry.is_file(follow_symlinks=False):
                return Place(name, "file", Source(path, label))  # 100,000 of these cost no stat
            status = os.stat(path) if linked else entry.stat(follow_symlinks=False)
        except (OSError, ValueError) as error:
            problem = f"{shown} cannot be read: {reason(error)}."
            return Place(name, "file" if wanted else "link", Source(path, label), problem=problem)
        source = Source(path, label)
        if stat.S_ISDIR(status.st_mode):
            if wanted:
                problem = f"{shown} is a folder; expected a file."
                return Place(name, "file", source, problem=problem)
            key = (status.st_dev, status.st_ino) if status.st_ino else path
            if key in seen or (linked and path == self._root):
                return None
            seen.add(key)
            return self.folder(path, name, label, depth + 1, seen)
        if not stat.S_ISREG(status.st_mode):
            problem = f"{shown} is no regular file; it is not read." if wanted else ""
            return Place(name, "file", source, problem=problem)
        if is_archive(name):
            most = MOST_MEMBERS if depth == 0 else MOST_MEMBERS_OF_ONE
            return self.archive(source, name, status.st_mtime, most)
        return Place(name, "file", source, status.st_mtime)

    def archive(self, source: Source, name: str, time: float, most: int) -> Place:
        """A zip file on disk, or in another one, of so many members at most."""
        try:
            listed, cost = self._listed(source, most)
        except CannotRead as error:
            return Place(name, "archive", source, time, problem=str(error))
        tree: dict[tuple[str, str], Any] = {}
        for one in listed:
            if any(is_passed_over(part) for part in one.parts):
                continue
            if len(one.parts) > DEEPEST_FOLDER:
                problem = f"{quoted(one.parts[-1])} lies in more than {DEEPEST_FOLDER} folders."
                one = replace(one, parts=(one.parts[0], one.parts[-1]), problem=problem)
            at = tree
            for part in one.parts[:-1]:
                # A file and a folder may have one name.
                at = at.setdefault((part, "folder"), {})
            at.setdefault((one.parts[-1], "file"), []).append(one)
        inside = self._members(tree, source, source.label, cost)
        return Place(name, "archive", source, time, inside=inside)

    def _listed(self, source: Source, most: int) -> tuple[list[Listed], int]:
        """What a zip file lists, and how many bytes had to be unpacked to know it."""
        if len(source.members) >= DEEPEST_ARCHIVE:
            raise CannotRead(
                f"{quoted(source.label)} is a zip file in a zip file in a zip file; "
                f"expected {DEEPEST_ARCHIVE} at most."
            )
        cost = 0
        with open_file(source.path, source.label) as file:
            stream: BinaryIO = file
            for member in source.members:
                content = unpack(stream, member, LARGEST_INNER_ARCHIVE, source.label)
                stream = io.BytesIO(content)
                cost += len(content)
            if not source.members:
                self._inner = 0
                return list(members(stream, source.label, most)), cost
            most = max(0, min(most, MOST_INNER_MEMBERS - self._inner))
            listed = list(members(stream, source.label, most))
            self._inner += len(listed)
            return listed, cost

    def _members(
        self, tree: dict[tuple[str, str], Any], source: Source, before: str, cost: int
    ) -> tuple[Place, ...]:
        inside = []
        for (name, kind), value in sorted(tree.items(), key=lambda item: item[0]):
            label = f"{before}/{printable(name)}"
            if kind == "folder":
                within = self._members(value, source, label, cost)
                inside.append(Place(name, kind, Source(source.path, label), inside=within))
                continue
            for listed in value:
                member = Source(source.path, label, (*source.members, listed.member))
                if is_archive(name) and not listed.problem:
                    inside.append(self.archive(member, name, listed.time, MOST_MEMBERS_OF_ONE))
                else:
                    problem = listed.problem
                    inside.append(Place(name, kind, member, listed.time, problem, cost))
        return tuple(inside)

    def _count(self) -> None:
        self._files += 1
        if self._files > MOST_FILES:
            raise CannotGrade(
                f"There are more than {MOST_FILES:,} files; expected the folder with the "
                "submissions, and nothing else in it."
            )


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Windows has a second kind of link; Python 3.11 does not tell it."""
    is_junction = getattr(entry, "is_junction", None)
    if is_junction is not None:
        return is_junction()
    return os.name == "nt" and os.path.realpath(entry.path) != os.path.abspath(entry.path)
