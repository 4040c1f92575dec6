"""What the tests of the release share: checkouts of their own, one build, an index with a password."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from scripts.publishing import build, changelog, tools, version
from scripts.publishing.build import Artefacts
from scripts.publishing.credentials import PASSWORD, USERNAME
from tests.conftest import ROOT, listed_files

# With characters that an address must quote, so that no form of it slips through.
LOGIN = ("maintainer", "p@ss/w:rd%-secret")


class Served(NamedTuple):
    """An index that is running, with the folder that holds its files."""

    url: str
    simple_url: str
    folder: Path

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it stands, committed to a repository of its own. Tests don't change it."""
    return make_checkout(tmp_path_factory.mktemp("committed") / "checkout")


@pytest.fixture
def checkout(committed: Path, tmp_path: Path) -> Path:
    """A clone of `committed`, to change."""
    target = tmp_path / "checkout"
    tools.git(committed, "clone", "--quiet", "--shared", ".", str(target))
    return target


def make_checkout(target: Path) -> Path:
    for name in listed_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target / name)
    release_changes(target)
    tools.git(target, "init", "--quiet")
    commit_all(target)
    return target


def release_changes(checkout: Path) -> None:
    """Move what CHANGELOG.md has under [Unreleased] below the version of the project."""
    page = checkout / "CHANGELOG.md"
    entries = changelog.entry(checkout, changelog.UNRELEASED)
    if entries:
        heading = f"## [{version.read(checkout).project}]"
        text = page.read_text("utf-8").replace(f"{entries}\n", "", 1)
        before, line, after = text.partition(heading)
        date, _, rest = after.partition("\n")
        page.write_text(f"{before}{line}{date}\n\n{entries}\n{rest}", "utf-8")


def commit_all(checkout: Path) -> None:
    options = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    tools.git(checkout, "add", "--all")
    tools.git(checkout, *options, "commit", "--quiet", "--message=A change")


@pytest.fixture(scope="session")
def built(committed: Path) -> Artefacts:
    """One build of the project as it stands."""
    return build.build(committed, committed.parent / "dist")


@pytest.fixture(scope="session")
def running_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("index")) as index:
        yield index


@pytest.fixture
def served(running_index: Served) -> Served:
    """An index that is running, with nothing on it."""
    for path in running_index.folder.iterdir():
        path.unlink()
    return running_index


@contextlib.contextmanager
def serve(place: Path, *options: str) -> Iterator[Served]:
    """Run pypi-server, with these options, on a folder of its own."""
    folder, passwords = place / "packages", place / "htpasswd"
    folder.mkdir()
    password = base64.b64encode(hashlib.sha1(LOGIN[1].encode()).digest()).decode()
    passwords.write_text(f"{LOGIN[0]}:{{SHA}}{password}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pypiserver", "run", "--server=wsgiref"]
    command += ["--interface=127.0.0.1", f"--port={port}", f"--passwords={passwords}"]
    command += ["--authenticate=update,download,list", "--log-stream=none"]
    # The last one wins where an option is given twice.
    command += [*(options or ["--disable-fallback"]), str(folder)]
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=silent, stderr=silent) as process:
        try:
            url = f"http://127.0.0.1:{port}/"
            with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
                client.get(f"{url}health")
            yield Served(url, f"{url}simple/", folder)
        finally:
            process.terminate()


@pytest.fixture(autouse=True, scope="module")
def login() -> Iterator[None]:
    """The right user name and password in the environment, and no settings of git."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(USERNAME, LOGIN[0])
        patch.setenv(PASSWORD, LOGIN[1])
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        yield


def publish(checkout: Path, url: str) -> tuple[int, str]:
    """Run the command in a checkout; returns its exit code and what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.release", "publish", url],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout
