"""How long a check takes, against `model.summary()` of the same model: `make bench`.

A check is what `check` does with a model: read it, and compare it with a graph of the reference
that is at hand. Each model is compared with its own graph, for the first time and later; with that
graph after one edit of each kind, and after ten (three, where there are five layers); and with
another model altogether. Times are medians; the check and the summary take turns, so that whatever
else the machine does slows both. The exit status is 1 where a bar is not met.
"""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's own remarks are not the table

import gc
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
from keras import applications, layers

from exercises_check.comparison import compare_graphs
from exercises_check.graph import Graph, Node, map_tensors
from exercises_check.read import read, untouched

# The bars.
MANY_LAYERS, RATIO = 100, 1.0  # from this many layers on, a check takes less than a summary
FEW_LAYERS, MILLISECONDS = 5, 30.0
GROWTH = 15.0  # from 300 layers to 3,000
IMPORT_MILLISECONDS = 100.0

SECONDS = 1.0  # how long to measure one model and one reference
FEWEST, MOST = 3, 15  # how often
IMPORTS = 7


@dataclass(frozen=True)
class Row:
    """What one model took, in seconds: its summary, and a check against each reference."""

    name: str
    layers: int
    summary: float
    checks: dict[str, float]


# Models -------------------------------------------------------------------------------------------


def five_layers() -> keras.Model:
    inputs = keras.Input((16,))
    x = layers.Dense(16, activation="relu")(inputs)
    x = layers.Dense(16)(x)
    x = layers.Add()([inputs, x])
    return keras.Model(inputs, layers.Dense(1)(x))


