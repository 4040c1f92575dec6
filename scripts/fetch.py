"""Download the vendor's pages that hold operations, and say which operations are new, changed, gone or unchanged.

    python -m scripts.fetch [--index URL] [--match PATTERN] [--into FOLDER] [--loopback] [--exit-zero]

The pages are those that the site's index, `llms.txt`, lists. They are written to a folder, .fetch/pages, which is replaced in one step when
all of them have been read and checked. A later run downloads only what has changed since, also after a run that was stopped. openapi.yaml
does not change: `python -m scripts.refresh` goes on from here.

Exit codes: 0 nothing new; 1 operations are new, changed or gone; 2 the site can't be read: why on stderr, and nothing was written.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.common import child_process, limits, project
from scripts.common.command import parser_of
from scripts.common.errors import CommandError
from scripts.common.printer import Printer
from scripts.intake import fetching

_PRINTER = Printer("fetch")


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("fetch", __doc__)
    fetching.add_arguments(parser)
    parser.add_argument(
        "--document",
        type=Path,
        default=project.ROOT / "openapi.yaml",
        help="what the pages are compared with; openapi.yaml",
    )
    options = parser.parse_args(arguments)
    request = fetching.request_of(options, options.document)
    try:
        with limits.limited(fetching.SECONDS, clock_seconds=fetching.CLOCK_SECONDS):
            fetched = fetching.fetch(request, progress=fetching.show_progress)
    except (CommandError, OSError) as error:
        _PRINTER.fail(error)
        return 2
    for message in fetching.messages(fetched):
        _PRINTER.tell(message)
    if fetched.standing.is_same_document:
        _PRINTER.tell(f"nothing new; {request.document.name} says the same")
        return 0
    _PRINTER.tell(
        f"wrote {request.pages_folder}; `make refresh` (with the same FLAGS, if any) takes the pages in"
    )
    return 0 if options.exit_zero else 1


if __name__ == "__main__":
    child_process.supervise("fetch")
    sys.exit(main())
