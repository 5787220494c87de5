"""Digits in uneven light: always the same, and hard to tell by single pixels."""

import numpy as np
import pytest

from exercises_check.datasets import load_digits, load_lit_digits


@pytest.fixture(scope="module")
def lit():
    return load_lit_digits()


def test_they_have_the_shapes_and_labels_of_the_digits(lit):
    (x_train, y_train), (x_test, y_test) = lit
    assert (x_train.shape, x_test.shape) == ((1500, 8, 8, 1), (297, 8, 8, 1))
    assert x_train.dtype == x_test.dtype == np.uint8
    for labels, (_, digits) in zip((y_train, y_test), load_digits(), strict=True):
        assert np.array_equal(labels, digits)


def test_the_same_seed_gives_the_same_images_and_another_one_others(lit):
    for first, second in zip(lit, load_lit_digits(), strict=True):
        assert np.array_equal(first[0], second[0])
    assert not np.array_equal(lit[0][0], load_lit_digits(seed=1)[0][0])


def test_loading_leaves_the_random_state_alone():
    np.random.seed(1)
    expected = np.random.random_sample()
    np.random.seed(1)
    load_lit_digits()
    assert np.random.random_sample() == expected


def test_half_of_them_are_darker_than_their_paper(lit):
    (images, _), _ = lit
    (digits, _), _ = load_digits()
    ink = digits / 255 - (digits / 255).mean(axis=(1, 2), keepdims=True)
    darker = (ink * images[..., 0]).mean(axis=(1, 2)) < 0
    assert 0.45 < darker.mean() < 0.55


def test_hardly_a_pixel_is_cut_off(lit):
    (images, _), _ = lit
    assert ((images == 0) | (images == 255)).mean() < 0.01


def test_a_nearest_neighbour_is_right_less_often_than_on_the_plain_digits(lit):
    def score(parts):
        (x_train, y_train), (x_test, y_test) = parts
        a, b = (x.reshape(len(x), -1) / 255 for x in (x_test, x_train))
        distance = (b**2).sum(axis=1) - 2 * a @ b.T
        return (y_train[distance.argmin(axis=1)] == y_test).mean()

    assert score(load_digits()) > 0.95
    assert 0.4 < score(lit) < 0.9
