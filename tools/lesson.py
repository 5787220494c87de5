"""A lesson's text read as cells: what a learner gets and what the answered notebook holds.

A lesson is a text file in jupytext's percent format. Lines between `# BEGIN SOLUTION` and
`# END SOLUTION` are the answer: a learner gets `# YOUR CODE HERE` in their place, and `name = ...`
for each name that the rest of the lesson needs from them.

A text may be followed by its twin in another language: a cell `# %% [markdown] lang="zh"`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import jupytext
from checks import python_tree, shown_check

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
PLACEHOLDER = "# YOUR CODE HERE"

# jupytext reads `# %%capture` as a magic, not as the start of a cell.
CELL_MARKER = re.compile(r"#\s?%%(?=\s|$)(?P<rest>.*)")
# A language is also the name of a folder.
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]+)?")


class LessonError(Exception):
    """Something an author has to mend; the message says in which file and line."""


@dataclass(frozen=True)
class Twin:
    """The text of a markdown cell in another language.

    Attributes:
        language: its code, such as `zh`.
        line: the line of the lesson on which its text starts.
        text: the text.
        of: the digest of the English text that was translated, or "" where it was not noted yet.
    """

    language: str
    line: int
    text: str
    of: str


@dataclass(frozen=True)
class Cell:
    """A cell of a lesson, in English.

    Attributes:
        kind: `markdown` or `code`.
        line: the line of the lesson on which its text starts.
        chapter: its source as a learner gets it.
        solution: its source with the answer, without the markers.
        tags: the notebook's cell tags.
        checks: the exercise whose report the cell shows, or None.
        twins: its text in other languages.
    """

    kind: str
    line: int
    chapter: str
    solution: str
    tags: tuple[str, ...] = ()
    checks: str | None = None
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class Region:
    """A marked answer: the lines of its two markers within a cell, from 1, and its indentation."""

    begin: int
    end: int
    indent: str


def read(path: Path) -> tuple[Cell, ...]:
    """Reads the cells of the lesson at `path`."""
    return parse(path.read_text(encoding="utf-8"), f"{path.parent.name}/{path.name}")


def parse(text: str, name: str) -> tuple[Cell, ...]:
    """Reads the cells of a lesson's text; `name` is what error messages call it."""
    starts = _cell_starts(text, name)
    # Without the header, which is there for editors and says nothing about the cells.
    notebook = jupytext.reads("\n".join(text.splitlines()[starts[0] - 1 :]), fmt="py:percent")
    if len(notebook.cells) != len(starts):
        raise LessonError(
            f"{name}: expected one cell for each `# %%` line ({len(starts)}), and jupytext reads "
            f"{len(notebook.cells)}."
        )
    regions, trees = [], []
    for cell, start in zip(notebook.cells, starts, strict=True):
        place = f"{name}, line"
        if cell.cell_type not in ("markdown", "code"):
            raise LessonError(
                f"{place} {start}: the cell is {cell.cell_type}, expected markdown or code."
            )
        regions.append(_regions(cell, start, place))
        trees.append(_tree(cell, start, place))
        for region in regions[-1]:
            if not _statements(trees[-1].body, region):
                raise LessonError(f"{place} {start + region.begin}: the answer is empty.")
    cells = []
    for index, (cell, start) in enumerate(zip(notebook.cells, starts, strict=True)):
        later = [statement for tree in trees[index + 1 :] for statement in tree.body]
        chapter = _without_answers(cell.source, regions[index], trees[index], later)
        if cell.cell_type == "code":
            _tree_of_source(chapter, start, f"{name}, line", " once the answer is removed")
        cells.append(
            Cell(
                kind=cell.cell_type,
                line=start + 1,
                chapter=chapter,
                solution=_without_markers(cell.source, regions[index]),
                tags=tuple(cell.metadata.get("tags", ())),
                checks=shown_check(cell.source) if cell.cell_type == "code" else None,
            )
        )
    return _with_twins(cells, [cell.metadata for cell in notebook.cells], name)


