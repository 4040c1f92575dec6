"""Reads pip's configuration, its files and the environment, and passes on to uv what uv does not read itself.

Needs nothing but the standard library, because `make setup` asks too.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
from dataclasses import dataclass

AUTHORITIES = "SSL_CERT_FILE"
ENVIRONMENT = ":env:"
# The setting, and the variable that tells uv.
_VARIABLES = {"index-url": "UV_DEFAULT_INDEX", "cert": AUTHORITIES}
# Where pip looks for a setting of `pip install`; the last one that has it counts.
_SECTIONS = ("global", "install", ENVIRONMENT)
_LINE = re.compile(r"^([^.\n]+)\.([\w-]+)=(['\"].*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of pip in one of its files or in the environment."""

    section: str
    name: str
    value: str


def all_settings(python: str) -> list[Setting]:
    """Return all settings, several of one name where several files have it; none where pip has none, or is not there.

    Args:
        python: The interpreter that pip is installed for.
    """
    listed = _pip_config(python, "list")
    # Values are listed as Python writes strings.
    return [
        Setting(section, name, str(ast.literal_eval(value)))
        for section, name, value in _LINE.findall(listed)
    ]


def as_variables_of_uv(python: str) -> dict[str, str]:
    """Return the environment variables that tell uv the index and the certificates of `pip install`.

    Args:
        python: The interpreter that pip is installed for.
    """
    settings = all_settings(python)
    variables: dict[str, str] = {}
    for section in _SECTIONS:
        for name, variable in _VARIABLES.items():
            values = [
                s.value for s in settings if (s.section, s.name) == (section, name)
            ]
            if len(values) > 1:
                # The list does not say which file counts.
                values = [_pip_config(python, "get", f"{section}.{name}").strip()]
            if variable == AUTHORITIES:
                # As pip reads it: without a home it stays as it is.
                values = [os.path.expanduser(value) for value in values]  # noqa: PTH111
            variables.update((variable, value) for value in values if value)
    return variables


def _pip_config(python: str, *arguments: str) -> str:
    """Return the output of `pip config`; empty where it fails."""
    command = [python, "-m", "pip", "--disable-pip-version-check", "config"]
    done = subprocess.run(  # noqa: S603
        [*command, *arguments], capture_output=True, text=True, errors="replace"
    )
    return done.stdout
