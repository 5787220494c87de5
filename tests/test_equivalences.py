"""Each row of what is the same and what is not, proved by running both models."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers
from pairs import DIFFERENT, SAME

from exercises_check import compare
from exercises_check.graph import from_json, to_json
from exercises_check.read import read


def leaves(model):
    """The layers with weights, those of nested models too; a wrapper is one layer."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer)
        elif layer.weights:
            yield layer


def copy_weights(source, target):
    """Copy weights between layers of one name, and from a layer to the two that it is."""
    weights = {layer.name: layer.get_weights() for layer in leaves(source)}
    for layer in leaves(source):
        if isinstance(layer, (layers.SeparableConv1D, layers.SeparableConv2D)):
            weights[f"{layer.name}_depthwise"] = layer.get_weights()[:1]
            weights[f"{layer.name}_pointwise"] = layer.get_weights()[1:]
    for layer in leaves(target):
        if layer.name in weights:
            layer.set_weights(weights[layer.name])


def outputs(model, seed=0):
    """What a model returns for random inputs, flat, as NumPy arrays."""
    random = np.random.default_rng(seed)
    data = []
    for tensor in model.inputs:
        shape = [3, *(5 if size is None else size for size in tensor.shape[1:])]
        whole = "int" in tensor.dtype
        data.append(random.integers(0, 9, shape) if whole else random.normal(size=shape))
    structure = data[0] if len(data) == 1 else data
    if isinstance(model, keras.Function) and isinstance(model.input, dict):
        place = {id(tensor): value for tensor, value in zip(model.inputs, data, strict=True)}
        structure = {key: place[id(tensor)] for key, tensor in model.input.items()}
    result = model(structure, training=False)
    if isinstance(result, dict):
        return [np.asarray(result[key]) for key in result]
    return [np.asarray(tensor) for tensor in keras.tree.flatten(result)]


def compute_the_same(one, other):
    copy_weights(one, other)
    first, second = outputs(one), outputs(other)
    return len(first) == len(second) and all(
        a.shape == b.shape and np.allclose(a, b, atol=1e-5)
        for a, b in zip(first, second, strict=True)
    )


@pytest.mark.parametrize("pair", SAME, ids=lambda pair: pair.title)
def test_what_computes_the_same_is_the_same(pair):
    one, other = pair.one(), pair.other()
    assert compute_the_same(one, other)
    for a, b in ((one, other), (other, one)):
        comparison = compare(a, b)
        assert comparison.same, comparison
        assert not comparison.differences


@pytest.mark.parametrize("pair", DIFFERENT, ids=lambda pair: pair.title)
def test_what_differs_is_told_apart_and_named(pair):
    one, other = pair.one(), pair.other()
    if pair.computes:
        assert not compute_the_same(one, other)
    comparison = compare(one, other)
    assert not comparison
    assert not compare(other, one)
    first = comparison.differences[0]
    assert first.kind == pair.kind, comparison.differences
    for words in pair.words:
        assert words in first.message, first.message


@pytest.mark.parametrize("pair", [*SAME, *DIFFERENT], ids=lambda pair: pair.title)
def test_a_graph_goes_to_json_and_back_unchanged(pair):
    graph = read(pair.one())
    assert from_json(to_json(graph)) == graph
