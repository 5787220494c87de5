"""Every exercise in four directions: answers and rewrites pass, stubs are stubs, mutants fail.

And a mutant fails for the right reason: its first difference is of the right kind and names the
place of the edit. What computes the same is for the oracle to say, which runs the models.

A run takes a sample of each sort of edit; with `FOUR_DIRECTIONS=all` it takes every one.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import keras
import pytest
from editing import renamed
from models import MODELS
from mutants import diagnosed, mutants
from oracle import judge, search, subject
from rewrites import rewrites

from exercises_check import check
from exercises_check.building import build, classes_of
from exercises_check.comparison import Demands, compare_graphs
from exercises_check.exercise import Exercise, registry
from exercises_check.graph import Graph
from exercises_check.read import NotReadable, read, untouched

EVERY = os.environ.get("FOUR_DIRECTIONS") == "all"
MUTANTS, REWRITES, RUN = (10**6, 10**6, 9) if EVERY else (45, 16, 3)


@dataclass(frozen=True)
class Task:
    """A model and what is asked beyond it. `model` builds it."""

    name: str
    model: Callable[[], keras.Model]
    demands: Demands
    exercise: Exercise | None = None


def _block(exercise: Exercise) -> keras.Model:
    shapes, settings = exercise.calls[0]
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs, exercise.reference(*inputs, **settings))


def tasks() -> list[Task]:
    found = [Task(function.__name__, function, demands) for function, demands in MODELS.items()]
    for e in registry().values():
        if e.kind == "model":
            found.append(Task(e.name, e.reference, e.demands, e))
        elif e.kind == "block":
            found.append(Task(e.name, lambda e=e: _block(e), e.demands, e))
    return found


TASKS = tasks()
TITLES = [task.name for task in TASKS]


def sampled(items: list, most: int, sort: Callable) -> list:
    """Up to `most` of `items`, of each sort about as many, the same in each run."""
    groups = defaultdict(list)
    for item in items:
        groups[sort(item)].append(item)
    for name, group in groups.items():
        random.Random(name).shuffle(group)
    chosen: list = []
    while len(chosen) < most and any(groups.values()):
        for group in groups.values():
            if group and len(chosen) < most:
                chosen.append(group.pop())
    return chosen


def graph_of(task: Task) -> tuple[Graph, dict]:
    with untouched(values=True):  # a model that is compiled needs them
        model = task.model()
        return read(model), classes_of(model)


def rebuilt(graph: Graph, classes: dict):
    """A graph as Keras makes it, and what each key became; `None` where it makes no model."""
    try:
        with untouched():
            built = build(graph, classes)
            return read(built.model), built
    except NotReadable:
        raise
    except Exception:
        return None


def buildable(graph: Graph, classes: dict) -> bool:
    return rebuilt(graph, classes) is not None


@pytest.mark.parametrize("task", TASKS, ids=TITLES)
def test_rewrites_are_accepted_and_mutants_are_told(task, record_property):
    wanted, classes = graph_of(task)
    mine = renamed(wanted, "my", not task.demands.names)
    if not buildable(mine, classes):
        pytest.skip("holds what cannot be built from its graph")
    reference = subject(mine, classes)
    problems = []
    figures = dict.fromkeys(
        ("mutants", "killed", "diagnosed", "one difference", "alternatives", "accepted"), 0
    )

    def accept(title: str, graph: Graph) -> None:
        figures["alternatives"] += 1
        comparison = compare_graphs(graph, wanted, task.demands)
        figures["accepted"] += comparison.same
        if not comparison.same:
            problems.append(f"rejected: {title}: {comparison.differences[0].message}")

    # Rewrites
    chosen = sampled(list(rewrites(mine, task.demands)), REWRITES, lambda r: r.row)
    for number, rewrite in enumerate(chosen):
        title = f"{rewrite.row}, {rewrite.title}"
        found = rebuilt(rewrite.graph, classes)
        assert found is not None, f"cannot be built: {title}"
        if labels(found[0], task) != labels(mine, task):
            continue  # Keras calls an output by its last operation
        if number < 2 * RUN:
            run = subject(rewrite.graph, classes)
            verdict = judge(reference, run, None, rewrite.carry, task.demands.names)
            assert verdict, f"not the same: {title}: {verdict.reason}"
        accept(title, found[0])

    # Mutants
    undiagnosed, run_others = [], 0
    # Where the task asks for names, they say which output is which, in any order.
    made = [m for m in mutants(mine, task.demands) if not (task.demands.names and swapped(m, mine))]
    for mutant in sampled(made, MUTANTS, lambda m: m.sort):
        title = f"{mutant.sort}, {mutant.title}"
        found = rebuilt(mutant.graph, classes)
        if found is None:
            continue
        graph, built = found
        comparison = compare_graphs(graph, wanted, task.demands)
        first = comparison.differences[0] if comparison.differences else None
        if comparison.same or (run_others < RUN and first.kind != "nesting"):
            run_others += not comparison.same
            verdict = search(reference, subject(mutant.graph, classes), task.demands.names)
            if verdict:
                accept(title, graph)
                continue
        figures["mutants"] += 1
        if comparison.same:
            problems.append(f"accepted: {title}")
            continue
        figures["killed"] += 1
        figures["one difference"] += len(comparison.differences) == 1
        if diagnosed(mutant, first, built.name):
            figures["diagnosed"] += 1
        else:
            undiagnosed.append(f"{title}: {first.kind}: {first.message}")

    record_property("four directions", {"model": task.name, **figures})
    assert not problems, "\n".join(problems)
    assert len(undiagnosed) <= max(1, 0.05 * figures["killed"]), "\n".join(undiagnosed)
    assert figures["one difference"] >= 0.75 * figures["killed"]


def labels(graph: Graph, task: Task) -> set[str] | None:
    """What the outputs are called, where the task asks for it."""
    return {port.key or port.name for port in graph.outputs} if task.demands.names else None


def swapped(mutant, graph: Graph) -> bool:
    """Whether a mutant only has the same outputs in another order."""
    leaving = [sorted(repr(port.tensor) for port in g.outputs) for g in (mutant.graph, graph)]
    same = leaving[0] == leaving[1] and graph.output_structure != "dict"
    return mutant.sort == "outputs" and same


@pytest.mark.parametrize("task", TASKS, ids=TITLES)
def test_a_model_is_the_same_as_itself_and_as_its_graph_built_again(task):
    with untouched(values=True):
        one, other = read(task.model()), read(task.model())
    assert compare_graphs(one, other, task.demands).same


EXERCISES = [task for task in TASKS if task.exercise is not None and task.exercise.kind == "model"]


@pytest.mark.parametrize("task", EXERCISES, ids=lambda task: task.name)
def test_the_reference_passes_and_the_stub_is_not_attempted(task):
    if task.exercise.learned is None:
        report = check(task.name, task.model())
        assert report.status == "passed", report
    assert check(task.name, ...).status == "not_attempted"


@pytest.mark.parametrize("task", TASKS[:3], ids=TITLES[:3])
def test_a_model_built_from_its_graph_computes_what_the_model_does(task):
    model = task.model()
    graph = read(model)
    again = subject(graph).model
    again.set_weights(model.get_weights())
    one, other = subject(graph), subject(renamed(graph, "other"))
    assert judge(one, other, thorough=True)
