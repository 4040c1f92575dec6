"""Compare a plan with what the generator made of it, object by object: its parsed result, before any template sees it.

Nothing of `lower` is used. What no result can show is what templates do.
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

from scripts.generator.parse import properties
from scripts.generator.plan import Class, Function, Member, Plan, Type


def prove(plan: Plan, data: GeneratorData) -> Iterator[str]:
    """Every difference between a plan and the generator's result, and every name of the plan that is none or stands twice."""
    classes = [made for made, _ in plan.classes]
    functions = [made for made, *_ in plan.functions]
    wanted = _view([*classes, *functions])
    made = _view([*map(_class, [*data.models, *data.enums]), *_functions(data)])
    for key in wanted | made:
        want, have = wanted.get(key, "nothing"), made.get(key, "nothing")
        if want != have:
            yield f"{key} should be {_plain(want)} and is {_plain(have)}"
    yield from _unusable(made.name for made in classes)
    yield from _unusable(made.module for made in classes)
    yield from _unusable(made.name for made in functions)
    for members in [
        *(made.fields.values() for made in classes),
        *(made.parameters for made in functions),
    ]:
        yield from _unusable(member.python for member in members)


def _unusable(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        steps = name.split(".")
        if name in seen or not all(
            s.isidentifier() and not keyword.iskeyword(s) for s in steps
        ):
            yield f"{name!r} cannot be a name here"
        seen.add(name)


def _view(parts: Iterable[Class | Function]) -> dict[str, Any]:
    """What is compared, by what a message calls it."""
    view: dict[str, Any] = {}
    for part in parts:
        name = f"{type(part).__name__.lower()} {part.name}: "
        for key, value in part._asdict().items():
            if isinstance(value, dict):
                view |= {f"{name}{key} {k!r}": held for k, held in value.items()}
            else:
                view[name + key] = value
    return view


# What the generator made


def _class(made: Any) -> Class:
    name, module = str(made.class_info.name), str(made.class_info.module_name)
    if not isinstance(made, ModelProperty):
        return Class(name, module, frozenset(made.values), {}, None)
    fields = {held.wire: held for held in map(_member, properties(made))}
    more = made.additional_properties
    others = None if more is None else _type(more)
    return Class(name, module, frozenset(), fields, others)


def _functions(data: GeneratorData) -> Iterator[Function]:
    for tag, collection in data.endpoint_collections_by_tag.items():
        for endpoint in collection.endpoints:
            # As the generator writes modules.
            name = ".".join(PythonIdentifier(n, "field_") for n in (tag, endpoint.name))
            bodies = [
                (body.prop.required, _type(body.prop)) for body in endpoint.bodies
            ]
            answers = {}
            for response in endpoint.responses:
                source = response.source["attribute"]
                read = {"None": None, "response.json()": _type(response.prop)}
                answers[response.status_code.pattern] = read.get(source, (source,))
            parameters = list(map(_member, endpoint.query_parameters))
            yield Function(name, endpoint.method, parameters, bodies, answers)


def _member(made: Any) -> Member:
    wire = made.name.get_untrusted_value()
    return Member(wire, str(made.python_name), made.required, _type(made))


def _type(made: Any) -> Type:
    if made.default is not None:
        return (("default", made.default),)
    if isinstance(made, UnionProperty):
        return tuple(part for inner in made.inner_properties for part in _type(inner))
    if isinstance(made, ListProperty):
        return (("list", _type(made.inner_property)),)
    if isinstance(made, ConstProperty):
        value = made.value.raw_value
        return (("const", type(value), value),)
    if hasattr(made, "class_info"):
        return (("class", str(made.class_info.name)),)
    return (made.get_type_string(no_optional=True).as_unembedded_code(),)


def _plain(value: Any) -> str:
    """A view for people; sets in one order."""
    if isinstance(value, frozenset):
        value = tuple(sorted(value))
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_plain, value)) + ")"
    return str(value)
