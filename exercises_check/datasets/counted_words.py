"""Texts as rows of counted words."""

import numpy as np

WORDS = 400  # more than the tickets use


def word_counts(ids):
    """How often each word occurs in each text; the order of the words is lost.

    Args:
        ids: texts as `load_tickets` encodes them, whole numbers below 400 of shape (texts, words);
            0 stands for no word and is not counted.

    Returns:
        (texts, 399), whole numbers: column 0 counts the word with the id 1.
    """
    return np.array([np.bincount(row, minlength=WORDS) for row in ids])[:, 1:]
