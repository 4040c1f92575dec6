"""generator-config.yaml: names for classes, operations left out, nested values, facade methods. `pages.page_settings` reads its `pages`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.common import replace
from scripts.common.errors import GenerationError
from scripts.common.printer import listing
from scripts.contract.facade import FacadeMethod
from scripts.contract.model import Contract
from scripts.contract.reading.operations import NESTED_VALUES
from scripts.intake import document as oas


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of generator-config.yaml that change what is generated. A new one is passed on by `regenerate` and `build`.

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
    """Read generator-config.yaml. Raises DocumentError, GenerationError."""
    document = oas.read(path)
    overrides = {}
    leave_out = {}
    leave_out_parts = {}
    try:
        for name, entry in (document.get("class_overrides") or {}).items():
            names = (str(entry["class_name"]), str(entry["module_name"]))
            overrides[str(name)] = names
        for key, entry in (document.get("leave_out") or {}).items():
            if isinstance(entry, dict):
                reasons = {str(part): str(why or "") for part, why in entry.items()}
                leave_out_parts[str(key)] = reasons
            else:
                leave_out[str(key)] = str(entry or "")
    except (AttributeError, KeyError, TypeError) as error:
        raise GenerationError(
            f"{path.name}: class_overrides map names to class_name and module_name, leave_out maps operations to reasons,"
            f" or to their parts and reasons; this does not ({type(error).__name__}: {error})"
        ) from error
    nested_values = str(document.get("nested_values") or "")
    if nested_values and nested_values not in NESTED_VALUES:
        choices = ", ".join(NESTED_VALUES)
        raise GenerationError(
            f"{path.name}: nested_values is {nested_values!r:.40}; choose one of {choices}"
        )
    return Configuration(overrides, leave_out, leave_out_parts, nested_values)


def facade_methods(path: Path) -> tuple[FacadeMethod, ...]:
    """Read `facade`: what the methods of the clients need of the document. Raises DocumentError, GenerationError."""
    document = oas.read(path)
    methods = []
    try:
        for name, stated in (document.get("facade") or {}).items():
            method = FacadeMethod(
                name=str(name),
                operation=str(stated["operation"]),
                parameters=tuple(map(str, stated.get("parameters", ()))),
                body=str(stated.get("body", "")),
                fields=tuple(map(str, stated.get("fields", ()))),
                result=str(stated.get("result", "")),
            )
            methods.append(method)
    except (AttributeError, KeyError, TypeError) as error:
        raise GenerationError(
            f"{path.name}: facade maps methods to what they stand on, `operation` at least;"
            f" this does not ({type(error).__name__}: {error})"
        ) from error
    return tuple(methods)


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


def drop(path: Path, names: tuple[str, ...]) -> None:
    """Take entries of class_overrides out of the configuration; everything else, comments too, stays."""
    remaining = []
    is_dropped = False
    for line in path.read_text("utf-8").splitlines(keepends=True):
        entry = re.match(r"  ([\w-]+):", line)
        if entry or not line.startswith("   "):
            is_dropped = entry is not None and entry[1] in names
        if not is_dropped:
            remaining.append(line)
    replace.write_text(path, "".join(remaining))
