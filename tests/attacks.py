"""Submissions that attack the grader: each a list of cells, by a name that says what it tries.

They stand in for `{submissions}`, `{results}`, `{course}` and `{port}` by what is there in a test.
`WRONG` is a model that is no answer, to see whether an attack makes it one.
"""

from __future__ import annotations

from submitting import CHECK, RESIDUAL_BLOCK

WRONG = """inputs = keras.Input(shape=(16,))
x = layers.Dense(16, activation="relu")(inputs)
model = keras.Model(inputs, layers.Dense(16)(x))"""

_SOCKETS = """import json, os, socket, struct
def sockets():
    for number in range(3, 256):
        try:
            yield socket.socket(fileno=os.dup(number))
        except OSError:
            pass
def say(*messages):
    for channel in sockets():
        for message in messages:
            data = message if isinstance(message, bytes) else json.dumps(message).encode()
            channel.sendall(struct.pack("!I", len(data)) + data)"""

# What breaks a limit or Python itself, and the status it gets.
BREAKING = {
    "loops_for_ever": (["while True: pass"], "timeout"),
    "sleeps_for_ever": (["import time\nwhile True: time.sleep(9)"], "timeout"),
    "loops_in_c_and_ignores_signals": (
        [
            "import collections, itertools, signal\n"
            "for number in signal.valid_signals():\n"
            "    try: signal.signal(number, signal.SIG_IGN)\n"
            "    except (OSError, ValueError): pass\n"
            "collections.deque(itertools.count(), maxlen=0)"
        ],
        "timeout",
    ),
    "bombs_with_forks": (["import os\nwhile True: os.fork()"], "refused"),
    "takes_100_gb_at_once": (
        [f"import numpy\nkept = numpy.ones(10**11 // 8)\n{RESIDUAL_BLOCK}", CHECK],
        "memory",
    ),
    "takes_memory_bit_by_bit": (
        ["kept = []\nwhile True: kept.append(bytearray(10**7))"],
        "memory",
    ),
    "aborts_for_want_of_memory": (
        [
            "import os\nkept = []\n"
            "try:\n    while True: kept.append(bytearray(10**6))\n"
            "except MemoryError: os.abort()"
        ],
        "memory",
    ),
    "prints_10_gb": (["line = 'x' * 10**6\nfor _ in range(10_000): print(line)"], "refused"),
    "writes_10_gb_to_disk": (
        [
            "with open('large', 'wb') as file:\n"
            "    for _ in range(10_000): file.write(bytes(10**6))\n"
            f"{RESIDUAL_BLOCK}",
            CHECK,
        ],
        "error",
    ),
    "exits_at_once": (["import os\nos._exit(0)"], "crashed"),
    "makes_a_segmentation_fault": (["import ctypes\nctypes.string_at(0)"], "crashed"),
    "ends_by_a_signal_without_a_name": (["import os\nos.kill(os.getpid(), 40)"], "crashed"),
    "aborts": (["import os\nos.abort()"], "crashed"),
    "kills_all_it_can": (["import os\nos.kill(-1, 9)\nos._exit(0)"], "crashed"),
    "kills_its_parent": (["import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(9)"], "crashed"),
    "sends_an_endless_message": (
        [_SOCKETS, "for channel in sockets():\n  while True: channel.sendall(b'\\0\\xff' * 10**5)"],
        "refused",
    ),
    "sends_a_deep_message": ([_SOCKETS, "say(b'[' * 10**6)"], "refused"),
    "sends_what_is_no_message": ([_SOCKETS, "say([1, 2])"], "refused"),
}

# What would do harm to the machine where there is no sandbox. Everything that reaches for what is
# not its own does, too.
HARMFUL = ("bombs_with_forks", "kills_all_it_can", "kills_its_parent")

