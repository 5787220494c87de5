"""The benchmark: its edits are seen as differences, and a bar that is not met is said."""

from __future__ import annotations

import pytest

from benchmarks import check as benchmark
from benchmarks import kernels as kernels_benchmark
from exercises_check.comparison import compare_graphs
from exercises_check.read import read, untouched


def row(name, layers, summary, *checks):
    return benchmark.Row(name, layers, summary, dict(zip(("same", "ten"), checks, strict=True)))


def rows(**changes):
    """A table in which every bar is met, but for `changes` by name."""
    times = {
        "five layers": (5, 0.003, 0.001, 0.002),
        "ResNet50": (177, 0.1, 0.03, 0.05),
        **{f"{kind} branches, 300": (303, 0.1, 0.03, 0.05) for kind in ("equal", "woven")},
        **{f"{kind} branches, 3,000": (3003, 1.0, 0.3, 0.5) for kind in ("equal", "woven")},
    }
    return [row(name, *values) for name, values in {**times, **changes}.items()]


@pytest.mark.parametrize(
    "build", [benchmark.five_layers, lambda: benchmark.woven_branches(60)], ids=["five", "woven"]
)
def test_a_model_differs_from_its_edited_references_and_from_no_other(build):
    with untouched():
        graph = read(build())
    same = {what: compare_graphs(graph, g).same for what, g in benchmark.references(graph).items()}
    assert {what for what, is_same in same.items() if is_same} == {"first", "same"}


@pytest.mark.parametrize("build", [benchmark.equal_branches, benchmark.woven_branches])
def test_the_generated_models_have_as_many_layers_as_they_are_named_for(build):
    with untouched():
        assert 300 <= len(build(300).layers) <= 310


def test_every_bar_that_is_met_is_said_to_be():
    assert all(met for _, met in benchmark.verdicts(rows(), 0.003))


@pytest.mark.parametrize(
    ("table", "imported", "words"),
    [
        (rows(**{"five layers": (5, 0.003, 0.001, 0.031)}), 0.0, "31.0 ms at 5 layers"),
        (rows(ResNet50=(177, 0.1, 0.03, 0.11)), 0.0, "1.10 of a summary at most, at ResNet50"),
        (rows(**{"woven branches, 3,000": (3003, 1.0, 0.3, 0.8)}), 0.0, "16.0 times as long"),
        (rows(), 0.2, "200 ms to import exercises_check"),
    ],
    ids=["few layers", "many layers", "growth", "import"],
)
def test_a_bar_that_is_not_met_is_said_with_what_was_found(table, imported, words):
    (text,) = [text for text, met in benchmark.verdicts(table, imported) if not met]
    assert text.startswith(words)


@pytest.mark.parametrize(
    ("warm", "imported", "words"),
    [(51.0, 0.1, "0.51 of the processor time"), (40.0, 1.2, "1.20 s for `import keras`")],
    ids=["suite", "import"],
)
def test_a_warm_kernel_that_saves_too_little_is_said(warm, imported, words):
    spent = kernels_benchmark.Spent
    found = kernels_benchmark.verdicts(
        spent(100.0, 120.0), spent(3.0, 4.0), spent(warm, 60.0), spent(0.0, imported)
    )
    (text,) = [text for text, met in found if not met]
    assert text.startswith(words)
