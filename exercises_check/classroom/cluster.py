"""Runs submissions on an existing Dask cluster, one task for each.

A worker needs this package of the same version, and runs what a place on this machine would: the
judge and the gradebook stay here. A task whose worker dies is run again by another one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exercises_check.classroom.grade import Ran, Settings, prepared
from exercises_check.classroom.limits import Limits
from exercises_check.classroom.sandbox import sandbox
from exercises_check.classroom.slot import CannotStart, Outcome, Slot
from exercises_check.classroom.submission import CannotGrade, Submission
from exercises_check.classroom.version import version

WAIT = 30  # seconds for the cluster to answer
_here = threading.local()


def all_run(
    waiting: Sequence[Submission],
    chapters: Mapping[str, Mapping[str, float]],
    settings: Settings,
    stop: threading.Event,
) -> Iterator[Ran]:
    """Each submission as it ends, in no order.

    Raises:
        CannotGrade: the cluster does not answer, or its workers have another version.
    """
    from exercises_check.classroom import assess

    try:
        from distributed import Client, as_completed
    except ImportError:
        raise CannotGrade(
            "`--dask` needs the package `distributed`: install the course with its extra `cluster`."
        ) from None
    try:
        client = Client(settings.dask, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CannotGrade(f"No Dask cluster answers at `{settings.dask}`: {error}.") from None
    with client:
        _refuse_other_versions(client)
        futures = {}
        for submission in waiting:
            ran = prepared(submission)
            if ran.status:
                yield ran
                continue
            asked = assess.asked(chapters.get(submission.notebook, {}))
            arguments = (ran.cells, asked, settings.limits, settings.require_sandbox)
            futures[client.submit(run_one, *arguments, pure=False)] = ran
        for future in as_completed(list(futures), loop=client.loop):
            ran = futures.pop(future)
            if stop.is_set():
                break
            if future.status == "finished":
                yield Ran(ran.submission, ran.cells, future.result())
            else:
                text = f"The cluster did not run the submission: {future.exception()}"
                yield Ran(ran.submission, status="checker_error", message=text)
            future.release()
        client.cancel(list(futures))


def _refuse_other_versions(client: Any) -> None:
    workers = client.run(version)
    if not workers:
        raise CannotGrade("The Dask cluster has no workers; start at least one.")
    others = [address for address, found in workers.items() if found != version()]
    if others:
        raise CannotGrade(
            f"The course is of another version on {', '.join(sorted(others))}; install the same "
            "one there and here."
        )


def run_one(
    cells: Sequence[tuple[int, str]], asked: Any, limits: Limits, require_sandbox: bool
) -> Outcome:
    """Run a submission in a worker, at a place that the worker's thread keeps.

    Raises:
        CannotStart: there is no place to be had, or not in a sandbox.
    """
    own = sandbox()
    if require_sandbox and own.program is None:
        raise CannotStart(own.sentence)
    slot, made_for = getattr(_here, "slot", (None, None))
    if made_for != limits:
        if slot is not None:
            slot.stop()
        slot = Slot(own, limits)
        _here.slot = slot, limits
    return slot.run(cells, asked)
