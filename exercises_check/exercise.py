"""An exercise: a reference, hints, nothing else. `@exercise` and `value` put it in the registry.

The reference decides how an answer is checked: a function without arguments that returns a model is
compared as a graph, and if it is compiled, what it was compiled with; a function of tensors is a
block, called like the learner's on the same inputs; a `keras.Layer` subclass is tried beside the
learner's; `value` holds a plain answer. No author writes a message or an assertion.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exercises_check.comparison import KINDS, NO_DEMANDS, Demands
from exercises_check.language import _
from exercises_check.learned import Learned

_REGISTRY: dict[str, Exercise] = {}


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes:
        name: what the answer is called in `check(name, answer)`.
        kind: `"model"`, `"block"`, `"layer"` or `"value"`: how an answer is checked.
        reference: a function that builds the right answer, or the answer itself.
        chapter: the number of the chapter it belongs to.
        hints: from a nudge to nearly the answer, by the kind of difference they fit; under `""`
            those that fit every mistake.
        minutes: how long a learner needs.
        difficulty: 1 to 3.
        points: what it counts in a gradebook.
        demands: what the task asks for beyond the graph, and what it leaves open.
        type: the class the answer must be of, such as `"Sequential"`, or `None`.
        others: further references that are as right.
        calls: for a block or a layer, what it is tried on: `(shapes, settings)`.
        optimizer: for a compiled model, whether the learning rate is part of the task.
        learned: for a model, what it has to reach on held-out data.
        rule: for a value, the rule it follows.
        terms: for a value that is a sum, its terms by name.
        slips: for a value, typical wrong answers and what led to them.
    """

    name: str
    kind: str
    reference: Any
    chapter: int
    hints: Mapping[str, tuple[str, ...]]
    minutes: int = 5
    difficulty: int = 1
    points: float = 1
    demands: Demands = NO_DEMANDS
    type: str | None = None
    others: tuple[Callable, ...] = ()
    calls: tuple[tuple[Sequence[tuple], Mapping[str, Any]], ...] = ()
    optimizer: bool = False
    learned: Learned | None = None
    rule: str = ""
    terms: Mapping[str, int] = field(default_factory=dict)
    slips: Mapping[Any, str] = field(default_factory=dict)

    def hints_for(self, kind: str | None) -> tuple[str, ...]:
        """The hints to show: those that fit this kind of difference first, then the ladder."""
        fitting = (*self.hints.get(kind or "", ()), *(self.hints.get("", ()) if kind else ()))
        return tuple(map(_, fitting))


def exercise(
    *,
    hints: Sequence[str] | Mapping[str, Sequence[str]],
    minutes: int = 5,
    difficulty: int = 1,
    points: float = 1,
    names: bool = False,
    nested: bool = False,
    free: Sequence[str] = (),
    initializers: bool = False,
    type: str | None = None,
    references: Sequence[Callable] = (),
    calls: Sequence[tuple[Sequence[tuple], Mapping[str, Any]]] = (),
    optimizer: bool = False,
    learned: Learned | None = None,
) -> Callable[[Callable], Callable]:
    """Register the decorated function or class as the reference of the exercise of its name.

    Args:
        hints: from a nudge to nearly the answer; or a dict of such lists by kind of difference,
            with `""` for those that always fit.
        minutes: how long a learner needs.
        difficulty: 1 to 3.
        points: what it counts in a gradebook.
        names: the names of inputs and outputs are part of the task.
        nested: the nested models of the reference are part of the task.
        free: settings that are left open, as `"units"` or `"Dense.units"`.
        initializers: initializers are part of the task.
        type: the class the answer must be of, such as `"Sequential"`.
        references: further functions whose models are as right.
        calls: for a block or a layer, `(shapes, settings)` to call it with; shapes exclude the
            batch. A layer's settings go to its constructor.
        optimizer: for a compiled model, the learning rate is part of the task.
        learned: for a model, what it has to reach on held-out data.

    Raises:
        ValueError: there is no hint, or a hint is tied to an unknown kind; a block or a layer has
            nothing to be called with.
    """

    def register(function: Callable) -> Callable:
        kind, parameters = _kind(function)
        if kind != "model" and not calls:
            takes = f"takes {', '.join(parameters)}, so it is a block" * (kind == "block")
            raise ValueError(
                f"`{function.__name__}` {takes or 'is a layer'}: expected "
                "calls=[(shapes, settings), ...]. Received none."
            )
        _add(
            Exercise(
                name=function.__name__,
                kind=kind,
                reference=function,
                chapter=_chapter(function.__module__),
                hints=_hints(function.__name__, hints),
                minutes=minutes,
                difficulty=difficulty,
                points=points,
                demands=Demands(names, nested, tuple(free), initializers),
                type=type,
                others=tuple(references),
                calls=tuple(calls),
                optimizer=optimizer,
                learned=learned,
            )
        )
        return function

    return register