def equal_branches(count: int) -> keras.Model:
    """Branches of ten layers that nothing tells apart, added up."""
    inputs = keras.Input((8,))
    ends = []
    for _ in range(count // 10):
        x = inputs
        for _ in range(2):
            x = layers.Dense(8)(x)
            x = layers.BatchNormalization()(x)
            x = layers.Activation("relu")(x)
            x = layers.Dropout(0.1)(x)
            x = layers.LayerNormalization()(x)
        ends.append(x)
    return keras.Model(inputs, layers.Dense(1)(layers.Add()(ends)))


def woven_branches(count: int) -> keras.Model:
    """Thirty calls deep; each merges two tensors from the level above, drawn at random."""
    draw = random.Random(0)
    above = inputs = [keras.Input((8,)) for _ in range(2)]
    unused = {}
    for _ in range(15):
        level = []
        for _ in range(count // 30):
            a, b = draw.choice(above), draw.choice(above)
            x = layers.Dense(8, activation=draw.choice(["relu", "tanh", None]))(a)
            x = draw.choice([layers.Add, layers.Multiply, layers.Average])()([x, b])
            level.append(x)
            unused = {k: t for k, t in unused.items() if t is not a and t is not b} | {id(x): x}
        above = level
    return keras.Model(inputs, layers.Concatenate()(list(unused.values())))


MODELS: dict[str, Callable[[], keras.Model]] = {
    "five layers": five_layers,
    "ResNet50": lambda: applications.ResNet50(weights=None),
    "DenseNet201": lambda: applications.DenseNet201(weights=None),
    "EfficientNetB7": lambda: applications.EfficientNetB7(weights=None),
    "equal branches, 300": lambda: equal_branches(300),
    "equal branches, 3,000": lambda: equal_branches(3000),
    "woven branches, 300": lambda: woven_branches(300),
    "woven branches, 3,000": lambda: woven_branches(3000),
}


# Edits of a graph ---------------------------------------------------------------------------------


def other_setting(graph: Graph, draw: random.Random) -> Graph:
    """One number more in one layer: units, filters, rate."""
    key = draw.choice([k for k, o in graph.operations.items() if _number(o) is not None])
    operation = graph.operations[key]
    name = _number(operation)
    settings = {**operation.settings, name: operation.settings[name] + 1}
    return replace(
        graph, operations={**graph.operations, key: replace(operation, settings=settings)}
    )


def _number(operation) -> str | None:
    """A setting that counts and is a number."""
    for name in ("units", "filters", "rate", "epsilon"):
        if isinstance(operation.settings.get(name), (int, float)):
            return name
    return None


def other_wiring(graph: Graph, draw: random.Random) -> Graph:
    """One call receives another tensor of the same shape, from before it."""
    while True:
        number = draw.randrange(1, len(graph.nodes))
        tensors = graph.nodes[number].tensors
        if not tensors:
            continue
        spec = graph.spec(tensors[0])
        others = [
            other
            for other in range(number)
            if graph.nodes[other].outputs == (spec,) and other != tensors[0].node
        ]
        if not others:
            continue
        new = replace(tensors[0], node=draw.choice(others), index=0)
        return _with_node(graph, number, _received(graph.nodes[number], {tensors[0]: new}))


def dropped(graph: Graph, draw: random.Random) -> Graph:
    """One call less: what used its result uses its input."""
    ports = {port.tensor.node for port in graph.inputs + graph.outputs}
    number = draw.choice(
        [
            number
            for number, node in enumerate(graph.nodes)
            if number not in ports
            and len(node.tensors) == 1
            and node.outputs == (graph.spec(node.tensors[0]),)
        ]
    )
    (before,) = graph.nodes[number].tensors

    def moved(tensor):
        tensor = before if tensor.node == number else tensor
        return replace(tensor, node=tensor.node - (tensor.node > number))

    nodes = tuple(
        replace(node, arguments=map_tensors(node.arguments, moved))
        for place, node in enumerate(graph.nodes)
        if place != number
    )
    return replace(
        graph,
        nodes=nodes,
        inputs=tuple(replace(port, tensor=moved(port.tensor)) for port in graph.inputs),
        outputs=tuple(replace(port, tensor=moved(port.tensor)) for port in graph.outputs),
    )


def _received(node: Node, new: dict) -> Node:
    return replace(node, arguments=map_tensors(node.arguments, lambda t: new.get(t, t)))


def _with_node(graph: Graph, number: int, node: Node) -> Graph:
    return replace(graph, nodes=(*graph.nodes[:number], node, *graph.nodes[number + 1 :]))


def references(graph: Graph) -> dict[str, Graph]:
    """What a model is compared with: its own graph, after one edit, after ten, and another one."""
    edits = {"setting": other_setting, "wiring": other_wiring, "layer": dropped}
    found = {"first": graph, "same": graph}
    for name, edit in edits.items():
        found[name] = edit(graph, random.Random(1))
    ten, draw = graph, random.Random(2)
    for number in range(10 if len(graph.nodes) > 20 else 3):
        ten = list(edits.values())[number % len(edits)](ten, draw)
    with untouched():
        other = read(applications.VGG16(weights=None))
    return {**found, "ten": ten, "other": other}


# Measuring ----------------------------------------------------------------------------------------


def seconds(run: Callable[[], object]) -> float:
    gc.collect()  # or whoever comes next pays for what others left behind
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def measure(name: str, build: Callable[[], keras.Model]) -> Row:
    with untouched():
        model = build()
    summaries: list[float] = []
    checks = {}
    for what, reference in references(read(model)).items():

        def check(what=what, reference=reference) -> None:
            # A copy is another object, of which nothing has been worked out before.
            compare_graphs(read(model), replace(reference) if what == "first" else reference)

        check()
        times: list[float] = []
        started = time.perf_counter()
        while len(times) < FEWEST or (
            len(times) < MOST and time.perf_counter() - started < SECONDS
        ):
            summaries.append(seconds(lambda: model.summary(print_fn=lambda text: None)))
            times.append(seconds(check))
        checks[what] = statistics.median(times)
    return Row(name, len(model.layers), statistics.median(summaries), checks)


IMPORT = """
import time, keras
started = time.perf_counter()
import exercises_check
print(time.perf_counter() - started)
"""


def import_seconds() -> float:
    """How long `import exercises_check` takes where Keras is imported."""
    times = [
        float(subprocess.check_output([sys.executable, "-c", IMPORT], stderr=subprocess.DEVNULL))
        for _ in range(IMPORTS)
    ]
    return statistics.median(times)


# The table ----------------------------------------------------------------------------------------


def main() -> int:
    rows = []
    for name, build in MODELS.items():
        row = measure(name, build)
        if not rows:
            heads = "".join(f"{what:>8}" for what in row.checks)
            print(f"{'':<22} {'layers':>6} {'summary':>9}   check / summary")
            print(f"{'model':<22} {'':>6} {'ms':>9} {heads}   {'slowest, ms':>11}")
        ratios = "".join(f"{taken / row.summary:>8.2f}" for taken in row.checks.values())
        slowest = max(row.checks.values()) * 1000
        print(
            f"{name:<22} {row.layers:>6,} {row.summary * 1000:>9.1f} {ratios}   {slowest:>11.1f}",
            flush=True,
        )
        rows.append(row)
    print()
    bars = list(verdicts(rows, import_seconds()))
    for text, met in bars:
        print(f"{'met    ' if met else 'NOT MET'}  {text}")
    return 0 if all(met for _, met in bars) else 1


def verdicts(rows: list[Row], imported: float):
    """Each bar in a line, and whether it is met."""
    small = max(max(r.checks.values()) for r in rows if r.layers <= FEW_LAYERS) * 1000
    yield (
        f"{small:.1f} ms at {FEW_LAYERS} layers; the bar: {MILLISECONDS:.0f} ms",
        small < MILLISECONDS,
    )
    big = [row for row in rows if row.layers >= MANY_LAYERS]
    worst, where = max((max(r.checks.values()) / r.summary, r.name) for r in big)
    text = f"{worst:.2f} of a summary at most, at {where}; the bar"
    yield f"{text} from {MANY_LAYERS} layers on: {RATIO:g}", worst < RATIO
    by_name = {row.name: row for row in rows}
    for name in ("equal branches", "woven branches"):
        few, many = by_name[f"{name}, 300"].checks, by_name[f"{name}, 3,000"].checks
        growth = max(many["same"] / few["same"], max(many.values()) / max(few.values()))
        yield (
            f"{growth:.1f} times as long for 3,000 {name} as for 300; the bar: {GROWTH:g}",
            (growth <= GROWTH),
        )
    yield (
        f"{imported * 1000:.0f} ms to import exercises_check after keras; the bar: "
        f"{IMPORT_MILLISECONDS:.0f}",
        imported * 1000 <= IMPORT_MILLISECONDS,
    )


if __name__ == "__main__":
    sys.exit(main())
