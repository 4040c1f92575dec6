"""Fetch the vendor's pages, take them in, generate the client, and describe the change for a pull request.

    python -m scripts.refresh [--index URL] [--match PATTERN] [--into FOLDER] [--loopback] [--exit-zero] [--report FILE]

The description is Markdown, on stdout: which operations are new, changed or gone, what that breaks for callers, and the version step.
openapi.yaml and the package change together or not at all. Nothing is accepted, committed or sent: that is for people and for the job that
runs this.

Exit codes: 0 nothing to do; 1 changes, described on stdout; 2 failed: why on stderr, and openapi.yaml and
the client are as they were.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.common import child_process, limits, project, replace
from scripts.common.command import parser_of
from scripts.common.errors import CommandError
from scripts.common.printer import Printer, show
from scripts.intake import fetching
from scripts.publishing.refreshing import DOCUMENT, refresh

_PRINTER = Printer("refresh")


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("refresh", __doc__)
    fetching.add_arguments(parser)
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write the description there, too"
    )
    options = parser.parse_args(arguments)
    request = fetching.request_of(options, project.ROOT / DOCUMENT)
    try:
        with limits.limited(fetching.SECONDS, clock_seconds=fetching.CLOCK_SECONDS):
            fetched = fetching.fetch(request, progress=fetching.show_progress)
        refreshed = refresh(project.ROOT, fetched, request.index_address)
        if refreshed.changed and options.report:
            replace.note_change()
            options.report.write_text(f"{refreshed.description}\n", "utf-8")
    except (CommandError, OSError) as error:
        _PRINTER.fail(error)
        return 2
    if not refreshed.changed:
        for note in fetching.notes(fetched):
            _PRINTER.warn(f"note: {note}")
        _PRINTER.warn("nothing to do: the site, openapi.yaml and the client agree")
        return 0
    show(refreshed.description)
    return 0 if options.exit_zero else 1


if __name__ == "__main__":
    child_process.supervise("refresh")
    sys.exit(main())
