"""The package, installed in every way that we promise, with every Python that is here."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, NamedTuple

from packaging.requirements import Requirement

from scripts import mock_service
from scripts.release import environments, source
from scripts.release.environments import Environment, Index
from scripts.release.index import Credentials
from scripts.release.process import ReleaseError

SMOKE = Path(__file__).with_name("smoke.py")


class Way(NamedTuple):
    """One way to install the package."""

    installer: Literal["pip", "uv"]
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
    """Where a release is proved: a checkout of its own, an index (for pip, one that passes on what it does not hold), the mock service."""

    checkout: Path
    index_url: str
    index_for_pip: str
    folder: Path
    login: Credentials
    service_url: str

    def packages(self, installer: str) -> Index:
        """Where it installs from. uv asks the next index for what ours does not hold; pip has only one to trust."""
        url = self.index_for_pip if installer == "pip" else self.index_url
        return Index(f"{url}simple/", self.login)


def tried(site: Site, wheel: Path, version: str, python: Path, way: Way) -> Environment:
    """Install one way and use what is there. Raises ReleaseError at the first thing that is not as it should be."""
    folder = site.folder / f"{version}-{way.label}".replace(", ", "-")
    environment = Environment(folder, python)
    release = source.version(site.checkout)
    environment.install(
        site.packages(way.installer),
        f"{source.DISTRIBUTION}{way.extra}=={release}",
        *(floors(site.checkout, way) if way.lowest else ()),
        by=way.installer,
    )
    environment.holds(wheel)
    environment.check()
    about = environment.run("-m", source.PACKAGE)
    if release not in about:
        raise ReleaseError(f"it says of itself:\n{about}")
    transport = "aiohttp" if way.extra else "httpx"
    environment.run(SMOKE, site.service_url, mock_service.API_KEY, transport)
    return environment


def floors(root: Path, way: Way) -> list[str]:
    """The lowest version that pyproject.toml allows of each run-time dependency, as requirements."""
    project = source.project(root)
    declared = list(project["dependencies"])
    if way.extra:
        declared += project["optional-dependencies"][way.extra.strip("[]")]
    return [
        f"{requirement.name}=={bound.version}"
        for requirement in map(Requirement, declared)
        for bound in requirement.specifier
        if bound.operator == ">="
    ]


def rows(site: Site, wheel: Path) -> list[Row]:
    """Every way with every supported Python, two at a time: an installation is as much waiting as work."""
    versions = environments.supported(site.checkout)
    found = environments.pythons(versions)
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(
            pool.map(
                lambda cell: _row(site, wheel, *cell),
                [
                    (version, python, way)
                    for version, python in found.items()
                    for way in (WAYS if python else (Way("uv", "none"),))
                ],
            )
        )


def _row(site: Site, wheel: Path, version: str, python: Path | None, way: Way) -> Row:
    if python is None:
        return Row(version, way.label, "not found on this machine", 0, 0, 0)
    start = time.monotonic()
    try:
        done = tried(site, wheel, version, python, way)
    except ReleaseError as error:
        print(f"{version}, {way.label}: {error}", file=sys.stderr)
        return Row(version, way.label, "FAILED", time.monotonic() - start, 0, 0)
    seconds = time.monotonic() - start
    size = len(done.installed()), done.megabytes()
    return Row(version, way.label, "works", seconds, *size)


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
