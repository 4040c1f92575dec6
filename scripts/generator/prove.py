"""Compare a contract with what the generator made of it, object by object: its parsed result, before any template sees it.

The expected types are worked out from the contract alone; nothing of `lower` is used. What no result can show is what templates do.
"""

from __future__ import annotations

import ast
import json
import keyword
from collections.abc import Iterable, Iterator
from typing import Any

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import Property
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import PythonIdentifier, in_double_quote_literal

from scripts import safety
from scripts.contract import model
from scripts.generator.plan import (
    Fault,
    UnplacedError,
    answer,
    body_schema,
    is_class,
    is_file,
    is_literal,
    is_text,
    plan,
    target,
)

Shape = frozenset[Any]  # of a type: its alternatives
View = dict[str, Any]  # what is compared, by what a message calls it

_ANYTHING: Shape = frozenset({"Any"})
_TEXT: Shape = frozenset({"str"})
_FILE: Shape = frozenset({"File"})
_NONE: Shape = frozenset({"None"})
_KINDS = {
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "string": "str",
    "null": "None",
}
_FORMATS = {"date": "datetime.date", "date-time": "datetime.datetime", "uuid": "UUID"}
_BODIES = {
    model.JSON_KIND: "json",
    model.FORM_KIND: "data",
    model.MULTIPART_KIND: "files",
}


def prove(contract: model.Contract, data: GeneratorData) -> Iterator[Fault]:
    """Every difference between a contract and the generator's result, with the operation or class that it is at.

    Raises:
        UnplacedError: The result has something that no part of the contract asked for.
    """
    known = {str(held.class_info.name): held for held in (*data.models, *data.enums)}
    proof = _Proof(contract)
    yield from proof.classes(known)
    endpoints = {
        (str(tag), str(endpoint.name)): endpoint
        for tag, collection in data.endpoint_collections_by_tag.items()
        for endpoint in collection.endpoints
    }
    yield from proof.operations(endpoints)
    if known or endpoints:
        raise UnplacedError(f"the generator made up {[*known, *endpoints]}")


def properties(made: ModelProperty) -> list[Property]:
    """Required and optional properties of a model, in the order of its constructor."""
    return [*(made.required_properties or ()), *(made.optional_properties or ())]


class _Proof:
    """Views of the contract; what is proven is taken out of the mappings given."""

    def __init__(self, contract: model.Contract) -> None:
        self._contract, self._plan = contract, plan(contract)

    def classes(self, found: dict[str, Any]) -> Iterator[Fault]:
        modules: set[str] = set()
        for schema in self._plan.classes:
            name, module = schema.class_name, schema.module_name
            made = found.pop(name, None)
            if made is None or module in modules:
                yield schema, f"class {name} is missing, or shares its name or module"
                continue
            modules.add(module)
            wanted = self._class(schema) | {"module": module}
            seen = _class(made) | {"module": str(made.class_info.module_name)}
            names = schema.python_names.values()
            texts = [("name", name) for name in schema.fields]
            for words in _differences(wanted, seen, names, texts):
                yield schema, f"class {name}: {words}"

    def operations(self, found: dict[tuple[str, str], Endpoint]) -> Iterator[Fault]:
        for operation in self._contract.operations.values():
            for call in operation.calls:
                endpoint = found.pop((operation.package, call.module), None)
                if endpoint is None:
                    yield operation, f"{call.module} is missing, or shares its module"
                    continue
                wanted = self._call(operation, call)
                names = [p.python_name for p in operation.parameters]
                texts = [("name", operation.path)]
                for held in operation.parameters:
                    token = held.where in ("header", "cookie")
                    texts.append(("header" if token else "name", held.name))
                if call.media is not None:
                    texts.append(("content type", call.media.content_type))
                for words in _differences(wanted, _endpoint(endpoint), names, texts):
                    yield operation, f"{call.module}: {words}"

    # What the contract says

    def _class(self, schema: model.Schema) -> View:
        if schema.values is not None:
            return {"values": set(schema.values), "type": type(schema.values[0])}
        required = self._plan.required(self._contract, schema)
        files = id(schema) in self._plan.uploads
        view: View = {
            f"field {name!r}": (
                schema.python_names[name],
                name in required,
                self._shape(held, files),
            )
            for name, held in schema.fields.items()
        }
        more = schema.additional
        if isinstance(more, model.Schema):
            view["additional"] = self._shape(more, files)
        else:
            view["additional"] = _ANYTHING if more else None
        return view

    def _call(self, operation: model.Operation, call: model.Call) -> View:
        path = operation.path
        parameters = []
        for held in operation.parameters:
            shape = _TEXT
            if not is_text(self._contract, held):
                shape = self._shape(held.schema)
            if held.where == "path":
                shape = shape - _NONE or _ANYTHING
                path = path.replace(f"{{{held.name}}}", f"{{{held.python_name}}}")
            parameters.append(
                (held.where, held.name, held.python_name, held.required, shape)
            )
        view: View = {
            "method": operation.method,
            "path": path,
            "parameters": set(parameters),
            "module": (_module(operation.package), _module(call.module)),
            "needs credentials": False,  # any client may call; ours brings them
            "body": None,
        }
        if call.media is not None and operation.body is not None:
            kind, typed = call.media.kind, body_schema(self._contract, call)
            shape = _ANYTHING if typed is None else self._shape(typed)
            if kind not in _BODIES:
                shape = _TEXT if kind == model.TEXT_KIND else _FILE
            view["body"] = (
                call.media.content_type,
                _BODIES.get(kind, "content"),
                operation.body.required,
                shape,
            )
        for status, response in operation.responses.items():
            view[f"answer {status}"] = self._answer(response)
        return view

    def _answer(self, response: model.Response) -> Any:
        media = answer(response)
        if media is None:
            return "None", _ANYTHING
        if media.kind == model.JSON_KIND:
            shape = _ANYTHING if media.schema is None else self._shape(media.schema)
            # An answer of Any alone would never be read.
            return "response.json()", shape | _NONE if shape == _ANYTHING else shape
        if media.kind == model.BYTES_KIND:
            return "response.content", _FILE
        return "response.text", _TEXT

    def _shape(self, schema: model.Schema, files: bool = False) -> Shape:
        if id(schema) in self._plan.cut:
            return _ANYTHING
        goal, nullable = target(self._contract, schema)
        if files and is_file(goal):
            return _FILE
        shape = self._alternatives(goal, files)
        return shape | _NONE if nullable and shape != _ANYTHING else shape

    def _alternatives(self, goal: model.Schema, files: bool) -> Shape:
        if is_class(goal):
            return frozenset({("class", goal.class_name)})
        if goal.variants:
            return _union(self._shape(variant, files) for variant in goal.variants)
        if goal.values is not None:
            return _union(_of_value(goal, value) for value in goal.values)
        if goal.kind == model.ARRAY:
            rest = _ANYTHING if goal.items is None else self._shape(goal.items, files)
            items = (self._shape(held, files) for held in goal.prefix)
            return frozenset({("list", _union((*items, rest)))})
        if goal.kind == "string":
            return frozenset({_FORMATS.get(goal.format, "str")})
        return frozenset({_KINDS.get(goal.kind, "Any")})


