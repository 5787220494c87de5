"""Plain words under an error that Keras raises: what happened, where, and what to try.

    install()        in a notebook, an explanation appears under Keras' own traceback
    explain(error)   the explanation of one error, `None` if there is none

Importing this imports neither Keras nor IPython.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from exercises_check.explain.explanation import Explanation
from exercises_check.explain.notebook import install, uninstall

__all__ = ["Explanation", "explain", "install", "uninstall"]


def explain(error: BaseException, namespace: Mapping[str, Any] | None = None) -> Explanation | None:
    """Say in plain words what a Keras error means.

    Args:
        error: what was raised, with its traceback.
        namespace: the variables whose names the explanation may use, besides those of the
            functions that the error passed through. Left out, those of the learner's module.

    Returns:
        An `Explanation`, or `None` where the error is not one of the known mistakes with Keras.
        It never raises.
    """
    if "keras" not in sys.modules:
        return None
    try:
        from exercises_check.explain.catalogue import explanation_of

        return explanation_of(error, namespace)
    except Exception:
        # Under a traceback, silence is better than a second error about something else.
        return None
