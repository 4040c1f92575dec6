"""Generate the client from a document, and put it in place of the old one once all of it is proven."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.common import replace
from scripts.common.errors import GenerationError
from scripts.common.printer import listing
from scripts.common.project import HAND_WRITTEN, files
from scripts.contract import facade
from scripts.contract.model import Contract
from scripts.generator import render
from scripts.generator.build import build
from scripts.generator.configuration import (
    configuration,
    drop,
    facade_methods,
    problems_of_configuration,
)
from scripts.generator.own_modules import BANNER
from scripts.generator.pages import page_settings

# The generated module that holds the digest of the document.
_ORIGIN = "_document.py"


@dataclass(frozen=True, slots=True)
class Regeneration:
    """A generated package that waits to take the place of the old one."""

    contract: Contract
    leave_out: Mapping[str, str]  # our reasons, by operation
    leave_out_parts: Mapping[str, Mapping[str, str]]  # and by part of an operation
    facade_problems: list[str]  # what the methods of the clients stand on, and is gone
    differences: list[str]  # between the old package and the new one
    # Whether the old package was generated from the same bytes.
    is_of_the_same_document: bool
    _staged: Path
    _package: Path
    _configuration: Path
    _dropped: tuple[str, ...]

    def install(self) -> None:
        """Put the new package in place of the old one, in one step.

        Raises:
            GenerationError: The old package holds a file of somebody else, which would be deleted.
            FileError: It is or holds a symbolic link.
            OSError: It cannot be replaced.
        """
        _refuse_foreign_files(self._package, self._staged)
        if self._dropped:
            drop(self._configuration, self._dropped)
        replace.swap(self._staged, self._package)

    def undecided_parts(self) -> Iterator[str]:
        """The parts left out of operations that the configuration does not list, a sentence each."""
        for key, operation in self.contract.operations.items():
            reasons = self.leave_out_parts.get(key, {})
            for part in operation.left_out_parts:
                if part.name not in reasons:
                    yield f"left out of {key}: {part.name}: {part.reason}"

    def messages(self) -> Iterator[str]:
        """The operations left out, and how much was generated, a sentence each."""
        for key, left_out in self.contract.left_out.items():
            yield f"left out: {key}: {self.leave_out[key]} ({left_out.reason})"
        for key, reasons in self.leave_out_parts.items():
            for part, why in reasons.items():
                yield f"left out of {key}: {part}: {why}"
        operations = _counted(len(self.contract.operations), "operation")
        changed = "nothing changed"
        if self.differences:
            changed = f"{_counted(len(self.differences), 'file')} changed"
        yield f"{operations}, {len(self.contract.left_out)} left out; {changed}"
        names = listing([line.partition(": ")[2] for line in self.differences])
        if self.differences and self.is_of_the_same_document:
            yield (
                "the package was generated from this very document, so these files were edited by hand, or the generator has"
                f" changed; their old text is in git: {names}"
            )
        elif self.differences:
            yield f"changed: {names}"


def _counted(number: int, noun: str) -> str:
    """A number of things: 1 file, 2 files."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@contextlib.contextmanager
def regeneration(
    document: Path, config: Path, package: Path, *, drop_overrides: bool = False
) -> Iterator[Regeneration]:
    """Generate a package beside the old one, and prove it; `install` puts it in place. It is removed afterwards if that did not happen.

    Args:
        document: The OpenAPI document.
        config: generator-config.yaml.
        package: The package folder.
        drop_overrides: Whether `install` takes entries of `class_overrides` that match nothing out of the configuration.

    Raises:
        DocumentError, GenerationError: The package cannot be generated as the configuration says.
    """
    package = package.absolute()
    replace.refuse_links(package)
    if package.exists() and not (package / "facade.py").is_file():
        raise GenerationError(
            f"{package} is no package, and would be replaced whole; name one that is not there yet"
        )
    configured = configuration(config)
    with replace.staging(package.parent) as folder:
        contract, staged = build(
            document,
            folder,
            overrides=configured.overrides,
            nested_values=configured.nested_values,
            leave_out_parts=configured.leave_out_parts,
            pages=page_settings(config),
            hand_written=package,
        )
        dropped: tuple[str, ...] = ()
        if drop_overrides:
            dropped = contract.unused_overrides
            contract = dataclasses.replace(contract, unused_overrides=())
        problems = [*problems_of_configuration(contract, configured)]
        if problems:
            raise GenerationError(*problems)
        render.import_hand_written(staged)
        yield Regeneration(
            contract,
            configured.leave_out,
            configured.leave_out_parts,
            facade.missing(contract, facade_methods(config)),
            replace.differences(package, staged),
            _same_document(package, staged),
            staged,
            package,
            config,
            dropped,
        )


def _same_document(package: Path, staged: Path) -> bool:
    """Whether the old package and the new one say that they are generated from the same document."""
    old = package / _ORIGIN
    new = staged / _ORIGIN
    if not (old.is_file() and new.is_file()):
        return False
    return _digest(old) == _digest(new)


def _digest(origin: Path) -> str:
    match = re.search(r"^SHA256 = (.+)$", origin.read_text("utf-8"), re.MULTILINE)
    if match is None:
        return ""
    return match[1]


def _refuse_foreign_files(package: Path, staged: Path) -> None:
    """Raise GenerationError if the old package holds a file that was neither generated nor is known; it would be deleted."""
    new = files(staged)
    for name, content in files(package).items():
        is_known = name in new or name.partition("/")[0] in HAND_WRITTEN
        if not is_known and not content.startswith(BANNER.encode()):
            raise GenerationError(
                f"{package.name}/{name} was not generated, and would be deleted; move it out of the package"
            )
