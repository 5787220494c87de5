"""A lesson in another language: its texts from their twins, its code as it is in English.

A twin notes which text it translates: `of="1a2b3c"` is a digest of the English text. When that text
changes, the twin is stale.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lesson import Cell, Twin, read

VARIABLE = "EXERCISES_CHECK_LANG"
# What stands behind a link to a notebook that is there in English only.
IN_ENGLISH = {"zh": "（英文）"}

# What leads from a text to a file. Code is matched too, because nothing in it is a link.
LINK = re.compile(
    r"""(?:^(?P<fence>```|~~~).*?^(?P=fence)|`[^`\n]*`)"""
    r"""|(?P<before>(?P<text>\[[^\]]*\]\()|\b(?:src|href)=["'])(?P<target>[^)"'\s]+)"""
    r"""(?P<after>(?(text)[^)]*\)|["']))""",
    re.MULTILINE | re.DOTALL,
)
MARKER = re.compile(r"^# ?%%(?=\s|$).*", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z]+:|#|/")


def digest(text: str) -> str:
    """Six digits that change with the words of a text, and not with where its lines end."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:6]


def translated(path: Path, cells: Sequence[Cell], language: str) -> tuple[Cell, ...]:
    """The cells of the lesson at `path` in `language`."""
    texts = [_in_language(path, cell, language) for cell in cells]
    first = next((i for i, cell in enumerate(texts) if cell.kind == "code"), None)
    if first is not None:
        chosen = f'import os; os.environ["{VARIABLE}"] = "{language}"  # the checker\'s language\n'
        cell = texts[first]
        texts[first] = replace(cell, chapter=chosen + cell.chapter, solution=chosen + cell.solution)
    return tuple(texts)


def stale(cells: Sequence[Cell]) -> Iterator[tuple[Cell, Twin]]:
    """The twins that translate another text than the one before them, each with that cell."""
    for cell in cells:
        for twin in cell.twins:
            if twin.of != digest(cell.chapter):
                yield cell, twin


def complaints(path: Path, cells: Sequence[Cell]) -> list[str]:
    """What is to be translated again in the lesson at `path`."""
    return [
        f'{path.parent.name}/{path.name}, line {twin.line - 1}: lang="{twin.language}" of='
        f'"{twin.of}", expected of="{digest(cell.chapter)}": the text on line {cell.line - 1} is '
        f"another one than was translated. Translate what changed, then run: "
        f"python tools/notebooks.py --translated {path.name[:2]}"
        for cell, twin in stale(cells)
    ]


def note(path: Path) -> list[int]:
    """Notes in the lesson at `path` that its twins are up to date; returns the lines changed."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = []
    for cell, twin in stale(read(path)):
        marker = twin.line - 2  # from 0, and the line before the text
        lines[marker] = f'# %% [markdown] lang="{twin.language}" of="{digest(cell.chapter)}"\n'
        changed.append(marker + 1)
    if changed:
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return changed


# Links --------------------------------------------------------------------------------------------


def _in_language(path: Path, cell: Cell, language: str) -> Cell:
    if cell.kind != "markdown":
        return cell
    (twin,) = [twin for twin in cell.twins if twin.language == language]
    return replace(
        cell,
        line=twin.line,
        chapter=_relinked(twin.text, path, "chapters", language),
        solution=_relinked(twin.text, path, "solutions", language),
    )


def _relinked(text: str, path: Path, folder: str, language: str) -> str:
    """A text whose links, written for `chapters/`, hold in `folder/<language>/`."""

    def mend(match: re.Match[str]) -> str:
        if match["target"] is None or ELSEWHERE.match(match["target"]):
            return match[0]
        target, remark = _target(match["target"], path, folder, language)
        return match["before"] + target + match["after"] + remark

    return LINK.sub(mend, text)


def _target(target: str, path: Path, folder: str, language: str) -> tuple[str, str]:
    """A link's new target, and the remark where that is in English."""
    target, sign, anchor = target.partition("#")
    file, remark = posixpath.normpath(f"chapters/{target}"), ""
    lesson = path.with_name(f"{posixpath.splitext(posixpath.basename(file))[0]}.py")
    if file.endswith(".ipynb") and lesson.exists():
        cells = MARKER.findall(lesson.read_text(encoding="utf-8"))
        home = folder if file.startswith("chapters/") else "solutions"
        # A lesson without code has no solution.
        home = home if any("[markdown]" not in cell for cell in cells) else "chapters"
        known = any(f'lang="{language}"' in cell for cell in cells)
        remark = "" if known else IN_ENGLISH.get(language, " (in English)")
        file = posixpath.join(home, language if known else "", f"{lesson.stem}.ipynb")
    return posixpath.relpath(file, f"{folder}/{language}") + sign + anchor, remark
