"""Prove a release of what stands here on a real index on loopback, and print what came of it.

    python -m scripts.release.check

The files that git lists, committed as they are to a checkout of their own: built twice, published with a wrong password, published,
published again; then installed by pip and by uv, with the lowest versions allowed and with the extra, into clean environments of every
supported Python found here, where they call the mock service.

Exit codes: 0 all of it holds; 1 something does not.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts import document as oas
from scripts import mock_service, tree
from scripts.mock_service import MockService
from scripts.release import build, environments, loopback, matrix, source
from scripts.release.build import Artefacts
from scripts.release.index import PASSWORD, USERNAME, Credentials
from scripts.release.matrix import Row, Site
from scripts.release.process import ReleaseError, run, run_module


def checkout(root: Path, target: Path) -> Path:
    """What git lists in `root`, as it stands, committed to a repository of its own."""
    source.copy(root, source.listed(root), target)
    when = f"{source.epoch(root)} +0000"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_DATE": when,
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    for arguments in (
        ("init", "--quiet"),
        ("add", "--all"),
        (
            *("-c", "user.name=release", "-c", "user.email=release@localhost"),
            *("commit", "--quiet", "--message=A release"),
        ),
    ):
        run(
            *("git", "-C", target, *arguments),
            environment=environment,
            failure="git failed",
        )
    return target


def twice(site: Site) -> Artefacts:
    """Build twice, in different folders, with different clocks, masks and time zones. Raises ReleaseError if the bytes differ."""
    first = build.build(site.checkout, site.folder / "first")
    other = site.folder / "elsewhere" / "deeper"
    shutil.copytree(site.checkout, other, ignore=shutil.ignore_patterns("dist"))
    for path in other.rglob("[!.]*"):
        os.utime(path, (10**9, 10**9))
    mask = os.umask(0o077)
    zone = os.environ.get("TZ")
    os.environ["TZ"] = "Pacific/Chatham"
    try:
        second = build.build(other, site.folder / "second")
    finally:
        os.umask(mask)
        os.environ.pop("TZ") if zone is None else os.environ.update(TZ=zone)
    for one, two in zip(first, second, strict=True):
        if build.digest(one) != build.digest(two):
            raise ReleaseError(f"{one.name} is not the same when built again")
    return first


def from_sdist(site: Site, artefacts: Artefacts) -> None:
    """The unpacked sdist builds the same wheel, holds every test, and passes the quick ones. Raises ReleaseError if not."""
    with tarfile.open(artefacts.sdist) as archive:
        archive.extractall(site.folder, filter="data")
    unpacked = site.folder / artefacts.sdist.name.removesuffix(".tar.gz")
    again = build.build(unpacked, site.folder / "third")
    if build.digest(again.wheel) != build.digest(artefacts.wheel):
        raise ReleaseError("the sdist builds another wheel than the checkout")
    for arguments in (("--collect-only",), ("tests/models",)):
        run_module(
            *("pytest", "-q", "-p", "no:cacheprovider", *arguments),
            cwd=unpacked,
            failure="the tests fail in the unpacked sdist",
        )


def published(site: Site, password: str) -> tuple[int, str]:
    """Exit code and words of `python -m scripts.publish` there, with a password."""
    done = subprocess.run(  # noqa: S603  # this interpreter, our own module
        [sys.executable, "-m", "scripts.publish", site.index_url],
        cwd=site.checkout,
        env={**os.environ, USERNAME: site.login.username, PASSWORD: password},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if password in done.stdout:
        raise ReleaseError("publish prints the password")
    return done.returncode, done.stdout.strip()


def publishing(site: Site, artefacts: Artefacts) -> Iterator[str]:
    """Publish wrongly, rightly, and again; says what happened. Raises ReleaseError if it is not what should."""
    served = site.folder / "packages"
    status, said = published(site, secrets.token_hex())
    if status != 1 or "refuses TWINE_USERNAME" not in said or any(served.iterdir()):
        raise ReleaseError(f"publish with a wrong password: exit {status}:\n{said}")
    yield "a wrong password is refused, and nothing is uploaded"
    status, said = published(site, site.login.password)
    if status:
        raise ReleaseError(f"publish: exit {status}:\n{said}")
    held = {path.name: build.digest(path) for path in served.iterdir()}
    if held != {path.name: build.digest(path) for path in artefacts}:
        raise ReleaseError(f"the index does not hold what was built: {held}")
    yield "published, and installed from the index: the very bytes that were built"
    status, said = published(site, site.login.password)
    now = {path.name: build.digest(path) for path in served.iterdir()}
    if status != 1 or "exists on the index already" not in said or now != held:
        raise ReleaseError(f"publish a second time: exit {status}:\n{said}")
    yield "a second time it says that the version exists, and nothing changes"


def prove(site: Site, say: Callable[[str], None]) -> list[Row]:
    """All of it; says what holds as it goes. Raises ReleaseError at the first thing that does not, rows apart."""
    artefacts = twice(site)
    say("sdist and wheel are the same bytes when built again elsewhere:")
    for path in artefacts:
        say(f"{build.digest(path)}  {path.name}")
    from_sdist(site, artefacts)
    say("the unpacked sdist builds the same wheel and passes tests")
    for line in publishing(site, artefacts):
        say(line)
    return matrix.rows(site, artefacts.wheel)


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(
        prog="python -m scripts.release.check",
        description=(__doc__ or "").partition("\n")[0],
    ).parse_args(arguments)
    start = time.monotonic()

    def say(line: str) -> None:
        print(f"release-check: {time.monotonic() - start:5.1f} s  {line}", flush=True)

    login = Credentials("maintainer", secrets.token_urlsafe() + "/:@%")
    service = MockService(oas.read(tree.ROOT / "openapi.yaml"))
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            (folder / "packages").mkdir()
            with (
                loopback.running(folder / "packages", login) as index_url,
                loopback.running(
                    folder / "packages", login, passes_on=environments.pip_index()
                ) as index_for_pip,
                mock_service.running(service) as service_url,
            ):
                here = checkout(tree.ROOT, folder / "checkout")
                site = Site(here, index_url, index_for_pip, folder, login, service_url)
                found = prove(site, say)
    except ReleaseError as error:
        print(f"release-check: {error}", file=sys.stderr)
        return 1
    say(f"{len(found)} installations tried")
    print(f"\n{matrix.table(found)}\n")
    works = [row for row in found if row.result == "works"]
    failed = [row for row in found if row.result == "FAILED"]
    return 1 if failed or not works else 0


if __name__ == "__main__":
    sys.exit(main())
