"""Reads pip's configuration, its files and the environment, and passes on to uv what uv does not read itself.

Needs nothing but the standard library, because `make setup` asks too.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

ENVIRONMENT = ":env:"
# The settings that uv is told.
_PASSED_ON = (
    *("index-url", "extra-index-url", "no-index", "find-links"),
    *("proxy", "trusted-host", "cert", "client-cert"),
)
_TRUE = ("y", "yes", "t", "true", "on", "1")
# Variables that say the same to uv.
_INDEX = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")
_MORE_INDEXES = ("UV_INDEX", "UV_EXTRA_INDEX_URL")
_PROXY = ("ALL_PROXY", "all_proxy")
# Where pip looks for a setting of `pip install`; the last one that has it counts.
_SECTIONS = ("global", "install", ENVIRONMENT)
_LINE = re.compile(r"^([^.\n]+)\.([\w-]+)=(['\"].*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of pip in one of its files or in the environment."""

    section: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class UvSettings:
    """How uv is told what pip is configured with.

    Attributes:
        variables: Environment variables. One that the user has set is not among them.
        arguments: Arguments of `uv pip install`, for what has no variable.
        authorities: The path of a file of certificate authorities, to be trusted beside those of SSL_CERT_FILE; empty for none.
    """

    variables: Mapping[str, str]
    arguments: tuple[str, ...]
    authorities: str


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


def for_uv(python: str) -> UvSettings:
    """Return how uv is told where `pip install` takes packages, and whom it trusts.

    Args:
        python: The interpreter that pip is installed for.
    """
    settings = _of_install(python)
    variables: dict[str, str] = {}
    arguments: list[str] = []
    if settings.get("no-index", "").lower() in _TRUE:
        if not _is_set(*_INDEX, *_MORE_INDEXES):
            arguments.append("--no-index")
    else:
        if "index-url" in settings and not _is_set(*_INDEX):
            variables["UV_DEFAULT_INDEX"] = settings["index-url"]
        if "extra-index-url" in settings and not _is_set(*_MORE_INDEXES):
            variables["UV_INDEX"] = " ".join(settings["extra-index-url"].split())
            # As pip does. uv by itself takes a package only from the first index that has it.
            variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    variables["UV_FIND_LINKS"] = ",".join(_links(settings.get("find-links", "")))
    hosts = settings.get("trusted-host", "").split()
    variables["UV_INSECURE_HOST"] = " ".join(hosts)
    variables["SSL_CLIENT_CERT"] = _expanded(settings.get("client-cert", ""))
    if "proxy" in settings and not _is_set(*_PROXY):
        variables["ALL_PROXY"] = settings["proxy"]
    return UvSettings(
        {k: v for k, v in variables.items() if v and not _is_set(k)},
        tuple(arguments),
        authorities=_expanded(settings.get("cert", "")),
    )


def _of_install(python: str) -> dict[str, str]:
    """Return the values that count for `pip install`, by the names of their settings."""
    settings = all_settings(python)
    that_count: dict[str, str] = {}
    for section in _SECTIONS:
        for name in _PASSED_ON:
            values = [
                s.value for s in settings if (s.section, s.name) == (section, name)
            ]
            if len(values) > 1:
                # The list does not say which file counts.
                values = [_pip_config(python, "get", f"{section}.{name}").strip()]
            that_count.update((name, value) for value in values if value)
    return that_count


def _is_set(*variables: str) -> bool:
    """Whether the user has set one of these environment variables."""
    return any(os.environ.get(variable) for variable in variables)


def _links(value: str) -> Iterator[str]:
    """The addresses in a setting of find-links, for a list that commas separate. Folders that are not there are left out, as pip does."""
    for link in value.split():
        if "://" in link and not link.startswith("file:"):
            yield link.replace(",", "%2C")
            continue
        path = _expanded(link)
        if link.startswith("file:"):
            path = url2pathname(urlsplit(link).path)
        if Path(path).is_dir():
            yield Path(path).absolute().as_uri()


def _expanded(path: str) -> str:
    """A path as pip reads it. Without a home it stays as it is."""
    return os.path.expanduser(path)  # noqa: PTH111


def _pip_config(python: str, *arguments: str) -> str:
    """Return the output of `pip config`; empty where it fails."""
    command = [python, "-m", "pip", "--disable-pip-version-check", "config"]
    done = subprocess.run(  # noqa: S603
        [*command, *arguments], capture_output=True, text=True, errors="replace"
    )
    return done.stdout
