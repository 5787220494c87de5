"""Every sentence about a difference. The fact first, then what is expected.

This module imports no Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exercises_check import rules
from exercises_check.edits import flat_settings
from exercises_check.graph import Graph, Port, Tensor
from exercises_check.language import _, filled, listed, ngettext, pgettext
from exercises_check.listing import literal, maker_at, name_at, operation_at, variable_names
from exercises_check.match import is_part
from exercises_check.normal import Path, Step, mask_makers

if TYPE_CHECKING:
    from exercises_check.edit import Edit
    from exercises_check.match import Side

SENTENCES = {
    "missing": "{maker} is missing {place}.",
    "missing several": "{makers} are missing {place}.",
    "missing activation": "No activation follows {name}; expected {expected}.",
    "extra": "{name} ({maker}) is not expected here.",
    "extra several": "{makers} are not expected here.",
    "extra activation": "{found} follows {name}; expected {expected} there.",
    "moved": "{name} comes after {found}; expected after {expected}.",
    "operation": "{name} is {found}; expected {expected}.",
    "setting": "{name} has {setting}={found}; expected {setting}={expected}.",
    "default": "{name} has {setting}={found}; expected the default, {setting}={expected}.",
    "unset": "{name} has no {setting}; expected {setting}={expected}.",
    "surplus": "{name} has {setting}={found}; expected no {setting}.",
    "weights": "{name} has {found}; expected {expected}.",
    "applied": "{name} applies {found}; expected {expected}.",
    "activation": "{name} has {found}; expected {expected}.",
    "frozen": "{name} is {found}; expected {expected}.",
    "policy": "{name} computes in {found}; expected {expected}.",
    "no mask": "{name} receives no mask, as {dropper} hands none on; expected {expected}.",
    "wiring": "{name} receives {found}; expected {expected}.",
    "features": "{name} meets the features of its calls in different orders; expected one order.",
    "output": "Output {number} is {found}; expected {expected}.",
    "only output": "Output of the model is {found}; expected {expected}.",
    "output order": "The outputs are in the order {found}; expected {expected}.",
    "unshared": "{found} have separate weights; expected one layer {calls}.",
    "shared": "{found} is one layer {calls}; expected {separate}, each with its weights.",
    "shared model": "{found} is one model {calls}; expected {separate}, each with its weights.",
    "crossed": "{found} are paired the other way round: {places}; expected {expected}.",
    "input count": "The model has {found}; expected {expected}.",
    "output count": "The model has {found}; expected {expected}.",
    "unlisted": "The model has {found}; expected {expected}, that of {makers} too.",
    "input names": "The inputs are named {found}; expected {expected}.",
    "output names": "The outputs are named {found}; expected {expected}.",
    "exchanged inputs": "The names of the {count} inputs are exchanged: they are {found}; "
    "expected {expected}.",
    "exchanged outputs": "The names of the {count} outputs are exchanged: they are {found}; "
    "expected {expected}.",
    "input order": "The inputs are in the order {found}; expected {expected}.",
    "input shape": "{name} has shape {found}; expected {expected}.",
    "input dtype": "{name} has dtype {found}; expected {expected}.",
    "nesting": "The model contains {found}; expected {expected}.",
}

MOST_NAMED = 4  # of several missing calls


class Words:
    """Puts edits into words, with the names of the learner's model."""

    def __init__(self, left: Side, right: Side, pairing: dict[int, int]):
        self._left, self._right = left, right
        self._partner = {b: a for a, b in pairing.items()}
        self._variables: dict[int, dict[int, str]] = {}  # by the id of the graphs

    def say(self, edit: Edit) -> dict[str, Any]:
        """The fields of the `Difference` that says `edit`."""
        say = getattr(self, f"_say_{edit.what.replace(' ', '_')}")
        fields = {"kind": edit.kind, "what": edit.what}
        fields |= {"path": self._path(edit), "place": self._place(edit), **say(edit)}
        sentence = SENTENCES[fields.pop("sentence", edit.what)]
        values = {
            "name": quoted(fields.get("name", "")),
            "found": fields.get("found", ""),
            "expected": fields.get("expected", ""),
            **fields.pop("words", {}),
        }
        message = filled(sentence, **values)
        fields["found"] = fields.get("found", "").replace("`", "")
        fields["expected"] = fields.get("expected", "").replace("`", "")
        return {**fields, "message": message[:1].upper() + message[1:]}

    # Names ----------------------------------------------------------------------------------------

    def _path(self, edit: Edit):
        if edit.left is None:
            return self._consumer_path(edit.right) if edit.right is not None else None
        step = self._left.steps[edit.left]
        if edit.what == "activation" and step.activation_paths:
            return step.activation_paths[-1]
        return step.path

    def _place(self, edit: Edit) -> str:
        """The reference's name for the call, layer or nested model that an edit is about."""
        right = edit.right
        if edit.kind == "sharing":
            right = next((b for b, a in self._partner.items() if a == edit.left), None)
        if right is None:
            return ""
        graph, path = self._right.form.graph, self._right.steps[right].path
        if edit.what in ("shared model", "frozen model") and len(path) > 1:
            return graph.operation(path[0]).name
        return _layer_at(graph, path) if edit.kind == "sharing" else self._place_at(path)

    def _place_at(self, path: Path) -> str:
        return name_at(self._right.form.graph, path, True, self._names_in)

    def _consumer_path(self, right: int):
        """Where a missing step's result would be used in the learner's model."""
        for mine in self._users_of_missing([right]):
            return self._left.steps[mine].path
        return ()

    def _users_of_missing(self, missing: Iterable[int]) -> list[int]:
        """The learner's calls that would use these, directly or through others that are missing."""
        waiting, found = list(missing), []
        seen = set(waiting)
        for number in waiting:
            for *_slot, user in self._right.users[number]:
                mine = self._partner.get(user)
                if mine is not None:
                    found.append(mine)
                elif user not in seen:
                    seen.add(user)
                    waiting.append(user)
        return list(dict.fromkeys(found))

    def _name(self, left: int) -> str:
        return self._name_at(self._left.steps[left].path, inside=True)

    def _name_at(self, path: Path, inside: bool = False) -> str:
        return name_at(self._left.form.graph, path, inside, self._names_in)

    def _names_in(self, graph: Graph) -> dict[int, str]:
        if id(graph) not in self._variables:
            self._variables[id(graph)] = variable_names(graph)
        return self._variables[id(graph)]

    def _result(self, tensor: Tensor) -> str:
        """The learner's name for a tensor, marked as code."""
        step = self._left.steps[tensor.node]
        if step.mask:
            return _("the mask of {tensor}").format(tensor=quoted(self._name_at(step.path)))
        path = step.activation_paths[-1] if step.activation_paths else step.path
        name = self._name_at(path)
        return quoted(f"{name}[{tensor.index}]" if len(step.outputs) > 1 else name)

    def _maker(self, side: Side, step: Step) -> str:
        return quoted(maker_at(side.form.graph, step.path))

    def _source(self, tensor: Tensor) -> str:
        """A tensor of the reference, by the learner's name for it or by what makes it."""
        mine = self._partner.get(tensor.node)
        if mine is not None:
            return self._result(Tensor(mine, tensor.index))
        step = self._right.steps[tensor.node]
        if step.mask:
            return _("the mask of {tensor}").format(tensor=self._mask_maker(step))
        return _("a new {maker}").format(maker=self._maker(self._right, step))

    def _mask_maker(self, mask: Step) -> str:
        """The call whose mask the reference uses, by the learner's name for it."""
        for number, step in enumerate(self._right.steps):
            if step.path == mask.path and not step.mask:
                return self._source(Tensor(number))
        return self._maker(self._right, mask)

    # One method for each sort of edit -------------------------------------------------------------

    def _say_missing(self, edit: Edit) -> dict[str, Any]:
        step = self._right.steps[edit.right]
        maker = self._with_activations(step)
        users = self._users_of_missing([edit.right])
        name = self._name(users[0]) if users else ""
        fields = {"name": name, "expected": maker}
        sources = [self._source(t) for _, t in step.inputs]
        if len(sources) > 1:
            maker = _("{maker} of {tensors}").format(maker=maker, tensors=listed(sources))
            place = _("before {name}").format(name=quoted(name)) if name else ""
        elif name:
            place = _("between {first} and {name}").format(first=sources[0], name=quoted(name))
        else:
            place = _("after {first}").format(first=sources[0]) if sources else ""
        place = place or self._as_output(edit.right)
        return {**fields, "words": {"maker": maker, "place": place}}

    def _say_missing_several(self, edit: Edit) -> dict[str, Any]:
        steps = edit.data["steps"]
        makers = [self._with_activations(self._right.steps[number]) for number in steps]
        enter = [t for number in steps for _, t in self._right.steps[number].inputs]
        sources = dict.fromkeys(self._source(t) for t in enter if t.node in self._partner)
        users = self._users_of_missing(steps)
        names = list(dict.fromkeys(self._name(a) for a in users))
        first = listed(sources)
        place = _("after {first}").format(first=first) if sources else pgettext("place", "here")
        if names and sources:
            name = listed(map(quoted, names))
            place = _("between {first} and {name}").format(first=first, name=name)
        if len(makers) > MOST_NAMED:
            more = _("{count} more").format(count=len(makers) - MOST_NAMED + 1)
            makers = [*makers[: MOST_NAMED - 1], more]
        found = {"name": names[0] if names else "", "expected": listed(makers)}
        return {**found, "words": {"makers": listed(makers), "place": place}}

    def _with_activations(self, step: Step) -> str:
        """What makes a step, with the activations that follow it as layers of their own."""
        apart = [
            activation
            for activation, path in zip(step.activations, step.activation_paths, strict=True)
            if path != step.path
        ]
        maker = self._maker(self._right, step)
        if not apart:
            return maker
        with_it = _("{maker} with activation {activation}")
        return with_it.format(maker=maker, activation=_activations(tuple(apart)))

    def _as_output(self, right: int) -> str:
        positions = [position for _, position in self._right.leaves[right]]
        if not positions:
            return pgettext("place", "here")
        if len(self._right.form.outputs) == 1:
            return _("as output")
        return _("as output {number}").format(number=positions[0] + 1)

    def _say_extra(self, edit: Edit) -> dict[str, Any]:
        maker = self._maker(self._left, self._left.steps[edit.left])
        words = {"maker": maker.strip("`")}
        return {"name": self._name(edit.left), "found": maker, "words": words}

    def _say_extra_several(self, edit: Edit) -> dict[str, Any]:
        names = [quoted(self._name(number)) for number in edit.data["steps"]]
        return {
            "name": self._name(edit.left),
            "found": listed(names),
            "words": {"makers": listed(names)},
        }

    def _say_operation(self, edit: Edit) -> dict[str, Any]:
        mine, wanted = self._left.steps[edit.left], self._right.steps[edit.right]
        found, expected = _kind_of(self._left, mine), _kind_of(self._right, wanted)
        if found == expected:  # then it computes something else because of a setting or a mask
            if said := self._say_masks(edit):
                return said
            if setting := self._written_setting(mine, wanted):
                return {**self._say_setting(replace(edit, data=setting)), "what": "setting"}
            found, expected = self._maker(self._left, mine), self._maker(self._right, wanted)
        fields = {"name": self._name(edit.left), "setting": "operation"}
        return {**fields, "found": found, "expected": expected}

    def _written_setting(self, mine: Step, wanted: Step) -> dict[str, Any]:
        """The first setting of one class that is written with another value; else nothing."""
        own, their = (
            flat_settings(rules.compared(operation_at(side.form.graph, step.path).settings))
            for side, step in ((self._left, mine), (self._right, wanted))
        )
        for name in {**their, **own}:
            if own.get(name) != their.get(name):
                return {"setting": name, "found": own.get(name), "expected": their.get(name)}
        return {}

    def _say_masks(self, edit: Edit) -> dict[str, Any]:
        """What is said of a call that receives other Keras masks; nothing if they are the same."""
        mine, wanted = self._left.steps[edit.left], self._right.steps[edit.right]
        sides = ((self._left, mine, self._result), (self._right, wanted, self._source))
        masks = [
            [
                (say(tensor), slot.partition("[")[0], side.steps[tensor.node].mask)
                for slot, tensor in step.inputs
                if is_mask(side, slot, tensor)
            ]
            for side, step, say in sides
        ]
        found, expected = (
            list(
                dict.fromkeys(text if own else _slotted(text, "mask") for text, slot, own in texts)
            )
            for texts in masks
        )
        if found == expected:  # then one mask is received in another place
            found, expected = (
                [_slotted(text, slot) for text, slot, own in texts] for texts in masks
            )
        if found == expected:
            return {}
        fields = {
            "kind": "wiring",
            "what": "mask",
            "name": self._name(edit.left),
            "found": listed(found) or _("no mask"),
            "expected": listed(expected) or _("no mask"),
            "sentence": "wiring",
        }
        dropper = "" if found else self._dropper(edit)
        if not dropper:
            return fields
        words = {"dropper": quoted(dropper)}
        if expected == [_("the mask of {tensor}").format(tensor=quoted(dropper))]:
            words["expected"] = _("its mask")  # that of the dropper, which would join several
        return {**fields, "sentence": "no mask", "words": words}

    def _dropper(self, edit: Edit) -> str:
        """The learner's call at which the mask that one should receive is lost, if it is one."""
        steps, right = self._left.steps, self._right.steps
        wanted = right[edit.right].inputs
        masks = [tensor for slot, tensor in wanted if is_mask(self._right, slot, tensor)]
        makers = mask_makers(right, masks)
        pairs = [(step, self._partner.get(number)) for number, step in enumerate(right)]
        own = {steps[a].path for step, a in pairs if a is not None and step.path in makers}
        found, seen = [], set()
        waiting = [tensor.node for _, tensor in steps[edit.left].inputs]
        for number in waiting:
            if number in seen:
                continue
            seen.add(number)
            if own & self._left.form.dropped.get(steps[number].path, frozenset()):
                found.append(number)
            else:
                waiting += [tensor.node for _, tensor in steps[number].inputs]
        return self._name(found[0]) if len(found) == 1 else ""

    def _say_setting(self, edit: Edit) -> dict[str, Any]:
        setting, found, expected = (edit.data[key] for key in ("setting", "found", "expected"))
        sentence = "setting"
        if expected is None and found is not None:
            sentence = "surplus"
        elif found is None:
            sentence = "unset"
        elif is_part(self._right, edit.right):  # the other of its two layers has a default
            sentence = "setting"
        elif self._is_default(self._right.steps[edit.right].path, setting):
            sentence = "default"
        shown = setting.removeprefix("layer.")
        return {
            "name": self._name(edit.left),
            "found": _value(found),
            "expected": _value(expected),
            "setting": shown,
            "sentence": sentence,
            "words": {"setting": shown},
        }

    def _is_default(self, path: Path, setting: str) -> bool:
        operation = operation_at(self._right.form.graph, path)
        return setting in operation.settings and setting not in operation.shown

    def _say_weights(self, edit: Edit) -> dict[str, Any]:
        with_weights, without = _("weights of its own"), _("no weights")
        has = self._left.steps[edit.left].layer is not None
        found, expected = (with_weights, without) if has else (without, with_weights)
        return {"name": self._name(edit.left), "found": found, "expected": expected}

    def _say_activation(self, edit: Edit) -> dict[str, Any]:
        found, expected = edit.data["found"], edit.data["expected"]
        fields = {
            "name": self._name(edit.left),
            "found": _activations(found),
            "expected": _activations(expected),
            "setting": "activation",
        }
        words = {"found": _with_word(found), "expected": _with_word(expected)}
        if edit.kind == "extra":
            path = self._left.steps[edit.left].activation_paths[edit.data["one"]]
            graph = self._left.form.graph
            name, before = (self._name_at(p, inside=True) for p in (path, _before(graph, path)))
            activation = _activations((found[edit.data["one"]],))
            text = _("{name} ({activation})")
            words = {"found": text.format(name=quoted(name), activation=activation)}
            words |= {"name": quoted(before), "expected": pgettext("layers", "nothing")}
            return {**fields, "path": path, "sentence": "extra activation", "words": words}
        if edit.kind == "missing" and not found:
            return {**fields, "sentence": "missing activation"}
        return self._say_one_activation(edit) or {**fields, "words": words}

    def _say_one_activation(self, edit: Edit) -> dict[str, Any]:
        """What is said where one activation is another one; nothing where more differs."""
        found, expected = edit.data["found"], edit.data["expected"]
        off = [n for n, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b]
        if len(off) != 1 or len(found) != len(expected):
            return {}
        (kind, settings), (wanted_kind, wanted_settings) = found[off[0]], expected[off[0]]
        mine, wanted = self._left.steps[edit.left], self._right.steps[edit.right]
        path, wanted_path = mine.activation_paths[off[0]], wanted.activation_paths[off[0]]
        fields = {"name": self._name_at(path, inside=True), "path": path}
        if kind != wanted_kind:
            if path == mine.path:
                return {}
            return {
                **fields,
                "found": _activations((found[off[0]],)),
                "expected": _activations((expected[off[0]],)),
                "setting": "activation",
                "sentence": "applied",
            }
        operation, wanted_operation = (
            operation_at(side.form.graph, path)
            for side, path in ((self._left, path), (self._right, wanted_path))
        )
        own = rules.written_activation(operation, kind, settings)
        their = rules.written_activation(wanted_operation, kind, wanted_settings)
        (name, *more) = [key for key in {**own, **their} if own.get(key) != their.get(key)]
        if more:
            return {}
        return {
            **fields,
            "place": self._place_at(wanted_path),
            "found": _value(own.get(name)),
            "expected": _value(their.get(name)),
            "setting": name,
            "sentence": "default" if self._is_default(wanted_path, name) else "setting",
            "words": {"setting": name},
        }

    def _say_frozen(self, edit: Edit) -> dict[str, Any]:
        return {"name": self._name(edit.left), **_frozen(self._left.steps[edit.left])}

    def _say_frozen_model(self, edit: Edit) -> dict[str, Any]:
        step = self._left.steps[edit.left]
        name = self._left.form.graph.operation(step.path[0]).name
        return {"name": name, "path": step.path[:1], "sentence": "frozen", **_frozen(step)}

    def _say_policy(self, edit: Edit) -> dict[str, Any]:
        mine, wanted = self._left.steps[edit.left], self._right.steps[edit.right]
        own = _("its input's dtype")
        found, expected = mine.dtype or own, wanted.dtype or own
        return {"name": self._name(edit.left), "found": found, "expected": expected}

    def _say_wiring(self, edit: Edit) -> dict[str, Any]:
        mine, wanted = (
            [
                (say(tensor), slot)
                for slot, tensor in side.steps[number].inputs
                if not is_mask(side, slot, tensor)  # which comes with its tensor
            ]
            for side, number, say in (
                (self._left, edit.left, self._result),
                (self._right, edit.right, self._source),
            )
        )
        same = [name for name, _ in mine] == [name for name, _ in wanted]
        if same and (said := self._say_masks(edit)):
            return said
        return {
            "name": self._name(edit.left),
            "found": listed(_named(*one) for one in mine) or pgettext("tensors", "nothing"),
            "expected": listed(_named(*one) for one in wanted) or pgettext("tensors", "nothing"),
        }

    def _say_moved(self, edit: Edit) -> dict[str, Any]:
        (found,), (wanted,) = edit.data["off_found"], edit.data["off_wanted"]
        return {
            "name": self._name(edit.left),
            "found": self._result(found),
            "expected": self._source(wanted),
        }

    def _say_features(self, edit: Edit) -> dict[str, Any]:
        return {"name": self._name(edit.left)}

    def _say_output(self, edit: Edit) -> dict[str, Any]:
        found = self._result(edit.data["found"])
        number, several = edit.data["position"] + 1, len(self._right.form.outputs) > 1
        return {
            "name": found.strip("`"),
            "path": (),
            "found": found,
            "expected": self._source(edit.data["wanted"]),
            "words": {"number": str(number)},
            "sentence": "output" if several else "only output",
        }

    def _say_output_order(self, edit: Edit) -> dict[str, Any]:
        found = [self._result(tensor) for tensor in self._left.form.outputs]
        expected = [self._source(tensor) for tensor in edit.data["wanted"]]
        return {"path": (), "found": _(", ").join(found), "expected": _(", ").join(expected)}

    def _say_unshared(self, edit: Edit) -> dict[str, Any]:
        steps = edit.data["steps"]
        names = list(dict.fromkeys(self._layer(a) for a in steps))
        return {
            "name": self._name(edit.left),
            "found": listed(map(quoted, names)),
            "expected": _("one shared layer"),
            "words": {"calls": _called_on([self._fed(a) for a in steps])},
        }

    def _say_shared(self, edit: Edit) -> dict[str, Any]:
        places = [self._fed(a) for a in edit.data["steps"]]
        layer = self._layer(edit.left)
        return self._shared(edit, self._name(edit.left), layer, False, places)

    def _say_shared_model(self, edit: Edit) -> dict[str, Any]:
        graph, calls = self._left.form.graph, edit.data["calls"]
        places = [
            listed(quoted(self._name_at(p)) for p in _received(graph, call)) for call in calls
        ]
        name = operation_at(graph, calls[0]).name
        told = self._shared(edit, name, name, True, places)
        return {**told, "what": "shared", "path": calls[-1]}

    def _shared(
        self, edit: Edit, name: str, found: str, model: bool, places: list[str]
    ) -> dict[str, Any]:
        apart = _("separate models") if model else _("separate layers")
        words = {"calls": _called_on(places), "separate": apart}
        if len(set(places)) < len(places):  # then they do not say how many there are
            several = _("{count} separate models") if model else _("{count} separate layers")
            words["separate"] = several.format(count=edit.data["separate"])
        fields = {"name": name, "found": quoted(found), "expected": apart}
        return {**fields, "sentence": "shared model" if model else "shared", "words": words}

    def _say_crossed(self, edit: Edit) -> dict[str, Any]:
        steps = edit.data["steps"]
        names = list(dict.fromkeys(self._layer(a) for a in steps))
        on = _("{layer} on {tensors}")
        uses = [on.format(layer=quoted(self._layer(a)), tensors=self._fed(a)) for a in steps]
        every = listed(self._fed(a) for a in steps)
        return {
            "name": self._name(edit.left),
            "found": listed(map(quoted, names)),
            "expected": _("one layer on {tensors}").format(tensors=every),
            "words": {"places": listed(uses)},
        }

    def _layer(self, left: int) -> str:
        return _layer_at(self._left.form.graph, self._left.steps[left].path)

    def _fed(self, left: int) -> str:
        tensors = [t for _, t in self._left.steps[left].inputs]
        return listed(self._result(t) for t in tensors)

    def _say_input_count(self, edit: Edit) -> dict[str, Any]:
        return _counts(edit, _inputs) | {"path": ()}

    def _say_output_count(self, edit: Edit) -> dict[str, Any]:
        fields = _counts(edit, _outputs) | {"path": ()}
        steps = [self._right.steps[number] for number in edit.data.get("unlisted", ())]
        if not steps:
            return fields
        words = {"makers": listed(self._with_activations(step) for step in steps)}
        return {**fields, "sentence": "unlisted", "words": words}

    def _say_input_names(self, edit: Edit) -> dict[str, Any]:
        fields = {k: listed(map(quoted, edit.data[k])) for k in ("found", "expected")}
        if not edit.data.get("exchanged"):
            off = edit.data.get("off", ())
            return {**fields, "path": (off[0].tensor.node,) if len(off) == 1 else ()}
        count = len(edit.data["found"])
        words = {"count": _("two") if count == 2 else str(count)}
        return {**fields, "path": (), "sentence": f"exchanged {edit.kind}s", "words": words}

    _say_output_names = _say_input_names

    def _say_input_order(self, edit: Edit) -> dict[str, Any]:
        def names(ports: Iterable[Port]) -> str:
            return _(", ").join(quoted(port.name) for port in ports)

        return {k: names(edit.data[k]) for k in ("found", "expected")} | {"path": ()}

    def _say_input_shape(self, edit: Edit) -> dict[str, Any]:
        found, expected = (str(edit.data[k][1:]) for k in ("found", "expected"))
        if found == expected:  # then the batch sizes differ
            found, expected = (str(edit.data[k]) for k in ("found", "expected"))
        return {"name": self._name(edit.left), "found": found, "expected": expected}

    def _say_input_dtype(self, edit: Edit) -> dict[str, Any]:
        found, expected = edit.data["found"], edit.data["expected"]
        return {"name": self._name(edit.left), "found": found, "expected": expected}

    def _say_nesting(self, edit: Edit) -> dict[str, Any]:
        return _counts(edit, _nested_models) | {"path": ()}


def _layer_at(graph: Graph, path: Path) -> str:
    """The name of the layer that is called at a path, with the nested model that it is in."""
    prefix = [graph.operation(path[0]).name] if len(path) > 1 else []
    return "/".join([*prefix, operation_at(graph, path).name])


def _before(graph: Graph, path: Path) -> Path:
    """Where the first tensor that the call at `path` receives is made."""
    return _received(graph, path)[0]


def _received(graph: Graph, path: Path) -> list[Path]:
    """Where the tensors that the call at `path` receives are made."""
    for number in path[:-1]:
        graph = graph.operation(number).graph
    return [(*path[:-1], tensor.node) for tensor in graph.nodes[path[-1]].tensors]


def is_mask(side: Side, slot: str, tensor: Tensor) -> bool:
    """Whether a call receives a tensor as a mask."""
    return "mask" in slot or side.steps[tensor.node].mask


def quoted(name: str) -> str:
    """A name of the learner's model, marked as code."""
    return f"`{name}`" if name else ""


def _called_on(places: list[str]) -> str:
    """What one layer is called on, each tensor named once."""
    unique = listed(dict.fromkeys(places))
    if len(set(places)) == len(places):
        return _("for {tensors}").format(tensors=unique)
    return _("called {count} times on {tensors}").format(count=len(places), tensors=unique)


