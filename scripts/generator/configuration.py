"""Reads generator-config.yaml: names of classes, operations left out, nested values, facade methods. `pages` reads the section `pages`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.common.errors import GenerationError
from scripts.common.printer import listing
from scripts.contract.facade import FacadeMethod
from scripts.contract.model import Contract
from scripts.contract.reading.naming import class_name, identifier
from scripts.contract.reading.operations import NESTED_VALUES
from scripts.intake import document as oas

# What each section of generator-config.yaml that is a mapping maps.
_SECTIONS = {
    "class_overrides": "classes to class_name and module_name",
    "facade": "methods of the clients to what they stand on",
    "leave_out": "operations to reasons, or to their parts and reasons",
    "pages": "functions of api/ to settings",
}
_FACADE_KEYS = ("operation", "parameters", "body", "fields", "result")


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of generator-config.yaml that change what is generated.

    `regeneration` passes a new one on to `build`, which passes it on to what it concerns: reading the contract, or `render.generate`.

    Attributes:
        overrides: Class and module name, by the generator's name of the class.
        leave_out: Our reasons for leaving out whole operations, by "METHOD /path".
        leave_out_parts: Our reasons for leaving out parts of operations, by "METHOD /path" and by the name of the part, such as
            "header parameter X-Trace" or "response 404".
        nested_values: How values nested in queries and forms are written; empty where that is not set.
    """

    overrides: dict[str, tuple[str, str]]
    leave_out: dict[str, str]
    leave_out_parts: dict[str, dict[str, str]]
    nested_values: str


def configuration(path: Path) -> Configuration:
    """Read generator-config.yaml, but for the sections `facade` and `pages`.

    Raises:
        DocumentError: The file can't be read.
        GenerationError: It has a setting that does not exist, or one that is not what it should be.
    """
    settings = _settings(path)
    overrides = {}
    for name, entry in _section(path, settings, "class_overrides").items():
        place = f"{path.name}: class_overrides: {name}"
        names = _entry(entry, ("class_name", "module_name"), place)
        overrides[name] = (
            _name(names, "class_name", class_name, place),
            _name(names, "module_name", identifier, place),
        )
    leave_out = {}
    leave_out_parts = {}
    for key, entry in _section(path, settings, "leave_out").items():
        place = f"{path.name}: leave_out: {key}"
        if isinstance(entry, dict):
            leave_out_parts[key] = {
                part: _reason(reason, f"{place}: {part}")
                for part, reason in entry.items()
            }
        else:
            leave_out[key] = _reason(entry, place)
    nested_values = _nested_values(path, settings)
    return Configuration(overrides, leave_out, leave_out_parts, nested_values)


def facade_methods(path: Path) -> tuple[FacadeMethod, ...]:
    """Read the section `facade` of generator-config.yaml: what the methods of the clients need of the document.

    Raises:
        DocumentError, GenerationError: As for `configuration`.
    """
    methods = []
    for name, entry in section(path, "facade").items():
        place = f"{path.name}: facade: {name}"
        needs = _entry(entry, _FACADE_KEYS, place)
        method = FacadeMethod(
            name=name,
            operation=_text(needs, "operation", place),
            parameters=_texts(needs, "parameters", place),
            body=_text(needs, "body", place) if "body" in needs else "",
            fields=_texts(needs, "fields", place),
            result=_text(needs, "result", place) if "result" in needs else "",
        )
        methods.append(method)
    return tuple(methods)


def section(path: Path, name: str) -> dict[str, object]:
    """Return a section of generator-config.yaml that is a mapping; an empty one if the file has none of this name.

    Raises:
        DocumentError, GenerationError: As for `configuration`.
    """
    return _section(path, _settings(path), name)


def _section(path: Path, settings: dict[str, object], name: str) -> dict[str, object]:
    content = settings.get(name)
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise GenerationError(f"{path.name}: {name} maps {_SECTIONS[name]}")
    return content


def _settings(path: Path) -> dict[str, object]:
    """Return everything in generator-config.yaml. A setting that does not exist is refused: a misspelt one would do nothing."""
    settings = oas.read(path)
    if not isinstance(settings, dict):
        raise GenerationError(f"{path.name} maps settings to their values")
    known_settings = (*_SECTIONS, "nested_values")
    for name in settings:
        if name not in known_settings:
            choices = ", ".join(known_settings)
            raise GenerationError(
                f"{path.name}: there is no setting {name!r:.40}; the settings are {choices}"
            )
    return settings


def _nested_values(path: Path, settings: dict[str, object]) -> str:
    style = settings.get("nested_values")
    if style is None or style == "":
        return ""
    if not isinstance(style, str) or style not in NESTED_VALUES:
        choices = ", ".join(NESTED_VALUES)
        raise GenerationError(
            f"{path.name}: nested_values is {style!r:.40}; choose one of {choices}"
        )
    return style


