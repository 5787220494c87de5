"""Tables to look something up in: small data on which a model needs attention."""

import numpy as np

NAMES, NUMBERS, ROWS = 8, 10, 6


def load_lookups(samples=3000, test_samples=500, seed=0):
    """A question, a table of six rows, and the number that the table has for the question.

    Each row of a table is a name (one of 8) and a number from 0 to 9, both one-hot; no name stands
    in a table twice. The question is one of its names.

    Args:
        samples, test_samples: how many to train and to test on.
        seed: another whole number gives other tables.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, with x a list of the questions (samples, 8) and the
        tables (samples, 6, 18), float32, and y the numbers (samples,), int32.
    """

    def load(part, count):
        # RandomState, because NumPy promises its numbers never change; its seed may be a pair.
        lots = np.random.RandomState((seed, part))
        names = lots.random_sample((count, NAMES)).argsort(axis=1)[:, :ROWS]
        numbers = lots.randint(0, NUMBERS, size=(count, ROWS))
        asked = np.arange(count), lots.randint(0, ROWS, size=count)
        tables = np.concatenate([np.eye(NAMES)[names], np.eye(NUMBERS)[numbers]], axis=-1)
        x = [np.eye(NAMES)[names[asked]].astype("float32"), tables.astype("float32")]
        return x, numbers[asked].astype("int32")

    return load(0, samples), load(1, test_samples)
