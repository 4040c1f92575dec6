"""Generate the client from a document, and put it in place of the old one once all of it is proven."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.common import project, replace
from scripts.common.errors import GenerationError
from scripts.common.printer import listing
from scripts.common.project import HAND_WRITTEN, IMPORTED_BY_GENERATED, files
from scripts.common.replace import Differences
from scripts.contract import facade
from scripts.contract.model import Contract
from scripts.generator import origin, render, secret_fields
from scripts.generator.build import build
from scripts.generator.configuration import (
    configuration,
    facade_methods,
    problems_of_configuration,
    without_overrides,
)
from scripts.generator.own_modules import BANNER
from scripts.generator.pages import page_settings

# Names in one line of a message, which must not become so long that it is cut.
_NAMES_IN_A_LINE = 20


@dataclass(frozen=True, slots=True)
class Regeneration:
    """A generated package that waits to take the place of the old one."""

    contract: Contract
    leave_out: Mapping[str, str]  # our reasons, by operation
    leave_out_parts: Mapping[str, Mapping[str, str]]  # and by part of an operation
    facade_problems: list[str]  # what in facade.py does not fit the document
    differences: Differences  # between the old package and the new one
    foreign_files: list[str]  # files of the old package that nobody of ours wrote
    dropped_overrides: tuple[str, ...]  # entries of class_overrides that go
    # Whether the old package was generated from the same bytes.
    is_of_the_same_document: bool
    _staged: Path
    _package: Path
    _configuration: Path
    _new_configuration: str | None  # its text; None where it stays as it is

    def install(self) -> None:
        """Put the new package in place of the old one, in one step.

        Raises:
            GenerationError: As for `refuse_losses`.
            FileError: The old package is or holds a symbolic link.
            OSError: The old package cannot be replaced.
        """
        self.refuse_losses()
        if self._new_configuration is not None:
            replace.write_text(self._configuration, self._new_configuration)
        replace.swap(self._staged, self._package)

    def refuse_losses(self) -> None:
        """Refuse to replace a package with work of somebody in it. Looks at its files as they are now: generating takes seconds.

        Raises:
            GenerationError: The generator did not write a file, and would delete it; or a hand-written file was changed after it had been
                copied into the new package.
        """
        problems = [
            f"{name} was not generated, and would be deleted; move it out of the package"
            for name in _foreign_files(self._package, self._staged)
        ]
        problems += [
            f"{name} was changed while the client was generated; generate it again"
            for name in _changed_hand_written_files(self._package, self._staged)
        ]
        if problems:
            raise GenerationError(*problems)

    def undecided_parts(self) -> Iterator[str]:
        """The parts left out of operations that the configuration does not list, a sentence each."""
        for key, operation in self.contract.operations.items():
            reasons = self.leave_out_parts.get(key, {})
            for part in operation.left_out_parts:
                if part.name not in reasons:
                    yield f"left out of {key}: {part.name}: {part.reason}"

    def undecided_fields(self) -> Iterator[str]:
        """The fields that look like credentials and are in no list yet, a sentence each."""
        for field in secret_fields.undecided_fields(self.contract):
            yield (
                f"{field} looks like a credential, and is masked: decide, and list its name in scripts/generator/secret_fields.py"
            )

    def messages(self) -> Iterator[str]:
        """The operations left out, and how much was generated, a sentence each."""
        for key, left_out in self.contract.left_out.items():
            yield f"left out: {key}: {self.leave_out[key]} ({left_out.reason})"
        for key, reasons in self.leave_out_parts.items():
            for part, why in reasons.items():
                yield f"left out of {key}: {part}: {why}"
        operations = _counted(len(self.contract.operations), "operation")
        yield f"{operations}, {len(self.contract.left_out)} left out; {self._summary()}"
        for kind, names in self._differences_by_kind():
            for first in range(0, len(names), _NAMES_IN_A_LINE):
                shown = ", ".join(names[first : first + _NAMES_IN_A_LINE])
                yield f"{kind}: {shown}"
        if self.dropped_overrides:
            yield (
                f"{self._configuration.name}: removed from class_overrides what matches nothing (any more): "
                f"{listing(self.dropped_overrides)}"
            )
        if self.differences and self.is_of_the_same_document:
            yield (
                "the package was generated from this very document, so these files were edited or removed by hand, or the"
                " generator or its configuration has changed; their old text is in git"
            )

    def _summary(self) -> str:
        """How many files differ from the old package, such as "2 files added, 3 files changed"."""
        counts = [
            f"{_counted(len(names), 'file')} {kind}"
            for kind, names in self._differences_by_kind()
        ]
        return ", ".join(counts) or "nothing changed"

    def _differences_by_kind(self) -> list[tuple[str, tuple[str, ...]]]:
        """The files that were added, changed and removed; kinds without any are left out."""
        kinds = [
            ("added", self.differences.added),
            ("changed", self.differences.changed),
            ("removed", self.differences.removed),
        ]
        return [(kind, names) for kind, names in kinds if names]


def _counted(number: int, noun: str) -> str:
    """A number of things: 1 file, 2 files."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@contextlib.contextmanager
