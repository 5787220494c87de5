"""The pulls of two losses: what the widget draws and says follows from the model's gradients."""

import keras
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers

from exercises_check.widgets import (
    loss_weight_picture,
    loss_weight_text,
    shared_gradients,
    show_loss_weight,
)

numbers = np.random.default_rng(0)
X = numbers.normal(size=(32, 4)).astype("float32")
Y = {"kind": numbers.integers(3, size=32), "value": numbers.normal(size=(32, 1)).astype("float32")}


@pytest.fixture(autouse=True)
def no_window():
    matplotlib.use("agg")
    yield
    plt.close("all")


def two_heads(weight=1.0):
    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,))
    shared = layers.Dense(5, activation="tanh", name="shared")(inputs)
    kind = layers.Dense(3, activation="softmax", name="kind")(shared)
    value = layers.Dense(1, name="value")(layers.Dense(2)(shared))
    model = keras.Model(inputs, [kind, value])
    loss = {"kind": "sparse_categorical_crossentropy", "value": "mse"}
    model.compile(keras.optimizers.SGD(1.0), loss, loss_weights={"kind": 1.0, "value": weight})
    return model


@pytest.mark.parametrize("weight", [0.1, 1.0, 30.0])
def test_a_step_of_training_is_the_sum_of_the_pulls_each_times_its_weight(weight):
    model = two_heads(weight)
    pulls = shared_gradients(model, X, Y)
    before = model.get_layer("shared").get_weights()
    model.fit(X, Y, batch_size=32, verbose=0)
    step = [b - a for a, b in zip(before, model.get_layer("shared").get_weights(), strict=True)]
    step = np.concatenate([np.ravel(part) for part in step])
    np.testing.assert_allclose(step, pulls["kind"] + weight * pulls["value"], atol=1e-4)


PULLS = {"kind": np.array([3.0, 0, 0, 0]), "value": np.array([0.0, 0, 0.4, 0])}


def test_the_text_has_the_shares_and_the_angles():
    assert loss_weight_text(PULLS, 10).splitlines() == [
        "       weight   share of the pull   angle to the sum",
        "kind        1                43 %               53°",
        "value      10                57 %               37°",
    ]


@pytest.mark.parametrize("weight", [0.01, 7.5, 1000])
def test_lengths_and_angles_of_the_arrows_are_those_of_the_pulls(weight):
    pulls = {"kind": numbers.normal(size=9), "value": numbers.normal(size=9)}
    wanted = [pulls["kind"], weight * pulls["value"]]
    wanted.append(wanted[0] + wanted[1])
    axis = loss_weight_picture(pulls, weight).axes[0]
    drawn = {c.get_label(): (c.U[0], c.V[0]) for c in axis.collections}
    assert list(drawn)[1:] == ["kind", f"{weight:g} × value"]
    arrows = np.array([*list(drawn.values())[1:], next(iter(drawn.values()))])
    longest = max(np.linalg.norm(each) for each in wanted)
    np.testing.assert_allclose(
        arrows @ arrows.T, np.array(wanted) @ np.array(wanted).T / longest**2
    )
    assert np.linalg.norm(arrows, axis=1).max() == pytest.approx(1)


def test_a_weight_of_zero_leaves_the_first_pull_alone():
    assert "100 %" in loss_weight_text(PULLS, 0).splitlines()[1]
    assert "0°" in loss_weight_text(PULLS, 0).splitlines()[1]


def test_the_slider_shows_the_text_and_the_picture(capsys, monkeypatch):
    shown = []
    monkeypatch.setattr("exercises_check.figures.show", lambda figure, alt: shown.append(alt))
    show_loss_weight(PULLS, 10)
    assert capsys.readouterr().out.rstrip() == loss_weight_text(PULLS, 10) == shown[0]