def _with_twins(
    cells: Sequence[Cell], metadata: Sequence[Mapping[str, str]], name: str
) -> tuple[Cell, ...]:
    """The English cells, each with the texts after it that translate it."""
    paired: list[Cell] = []
    for cell, noted in zip(cells, metadata, strict=True):
        language, place = noted.get("lang"), f"{name}, line {cell.line - 1}"
        if language is None:
            paired.append(cell)
            continue
        if not LANGUAGE.fullmatch(language):
            raise LessonError(f'{place}: lang="{language}", expected a code such as "zh".')
        if cell.kind != "markdown":
            raise LessonError(f'{place}: a code cell has lang="{language}", expected a text.')
        if not paired or paired[-1].kind != "markdown":
            raise LessonError(
                f'{place}: the text in "{language}" has no original, expected it directly after '
                f"the markdown cell that it translates."
            )
        original = paired[-1]
        if language in [twin.language for twin in original.twins]:
            raise LessonError(
                f'{place}: the second text in "{language}" for the cell on line '
                f"{original.line - 1}, expected one."
            )
        twin = Twin(language, cell.line, cell.chapter, noted.get("of", ""))
        paired[-1] = replace(original, twins=(*original.twins, twin))
    for language in languages(paired):
        for cell in paired:
            if cell.kind == "markdown" and language not in [t.language for t in cell.twins]:
                raise LessonError(
                    f'{name}, line {cell.line - 1}: this cell has no text in "{language}", and '
                    f'others have one. Expected `# %% [markdown] lang="{language}"` after it.'
                )
    return tuple(paired)


def languages(cells: Iterable[Cell]) -> list[str]:
    """The languages besides English in which these cells have a text."""
    return sorted({twin.language for cell in cells for twin in cell.twins})


def _cell_starts(text: str, name: str) -> list[int]:
    """The line numbers of the cell markers; refuses answer markers that belong to no code cell."""
    starts, kind = [], "header"
    for number, line in enumerate(text.splitlines(), start=1):
        if marker := CELL_MARKER.match(line):
            starts.append(number)
            kind = "markdown" if "[markdown]" in marker["rest"] else "code"
        elif kind == "header" and line.strip() and not line.startswith("#"):
            raise LessonError(
                f"{name}, line {number}: text before the first cell, expected a line `# %%`."
            )
        # In a markdown cell every line is a comment, so its markers carry one more `#`.
        elif line.lstrip("# ").strip() in (BEGIN[2:], END[2:]) and kind != "code":
            found = line.lstrip("# ").strip()
            raise LessonError(
                f"{name}, line {number}: `# {found}` is in a {kind} cell, expected a code cell."
            )
    if not starts:
        raise LessonError(f"{name}: no cell found, expected lines that start with `# %%`.")
    return starts


def _regions(cell, start: int, place: str) -> list[Region]:
    if cell.cell_type != "code":
        return []
    regions, begin, indent = [], None, ""
    for number, line in enumerate(cell.source.splitlines(), start=1):
        here = f"{place} {start + number}"
        mark = line.strip()
        if mark == BEGIN:
            if begin is not None:
                raise LessonError(
                    f"{here}: `{BEGIN}` inside the answer that begins on line {start + begin}, "
                    f"expected `{END}` first."
                )
            begin, indent = number, line[: len(line) - len(line.lstrip())]
        elif mark == END:
            if begin is None:
                raise LessonError(f"{here}: `{END}` without a `{BEGIN}` before it in this cell.")
            if line[: len(line) - len(line.lstrip())] != indent:
                raise LessonError(
                    f"{here}: `{END}` is indented differently from its `{BEGIN}` on line "
                    f"{start + begin}, expected the same indentation."
                )
            regions.append(Region(begin, number, indent))
            begin = None
    if begin is not None:
        raise LessonError(
            f"{place} {start + begin}: `{BEGIN}` without an `{END}` after it in this cell."
        )
    return regions


def _tree(cell, start: int, place: str) -> ast.Module:
    if cell.cell_type != "code":
        return ast.Module(body=[], type_ignores=[])
    return _tree_of_source(cell.source, start, place, "")


def _tree_of_source(source: str, start: int, place: str, when: str) -> ast.Module:
    try:
        return python_tree(source)
    except SyntaxError as error:
        raise LessonError(
            f"{place} {start + (error.lineno or 1)}: the cell is not Python{when}: {error.msg}."
        ) from error


def _without_markers(source: str, regions: list[Region]) -> str:
    markers = {number for region in regions for number in (region.begin, region.end)}
    lines = source.splitlines()
    return "\n".join(line for i, line in enumerate(lines, start=1) if i not in markers)


def _without_answers(
    source: str, regions: list[Region], tree: ast.Module, later: list[ast.stmt]
) -> str:
    lines = source.splitlines()
    # From the last region to the first, so that line numbers stay right.
    for region in reversed(regions):
        following = _following(tree, region, later)
        assigned = _assigned(_statements(tree.body, region))
        names = [name for name in assigned if _first_use(name, following) == "used"]
        stub = [f"{name} = ..." for name in names]
        if region.indent and not stub:
            stub = ["..."]
        lines[region.begin - 1 : region.end] = [
            region.indent + line for line in [PLACEHOLDER, *stub]
        ]
    return "\n".join(lines)


