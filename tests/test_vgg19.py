"""VGG19: with the weights of ImageNet where they can be had, and with random ones offline."""

import keras
import numpy as np
import pytest

from exercises_check.datasets import load_vgg19, vgg19

RANDOM = "VGG19 with random weights: 22 layers, 20,024,384 parameters.\n"


class Applications:
    """In place of `keras.applications`, which would download; it keeps what it is asked for."""

    def __init__(self, problem=None):
        self.problem, self.asked = problem, []

    def VGG19(self, weights, include_top, input_shape):  # noqa: N802: Keras' name
        self.asked.append((weights, include_top, input_shape))
        if weights and self.problem:
            raise self.problem
        inputs = keras.Input(input_shape)
        return keras.Model(inputs, keras.layers.Conv2D(4, 3)(inputs), name="vgg19")


@pytest.fixture
def applications(monkeypatch):
    def put(problem=None):
        stand_in = Applications(problem)
        monkeypatch.setattr(keras, "applications", stand_in)
        return stand_in

    return put


def test_it_has_random_weights_and_the_layers_of_vgg19(capsys):
    model = load_vgg19()
    assert capsys.readouterr().out == RANDOM
    kinds = [type(layer).__name__ for layer in model.layers]
    assert [kinds.count(kind) for kind in ("InputLayer", "Conv2D", "MaxPooling2D")] == [1, 16, 5]
    assert model.output_shape == (None, 1, 1, 512)
    assert model.name == "vgg19"


def test_nothing_is_fetched_unless_it_is_asked_for(applications):
    stand_in = applications()
    load_vgg19()
    assert stand_in.asked == [(None, False, (32, 32, 3))]


def test_the_weights_of_imagenet_are_used_where_they_are_to_be_had(applications, capsys):
    stand_in = applications()
    model = load_vgg19(real=True, shape=(64, 48, 3))
    assert stand_in.asked == [("imagenet", False, (64, 48, 3))]
    assert capsys.readouterr().out.startswith("VGG19 with the weights of ImageNet: ")
    # Made in another thread, it works in this one: it can be called, cut, and put into a model.
    inputs = keras.Input((64, 48, 3))
    outer = keras.Model(inputs, model(inputs))
    assert outer.predict(np.zeros((1, 64, 48, 3)), verbose=0).shape == (1, 62, 46, 4)
    assert keras.Model(model.input, model.layers[-1].output).count_params() == 112


def test_offline_one_sentence_says_why_the_weights_are_random(applications, capsys):
    problem = Exception("URL fetch failure on https://somewhere: None -- Name not known")
    stand_in = applications(problem)
    load_vgg19(real=True)
    assert [weights for weights, _, _ in stand_in.asked] == ["imagenet", None]
    assert capsys.readouterr().out.startswith(
        "The weights of ImageNet cannot be had here (Name not known), so VGG19 with random weights:"
    )


def test_a_network_that_never_answers_is_not_waited_for(monkeypatch, applications, capsys):
    applications()
    monkeypatch.setattr(vgg19, "fetched", lambda load, patience: (None, f"{patience} seconds"))
    load_vgg19(real=True, patience=3)
    assert "cannot be had here (3 seconds)" in capsys.readouterr().out
