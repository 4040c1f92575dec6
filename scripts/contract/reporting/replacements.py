"""What differs between two types of which one has replaced the other, shortly."""

from __future__ import annotations

from functools import cached_property

from scripts.common.printer import listing
from scripts.contract.comparing import words
from scripts.contract.comparing.changes import Change, Direction
from scripts.contract.model import Contract, all_schemas
from scripts.contract.reporting.values import Mark
from scripts.contract.schema import Object, Schema
from scripts.contract.view import view
from scripts.intake.yaml_text import Pointer

# Fields that are named of those that are another type.
_FEW = 3
_OR_NULL = " or null"


class Replacements:
    """Says what differs in the types that rows have exchanged."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self._old = old
        self._new = new

    def in_words(self, change: Change, mark: Mark) -> str:
        """What differs between the type before and the one after; empty where the row itself says so."""
        if change.rule != "type-changed":
            return ""
        before = self._old_objects.get(_class_of(change.before))
        after = self._new_objects.get(_class_of(change.after))
        if before is not None and after is not None:
            return self._exchanged(before, after, mark)
        old_name = _class_of(change.before)
        new_name = _class_of(change.after)
        if before is not None and old_name not in str(change.after):
            fields = _fields_in_words(before, self._old, mark)
            return f"{mark(old_name)} was {fields}"
        if after is not None and new_name not in str(change.before):
            fields = _fields_in_words(after, self._new, mark)
            return f"{mark(new_name)} is {fields}"
        return ""

    def keeps_all(self, change: Change) -> bool:
        """Whether callers receive an object of another class that has all that the old one had, so that only the class breaks."""
        if change.rule != "type-changed" or change.travels is not Direction.RECEIVED:
            return False
        before = self._old_objects.get(_class_of(change.before))
        after = self._new_objects.get(_class_of(change.after))
        if before is None or after is None:
            return False
        if _is_null_new(str(change.before), str(change.after)):
            return False
        return self._has_all(before, after, frozenset())

    def _has_all(
        self, before: Object, after: Object, around: frozenset[Pointer]
    ) -> bool:
        """Whether a new object has all fields of an old one, whose own fields may be such new objects."""
        if not before.fields or not isinstance(before.additional, bool):
            return False
        if before.pointer in around:
            return False
        around |= {before.pointer}
        for name, old_field in before.fields.items():
            new_field = after.fields.get(name)
            if new_field is None:
                return False
            if name in before.required and name not in after.required:
                return False
            if not self._is_at_least(old_field, new_field, around):
                return False
        return True

    def _is_at_least(
        self, old_field: Schema, new_field: Schema, around: frozenset[Pointer]
    ) -> bool:
        """Whether a new field is of the type of the old one, or an object that has all of the old one's fields."""
        old_type = words.text(old_field, self._old)
        new_type = words.text(new_field, self._new)
        if old_type == new_type:
            return True
        old_object = view(old_field, self._old).schema
        new_object = view(new_field, self._new).schema
        if not isinstance(old_object, Object) or not isinstance(new_object, Object):
            return False
        if _is_null_new(old_type, new_type):
            return False
        return self._has_all(old_object, new_object, around)

    @cached_property
    def _old_objects(self) -> dict[str, Object]:
        return _objects(self._old)

    @cached_property
    def _new_objects(self) -> dict[str, Object]:
        return _objects(self._new)

    def _exchanged(self, before: Object, after: Object, mark: Mark) -> str:
        """The fields that both classes have, and which of them differ; the row itself names the others."""
        kept = [name for name in before.fields if name in after.fields]
        if not before.fields:
            return f"the old one was {_fields_in_words(before, self._old, mark)}"
        if not kept:
            return "no field stays"
        changed = []
        for name in kept:
            difference = self._of_field(name, before, after, mark)
            if difference:
                changed.append(difference)
        stay = "all fields stay"
        if len(kept) < len(before.fields):
            stay = f"{len(kept)} of {len(before.fields)} fields stay"
        if not changed:
            return f"{stay} as they are"
        return f"{stay}, and of these {listing(changed, _FEW)}"

    def _of_field(self, name: str, before: Object, after: Object, mark: Mark) -> str:
        """How a field differs that both classes have; empty where it reads the same."""
        old_field = before.fields[name]
        new_field = after.fields[name]
        old_type = words.text(old_field, self._old)
        new_type = words.text(new_field, self._new)
        if old_type != new_type:
            details = self._of_object(old_field, new_field, mark)
            return (
                f"{mark(name)} is {mark(new_type)} instead of {mark(old_type)}{details}"
            )
        was_required = name in before.required
        is_required = name in after.required
        if was_required != is_required:
            return f"{mark(name)} is {'required' if is_required else 'optional'}"
        return ""

    def _of_object(self, old_field: Schema, new_field: Schema, mark: Mark) -> str:
        """The fields that the object in a field has won and lost, in brackets."""
        old_object = view(old_field, self._old).schema
        new_object = view(new_field, self._new).schema
        if not isinstance(old_object, Object) or not isinstance(new_object, Object):
            return ""
        won = [mark(n) for n in new_object.fields if n not in old_object.fields]
        lost = [mark(n) for n in old_object.fields if n not in new_object.fields]
        steps = []
        if won:
            steps.append(f"with {listing(won, _FEW)}")
        if lost:
            steps.append(f"without {listing(lost, _FEW)}")
        return f" ({', '.join(steps)})" if steps else ""


def _objects(contract: Contract) -> dict[str, Object]:
    """The schemas of objects by the names of their classes."""
    objects: dict[str, Object] = {}
    for schema in all_schemas(contract):
        if isinstance(schema, Object):
            objects.setdefault(contract.names.class_of(schema), schema)
    objects.pop("", None)
    return objects


def _is_null_new(old_type: str, new_type: str) -> bool:
    """Whether only the new one of two types in words may be null."""
    return new_type.endswith(_OR_NULL) and not old_type.endswith(_OR_NULL)


def _class_of(side: object) -> str:
    """The class that a side of a row names, alone or with its fields."""
    match side:
        case dict() if len(side) == 1:
            return str(next(iter(side)))
        case str():
            return side.removesuffix(_OR_NULL)
    return ""


def _fields_in_words(schema: Object, contract: Contract, mark: Mark) -> str:
    """What an object is made of: the first of its fields, or the type of any."""
    if schema.fields:
        names = [mark(name) for name in schema.fields]
        return f"an object with {listing(names, _FEW)}"
    if isinstance(schema.additional, bool):
        return "an object with any fields"
    inner = words.text(schema.additional, contract)
    return f"an object with any fields of type {mark(inner)}"
