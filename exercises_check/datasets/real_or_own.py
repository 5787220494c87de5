"""A data set that texts name where it can be had, and the course's own data where it cannot."""

import importlib
import queue
import textwrap
import threading


def real_or_own(title, own, *, real, patience, words="the course's own digits"):
    """The data called `title`, or what `own()` returns; prints which of them.

    Args:
        title: the name of the data set in texts, such as "MNIST" or "CIFAR-10". In
            `keras.datasets` it is written small and without the hyphen.
        own: a function that returns the course's own data in the same layout.
        real: False for the course's own data, True for the real one where it can be had.
        patience: seconds to wait for the real data.
        words: what the course's own data is called.

    Returns:
        `(x_train, y_train), (x_test, y_test)`
    """
    data, problem = _from_keras(title, patience) if real else (None, None)
    start = f"Using {title}" if data else f"Using {words}"
    if problem:
        start = f"{title} cannot be had here ({problem}), so using {words}"
    data = data or own()
    (x_train, _), (x_test, _) = data
    print(f"{start}: {len(x_train):,} images to train on, {len(x_test):,} to test on.")
    return data


def _from_keras(title, patience):
    # Slow to import, and nothing else here needs Keras.
    source = getattr(importlib.import_module("keras.datasets"), title.lower().replace("-", ""))
    return fetched(source.load_data, patience)


def fetched(load, patience):
    """`(load(), None)`, or `(None, reason)` when it is not here within `patience` seconds."""
    answer = queue.SimpleQueue()

    def fetch():
        try:
            answer.put((load(), None))
        except Exception as problem:  # no network, no room, a damaged file: none of them ours
            # Keras writes "URL fetch failure on https://...: None -- [the reason]".
            reason = str(problem).rpartition(" -- ")[2] or repr(problem)
            answer.put((None, textwrap.shorten(reason, 100)))

    # A network that swallows packets, or a name server that does not answer, would keep Keras
    # waiting for minutes. A thread can be left waiting; as a daemon it does not outlive Python.
    threading.Thread(target=fetch, daemon=True).start()
    try:
        return answer.get(timeout=patience)
    except queue.Empty:
        return None, f"nothing arrived within {patience} seconds"
