"""Dataclasses as JSON and back: what does not fit its annotation does not come back."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import pytest

from exercises_check import plain


@dataclass(frozen=True)
class Inner:
    name: str
    size: int | None = None


@dataclass(frozen=True)
class Outer:
    parts: tuple[Inner, ...]
    pair: tuple[str, int]
    table: dict[str, float]
    one: Inner | str
    anything: Any = None


WHOLE = Outer(
    (Inner("a"), Inner("b", 3)), ("x", 1), {"k": 1.5}, Inner("c"), {"d": (1, Inner("e"), True)}
)


def back(value: Any, cls: type = Outer, others: tuple[type, ...] = (Inner,)) -> Any:
    return plain.decode(plain.parse(json.dumps(value)), cls, others)


def test_what_is_written_is_read_as_it_was():
    assert back(plain.encode(WHOLE)) == WHOLE


def test_numbers_that_are_none_survive():
    (value,) = back(plain.encode(Outer((), ("x", 1), {"k": math.nan}, "s"))).table.values()
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, {"@": "Inner", "": ["a", 1]}, "Outer.parts: expected a list; received a dict"),
        (0, [{"@": "Outer", "": []}], "Outer.parts: expected a Inner"),
        (1, ["x"], "Outer.pair: expected a list of 2"),
        (1, ["x", "1"], "Outer.pair: expected int; received '1'"),
        (1, ["x", True], "Outer.pair: expected int; received True"),
        (2, {"k": "1.5"}, "Outer.table: expected float; received '1.5'"),
        (2, [], "Outer.table: expected a dict"),
        (3, 7, "Outer.one: expected Inner or str; received 7"),
        (3, {"@": "Inner", "": [1, 2]}, "Inner.name: expected str; received 1"),
        (4, {"@": "Other", "": []}, "expected one of Outer, Inner; received 'Other'"),
        (4, {"@": "Inner", "": ["a", 1], "more": 1}, "expected a Inner"),
    ],
)
def test_what_does_not_fit_its_annotation_is_refused_with_its_place(place, value, words):
    document = plain.encode(WHOLE)
    document[""][place] = value
    with pytest.raises(ValueError, match="Outer") as error:
        back(document)
    assert words in str(error.value)


def test_json_that_is_too_deep_is_not_parsed():
    with pytest.raises(ValueError, match="levels deep"):
        plain.parse("[" * 1_000_000)
    assert plain.parse('"' + "[" * 1_000_000 + '"') == "[" * 1_000_000
    assert plain.parse('["\\"[[[", {}]' + " " * 10) == ['"[[[', {}]