def _counts(edit: Edit, words: Callable[[int], str]) -> dict[str, str]:
    return {key: words(edit.data[key]) for key in ("found", "expected")}


def _inputs(count: int) -> str:
    some = ngettext("1 input", "{count} inputs", count).format(count=count)
    return some if count else _("no inputs")


def _outputs(count: int) -> str:
    some = ngettext("1 output", "{count} outputs", count).format(count=count)
    return some if count else _("no outputs")


def _nested_models(count: int) -> str:
    some = ngettext("1 nested model", "{count} nested models", count).format(count=count)
    return some if count else _("no nested models")


def _named(tensor: str, slot: str) -> str:
    """A tensor, with the argument that takes it where that is not the first one."""
    plain = not slot or slot.startswith(("[", "inputs"))
    return tensor if plain else _slotted(tensor, slot.split("[")[0])


def _slotted(tensor: str, slot: str) -> str:
    return _("{tensor} as {argument}").format(tensor=tensor, argument=slot)


def _kind_of(side: Side, step: Step) -> str:
    operation = operation_at(side.form.graph, step.path)
    return quoted(operation.class_name)


def _value(value: Any) -> str:
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict):
        return _activations((value,))
    return literal(value)


def _activations(activations: tuple) -> str:
    if not activations:
        return "None"
    texts = []
    for kind, settings in activations:
        inner = ", ".join(f"{k}={literal(v)}" for k, v in settings.items())
        texts.append(f"'{kind}'" + (f" ({inner})" if inner else ""))
    return _(" then ").join(texts)


def _with_word(activations: tuple) -> str:
    if not activations:
        return _("no activation")
    return _("activation {activation}").format(activation=_activations(activations))


def _frozen(mine: Step) -> dict[str, str]:
    if any(mine.trainable):
        return {"found": _("trainable"), "expected": _("frozen (trainable=False)")}
    return {"found": pgettext("weights", "frozen"), "expected": _("trainable")}
