"""An edit: a difference between two paired models as steps, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MISSING = 2.0  # what a missing or an extra step costs a pairing, where an edit of a step costs 1


@dataclass(frozen=True)
class Edit:
    """One difference as steps: `left` of the learner's model, `right` of the reference.

    `place` orders edits: what is nearer to the inputs is the likelier cause. `weight` is what the
    edit costs a pairing. `data` is what its sentence needs.
    """

    kind: str
    what: str
    left: int | None = None
    right: int | None = None
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    place: float = 0.0
    weight: float = 1.0
