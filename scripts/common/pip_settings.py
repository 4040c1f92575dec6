"""What pip is configured with, by its files and the environment; and that of it which uv, which does not read it, must be told.

Needs nothing but the standard library, because `make setup` asks too.
"""

from __future__ import annotations

import re
import subprocess

AUTHORITIES = "SSL_CERT_FILE"
ENVIRONMENT = ":env:"
# The setting, and the variable that tells uv.
_VARIABLES = {"index-url": "UV_DEFAULT_INDEX", "cert": AUTHORITIES}
# Where pip looks for a setting of `pip install`; a later section counts before an earlier one.
_SECTIONS = ("global", "install", ENVIRONMENT)


def all_settings(python: str) -> dict[tuple[str, str], str]:
    """Return the settings by section and name; none where pip has none, or is not there.

    Args:
        python: The interpreter that pip is installed for.
    """
    listed = subprocess.run(  # noqa: S603
        [python, "-m", "pip", "--disable-pip-version-check", "config", "list"],
        capture_output=True,
        text=True,
        errors="replace",
    )
    line = re.compile(r"^([^.\n]+)\.([\w-]+)=(['\"])(.*)\3$", re.MULTILINE)
    return {
        (section, name): value
        for section, name, _quote, value in line.findall(listed.stdout)
    }


def as_variables_of_uv(python: str) -> dict[str, str]:
    """Return the environment variables that tell uv the index and the certificates of `pip install`.

    Args:
        python: The interpreter that pip is installed for.
    """
    settings = all_settings(python)
    return {
        variable: settings[section, name]
        for section in _SECTIONS
        for name, variable in _VARIABLES.items()
        if settings.get((section, name))
    }
