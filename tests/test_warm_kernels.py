"""A warm kernel is a plain kernel in all but that Keras is imported already."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import kernels
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from exercises_check.warm import provisioner
from tools import install

if provisioner.unsupported():
    pytest.skip(f"warm kernel: {provisioner.unsupported()}", allow_module_level=True)

from exercises_check.warm import client, key

PATIENCE = 120  # seconds for what takes a moment on a machine with nothing else to do


@dataclass
class Ran:
    """What came of a cell."""

    status: str = ""
    stdout: str = ""
    stderr: str = ""
    error: str = ""
    data: dict = field(default_factory=dict)

    @property
    def value(self):
        """What the cell printed as JSON."""
        return json.loads(self.stdout)


class Kernel:
    """A kernel started from the specification that the set-up installs."""

    def __init__(self, environment, folder, provisioned=True, wait=True):
        self.environment, self.folder = environment, str(folder)
        with tempfile.TemporaryDirectory() as specs:
            spec = install.warm_kernel(Path(sys.prefix))
            if not provisioned:
                del spec["metadata"]["kernel_provisioner"]
            Path(specs, install.WARM).mkdir()
            Path(specs, install.WARM, "kernel.json").write_text(json.dumps(spec))
            manager = KernelSpecManager()
            manager.kernel_dirs = [specs]
            self.manager = KernelManager(kernel_name=install.WARM, kernel_spec_manager=manager)
            self.manager.kernel_spec  # read while it is there  # noqa: B018
        self.manager.start_kernel(env=dict(environment), cwd=self.folder, stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        if wait:
            self.client.wait_for_ready(timeout=PATIENCE)

    @property
    def process(self):
        return self.manager.provisioner.process

    @property
    def is_warm(self):
        return isinstance(getattr(self.process, "kernel", None), client.ForkedKernel)

    def run(self, code, **options):
        ran = Ran()

        def take(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                setattr(ran, content["name"], getattr(ran, content["name"]) + content["text"])
            elif message["msg_type"] == "error":
                ran.error = f"{content['ename']}: {content['evalue']}"
            elif "data" in content:
                ran.data |= content["data"]

        reply = self.client.execute_interactive(
            code, output_hook=take, timeout=PATIENCE, **{"allow_stdin": False, **options}
        )
        ran.status = reply["content"]["status"]
        return ran

    def warm_process(self):
        return self.run("import os; print(os.getppid())").value

    def stop(self):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.context.destroy()


@contextmanager
def started(environment, folder, **options):
    kernel = Kernel(environment, folder, **options)
    try:
        yield kernel
    finally:
        kernel.stop()


@pytest.fixture(scope="module")
def environment():
    """Variables with which all kernels here come from one warm process, until the module ends."""
    with kernels.environment(warm=True) as variables:
        # Where it finds this variable, ipykernel leaves descriptors 1 and 2 alone.
        yield {n: value for n, value in variables.items() if n != "PYTEST_CURRENT_TEST"}


@pytest.fixture(scope="module")
def light(tmp_path_factory):
    """Variables with which TensorFlow and Keras are something that is imported at once."""
    folder = tmp_path_factory.mktemp("light")
    folder.joinpath("tensorflow.py").touch()
    folder.joinpath("keras.py").write_text("class config:\n    backend = lambda: 'tensorflow'\n")
    folder.joinpath("jedi.py").touch()
    return {"PYTHONPATH": str(folder)}


@pytest.fixture(scope="module")
def shared(environment, tmp_path_factory):
    """A warm kernel that several tests look at."""
    with started(environment, tmp_path_factory.mktemp("notebooks")) as kernel:
        assert kernel.is_warm
        yield kernel


@pytest.fixture
def start(environment, tmp_path):
    """Starts kernels that are stopped when the test ends."""
    running = []

    def start(folder=tmp_path, provisioned=True, wait=True, **variables):
        running.append(Kernel({**environment, **variables}, folder, provisioned, wait))
        return running[-1]

    yield start
    for kernel in running:
        kernel.stop()


def exists(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def wait_until(happened, seconds=30):
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


# A kernel like any other


def test_keras_is_imported_before_the_first_cell(start):
    ran = start().run("import sys; print([int(n in sys.modules) for n in ('tensorflow', 'keras')])")
    assert ran.value == [1, 1]


def test_the_course_is_not_imported_before_the_first_cell(start):
    code = "import sys; print(sum(name.startswith('exercises_check') for name in sys.modules))"
    assert start().run(code).value == 0


def test_the_names_of_the_warm_process_are_free_for_modules_of_the_learner(start, tmp_path):
    for name in ("kernel", "fork", "preload", "freshness"):
        tmp_path.joinpath(f"{name}.py").write_text("MINE = 1\n")
    ran = start().run(
        "import kernel, fork, preload, freshness\n"
        "print(kernel.MINE + fork.MINE + preload.MINE + freshness.MINE)"
    )
    assert ran.value == 4


PROBE = """
import exercises_check, keras, matplotlib.pyplot, ipywidgets, comm
import json, logging, multiprocessing, os, resource, signal, sys, threading, warnings
def told(handler):
    stream = getattr(handler, "stream", None)
    return [type(handler).__name__, type(stream).__name__, handler.level]
