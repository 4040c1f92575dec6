"""generator-config.yaml: names for classes, and reasons for operations that are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scripts.common import replace
from scripts.common.errors import GenerationError
from scripts.contract.facade import FacadeMethod
from scripts.contract.model import Contract
from scripts.contract.reading.operations import NESTED_VALUES
from scripts.intake import document as oas


class Configuration(NamedTuple):
    """What generator-config.yaml says."""

    overrides: dict[str, tuple[str, str]]  # class and module, by the generator's name
    leave_out: dict[str, str]  # our reason, by "METHOD /path"
    nested_values: str = ""  # how values nested in queries and forms are written


def configuration(path: Path) -> Configuration:
    """Read generator-config.yaml. Raises DocumentError, GenerationError."""
    held = oas.read(path)
    try:
        overrides = {
            str(name): (str(given["class_name"]), str(given["module_name"]))
            for name, given in (held.get("class_overrides") or {}).items()
        }
        leave_out = {
            str(key): str(reason)
            for key, reason in (held.get("leave_out") or {}).items()
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise GenerationError(
            f"{path.name}: class_overrides map names to class_name and module_name, leave_out maps operations to reasons;"
            f" this does not ({type(error).__name__}: {error})"
        ) from error
    nested_values = str(held.get("nested_values") or "")
    if nested_values and nested_values not in NESTED_VALUES:
        choices = ", ".join(NESTED_VALUES)
        raise GenerationError(
            f"{path.name}: nested_values is {nested_values!r:.40}; choose one of {choices}"
        )
    return Configuration(overrides, leave_out, nested_values)


def facade_methods(path: Path) -> tuple[FacadeMethod, ...]:
    """Read what generator-config.yaml says that the methods of the clients stand on. Raises DocumentError, GenerationError."""
    held = oas.read(path)
    methods = []
    try:
        for name, stated in (held.get("facade") or {}).items():
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
    contract: Contract, leave_out: Mapping[str, str]
) -> Iterator[str]:
    """What the configuration must say of left-out operations and of classes, and does not; or says, and must not."""
    for key, left in contract.left_out.items():
        if not leave_out.get(key, "").strip():
            yield (
                f"{key} can't be generated: {left.reason}; to generate the client without it,"
                f" give a reason in generator-config.yaml: leave_out: {{{key!r}: our reason}}"
            )
    for key in [key for key in leave_out if key not in contract.left_out]:
        known = key in contract.operations
        found = "can be generated" if known else "is not in the document"
        yield f"leave_out in generator-config.yaml: {key} {found}; remove the entry"
    if contract.unused_overrides:
        yield (
            f"class_overrides in generator-config.yaml match nothing: {', '.join(contract.unused_overrides)};"
            " remove them with `python -m scripts.generate --drop-overrides`"
        )


def drop(path: Path, names: tuple[str, ...]) -> None:
    """Take entries of class_overrides out of the configuration; everything else, comments too, stays."""
    kept, dropping = [], False
    for line in path.read_text("utf-8").splitlines(keepends=True):
        entry = re.match(r"  ([\w-]+):", line)
        if entry or not line.startswith("   "):
            dropping = entry is not None and entry[1] in names
        if not dropping:
            kept.append(line)
    replace.write_text(path, "".join(kept))
