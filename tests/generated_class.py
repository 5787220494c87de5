"""A class of any size: submissions that are right, wrong in known ways, broken and hostile."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import attacks
from submitting import CHAPTER, CHECK, IMPORTS, RESIDUAL_BLOCK, RIGHT, submit

# By what it is: the answer's cells, the status, and the kind of the first difference.
ANSWERS: dict[str, tuple[Sequence[str], str, str]] = {
    "right": (RIGHT, "passed", ""),
    "right_with_operators": (
        (IMPORTS, RESIDUAL_BLOCK.replace("layers.Add()([inputs, x])", "x + inputs"), CHECK),
        "passed",
        "",
    ),
    "no_skip": (
        (IMPORTS, RESIDUAL_BLOCK.replace("layers.Add()([inputs, x])", "x"), CHECK),
        "failed",
        "missing",
    ),
    "skip_from_itself": (
        (IMPORTS, RESIDUAL_BLOCK.replace("[inputs, x]", "[x, x]"), CHECK),
        "failed",
        "wiring",
    ),
    "other_width": (
        (IMPORTS, RESIDUAL_BLOCK.replace('16, activation="relu"', '8, activation="relu"'), CHECK),
        "failed",
        "setting",
    ),
    "no_activation": (
        (IMPORTS, RESIDUAL_BLOCK.replace(', activation="relu"', ""), CHECK),
        "failed",
        "missing",
    ),
    "untouched": ((IMPORTS, "model = ...", CHECK), "not_attempted", ""),
    "raises": ((IMPORTS, RESIDUAL_BLOCK.replace("(16)(x)", "(16)(y)"), CHECK), "error", ""),
    "no_check": (RIGHT[:2], "missing", ""),
    "not_python": ((IMPORTS, "this is not Python", CHECK), "error", ""),
}
QUICK_ATTACKS = (
    "exits_at_once",
    "makes_a_segmentation_fault",
    "prints_10_gb",
    "sends_a_deep_message",
)
BYTES = {
    "empty": (b"", "refused"),
    "no_json": (b"# Chapter 6", "refused"),
    "no_notebook": (b'{"a": [1, 2]}', "refused"),
}


@dataclass(frozen=True)
class Handed:
    """What a student of the class did, and what has to become of it."""

    student: str
    status: str
    kind: str


def hand_in(folder: Path, count: int, seed: int = 0) -> list[Handed]:
    """Writes the submissions of `count` students."""
    numbers = random.Random(seed)
    choices = [*ANSWERS] * 4 + [*QUICK_ATTACKS] + [*attacks.CHEATING] + [*BYTES]
    handed = []
    for number in range(count):
        choice = (
            numbers.choice(choices) if number >= len(set(choices)) else sorted(set(choices))[number]
        )
        student = f"{number:03}_{choice}"
        if choice in ANSWERS:
            cells, status, kind = ANSWERS[choice]
            submit(folder, student, cells)
        elif choice in BYTES:
            content, status = BYTES[choice]
            kind = ""
            path = folder / student / f"{CHAPTER}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
        elif choice in attacks.CHEATING:
            submit(folder, student, (IMPORTS, *attacks.CHEATING[choice]))
            status, kind = "not passed", ""
        else:
            cells, status = attacks.BREAKING[choice]
            submit(folder, student, (IMPORTS, *cells, *RIGHT[1:]))
            kind = ""
        handed.append(Handed(student, status, kind))
    return handed


def wrong_results(handed: Sequence[Handed], rows: dict[tuple[str, str], dict[str, str]]) -> list:
    """What did not become of a submission as it has to."""
    wrong = []
    for one in handed:
        row = rows[one.student, "residual_block"]
        passed, asked = row["status"] == "passed", one.status
        right = not passed if asked == "not passed" else row["status"] == asked
        if not right or (one.kind and row["kind"] != one.kind):
            wrong.append((one, row["status"], row["kind"], row["message"]))
    return wrong
