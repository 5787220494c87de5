"""Counted words: the numbers of a text, without their order and without padding."""

import numpy as np

from exercises_check.datasets import VOCABULARY, encode_text, load_tickets, word_counts


def test_words_are_counted_and_their_order_is_lost():
    one, other = word_counts(encode_text(["not today, urgent", "urgent, not today"], 10))
    assert np.array_equal(one, other)
    assert one.sum() == 3
    assert one[VOCABULARY.index("today") - 1] == 1


def test_every_word_of_the_tickets_has_a_column():
    train, _ = load_tickets(samples=20)
    assert word_counts(train.body).shape == (20, 399)
    assert np.array_equal(word_counts(train.body).sum(axis=1), (train.body > 0).sum(axis=1))
    assert len(VOCABULARY) <= 400