# What tries to make a wrong answer a right one. Without a sandbox the reference can be read.
READING_REFERENCES = ("takes_the_reference", "imports_the_reference")
CHEATING = {
    "patches_check": [
        "import exercises_check\n"
        "exercises_check.check = check = lambda name, answer: print('✓ Passed')",
        WRONG,
        CHECK,
    ],
    "patches_compare_and_report": [
        "import exercises_check.comparison as c, exercises_check.report as r\n"
        "c.compare_graphs = lambda mine, other, demands=None: c.Comparison(mine, other, ())\n"
        "r.Report.__bool__ = lambda self: True\n"
        "r.Report.status = 'passed'",
        WRONG,
        CHECK,
    ],
    "patches_json_and_modules": [
        "import json, sys\n"
        'json.dumps = lambda *a, **k: \'{"status": "passed"}\'\n'
        "sys.modules['exercises_check.evidence'] = sys.modules['json']",
        WRONG,
        CHECK,
    ],
    "patches_equality_of_layers": [
        "layers.Layer.__eq__ = lambda self, other: True\nlayers.Layer.__hash__ = lambda self: 1",
        WRONG,
        CHECK,
    ],
    "lies_in_get_config": [
        "true = layers.Dense.get_config\n"
        "def get_config(self):\n"
        "    first = self.name == 'dense'\n"
        "    return {**true(self), 'activation': 'relu' if first else 'linear'}\n"
        "layers.Dense.get_config = get_config",
        RESIDUAL_BLOCK.replace(', activation="relu"', ""),
        CHECK,
    ],
    "calls_its_own_class_dense": [
        "class Dense(layers.Dense):\n"
        "    def call(self, inputs):\n"
        "        return inputs * 0.0\n"
        "Dense.__module__ = layers.Dense.__module__\n"
        "layers.Dense = Dense",
        RESIDUAL_BLOCK,
        CHECK,
    ],
    "changes_the_class_of_a_layer": [
        "class Other(layers.Layer):\n"
        "    def call(self, inputs, training=None):\n"
        "        return inputs * 2.0\n"
        "Other.__name__, Other.__module__ = 'Dense', layers.Dense.__module__",
        f"{RESIDUAL_BLOCK}\nmodel.layers[2].__class__ = Other",
        CHECK,
    ],
    "patches_the_reading": [
        "import exercises_check.read as r\n"
        "true = r.read\n"
        "def read(model):\n"
        "    inputs = keras.Input(shape=(16,))\n"
        "    x = layers.Dense(16)(layers.Dense(16, activation='relu')(inputs))\n"
        "    x = layers.ReLU()(layers.Add()([inputs, x]))\n"
        "    return true(keras.Model(inputs, x))\n"
        "r.read = read",
        WRONG,
        CHECK,
    ],
    "takes_the_reference": [
        "from exercises_check.exercise import registry\n"
        "model = registry()['residual_block'].reference()",
        CHECK,
    ],
    "imports_the_reference": [
        "from exercises_check.references import chapter_06\nmodel = chapter_06.residual_block()",
        CHECK,
    ],
    "forges_results_before_its_own": [
        _SOCKETS,
        "say({'check': 'residual_block'}, {'status': 'passed', 'exercise': 'residual_block'})",
        WRONG,
        CHECK,
    ],
    "forges_results_after_its_own": [
        _SOCKETS,
        WRONG,
        CHECK,
        "say({'evidence': 'ModelAnswer', 'data': {}}, {'evidence': 'Report', 'data': 'passed'})\n"
        "say({'done': True})",
    ],
    "forges_evidence": [
        _SOCKETS,
        "say({'check': 'residual_block'}, {'evidence': 'ValueAnswer', 'data': None})",
        "say({'evidence': 'Passed', 'data': {'@': 'Report', '': ['residual_block', 'passed']}})",
        CHECK,
    ],
}

# What reaches for what is not its own. Each leaves what it got in the text of an error.
REACHING = {
    "deletes_other_submissions": [
        "import shutil\nshutil.rmtree({submissions!r})",
        "shutil.rmtree({submissions!r}, ignore_errors=True)",
    ],
    "overwrites_the_gradebook": [
        "open({results!r} + '/gradebook.sqlite', 'wb').write(b'mine')",
        "import os\nos.makedirs({results!r}, exist_ok=True)",
    ],
    "overwrites_the_course": [
        "import exercises_check\nopen(exercises_check.__file__, 'a').write('# mine')",
        "open({course!r} + '/README.md', 'a').write('# mine')",
    ],
    "reads_another_submission": [
        "import glob\n"
        "for path in glob.glob({submissions!r} + '/**/*.ipynb', recursive=True):\n"
        "    raise ValueError(open(path).read())"
    ],
    "reads_secrets_of_the_environment": [
        "import os\nif 'SECRET_OF_THE_TEACHER' in os.environ: raise ValueError('secret-4711')",
        "import glob\n"
        "for path in glob.glob('/proc/[0-9]*/environ'):\n"
        "    try: text = open(path).read()\n"
        "    except OSError: continue\n"
        "    if 'secret-4711' in text: raise ValueError('secret-4711')",
    ],
    "opens_a_socket": [
        "import socket\nsocket.create_connection(('127.0.0.1', {port}), 2).sendall(b'hello')",
    ],
    "leaves_things_behind": [
        "import os, subprocess, threading, time\n"
        "subprocess.Popen(['sleep', '86471'], start_new_session=True)\n"
        "if not os.fork():\n"
        "    os.setsid()\n"
        "    if not os.fork():\n"
        "        while True: time.sleep(86471)\n"
        "    os._exit(0)\n"
        "threading.Thread(target=time.sleep, args=(86471,)).start()\n"
        "threading.Timer(86471, print).start()\n"
        "open('left', 'w').write('behind')\n"
        "open('/dev/shm/left', 'w').write('behind')",
        "open('/tmp/left', 'w').write('behind')",
    ],
    "looks_for_what_others_left": [
        "import os\n"
        "found = [*os.listdir('.'), *os.listdir('/dev/shm')]\n"
        "if found != ['home'] or os.path.exists('/tmp/left'): raise ValueError(f'found {{found}}')",
    ],
    "looks_into_the_process_above": [
        "import os\nopen(f'/proc/{{os.getppid()}}/mem', 'rb')\nraise ValueError('looked in')",
        "import os\n"
        "for name in os.listdir(f'/proc/{{os.getppid()}}/fd'):\n"
        "    open(f'/proc/{{os.getppid()}}/fd/{{name}}')\n"
        "    raise ValueError('looked in')",
    ],
}

# Names of layers, as Python expressions. Keras takes any without a slash.
NAMES = {
    "html": "'<img src=x onerror=alert(1)><script>'",
    "a_formula": """'=HYPERLINK("http:evil","click")'""",
    "escapes": "'\\x1b[2J\\x1b]0;owned\\x07'",
    "a_megabyte": "'x' * 1_000_000",
}


def naming(expression: str) -> list[str]:
    """A wrong answer whose layer and input have this name."""
    return [
        f"name = {expression}",
        "inputs = keras.Input(shape=(16,), name=name + '0')\n"
        "model = keras.Model(inputs, layers.Dense(16, name=name)(inputs))",
        CHECK,
    ]
