"""Rows of many numbers as points in a plane, seen from where their kinds stand apart."""

import numpy as np


def in_two_dimensions(rows, labels, others):
    """`others` as points (x, y), by the two directions that keep the kinds of `rows` apart.

    A direction is a weighted sum of all numbers of a row. These two make the distances between the
    kinds large and those within a kind small (linear discriminant analysis); they are found on
    `rows` alone, so `others` shows what holds for new rows, too.

    Args:
        rows: of shape (rows, numbers).
        labels: the kind of each.
        others: of shape (more rows, numbers).

    Returns:
        An array of shape (more rows, 2).
    """
    rows, others, labels = np.asarray(rows, float), np.asarray(others, float), np.asarray(labels)
    middle = rows.mean(axis=0)
    means = np.stack([rows[labels == kind].mean(axis=0) for kind in np.unique(labels)])
    within = rows - means[np.unique(labels, return_inverse=True)[1]]
    spread = within.T @ within / len(rows)
    # A tenth of the mean spread is added to each: few rows tell little of a spread near zero.
    spread += 0.1 * np.trace(spread) / len(spread) * np.eye(len(spread))
    sizes, axes = np.linalg.eigh(spread)
    even = axes / np.sqrt(sizes)  # in these axes every kind spreads by about 1
    directions = even @ np.linalg.svd((means - middle) @ even, full_matrices=False)[2][:2].T
    return (others - middle) @ directions
