"""Random functional models: what holds for all of them.

A run tries a fixed set of examples; `RANDOM_MODELS=500` tries as many others for each property.
"""

from __future__ import annotations

import itertools
import os

import keras
from editing import draft, renamed
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from keras import layers, ops
from mutants import mutants
from oracle import judge, search, subject
from rewrites import rewrites

from exercises_check.building import build
from exercises_check.comparison import Demands, compare_graphs
from exercises_check.graph import Graph, from_json, to_json
from exercises_check.read import read, untouched

EXAMPLES = os.environ.get("RANDOM_MODELS")
FEATURES, STEPS, MOST_CALLS = 3, 4, 7


def tried(share: float = 1.0):
    """How many examples of a property are tried."""
    count = int(EXAMPLES) if EXAMPLES else 24
    return settings(
        max_examples=max(1, int(count * share)),
        derandomize=EXAMPLES is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# Random models ------------------------------------------------------------------------------------

ON_ROWS = {
    "dense": lambda: layers.Dense(FEATURES),
    "dense relu": lambda: layers.Dense(FEATURES, activation="relu"),
    "dense tanh": lambda: layers.Dense(FEATURES, activation="tanh"),
    "norm": lambda: layers.BatchNormalization(),
    "layer norm": lambda: layers.LayerNormalization(),
    "dropout": lambda: layers.Dropout(0.3),
    "activation": lambda: layers.Activation("softplus"),
    "penalty": lambda: layers.Dense(FEATURES, kernel_regularizer="l2"),
}
ON_STEPS = {
    "conv": lambda: layers.Conv1D(FEATURES, 3, padding="same"),
    "dense": lambda: layers.Dense(FEATURES, activation="tanh"),
    "dropout": lambda: layers.Dropout(0.3),
}
TO_ROWS = {
    "lstm": lambda: layers.LSTM(FEATURES),
    "mean": lambda: layers.GlobalAveragePooling1D(),
    "flat": lambda: keras.Sequential([layers.Flatten(), layers.Dense(FEATURES)]),
}
OPERATIONS = {
    "twice": lambda x: x * 2.0,
    "one more": lambda x: x + 1.0,
    "square": ops.square,
    "tanh": ops.tanh,
}
MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Concatenate")


@st.composite
def models(draw) -> Graph:
    """A small model with merges, shared layers, nested models, several inputs and outputs."""
    kinds = draw(st.lists(st.sampled_from(["row", "row", "steps"]), min_size=1, max_size=3))
    with untouched():
        shapes = {"row": (FEATURES,), "steps": (STEPS, FEATURES)}
        inputs = [keras.Input(shapes[kind]) for kind in kinds]
        rows = [x for x, kind in zip(inputs, kinds, strict=True) if kind == "row"]
        steps = [x for x, kind in zip(inputs, kinds, strict=True) if kind == "steps"]
        unused = list(inputs)
        made: list = []  # layers that may be called again

        def pick(tensors):
            # What nothing uses yet comes first, so that models hang together.
            waiting = [x for x in tensors if any(x is y for y in unused)]
            chosen = draw(st.sampled_from(waiting or tensors))
            unused[:] = [x for x in unused if x is not chosen]
            return chosen

        for _ in range(draw(st.integers(2, MOST_CALLS))):
            if steps and (not rows or draw(st.booleans())):
                if draw(st.booleans()):
                    steps.append(ON_STEPS[draw(st.sampled_from(sorted(ON_STEPS)))]()(pick(steps)))
                    unused.append(steps[-1])
                else:
                    rows.append(TO_ROWS[draw(st.sampled_from(sorted(TO_ROWS)))]()(pick(steps)))
                    unused.append(rows[-1])
                continue
            what = draw(
                st.sampled_from(["layer", "layer", "again", "merge", "merge", "op", "nested"])
            )
            if what == "again" and made:
                x = draw(st.sampled_from(made))(pick(rows))
            elif what == "merge" and len(rows) > 1:
                name = draw(st.sampled_from(MERGES))
                x = getattr(layers, name)()([pick(rows), pick(rows)])
                if name == "Concatenate":
                    x = layers.Dense(FEATURES)(x)
            elif what == "op":
                x = OPERATIONS[draw(st.sampled_from(sorted(OPERATIONS)))](pick(rows))
            else:
                layer = ON_ROWS[draw(st.sampled_from(sorted(ON_ROWS)))]()
                if what == "nested":
                    inside = keras.Input((FEATURES,))
                    layer = keras.Model(inside, layers.Dense(FEATURES)(layer(inside)))
                made.append(layer)
                x = layer(pick(rows))
            rows.append(x)
            unused.append(x)
        while len(unused) > 2 or any(any(x is i for i in inputs) for x in unused):
            flat = [layers.GlobalMaxPooling1D()(x) if len(x.shape) == 3 else x for x in unused]
            unused = [layers.Add()(flat) if len(flat) > 1 else layers.Dense(FEATURES)(flat[0])]
        return renamed(read(keras.Model(inputs, unused)), "my")


def again(graph: Graph) -> Graph:
    """`graph` as Keras makes it."""
    with untouched():
        return read(build(graph).model)


def same(one: Graph, other: Graph) -> bool:
    """What `compare` says, which must not depend on which of the two is asked about."""
    comparison = compare_graphs(one, other)
    assert comparison.same == (not comparison.differences)
    assert compare_graphs(other, one).same == comparison.same
    return comparison.same


# Properties ---------------------------------------------------------------------------------------


@tried(2)
@given(models())
def test_a_model_goes_to_json_and_back_unchanged(graph):
    assert from_json(to_json(graph)) == graph


@tried(2)
@given(models(), st.randoms(use_true_random=False))
def test_a_model_is_itself_under_other_names_and_written_in_another_order(graph, random):
    edited = draft(renamed(graph, "other"))
    numbers = list(edited.nodes)
    random.shuffle(numbers)
    edited.nodes = {number: edited.nodes[number] for number in numbers}
    assert same(again(edited.done()), graph)


@tried()
@given(models(), st.data())
def test_what_is_written_otherwise_is_accepted_and_computes_the_same(graph, data):
    written, carry = graph, dict
    for _ in range(data.draw(st.integers(1, 3))):
        rewrite = data.draw(st.sampled_from(list(rewrites(written, Demands()))))
        written = again(rewrite.graph)
        carry = lambda weights, first=carry, then=rewrite.carry: then(first(weights))  # noqa: E731
    assert same(written, graph)
    one, other = subject(graph), subject(written)
    # A copy of an operation may come under another key; layers with weights keep theirs.
    assert judge(one, other, _by_name(one, other), carry)


def _by_name(one, other) -> dict[str, str]:
    names = {layer.name.removeprefix("other_"): key for key, layer in one.layers.items()}
    return {key: names[_plain(layer.name)] for key, layer in other.layers.items()}


def _plain(name: str) -> str:
    while name.startswith("other_"):
        name = name.removeprefix("other_")
    return name


@tried(2)
@given(models(), st.data())
def test_a_mutant_is_the_same_exactly_when_it_computes_the_same(graph, data):
    mutant = data.draw(st.sampled_from(mutants(graph, Demands())))
    try:
        mutated = again(mutant.graph)
    except Exception:
        assume(False)
    accepted = same(mutated, graph)
    verdict = search(subject(graph), subject(mutant.graph))
    assert accepted == verdict.same, (mutant.title, verdict, compare_graphs(mutated, graph))


# Symmetric models ---------------------------------------------------------------------------------


def towers(first: tuple[int, ...], second: tuple[int, ...], merge: str) -> Graph:
    """Two layers on each input: those with one number are one layer."""
    with untouched():
        inputs = [keras.Input((FEATURES,)) for _ in first]
        made = {key: layers.Dense(FEATURES) for key in {("a", n) for n in first}}
        made |= {key: layers.Dense(FEATURES) for key in {("b", n) for n in second}}
        outputs = [
            made["b", b](made["a", a](x)) for a, b, x in zip(first, second, inputs, strict=True)
        ]
        if merge != "none":
            outputs = getattr(layers, merge)()(outputs)
        return read(keras.Model(inputs, outputs))


def partition(pattern: tuple[int, ...]) -> tuple[int, ...]:
    """Which places are one, whatever their number."""
    return tuple(pattern.index(n) for n in pattern)


PATTERNS = st.integers(2, 3).flatmap(
    lambda count: st.tuples(
        *(st.tuples(*[st.integers(0, count - 1)] * count) for _ in range(4)),
        st.sampled_from(["none", "Add", "Average", "Concatenate"]),
    )
)


@tried(4)
@given(PATTERNS)
def test_sharing_in_symmetric_models_is_told_exactly(patterns):
    a, b, c, d, merge = patterns
    alike = partition(a) == partition(c) and partition(b) == partition(d)
    comparison = compare_graphs(towers(a, b, merge), towers(c, d, merge))
    assert comparison.same == alike, comparison
    # Where other inputs would share in the same way, their order may as well be said to be wrong.
    assert alike or comparison.differences[0].kind in ("sharing", "input"), comparison


def test_twins_paired_the_other_way_round_are_told():
    def paired(order):
        with untouched():
            x, y = keras.Input((FEATURES,)), keras.Input((FEATURES,))
            twins = layers.Dense(FEATURES), layers.Dense(FEATURES)
            calls = [[twin(z) for z in (x, y)] for twin in twins]
            merged = [layers.Subtract()([calls[a][0], calls[b][1]]) for a, b in order]
            return read(keras.Model([x, y], layers.Concatenate()(merged)))

    orders = {
        "straight": ((0, 0), (1, 1)),
        "crossed": ((0, 1), (1, 0)),
    }
    for (one, first), (other, second) in itertools.product(orders.items(), repeat=2):
        assert compare_graphs(paired(first), paired(second)).same == (one == other)
