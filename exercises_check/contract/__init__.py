"""A layer of a learner's own against the reference: what Keras, and who uses it, may rely on.

Both classes are made with the same settings, get the same weights and see the same random data.
What the reference itself does not do, such as survive being saved, is not asked for. The first
thing that differs ends the check, as what follows may depend on it.

The check has two halves. `probe` tries the learner's class where that may run, and knows nothing of
the reference. Its transcript is plain data, `to_json` writes it and `from_json` reads it, and
`transcript_difference` judges it beside the reference, wherever that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exercises_check.comparison import Difference
from exercises_check.contract.judging import transcript_difference, trials_of
from exercises_check.contract.probing import Probing, probe
from exercises_check.contract.sentences import SENTENCES
from exercises_check.contract.strict_json import from_json, to_json
from exercises_check.contract.transcript import BadTranscript
from exercises_check.contract.trial import Trial

__all__ = [
    "SENTENCES",
    "BadTranscript",
    "Probing",
    "Trial",
    "contract_difference",
    "from_json",
    "probe",
    "to_json",
    "transcript_difference",
    "trials_of",
]


def contract_difference(
    reference: type,
    answer: Any,
    calls: Sequence[tuple[Sequence[tuple], Mapping[str, Any]]],
    seed: int = 0,
) -> Difference | None:
    """What first stands between a learner's layer class and the reference's, or `None`.

    Args:
        reference: a subclass of `keras.Layer`.
        answer: what the learner handed over.
        calls: what both are tried on: `(shapes, settings)`, shapes without the batch.
        seed: what the data and the weights are drawn from.

    Raises:
        AnswerError: the learner's code raised.
    """
    trials = trials_of(reference, calls)
    return transcript_difference(reference, Probing(answer, trials, seed), trials, seed)
