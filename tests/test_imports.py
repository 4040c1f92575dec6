"""Imports go one way: no cycles in the package or in scripts/, and the order of the folders holds. Imports inside functions count, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

# Folders of scripts/, by level. A module imports from its own folder and from lower levels.
COMMAND_LEVEL = 6
LEVELS = {
    "common": 0,
    "intake": 1,
    "contract": 2,
    "generator": 3,
    "loopback": 3,
    "publishing": 4,
    "conformance": 4,
    "mock": 4,
    # Their commands are packages of their own.
    "bench": COMMAND_LEVEL,
    "reference": COMMAND_LEVEL,
}
GENERATOR_LIBRARY = "openapi_python_client"
# They import public names when these are first used. What they name under TYPE_CHECKING, for programs that read imports, never runs.
IMPORTED_ON_FIRST_USE = ("enkrypt_api_client", "enkrypt_api_client.models")


def module_name(path: Path) -> str:
    """The dotted name of a module below the project's folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


def modules_below(folder: str) -> dict[str, Path]:
    """The modules of a package and their files, by dotted name."""
    return {
        module_name(path): path
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in path.parts
    }


@cache
def import_statements(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """The imports of a module, also inside functions. Each module is parsed once for all tests."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return tuple(n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom))


def imported_names(name: str, path: Path) -> Iterator[tuple[str, str]]:
    """Each import of a module: the dotted name after `from`, or after `import`, and the name that is taken from it, if any."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in import_statements(path):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""
        else:
            source = node.module or ""
            if node.level:
                parents = package.split(".")
                base = parents[: len(parents) - node.level + 1]
                source = ".".join([*base, source] if source else base)
            for alias in node.names:
                yield source, alias.name


def import_graph(modules: dict[str, Path]) -> dict[str, set[str]]:
    """The modules that each module imports, of those given."""
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        targets = set()
        for source, taken in imported_names(name, path):
            target = f"{source}.{taken}"
            if target not in modules:
                target = source
            if target in modules and target != name:
                targets.add(target)
        graph[name] = targets
    return graph


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    """The modules that a module imports, directly or not."""
    found: set[str] = set()
    pending = [start]
    while pending:
        for target in graph[pending.pop()]:
            if target not in found:
                found.add(target)
                pending.append(target)
    return found


def cycles(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """The groups of modules that import each other."""
    closure = {name: reachable(graph, name) for name in graph}
    groups = set()
    for name, targets in closure.items():
        if name in targets:
            group = {other for other in targets if name in closure[other]}
            groups.add(frozenset(group))
    return groups


def test_the_package_and_scripts_have_no_import_cycles() -> None:
    package = import_graph(modules_below("enkrypt_api_client"))
    for name in IMPORTED_ON_FIRST_USE:
        package[name] = set()
    scripts = import_graph(modules_below("scripts"))
    found = cycles(package) | cycles(scripts)
    assert [sorted(group) for group in found] == []


def level(module: str) -> int:
    """The level of a module of scripts/."""
    return LEVELS.get(module.split(".")[1], COMMAND_LEVEL)


def folder(module: str) -> str:
    """The first folder below scripts/ that a module is in; for a command, the command itself."""
    return module.split(".")[1]


def test_modules_of_scripts_import_only_from_their_own_folder_and_lower_levels() -> (
    None
):
    modules = modules_below("scripts")
    del modules["scripts"]
    wrong = [
        f"{name} imports {target}"
        for name, targets in import_graph(modules).items()
        for target in sorted(targets)
        if folder(name) != folder(target) and level(target) >= level(name)
    ]
    assert wrong == []


def test_only_the_generator_folder_imports_the_generator() -> None:
    importing = {
        folder(name)
        for name, path in modules_below("scripts").items()
        for source, _taken in imported_names(name, path)
        if source.partition(".")[0] == GENERATOR_LIBRARY
    }
    assert importing == {"generator"}


def test_the_runtime_imports_nothing_of_the_package_but_its_exceptions() -> None:
    modules = modules_below("enkrypt_api_client")
    runtime = "enkrypt_api_client._runtime"
    wrong = [
        f"{name} imports {target}"
        for name, targets in import_graph(modules).items()
        if name.startswith(f"{runtime}.")
        for target in sorted(targets)
        if not target.startswith(runtime) and target != "enkrypt_api_client.exceptions"
    ]
    assert wrong == []


def test_an_import_inside_a_function_counts_as_one(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("def f():\n    from ..other import name\n    import third.part\n")
    names = set(imported_names("package.folder.module", path))
    assert names == {("package.other", "name"), ("third.part", "")}


def test_a_cycle_of_three_is_found_and_a_chain_is_not() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert cycles(graph) == {frozenset({"a", "b", "c"})}
