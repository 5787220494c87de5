"""Digits placed on a canvas: each box is the smallest around its digit, and always the same."""

import numpy as np
import pytest

from exercises_check.datasets import load_digits, load_placed_digits
from exercises_check.datasets.placed_digits import INK, SIDE, overlap


@pytest.fixture(scope="module")
def placed():
    return load_placed_digits()


def test_the_shapes_are_the_promised_ones(placed):
    for (x, y), pictures in zip(placed, (3000, 297), strict=True):
        assert (x.shape, x.dtype) == ((pictures, 20, 20, 1), np.dtype("uint8"))
        assert y["class_label"].shape == (pictures,)
        assert (y["bounding_box"].shape, y["bounding_box"].dtype) == (
            (pictures, 4),
            np.dtype("float32"),
        )


def test_the_box_is_the_smallest_with_all_the_ink(placed):
    for x, y in placed:
        for picture, box in zip(x[..., 0], y["bounding_box"], strict=True):
            left, top, width, height = np.rint(box * SIDE).astype(int)
            inside = picture[top : top + height, left : left + width] >= INK
            assert inside.sum() == (picture >= INK).sum()
            edges = (inside[0], inside[-1], inside[:, 0], inside[:, -1])
            assert all(edge.any() for edge in edges)


def test_sizes_and_places_vary(placed):
    boxes = placed[0][1]["bounding_box"]
    assert boxes[:, :2].min() == 0
    assert (boxes[:, :2] + boxes[:, 2:]).max() == 1
    assert len(np.unique(boxes[:, 3])) >= 5


def test_the_labels_are_those_of_the_images_and_copies_lie_elsewhere(placed):
    (_, y), (_, y_test) = placed
    (_, labels), (_, test_labels) = load_digits()
    assert np.array_equal(y["class_label"], np.tile(labels, 2))
    assert np.array_equal(y_test["class_label"], test_labels)
    first, second = np.split(y["bounding_box"], 2)
    assert (first != second).any(axis=1).mean() > 0.95


def test_the_same_arguments_give_the_same_pictures_and_another_seed_gives_others(placed):
    (again, _), _ = load_placed_digits()
    (others, _), _ = load_placed_digits(seed=1)
    assert np.array_equal(placed[0][0], again)
    assert not np.array_equal(again, others)


def test_less_than_one_copy_is_refused():
    with pytest.raises(ValueError, match="expected copies >= 1"):
        load_placed_digits(0)


@pytest.mark.parametrize(
    ("box", "other", "share"),
    [
        ((0, 0, 1, 1), (0, 0, 1, 1), 1),
        ((0, 0, 0.5, 1), (0.5, 0, 0.5, 1), 0),
        ((0, 0, 0.5, 1), (0, 0, 1, 1), 0.5),
        ((0, 0, 0.5, 0.5), (0.25, 0, 0.5, 0.5), 1 / 3),
        ((0, 0, 1, 1), (0.2, 0.2, -0.1, -0.1), 0),
    ],
)
def test_the_overlap_of_two_boxes(box, other, share):
    assert overlap([box], [other])[0] == pytest.approx(share)
