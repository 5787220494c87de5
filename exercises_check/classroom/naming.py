"""What the names of handed-in files and folders say: whose they are, and which chapter it is.

Canvas, Moodle and nbgrader each have a naming of their own; people have every other.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# `lastnamefirstname_LATE_4711_90017_05_shared_layers-1.ipynb`: the user's number, the file's
# number, and the name that the file had. Canvas itself numbers a second file of the same name with
# `-1`. Without a name where the assignment is anonymous. No number begins with 0, chapters do.
_CANVAS = re.compile(
    r"(?:(?P<name>[^_].*?)_)??(?P<late>LATE_)?(?:(?P<id>[1-9]\d*)|(?P<anonymous>anon_[^\W_]+))"
    r"_(?P<file>[1-9]\d{2,})_(?P<rest>.+)",
    re.DOTALL,
)
# `Anna Smith_12345_assignsubmission_file_/05.ipynb`, and as one name where the teacher does not
# download folders. Later versions leave out the last `_` of the folder.
_MOODLE = re.compile(
    r"(?P<name>[^_]*?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<rest>.*))?",
    re.DOTALL,
)
# What Canvas, browsers, Windows, macOS and JupyterLab put behind the name of one more copy.
_COPY = re.compile(
    r"(?:\s*\(\d{1,3}\)|-\d{1,2}|[\s_-]*\b(?:copy|kopie|copie|copia)\s*\(?\d*\)?|-Copy\d+)+$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)20\d\d[-_.]?\d\d[-_.]?\d\d(?!\d)")
_UNIT = (
    r"chapters?|chap|ch|notebooks?|nb|lessons?|units?|weeks?|kapitel|kap|homeworks?|hw|"
    r"assignments?|exercises?|ex|labs?|modules?|sessions?|parts?|lectures?|tasks?|ps"
)
_NUMBER = re.compile(
    rf"(?<![^\W_])(?P<unit>(?:{_UNIT})[\s_\-.]*)?(?P<number>\d{{1,2}})(?![^\W_])", re.IGNORECASE
)
# Folders that people make within their own.
_OWN = re.compile(
    rf"(?:{_UNIT}|submissions?|submitted|src|code|work|files?|final|old|new|backups?|drafts?|"
    r"attempts?|versions?|v|course|keras[\s_-]?functional[\s_-]?course|untitled( folder)?|"
    r"new folder|downloads?|documents?|desktop|home|solutions?|answers?)[\s_\-.()]*\d*",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:(?:untitled|notebook|submission|answers?|solutions?|final|draft|my|new)[\s_\-.()\d]*)?"
    r"[\s_\-.()]*",
    re.IGNORECASE,
)
# No file system has longer ones. Some patterns take time with the square of the length.
LONGEST_NAME = 255
NOTEBOOK_ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # browsers append the latter two
ARCHIVE_ENDING = ".zip"
OTHER_ARCHIVES = (".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz")
_PASSED_OVER = {"__macosx", "thumbs.db", "desktop.ini", "__pycache__", "node_modules"}


@dataclass(frozen=True)
class Handed:
    """What the name that an LMS gave says.

    Attributes:
        id: the student's number in the LMS.
        name: the student's name, as far as the LMS writes it.
        system: `"canvas"` or `"moodle"`.
        rest: the name that the file had, or nothing for a folder.
        file: in Canvas the number of the file, which grows with time.
        late: whether the LMS says that it is late.
    """

    id: str
    name: str
    system: str
    rest: str = ""
    file: int = 0
    late: bool = False


@dataclass(frozen=True)
class Told:
    """What the name of a file says of its chapter.

    Attributes:
        chapter: the chapter's stem, or nothing.
        rest: what is left of the name, which may be the student's.
        sure: whether it can be meant otherwise, as the 1 in `final-1`.
    """

    chapter: str
    rest: str
    sure: bool


def from_lms(name: str) -> Handed | None:
    """What a name says that Canvas or Moodle gave; `None` for any other name."""
    if len(name) > LONGEST_NAME:
        return None
    if "_assignsubmission_" in name and (match := _MOODLE.fullmatch(name)):
        return Handed(match["id"], _nfc(match["name"]), "moodle", match["rest"] or "")
    if (match := _CANVAS.fullmatch(name)) and len(match["file"]) < 20:
        return Handed(
            match["id"] or match["anonymous"], _nfc(match["name"] or ""), "canvas",
            match["rest"], int(match["file"]), bool(match["late"]),
        )  # fmt: skip
    return None


def is_passed_over(name: str) -> bool:
    """Whether a file or a folder is none that a person made."""
    return name.startswith((".", "~$")) or name.casefold() in _PASSED_OVER


def is_notebook(name: str) -> bool:
    """Whether a file is meant to be a notebook."""
    return name.casefold().endswith(NOTEBOOK_ENDINGS)


def is_archive(name: str) -> bool:
    """Whether a file is meant to be a zip file."""
    return name.casefold().endswith(ARCHIVE_ENDING)


def stem(name: str) -> str:
    """The name of a notebook or of a zip file without its ending."""
    for ending in (*NOTEBOOK_ENDINGS[::-1], ARCHIVE_ENDING):
        if name.casefold().endswith(ending):
            return name[: -len(ending)]
    return name


def is_own_folder(name: str, chapters: Iterable[str]) -> bool:
    """Whether a folder is named as one that people make for themselves, or for a chapter."""
    name = name[:LONGEST_NAME].strip()
    if _OWN.fullmatch(name):
        return True
    told = tell(name, chapters)
    return bool(told.chapter) and not told.rest and not name.isdecimal()


def tell(name: str, chapters: Iterable[str]) -> Told:
    """Which chapter the name of a file, without its ending, stands for.

    Args:
        name: such as `"anna_05_shared_layers"`, `"05_shared_layers_anna"` or `"anna-05"`.
        chapters: the stems of the course.
    """
    return _tell(_nfc(name[:LONGEST_NAME]), tuple(chapters))


@functools.lru_cache(maxsize=2**14)
def _tell(name: str, chapters: tuple[str, ...]) -> Told:
    shorter = _COPY.sub("", name)
    if shorter != name and (told := _tell_exactly(shorter, chapters)).chapter:
        return told
    return _tell_exactly(name, chapters)


def _tell_exactly(name: str, chapters: tuple[str, ...]) -> Told:
    whole, topics = _patterns(chapters)
    if match := whole.search(name):
        return Told(_meant(match, chapters), _without(name, match), True)
    dateless = _DATE.sub(lambda date: "#" * len(date[0]), name)
    numbered = {_number_of(chapter): chapter for chapter in chapters}
    numbers = [m for m in _NUMBER.finditer(dateless) if int(m["number"]) in numbered]
    topic = {_meant(m, chapters): m for m in topics.finditer(name)} if topics else {}
    if len(topic) == 1:
        (chapter, match), *_ = topic.items()
        return Told(chapter, _without(name, match), True)
    if len({int(m["number"]) for m in numbers}) == 1:
        match = numbers[0]
        sure = len(match["number"]) == 2 or bool(match["unit"])
        return Told(numbered[int(match["number"])], _without(name, match), sure)
    return Told("", name, False)


@functools.lru_cache(maxsize=64)
def _patterns(chapters: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """What finds a whole stem, and a stem without its number. Longer stems come first."""
    whole, topics = [], []
    for chapter in sorted(chapters, key=len, reverse=True):
        words = [re.escape(word) for word in re.split(r"[\W_]+", chapter) if word]
        group = f"c{chapters.index(chapter)}"
        if words:
            whole.append(f"(?P<{group}>{r'[ _.+-]*'.join(words)})")
        if len(words) > 1 and words[0].isdecimal():
            topics.append(f"(?P<{group}>{r'[ _.+-]*'.join(words[1:])})")

    def compiled(patterns: list[str]) -> re.Pattern[str] | None:
        pattern = rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])"
        return re.compile(pattern, re.IGNORECASE) if patterns else None

    return compiled(whole) or re.compile(r"(?!)"), compiled(topics)


def _meant(match: re.Match[str], chapters: tuple[str, ...]) -> str:
    return chapters[int((match.lastgroup or "c0")[1:])]


def _number_of(chapter: str) -> int:
    match = re.match(r"\d{1,4}", chapter)
    return int(match[0]) if match else -1


def _without(name: str, match: re.Match[str]) -> str:
    before, after = (part.strip(" _-.,+#") for part in (name[: match.start()], name[match.end() :]))
    if not before or not after:
        return before or after
    return f"{before}_{after}"


def owner(name: str, chapters: Iterable[str]) -> str:
    """The part of a notebook's or a zip file's name that may be a student's; else nothing."""
    rest = tell(stem(name), chapters).rest
    return "" if _NO_NAME.fullmatch(rest) or _OWN.fullmatch(rest) else rest


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