def value(
    name: str,
    answer: Any,
    *,
    rule: str,
    hints: Sequence[str] | Mapping[str, Sequence[str]],
    terms: Mapping[str, int] | None = None,
    slips: Mapping[Any, str] | None = None,
    minutes: int = 2,
    difficulty: int = 1,
    points: float = 1,
) -> None:
    """Register a prediction: a number, a shape, a name or a truth value.

    Args:
        name: what the answer is called in `check(name, answer)`.
        answer: the right one.
        rule: the rule it follows; a wrong answer is told this rule, not the answer.
        hints: as for `exercise`.
        terms: for a sum, its terms: a wrong answer is told which one is left out.
        slips: typical wrong answers and what led to them; of a dict, `(key, value)` stands for one
            wrong entry.
        minutes: how long a learner needs.
        difficulty: 1 to 3.
        points: what it counts in a gradebook.

    Raises:
        ValueError: the terms do not add up to the answer, or there is no hint.
    """
    terms = dict(terms or {})
    if terms and sum(terms.values()) != answer:
        raise ValueError(
            f"The terms of `{name}` add up to {sum(terms.values())}; expected {answer}."
        )
    module = inspect.currentframe().f_back.f_globals["__name__"]
    _add(
        Exercise(
            name=name,
            kind="value",
            reference=answer,
            chapter=_chapter(module),
            hints=_hints(name, hints),
            minutes=minutes,
            difficulty=difficulty,
            points=points,
            rule=rule,
            terms=terms,
            slips=dict(slips or {}),
        )
    )


def _add(new: Exercise) -> None:
    old = _REGISTRY.get(new.name)
    if old is not None and old.chapter != new.chapter:
        raise ValueError(
            f"Two exercises are named `{new.name}`: one of chapter {old.chapter}, one of chapter "
            f"{new.chapter}. Expected a name of its own for each."
        )
    _REGISTRY[new.name] = new


def _kind(reference: Callable) -> tuple[str, list[str]]:
    """How an answer is checked, and the reference's parameters."""
    parameters = list(inspect.signature(reference).parameters)
    if inspect.isclass(reference):
        return "layer", parameters
    return ("block" if parameters else "model"), parameters


def _chapter(module: str) -> int:
    found = re.search(r"chapter_(\d+)$", module)
    return int(found.group(1)) if found else -1


def _hints(name: str, hints: Any) -> dict[str, tuple[str, ...]]:
    by_kind = dict(hints) if isinstance(hints, Mapping) else {"": hints}
    unknown = set(by_kind) - set(KINDS) - {""}
    if unknown:
        raise ValueError(
            f"`{name}` has hints for {', '.join(sorted(unknown))}; expected kinds among "
            f"{', '.join(KINDS)}."
        )
    if not any(by_kind.values()):
        raise ValueError(f"`{name}` has no hint; expected at least one.")
    return {kind: tuple(texts) for kind, texts in by_kind.items()}


@functools.cache
def _load_references() -> None:
    from exercises_check import references

    for module in pkgutil.iter_modules(references.__path__):
        importlib.import_module(f"{references.__name__}.{module.name}")


def registry() -> dict[str, Exercise]:
    """All exercises by name, in the order of the chapters."""
    _load_references()
    return dict(sorted(_REGISTRY.items(), key=lambda item: item[1].chapter))


def similar_names(name: str) -> list[str]:
    """Names of exercises that `name` may be a slip for, the likeliest first."""
    near = difflib.get_close_matches(str(name), registry(), n=3, cutoff=0.5)
    sure = difflib.get_close_matches(str(name), near, n=1, cutoff=0.8)
    return sure or near
