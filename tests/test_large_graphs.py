"""Graphs larger, wider and more alike than any exercise: told right, and without being searched.

They are plain data, so they may be larger than Keras can build. A step whose cost grew faster than
the graph would show here as a test that takes minutes.
"""

from __future__ import annotations

import random

import pytest

from exercises_check.comparison import compare_graphs
from exercises_check.graph import Graph, Node, Operation, Port, Spec, Tensor, Weight


class Drawn:
    """A graph as it is written, one call after another."""

    def __init__(self):
        self.nodes: list[Node] = []
        self.operations: dict[str, Operation] = {}
        self.inputs: list[Port] = []

    def layer(self, class_name: str, **settings) -> str:
        key = f"{class_name.lower()}_{len(self.operations)}"
        weights = (Weight("kernel", (8, 8), "float32", True),) if "units" in settings else ()
        shown = tuple(settings)
        self.operations[key] = Operation(
            key, key, class_name, True, settings, shown, weights, "float32"
        )
        return key

    def call(self, layer: str, *tensors: Tensor) -> Tensor:
        given = tensors[0] if len(tensors) == 1 else tensors
        arguments = (("inputs", given),) if tensors else ()
        self.nodes.append(Node(layer, arguments, (Spec((None, 8), "float32"),)))
        return Tensor(len(self.nodes) - 1)

    def input(self) -> Tensor:
        tensor = self.call(self.layer("InputLayer"))
        self.inputs.append(Port(tensor, f"input_{len(self.inputs)}"))
        return tensor

    def dense(self, tensor: Tensor, units: int = 8) -> Tensor:
        return self.call(self.layer("Dense", units=units), tensor)

    def merge(self, class_name: str, *tensors: Tensor) -> Tensor:
        axis = {"axis": -1} if class_name == "Concatenate" else {}
        return self.call(self.layer(class_name, **axis), *tensors)

    def graph(self, *outputs: Tensor) -> Graph:
        ports = tuple(Port(tensor, "output") for tensor in outputs)
        return Graph(
            "model", "Functional", tuple(self.nodes), self.operations, tuple(self.inputs), ports
        )


def shuffled(count: int) -> list[int]:
    order = list(range(count))
    random.Random(0).shuffle(order)
    return order


def chain(count, units=None, at=None):
    drawn = Drawn()
    tensor = drawn.input()
    for number in range(count):
        tensor = drawn.dense(tensor, units if number == at else 8)
    return drawn.graph(tensor)


def branches(count, odd=()):
    """Branches of three layers, added up; those in `odd` have other units in the middle."""
    drawn = Drawn()
    inputs = drawn.input()
    ends = [
        drawn.dense(drawn.dense(drawn.dense(inputs), 9 if number in odd else 8))
        for number in range(count)
    ]
    return drawn.graph(drawn.merge("Add", *ends))


def two_ensembles(order, crossed=False):
    """The same towers on two inputs, their results merged on each side."""
    drawn = Drawn()
    left, right = drawn.input(), drawn.input()
    towers = [(drawn.layer("Dense", units=8), drawn.layer("Dense", units=8)) for _ in order]

    def run(number, tensor, end):
        return drawn.call(towers[end][1], drawn.call(towers[number][0], tensor))

    other = {0: 1, 1: 0} if crossed else {}
    ones = [run(number, left, number) for number in order]
    others = [run(number, right, other.get(number, number)) for number in reversed(order)]
    return drawn.graph(drawn.merge("Average", *ones), drawn.merge("Maximum", *others))


def ring(order, step):
    """Sum of products: layer n on one input times layer n + `step` on the other."""
    drawn = Drawn()
    left, right = drawn.input(), drawn.input()
    layers = [drawn.layer("Dense", units=8) for _ in order]
    products = [
        drawn.merge(
            "Multiply",
            drawn.call(layers[number], left),
            drawn.call(layers[(number + step) % len(order)], right),
        )
        for number in order
    ]
    return drawn.graph(drawn.merge("Add", *products))


