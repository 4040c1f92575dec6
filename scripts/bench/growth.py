"""How import and generation grow with the number of schemas."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from scripts import document as oas
from scripts import tree
from scripts.bench import environments, figures, processes, synthetic
from scripts.bench.environments import plain_command
from scripts.bench.figures import Measure
from scripts.bench.measures import Setting, costs_of

# What is imported: statement by measure. Synthetic schema 0 has an operation.
_IMPORTS = {
    "model": "from enkrypt_api_client.models import Synthetic0",
    "operation": "from enkrypt_api_client.api.synthetic import get_synthetic_0",
    "client": "from enkrypt_api_client import EnkryptClient",
    "model-plain": "from plain_client.models import Synthetic0",
}
_TITLES = {
    "model": "Import of one model, CPU over the bare interpreter",
    "operation": "Import of one operation, CPU over the bare interpreter",
    "client": "Import of EnkryptClient, CPU over the bare interpreter",
    "model-plain": "Import of one model of the plain generated client, CPU over the bare interpreter",
}


def package(folder: Path) -> Path:
    """A package folder with the hand-written files alone, for `make generate` to fill."""
    shutil.rmtree(folder, ignore_errors=True)
    target = folder / tree.PACKAGE.name
    target.mkdir(parents=True)
    for name in tree.HAND_WRITTEN:
        if (tree.PACKAGE / name).is_file():
            shutil.copy2(tree.PACKAGE / name, target / name)
    return target


def generate_command(document: Path, target: Path) -> list[str | Path]:
    """`make generate`, gates and all, for any document and package."""
    command = [sys.executable, "-m", "scripts.generate"]
    return [*command, "--document", document, "--package", target]


def generation(setting: Setting, folder: Path) -> Iterator[Measure]:
    """Regenerating the client for our document: with gates, and by the generator's own command without."""
    target = package(folder / "generation")
    commands: dict[str, list[str | Path]] = {
        figures.PLAIN: [*plain_command(folder)],
        figures.OURS: generate_command(tree.ROOT / "openapi.yaml", target),
    }
    costs = costs_of(commands, processes.environment(), setting.rounds(5))
    yield Measure(
        "generate",
        "Regenerating for our document, wall time with ruff and gates",
        "s",
        {name: [cost.wall for cost in all_] for name, all_ in costs.items()},
    )


def growth(setting: Setting, document: Any, folder: Path) -> Iterator[Measure]:
    """Generation once for each size; imports in turns, over all sizes."""
    sizes = synthetic.SIZES if setting.scale >= 1 else synthetic.SIZES[:2]
    ours: dict[str, list[float]] = {}
    plain: dict[str, list[float]] = {}
    for size in sizes:
        place = folder / f"growth-{size}"
        grown = synthetic.grown(document, size)
        target = package(place)
        (place / "openapi.yaml").write_text(oas.to_yaml(grown), "utf-8")
        command = generate_command(place / "openapi.yaml", target)
        ours[str(size)] = [processes.run(command, processes.environment()).cpu]
        environments.plain_document(grown, place)
        if size in _PLAIN:
            cost = processes.run(plain_command(place), processes.environment())
            plain[str(size)] = [cost.cpu]
    yield Measure("growth-generate", "Regenerating, CPU with ruff and gates", "s", ours)
    yield Measure(
        "growth-generate-plain", "Regenerating by the plain generator, CPU", "s", plain
    )
    per_schema = {
        size: [seconds / (int(size) + _SCHEMAS) * 1e3 for seconds in all_]
        for size, all_ in ours.items()
    }
    yield Measure(
        "generate-per-schema", "Regenerating, CPU per schema", "ms", per_schema
    )
    yield from _imports(setting, folder, [str(size) for size in sizes])


_PLAIN = (30, 500, 2000)  # sizes of which there is a plain client too
_SCHEMAS = 28  # classes that the vendor's own document makes


def _imports(setting: Setting, folder: Path, sizes: list[str]) -> Iterator[Measure]:
    variables = {
        size: processes.environment(folder / f"growth-{size}") for size in sizes
    }
    for key, statement in _IMPORTS.items():
        wanted = [s for s in sizes if key != "model-plain" or int(s) in _PLAIN]
        runs = {s: _importing(setting, statement, variables[s]) for s in wanted}
        runs["bare"] = _importing(setting, "pass", setting.variables)
        processes.interleaved(runs, 1)
        rounds = 2 if key == "model-plain" else 14
        samples = processes.interleaved(runs, setting.rounds(rounds))
        bare = median(samples.pop("bare"))
        net = {size: [ms - bare for ms in all_] for size, all_ in samples.items()}
        yield Measure(f"growth-{key}", _TITLES[key], "ms", net)


def _importing(
    setting: Setting, statement: str, variables: dict[str, str]
) -> Callable[[], float]:
    command: list[str | Path] = [setting.python, "-P", "-c", statement]
    return lambda: processes.run(command, variables).cpu * 1e3