def _entry(entry: object, keys: tuple[str, ...], place: str) -> dict[str, object]:
    """Return one entry of a section, a mapping with no other keys than these."""
    if not isinstance(entry, dict):
        raise GenerationError(f"{place}: an entry has the keys {', '.join(keys)}")
    for key in entry:
        if key not in keys:
            raise GenerationError(
                f"{place}: there is no key {key!r:.40}; the keys are {', '.join(keys)}"
            )
    return entry


def _text(entry: dict[str, object], key: str, place: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise GenerationError(f"{place}: {key} must be a string that is not empty")
    return value


def _name(
    entry: dict[str, object], key: str, rule: Callable[[str], str], place: str
) -> str:
    """Return a Python name. The rule turns any text into one, and leaves a name as it is."""
    value = _text(entry, key, place)
    name = rule(value)
    if name != value:
        raise GenerationError(
            f"{place}: {key} {value!r:.60} can't be the name of a {key.removesuffix('_name')}; {name} can"
        )
    return value


def _texts(entry: dict[str, object], key: str, place: str) -> tuple[str, ...]:
    """Return a list of strings; an empty one if the entry has no such key."""
    values = entry.get(key, [])
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise GenerationError(f"{place}: {key} must be a list of strings")
    return tuple(values)


def _reason(reason: object, place: str) -> str:
    """Return a reason for leaving something out; empty if none is given, which `problems_of_configuration` reports."""
    if reason is None:
        return ""
    if not isinstance(reason, str):
        raise GenerationError(f"{place}: the reason must be a string")
    return reason


def problems_of_configuration(
    contract: Contract, configured: Configuration
) -> Iterator[str]:
    """Entries that the configuration lacks, and entries that match nothing, in a sentence each."""
    for key, left_out in contract.left_out.items():
        if not configured.leave_out.get(key, "").strip():
            yield (
                f"{key} can't be generated: {left_out.reason}; to generate the client without it,"
                f" give a reason in generator-config.yaml: leave_out: {{{key!r}: our reason}}"
            )
    for key in configured.leave_out:
        if key not in contract.left_out:
            problem = "is not in the document"
            if key in contract.operations:
                problem = "can be generated"
            yield f"leave_out in generator-config.yaml: {key} {problem}; remove the entry"
    for key, reasons in configured.leave_out_parts.items():
        yield from _problems_of_parts(contract, key, reasons)
    if contract.unused_overrides:
        yield (
            f"class_overrides in generator-config.yaml match nothing: {listing(contract.unused_overrides, 3)};"
            " remove them with `make generate FLAGS=--drop-overrides`"
        )


def _problems_of_parts(
    contract: Contract, key: str, reasons: Mapping[str, str]
) -> Iterator[str]:
    """The faults of the entries for parts of one operation, in a sentence each."""
    place = f"leave_out in generator-config.yaml: {key}"
    if key in contract.left_out:
        return  # named already: it cannot be generated without these parts either
    operation = contract.operations.get(key)
    if operation is None:
        yield f"{place} is not in the document; remove the entry"
        return
    left_out_parts = {part.name for part in operation.left_out_parts}
    for part, why in reasons.items():
        if part not in left_out_parts:
            yield (
                f"{place}: {part!r} is no optional parameter or response of it, or can be generated; remove the entry"
            )
        elif not why.strip():
            yield f"{place}: {part!r} has no reason; give one"


def without_overrides(path: Path, names: tuple[str, ...]) -> str:
    """Return the text of a configuration without some entries of class_overrides; everything else, comments too, stays.

    Raises:
        GenerationError: An entry can't be taken out, because it does not begin a line of its own.
    """
    text = "".join(_lines_without(path.read_text("utf-8"), names))
    remaining = oas.parse(text).get("class_overrides") or {}
    not_dropped = [name for name in names if name in remaining]
    if not_dropped:
        raise GenerationError(
            f"{path.name}: class_overrides: write {listing(not_dropped, 3)} on lines of their own, or remove them by hand"
        )
    return text


def _lines_without(text: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a configuration without those of some entries of class_overrides."""
    is_in_section = False
    entry_indent = 0  # of the entries of the section; 0 before the first
    is_dropped = False
    for line in text.splitlines(keepends=True):
        if not line.strip():
            yield line
            continue
        if re.match(r"[^\s#]", line):  # a setting, at the beginning of its line
            is_in_section = line.startswith("class_overrides:")
            is_dropped = False
        elif is_in_section:
            indent = len(line) - len(line.lstrip(" "))
            entry = re.match(r""" +(["']?)([\w-]+)\1 *:""", line)
            if entry and not entry_indent:
                entry_indent = indent
            if indent <= entry_indent:
                is_dropped = entry is not None and entry[2] in names
        if not is_dropped:
            yield line
