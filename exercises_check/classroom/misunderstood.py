"""What the class misunderstood: the mistakes in an exercise, those that are alike as one.

Two answers have the same mistake if the same thing is to be said of their first differences, as a
teacher would say it: in the names of the reference, never in those that a learner chose. What the
answers have in common beyond that is added: "not `'valid'`" where all of them have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exercises_check.classroom.result import Found, Result
from exercises_check.classroom.standing import Standing
from exercises_check.classroom.status import counted, status_of

LONGEST_VALUE = 60  # characters of a learner's answer in a headline


@dataclass(frozen=True)
class Mistake:
    """One mistake, and who made it.

    Attributes:
        headline: what a teacher would say after how many they are, with `code` marked.
        status: of all of them: `"failed"` where there is a difference.
        results: those that have it, the one with the fewest differences first: the example.
    """

    headline: str
    status: str
    results: tuple[Result, ...]

    @property
    def count(self) -> int:
        return len(self.results)

    @property
    def example(self) -> Result:
        return self.results[0]


@dataclass(frozen=True)
class Outcome:
    """One exercise in the class.

    Attributes:
        exercise: its name.
        notebook: its chapter.
        students: how many there are.
        answered: how many handed in something to judge.
        counts: how often each status occurs.
        mistakes: the most frequent one first.
    """

    exercise: str
    notebook: str
    students: int
    answered: int
    counts: dict[str, int]
    mistakes: tuple[Mistake, ...]

    @property
    def not_passed(self) -> int:
        """How many of those who answered did not pass."""
        return self.answered - self.counts.get("passed", 0)


def outcomes(standings: Sequence[Standing]) -> tuple[Outcome, ...]:
    """Every exercise that counts, in the order of the course."""
    columns = zip(*(standing.results for standing in standings), strict=True)
    return tuple(_outcome(results) for results in columns)


def hardest_first(all_of_them: Iterable[Outcome]) -> list[Outcome]:
    """The exercises that most failed come first; the order of the course decides a tie."""
    return sorted(all_of_them, key=lambda o: (-o.counts.get("failed", 0), -o.not_passed))


def _outcome(results: Sequence[Result]) -> Outcome:
    answered = [result for result in results if status_of(result.status).answered]
    grouped: dict[tuple[str, str], list[tuple[str, Result]]] = {}
    for result in answered:
        if result.status != "passed":
            told, more = _said_of(result)
            grouped.setdefault((result.status, told), []).append((more, result))
    mistakes = [_mistake(status, told, pairs) for (status, told), pairs in grouped.items()]
    return Outcome(
        results[0].exercise,
        results[0].notebook,
        len(results),
        len(answered),
        counted(result.status for result in results),
        # What the teacher can explain comes before what only the machine knows of.
        tuple(sorted(mistakes, key=lambda m: (m.status != "failed", -m.count, m.headline))),
    )


def _mistake(status: str, told: str, pairs: list[tuple[str, Result]]) -> Mistake:
    tails = {more for more, _ in pairs}
    headline = told + (tails.pop() if len(tails) == 1 else "")
    results = sorted((r for _, r in pairs), key=lambda r: (len(r.differences), r.student))
    return Mistake(f"{headline[:1].upper()}{headline[1:]}.", status, tuple(results))


def _said_of(result: Result) -> tuple[str, str]:
    """What is said of a result's mistake, and what besides if all who have it agree in it."""
    if result.status == "failed" and result.differences:
        return said(result.differences[0])
    if result.status == "failed":
        return "the answer is not the one that was asked for", ""
    raised = re.search(r"raised `(\w+)`", result.message)
    if result.status == "error" and raised:
        return f"the code raises `{raised[1]}`", ""
    return status_of(result.status).told, ""


# Headlines ----------------------------------------------------------------------------------------


def said(found: Found) -> tuple[str, str]:
    """What a teacher would say of a difference, in the reference's names; and of what was found.

    The second text is to be put behind the first where it is the same for all.
    """
    return _OF_KIND.get(found.kind, _of_anything)(found)


def _of_anything(found: Found) -> tuple[str, str]:
    return f"something differs{_at(found)}", ""


