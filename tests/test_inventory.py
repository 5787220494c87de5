"""What five well-known texts on the Functional API name: where the course teaches it, or why not.

`inventory/` holds a table for each chapter, item → section and text, and `left_out.toml` for what
no chapter has; `systems.toml` names the exercises of each of the 24 systems.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import lesson
import notebooks
import pytest

from exercises_check.exercise import registry

ROOT = Path(__file__).resolve().parent.parent
TABLES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "tests" / "inventory").glob("*.toml"))
}
SYSTEMS = TABLES.pop("systems", {})
ENTRIES = [(table, key, entry) for table, items in TABLES.items() for key, entry in items.items()]
CELLS = {path.stem[:2]: lesson.read(path) for path in notebooks.lessons(ROOT)}

# How many items each text has.
COUNTS = {"I000": 27, "I001": 40, "I002": 38, "I003": 15, "I004": 40}
ITEMS = {f"{text}-{n:02}" for text, count in COUNTS.items() for n in range(1, count + 1)}


def sections(chapter: str) -> dict[str, str]:
    """The text of each section, prose and code, by its heading."""
    found: dict[str, list[str]] = {}
    heading = ""
    for cell in CELLS[chapter]:
        for line in cell.solution.splitlines():
            if cell.kind == "markdown" and (match := re.match(r"#{1,6} (.+)", line)):
                heading = match[1].strip()
            found.setdefault(heading, []).append(line)
    return {name: squeezed("\n".join(lines)) for name, lines in found.items()}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_every_item_is_taught_or_left_out_for_a_reason():
    assert len(ITEMS) == 160
    known = {key for _, key, _ in ENTRIES}
    assert sorted(ITEMS - known) == []
    assert sorted(known - ITEMS) == []


@pytest.mark.parametrize(
    ("table", "key", "entry"), ENTRIES, ids=[f"{t}-{k}" for t, k, _ in ENTRIES]
)
def test_an_item_points_at_text_that_exists(table, key, entry):
    assert entry["item"]
    if "left_out" in entry:
        assert len(entry["left_out"].split()) >= 5, "a reason is a sentence"
        return
    found = sections(table.removeprefix("chapter_"))
    assert entry["section"] in found
    assert squeezed(entry["text"]) in found[entry["section"]]


def test_what_one_chapter_leaves_out_no_other_teaches():
    taught = {key for _, key, entry in ENTRIES if "left_out" not in entry}
    assert sorted({key for _, key, entry in ENTRIES if "left_out" in entry} & taught) == []


def test_every_system_is_taught_and_has_an_exercise():
    assert list(SYSTEMS) == [f"S-{number:02}" for number in range(1, 25)]
    exercises = registry()
    for key, system in SYSTEMS.items():
        assert system["exercises"], key
        for name in system["exercises"]:
            assert name in exercises, f"{key}: {name}"
            assert f"{exercises[name].chapter:02}" in system["chapters"], f"{key}: {name}"
