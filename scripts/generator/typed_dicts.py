"""Write `typed_dicts.py`: what operations send, in its JSON form, as TypedDicts.

A caller who writes a request as a dictionary gets completion and a report of misspelt keys from editors and type checkers. Nothing of the
package imports the module at run time, so it costs nothing to those who do not use it.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator

from scripts.generator.plan import (
    ANYTHING,
    Class,
    ClassUse,
    Constant,
    ListOf,
    Member,
    Part,
    Plan,
    Type,
    sorted_values,
)

# How values of these Python types are written in JSON, or given as a part of a multipart body.
_JSON_FORMS = {
    "datetime.date": "str",
    "datetime.datetime": "str",
    "UUID": "str",
    "File": "FileInput",
}
_USED_IN_ANNOTATIONS = {
    "Any", "FileInput", "Literal", "Mapping", "None", "NotRequired",
    "bool", "float", "int", "list", "str",
}  # fmt: skip
_HEAD = '''"""What operations send, in its JSON form: a TypedDict for each model, named after it.

For type checkers and editors. A dictionary that is written as a literal is checked key by key; one that comes from a file, with values of
type `Any`, is taken as it is (`JsonMapping`) and checked when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Never, NotRequired, Protocol, TypeAlias
# No name of a model can end up as this one.
from typing import TypedDict as _TypedDict

from .types import FileInput


class JsonMapping(Protocol):
    """A mapping with values of type `Any`, as `json.load` and `yaml.safe_load` give them.

    The return type `Never` keeps out dictionaries whose values have a known type: those are checked against their TypedDict.
    """

    def keys(self) -> Any:
        """Return the keys."""

    def __getitem__(self, key: str, /) -> Never: ...
'''


class TypedDicts:
    """The TypedDicts of a plan.

    Args:
        plan: What is generated.
        describe: Returns what the document says of a field, by class and wire name, as text that a docstring can hold.
    """

    def __init__(self, plan: Plan, describe: Callable[[str, str], str]) -> None:
        self._describe = describe
        self._classes: dict[str, Class] = {}
        for planned_class, _schema in plan.classes:
            self._classes[planned_class.name] = planned_class
        self._sent = self._reached_from_bodies(plan)

    def text(self) -> str:
        """Return the module's source."""
        parts = [_HEAD]
        for name in sorted(self._sent):
            planned_class = self._classes[name]
            if _is_enum(planned_class):
                continue
            if _has_typed_keys(planned_class):
                parts.append("\n".join(self._typed_dict(planned_class)))
            else:
                parts.append(self._mapping(planned_class))
        return "\n\n".join(parts) + "\n"

    def body(self, body_type: Type) -> str:
        """Return the annotation of a body's JSON form, for a module that imports this one as `_dicts`.

        Empty where the JSON form has the same type as the body itself.
        """
        if not any(_names_of_classes(body_type)):
            return ""
        return self._annotation(body_type, prefix="_dicts.")

    def _reached_from_bodies(self, plan: Plan) -> set[str]:
        waiting: list[str] = []
        for function, _operation, _call in plan.functions:
            for _required, body_type in function.bodies:
                waiting.extend(_names_of_classes(body_type))
        reached: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in reached:
                continue
            reached.add(name)
            planned_class = self._classes[name]
            for member in planned_class.fields.values():
                waiting.extend(_names_of_classes(member.type))
            waiting.extend(_names_of_classes(planned_class.additional or ()))
        return reached

    def _mapping(self, planned_class: Class) -> str:
        """Return an alias for an object whose keys the document leaves open."""
        values = "Any"
        if not planned_class.fields:
            values = self._annotation(planned_class.additional or ("Any",))
        # A string, since it may name what is defined further down.
        annotation = f"Mapping[str, {values}]"
        return f"{_dict_name(planned_class.name)}: TypeAlias = {annotation!r}"

    def _typed_dict(self, planned_class: Class) -> Iterator[str]:
        name = _dict_name(planned_class.name)
        members = planned_class.fields.values()
        if all(_is_field_name(member.wire) for member in members):
            yield f"class {name}(_TypedDict):"
            yield f'    """The JSON form of `models.{planned_class.name}`."""\n'
            for member in members:
                description = self._describe(planned_class.name, member.wire)
                yield f"    {member.wire}: {self._field(member)}"
                yield f'    """ {" ".join(description.split())} """'
            return
        # Keys that no class body can hold need the functional form, in which forward references are strings.
        yield f"{name} = _TypedDict({name!r}, {{"
        for member in members:
            yield f"    {member.wire!r}: {self._field(member)!r},"
        yield "})"

    def _field(self, member: Member) -> str:
        annotation = self._annotation(member.type)
        if member.required:
            return annotation
        return f"NotRequired[{annotation}]"

    def _annotation(self, type_: Type, prefix: str = "") -> str:
        alternatives = []
        for part in type_:
            annotation = self._part(part, prefix)
            if annotation == "Any":
                return "Any"
            if annotation not in alternatives:
                alternatives.append(annotation)
        return " | ".join(alternatives)

    def _part(self, part: Part, prefix: str) -> str:
        match part:
            case ListOf(items):
                return f"list[{self._annotation(items, prefix)}]"
            case Constant(_type, value):
                return f"Literal[{value!r}]"
            case ClassUse(name):
                planned_class = self._classes[name]
                if _is_enum(planned_class):
                    return f"Literal{sorted_values(planned_class)!r}"
                return prefix + _dict_name(name)
            case str():
                return _JSON_FORMS.get(part, part)


def _names_of_classes(type_: Type) -> Iterator[str]:
    """Yield the names of the classes that a type names."""
    for part in type_:
        match part:
            case ListOf(items):
                yield from _names_of_classes(items)
            case ClassUse(name):
                yield name


def _is_enum(planned_class: Class) -> bool:
    return bool(planned_class.values)


def _has_typed_keys(planned_class: Class) -> bool:
    """Whether the keys are known. A TypedDict cannot say that others than those declared have a type of their own."""
    return bool(planned_class.fields) and planned_class.additional in (None, ANYTHING)


def _is_field_name(wire_name: str) -> bool:
    """Whether a key can be written as a field of a class.

    Python changes names that begin with two underscores or are not ASCII, and a field would hide the type that has its name.
    """
    is_name = wire_name.isidentifier() and not keyword.iskeyword(wire_name)
    is_mangled = wire_name.startswith("__") or not wire_name.isascii()
    return is_name and not is_mangled and wire_name not in _USED_IN_ANNOTATIONS


def _dict_name(class_name: str) -> str:
    return f"{class_name}Dict"
