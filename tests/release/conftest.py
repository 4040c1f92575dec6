"""What the tests of the release share: checkouts of their own, one build, an index with a password."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from scripts.release import build, check, loopback, source
from scripts.release.build import Artefacts
from scripts.release.index import PASSWORD, USERNAME, Credentials
from tests.conftest import ROOT

# What must be quoted in an address, so that no form of it slips through.
LOGIN = Credentials("maintainer", "p@ss/w:rd%-secret")


class LoopbackIndex(NamedTuple):
    """An index that runs, and the folder that holds its files."""

    url: str
    folder: Path

    @property
    def simple(self) -> str:
        return f"{self.url}simple/"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as it stands, committed to a repository of its own."""
    return check.checkout(ROOT, tmp_path / "checkout")


@pytest.fixture
def commit(checkout: Path) -> Callable[[], None]:
    """Commit whatever changed in that checkout."""
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")

    def all_of_it() -> None:
        source.git(checkout, "add", "--all")
        source.git(checkout, *identity, "commit", "--quiet", "--message=Change")

    return all_of_it


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Artefacts:
    """One build of the project as it stands."""
    folder = tmp_path_factory.mktemp("built")
    return build.build(check.checkout(ROOT, folder / "checkout"), folder / "dist")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[LoopbackIndex]:
    """A running index with nothing on it."""
    folder = tmp_path / "packages"
    folder.mkdir()
    with loopback.running(folder, LOGIN) as url:
        yield LoopbackIndex(url, folder)


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> Credentials:
    """The right name and password, in the environment."""
    monkeypatch.setenv(USERNAME, LOGIN.username)
    monkeypatch.setenv(PASSWORD, LOGIN.password)
    return LOGIN


@pytest.fixture
def publish() -> Callable[..., tuple[int, str]]:
    """Run the command in a checkout; gives its exit code and what it prints."""

    def command(checkout: Path, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "scripts.publish", *arguments],
            cwd=checkout,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    return command