def _statements(body: list[ast.stmt], region: Region) -> list[ast.stmt]:
    """The statements of a region, without those nested in them."""
    found = []
    for statement in body:
        if region.begin < statement.lineno < region.end:
            found.append(statement)
        else:
            for block in _blocks(statement):
                found += _statements(block, region)
    return found


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The lists of statements directly under a compound statement."""
    parts = [statement, *getattr(statement, "handlers", []), *getattr(statement, "cases", [])]
    fields = ("body", "orelse", "finalbody")
    return [block for part in parts for field in fields if (block := getattr(part, field, None))]


def _following(tree: ast.Module, region: Region, later: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that run after a region and see the names assigned in it."""
    scope: ast.AST = tree
    for node in ast.walk(tree):  # outer nodes come before inner ones
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (
            node.lineno < region.begin <= node.end_lineno
        ):
            scope = node
    if isinstance(scope, ast.ClassDef):
        return []
    after = _after(scope.body, region)
    return after + later if scope is tree else after


def _after(body: list[ast.stmt], region: Region) -> list[ast.stmt]:
    for index, statement in enumerate(body):
        if statement.lineno > region.end:
            return body[index:]
        if statement.lineno < region.begin <= statement.end_lineno:
            inner = [
                after
                for block in _blocks(statement)
                if block[0].lineno < region.end and region.begin <= block[-1].end_lineno
                for after in _after(block, region)
            ]
            return inner + body[index + 1 :]
    return []


def _assigned(nodes: Sequence[ast.AST]) -> list[str]:
    """The names that `nodes` bind in their own scope, in order, each once."""
    return list(dict.fromkeys(name for node in nodes for name in _bound(node)))


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            pass
        case ast.alias():
            yield node.asname or node.name.partition(".")[0]
        case ast.Name(ctx=ast.Store()):
            yield node.id
        case ast.MatchAs() | ast.MatchStar() if node.name:
            yield node.name
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _bound(child)


def _first_use(name: str, statements: list[ast.stmt]) -> str | None:
    """What `statements` do with the value of `name` first: `used`, `replaced` or None, neither."""
    return next((use for statement in statements if (use := _use(name, statement))), None)


def _use(name: str, statement: ast.stmt) -> str | None:
    blocks = [_first_use(name, block) for block in _blocks(statement)]
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            used = name in _loaded(statement)
        case ast.ClassDef():
            heads = [*statement.bases, *statement.keywords, *statement.decorator_list]
            used = name in _loaded(*heads) or "used" in blocks
        case ast.For() | ast.AsyncFor():
            own = name in _bound(statement.target)
            used = name in _loaded(statement.iter) or ("used" in blocks and not own)
            return "used" if used else "replaced" if own else None
        case ast.With() | ast.AsyncWith():
            bound = name in _assigned(statement.items)
            used = name in _loaded(*statement.items)
            return "used" if used else "replaced" if bound else blocks[0]
        case ast.Try():
            # Lessons show errors with `try`: what its body binds counts as bound.
            return "used" if "used" in blocks else blocks[0]
        case ast.If() | ast.While() | ast.Match():
            head = statement.subject if isinstance(statement, ast.Match) else statement.test
            used = name in _loaded(head) or "used" in blocks
            either = isinstance(statement, ast.If) and blocks == ["replaced", "replaced"]
            return "used" if used else "replaced" if either else None
        case ast.AugAssign(target=ast.Name(id=target)) if target == name:
            used = True
        case ast.Delete():
            used = name in [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
        case _:
            used = name in _loaded(statement)
    return "used" if used else "replaced" if name in _bound(statement) else None


def _loaded(*nodes: ast.AST) -> set[str]:
    """The names that `nodes` read from outside themselves."""
    return set().union(*(_loaded_by(node) for node in nodes))


def _loaded_by(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(ctx=ast.Load()):
            return {node.id}
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            body = node.body if isinstance(node.body, list) else [node.body]
            own = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
            inside = _loaded(*body) - own - set(_assigned(body))
            return inside | _loaded(node.args, *getattr(node, "decorator_list", []))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            own = _assigned([part.target for part in node.generators])
            return _loaded(*ast.iter_child_nodes(node)) - set(own)
        case _:
            return _loaded(*ast.iter_child_nodes(node))
