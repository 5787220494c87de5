"""CIFAR-10 and what stands in for it: colour images, always the same, and worth learning from."""

import sys
import types

import numpy as np
import pytest

from exercises_check.datasets import load_cifar10, load_digits

OWN = "Using the course's own digits in colour: 1,500 images to train on, 297 to test on.\n"


def pretend_keras(monkeypatch, load_data):
    datasets = types.ModuleType("keras.datasets")
    datasets.cifar10 = types.SimpleNamespace(load_data=load_data)
    monkeypatch.setitem(sys.modules, "keras", types.ModuleType("keras"))
    monkeypatch.setitem(sys.modules, "keras.datasets", datasets)


@pytest.fixture(scope="module")
def own():
    return load_cifar10()


def test_the_courses_own_digits_have_the_conventions_of_cifar10(own):
    (x_train, y_train), (x_test, y_test) = own
    assert (x_train.shape, y_train.shape) == ((1500, 32, 32, 3), (1500, 1))
    assert (x_test.shape, y_test.shape) == ((297, 32, 32, 3), (297, 1))
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}


def test_it_says_that_it_uses_the_courses_own(capsys):
    load_cifar10()
    assert capsys.readouterr() == (OWN, "")


def test_the_images_are_the_same_at_every_call_and_leave_the_random_state_alone(own):
    np.random.seed(1)
    expected = np.random.random_sample()
    np.random.seed(1)
    for first, second in zip(own, load_cifar10(), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert np.random.random_sample() == expected


def test_labels_and_order_are_those_of_the_digits(own):
    for (_, labels), (_, digits) in zip(own, load_digits(), strict=True):
        assert np.array_equal(labels[:, 0], digits)


def test_in_each_channel_the_ink_is_brighter_than_the_paper(own):
    (images, _), _ = own
    (digits, _), _ = load_digits()
    paper = images[:, 0, 0]
    assert paper.max() <= 110
    full = digits.reshape(len(digits), -1).max(axis=1) == 255  # some pixel holds the most ink
    assert (images.max(axis=(1, 2)) > paper).all()
    assert images[full].max(axis=(1, 2)).mean() > 180


def test_the_colours_differ_from_image_to_image_and_from_channel_to_channel(own):
    (images, _), _ = own
    paper = images[:, 0, 0].astype(int)
    assert len(np.unique(paper, axis=0)) > 1400
    assert np.abs(paper[:, 0] - paper[:, 1]).mean() > 20


def test_a_nearest_neighbour_reads_the_digits_once_the_colours_are_taken_off(own):
    def shape_alone(images):
        grey = images.astype(float).mean(axis=-1).reshape(len(images), -1)
        grey -= grey.min(axis=1, keepdims=True)
        return grey / grey.max(axis=1, keepdims=True)

    (x_train, y_train), (x_test, y_test) = own
    a, b = shape_alone(x_test), shape_alone(x_train)
    distance = (b**2).sum(axis=1) - 2 * a @ b.T
    assert (y_train[distance.argmin(axis=1)] == y_test).mean() > 0.95


def test_the_real_one_is_used_where_it_is_to_be_had(monkeypatch, capsys):
    real = tuple((np.zeros((n, 32, 32, 3), "uint8"), np.zeros((n, 1), "uint8")) for n in (500, 100))
    pretend_keras(monkeypatch, lambda: real)
    assert load_cifar10(real=True) is real
    out = "Using CIFAR-10: 500 images to train on, 100 to test on.\n"
    assert capsys.readouterr() == (out, "")


def test_offline_one_sentence_says_why_the_own_digits_are_used(monkeypatch, capsys):
    def load_data():
        raise Exception("URL fetch failure on https://somewhere: None -- Name not known")

    pretend_keras(monkeypatch, load_data)
    (x_train, _), _ = load_cifar10(real=True)
    assert x_train.shape == (1500, 32, 32, 3)
    assert capsys.readouterr() == (
        "CIFAR-10 cannot be had here (Name not known), so using the course's own digits in "
        "colour: 1,500 images to train on, 297 to test on.\n",
        "",
    )
