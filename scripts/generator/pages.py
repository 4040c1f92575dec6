"""Lists that come in pages: what generator-config.yaml says of them, checked against the contract, and as code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from scripts.common.errors import GenerationError
from scripts.contract import model
from scripts.contract.model import Contract, Operation
from scripts.contract.schema import (
    Array,
    Object,
    Scalar,
    Schema,
    Union,
    target,
    type_name,
)
from scripts.contract.view import view
from scripts.generator.configuration import section
from scripts.generator.plan import item_classes, successes

_PYTHON_TYPES = {
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "string": "str",
}
# The keys of each kind, beside those of all kinds. Paths are fields with dots between them.
_KEYS = {
    "cursor": ("parameter", "next", "next_of_item", "more"),
    "page": ("parameter", "first", "more", "total", "last"),
    "offset": ("parameter", "first", "more", "total"),
    "link": ("next", "more"),
}
_COMMON_KEYS = ("kind", "items", "most_pages")


@dataclass(frozen=True, slots=True)
class PageSetting:
    """The settings of generator-config.yaml for one list.

    Attributes:
        operation: The function in `api/`.
        kind: cursor, page, offset or link.
        texts: Parameter and paths, by the key that they stand under.
        numbers: The others.
    """

    operation: str
    kind: str
    texts: Mapping[str, str]
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PagedList:
    """A list that comes in pages, as generated code says it.

    Attributes:
        code: The value of `_runtime.paging.Paging`.
        item: The annotation of an item.
    """

    code: str
    item: str


# By the place of the operation in the document.
PagedLists = Mapping[model.Pointer, PagedList]
NO_PAGED_LISTS: PagedLists = MappingProxyType({})


def page_settings(path: Path) -> tuple[PageSetting, ...]:
    """Read the section `pages` of generator-config.yaml.

    Raises:
        DocumentError: The file can't be read.
        GenerationError: The section is not what it should be.
    """
    settings = []
    problems = []
    for name, entry in section(path, "pages").items():
        # Anything else is reported as an entry without `kind`.
        keys = entry if isinstance(entry, dict) else {}
        fault = _setting_fault(keys)
        if fault:
            problems.append(f"{path.name}: pages: {name}: {fault}")
            continue
        texts = {
            str(key): value for key, value in keys.items() if isinstance(value, str)
        }
        numbers = {
            str(key): value for key, value in keys.items() if isinstance(value, int)
        }
        settings.append(PageSetting(name, texts.pop("kind"), texts, numbers))
    if problems:
        raise GenerationError(*problems)
    return tuple(settings)


def _setting_fault(keys: dict[str, object]) -> str:  # noqa: PLR0911  # a line for each fault
    """Return what is wrong with the setting of one list by itself; "" if nothing is."""
    if str(keys.get("kind")) not in _KEYS:
        return f"kind must be one of {', '.join(_KEYS)}"
    kind = str(keys["kind"])
    allowed = (*_COMMON_KEYS, *_KEYS[kind])
    for key, value in keys.items():
        if key not in allowed:
            return f"{key} means nothing for the kind {kind}, which takes {', '.join(allowed)}"
        if key in ("first", "most_pages"):
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                return f"{key} must be a whole number from 0"
        elif not isinstance(value, str):
            return f"{key} must be a text"
    if "parameter" in allowed and not keys.get("parameter"):
        return "parameter is missing: the argument that chooses a page"
    if kind == "cursor" and ("next" in keys) == ("next_of_item" in keys):
        return "give one of next, the field of a page that has the next cursor, and next_of_item, the field of its last item"
    return ""


def paged_lists(
    contract: Contract, settings: tuple[PageSetting, ...]
) -> dict[model.Pointer, PagedList]:
    """Return the lists that come in pages.

    Raises:
        GenerationError: The document has not what a setting names.
    """
    lists = {}
    problems = []
    for setting in settings:
        try:
            operation = _operation(contract, setting.operation)
            reader = _Reader(contract, operation, setting)
            lists[operation.at] = reader.paged_list()
        except _NotThere as fault:
            problems.append(
                f"pages in generator-config.yaml: {setting.operation}: {fault}"
            )
    if problems:
        raise GenerationError(*problems)
    return lists


class _NotThere(Exception):
    """The document has not what a setting names. The text is a sentence."""


def _operation(contract: Contract, function: str) -> Operation:
    """Return the operation of a function: its name, or "package.name" where several packages have one of that name."""
    matching = {}
    for operation in contract.operations.values():
        for call in operation.calls:
            name = contract.function(operation, call)
            if function in (name, f"{contract.package(operation)}.{name}"):
                matching[operation.at] = operation
    if len(matching) > 1:
        raise _NotThere("several packages of api/ have it; write package.function")
    if not matching:
        raise _NotThere("api/ has no such function")
    (operation,) = matching.values()
    return operation


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a path of fields leads.

    Attributes:
        names: The Python names of the fields.
        schema: What is there, references followed.
        is_required: Whether the document says that every field on the way is always there.
    """

    names: tuple[str, ...]
    schema: Schema
    is_required: bool


