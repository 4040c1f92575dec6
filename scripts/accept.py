"""Accept the contract of openapi.yaml: record it in contract.lock, once version and changelog say what it means for callers.

    python -m scripts.accept            record the contract
    python -m scripts.accept --check    say whether the accepted contract is that of openapi.yaml, and change nothing
    python -m scripts.accept --accepted FILE    record it only if a file accepts each change that breaks callers, with a reason

Exit codes: 0 done, or nothing to say; 1 the contract has drifted (--check), or version or changelog do not fit it; 2 could not compare.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.common import limits, project
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError, GenerationError
from scripts.common.printer import Printer
from scripts.publishing.acceptance import accept, check


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("accept", __doc__)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--accepted", type=Path, metavar="FILE", help="changes that are accepted, each with a reason")  # fmt: skip
    parser.add_argument("--root", type=Path, default=project.ROOT)
    options = parser.parse_args(arguments)
    try:
        with limits.limited():
            if options.check:
                return check(options.root)
            return accept(options.root, options.accepted)
    except (DocumentError, GenerationError, OSError) as error:
        Printer("accept").fail(error)
        return 2


if __name__ == "__main__":
    limits.supervise("accept")
    sys.exit(main())
