"""What this client is made from: `python -m enkrypt_api_client`. A check of the settings here: `python -m enkrypt_api_client doctor`."""

from __future__ import annotations

import argparse
import errno
import os
import sys

_LONGEST_TIMEOUT = 3600.0  # seconds
# The exit code where nobody reads the output any more, as behind `| head`. Shells report it for programs that SIGPIPE ended.
_UNREAD = 141


def _seconds(text: str) -> float:
    """Return a time limit. Raises ArgumentTypeError, which argparse reports."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise argparse.ArgumentTypeError(
            f"must be seconds above 0, at most {_LONGEST_TIMEOUT:g}"
        )
    return seconds


def main(arguments: list[str]) -> int:
    """Print the versions, or do what the arguments say; returns the exit code."""
    from . import __version__, _document
    from ._runtime import doctor

    parser = argparse.ArgumentParser(
        "python -m enkrypt_api_client", description=__doc__
    )
    parser.add_argument(
        "--version", action="version", version=f"enkrypt-api-client {__version__}"
    )
    commands = parser.add_subparsers(dest="command")
    checking = commands.add_parser(
        "doctor",
        help="try address, proxy, name, connection and TLS step by step; change nothing on the service",
    )
    checking.add_argument(
        "--base-url", help="the address to try; default: as configured"
    )
    checking.add_argument(
        "--proxy",
        metavar="URL",
        help="the proxy to go through; default: that of HTTPS_PROXY and the like, where a password belongs",
    )
    checking.add_argument("--timeout", type=_seconds, default=doctor.SECONDS, metavar="SECONDS",
        help="for each step that waits for the network; default: %(default)g")  # fmt: skip
    checking.add_argument("--allow-insecure-http", action="store_true",
        help="as the argument of the clients: allow http:// to other hosts than loopback")  # fmt: skip
    options = parser.parse_args(arguments)
    if options.command is None:
        print(f"enkrypt-api-client {__version__}")
        print(doctor.visible(f"document: {_document.TITLE} {_document.VERSION}"))
        print(f"document SHA-256: {_document.SHA256}")
        print(f"generator: {_document.GENERATOR}")
        return 0
    return doctor.run(
        _document,
        options.base_url,
        options.timeout,
        options.allow_insecure_http,
        options.proxy,
    )


def _run() -> int:
    """Do what the command line says; returns the exit code."""
    try:
        try:
            return main(sys.argv[1:])
        finally:
            # Here, where a reader that has left can be noticed; Python itself writes the rest after this.
            if sys.stdout is not None:  # closed before Python was started
                sys.stdout.flush()
    except ModuleNotFoundError as error:
        name = error.name or ""
        if name.startswith(str(__package__)):
            raise
        sys.exit(
            f"{name} is not installed, which this package needs: pip install enkrypt-api-client installs both"
        )
    except BrokenPipeError:
        # What is still to be written goes nowhere. SIGPIPE stays ignored while main runs: a connection may break in the same way.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _UNREAD
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # What is still to be written would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(f"the output can't be written: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit("interrupted")


if __name__ == "__main__":
    sys.exit(_run())
