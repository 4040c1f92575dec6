"""A real package index with passwords on loopback, to prove a release on.

    python -m scripts.release.loopback FOLDER [--pass-on]

Serves and fills the folder with pypiserver; every request needs the name and password that TWINE_USERNAME and TWINE_PASSWORD hold. Prints
its address on the first line; stops on Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from scripts import tree
from scripts.release.index import PASSWORD, USERNAME, Credentials

FALLBACK = "PIP_INDEX_URL"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Say nothing of each request."""


@contextlib.contextmanager
def running(
    folder: Path, login: Credentials, *, passes_on: str | None = None
) -> Iterator[str]:
    """Serve the folder in a process of its own, on a free port, while the block runs; gives the base URL.

    Whoever asks for a project that is not there is told so, or sent on to the index `passes_on`; empty is pypiserver's default.
    """
    environment = {**os.environ, USERNAME: login.username, PASSWORD: login.password}
    if passes_on:
        environment[FALLBACK] = passes_on
    command = [sys.executable, "-m", "scripts.release.loopback", str(folder)]
    process = subprocess.Popen(  # noqa: S603  # this interpreter, our own module
        command if passes_on is None else [*command, "--pass-on"],
        cwd=tree.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.release.loopback",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--pass-on",
        action="store_true",
        help=f"send whoever asks for other projects to the index of {FALLBACK}, or the default one",
    )
    given = parser.parse_args(arguments)
    # Here and not above: both import modules that Python deprecates, and tests make warnings errors.
    import pypiserver
    from passlib.apache import HtpasswdFile

    passwords = HtpasswdFile(default_scheme="apr_md5_crypt")
    passwords.set_password(os.environ[USERNAME], os.environ[PASSWORD])
    options: dict[str, str | bool] = {"disable_fallback": not given.pass_on}
    if os.environ.get(FALLBACK):
        options["fallback_url"] = os.environ[FALLBACK]
    with tempfile.NamedTemporaryFile() as file:
        file.write(passwords.to_string())
        file.flush()
        application = pypiserver.app(
            roots=[given.folder],
            password_file=file.name,
            authenticate=["update", "download", "list"],
            **options,
        )
        with make_server("127.0.0.1", 0, application, _Server, _Quiet) as server:
            print(f"http://127.0.0.1:{server.server_port}/", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
