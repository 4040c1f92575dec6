"""Which operations and parameters of two contracts are the same one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from scripts.contract.comparing.access import address
from scripts.contract.model import Operation, Parameter

Part = TypeVar("Part")
Key = TypeVar("Key", bound=Hashable)

_VARIABLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Pairing(Generic[Part]):
    """Parts that both contracts have, and those that only one of them has."""

    pairs: list[tuple[Part, Part]]
    removed: list[Part]
    added: list[Part]


def pair_by_key(old: Mapping[Key, Part], new: Mapping[Key, Part]) -> Pairing[Part]:
    """Pair what stands under the same key."""
    pairs = [(old[key], new[key]) for key in old if key in new]
    removed = [part for key, part in old.items() if key not in new]
    added = [part for key, part in new.items() if key not in old]
    return Pairing(pairs, removed, added)


def pair_operations(
    old: Mapping[str, Operation], new: Mapping[str, Operation]
) -> Pairing[Operation]:
    """Pair operations by id and call, then by id, by call, by call whatever the variables are named, and by address."""
    removed = [*old.values()]
    added = [*new.values()]
    once = _ids_used_once(old) & _ids_used_once(new)

    def unique_id(operation: Operation) -> Hashable:
        return operation.id if operation.id in once else None

    ways: tuple[Callable[[Operation], Hashable], ...] = (
        lambda operation: (operation.id, operation.key),
        unique_id,
        lambda operation: operation.key,
        lambda operation: (operation.method, pattern(operation.path)),
        lambda operation: (operation.method, pattern(address(operation))),
    )
    pairs = []
    for key_of in ways:
        waiting = {key_of(operation): operation for operation in reversed(added)}
        waiting.pop(None, None)
        for operation in [*removed]:
            counterpart = waiting.pop(key_of(operation), None)
            if counterpart is not None:
                pairs.append((operation, counterpart))
                removed.remove(operation)
                added.remove(counterpart)
    order = {operation.key: index for index, operation in enumerate(old.values())}
    pairs.sort(key=lambda pair: order[pair[0].key])
    return Pairing(pairs, removed, added)


def _ids_used_once(operations: Mapping[str, Operation]) -> set[str]:
    counted = Counter(operation.id for operation in operations.values())
    return {name for name, count in counted.items() if name and count == 1}


def pattern(path: str) -> str:
    """A path without the names of its variables."""
    return _VARIABLE.sub("{}", path)


def variables(path: str) -> list[str]:
    """The names of the variables in a path, in order."""
    return _VARIABLE.findall(path)


def wire_name(parameter: Parameter) -> tuple[str, str]:
    """Where a parameter is sent and what it is called there; names of headers are the same in any case."""
    name = parameter.name
    if parameter.where == "header":
        name = name.lower()
    return parameter.where, name


def pair_parameters(
    a: Operation, b: Operation, is_alike: Callable[[Parameter, Parameter], bool]
) -> tuple[Pairing[Parameter], list[tuple[Parameter, Parameter]]]:
    """Pair parameters by name; those that are the same under another name; and those of the same name in another place.

    Args:
        a: The operation before.
        b: The operation after.
        is_alike: Whether two parameters differ in nothing but the name.

    Returns:
        All pairs and what is left, and the pairs that were renamed.
    """
    by_name = pair_by_key(
        {wire_name(parameter): parameter for parameter in a.parameters},
        {wire_name(parameter): parameter for parameter in b.parameters},
    )
    removed = [*by_name.removed]
    added = [*by_name.added]
    renamed = _same_variable(a, b, removed, added)
    renamed += _only_one_of_its_kind(removed, added, is_alike)
    for old_parameter, new_parameter in renamed:
        removed.remove(old_parameter)
        added.remove(new_parameter)
    moved = _in_another_place(removed, added)
    for old_parameter, new_parameter in moved:
        removed.remove(old_parameter)
        added.remove(new_parameter)
    return Pairing([*by_name.pairs, *renamed, *moved], removed, added), renamed


def _in_another_place(
    removed: list[Parameter], added: list[Parameter]
) -> list[tuple[Parameter, Parameter]]:
    """Parameters of one name that moved, such as from the query to a header."""
    pairs = []
    for parameter in removed:
        name = parameter.name.lower()
        before = [other for other in removed if other.name.lower() == name]
        after = [other for other in added if other.name.lower() == name]
        if len(before) == len(after) == 1:
            pairs.append((parameter, after[0]))
    return pairs


def _same_variable(
    a: Operation, b: Operation, removed: list[Parameter], added: list[Parameter]
) -> list[tuple[Parameter, Parameter]]:
    """The variables at the same step of the path."""
    same_address = pattern(address(a)) == pattern(address(b))
    if not same_address and pattern(a.path) != pattern(b.path):
        return []
    new_names = dict(zip(variables(a.path), variables(b.path), strict=False))
    added_by_name = {
        parameter.name: parameter for parameter in added if parameter.where == "path"
    }
    pairs = []
    for parameter in removed:
        if parameter.where == "path":
            renamed = added_by_name.get(new_names.get(parameter.name, ""))
            if renamed is not None:
                pairs.append((parameter, renamed))
    return pairs


def _only_one_of_its_kind(
    removed: list[Parameter],
    added: list[Parameter],
    is_alike: Callable[[Parameter, Parameter], bool],
) -> list[tuple[Parameter, Parameter]]:
    """Parameters that are the only ones of their place and level that came and went, and are alike."""
    pairs = []
    kinds = {
        declared_at(parameter) for parameter in removed if parameter.where != "path"
    }
    for kind in kinds:
        before = [parameter for parameter in removed if declared_at(parameter) == kind]
        after = [parameter for parameter in added if declared_at(parameter) == kind]
        if len(before) == len(after) == 1 and is_alike(before[0], after[0]):
            pairs.append((before[0], after[0]))
    return pairs


def declared_at(parameter: Parameter) -> tuple[str, str]:
    """Where a parameter is sent, and whether a component, a path or an operation declares it."""
    if parameter.component:
        return parameter.where, "component"
    return parameter.where, str(len(parameter.at))
