"""Points in a plane: kinds that differ stand apart, in rows that were not looked at before, too."""

import numpy as np

from exercises_check.widgets import in_two_dimensions


def kinds(seed, apart):
    """Three kinds of rows of 20 numbers: they differ in two of them, hidden under large others."""
    random = np.random.default_rng(seed)
    labels = np.repeat([2, 5, 7], 50)
    rows = random.normal(size=(150, 20)) * np.r_[1, 1, np.full(18, 10)]
    rows[:, :2] += apart * np.array([(0, 0), (6, 0), (0, 6)])[np.repeat([0, 1, 2], 50)]
    return rows, labels


def nearest_mean(points, labels):
    means = np.stack([points[labels == kind].mean(axis=0) for kind in np.unique(labels)])
    found = np.linalg.norm(points[:, None] - means, axis=-1).argmin(axis=1)
    return (np.unique(labels)[found] == labels).mean()


def test_kinds_that_differ_stand_apart_in_new_rows():
    (rows, labels), (others, new) = kinds(0, apart=1), kinds(1, apart=1)
    points = in_two_dimensions(rows, labels, others)
    assert points.shape == (150, 2)
    assert nearest_mean(points, new) > 0.9
    # The two directions in which the rows differ most show nothing of this.
    widest = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[2][:2]
    assert nearest_mean(others @ widest.T, new) < 0.6


def test_kinds_that_do_not_differ_lie_together():
    (rows, labels), (others, new) = kinds(0, apart=0), kinds(1, apart=0)
    assert nearest_mean(in_two_dimensions(rows, labels, others), new) < 0.6


def test_a_number_that_is_always_the_same_does_no_harm():
    rows, labels = kinds(0, apart=1)
    rows = np.column_stack([rows, np.ones(150)])
    assert np.isfinite(in_two_dimensions(rows, labels, rows)).all()
