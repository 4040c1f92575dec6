"""Say which Python is needed where this one is too old: `make setup`. Its syntax is one that every Python reads."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # it runs under whatever PYTHON= names
    version = ".".join(str(part) for part in sys.version_info[:3])
    sys.stderr.write(
        "setup: Python 3.11 or later is needed, and this one is "
        + version
        + "; name another one: make setup PYTHON=python3.13\n"
    )
    sys.exit(1)