def _module(name: str) -> str:
    """What the generator writes a module as."""
    return PythonIdentifier(name, "field_")


def _union(shapes: Iterable[Shape]) -> Shape:
    return frozenset[Any]().union(*shapes) or _ANYTHING


def _of_value(schema: model.Schema, value: model.Json) -> Shape:
    if is_literal(schema, value):
        return frozenset({("const", type(value), value)})
    kind = "float" if schema.kind == "number" else type(value).__name__
    return frozenset({kind}) if kind in _KINDS.values() else _ANYTHING


# What the generator made


def _class(made: Any) -> View:
    if not isinstance(made, ModelProperty):
        return {"values": made.values, "type": made.value_type}
    view: View = {"additional": None}
    for held in properties(made):
        key = f"field {held.name.get_untrusted_value()!r}"
        twice = key in view or held.default is not None
        view[key] = twice or (held.python_name, held.required, _shape(held))
    if made.additional_properties is not None:
        view["additional"] = _shape(made.additional_properties)
    return view


def _endpoint(made: Endpoint) -> View:
    view: View = {
        "method": made.method,
        "path": made.path.get_untrusted_value(),
        "parameters": {
            (
                place.value,
                held.name.get_untrusted_value(),
                held.python_name,
                held.required,
                _shape(held) if held.default is None else held.default,
            )
            for place, held in made.iter_all_parameters()
        },
        "module": (*made.tags, made.name),
        "needs credentials": made.requires_security,
        "body": None,
    }
    for body in made.bodies:
        view["body"] = (
            body.content_type.get_untrusted_value(),
            body.body_type.value,
            body.prop.required,
            _shape(body.prop),
        )
    for response in made.responses:
        status = response.status_code.pattern
        view[f"answer {status}"] = response.source["attribute"], _shape(response.prop)
    return view


def _shape(made: Any) -> Shape:
    if isinstance(made, UnionProperty):
        return _union(map(_shape, made.inner_properties))
    if isinstance(made, ListProperty):
        return frozenset({("list", _shape(made.inner_property))})
    if isinstance(made, ConstProperty):
        value = ast.literal_eval(made.value.python_code.as_unembedded_code())
        return frozenset({("const", type(value), value)})
    if hasattr(made, "class_info"):
        return frozenset({("class", str(made.class_info.name))})
    return frozenset({made.get_type_string(no_optional=True).as_unembedded_code()})


# Both


def _differences(
    wanted: View,
    made: View,
    names: Iterable[str],
    texts: Iterable[tuple[str, str]],
) -> Iterator[str]:
    """What differs; names that are none in Python, or not of their own; texts that a literal would not keep."""
    for key in wanted | made:
        want, have = wanted.get(key, "nothing"), made.get(key, "nothing")
        if want != have:
            yield f"{key} should be {_plain(want)} and is {_plain(have)}"
    seen: set[str] = set()
    for name in names:
        if name in seen or not name.isidentifier() or keyword.iskeyword(name):
            yield f"{name!r} cannot be a name here"
        seen.add(name)
    for kind, text in texts:
        fault = safety.fault(kind, text)
        if json.loads(f'"{in_double_quote_literal(text)}"') != text or fault:
            yield fault or f"{text!r} cannot be written in code"


def _plain(value: Any) -> str:
    """A view for people; sets in one order."""
    if isinstance(value, frozenset | set):
        return " | ".join(sorted(map(_plain, value)))
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_plain, value)) + ")"
    return str(value)
