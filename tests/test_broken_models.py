"""The ten broken models of chapter 11: each goes wrong in the way that its exercise says."""

import keras
import numpy as np
import pytest

from exercises_check import broken_models, traps
from exercises_check.datasets import load_digits
from exercises_check.exercise import registry


@pytest.fixture(scope="module")
def thirty():
    (x, y), _ = load_digits(shape=(8, 8, 1))
    chosen = np.concatenate([np.flatnonzero(y == digit)[:3] for digit in range(10)])
    return x[chosen] / 255, y[chosen]


def test_each_model_has_a_fault_and_its_code_is_shown():
    faults = registry()["ten_faults"].reference
    assert list(faults) == list(broken_models.MODELS)
    assert len(set(faults.values())) == 10
    assert all(f"def {name}():" in broken_models.code() for name in faults)
    assert broken_models.code("b").startswith("def b():")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("b", "building it raises ValueError: Inputs have incompatible shapes"),
        ("f", "fit raises ValueError: Arguments `target` and `output`"),
        ("h", "building it raises ValueError: Output with path"),
    ],
)
def test_three_raise(name, words, thirty):
    assert words in broken_models.outcome(name, *thirty)


@pytest.mark.parametrize(("name", "kinds"), [("d", ["logits"]), ("j", ["dropout"]), ("a", [])])
def test_traps_sees_two_of_the_silent_ones(name, kinds):
    assert [trap.kind for trap in traps(broken_models.MODELS[name]())] == kinds


def test_averages_that_have_hardly_moved_spoil_predict_only(thirty):
    words = broken_models.outcome("c", *thirty).split()
    as_in_fit, as_in_predict = float(words[words.index("fit,") - 3]), float(words[-4])
    assert as_in_fit > 0.9
    assert as_in_predict < 0.5


def test_the_first_tanh_is_saturated_though_the_model_learns(thirty):
    keras.utils.set_random_seed(0)
    model = broken_models.MODELS["g"]()
    first = keras.Model(model.inputs[0], model.layers[3].output)(thirty[0])
    assert np.mean(np.abs(first) > 0.99) > 0.9


def test_the_zeros_let_no_gradient_through(thirty):
    import tensorflow as tf

    model, (x, y) = broken_models.MODELS["e"](), thirty
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=True))
    kernel = model.layers[1].kernel
    assert float(tf.norm(tape.gradient(loss, kernel.value))) == 0
