"""Build this commit, or publish it to an internal package index.

    python -m scripts.release build
    python -m scripts.release publish INDEX_URL [--simple-url URL]

`build` makes the sdist and the wheel of the last commit, the same bytes on any machine and any day, and a CycloneDX list of everything
that an installation brings today, with hashes (SBOM). They replace the folder dist/.

`publish` builds, uploads sdist and wheel, and installs from the index what it uploaded. After an interruption, the same command goes on
where it ended: what the index lacks is uploaded, if what it holds is what this commit builds. INDEX_URL takes uploads; packages are read
from its `simple/` unless --simple-url says otherwise. User name and password come from TWINE_USERNAME and TWINE_PASSWORD and from nowhere
else, and are never printed; TWINE_CERT names a private certificate authority.

Exit codes: 0 done; 1 refused, and nothing was uploaded; 2 the arguments can't be read, and nothing was done; 3 something was uploaded
that is incomplete or cannot be installed.
"""

from __future__ import annotations

import sys

from scripts.common import addresses, project
from scripts.common.command import parser_of
from scripts.common.errors import CommandError, ReleaseError
from scripts.common.printer import Printer
from scripts.publishing.credentials import masked
from scripts.publishing.publish import HalfwayError, build_and_list, publish

_HALFWAY = 3  # 2 is argparse's


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("release", __doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="build the last commit into dist/")
    publishing = commands.add_parser("publish", help="build, upload, install")
    publishing.add_argument("index_url", help="https://, or http:// on loopback")
    publishing.add_argument("--simple-url", help="default: INDEX_URL/simple/")
    options = parser.parse_args(arguments)
    try:
        problems = addresses.unusable_variables()
        problems += addresses.unusable_settings_of_pip(sys.executable)
        if problems:
            raise ReleaseError(*problems)
        if options.command == "build":
            build_and_list(project.ROOT)
        else:
            url = options.index_url
            simple = options.simple_url or f"{url.rstrip('/')}/simple/"
            publish(project.ROOT, url, simple)
    except CommandError as error:
        printer = Printer("release")
        for problem in error.problems:
            printer.warn(masked(problem))
        if isinstance(error, HalfwayError):
            return _HALFWAY
        done = "built" if options.command == "build" else "uploaded"
        printer.warn(f"refused; nothing was {done}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
