"""Generate the client from openapi.yaml: into a staging folder, proven and imported there, then in one step into the package.

    python -m scripts.generate                     make the package what openapi.yaml says
    python -m scripts.generate --check             say whether it is, and change nothing
    python -m scripts.generate --drop-overrides    first take entries of class_overrides that match nothing out of the configuration

Exit codes: 0 done, or nothing to say; 1 the committed tree is not what openapi.yaml generates (--check); 2 the client can't be generated
as the configuration says: what and where on stderr, and the old tree as it was.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scripts import document as oas
from scripts import safety, tree
from scripts.command import parser_of
from scripts.contract.model import Contract
from scripts.errors import DocumentError, GenerationError
from scripts.generator import run

_NOTHING: Mapping[str, tuple[str, str]] = {}


class Configuration(NamedTuple):
    """What generator-config.yaml says."""

    overrides: dict[str, tuple[str, str]]  # class and module, by the generator's name
    leave_out: dict[str, str]  # our reason, by "METHOD /path"


class Built(NamedTuple):
    """What `build` made, below the folder that it was given."""

    contract: Contract  # with what was left out, and why
    generated: Path  # what was generated, alone
    package: Path  # the whole package


def build(
    document: Path,
    folder: Path,
    *,
    overrides: Mapping[str, tuple[str, str]] = _NOTHING,
    hand_written: Path = tree.PACKAGE,
) -> Built:
    """Generate all that can be carried of any document.

    Args:
        document: The file.
        folder: An existing folder to work in.
        overrides: Names for classes. Those that match nothing are named in the contract.
        hand_written: The package folder that gives the modules that are not generated.

    Raises:
        DocumentError: It is no OpenAPI document.
        GenerationError: Nothing of it can be generated, or not within the limits of `safety`.
    """
    with safety.limited():
        contract, generated = run.carry(
            oas.read(document), document.read_bytes(), folder, overrides
        )
    package = folder / hand_written.name
    tree.assemble(hand_written, generated, package)
    return Built(contract, generated, package)


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
    return Configuration(overrides, leave_out)


def problems_of_configuration(
    contract: Contract, leave_out: Mapping[str, str]
) -> Iterator[str]:
    """What the configuration must say of left-out operations and of classes, and does not; or says, and must not."""
    for key, left in contract.left_out.items():
        if not leave_out.get(key, "").strip():
            yield (
                f"{key} can't be generated: {left.reason}\n"
                f"  to generate the client without it, give a reason in generator-config.yaml:  leave_out: {{{key!r}: our reason}}"
            )
    for key in [key for key in leave_out if key not in contract.left_out]:
        known = key in contract.operations
        found = "can be carried" if known else "is not in the document"
        yield f"leave_out in generator-config.yaml: {key} {found}; remove the entry"
    if contract.unused_overrides:
        yield (
            f"class_overrides in generator-config.yaml match nothing: {', '.join(contract.unused_overrides)}\n"
            "  remove them with `python -m scripts.generate --drop-overrides`"
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
    path.write_text("".join(kept), "utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("generate", __doc__)
    add, root = parser.add_argument, tree.ROOT
    add("--check", action="store_true", help="compare, change nothing")
    add("--drop-overrides", action="store_true")
    add("--document", type=Path, default=root / "openapi.yaml")
    add("--config", type=Path, default=root / "generator-config.yaml")
    add("--package", type=Path, default=tree.PACKAGE)
    try:
        code, said = _generate(parser.parse_args(arguments))
    except (DocumentError, GenerationError) as error:
        code, said = 2, [f"{error}", "nothing was changed"]
    for line in said:
        print(f"generate: {line}", file=sys.stderr if code else sys.stdout)
    return code


def _generate(options: argparse.Namespace) -> tuple[int, list[str]]:
    """The exit code, and what to say."""
    package = options.package.resolve()
    if package.exists() and not (package / "facade.py").is_file():
        raise GenerationError(
            f"{package} is no package, and would be replaced whole; name one that is not there yet"
        )
    overrides, leave_out = configuration(options.config)
    with tree.staging(package.parent) as folder:
        contract, generated, whole = build(
            options.document, folder, overrides=overrides, hand_written=package
        )
        unused = contract.unused_overrides
        if options.drop_overrides:
            contract.unused_overrides = ()
        if problems := list(problems_of_configuration(contract, leave_out)):
            raise GenerationError("\n".join(problems))
        run.import_all(whole)
        found = tree.differences(package, generated)
        if options.check:
            repair = "generated files are never edited; run `make generate` and commit what it writes"
            return (1, [*found, repair]) if found else (0, [])
        if options.drop_overrides:
            drop(options.config, unused)
        tree.swap(whole, package)
    for warning in contract.warnings:
        print(f"generate: warning: {warning}", file=sys.stderr)
    left = [
        f"left out: {key}: {leave_out[key]} ({held.reason})"
        for key, held in contract.left_out.items()
    ]
    count = len(contract.operations)
    carried = f"{count} operation{'s' if count != 1 else ''}, {len(left)} left out"
    changed = f"{len(found)} files changed" if found else "nothing changed"
    return 0, [*left, f"{carried}; {changed}"]


if __name__ == "__main__":
    sys.exit(main())
