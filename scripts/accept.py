"""Accept the contract of openapi.yaml: record it in contract.lock, once version and changelog say what it means for callers.

    python -m scripts.accept            record the contract
    python -m scripts.accept --check    say whether the accepted contract is that of openapi.yaml, and change nothing
    python -m scripts.accept --accepted FILE    record it only if a file accepts each change that breaks callers, with a reason

Exit codes: 0 done, or nothing to say; 1 the contract has drifted (--check), the package is not what openapi.yaml generates, or version or
changelog do not fit it; 2 could not compare or generate.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.common import child_process, limits, project
from scripts.common.command import parser_of
from scripts.common.errors import CommandError
from scripts.common.printer import Printer, listing
from scripts.publishing.acceptance import accept, check

_PRINTER = Printer("accept")


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("accept", __doc__)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--accepted", type=Path, metavar="FILE", help="changes that are accepted, each with a reason")  # fmt: skip
    parser.add_argument(
        "--root",
        type=Path,
        default=project.ROOT,
        help="the checkout; default: this one",
    )
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            problems = package_problems(options.root)
            for problem in problems:
                _PRINTER.warn(problem)
            if problems:
                _PRINTER.warn("nothing was accepted")
                return 1
        with limits.limited():
            if options.check:
                return check(options.root)
            return accept(options.root, options.accepted)
    except (CommandError, OSError) as error:
        _PRINTER.fail(error)
        return 2


def package_problems(root: Path) -> list[str]:
    """Return what of the package is not what openapi.yaml generates, a sentence each. Raises DocumentError, GenerationError."""
    # Here, because it imports the generator, which takes longer than all that --check does.
    from scripts.generator.regenerate import regeneration

    document = root / "openapi.yaml"
    config = root / "generator-config.yaml"
    package = root / project.PACKAGE.name
    with regeneration(document, config, package) as regenerated:
        foreign_files = regenerated.foreign_files
        differences = regenerated.differences
    problems = [
        f"unknown file: {name}; move it out of the package" for name in foreign_files
    ]
    differing = [
        name
        for name in [*differences.changed, *differences.added, *differences.removed]
        if name not in foreign_files
    ]
    if differing:
        problems.append(
            f"the package is not what openapi.yaml generates, in {listing(differing)}; run `make generate` first"
        )
    return problems


if __name__ == "__main__":
    child_process.supervise("accept")
    sys.exit(main())
