"""Depth against gradient, in a network of `Dense` layers with and without skip connections.

The networks are those of chapter 06: a `Dense` layer, blocks of two, and a last one with ten
units. They are small enough for NumPy, which is quick enough for a slider.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from exercises_check.language import _, ngettext
from exercises_check.wrapping import padded

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

BLOCKS = range(1, 21)
SEEDS = range(3)
UNITS = 32
IMAGES = 128
# The function, and its slope where it returned `a`.
ACTIVATIONS = {
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda a: a * (1 - a)),
}
# The largest weight that a layer of `a` inputs and `b` units may start with.
INITIALIZERS = {
    "glorot_uniform": lambda a, b: np.sqrt(6 / (a + b)),
    "he_uniform": lambda a, b: np.sqrt(6 / a),
}
LOOKS = {"with skips": ("#0072B2", "o-"), "without skips": ("#D55E00", "s--")}


def layer_gradients(model: keras.Model, x: Any, y: Any) -> list[float]:
    """How large the gradient of the kernel of each layer is, from the first layer to the last.

    Args:
        model: a model whose one output holds a score for each class, without `softmax`.
        x: images.
        y: the number of the class of each.
    """
    import keras
    import tensorflow as tf

    kernels = [weight.value for weight in model.trainable_weights if weight.name == "kernel"]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(y, model(x))
    return [float(tf.norm(gradient)) for gradient in tape.gradient(value, kernels)]


def gradient_picture(blocks: int, activation: str, initializer: str) -> Figure:
    """The gradient of each layer of one network, and of the first layer of all networks."""
    import matplotlib.pyplot as plt

    with plt.style.context("exercises_check.course"):
        figure, (each, first) = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
        for name, (colour, line) in LOOKS.items():
            skips = name == "with skips"
            rows = _all(blocks, skips, activation, initializer)
            each.plot(range(1, rows.shape[1] + 1), _middle(rows), line, color=colour, label=name)
            firsts = [_middle(_all(n, skips, activation, initializer))[0] for n in BLOCKS]
            first.plot(BLOCKS, firsts, line, color=colour, markersize=4)
        first.axvline(blocks, color="#595959", linewidth=1)
        title = "1 block" if blocks == 1 else f"{blocks} blocks"
        each.set(title=title, xlabel="layer", ylabel="gradient", yscale="log")
        first.set(title="First layer of each network", xlabel="blocks")
        first.xaxis.get_major_locator().set_params(integer=True)
        each.xaxis.get_major_locator().set_params(integer=True)
        figure.legend(loc="outside upper right", ncols=2)
    return figure


def gradient_text(blocks: int, activation: str, initializer: str) -> str:
    """The gradients of the first, the middle and the last layer, as text."""
    head = ngettext(
        "1 block, {layers} layers, {activation}, {initializer}:",
        "{count} blocks, {layers} layers, {activation}, {initializer}:",
        blocks,
    )
    settings = {"layers": 2 * blocks + 2, "activation": activation, "initializer": initializer}
    lines = [head.format(count=blocks, **settings)]
    for skips, name in ((True, _("with skips:")), (False, _("without skips:"))):
        row = _middle(_all(blocks, skips, activation, initializer))
        sizes = [f"{size:.2g}" for size in (row[0], row[len(row) // 2], row[-1])]
        told = _("first {first}, middle {middle}, last {last}")
        told = told.format(first=sizes[0], middle=sizes[1], last=sizes[2])
        lines.append(f"  {padded(name, 15)}{told}")
    return "\n".join(lines)


@functools.cache
def _all(blocks: int, skips: bool, activation: str, initializer: str) -> np.ndarray:
    """The gradient of each kernel, a row for each seed."""
    x, y = _digits()
    return np.array(
        [
            gradient_norms(start(blocks, initializer, seed), skips, activation, x, y)
            for seed in SEEDS
        ]
    )


def _middle(rows: np.ndarray) -> np.ndarray:
    """What is typical of several seeds: the mean of the logarithms."""
    return np.exp(np.log(rows).mean(axis=0))


@functools.cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    from exercises_check.datasets import load_digits

    (x, y), _test = load_digits((64,))
    return x[:IMAGES] / 255, y[:IMAGES]


def start(blocks: int, initializer: str, seed: int) -> list[np.ndarray]:
    """The kernels that a network starts with; its biases are zero."""
    random = np.random.default_rng(seed)
    *hidden, last = pairwise([64, *[UNITS] * (2 * blocks + 1), 10])
    limits = [(shape, INITIALIZERS[initializer](*shape)) for shape in hidden]
    limits.append((last, INITIALIZERS["glorot_uniform"](*last)))
    return [random.uniform(-limit, limit, shape) for shape, limit in limits]


def gradient_norms(
    kernels: Sequence[np.ndarray], skips: bool, activation: str, x: np.ndarray, y: np.ndarray
) -> list[float]:
    """The length of the loss's gradient by each kernel. With skips, what goes into a block is added
    to what comes out of it, before its last activation."""
    function, slope = ACTIVATIONS[activation]
    tensors = [x]
    for number, kernel in enumerate(kernels[:-1]):
        z = tensors[-1] @ kernel
        tensors.append(function(z + tensors[-2] if skips and _ends_block(number) else z))
    scores = tensors[-1] @ kernels[-1]
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)

    back = (shares - np.eye(10)[y]) / len(y)  # the gradient by the scores
    norms = [np.linalg.norm(tensors[-1].T @ back)]
    back, skipped = back @ kernels[-1].T, 0.0
    for number in reversed(range(len(kernels) - 1)):
        if _ends_block(number) or number == 0:  # where a block's input was read twice
            back, skipped = back + skipped, 0.0
        back = back * slope(tensors[number + 1])
        if skips and _ends_block(number):
            skipped = back
        norms.append(np.linalg.norm(tensors[number].T @ back))
        back = back @ kernels[number].T
    return [float(norm) for norm in reversed(norms)]


def _ends_block(number: int) -> bool:
    """Whether this layer is the second of a block; layer 0 stands before the first block."""
    return number > 0 and number % 2 == 0
