"""Answers as people write them, a module for each chapter: right ones, wrong ones, trained ones.

A module may hold three dicts, by the name of the exercise:

- `RIGHT`: functions without arguments, each returning an answer that has to pass;
- `WRONG`: `(function, kind, words)`: a function that returns a typical mistake, the kind of the
  first difference, and words of its message. Of a prediction, the words of the report;
- `TRAINED`: a `Trained`, for an exercise that asks for what a model learned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Trained:
    """Two trainings, each a function of a seed that returns a trained model.

    `right` has to reach what the exercise asks for with every seed; `wrong`, the typical mistake,
    with none.
    """

    right: Callable[[int], Any]
    wrong: Callable[[int], Any]
