"""Generate the client from openapi.yaml: into a staging folder, proven and imported there, then in one step into the package.

    python -m scripts.generate                     make the package what openapi.yaml says
    python -m scripts.generate --check             say whether it is, and change nothing
    python -m scripts.generate --drop-overrides    first take entries of class_overrides that match nothing out of the configuration

Exit codes: 0 done, or nothing to say; 1 the committed tree is not what openapi.yaml generates (--check); 2 the client can't be generated
as the configuration says: what and where on stderr, and the old tree as it was.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.common import limits, project, replace
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError, GenerationError
from scripts.common.printer import Printer
from scripts.generator import render
from scripts.generator.build import build
from scripts.generator.configuration import (
    configuration,
    drop,
    problems_of_configuration,
)

_PRINTER = Printer("generate")


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("generate", __doc__)
    add, root = parser.add_argument, project.ROOT
    add("--check", action="store_true", help="compare, change nothing")
    add("--drop-overrides", action="store_true")
    add("--document", type=Path, default=root / "openapi.yaml")
    add("--config", type=Path, default=root / "generator-config.yaml")
    add("--package", type=Path, default=project.PACKAGE)
    try:
        return _generate(parser.parse_args(arguments))
    except (DocumentError, GenerationError) as error:
        _PRINTER.fail(error)
        _PRINTER.warn("nothing was changed")
        return 2


def _generate(options: argparse.Namespace) -> int:
    """Generate or check. Returns the exit code."""
    package = options.package.absolute()
    replace.refuse_links(package)
    if package.exists() and not (package / "facade.py").is_file():
        raise GenerationError(
            f"{package} is no package, and would be replaced whole; name one that is not there yet"
        )
    overrides, leave_out = configuration(options.config)
    with replace.staging(package.parent) as folder:
        contract, generated, whole = build(
            options.document, folder, overrides=overrides, hand_written=package
        )
        unused = contract.unused_overrides
        if options.drop_overrides:
            contract.unused_overrides = ()
        if problems := list(problems_of_configuration(contract, leave_out)):
            raise GenerationError(*problems)
        render.import_all(whole)
        found = replace.differences(package, generated)
        if options.check:
            return _checked(found)
        if options.drop_overrides:
            drop(options.config, unused)
        replace.swap(whole, package)
    for warning in contract.warnings:
        _PRINTER.warn(f"warning: {warning}")
    for key, left in contract.left_out.items():
        _PRINTER.tell(f"left out: {key}: {leave_out[key]} ({left.reason})")
    count = len(contract.operations)
    operations = f"{count} operation{'s' if count != 1 else ''}"
    changed = f"{len(found)} files changed" if found else "nothing changed"
    _PRINTER.tell(f"{operations}, {len(contract.left_out)} left out; {changed}")
    return 0


def _checked(differences: list[str]) -> int:
    """Name the files that differ from what openapi.yaml generates. Returns the exit code."""
    for difference in differences:
        _PRINTER.warn(difference)
    if differences:
        _PRINTER.warn(
            "generated files are never edited; run `make generate` and commit what it writes"
        )
    return 1 if differences else 0


if __name__ == "__main__":
    limits.supervise("generate")
    sys.exit(main())