def _of_input(found: Found) -> tuple[str, str]:
    if re.match(r"(\d+|no) inputs?$", found.expected):
        return f"the model should have {found.expected}", f"; it has {found.found}"
    if found.what == "input order" or "in the order" in found.message:
        return "the inputs come in another order", ""
    if found.what == "input names" or "are named" in found.message:
        return f"the inputs are not named {_each_quoted(found.expected)}", ""
    where = f"the input `{found.place}`" if found.place else "an input"
    return f"{where} should have shape `{found.expected}`", f", not `{found.found}`"


def _of_output(found: Found) -> tuple[str, str]:
    if re.match(r"(\d+|no) outputs?$", found.expected):
        return f"the model should have {found.expected}", f"; it has {found.found}"
    if found.what == "output order" or "in the order" in found.message:
        return "the outputs come in another order", ""
    if found.what == "output names" or "are named" in found.message:
        return f"the outputs are not named {_each_quoted(found.expected)}", ""
    if found.place:
        return f"the model does not return the result of `{found.place}`", ""
    return "the model returns another tensor than the one asked for", ""


MERGES = frozenset(
    {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"}
)


def _of_missing(found: Found) -> tuple[str, str]:
    if found.what == "activation" or found.message.startswith("No activation follows"):
        return f"no activation follows{_call(found)}; `{found.expected}` is expected", ""
    if not found.expected:
        return f"a layer is missing{_at(found)}", ""
    maker, _, activation = found.expected.partition(" with activation ")
    several = found.what == "missing several" or " are missing" in found.message
    if several:
        return f"layers are missing: {_each_quoted(found.expected)}", ""
    more = f" with activation `{activation}`" if activation else ""
    if maker.partition("(")[0] in MERGES:
        more += " is missing" + (f" (`{found.place}`)" * bool(found.place))
        return f"branches are not joined: `{maker}`{more}", ""
    # Which of several alike is missing, its name in the reference says.
    return f"`{maker}`{more} is missing" + (f" (`{found.place}`)" * bool(found.place)), ""


def _of_extra(found: Found) -> tuple[str, str]:
    if found.what == "activation" or "expected nothing there" in found.message:
        return f"there is one activation too many{_after(found)}", ""
    if found.what == "extra several" or " are not expected here" in found.message:
        return f"there are layers too many{_at(found)}", ""
    maker = re.match(r"\w+(?=\()", found.found)
    return f"there is a layer too many{_at(found)}", f": `{maker[0]}`" if maker else ""


def _of_setting(found: Found) -> tuple[str, str]:
    setting = found.setting or _setting_in(found)
    if found.what == "weights" or found.expected in ("weights of its own", "no weights"):
        return f"{found.expected} are expected{_at(found)}", ""
    if setting == "operation" or found.what == "operation":
        return f"`{found.expected}` is expected{_at(found)}", f", not `{found.found}`"
    if setting == "activation" and found.expected == "None":
        return f"no activation is expected{_at(found)}", f", not `{found.found}`"
    if found.expected == "None":
        return f"no `{setting}` is expected{_at(found)}", f", not `{found.found}`"
    tail = f", not `{found.found}`" if found.found != "None" else "; there is none"
    if not setting:
        return f"`{found.expected}` is expected{_at(found)}", tail
    return f"`{setting}={found.expected}` is expected{_at(found)}", tail


def _of_wiring(found: Found) -> tuple[str, str]:
    if found.what == "moved" or " comes after " in found.message:
        return f"the order of the layers differs{_at(found)}", ""
    if found.what == "features" or "meets the features" in found.message:
        return f"the joined features are in different orders{_at(found)}", ""
    if found.what == "mask" or "the mask of" in found.found + found.expected:
        return f"the mask is lost, or is another one{_at(found)}", ""
    operation = re.sub(r"_\d+$", "", found.place.rpartition("/")[2])
    if operation == "add":
        return f"the skip connection into `{found.place}` is lost or starts elsewhere", ""
    if operation in _MERGES:
        return f"a branch into `{found.place}` is lost or starts elsewhere", ""
    if found.place:
        return f"`{found.place}` is called on another tensor", ""
    return "a layer is called on another tensor", ""


_MERGES = {
    "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot", "attention",
    "multi_head_attention", "additive_attention",
}  # fmt: skip


def _of_sharing(found: Found) -> tuple[str, str]:
    what = found.what or {"one shared layer": "unshared", "separate layers": "shared"}.get(
        found.expected, "crossed"
    )
    if what == "unshared":
        layer = f"`{found.place}`" if found.place else "one layer"
        return f"{layer} should be shared; here each call has weights of its own", ""
    if what == "shared" and found.place:
        return f"`{found.place}` should be a separate layer; here its weights are shared", ""
    if what == "shared":
        return "layers that should be separate share their weights", ""
    return f"the shared layers{_at(found)} are paired the other way round", ""


def _of_nesting(found: Found) -> tuple[str, str]:
    return f"the model should contain {found.expected}", f"; it contains {found.found}"


def _of_frozen(found: Found) -> tuple[str, str]:
    layer = f"`{found.place}`" if found.place else "a layer"
    if found.expected == "trainable":
        return f"{layer} is frozen; it should learn", ""
    return f"{layer} is not frozen; it should not learn", ""


def _of_dtype(found: Found) -> tuple[str, str]:
    layer = f" of `{found.place}`" if found.place else ""
    return f"the dtype{layer} should be `{found.expected}`", f", not `{found.found}`"


def _of_pattern(patterns: Sequence[tuple[str, str]], otherwise: str):
    """Headlines by what the sentence of a difference says; `{0}` is the pattern's first group."""
    compiled = [(re.compile(pattern, re.DOTALL), text) for pattern, text in patterns]

    def tell(found: Found) -> tuple[str, str]:
        for pattern, text in compiled:
            match = pattern.search(found.message)
            if match:
                return text.format(*match.groups(), expected=found.expected), ""
        return otherwise, ""

    return tell


_of_compile = _of_pattern(
    (
        ("is not compiled", "the model is not compiled"),
        ("cannot use what `compile`", "`fit` cannot use what `compile` was given"),
        ("losses are for", "the losses are not given by the names of the outputs, {expected}"),
        ("has no loss", "an output has no loss; expected {expected}"),
        ("expected no loss", "an output has a loss, and none is expected"),
        (r"loss of .* has (\w+)=", "the loss needs `{0}={expected}`"),
        ("has loss weight", "the loss weight of an output should be {expected}"),
        ("has loss", "the loss should be {expected}"),
        (r"The learning rate's \w+ has (\w+)=", "the learning rate needs `{0}={expected}`"),
        ("learning rate is", "the learning rate should be {expected}"),
        ("optimizer is", "the optimizer should be {expected}"),
        (r"has (\w+)=", "a metric needs `{0}={expected}`"),
        ("; expected ", "the metric should be {expected}"),
    ),
    "the model is compiled in another way",
)
_of_contract = _of_pattern(
    (
        (r"super\(\)\.__init__\(\*\*kwargs\)` as its|call `super\(\)", "`super().__init__` is not "
         "called"),
        ("not a class; expected the class", "a layer was handed in, not its class"),
        ("not a class", "what was handed in is not a class"),
        ("not a subclass of", "the class is not a `keras.Layer`"),
        (r"`(\w+)` is still `\.\.\.`", "`{0}` is not written yet"),
        ("not a function", "what was handed in is not a function"),
        ("does not return a tensor", "the function does not return a tensor"),
        (r"Expected a functional model|made with `keras\.Model", "the model is not a functional "
         "model"),
        (r"Expected a `keras\.(\w+)`", "the model is not a `{0}` model"),
        ("does not track", "a variable is not made with `add_weight`, so Keras does not know it"),
        ("makes new weights", "each call makes new weights"),
        ("weight .* has shape", "a weight does not have shape {expected}"),
        ("weight .* is (?:not )?trainable", "a weight should be {expected}"),
        ("after its first call", "the layer does not have {expected}"),
        ("expected `return` and a tensor", "`call` returns no tensor"),
        ("`call` returns .* tensors?; expected", "`call` does not return {expected}"),
        ("Two calls on the same data", "two calls on the same data give different values"),
        ("training=True", "the layer treats `training` in another way"),
        ("does not keep `(.*?)`", "`get_config` does not keep `{0}`"),
        ("keeps `(.*?)`", "`get_config` keeps another value of `{0}`"),
        ("get_config.* returns", "`get_config` does not return a dict"),
        ("from_config", "a copy made by `from_config` is not the same layer"),
        ("takes no `name`|is named", "the name of the layer is not handed on to `super()`"),
        ("saved and loaded|saving and loading", "the layer does not survive being saved and "
         "loaded"),
        ("compute_output_shape", "`compute_output_shape` gives another shape"),
        ("returns shape", "the layer returns another shape"),
        ("Called twice", "called twice, the layer makes its weights twice"),
    ),
    "the answer is not of the kind that was asked for",
)  # fmt: skip
_of_other_value = _of_pattern(
    (
        (r"reaches", "the graph is right, but the trained model does not reach {expected}"),
        ("optimizer has taken", "the model was not trained for {expected} steps"),
        ("is expected with training=True", "`training` is taken the wrong way round"),
        ("With training=True|moves by", "with `training=True` the layer computes other values"),
        ("does not change what", "a weight of the layer is not used"),
        ("transposed", "a weight is used transposed"),
        ("On random data", "the layer computes other values"),
    ),
    "the value is another one",
)


def _of_value(found: Found) -> tuple[str, str]:
    entry = re.match(r"\d+ of \d+ entries are right\. For `(.*?)`, (.*) is not\.", found.message)
    if entry:
        return f"answered {_answer(entry[2])} for `{entry[1]}`", ""
    no_entry = re.match(r"\d+ of \d+ entries are right\. `(.*?)` has no entry", found.message)
    if no_entry:
        return f"gave no answer for `{no_entry[1]}`", ""
    if re.match(r"Found |Axis \d", found.message) and found.found:
        return f"answered {_answer(found.found)}", _reason(found)
    if found.message.startswith("This is a model;"):
        return "handed in a model; a value is asked for", ""
    return _of_other_value(found)


def _reason(found: Found) -> str:
    """What is said of a wrong value beyond repeating it: what leads to it."""
    line = found.message.partition("\n")[0]
    axis = re.match(r"(Axis \d+)(?: \(the batch\))? is .*; the rule gives something else", line)
    if axis:
        return f": {axis[1].lower()} is not right"
    numbers = [f"{int(found.found):,}"] if re.fullmatch(r"-?\d{1,30}", found.found) else []
    for written in (found.found, *numbers):
        if line.startswith(f"Found {written}"):
            reason = line.removeprefix(f"Found {written}").strip(" .;:")
            said = reason and "the rule gives something else" not in reason
            return f": {reason[0].lower()}{reason[1:]}" if said else ""
    return ""


def _answer(answer: str) -> str:
    """A learner's value as code: digits in groups, and cut where it is long."""
    if re.fullmatch(r"-?\d{5,30}", answer):
        answer = f"{int(answer):,}"
    if len(answer) > LONGEST_VALUE:
        answer = f"{answer[: LONGEST_VALUE - 1]}…"
    return f"`{answer.replace('`', '')}`"


_OF_KIND = {
    "input": _of_input,
    "output": _of_output,
    "missing": _of_missing,
    "extra": _of_extra,
    "setting": _of_setting,
    "wiring": _of_wiring,
    "sharing": _of_sharing,
    "nesting": _of_nesting,
    "frozen": _of_frozen,
    "dtype": _of_dtype,
    "compile": _of_compile,
    "contract": _of_contract,
    "value": _of_value,
}


def _at(found: Found) -> str:
    return f" at `{found.place}`" if found.place else ""


def _after(found: Found) -> str:
    return f" after `{found.place}`" if found.place else ""


def _call(found: Found) -> str:
    return f" `{found.place}`" if found.place else " a layer"


def _setting_in(found: Found) -> str:
    """The setting that a sentence is about, where the difference does not name it."""
    match = re.search(r"has (?:(activation) |no (\w+)|(\w+)=|no (activation))", found.message)
    return next((group for group in match.groups() if group), "") if match else ""


def _each_quoted(names: str) -> str:
    """`a`, `b` and `c` of "a, b and c"; commas inside brackets part nothing."""
    parts = re.split(r"(, | and )(?![^()]*\))", names)
    return "".join(part if n % 2 else f"`{part}`" for n, part in enumerate(parts))
