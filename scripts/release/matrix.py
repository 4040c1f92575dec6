"""The package, installed in every way that we promise, with every Python that is here."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.version import Version

from scripts import mock_service
from scripts.release import environments, source
from scripts.release.environments import Environment, Index
from scripts.release.index import Credentials
from scripts.release.process import ReleaseError

SMOKE = Path(__file__).with_name("smoke.py")


class Way(NamedTuple):
    """One way to install the package."""

    installer: str
    label: str
    extra: str = ""
    lowest: bool = False


WAYS = (
    Way("pip", "pip"),
    Way("uv", "uv"),
    Way("uv", "uv, lowest", lowest=True),
    Way("pip", "pip, aiohttp", extra="[aiohttp]"),
    Way("uv", "uv, aiohttp, lowest", extra="[aiohttp]", lowest=True),
)


class Row(NamedTuple):
    """What came of one way with one Python."""

    python: str
    installer: str
    result: str
    seconds: float
    distributions: int
    megabytes: float


class Site(NamedTuple):
    """Where a release is proved: a checkout of its own, an index, the mock service."""

    checkout: Path
    index_url: str
    folder: Path
    login: Credentials
    service_url: str

    @property
    def packages(self) -> Index:
        """Where applications install from."""
        return Index(f"{self.index_url}simple/", self.login)


def tried(site: Site, wheel: Path, version: str, python: Path, way: Way) -> Environment:
    """Install one way and use what is there. Raises ReleaseError where anything is not as it should be."""
    folder = site.folder / f"{version}-{way.label}".replace(", ", "-")
    environment = Environment(folder, python)
    environment.install(
        site.packages,
        source.version(site.checkout),
        by=way.installer,
        extra=way.extra,
        lowest=way.lowest,
    )
    environment.holds(wheel)
    environment.check()
    if way.lowest:
        floors(site.checkout, environment, way)
    about = environment.run("-m", source.PACKAGE)
    if source.version(site.checkout) not in about:
        raise ReleaseError(f"it says of itself:\n{about}")
    transport = "aiohttp" if way.extra else "httpx"
    environment.run(SMOKE, site.service_url, mock_service.API_KEY, transport)
    return environment


def floors(root: Path, environment: Environment, way: Way) -> None:
    """Refuse a declared lower bound that is not what was tried. Raises ReleaseError naming it."""
    project = source.project(root)
    declared = list(project["dependencies"])
    if way.extra:
        declared += project["optional-dependencies"][way.extra.strip("[]")]
    have = environment.installed()
    for requirement in map(Requirement, declared):
        (floor,) = (s.version for s in requirement.specifier if s.operator == ">=")
        if Version(have[requirement.name]) != Version(floor):
            raise ReleaseError(
                f"{requirement.name} is allowed from {floor}, but the lowest to be had is {have[requirement.name]}"
            )


def rows(site: Site, wheel: Path) -> Iterator[Row]:
    """Every way with every supported Python, one after the other."""
    versions = environments.supported(site.checkout)
    for version, python in environments.pythons(versions).items():
        if python is None:
            yield Row(version, "none", "not found on this machine", 0, 0, 0)
            continue
        for way in WAYS:
            start = time.monotonic()
            try:
                done = tried(site, wheel, version, python, way)
            except ReleaseError as error:
                print(f"{version}, {way.label}: {error}", file=sys.stderr)
                yield Row(version, way.label, "FAILED", time.monotonic() - start, 0, 0)
            else:
                seconds = time.monotonic() - start
                size = len(done.installed()), done.megabytes()
                yield Row(version, way.label, "works", seconds, *size)


def table(found: list[Row]) -> str:
    """The rows as text, in columns."""
    lines = [("Python", "installer", "result", "s", "distributions", "MB")]
    for row in found:
        figures = (f"{row.seconds:.1f}", str(row.distributions), f"{row.megabytes:.1f}")
        blank = ("", "", "")
        lines.append((*row[:3], *(figures if row.distributions else blank)))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number > 2 else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
