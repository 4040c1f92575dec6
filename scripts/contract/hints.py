"""Type annotations of generated code, read from their syntax: evaluated, `TestingFor | Unset` loses its name."""

from __future__ import annotations

import ast
from typing import NamedTuple

from scripts.contract.model import ANY, ARRAY, Schema

_PLAIN = {
    "str": ("string", ""),
    "int": ("integer", ""),
    "float": ("number", ""),
    "bool": ("boolean", ""),
    "bytes": ("string", "binary"),
    "File": ("string", "binary"),
    "UUID": ("string", "uuid"),
    "datetime.date": ("string", "date"),
    "datetime.datetime": ("string", "date-time"),
}


class CodeError(Exception):
    """Generated code is not what this reader knows; one line that says where and what."""


class Annotation(NamedTuple):
    """A type, and whether it may be left out."""

    schema: Schema
    optional: bool


def read(node: ast.expr | str, place: str, models: frozenset[str]) -> Annotation:
    """The type that an annotation states; `models` are the names of generated types. Raises CodeError."""
    tree = ast.parse(node, mode="eval").body if isinstance(node, str) else node
    parts = [part for part in _parts(tree) if ast.unparse(part) != "Unset"]
    optional = len(parts) < len(list(_parts(tree)))
    nullable = any(_is_none(part) for part in parts)
    others = [part for part in parts if not _is_none(part)]
    if len(others) == 1:
        schema = _single(others[0], place, models)
    elif others:
        variants = tuple(
            _single(part, f"{place}|{index}", models)
            for index, part in enumerate(others)
        )
        schema = Schema(place, variants=variants)
    else:
        return Annotation(Schema(place, kind="null"), optional)
    schema.nullable = nullable
    return Annotation(schema, optional)


def _parts(tree: ast.expr) -> list[ast.expr]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.BitOr):
        return [*_parts(tree.left), *_parts(tree.right)]
    return [tree]


def _is_none(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and tree.value is None


def _single(tree: ast.expr, place: str, models: frozenset[str]) -> Schema:
    text = ast.unparse(tree)
    if text in _PLAIN:
        kind, form = _PLAIN[text]
        return Schema(place, kind=kind, format=form)
    if text == "Any":
        return Schema(place, kind=ANY)
    if text in models:
        return Schema(place, ref=text)
    if isinstance(tree, ast.Subscript):
        base = ast.unparse(tree.value)
        if base == "list":
            inner = read(tree.slice, f"{place}[]", models).schema
            return Schema(place, kind=ARRAY, items=inner)
        if base == "Literal":
            return literal(tree, place)
    raise CodeError(
        f"{place}: the annotation {text!r} is none that the generator writes"
    )


def literal(tree: ast.Subscript, place: str) -> Schema:
    """The values of `Literal[...]`, as an enum that makes no type of its own."""
    listed = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    values = tuple(ast.literal_eval(value) for value in listed)
    kinds = {
        {str: "string", int: "integer", float: "number", bool: "boolean"}[type(value)]
        for value in values
    }
    kind = kinds.pop() if len(kinds) == 1 else ANY
    return Schema(place, kind=kind, enum=values, constant=True)
