"""Types of a generated package, by introspection: attrs fields, annotations, and what `to_dict` does with one field set."""

from __future__ import annotations

import ast
import inspect
import typing
from types import ModuleType
from typing import Any

import attrs

from scripts.contract import hints
from scripts.contract.hints import CodeError
from scripts.contract.model import OBJECT, Contract, Schema
from scripts.contract.samples import Samples

ADDITIONAL = "additional_properties"


def read(models: ModuleType, types: ModuleType, code: Contract) -> None:
    """Put every type of a package into a contract. Raises CodeError."""
    names = frozenset(models.__all__)
    fields: dict[str, dict[str, Schema]] = {}
    for name in sorted(names):
        held = getattr(models, name)
        if typing.get_origin(held) is typing.Literal:
            code.types[name] = _enum(name, held)
        elif attrs.has(held):
            code.types[name], fields[name] = _model(name, held, names, types)
        else:
            raise CodeError(f"models.{name}: neither a model nor an enum")
    for name, by_python in fields.items():
        _wire_names(name, by_python, getattr(models, name), code, models, types)


def _enum(name: str, held: Any) -> Schema:
    values = typing.get_args(held)
    kind = "integer" if all(isinstance(v, int) for v in values) else "string"
    return Schema(name, kind=kind, enum=values)


def _model(
    name: str, cls: Any, names: frozenset[str], types: ModuleType
) -> tuple[Schema, dict[str, Schema]]:
    """A model without wire names yet, and its fields by Python name."""
    tree = ast.parse(inspect.getsource(cls)).body[0]
    assert isinstance(tree, ast.ClassDef)
    declared = {
        node.target.id: node.annotation
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    schema = Schema(name, kind=OBJECT, additional=False)
    fields, required = {}, set()
    for attribute in attrs.fields(cls):
        place = f"{name}.{attribute.name}"
        annotation = declared[attribute.name]
        if attribute.name == ADDITIONAL and not attribute.init:
            schema.additional = _additional(annotation, place, names)
            continue
        if not attribute.kw_only:
            raise CodeError(f"{place}: the constructor takes it by position")
        field, optional = hints.read(annotation, place, names)
        default = attribute.default
        if default is attrs.NOTHING:
            required.add(attribute.name)
        if optional != (default is types.UNSET) and default in (
            attrs.NOTHING,
            types.UNSET,
        ):
            raise CodeError(f"{place}: annotation and default disagree")
        take_default(field, default, types)
        fields[attribute.name] = field
    schema.required = frozenset(required)
    return schema, fields


def _additional(
    annotation: ast.expr, place: str, names: frozenset[str]
) -> bool | Schema:
    if not (
        isinstance(annotation, ast.Subscript)
        and isinstance(annotation.slice, ast.Tuple)
        and ast.unparse(annotation.value) == "dict"
    ):
        raise CodeError(f"{place}: no mapping")
    inner = hints.read(annotation.slice.elts[1], place, names).schema
    return True if inner.kind == "any" and _says_nothing(inner) else inner


def _says_nothing(schema: Schema) -> bool:
    return not (schema.ref or schema.variants or schema.enum)


def take_default(schema: Schema, default: Any, types: ModuleType) -> None:
    """Note the default that a field or parameter has in code, in JSON form."""
    if default in (attrs.NOTHING, inspect.Parameter.empty) or default is types.UNSET:
        return
    schema.has_default = True
    schema.default = default.isoformat() if hasattr(default, "isoformat") else default
    if type(schema.default).__name__ == "UUID":
        schema.default = str(schema.default)


def _wire_names(
    name: str,
    by_python: dict[str, Schema],
    cls: Any,
    code: Contract,
    models: ModuleType,
    types: ModuleType,
) -> None:
    """The key that `to_dict` writes each field under."""
    schema = code.types[name]
    samples = Samples(code, models, types)
    required = set()
    for python, field in by_python.items():
        empty = cls.from_dict({})
        setattr(empty, python, _probe(field, samples))
        try:
            keys = list(empty.to_dict())
        except Exception as error:
            raise CodeError(
                f"{name}.{python}: cannot be written: {type(error).__name__}"
            ) from error
        if len(keys) != 1:
            raise CodeError(f"{name}.{python}: is written under {keys}")
        schema.fields[keys[0]] = field
        code.names.fields[f"{name}.{keys[0]}"] = python
        if python in schema.required:
            required.add(keys[0])
    schema.required = frozenset(required)


class _Stub:
    """Stands for a model while wire names are not known yet."""

    def to_dict(self) -> dict[str, Any]:
        return {}


def _probe(field: Schema, samples: Samples) -> Any:
    if field.ref and samples.code.types[field.ref].enum is None:
        return _Stub()
    if field.variants:
        return _probe(field.variants[0], samples)
    if field.items is not None:
        return []
    return samples.one(field).value
