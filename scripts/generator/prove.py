"""Compare a contract with what the generator made of it, object by object: its parsed result, before any template sees it.

What is expected is worked out from the contract alone; nothing of `lower` is used. What no result can show is what templates do.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator
from typing import Any

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import PythonIdentifier

from scripts.contract import model
from scripts.generator.parse import properties
from scripts.generator.plan import (
    answer,
    answer_schema,
    body_schema,
    is_class,
    is_file,
    is_literal,
    parameter_schema,
    plan,
    target,
)

Shape = frozenset[Any]  # of a type: its alternatives
View = dict[str, Any]  # what is compared, by what a message calls it

_ANYTHING: Shape = frozenset({"Any"})
_NONE: Shape = frozenset({"None"})
_KINDS = {
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "string": "str",
    "null": "None",
}
_FORMATS = {"date": "datetime.date", "date-time": "datetime.datetime", "uuid": "UUID"}


def prove(contract: model.Contract, data: GeneratorData) -> Iterator[str]:
    """Every difference between a contract and the generator's result, and every name of the contract that is none or stands twice."""
    expected = _Expected(contract)
    wanted, made = expected.view(), _view(data)
    for key in wanted | made:
        want, have = wanted.get(key, "nothing"), made.get(key, "nothing")
        if want != have:
            yield f"{key} should be {_plain(want)} and is {_plain(have)}"
    for names in expected.namespaces():
        seen: set[str] = set()
        for name in names:
            if name in seen or not name.isidentifier() or keyword.iskeyword(name):
                yield f"{name!r} cannot be a name here"
            seen.add(name)


class _Expected:
    """What the contract says."""

    def __init__(self, contract: model.Contract) -> None:
        self._contract, self._plan = contract, plan(contract)
        self._calls = [
            (operation, call)
            for operation in contract.operations.values()
            for call in operation.calls
        ]

    def namespaces(self) -> Iterator[Iterable[str]]:
        yield [schema.class_name for schema in self._plan.classes]
        yield [schema.module_name for schema in self._plan.classes]
        for schema in self._plan.classes:
            yield schema.python_names.values()
        for package in {operation.package for operation, _call in self._calls}:
            yield [call.module for held, call in self._calls if held.package == package]
        for operation, _call in self._calls:
            yield [parameter.python_name for parameter in operation.parameters]

    def view(self) -> View:
        view: View = {}
        for schema in self._plan.classes:
            name = f"class {schema.class_name}"
            view[f"{name}: module"] = schema.module_name
            view |= {f"{name}: {key}": held for key, held in self._class(schema)}
        for operation, call in self._calls:
            name = f"{operation.package}.{call.module}"
            view |= {
                f"{name}: {key}": held for key, held in self._call(operation, call)
            }
        return view

    def _class(self, schema: model.Schema) -> Iterator[tuple[str, Any]]:
        if schema.values is not None:
            yield "values", (set(schema.values), type(schema.values[0]))
            return
        required = self._plan.required[id(schema)]
        files = id(schema) in self._plan.uploads
        for name, held in schema.fields.items():
            python = schema.python_names[name]
            shape = self._shape(held, files)
            yield f"field {name!r}", [(python, name in required, shape)]
        more = schema.additional
        if isinstance(more, model.Schema):
            yield "other fields", self._shape(more, files)
        else:
            yield "other fields", _ANYTHING if more else None

    def _call(
        self, operation: model.Operation, call: model.Call
    ) -> Iterator[tuple[str, Any]]:
        yield "method", operation.method
        parameters = []
        for held in operation.parameters:
            shape = self._shape(parameter_schema(self._contract, held))
            parameters.append((held.name, held.python_name, held.required, shape))
        yield "parameters", parameters
        bodies = []
        if call.media is not None and operation.body is not None:
            shape = self._shape(body_schema(self._contract, call))
            bodies.append(("json", operation.body.required, shape))
        yield "body", bodies
        for status, response in operation.responses.items():
            source = "response.json()" if answer(response) else "None"
            yield f"answer {status}", (source, self._shape(answer_schema(response)))

    def _shape(self, schema: model.Schema, files: bool = False) -> Shape:
        if id(schema) in self._plan.cut:
            return _ANYTHING
        goal, nullable = target(self._contract, schema)
        if files and is_file(goal):
            return frozenset({"File"})
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


def _union(shapes: Iterable[Shape]) -> Shape:
    return frozenset[Any]().union(*shapes) or _ANYTHING


def _of_value(schema: model.Schema, value: model.Json) -> Shape:
    if is_literal(schema, value):
        return frozenset({("const", type(value), value)})
    kind = "float" if schema.kind == "number" else type(value).__name__
    return frozenset({kind}) if kind in _KINDS.values() else _ANYTHING


def _view(data: GeneratorData) -> View:
    """What the generator made."""
    view: View = {}
    for made in (*data.models, *data.enums):
        name = f"class {made.class_info.name}"
        view[f"{name}: module"] = str(made.class_info.module_name)
        if not isinstance(made, ModelProperty):
            view[f"{name}: values"] = made.values, made.value_type
            continue
        for held in properties(made):
            fields = view.setdefault(f"{name}: field {_wire(held)!r}", [])
            fields.append((held.python_name, held.required, _made(held)))
        more = made.additional_properties
        view[f"{name}: other fields"] = None if more is None else _made(more)
    for tag, collection in data.endpoint_collections_by_tag.items():
        for endpoint in collection.endpoints:
            name = f"{_module(tag)}.{_module(endpoint.name)}"
            view[f"{name}: method"] = endpoint.method
            view[f"{name}: parameters"] = [
                (_wire(held), held.python_name, held.required, _made(held))
                for held in endpoint.query_parameters
            ]
            view[f"{name}: body"] = [
                (body.body_type.value, body.prop.required, _made(body.prop))
                for body in endpoint.bodies
            ]
            for response in endpoint.responses:
                key = f"{name}: answer {response.status_code.pattern}"
                view[key] = response.source["attribute"], _made(response.prop)
    return view


def _wire(made: Any) -> str:
    name: str = made.name.get_untrusted_value()
    return name


def _module(name: str) -> str:
    """What the generator writes a module as."""
    return PythonIdentifier(name, "field_")


def _made(made: Any) -> Shape:
    """The type that the generator made."""
    if made.default is not None:
        return frozenset({("default", made.default)})
    if isinstance(made, UnionProperty):
        return _union(map(_made, made.inner_properties))
    if isinstance(made, ListProperty):
        return frozenset({("list", _made(made.inner_property))})
    if isinstance(made, ConstProperty):
        value = made.value.raw_value
        return frozenset({("const", type(value), value)})
    if hasattr(made, "class_info"):
        return frozenset({("class", str(made.class_info.name))})
    return frozenset({made.get_type_string(no_optional=True).as_unembedded_code()})


def _plain(value: Any) -> str:
    """A view for people; sets in one order."""
    if isinstance(value, frozenset | set):
        return " | ".join(sorted(map(_plain, value)))
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_plain, value)) + ")"
    return str(value)
