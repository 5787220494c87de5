"""The tables of chapter 10: each question has one answer, in its own table."""

import numpy as np

from exercises_check.datasets import load_lookups


def test_a_table_has_the_name_asked_for_once_and_beside_it_the_number():
    (x, y), _ = load_lookups(200, 10)
    questions, tables = x
    assert (questions.shape, tables.shape, y.shape) == ((200, 8), (200, 6, 18), (200,))
    names, numbers = tables[..., :8].argmax(-1), tables[..., 8:].argmax(-1)
    asked = questions.argmax(-1)[:, None] == names
    assert (asked.sum(axis=1) == 1).all()
    np.testing.assert_array_equal(numbers[asked], y)
    assert all(len(set(row)) == 6 for row in names)


def test_the_same_seed_gives_the_same_tables_and_more_of_them_begin_alike():
    few, many = load_lookups(20, 10), load_lookups(20, 10)
    np.testing.assert_array_equal(few[0][0][1], many[0][0][1])
    assert not np.array_equal(load_lookups(20, 10, seed=1)[0][1], few[0][1])


def test_the_place_of_the_answer_and_the_answer_are_evenly_spread():
    (_, y), _ = load_lookups(5000, 10)
    assert np.bincount(y, minlength=10).min() > 350
