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

from scripts.common import child_process, project
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError, GenerationError
from scripts.common.printer import Printer
from scripts.generator.regenerate import Regeneration, regeneration
from scripts.intake import record

_PRINTER = Printer("generate")


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("generate", __doc__)
    add = parser.add_argument
    add("--check", action="store_true", help="compare, change nothing")
    add("--drop-overrides", action="store_true",
        help="remove entries of class_overrides that match nothing")  # fmt: skip
    add("--document", type=Path, default=project.ROOT / "openapi.yaml",
        help="what the client is generated from; openapi.yaml")  # fmt: skip
    add("--config", type=Path, default=project.ROOT / "generator-config.yaml",
        help="its settings; generator-config.yaml")  # fmt: skip
    add("--package", type=Path, default=project.PACKAGE,
        help=f"the package folder that is replaced; {project.PACKAGE.name}")  # fmt: skip
    try:
        return _generate(parser.parse_args(arguments))
    except (DocumentError, GenerationError, OSError) as error:
        _PRINTER.fail(error)
        return 2


def _generate(options: argparse.Namespace) -> int:
    """Generate or check. Returns the exit code."""
    with regeneration(
        options.document,
        options.config,
        options.package,
        drop_overrides=options.drop_overrides,
    ) as regenerated:
        edited = record.edit_notice(options.document)
        if options.check:
            notices = [*regenerated.facade_problems, *filter(None, [edited])]
            return _checked(regenerated, notices)
        regenerated.install()
    for notice in [*regenerated.facade_problems, *filter(None, [edited])]:
        _PRINTER.warn(f"warning: {notice}")
    warnings = [
        *regenerated.contract.warnings,
        *regenerated.undecided_parts(),
        *regenerated.undecided_fields(),
    ]
    for warning in warnings:
        _PRINTER.warn(f"warning: {warning}")
    for message in regenerated.messages():
        _PRINTER.tell(message)
    return 0


def _checked(regenerated: Regeneration, notices: list[str]) -> int:
    """Name the files that differ from what openapi.yaml generates, and what else is wrong. Returns the exit code."""
    differences = regenerated.differences
    foreign_files = regenerated.foreign_files
    for name in differences.changed:
        _PRINTER.warn(f"differs from what openapi.yaml generates: {name}")
    for name in differences.added:
        _PRINTER.warn(f"missing: {name}")
    for name in differences.removed:
        if name not in foreign_files:
            _PRINTER.warn(f"no longer generated: {name}")
    if len(differences) > len(foreign_files):
        _PRINTER.warn(
            "generated files are never edited; run `make generate` and commit what it writes"
        )
    for name in foreign_files:
        _PRINTER.warn(f"unknown file: {name}; move it out of the package")
    for notice in notices:
        _PRINTER.warn(notice)
    return 1 if differences or notices else 0


if __name__ == "__main__":
    child_process.supervise("generate")
    sys.exit(main())
