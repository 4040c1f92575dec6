"""A mock of the service on loopback, made from openapi.yaml alone, for demonstrations and tests.

    python -m scripts.mock_service [--port 8807] [--api-key KEY] [--document openapi.yaml] [--models PATH ...] [--quiet] [--until-eof]

Knows every operation of the contract: refuses what the document does not allow (404, 405, 401, 422, as JSON) in the opinion of
openapi-core, and answers with what the document describes; events and JSON lines come one by one. Modify Model works on models kept in
memory, and so do Get, List, Add and Delete Model once their pages are taken in: some models of its own, or those of --models, files or
folders of YAML or JSON. `POST /_mock/reset` brings the first models back.

A request with the header `x-mock-fail: 503 once` fails that way; `POST /_mock/fail` with these words as its body does so for requests
whose headers you cannot set. As soon as it listens, prints the variables that lead the client here (NO_PROXY is one where a proxy is
set), and the models; then, unless --quiet, each request. Stops on Ctrl-C.

Exit codes: 0 stopped; 2 the document or a model can't be read, the document does not allow a model, or the port is taken.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import getproxies_environment, proxy_bypass

from scripts.common import child_process, limits, project
from scripts.common.command import parser_of
from scripts.common.errors import DocumentError, GenerationError
from scripts.common.printer import Printer, show, visible

if TYPE_CHECKING:
    from scripts.mock.service import MockService
    from scripts.mock.store import FileModel


_LAST_PORT = 65_535


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("mock_service", __doc__)
    parser.add_argument("--port", type=_port, default=8807, help="0 takes a free one")
    parser.add_argument("--api-key", default="mock-key", help="default: mock-key")
    parser.add_argument("--document", type=Path, default=project.ROOT / "openapi.yaml")
    parser.add_argument("--models", nargs="+", default=[], metavar="PATH",
        help="files or folders with the models to begin with")  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="print no requests")
    parser.add_argument("--until-eof", action="store_true",
        help="end when stdin ends, as it does when the process that started this one is killed")  # fmt: skip
    options = parser.parse_args(arguments)
    printer = Printer("mock_service")
    try:
        _serve(
            options.document,
            options.api_key,
            model_paths(options.models),
            options.port,
            quiet=options.quiet,
            until_eof=options.until_eof,
        )
    except KeyboardInterrupt:
        return 0
    except (DocumentError, GenerationError) as error:
        printer.fail(error)
        return 2
    except OSError as error:
        # The event loop adds the address once more to what the system says.
        reason = (error.strerror or str(error)).partition(" (while ")[0]
        printer.warn(
            f"port {options.port}: {reason}; choose another one with --port (make mock PORT=8808)"
        )
        return 2
    return 0


def model_paths(arguments: list[str]) -> list[Path]:
    """Return the paths that arguments name. One that is no path itself may hold several, quoted as in a shell: `make` passes them so."""
    paths: list[Path] = []
    for argument in arguments:
        words = [argument]
        if not argument or not _exists(Path(argument)):
            words = _words(argument)
        paths += map(Path, words)
    return paths


def exemption(host: str) -> str:
    """Return the value of NO_PROXY with which clients reach a host; "" where no proxy is set, or it exempts the host already."""
    proxies = getproxies_environment()
    if not {"http", "all"} & proxies.keys() or proxy_bypass(host):
        return ""
    exempted = proxies.get("no")
    return f"{host},{exempted}" if exempted else host


def first_lines(
    models: Iterable[tuple[str, str]], api_key: str, url: str, host: str
) -> Iterator[str]:
    """Yield what is printed as soon as the service listens: the variables that lead a client there, and each model."""
    yield f"export ENKRYPTAI_API_KEY={shlex.quote(api_key)}"
    yield f"export ENKRYPTAI_BASE_URL={url}"
    exempted = exemption(host)
    if exempted:
        yield f"export NO_PROXY={shlex.quote(exempted)}"
        if "no_proxy" in os.environ:  # which goes before the other
            yield f"export no_proxy={shlex.quote(exempted)}"
    for name, version in models:
        yield visible(f"# model: {name!r}, version {version!r}")


def _port(text: str) -> int:
    """Return the number of a port. Raises ArgumentTypeError."""
    if text.isdecimal() and int(text) <= _LAST_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port is a number from 0 to {_LAST_PORT}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # several paths may be too long for the name of one
        return False


def _words(argument: str) -> list[str]:
    try:
        return shlex.split(argument)
    except ValueError:  # a quote that is never closed
        return [argument]


def _serve(
    path: Path,
    api_key: str,
    models: list[Path],
    port: int,
    *,
    quiet: bool,
    until_eof: bool,
) -> None:
    """Serve until somebody interrupts, or stdin ends. Raises DocumentError, OSError."""
    import threading

    from scripts.intake import document as oas
    from scripts.loopback.server import HOST, running
    from scripts.mock.service import MockService
    from scripts.mock.store import read_models

    with limits.limited():
        document = oas.read(path)
    initial = read_models(models)
    first_models = None
    if models:
        first_models = [kept.model for kept in initial]

    def log(line: str) -> None:
        if not quiet:
            show(visible(line))

    with limits.limited():
        service = MockService(
            document,
            api_key=api_key,
            models=first_models,
            log=log,
        )
        _refuse_faulty(service, initial)
    with running(service, port) as url:
        for line in first_lines(service.models, api_key, url, HOST):
            show(line)
        if until_eof:
            sys.stdin.buffer.read()
        else:
            threading.Event().wait()


def _refuse_faulty(service: MockService, models: list[FileModel]) -> None:
    """Raises DocumentError for models that the document does not allow, with a line for each file and field."""
    problems: list[str] = []
    for kept in models:
        for fault in service.model_faults(kept.model):
            field = fault["path"].removeprefix("body.")
            problems.append(f"{kept.file}: {field} {fault['message']}")
    if problems:
        raise DocumentError(*problems)


if __name__ == "__main__":
    child_process.supervise("mock_service")
    sys.exit(main())
