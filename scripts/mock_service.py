"""A mock of the service on loopback, made from openapi.yaml alone, for demonstrations and tests.

    python -m scripts.mock_service [--port 8807] [--api-key KEY] [--document openapi.yaml]

Knows every operation of the contract: refuses what the document does not allow (404, 405, 401, 422, as JSON) in the opinion of
openapi-core, and answers with what the document describes. Modify Model works on models kept in memory. Prints the variables that lead
the client here, the models, and each request. Stops on Ctrl-C.

Exit codes: 0 stopped; 2 the document can't be read or the port is taken.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from pathlib import Path

from scripts.common import project
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError
from scripts.common.printer import Printer, show
from scripts.intake import document as oas
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, MockService


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("mock_service", __doc__)
    parser.add_argument("--port", type=int, default=8807, help="0 takes a free one")
    parser.add_argument("--api-key", default=API_KEY, help=f"default: {API_KEY}")
    parser.add_argument("--document", type=Path, default=project.ROOT / "openapi.yaml")
    options = parser.parse_args(arguments)

    def log(line: str) -> None:
        show(line)

    try:
        document = oas.read(options.document)
        service = MockService(document, api_key=options.api_key, log=log)
        with running(service, options.port) as url:
            log(f"export ENKRYPTAI_API_KEY={options.api_key}")
            log(f"export ENKRYPTAI_BASE_URL={url}")
            for name, version in service.models:
                log(f"# model: {name!r}, version {version!r}")
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
        return 0
    except (DocumentError, OSError) as error:
        Printer("mock_service").fail(error)
        return 2


if __name__ == "__main__":
    sys.exit(main())