def regeneration(
    document: Path, config: Path, package: Path, *, drop_overrides: bool = False
) -> Iterator[Regeneration]:
    """Generate a package beside the old one, and prove it. `install` puts it in place; without that it is removed at the end.

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
            f"{package} is no package of ours: it has no facade.py. It would be replaced; name a folder that does not exist"
        )
    _refuse_without_hand_written(package)
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
        new_configuration = None
        dropped_overrides: tuple[str, ...] = ()
        if drop_overrides and contract.unused_overrides:
            dropped_overrides = contract.unused_overrides
            new_configuration = without_overrides(config, dropped_overrides)
            contract = dataclasses.replace(contract, unused_overrides=())
        facade_problems = facade.problems(
            contract, facade_methods(config), staged / "facade.py"
        )
        problems = list(problems_of_configuration(contract, configured))
        if problems:
            raise GenerationError(*facade_problems, *problems)
        render.import_hand_written(staged)
        yield Regeneration(
            contract,
            configured.leave_out,
            configured.leave_out_parts,
            facade_problems,
            replace.differences(package, staged),
            _foreign_files(package, staged),
            dropped_overrides,
            origin.digest(package) == origin.digest(staged),
            staged,
            package,
            config,
            new_configuration,
        )


def _foreign_files(package: Path, staged: Path) -> list[str]:
    """Return the files that would be lost with the old package, and that the generator did not write, as `package/path`.

    Nothing is lost of what the new package has as well, nor of the hand-written modules, which are copied. The generator wrote what opens
    with its banner.
    """
    new_files = files(staged)
    foreign = []
    for name, content in files(package).items():
        is_hand_written = name.partition("/")[0] in HAND_WRITTEN
        is_generated = name in new_files or content.startswith(BANNER.encode())
        if not is_hand_written and not is_generated:
            foreign.append(f"{package.name}/{name}")
    return foreign


def _refuse_without_hand_written(package: Path) -> None:
    """Raise GenerationError for hand-written files that are not there: nothing can generate them."""
    if not package.exists() and package != project.PACKAGE:
        return
    missing = [
        f"{package.name}/{name}"
        for name in sorted({*HAND_WRITTEN, *IMPORTED_BY_GENERATED})
        if not (package / name).exists()
    ]
    if missing:
        raise GenerationError(
            f"not there, and written by hand: {listing(missing)}; take them from git again: git checkout -- {package.name}"
        )


def _changed_hand_written_files(package: Path, staged: Path) -> list[str]:
    """Return the hand-written files of the old package that differ from their copies in the new one, as `package/path`."""
    copies = files(staged)
    changed = []
    for name, content in files(package).items():
        is_hand_written = name.partition("/")[0] in HAND_WRITTEN
        is_copied = not name.endswith(".pyc")
        if is_hand_written and is_copied and copies.get(name) != content:
            changed.append(f"{package.name}/{name}")
    return changed