state = {
    "variables": dict(os.environ), "folder": os.getcwd(), "mask": os.umask(0o22),
    "search": sys.path, "flags": str(sys.flags), "programs": [sys.executable, sys.prefix],
    "arguments": [a for a in sys.argv if "json" not in a],
    "whole": [a for a in sys.orig_argv if "json" not in a],
    "finders": [str(f).split(" at ")[0] for f in sys.meta_path],
    "signals": {int(s): str(signal.getsignal(s)).split(" at ")[0] for s in signal.valid_signals()},
    "handlers": {
        name: [logger.level, *map(told, logger.handlers)]
        for name, logger in logging.root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger) and (logger.handlers or logger.level)
    },
    "warnings": sorted(map(str, warnings.filters)),
    "threads": sorted(thread.name for thread in threading.enumerate()),
    "limits": [resource.getrlimit(n) for n in range(8)], "niceness": os.nice(0),
    "leads": os.getsid(0) == os.getpid() == os.getpgrp(),
    "figures": [matplotlib.get_backend(), dict(map(str, i) for i in matplotlib.rcParams.items())],
    "channels": sorted(comm.get_comm_manager().targets),
    "streams": [str(type(s)) for s in (sys.stdin, sys.stdout, sys.stderr, sys.__stdout__)],
    "prompts": [sys.ps1, sys.ps2], "start": multiprocessing.process.ORIGINAL_DIR,
    "parent": get_ipython().kernel.parent.parent_handle, "names": sorted(globals()),
    "events": {
        name: [getattr(f, "__qualname__", "") for f in functions]
        for name, functions in get_ipython().events.callbacks.items()
    },
}
print(json.dumps(state, default=str))
"""


def test_it_says_the_same_of_itself_as_a_plain_one(start):
    warm, plain = start(), start(provisioned=False)
    assert (warm.is_warm, plain.is_warm) == (True, False)
    seen, expected = warm.run(PROBE), plain.run(PROBE)
    assert seen.stderr == expected.stderr == ""
    # A plain kernel ignores what its parent does: HUP under `nohup`, QUIT in the background.
    for number in (signal.SIGHUP, signal.SIGQUIT):
        seen.value["signals"].pop(str(int(number)))
        expected.value["signals"].pop(str(int(number)))
    for what, value in expected.value.items():
        assert seen.value[what] == value, what


def test_keras_prints_no_log_lines_at_its_first_operation(shared):
    code = "import exercises_check, keras; x = keras.ops.matmul(keras.ops.ones((2, 2)), 1.0)"
    ran = shared.run(code.replace("1.0", "keras.ops.ones((2, 2))"))
    assert (ran.status, ran.stdout, ran.stderr) == ("ok", "", "")


def test_a_model_is_trained(shared):
    ran = shared.run(
        "import keras, numpy as np\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "model.compile(loss='mse')\n"
        "history = model.fit(np.ones((8, 2)), np.ones(8), epochs=2, verbose=0)\n"
        "print(len(history.history['loss']))"
    )
    assert (ran.value, ran.error) == (2, "")


def test_two_kernels_share_no_state_and_no_random_numbers(start):
    one, other = start(), start()
    assert one.warm_process() == other.warm_process()
    one.run("import keras; mine = 1; keras.mine = 1; keras.config.set_floatx('float64')")
    told = (
        "print([int('mine' in globals()), int(hasattr(keras, 'mine')),\n"
        "       len(keras.config.floatx())])"
    )
    assert other.run(f"import keras\n{told}").value == [0, 0, len("float32")]
    draw = (
        "import keras, numpy, random, tensorflow, uuid\n"
        "print([random.random(), numpy.random.rand(), numpy.random.default_rng().random(),\n"
        "       float(keras.random.uniform(())), float(tensorflow.random.uniform(())),\n"
        "       uuid.uuid4().int])"
    )
    for here, there in zip(one.run(draw).value, other.run(draw).value, strict=True):
        assert here != there


def test_variables_and_folder_are_those_that_were_asked_for(start, tmp_path):
    folder = tmp_path / "a folder"
    folder.mkdir()
    kernel = start(folder, JPY_SESSION_NAME="my notebook", PYTEST_OWN="é")
    assert kernel.is_warm
    code = "import os; print(repr([os.getcwd(), os.environ['JPY_SESSION_NAME']]))"
    assert kernel.run(code).stdout == f"{[str(folder), 'my notebook']!r}\n"
    code = "import subprocess; print(subprocess.check_output(['printenv', 'PYTEST_OWN']).decode())"
    assert kernel.run(code).stdout.strip() == "é"


def test_variables_that_are_read_when_keras_is_imported_are_obeyed(start):
    kernel = start(KERAS_MAX_EPOCHS="1")
    assert kernel.is_warm
    ran = kernel.run(
        "import keras, numpy as np\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "model.compile(loss='mse')\n"
        "h = model.fit(np.ones((8, 2)), np.ones(8), epochs=3, verbose=0)\n"
        "print(len(h.history['loss']))"
    )
    assert ran.value == 1


# What a notebook does


def test_an_interrupt_ends_the_cell_and_not_the_kernel(shared):
    interrupted(shared, "import time\nkept = 5\nprint('on', flush=True)\ntime.sleep(99)")
    assert shared.run("print(kept)").value == 5


def test_an_interrupt_reaches_what_the_cell_has_started(shared):
    code = "import subprocess; child = subprocess.Popen(['sleep', '99']); print('on', flush=True)"
    interrupted(shared, f"{code}; child.wait()")
    number = shared.run("print(child.pid)").value
    wait_until(lambda: not exists(number))


def interrupted(kernel, code):
    """Run a cell that prints, and interrupt it then."""
    message = kernel.client.execute(code, stop_on_error=False)
    while kernel.client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
        pass
    kernel.manager.interrupt_kernel()
    while True:
        reply = kernel.client.get_shell_msg(timeout=PATIENCE)
        if reply["parent_header"].get("msg_id") == message:
            break
    assert reply["content"]["ename"] == "KeyboardInterrupt"


def test_a_restart_gives_a_new_warm_kernel_at_the_same_address(start):
    kernel = start()
    before = kernel.process.pid
    kernel.run("mine = 1")
    for now in (False, True):
        kernel.manager.restart_kernel(now=now)
        kernel.client.wait_for_ready(timeout=PATIENCE)
        assert kernel.is_warm
        assert not exists(before)
        before = kernel.process.pid
        assert kernel.run("mine").error.startswith("NameError")


@pytest.mark.parametrize("now", [False, True], ids=["asked to", "killed"])
def test_shutdown_leaves_no_process(start, now):
    kernel = start()
    number = kernel.process.pid
    kernel.manager.shutdown_kernel(now=now)
    assert not exists(number)
    assert not kernel.manager.has_kernel


def test_what_is_registered_for_the_end_is_done_at_shutdown(start, tmp_path):
    kernel = start()
    kernel.run("import atexit, pathlib; atexit.register(pathlib.Path('ended').touch)")
    kernel.manager.shutdown_kernel()
    assert tmp_path.joinpath("ended").exists()


@pytest.mark.parametrize(
    ("code", "status"),
    [("import os; os._exit(7)", 7), ("import os; os.kill(os.getpid(), 9)", -9)],
    ids=["exit", "signal"],
)
def test_a_kernel_that_dies_says_how(start, code, status):
    kernel = start()
    kernel.client.execute(code)
    wait_until(lambda: kernel.process.poll() is not None)
    assert kernel.process.wait(1) == status
    assert not kernel.manager.is_alive()


def test_it_ends_with_the_process_that_asked_for_it(start, environment, tmp_path):
    start()  # keeps the warm process busy
    code = (
        "import sys; sys.path[:0] = ['tests', 'tools', '.']\n"
        "import os, test_warm_kernels as t\n"
        f"kernel = t.Kernel(dict(os.environ), {str(tmp_path)!r})\n"
        "print(kernel.process.pid, kernel.is_warm, flush=True)\n"
        "os._exit(0)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=kernels.ROOT, env=environment, stdout=subprocess.PIPE,
        text=True, timeout=PATIENCE, check=True,
    ).stdout.split()  # fmt: skip
    assert told[1] == "True"
    wait_until(lambda: not exists(int(told[0])))


def test_what_python_and_what_c_write_arrives(shared):
    ran = shared.run(
        "import ctypes, os, subprocess, sys\n"
        "print('py out'); print('py err', file=sys.stderr)\n"
        "os.write(1, b'fd out\\n'); os.write(2, b'fd err\\n')\n"
        "libc = ctypes.CDLL(None); libc.puts(b'c out'); libc.fflush(None)\n"
        "status = subprocess.call(['sh', '-c', 'echo child out; echo child err >&2'])\n"
        "import time; time.sleep(1)"
    )
    assert {"py out", "fd out", "c out", "child out"} <= set(ran.stdout.splitlines())
    assert {"py err", "fd err", "child err"} <= set(ran.stderr.splitlines())


def test_what_tensorflow_logs_arrives_in_the_cell(shared):
    ran = shared.run("import tensorflow; tensorflow.get_logger().warning('mind this')")
    assert "mind this" in ran.stdout + ran.stderr


def test_a_question_to_a_notebook_that_takes_none_is_refused(shared):
    assert shared.run("input()").error.startswith("StdinNotImplementedError")


def test_a_question_is_asked_and_answered(shared):
    asked = []

    def answer(message):
        asked.append(message["content"]["prompt"])
        shared.client.input("blue")

    ran = shared.run("print(input('Colour? '))", allow_stdin=True, stdin_hook=answer)
    assert (asked, ran.stdout) == (["Colour? "], "blue\n")


@pytest.mark.parametrize("magic", ["", "%matplotlib inline\n"], ids=["as it is", "inline"])
def test_a_figure_comes_as_a_picture(start, magic):
    ran = start().run(f"{magic}import matplotlib.pyplot as plt\nplt.plot([1, 2]);")
    assert ran.data["image/png"].startswith("iVBOR")
    assert ran.error == ""


def test_a_widget_opens_its_channel_and_takes_what_the_browser_sends(shared):
    messages = []
    message = shared.client.execute(
        "import ipywidgets\nslider = ipywidgets.IntSlider(3)\n"
        "slider.observe(lambda change: print('now', change.new), 'value')\nslider"
    )
    while True:
        got = shared.client.get_iopub_msg(timeout=PATIENCE)
        if got["parent_header"].get("msg_id") == message:
            messages.append(got)
            if got["content"].get("execution_state") == "idle":
                break
    opened = [m["content"] for m in messages if m["msg_type"] == "comm_open"]
    slider = next(c for c in opened if c["data"]["state"]["_model_name"] == "IntSliderModel")
    moved = {"method": "update", "state": {"value": 8}, "buffer_paths": []}
    request = shared.client.session.msg("comm_msg", {"comm_id": slider["comm_id"], "data": moved})
    shared.client.shell_channel.send(request)
    assert shared.run("print(slider.value)").value == 8


def test_the_browser_can_ask_for_the_widgets_there_are(shared):
    shared.run("import ipywidgets; kept = ipywidgets.IntSlider(4)")
    opening = shared.client.session.msg(
        "comm_open",
        {"comm_id": "asking", "target_name": "jupyter.widget.control", "data": {}},
        metadata={"version": "1.0.0"},
    )
    shared.client.shell_channel.send(opening)
    asking = {"comm_id": "asking", "data": {"method": "request_states"}}
    request = shared.client.session.msg("comm_msg", asking)
    shared.client.shell_channel.send(request)
    while True:
        got = shared.client.get_iopub_msg(timeout=PATIENCE)
        if got["msg_type"] == "comm_msg" and got["content"]["comm_id"] == "asking":
            break
    states = got["content"]["data"]["states"].values()
    assert 4 in [state["state"].get("value") for state in states]


# Before it is there


@pytest.fixture
def slow(light, tmp_path):
    """Variables with which importing TensorFlow takes a while."""
    folder = tmp_path / "slow"
    folder.mkdir()
    folder.joinpath("tensorflow.py").write_text("import time; time.sleep(4)\n")
    return {"PYTHONPATH": f"{folder}:{light['PYTHONPATH']}"}


def test_a_cell_run_while_the_warm_process_imports_runs_when_it_has(start, slow):
    kernel = start(**slow, wait=False)
    assert not kernel.process.is_made()
    assert kernel.manager.is_alive()
    kernel.manager.interrupt_kernel()  # hits nothing
    assert kernel.run("import tensorflow; print(1)").value == 1
    assert kernel.is_warm
    kernel.manager.interrupt_kernel()
    assert kernel.run("print(2)").value == 2


def test_a_kernel_that_is_shut_down_before_it_is_there_never_comes(start, slow, environment):
    kernel = start(**slow, wait=False)
    process = kernel.process
    kernel.manager.shutdown_kernel(now=True)
    assert process.wait(1) == -signal.SIGKILL
    wait_until(process.is_made)
    wait_until(lambda: not exists(process.pid))


def test_a_program_that_ends_does_not_wait_for_a_kernel(environment, slow, tmp_path):
    code = (
        "import sys; sys.path[:0] = ['tests', 'tools', '.']\n"
        "import os, time, test_warm_kernels as t\n"
        "kernel = t.Kernel(dict(os.environ), sys.argv[1], wait=False)\n"
        "print(time.time(), kernel.process.is_made(), flush=True)"
    )
    printed = tmp_path / "printed"
    with printed.open("w") as file:  # not a pipe, which the kernel would hold too
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=kernels.ROOT, env=environment | slow,
            stdout=file, timeout=PATIENCE, check=True,
        )  # fmt: skip
    last, made = printed.read_text().split()
    assert made == "False"
    assert time.time() - float(last) < 3


# What changes meanwhile


def test_an_edit_to_the_course_is_seen_by_the_next_kernel(start, light, tmp_path):
    package = tmp_path / "course" / "exercises_check"
    package.mkdir(parents=True)
    variables = {"PYTHONPATH": f"{package.parent}:{light['PYTHONPATH']}"}
    seen, processes = [], set()
    for version in (1, 22):
        package.joinpath("__init__.py").write_text(f"VERSION = {version}\n")
        kernel = start(**variables)
        seen.append(kernel.run("import exercises_check; print(exercises_check.VERSION)").value)
        processes.add(kernel.is_warm and kernel.warm_process())
    assert seen == [1, 22]
    assert len(processes) == 1


def test_an_edit_to_what_is_imported_already_makes_another_warm_process(start, light, tmp_path):
    tmp_path.joinpath("jedi.py").write_text("VERSION = 1\n")  # the warm process imports it
    variables = {"PYTHONPATH": f"{tmp_path}:{light['PYTHONPATH']}"}
    kernel = start(**variables)
    assert kernel.run("import jedi; print(jedi.VERSION)").value == 1
    tmp_path.joinpath("jedi.py").write_text("VERSION = 22\n")
    other = start(**variables)
    assert other.is_warm
    assert other.run("import jedi; print(jedi.VERSION)").value == 22
    assert kernel.run("print(jedi.VERSION)").value == 1
    assert kernel.warm_process() != other.warm_process()


def test_running_kernels_outlive_the_warm_process_and_the_next_one_starts_another(start, light):
    kernel = start(**light, OWN="killed")
    process = kernel.warm_process()
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: not exists(process))
    time.sleep(1.5)  # ipykernel looks for its parent each second
    assert kernel.run("print(1)").value == 1
    other = start(**light, OWN="killed")
    assert other.is_warm
    assert other.warm_process() != process
    kernel.manager.interrupt_kernel()
    assert kernel.run("print(2)").value == 2
    number = kernel.process.pid
    kernel.manager.shutdown_kernel()
    assert not exists(number)


def test_the_warm_process_ends_by_itself_but_not_while_a_kernel_runs(start, environment, light):
    kernel = start(**light, **{key.IDLE: "1"})
    process = kernel.warm_process()
    time.sleep(3)
    assert exists(process)
    kernel.manager.shutdown_kernel()
    path = key.socket_path({**environment, **light, key.IDLE: "1"})
    wait_until(lambda: not exists(process))
    assert not path.exists()
    assert not path.with_suffix(".lock").exists()


def test_the_warm_process_ends_with_its_folder(light, tmp_path):
    with kernels.environment(warm=True) as variables:
        with started(variables | light, tmp_path) as kernel:
            process = kernel.warm_process()
        assert exists(process)
    wait_until(lambda: not exists(process))


def test_two_starts_at_once_make_one_warm_process(environment, light, tmp_path):
    variables = {**environment, **light, "OWN": "at once"}
    managers = [Starting(variables, tmp_path) for _ in range(3)]
    processes = {starting.process() for starting in managers}
    assert len(processes) == 1


class Starting:
    """A kernel that is started by another process."""

    CODE = (
        "import sys; sys.path[:0] = ['tests', 'tools', '.']\n"
        "import os, test_warm_kernels as t\n"
        "with t.started(dict(os.environ), sys.argv[1]) as kernel:\n"
        "    print(kernel.is_warm and kernel.warm_process())"
    )

    def __init__(self, environment, folder):
        self._running = subprocess.Popen(
            [sys.executable, "-c", self.CODE, str(folder)],
            cwd=kernels.ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def process(self):
        told, _ = self._running.communicate(timeout=PATIENCE)
        return int(told)


# Where there is none


def test_a_warm_process_that_cannot_start_gives_a_plain_kernel(start, monkeypatch, tmp_path):
    monkeypatch.setattr(client, "SERVER", tmp_path / "missing.py")
    kernel = start(OWN="none")
    assert not kernel.is_warm
    assert kernel.run("print(1)").value == 1


def test_a_warm_process_that_cannot_import_gives_a_plain_kernel(start, light, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    broken.joinpath("keras.py").write_text("raise RuntimeError('broken')\n")
    kernel = start(PYTHONPATH=f"{broken}:{light['PYTHONPATH']}")
    assert not kernel.is_warm
    assert kernel.run("import keras").error == "RuntimeError: broken"


def test_a_warm_process_that_does_not_answer_gives_a_plain_kernel(start, monkeypatch, tmp_path):
    silent = tmp_path / "silent.py"
    silent.write_text(
        "import os, socket, sys, time\n"
        "s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()\n"
        "if not os.fork(): time.sleep(10)\n"
    )
    monkeypatch.setattr(client, "SERVER", silent)
    monkeypatch.setattr(client, "PATIENCE", 1.0)
    kernel = start(OWN="none")
    assert not kernel.is_warm
    assert kernel.run("print(1)").value == 1


@pytest.mark.parametrize(
    ("variables", "arguments", "reason"),
    [
        ({provisioner.SWITCH: "0"}, {}, "KERAS_COURSE_WARM=0 is set"),
        ({"PYTHONPATH": "here"}, {}, "its PYTHONPATH depends on the folder"),
        ({}, {"stdout": subprocess.PIPE}, "its output is asked for"),
        ({}, {"preexec_fn": print}, "of preexec_fn nothing is known"),
    ],
)
def test_a_kernel_that_would_not_be_the_same_is_started_plainly(variables, arguments, reason):
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "x"]
    assert provisioner.problem(command, {"env": {"HOME": "/"}}) == ""
    assert provisioner.problem(command, {"env": variables, **arguments}) == reason


def test_settings_of_matplotlib_in_the_folder_make_it_a_plain_kernel(tmp_path):
    tmp_path.joinpath("matplotlibrc").touch()
    command = [sys.executable, "-m", "ipykernel_launcher"]
    reason = "its folder has settings of matplotlib"
    assert provisioner.problem(command, {"cwd": str(tmp_path)}) == reason


@pytest.mark.parametrize(
    "command",
    [
        ["/usr/bin/python3", "-m", "ipykernel_launcher"],
        [sys.executable, "-m", "bash_kernel"],
        [sys.executable, "-X", "dev", "-m", "ipykernel_launcher"],
    ],
)
def test_other_kernels_are_started_as_they_are(command):
    assert provisioner.problem(command, {}) != ""


def test_another_system_has_plain_kernels(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert provisioner.unsupported() == "it needs Linux"


def test_a_folder_that_others_can_enter_is_not_used(tmp_path):
    tmp_path.chmod(0o755)
    with pytest.raises(key.NoFolder, match="is not a folder that belongs to this user alone"):
        key.socket_path({key.FOLDER: str(tmp_path)})


def test_kernels_of_two_notebooks_have_the_same_key_and_those_of_two_settings_have_not():
    first = key.key({"HOME": "/a", "JPY_SESSION_NAME": "one"})
    assert first == key.key({"HOME": "/a", "JPY_SESSION_NAME": "two"})
    assert first != key.key({"HOME": "/a", "CUDA_VISIBLE_DEVICES": "0"})


def test_the_course_imported_by_a_server_does_not_import_keras():
    code = (
        "import sys, ipykernel.kernelspec, exercises_check.warm.provisioner\n"
        "print('keras' in sys.modules)"
    )
    told = subprocess.check_output([sys.executable, "-c", code], cwd=kernels.ROOT, text=True)
    assert told == "False\n"
