"""JupyterLab as `make lab` starts it, on a copy of the chapters that goes when the tests end."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import kernels

ROOT = Path(__file__).resolve().parent.parent
PROGRESS = "progress"  # the folder that keeps what is solved
WARM = "warm"
PATIENCE = 90  # seconds until the server answers


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token, and the folder with all that it writes."""

    address: str
    token: str
    scratch: Path

    @property
    def start(self) -> str:
        """The address that the server prints; `reset` closes what an earlier test left open."""
        return f"{self.address}lab?reset&token={self.token}"


def begin_anew(scratch: Path) -> Path:
    """Copies the chapters as the course has them, over what tests made of them; nothing solved."""
    shutil.rmtree(scratch / PROGRESS, ignore_errors=True)
    folder = scratch / "course"
    hidden = shutil.ignore_patterns(".*")
    shutil.copytree(ROOT / "chapters", folder / "chapters", ignore=hidden, dirs_exist_ok=True)
    return folder


def make_lab() -> list[str]:
    """The command that `make lab` runs last, as make itself tells it."""
    # Inside `make test-browser` an inner make would say which folder it enters.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(
        ["make", "--dry-run", "lab"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    program, *words = shlex.split(told.stdout.splitlines()[-1])
    assert Path(program).name == "jupyter", f"expected a command of jupyter, received {program}"
    return [str(Path(sys.executable).with_name("jupyter")), *words]


@contextmanager
def running(scratch: Path, log: Path) -> Iterator[Lab]:
    """Starts the server, without a browser, and ends it with all of its kernels.

    `scratch` takes what the server and its kernels write, `log` what they say.
    """
    folder = begin_anew(scratch)
    token = secrets.token_hex()
    options = ["--no-browser", "--ServerApp.port=0", f"--IdentityProvider.token={token}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container; Jupyter refuses otherwise
        options.append("--ServerApp.allow_root=True")
    runtime = scratch / "runtime"
    with kernels.environment() as variables, log.open("w") as stream:
        server = subprocess.Popen(
            [*make_lab(), *options],
            cwd=folder,
            env=variables | _own_folders(scratch, runtime),
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Lab(_address(server, runtime, log), token, scratch)
        finally:
            server.send_signal(signal.SIGTERM)  # it ends its kernels first
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
            # The process that kernels were forked from ends with the folder in which it listens.
            shutil.rmtree(scratch / WARM, ignore_errors=True)


def _own_folders(scratch: Path, runtime: Path) -> dict[str, str]:
    warm = scratch / WARM
    warm.mkdir(mode=0o700)
    return {
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": str(scratch / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
        "KERAS_COURSE_DATA": str(scratch / PROGRESS),
        "KERAS_COURSE_WARM_FOLDER": str(warm),
    }


def _address(server: subprocess.Popen, runtime: Path, log: Path) -> str:
    """What the server writes down about itself as soon as it listens."""
    note = runtime / f"jpserver-{server.pid}.json"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        if note.exists() and (text := note.read_text()):
            return json.loads(text)["url"]
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start. It said:\n{log.read_text()[-2000:]}")