@dataclass(frozen=True, slots=True)
class _Reader:
    """Finds in the contract what a setting names."""

    contract: Contract
    operation: Operation
    setting: PageSetting

    def paged_list(self) -> PagedList:
        """Return the list.

        Raises:
            _NotThere: The document has not what the setting names.
        """
        setting = self.setting
        page = self._page()
        items = self._place(page, "items")
        if not isinstance(items.schema, Array):
            raise _NotThere(self._no_list())
        item = items.schema.items
        if setting.kind == "link" and self.operation.method != "get":
            raise _NotThere("links are followed for GET alone")
        values: dict[str, object] = {
            "kind": setting.kind,
            "items": items.names,
            "items_required": items.is_required,
            "parameter": "",
            "first": 0,
            "following": self._names(page, "next", "string", "integer", "number"),
            "following_in_item": (),
            "more": self._names(page, "more", "boolean"),
            "total": self._names(page, "total", "integer", "number"),
            "last": self._names(page, "last", "integer", "number"),
        }
        if "next_of_item" in setting.texts:
            if item is None:
                raise _NotThere("the document does not describe the items")
            values["following_in_item"] = self._names(
                item, "next_of_item", "string", "integer", "number"
            )
        if "parameter" in setting.texts:
            parameter = self._parameter(setting.texts["parameter"])
            self._check_parameter(parameter, page, item)
            values["parameter"] = setting.texts["parameter"]
            values["first"] = self._first(parameter)
        if "most_pages" in setting.numbers:
            values["most_pages"] = setting.numbers["most_pages"]
        stated = [f"{name}={value!r}" for name, value in values.items() if value]
        return PagedList(f"Paging({', '.join(stated)})", self._annotation(item))

    def _page(self) -> Schema:
        """Return the schema of the JSON that every success has."""
        schemas = []
        for status in successes(self.operation):
            if status in self.operation.responses:
                media = model.answer_media(self.operation.responses[status])
                if media is not None:
                    schemas.append(
                        media.schema if media.kind == model.JSON_KIND else None
                    )
        if len(schemas) != 1 or schemas[0] is None:
            raise _NotThere(
                "it must answer with one kind of JSON, which the document describes"
            )
        return schemas[0]

    def _no_list(self) -> str:
        where = self.setting.texts.get("items")
        if where:
            return f"items: {where} is no list"
        return "its answer is no list; name the field that is one in items"

    def _place(self, start: Schema, key: str) -> _Place:
        """Return where the path leads that stands under a key, beginning at a schema; the schema itself if there is none."""
        path = self.setting.texts.get(key, "")
        names: list[str] = []
        is_required = True
        schema = target(start, self.contract.types)[0]
        for wire_name in path.split(".") if path else ():
            if not isinstance(schema, Object) or wire_name not in schema.fields:
                raise _NotThere(f"{key}: the document has no field {path} there")
            names.append(self.contract.names.fields[schema.pointer][wire_name])
            is_required = is_required and wire_name in schema.required
            schema = target(schema.fields[wire_name], self.contract.types)[0]
        return _Place(tuple(names), schema, is_required)

    def _names(self, start: Schema, key: str, *types: str) -> tuple[str, ...]:
        """Return the Python names of a path to a value of one of some types; () where the setting has none."""
        if key not in self.setting.texts:
            return ()
        place = self._place(start, key)
        if _types(place.schema, self.contract).isdisjoint({*types, "any"}):
            path = self.setting.texts[key]
            raise _NotThere(f"{key}: {path} is none of {', '.join(types)}")
        return place.names

    def _parameter(self, name: str) -> model.Parameter:
        for parameter in self.operation.parameters:
            if self.contract.argument(self.operation, parameter) == name:
                return parameter
        raise _NotThere(f"parameter: it has no parameter {name}")

    def _check_parameter(
        self, parameter: model.Parameter, page: Schema, item: Schema | None
    ) -> None:
        """Refuse a parameter that can't hold what is to choose a page."""
        taken = _types(parameter.schema, self.contract)
        sent = {"integer"}
        if "next" in self.setting.texts:
            sent = _types(self._place(page, "next").schema, self.contract)
        elif item is not None and "next_of_item" in self.setting.texts:
            sent = _types(self._place(item, "next_of_item").schema, self.contract)
        if "number" in taken:
            taken.add("integer")
        if "any" not in taken | sent and taken.isdisjoint(sent):
            raise _NotThere(
                f"parameter: {self.setting.texts['parameter']} takes {' or '.join(sorted(taken))}, and would be given"
                f" {' or '.join(sorted(sent))}"
            )

    def _first(self, parameter: model.Parameter) -> int:
        """Return the number of the first page, or of the items before it."""
        if "first" in self.setting.numbers:
            return self.setting.numbers["first"]
        default = view(parameter.schema, self.contract).notes.get("default")
        if isinstance(default, int) and not isinstance(default, bool):
            return default
        return 1 if self.setting.kind == "page" else 0

    def _annotation(self, item: Schema | None) -> str:
        """Return the annotation of an item: its classes, or a plain type; else Any."""
        if item is None:
            return "Any"
        names = [f"models.{name}" for name in item_classes(self.contract, item)]
        goal, is_nullable = target(item, self.contract.types)
        if isinstance(goal, Scalar) and not goal.format:
            names = [_PYTHON_TYPES.get(goal.type, "")]
        if not all(names) or not names:
            return "Any"
        return " | ".join([*names, "None"] if is_nullable else names)


def _types(schema: Schema, contract: Contract) -> set[str]:
    """Return the types of JSON that a value may have, null apart; "any" for every one."""
    goal = target(schema, contract.types)[0]
    if isinstance(goal, Union):
        variants = [_types(variant, contract) for variant in goal.variants]
        return set().union(*variants) - {"null"}
    return {type_name(goal)}
