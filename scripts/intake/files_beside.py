"""Take in what a document refers to in files beside it: `./common.yaml#/Guard` becomes a component of the document.

Only files in the folder of the document, or below it, are read; links that lead out of it are not followed. Nothing is ever read over the
network.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

from scripts.common.errors import DocumentError
from scripts.intake import document as oas
from scripts.intake.document import Pointer, Source
from scripts.intake.prose import DATA, LISTS, MAPS, SINGLE
from scripts.intake.yaml_text import at, reference

MAX_FILES = 200

_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")

SCHEMAS = "schemas"
_PATH_ITEMS = "pathItems"
_CALLBACKS = "callbacks"
# By key of an object of OpenAPI, the section of components that can hold its value (_ONE), or each item or member of its value (_MANY).
_ONE = {"schema": SCHEMAS, "requestBody": "requestBodies"}
_MANY = {
    "callbacks": _CALLBACKS,
    "examples": "examples",
    "headers": "headers",
    "links": "links",
    "parameters": "parameters",
    "pathItems": _PATH_ITEMS,
    "paths": _PATH_ITEMS,
    "requestBodies": "requestBodies",
    "responses": "responses",
    "schemas": SCHEMAS,
    "securitySchemes": "securitySchemes",
    "webhooks": _PATH_ITEMS,
}
_DATA_KEYS = DATA | {"example"}
_DATA_PLACES = ((SCHEMAS, "examples"), ("examples", "value"))


def with_files(source: Source, path: Path) -> Source:
    """The document with all that it refers to in files beside it; the same source if it refers to none. Its text stays as it is.

    Args:
        source: The document.
        path: Its file. What is read must be in the folder of this file.

    Raises:
        DocumentError: A reference leads out of the folder, to another host, or to nothing. The message has the file and the line of the
            reference.
    """
    inclusion = _Inclusion(source, path)
    document = inclusion.converted(source.document, "", _File(path, source), ())
    inclusion.convert_components()
    if document == source.document or not isinstance(document, dict):
        return source
    components = _mapping_or_empty(document.get("components"))
    for section, values in inclusion.components.items():
        components[section] = {**_mapping_or_empty(components.get(section)), **values}
    if components:
        document["components"] = components
    return dataclasses.replace(source, document=document)


def _mapping_or_empty(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class _File:
    """A file and the document in it."""

    path: Path
    source: Source


@dataclass(slots=True)
class _Inclusion:
    """The files beside one document, while they are taken in.

    Attributes:
        main: The document.
        path: Its file.
        files: Those that were read, by their paths.
        names: The names of new components, by file, place and section of what they hold.
        components: The new components, by section and name.
        waiting: New components whose values are not converted yet: section, name, file, place, value.
        open_items: File and place of the path items that are being included, one in the other; by these a circle is found.
    """

    main: Source
    path: Path
    files: dict[Path, _File] = field(default_factory=dict)
    names: dict[tuple[Path, Pointer, str], str] = field(default_factory=dict)
    components: dict[str, dict[str, object]] = field(default_factory=dict)
    waiting: list[tuple[str, str, _File, Pointer, object]] = field(default_factory=list)
    open_items: list[tuple[Path, Pointer]] = field(default_factory=list)

    def convert_components(self) -> None:
        """Fill in the components to which references lead."""
        while self.waiting:
            section, name, file, place, target = self.waiting.pop()
            self.components[section][name] = self.converted(
                target, section, file, place
            )

    def converted(
        self,
        value: object,
        section: str,
        file: _File,
        place: Pointer,
        *,
        many: bool = False,
    ) -> object:
        """A value in which references to other files lead to components.

        Args:
            value: Any part of a document.
            section: The section of components that could hold the value; empty if none could.
            file: Where the value stands.
            place: Where it stands there.
            many: Whether not the value itself but each of its members belongs to the section.
        """
        if isinstance(value, list):
            return [
                self.converted(item, section, file, (*place, str(index)))
                for index, item in enumerate(value)
            ]
        if not isinstance(value, dict):
            return value
        if many:
            return {
                key: self.converted(item, section, file, (*place, key))
                for key, item in value.items()
            }
        if isinstance(value.get("$ref"), str):
            return self._referred(value, section, file, place)
        converted_members = {}
        for key, item in value.items():
            inner, inner_many = _section_of(key, item, section)
            if key in _DATA_KEYS or (section, key) in _DATA_PLACES:
                converted_members[key] = item
            elif key == "mapping" and place[-1:] == ("discriminator",):
                converted_members[key] = self._mapping(item, file, (*place, key))
            else:
                converted_members[key] = self.converted(
                    item, inner, file, (*place, key), many=inner_many
                )
        return converted_members

    def _referred(
        self, value: dict[str, object], section: str, file: _File, place: Pointer
    ) -> object:
        """A reference, to a component where it leads into another file; a path item takes the place of its reference."""
        text = str(value["$ref"])
        siblings = {key: item for key, item in value.items() if key != "$ref"}
        if section == _PATH_ITEMS and not self._is_local(text, file):
            target_file, target_place, target = self._target(text, file, place)
            item = (target_file.path, target_place)
            if item in self.open_items:
                self._refuse(file, place, f"the reference {text!r} refers to itself")
            self.open_items.append(item)
            included = self.converted(target, section, target_file, target_place)
            self.open_items.pop()
            return {**_mapping_or_empty(included), **siblings}
        return {"$ref": self._reference(text, section, file, place), **siblings}

    def _mapping(self, mapping: object, file: _File, place: Pointer) -> object:
        """The mapping of a discriminator. Values that are names of schemas stay."""
        if not isinstance(mapping, dict):
            return mapping
        converted_mapping = {}
        for key, text in mapping.items():
            is_reference = isinstance(text, str) and ("#" in text or "/" in text)
            if is_reference or str(text).endswith(oas.DOCUMENT_ENDINGS):
                converted_mapping[key] = self._reference(
                    text, SCHEMAS, file, (*place, key)
                )
            else:
                converted_mapping[key] = text
        return converted_mapping

    def _is_local(self, text: str, file: _File) -> bool:
        return text.startswith("#") and file.path == self.path

    def _reference(self, text: str, section: str, file: _File, place: Pointer) -> str:
        """The local reference that says the same in the main document."""
        if self._is_local(text, file):
            return text
        target_file, target_place, target = self._target(text, file, place)
        if target_file.path == self.path:
            return reference(target_place)
        if not section:
            self._refuse(
                file,
                place,
                f"the reference {text!r} leads to another file, and no component can hold what stands there",
            )
        key = (target_file.path, target_place, section)
        if key not in self.names:
            name = self._free_name(section, target_file, target_place)
            self.names[key] = name
            # Its value comes later: it may refer to itself, or to file after file.
            self.components.setdefault(section, {})[name] = {}
            self.waiting.append((section, name, target_file, target_place, target))
        return reference(("components", section, self.names[key]))

    def _free_name(self, section: str, file: _File, place: Pointer) -> str:
        """A name for a component: that of the part, or of the file, with a number if it is taken."""
        stem = place[-1] if place else file.path.stem
        stem = _NOT_IN_NAMES.sub("_", stem) or section
        components = _mapping_or_empty(self.main.document.get("components"))
        taken = {
            *_mapping_or_empty(components.get(section)),
            *self.components.get(section, {}),
        }
        name = stem
        number = 2
        while name in taken:
            name = f"{stem}{number}"
            number += 1
        return name

    def _target(
        self, text: str, file: _File, place: Pointer
    ) -> tuple[_File, Pointer, object]:
        """The file, the place and the part to which a reference leads."""
        name, _, fragment = text.partition("#")
        target_file = file
        if name:
            target_file = self._file(name, text, file, place)
        try:
            target_place, target = oas.locate(
                target_file.source.document, f"#{fragment}"
            )
        except DocumentError:
            self._refuse(file, place, f"the reference {text!r} points to nothing")
        return target_file, target_place, target

    def _file(self, name: str, text: str, file: _File, place: Pointer) -> _File:
        """The file that a reference names. Raises DocumentError if it may not or cannot be read."""
        outside = f"the reference {text!r} points outside the document,"
        if _HAS_SCHEME.match(name):
            self._refuse(
                file,
                place,
                f"{outside} to another host, and is never fetched; save the file beside the document",
            )
        try:
            path = (file.path.parent / unquote(name)).resolve()
            is_inside = path.is_relative_to(self.path.parent.resolve())
            is_file = path.is_file()
        except (OSError, ValueError, RuntimeError):
            self._refuse(file, place, f"{outside} to what is no file")
        if not is_inside:
            self._refuse(
                file, place, f"{outside} and out of its folder; put the file beside it"
            )
        if path == self.path.resolve():
            return _File(self.path, self.main)
        if path not in self.files:
            if not is_file:
                self._refuse(file, place, f"{outside} to a file that is not there")
            if len(self.files) >= MAX_FILES:
                self._refuse(
                    file, place, f"the document refers to more than {MAX_FILES} files"
                )
            self.files[path] = _File(path, oas.source(path))
        return self.files[path]

    def _refuse(self, file: _File, place: Pointer, message: str) -> NoReturn:
        source = file.source
        line, _column = source.positions[place]
        where = f" {at(place)}:" if place else ""
        raise DocumentError(f"{source.name}: line {line}:{where} {message}")


def _section_of(key: str, value: object, section: str) -> tuple[str, bool]:
    """The section to which the value of a key belongs, and whether each member of the value belongs to it instead.

    Args:
        key: Of an object of OpenAPI or a schema.
        value: What stands there.
        section: The section to which that object belongs.
    """
    if section == SCHEMAS:
        if key in SINGLE:
            return SCHEMAS, False
        if key in LISTS or key in MAPS:
            return SCHEMAS, isinstance(value, dict)
        return "", False
    if section == _CALLBACKS:
        return _PATH_ITEMS, False  # each key is an expression
    if key in _ONE:
        return _ONE[key], False
    return _MANY.get(key, ""), isinstance(value, dict) and key in _MANY
