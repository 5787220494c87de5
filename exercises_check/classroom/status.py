"""The ten things that can become of an exercise: their signs, and how each is said.

No two share a sign or a word, so that nothing is told by colour alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from exercises_check.language import N_


@dataclass(frozen=True)
class Status:
    """One of the ten.

    Attributes:
        name: as in the files.
        sign: a character, for a table.
        short: a word that fits below the sign.
        noun: after a number: "2 failed", "1 out of time".
        told: what is said of students, after how many: "2 of 30 ran out of time".
        judged: whether an answer was there and was compared with the reference.
        answered: whether there was anything to run.
    """

    name: str
    sign: str
    short: str
    noun: str
    told: str
    judged: bool = False
    answered: bool = True


# The order in which they are counted: what is well first, then what the learner can mend.
_ALL = (
    Status("passed", "✓", "passed", N_("passed"), "passed", judged=True),
    Status("failed", "✗", "failed", N_("failed"), "handed in an answer that differs", judged=True),
    Status("error", "!", "error", N_("ended with an error"), "handed in code that raises an error"),
    Status("timeout", "◷", "time", N_("out of time"), "ran out of time"),
    Status("memory", "▤", "memory", N_("out of memory"), "used up their memory"),
    Status("crashed", "☇", "crash", N_("crashed"), "made Python itself stop"),
    Status("refused", "⊘", "refused", N_("refused"), "handed in a file that can't be used"),
    Status("not_attempted", "○", "blank", N_("not attempted"), "left it as it was", answered=False),
    Status("missing", "–", "missing", N_("missing"), "did not hand it in", answered=False),
    Status("checker_error", "?", "checker", N_("not judged"), "could not be judged"),
)
STATUSES = {status.name: status for status in _ALL}


def status_of(name: str) -> Status:
    """The status of this name. One that no version of the course knows is the checker's fault."""
    return STATUSES.get(name, STATUSES["checker_error"])


def counted(names: Iterable[str]) -> dict[str, int]:
    """How often each status occurs, in the order of `STATUSES`, without those that do not."""
    counts = Counter(status_of(name).name for name in names)
    return {name: counts[name] for name in STATUSES if counts[name]}


def in_words(names: Iterable[str], say: Callable[[str], str] = str) -> str:
    """All of them in a few words, as `"12 passed, 2 failed"`; `"missing"` if all are alike.

    Args:
        names: of statuses.
        say: gives each word in the reader's language; English if left out.
    """
    counts = counted(names)
    if len(counts) == 1:
        return say(STATUSES[next(iter(counts))].noun)
    several = say(N_("{count} {what}"))
    told = [several.format(count=n, what=say(STATUSES[name].noun)) for name, n in counts.items()]
    return say(", ").join(told)
