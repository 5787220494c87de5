"""The catalogues of what a learner reads: collects the messages, merges and compiles catalogues.

python tools/messages.py            after a sentence was changed or translated
python tools/messages.py new fr     starts a catalogue

A translator works on `exercises_check/locale/<language>/LC_MESSAGES/exercises_check.po`. Collected
are arguments of `_`, `N_`, `ngettext` and `pgettext`, and the texts of some tables, which are
translated where they are shown: `SENTENCES`, the entries of Keras' errors, hints, rules and labels.
"""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "exercises_check"
LOCALE = PACKAGE / "locale"
DOMAIN = "exercises_check"
TEMPLATE = LOCALE / f"{DOMAIN}.pot"
# Calls whose arguments hold texts for learners, by name or by place.
TABLES = {
    "exercise": ("hints",),
    "value": ("hints", "rule", "slips", "terms"),
    "Learned": ("label",),
    "Entry": ("what", "where", "try_this", 3, 4, 5),
}
KEYS = {"terms"}  # of these the keys are texts, of all others the values
NAMED = {"SENTENCES"}
_NOISE = (
    "POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Project-Id-Version",
    "Report-Msgid-Bugs-To", "Last-Translator", "Language-Team",
)  # fmt: skip


@dataclass(frozen=True)
class Message:
    """A message: its context if it has one, its text, that for several if it has one, its file."""

    text: str
    file: str
    several: str = ""
    context: str | None = None


def messages() -> list[Message]:
    """Every message of the package, in the order of files and lines."""
    found: dict[tuple[str | None, str], Message] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for message in messages_of(path.read_bytes(), path.relative_to(ROOT).as_posix()):
            found.setdefault((message.context, message.text), message)
    return list(found.values())


def messages_of(source: bytes, file: str) -> Iterator[Message]:
    """The messages in one module's source, those inside f-strings too."""
    nodes = [node for node in ast.walk(ast.parse(source)) if hasattr(node, "lineno")]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        for text in _texts_of_tables(node):
            yield Message(text, file)
        if not isinstance(node, ast.Call):
            continue
        texts = [getattr(argument, "value", None) for argument in node.args]
        match getattr(node.func, "id", ""), texts:
            case "ngettext", [str(one), str(several), *_]:
                yield Message(one, file, several)
            case "pgettext", [str(context), str(text)]:
                yield Message(text, file, context=context)
            case (("_" | "N_"), [str(text)]):
                yield Message(text, file)


def _texts_of_tables(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TABLES:
        wanted = TABLES[node.func.id]
        for place, argument in enumerate(node.args):
            if place in wanted:
                yield from _texts(argument)
        for keyword in node.keywords:
            if keyword.arg in wanted:
                yield from _texts(keyword.value, keyword.arg in KEYS)
    elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in NAMED:
        yield from _texts(node.value)


def _texts(node: ast.AST, keys: bool = False) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            if text:
                yield text
        case ast.List() | ast.Tuple():
            for item in node.elts:
                yield from _texts(item)
        case ast.Dict():
            for item in node.keys if keys else node.values:
                yield from _texts(item)


def template() -> Catalog:
    """A catalogue with all messages and no translation."""
    catalog = Catalog(project="The Keras Functional API, a course in notebooks", fuzzy=False)
    for message in messages():
        text = (message.text, message.several) if message.several else message.text
        catalog.add(text, locations=[(message.file, 0)], context=message.context)
        # `{a}` is not Babel's business, and a per cent sign in a sentence is no gap.
        catalog.get(message.text, message.context).flags.discard("python-format")
    return catalog


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def languages() -> list[str]:
    return sorted(path.parts[-3] for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def catalogue(language: str) -> Catalog:
    """What is translated."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def merged(language: str) -> Catalog:
    """The catalogue with every message of today and no other."""
    new, old = template(), catalogue(language)
    new.locale = language
    for message in new:
        before = old.get(message.id, message.context) if message.id else None
        if before is not None and not before.fuzzy:
            message.string = before.string
    return new


def faults(language: str) -> list[str]:
    """What is wrong with a catalogue, a sentence each."""
    old = catalogue(language)
    wanted = {(m.context, _first(m.id)): m for m in template() if m.id}
    have = {(m.context, _first(m.id)): m for m in old if m.id}
    found = [f"missing: {key[1]!r}" for key in wanted if not _strings(have.get(key))]
    found += [f"stale, no longer said: {key[1]!r}" for key in have if key not in wanted]
    for key in wanted.keys() & have.keys():
        allowed = [set(gaps(text)) for text in _ids(wanted[key])]
        for text in _strings(have[key]):
            if set(gaps(text)) not in allowed:
                found.append(f"other gaps than {sorted(allowed[-1])}: {text!r}")
    if compiled(old) != path_of(language).with_suffix(".mo").read_bytes():
        found.append("the .mo file is not that of the .po file")
    return found


def gaps(text: str) -> list[str]:
    """The names in braces."""
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def compiled(catalog: Catalog) -> bytes:
    catalog.header_comment, file = "", BytesIO()
    # Babel notes when: the same messages are to be the same bytes.
    catalog.creation_date = catalog.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    write_mo(file, catalog)
    return file.getvalue()


def write(path: Path, catalog: Catalog) -> None:
    """Without dates and line numbers: a file changes where a message does, and nowhere else."""
    catalog.header_comment = f"# {catalog.project}\n# Apache-2.0, as the code."
    file = BytesIO()
    write_po(file, catalog, width=100, omit_header=False, include_lineno=False, sort_by_file=False)
    lines = file.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(tuple(f'"{name}' for name in _NOISE))]
    text = "".join(kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _ids(message) -> Iterable[str]:
    return message.id if isinstance(message.id, (tuple, list)) else (message.id,)


def _first(text) -> str:
    return text[0] if isinstance(text, (tuple, list)) else text


def _strings(message) -> list[str]:
    if message is None:
        return []
    every = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return list(every) if all(every) else []


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["new"] and len(arguments) == 2:
        write(path_of(arguments[1]), Catalog(locale=arguments[1], fuzzy=False))
    elif arguments:
        print(__doc__)
        return 2
    write(TEMPLATE, template())
    status = 0
    for language in languages():
        write(path_of(language), merged(language))
        path_of(language).with_suffix(".mo").write_bytes(compiled(catalogue(language)))
        found = faults(language)
        print(f"{language}: {len(list(merged(language)))} messages, {len(found)} faults")
        print("\n".join(f"  {fault}" for fault in found[:20]))
        status = status or bool(found)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
