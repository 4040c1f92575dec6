"""Generate all that can be generated of a document, and leave out what fails."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scripts.common import limits, project, replace
from scripts.common.errors import GenerationError
from scripts.contract import model
from scripts.contract.model import Contract
from scripts.contract.reading.contract import read, without
from scripts.contract.reading.parts import only_part_in_the_way
from scripts.generator.pages import PageSetting, paged_lists
from scripts.generator.pattern_costs import PatternCosts
from scripts.generator.plan import NameCheck
from scripts.generator.render import generate
from scripts.generator.servers import server_fault
from scripts.intake import document as oas

_NOTHING: Mapping[str, tuple[str, str]] = {}
_NO_PARTS: Mapping[str, Mapping[str, str]] = {}


def generate_possible(
    document: model.Json,
    text: bytes,
    folder: Path,
    overrides: Mapping[str, tuple[str, str]],
    nested_values: str = "",
    leave_out_parts: Mapping[str, Mapping[str, str]] = _NO_PARTS,
    pages: tuple[PageSetting, ...] = (),
) -> tuple[model.Contract, Path]:
    """Generate the modules of all operations that can be generated, and leave out the others.

    Args:
        document: Plain data, as `scripts.intake.document.read` gives it.
        text: The bytes that it was read from, for the hash that the package carries.
        folder: An existing folder to work in.
        overrides: Class and module name by the class name that place and keys give.
        nested_values: How values nested in queries and forms are written.
        leave_out_parts: Parts to leave out of operations that cannot be generated whole; see `configuration.Configuration`.
        pages: Which lists come in pages, and how.

    Returns:
        The contract, with what was left out, and a folder below `folder` with what was generated, compiled and imported.

    Raises:
        DocumentError: It is no OpenAPI document.
        GenerationError: Operations fail together and none of them fails alone; or the document does not have what `pages` names.
    """
    contract = _usable(read(document, overrides, nested_values=nested_values))
    # An entry for an operation that can be generated whole is not applied; `problems_of_configuration` names it.
    needed = {
        key: leave_out_parts[key] for key in contract.left_out if key in leave_out_parts
    }
    if needed:
        contract = read(
            document, overrides, nested_values=nested_values, leave_out_parts=needed
        )
        contract = _usable(contract)
    paged = paged_lists(contract, pages)
    while True:
        try:
            generated, notes = generate(contract, text, folder, paged)
        except GenerationError:
            failing = _failing(contract, [*contract.operations], text, folder)
            if not failing:
                raise
            contract = without(contract, failing)
        else:
            notes = [*contract.warnings, *notes]
            return dataclasses.replace(contract, warnings=tuple(notes)), generated


def _usable(contract: Contract) -> Contract:
    """The contract without operations whose names, patterns or servers can't be used."""
    names = NameCheck(contract)
    costs = PatternCosts(contract)
    reasons = {}
    for key, operation in contract.operations.items():
        fault = names.fault(operation)
        if fault:
            reasons[key] = fault + _advice(names.fault, operation)
            continue
        fault = costs.fault(operation)
        if fault:
            reasons[key] = fault + _advice(costs.fault, operation)
            continue
        fault = server_fault(contract, operation)
        if fault:
            reasons[key] = fault
    return without(contract, reasons) if reasons else contract


def _advice(
    fault_of: Callable[[model.Operation], str], operation: model.Operation
) -> str:
    """Advice to leave out one part of an operation; empty if that would not help.

    Args:
        fault_of: Returns what is wrong with an operation; empty if nothing is.
        operation: One with a fault.
    """
    for part, remaining in model.without_each_part(operation):
        if not fault_of(remaining):
            return f"; {only_part_in_the_way(operation.key, part)}"
    return ""


def _failing(
    contract: model.Contract, keys: list[str], text: bytes, folder: Path
) -> dict[str, str]:
    """The operations that cannot be generated, with the reason.

    They are generated together; if that fails, each half by itself, down to single operations.

    Args:
        contract: All operations.
        keys: The operations to try.
        text: The bytes of the document.
        folder: An existing folder to work in.
    """
    remaining = contract.operations.keys() - {*keys}
    try:
        generate(without(contract, dict.fromkeys(remaining, "")), text, folder)
    except GenerationError as error:
        if len(keys) < 2:
            return dict.fromkeys(keys, str(error))
        half = len(keys) // 2
        failing = _failing(contract, keys[:half], text, folder)
        failing |= _failing(contract, keys[half:], text, folder)
        return failing
    return {}


class Built(NamedTuple):
    """The result of `build`, below the folder that it was given."""

    contract: Contract  # with what was left out, and why
    package: Path  # the whole package


def build(
    document: Path,
    folder: Path,
    *,
    overrides: Mapping[str, tuple[str, str]] = _NOTHING,
    nested_values: str = "",
    leave_out_parts: Mapping[str, Mapping[str, str]] = _NO_PARTS,
    pages: tuple[PageSetting, ...] = (),
    hand_written: Path = project.PACKAGE,
) -> Built:
    """Make a package of a document: its generated modules (`generate_possible`) and the hand-written ones.

    Args:
        document: The file.
        folder: An existing folder to work in.
        overrides: Names for classes. Those that match nothing are named in the contract.
        nested_values: How values nested in queries and forms are written.
        leave_out_parts: Parts to leave out of operations that cannot be generated whole.
        pages: Which lists come in pages, and how.
        hand_written: The package folder that gives the modules that are not generated.

    Raises:
        DocumentError: It is no OpenAPI document.
        GenerationError: Nothing of it can be generated, or not within the limits of `common.limits`.
    """
    with limits.limited(), _rare_collections():
        contract, generated = generate_possible(
            oas.read(document),
            document.read_bytes(),
            folder,
            overrides,
            nested_values,
            leave_out_parts,
            pages,
        )
    package = folder / hand_written.name
    replace.assemble(hand_written, generated, package)
    return Built(contract, package)


@contextlib.contextmanager
def _rare_collections() -> Iterator[None]:
    """Collect reference cycles less often.

    Nearly all of the many objects that generation makes live until its end, and each collection visits them again.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
