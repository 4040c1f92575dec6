"""Compare the parameters of two operations."""

from __future__ import annotations

from scripts.contract.comparing import words
from scripts.contract.comparing.changes import Effect
from scripts.contract.comparing.context import Context
from scripts.contract.comparing.media_types import media_key
from scripts.contract.comparing.pairing import (
    declared_at,
    pair_parameters,
    wire_name,
)
from scripts.contract.model import JSON_KIND, Contract, Operation, Parameter
from scripts.contract.reading.media_types import kind_of
from scripts.contract.schema import ANY, ARRAY, OBJECT, Union, type_name
from scripts.contract.view import view

# Kinds of values that JSON writes as a parameter does.
_WRITTEN_ALIKE = {"integer", "number", "boolean"}


def compare_parameters(context: Context, a: Operation, b: Operation) -> None:
    """Add a row for each parameter that was added, removed, renamed or moved, and compare the others."""

    def is_alike(before: Parameter, after: Parameter) -> bool:
        alike = context.schemas.alike(before.schema, after.schema)
        return alike and before.required == after.required

    pairing, renamed = pair_parameters(a, b, is_alike)
    for pair in renamed:
        _add_renamed(context, pair, (a, b))
    for parameter in pairing.removed:
        where = _holder(context, parameter, a, context.new)
        before = words.text(parameter.schema, context.old)
        at = (parameter.at, b.at)
        context.add("parameter-removed", where, (before, None), at, context.sent)
    for parameter in pairing.added:
        rule = "parameter-added"
        if parameter.required:
            rule = "required-parameter-added"
        where = _holder(context, parameter, b, context.old)
        after = words.text(parameter.schema, context.new)
        context.add(rule, where, (None, after), (a.at, parameter.at), context.sent)
    for pair in pairing.pairs:
        _compare_parameter(context, pair, (a, b))


def _python_names(
    context: Context,
    parameters: tuple[Parameter, Parameter],
    operations: tuple[Operation, Operation],
) -> tuple[str, str]:
    """The names of a parameter as an argument, before and after."""
    before = context.old.argument(operations[0], parameters[0])
    after = context.new.argument(operations[1], parameters[1])
    return before, after


def _add_renamed(
    context: Context,
    parameters: tuple[Parameter, Parameter],
    operations: tuple[Operation, Operation],
) -> None:
    """Add a row for a renamed parameter. No request contains the name of a path variable, so it breaks nobody if the Python name stays."""
    a, b = parameters
    of = operations[0]
    effect = Effect.REMOVED
    names_in_python = _python_names(context, parameters, operations)
    if a.where == "path" and names_in_python[0] == names_in_python[1]:
        effect = Effect.NOTED
    where = context.of(words.parameter(a), of)
    if declared_at(a) == declared_at(b):
        where = _holder(context, a, of, context.new)
    names = (a.name, b.name)
    at = (a.at, b.at)
    context.add("parameter-renamed", where, names, at, context.sent, effect)


def _compare_parameter(
    context: Context,
    parameters: tuple[Parameter, Parameter],
    operations: tuple[Operation, Operation],
) -> None:
    a, b = parameters
    at = (a.at, b.at)
    where = context.part(at, context.of(words.parameter(b), operations[0]))
    required = (a.required, b.required)
    context.compare_required("parameter", where, required, at, context.sent)
    styles = _styles(context, a, b)
    if a.where != b.where:
        context.add("parameter-moved", where, (a.where, b.where), at, context.sent)
    elif styles:
        context.add("parameter-style-changed", where, styles, at, context.sent)
    if a.name.lower() == b.name.lower():
        names = _python_names(context, parameters, operations)
        context.add("python-name-changed", where, names, at)
    context.compare_notes(a.notes, b.notes, where, at, context.sent)
    context.compare_schemas(a.schema, b.schema, context.sent, at)


def _styles(context: Context, a: Parameter, b: Parameter) -> tuple[str, str] | None:
    """How the value of two parameters is written, in words; None where it is written alike."""
    before = _style(a, context.old)
    after = _style(b, context.new)
    if before == after:
        return None
    if before and after:
        return before, after
    # On one side a single value, which is written alike in all styles, though not as JSON if it is text.
    if before and _is_other_text(a, _kinds(b, context.new)):
        return before, "plain"
    if after and _is_other_text(b, _kinds(a, context.old)):
        return "plain", after
    return None


def _is_other_text(parameter: Parameter, kinds: set[str]) -> bool:
    """Whether a parameter is JSON that differs from the plain text of values of some kinds."""
    if not parameter.media or kind_of(parameter.media) != JSON_KIND:
        return False
    return not kinds <= _WRITTEN_ALIKE


def _style(parameter: Parameter, contract: Contract) -> str:
    """How the value is written; empty for a single value, which is written alike in all styles."""
    if parameter.media:
        key = media_key(parameter.media)
        if key == "text/plain":
            return ""
        return key
    if _kinds(parameter, contract) & {ARRAY, OBJECT, ANY}:
        if parameter.explode:
            return f"{parameter.style}, exploded"
        return f"{parameter.style}, joined"
    return ""


def _kinds(parameter: Parameter, contract: Contract) -> set[str]:
    """The kinds of values that a parameter may have."""
    schema = view(parameter.schema, contract).schema
    if not isinstance(schema, Union):
        return {type_name(schema)}
    return {type_name(view(variant, contract).schema) for variant in schema.variants}


def _holder(
    context: Context, parameter: Parameter, of: Operation, counterpart: Contract
) -> str:
    """The place of an added or removed parameter: its component or path, if all users gain or lose it; else the operation."""
    is_own = parameter.at[: len(of.at)] == of.at
    if is_own or _is_kept(parameter, of, counterpart):
        return context.of(words.parameter(parameter), of)
    return context.places.declared_parameter(parameter, of)


def _is_kept(parameter: Parameter, of: Operation, counterpart: Contract) -> bool:
    """Whether the other contract still has a parameter, for other operations than the one it came or went with."""
    for operation in counterpart.operations.values():
        for candidate in operation.parameters:
            same_name = wire_name(candidate) == wire_name(parameter)
            if same_name and (
                candidate.at == parameter.at or operation.path == of.path
            ):
                return True
    return False
