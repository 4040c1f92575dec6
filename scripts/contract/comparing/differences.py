"""What differs in two schemas themselves, without what they are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from scripts.contract.comparing import bounds, words
from scripts.contract.comparing.changes import (
    Difference,
    Effect,
    Sides,
    canonical,
    step,
)
from scripts.contract.comparing.notes import note_differences
from scripts.contract.schema import (
    ANY,
    Anything,
    Array,
    Binary,
    Enum,
    Object,
    Reference,
    Schema,
    Union,
    shared_fields,
    type_name,
)
from scripts.contract.view import View, view
from scripts.intake.yaml_text import Pointer

# Formats of strings that are another type than `str` in Python.
PYTHON_FORMATS = {"binary", "date", "date-time", "uuid"}
# Formats of OpenAPI 3.0, and the annotations that say the same in 3.1 (OpenAPI 3.1, Migrating binary descriptions from OAS 3.0).
_CONTENT_OF_FORMATS = {
    "binary": ("contentMediaType", "application/octet-stream"),
    "byte": ("contentEncoding", "base64"),
}


def differences(old: View, new: View) -> list[Difference]:
    """What differs in two schemas themselves, without what they are made of."""
    before = old.schema
    after = new.schema
    differing = []
    if _shape(before) != _shape(after):
        effect = _effect_of_type(old, new)
        differing.append(
            Difference("type-changed", words.both(old, new), effect=effect)
        )
        if not {type_name(before), type_name(after)} <= {"integer", "number"}:
            return differing
    null_differs = old.nullable != new.nullable and allows_null(old) != allows_null(new)
    if null_differs and not (old.allows_anything and new.allows_anything):
        differing.append(nullability(old, new))
    differing.append(_format_difference(before, after))
    if old.class_name and new.class_name:
        differing.append(Difference("class-renamed", (old.class_name, new.class_name)))
    differing += bounds.value_differences(before, after)
    differing += bounds.limit_differences(old, new)
    differing += note_differences(*_annotations(old, new))
    differing += _discriminators(old, new)
    if isinstance(before, Object) and isinstance(after, Object):
        differing += _unknown_fields(old, new, before, after)
        differing += _python_names(old, new, before, after)
    return [difference for difference in differing if _differs(*difference.sides)]


def _differs(before: object, after: object) -> bool:
    """Whether two sides are written differently. Most sides are None twice."""
    return before is not after and canonical(before) != canonical(after)


def _shape(schema: Schema) -> tuple[str, bool, int]:
    """The facts that must be equal for anything else to be compared."""
    prefix_length = 0
    if isinstance(schema, Array):
        prefix_length = len(schema.prefix)
    return type_name(schema), isinstance(schema, Union), prefix_length


def _format_difference(old: Schema, new: Schema) -> Difference:
    """Another format breaks where it is another type in Python. Bytes stay bytes, whether a format or an annotation says so."""
    effect = Effect.NOTED
    has_python_type = bool({old.format, new.format} & PYTHON_FORMATS)
    are_bytes = isinstance(old, Binary) and isinstance(new, Binary)
    if has_python_type and type_name(old) == "string" and not are_bytes:
        effect = Effect.REPLACED
    formats: Sides = (old.format or None, new.format or None)
    return Difference("format-changed", formats, effect=effect)


def allows_null(seen: View, within: tuple[Pointer, ...] = ()) -> bool:
    """Whether null is allowed, by the schema itself or by a variant."""
    if seen.nullable:
        return True
    schema = seen.schema
    if schema.pointer in within or not isinstance(schema, Union):
        return False
    inside = (*within, schema.pointer)
    return any(
        allows_null(view(variant, seen.contract), inside) for variant in schema.variants
    )


def for_union(seen: View) -> View:
    """A union of constants as the enum that it amounts to; any other union as nullable if one of its variants is."""
    schema = seen.schema
    if not isinstance(schema, Union):
        return seen
    nullable = seen.nullable or any(v.nullable for v in schema.variants)
    values: list[object] = []
    types: set[str] = set()
    for variant in schema.variants:
        if not isinstance(variant, Enum) or not variant.constant:
            return dataclasses.replace(seen, nullable=nullable)
        values += variant.values
        types.add(variant.type)
    enum_type = ANY
    if len(types) == 1:
        enum_type = types.pop()
    enum = Enum(type=enum_type, values=tuple(values), **shared_fields(schema))
    return dataclasses.replace(seen, schema=enum, nullable=nullable)


def nullability(old: View, new: View) -> Difference:
    """The difference where only one side allows null."""
    effect = Effect.NARROWED
    if new.nullable:
        effect = Effect.WIDENED
    return Difference("nullable-changed", words.both(old, new), effect=effect)


def _effect_of_type(old: View, new: View) -> Effect:
    """The effect of another type: widened if it allows all values of the old one, narrowed in the reverse case, else replaced."""
    types = (type_name(old.schema), type_name(new.schema))
    if types == ("integer", "number") or new.allows_anything:
        return Effect.WIDENED
    if types == ("number", "integer") or old.allows_anything:
        return Effect.NARROWED
    return Effect.REPLACED


def _annotations(old: View, new: View) -> tuple[dict[str, object], dict[str, object]]:
    """The annotations of both, without the content that one of them states by its format and the other one by an annotation."""
    before = _written_out(old)
    after = _written_out(new)
    for format_, (key, content) in _CONTENT_OF_FORMATS.items():
        was_stated = old.schema.format == format_ or before.get(key) == content
        is_stated = new.schema.format == format_ or after.get(key) == content
        if was_stated and is_stated:
            for notes in (before, after):
                if notes.get(key) == content:
                    del notes[key]
    return before, after


def _written_out(seen: View) -> dict[str, object]:
    """Annotations, without references in them."""
    notes: dict[str, object] = dict(seen.notes)
    if "contentSchema" in notes:
        content = notes["contentSchema"]
        notes["contentSchema"] = bounds.expanded(content, seen.contract.types)
    return notes


# Discriminators


@dataclasses.dataclass(frozen=True, slots=True)
class _Choice:
    """How the variant of a union is chosen.

    Attributes:
        property: The property whose value names the variant; None where none does.
        by_value: The name of the variant by that value.
        variants: The names of all variants.
    """

    property: str | None
    by_value: Mapping[str, str]
    variants: tuple[str, ...]

    def text(self, value: str) -> str | None:
        """The variant that a value chooses, in words."""
        if value not in self.by_value:
            return None
        return f"{value}: {self.by_value[value]}"


def _choice(seen: View) -> _Choice:
    if not isinstance(seen.schema, Union):
        return _Choice(None, {}, ())
    names = []
    for variant in seen.schema.variants:
        if isinstance(variant, Reference):
            names.append(variant.key)
        else:
            names.append(words.text(variant, seen.contract))
    discriminator = seen.schema.discriminator
    if discriminator is None:
        return _Choice(None, {}, tuple(names))
    by_value = {value: names[index] for value, index in discriminator.variants.items()}
    return _Choice(discriminator.property, by_value, tuple(names))


def _discriminators(old: View, new: View) -> Iterator[Difference]:
    """Differences in how a discriminator chooses variants that both unions have."""
    before = _choice(old)
    after = _choice(new)
    if before.property != after.property:
        rule = f"discriminator-{step(before.property, after.property)}"
        yield Difference(rule, (before.property, after.property))
        return
    for value in sorted({*before.by_value, *after.by_value}):
        old_variant = before.by_value.get(value)
        new_variant = after.by_value.get(value)
        was_variant = (old_variant or new_variant) in before.variants
        is_variant = (new_variant or old_variant) in after.variants
        if (old_variant or was_variant) and (new_variant or is_variant):
            sides = (before.text(value), after.text(value))
            yield Difference(f"discriminator-{step(*sides)}", sides)


# Fields without a declaration


def undeclared(schema: Object) -> Schema | bool:
    """The schema of undeclared fields; True where any are allowed."""
    if isinstance(schema.additional, Anything) and not schema.additional.limits:
        return True
    return schema.additional


def _unknown_fields(
    old: View, new: View, old_schema: Object, new_schema: Object
) -> Iterator[Difference]:
    """Differences in which undeclared fields are allowed."""
    before = undeclared(old_schema)
    after = undeclared(new_schema)
    texts = (_undeclared_in_words(before, old), _undeclared_in_words(after, new))
    if after is False:
        yield Difference("unknown-fields-refused", texts)
    elif before is False:
        yield Difference("unknown-fields-kept", texts)
    elif after is True:
        yield Difference("unknown-fields-retyped", texts, effect=Effect.WIDENED)
    elif before is True:
        yield Difference("unknown-fields-retyped", texts, effect=Effect.NARROWED)


def _undeclared_in_words(allowed: Schema | bool, seen: View) -> str:
    if allowed is True:
        return "any"
    if allowed is False:
        return "none"
    return words.text(allowed, seen.contract)


def _python_names(
    old: View, new: View, old_schema: Object, new_schema: Object
) -> Iterator[Difference]:
    """Fields that have another name in Python."""
    before = old.contract.names.fields.get(old_schema.pointer, {})
    after = new.contract.names.fields.get(new_schema.pointer, {})
    for name in sorted(old_schema.fields.keys() & new_schema.fields.keys()):
        names = (before.get(name, name), after.get(name, name))
        yield Difference("python-name-changed", names, ("properties", name))
