"""Compare a plan with what the generator made of it, object by object: its parsed result, before any template sees it.

It uses nothing of `lower`. What templates write is beyond its view; the conformance check calls that.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import EnumProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.literal_enum_property import (
    LiteralEnumProperty,
)
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol, Value
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.responses import Response
from openapi_python_client.strings import PythonIdentifier

from scripts.generator.parse import properties
from scripts.generator.plan import (
    Class,
    ClassUse,
    Constant,
    Function,
    ListOf,
    Member,
    Part,
    Plan,
    Type,
)


def prove(plan: Plan, data: GeneratorData) -> Iterator[str]:
    """Every difference between a plan and the generator's result, and every name of the plan that is no identifier or not unique."""
    classes = [planned_class for planned_class, _schema in plan.classes]
    functions = [function for function, *_ in plan.functions]
    planned = _facts([*classes, *functions])
    parsed = _facts([*_classes(data), *_functions(data)])
    for subject in planned | parsed:
        expected = planned.get(subject, "nothing")
        actual = parsed.get(subject, "nothing")
        if expected != actual:
            yield f"{subject} should be {_plain(expected)} and is {_plain(actual)}"
    yield from _unusable(planned_class.name for planned_class in classes)
    yield from _unusable(planned_class.module for planned_class in classes)
    yield from _unusable(function.name for function in functions)
    for planned_class in classes:
        yield from _unusable(m.python for m in planned_class.fields.values())
    for function in functions:
        yield from _unusable(member.python for member in function.parameters)


def _unusable(names: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with names of one scope."""
    seen: set[str] = set()
    for name in names:
        if name in seen or not all(map(_is_name, name.split("."))):
            yield f"{name!r} cannot be a name here"
        seen.add(name)


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _facts(subjects: Iterable[Class | Function]) -> dict[str, object]:
    """The facts to compare, by their names in messages."""
    facts: dict[str, object] = {}
    for subject in subjects:
        kind = type(subject).__name__.lower()
        for attribute, value in subject._asdict().items():
            name = f"{kind} {subject.name}: {attribute}"
            if isinstance(value, dict):
                for key, entry in value.items():
                    facts[f"{name} {key!r}"] = entry
            else:
                facts[name] = value
    return facts


# What the generator made


def _classes(data: GeneratorData) -> Iterator[Class]:
    for enum in data.enums:
        class_info = enum.class_info
        values = frozenset(enum.values)
        yield Class(str(class_info.name), str(class_info.module_name), values, {}, None)
    for parsed in data.models:
        fields = {}
        for parsed_property in properties(parsed):
            member = _member(parsed_property)
            fields[member.wire] = member
        additional = None
        if parsed.additional_properties is not None:
            additional = _type(parsed.additional_properties)
        name = str(parsed.class_info.name)
        module = str(parsed.class_info.module_name)
        yield Class(name, module, frozenset(), fields, additional)


def _functions(data: GeneratorData) -> Iterator[Function]:
    for tag, collection in data.endpoint_collections_by_tag.items():
        for endpoint in collection.endpoints:
            yield _function(tag, endpoint)


def _function(tag: str, endpoint: Endpoint) -> Function:
    # As the generator writes modules.
    name = ".".join(PythonIdentifier(n, "field_") for n in (tag, endpoint.name))
    bodies = [(body.prop.required, _type(body.prop)) for body in endpoint.bodies]
    answers: dict[str, Type | None] = {}
    for response in endpoint.responses:
        answers[response.status_code.pattern] = _answer(response)
    parameters = list(map(_member, endpoint.query_parameters))
    return Function(name, endpoint.method, parameters, bodies, answers)


def _answer(response: Response) -> Type | None:
    """The type of an answer; None where nothing is read. An answer that is not read as JSON has a type that no plan has."""
    match response.source["attribute"]:
        case "None":
            return None
        case "response.json()":
            return _type(response.prop)
        case source:
            return (source,)


def _member(parsed: PropertyProtocol) -> Member:
    wire = parsed.name.get_untrusted_value()
    return Member(wire, str(parsed.python_name), parsed.required, _type(parsed))


def _type(parsed: PropertyProtocol) -> Type:
    """The type of a parsed property. One with a default has a type that no plan has."""
    if parsed.default is not None:
        return (Constant(Value, str(parsed.default.raw_value)),)
    match parsed:
        case UnionProperty():
            parts: list[Part] = []
            for inner in parsed.inner_properties:
                parts.extend(_type(inner))
            return tuple(parts)
        case ListProperty():
            return (ListOf(_type(parsed.inner_property)),)
        case ConstProperty():
            value = parsed.value.raw_value
            return (Constant(type(value), value),)
        case ModelProperty() | EnumProperty() | LiteralEnumProperty():
            return (ClassUse(str(parsed.class_info.name)),)
        case _:
            return (parsed.get_type_string(no_optional=True).as_unembedded_code(),)


def _plain(value: object) -> str:
    """A value for people; sets in one order."""
    if isinstance(value, frozenset):
        value = tuple(sorted(value))
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_plain, value)) + ")"
    return str(value)