def messages(mine, other):
    return [difference.message for difference in compare_graphs(mine, other).differences]


@pytest.mark.parametrize("count", [3, 30, 300])
def test_equal_towers_are_the_same_in_any_order_and_not_where_two_are_crossed(count):
    plain = two_ensembles(list(range(count)))
    assert compare_graphs(two_ensembles(shuffled(count)), plain)
    (message,) = messages(two_ensembles(shuffled(count), crossed=True), plain)
    assert "are paired the other way round" in message


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("step", [0, 1])
def test_layers_paired_in_a_ring_are_told_from_other_pairs(count, step):
    plain = ring(list(range(count)), step)
    assert compare_graphs(ring(shuffled(count), step), plain)
    assert not compare_graphs(ring(shuffled(count), 1 - step), plain)


def test_a_chain_deeper_than_the_stack_is_the_same_as_itself():
    assert compare_graphs(chain(5000), chain(5000))


def test_in_a_long_chain_one_layer_is_one_difference():
    (message,) = messages(chain(3000), chain(3000, units=9, at=1500))
    assert message.endswith("has units=8; expected units=9.")
    (message,) = messages(chain(3000), chain(2999))
    assert message.endswith("is not expected here.")
    (message,) = messages(chain(2999), chain(3000))
    assert "is missing" in message


@pytest.mark.parametrize("count", [30, 1000])
def test_each_odd_one_of_many_equal_branches_is_one_difference(count):
    found = messages(branches(count), branches(count, odd=range(10, 20)))
    assert len(found) == 10
    assert all(message.endswith("has units=8; expected units=9.") for message in found)


def test_a_branch_too_many_of_many_equal_ones_is_one_difference():
    (message,) = messages(branches(301), branches(300))
    assert message.endswith("are not expected here.")


def test_nothing_in_common_is_told_too():
    assert messages(chain(3000), branches(1000))
    assert messages(branches(1000), chain(1))


def test_a_long_sum_is_the_same_in_any_order():
    def sum_of(order):
        drawn = Drawn()
        inputs = drawn.input()
        ends = [drawn.dense(inputs) for _ in order]
        total = ends[order[0]]
        for number in order[1:]:
            total = drawn.merge("Add", total, ends[number])
        return drawn.graph(total)

    assert compare_graphs(sum_of(list(range(2000))), sum_of(shuffled(2000)))


def test_many_inputs_and_outputs_are_told_by_their_order():
    def straight(count, turned=0):
        drawn = Drawn()
        ends = [drawn.dense(tensor) for tensor in [drawn.input() for _ in range(count)]]
        return drawn.graph(*ends[turned:], *ends[:turned])

    assert compare_graphs(straight(1000), straight(1000))
    (message,) = messages(straight(1000), straight(1000, turned=1))
    assert message.startswith("The outputs are in the order")


def test_concatenations_of_concatenations_do_not_double_the_work():
    def doubling(count, turned=False):
        drawn = Drawn()
        tensor = drawn.input()
        shared = drawn.layer("Dense", units=8)
        for _ in range(count):
            pair = [tensor, drawn.call(drawn.layer("Activation", activation="relu"), tensor)]
            tensor = drawn.merge("Concatenate", *(reversed(pair) if turned else pair))
        again = drawn.call(drawn.layer("Activation", activation="tanh"), tensor)
        ends = drawn.call(shared, tensor), drawn.call(shared, again)
        return drawn.graph(*(drawn.dense(end) for end in ends))

    assert compare_graphs(doubling(60), doubling(60, turned=True))


def test_many_missing_steps_on_many_paths_are_not_walked_path_by_path():
    def ladder(count):
        drawn = Drawn()
        tensor = drawn.input()
        for number in range(count):
            pair = drawn.dense(tensor, 20 + number), drawn.dense(tensor, 200 + number)
            tensor = drawn.merge("Multiply", *pair)
        return drawn.graph(drawn.dense(tensor))

    assert messages(ladder(0), ladder(200))
