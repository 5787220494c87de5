"""The environment in which tests and the generator run notebooks: quiet, small and always alike."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
WARM = "keras-course-warm"


@contextmanager
def environment(warm: bool = False) -> Iterator[dict[str, str]]:
    """Gives the variables for a process that runs notebooks; what they write goes when it ends.

    With `warm`, kernels are forked from a process that has imported Keras, where that can be had.
    That process ends with the folder in which it listens.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        inherited = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
        profile = Path(scratch, "ipython", "profile_default")
        profile.mkdir(parents=True)
        # Tracebacks without colours, to be read in a log.
        profile.joinpath("ipython_kernel_config.py").write_text(
            "get_config().InteractiveShell.colors = 'nocolor'\n", encoding="utf-8"
        )
        search = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        yield inherited | {
            "PYTHONPATH": os.pathsep.join(search),
            # Notebooks run two at a time: each one stays on its own processor core.
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "-1",
            # What this person has set, solved or downloaded neither changes the outputs nor is
            # changed by them.
            "IPYTHONDIR": str(Path(scratch, "ipython")),
            "KERAS_HOME": str(Path(scratch, "keras")),
            "KERAS_COURSE_DATA": str(Path(scratch, "progress")),
            "KERAS_BACKEND": "tensorflow",
            # A notebook in another language says so in its first cell of code.
            "EXERCISES_CHECK_LANG": "en",
            "JUPYTER_PREFER_ENV_PATH": "1",
            "PYTHONUTF8": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            **(_warm(scratch) if warm else {}),
        }


def _warm(scratch: str) -> dict[str, str]:
    """Nothing where the course was installed before it had a provisioner."""
    known = entry_points(group="jupyter_client.kernel_provisioners", name=WARM)
    folder = Path(scratch, "warm")
    folder.mkdir(mode=0o700)
    return {
        "KERAS_COURSE_WARM_FOLDER": str(folder),
        **({"JUPYTER_DEFAULT_PROVISIONER_NAME": WARM} if known else {}),
    }
