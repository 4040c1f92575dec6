"""Release this commit: check, build, upload to an internal index, and install from there what was uploaded.

    python -m scripts.publish INDEX_URL [--simple-url URL]

INDEX_URL takes uploads; packages are read from its `simple/` unless --simple-url says otherwise. Name and password come from the
environment (TWINE_USERNAME, TWINE_PASSWORD) and from nowhere else; they are never printed.

Refused, with nothing uploaded: a dirty tree, stale generated code, a changed contract that nobody accepted, a version without an entry in
CHANGELOG.md or already on the index, an http:// index beyond loopback, a public index.

Exit codes: 0 published, and installed from there; 1 refused, nothing was uploaded; 2 the upload stopped halfway, or what it put there does
not install.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from scripts import tree
from scripts.release import build, index, refusals, source
from scripts.release.build import Artefacts
from scripts.release.environments import Environment, Index
from scripts.release.process import ReleaseError
from scripts.release.source import DISTRIBUTION, PACKAGE


class Refused(ReleaseError):
    """Nothing was uploaded."""


def prepare(root: Path, target: Index, output: Path) -> Artefacts:
    """Everything before the upload. Raises ReleaseError with every reason against it."""
    _refuse(refusals.at_once(root))
    version = source.version(root)
    present = index.files(target.simple_url, target.login, version)
    if present:
        raise ReleaseError(
            f"version {version} exists on the index already ({', '.join(present)}); raise the version, releases are never replaced"
        )
    _refuse(refusals.after_generating(root))
    return build.build(root, output)


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise ReleaseError("\n".join(reasons))


def prove(target: Index, version: str, wheel: Path) -> str:
    """Install a version from the index into a clean environment and import it; gives what it says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(Path(folder) / "clean", Path(sys.executable))
        environment.install(target, f"{DISTRIBUTION}=={version}", by="uv")
        environment.holds(wheel)
        environment.check()
        return environment.run("-m", PACKAGE).strip()


def send(url: str, target: Index, version: str, artefacts: Artefacts) -> None:
    """Upload. Raises Refused where that left nothing on the index, ReleaseError where it may have left something."""
    try:
        index.upload(url, target.login, artefacts)
    except ReleaseError as error:
        held = index.files(target.simple_url, target.login, version)
        if held:
            raise ReleaseError(
                f"{error}\nthe index holds now: {', '.join(held)}"
            ) from None
        raise Refused(f"{error}") from None


def publish(root: Path, url: str, simple_url: str) -> None:
    """The whole way; prints what was done. Raises Refused or ReleaseError."""
    try:
        index.check_url(url)
        index.check_url(simple_url)
        target = Index(simple_url, index.credentials())
        artefacts = prepare(root, target, root / "dist")
    except ReleaseError as error:
        raise Refused(f"{error}") from None
    version = source.version(root)
    for path in artefacts:
        print(f"publish: {build.digest(path)}  {path.name}")
    send(url, target, version, artefacts)
    print(f"publish: uploaded {version}, commit {source.commit(root)}")
    about = prove(target, version, artefacts.wheel)
    print(f"publish: installed from the index into a clean environment:\n{about}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.publish",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("index_url", help="https://, or http:// on loopback")
    parser.add_argument("--simple-url", help="default: INDEX_URL/simple/")
    options = parser.parse_args(arguments)
    url = options.index_url
    try:
        publish(tree.ROOT, url, options.simple_url or f"{url.rstrip('/')}/simple/")
    except ReleaseError as error:
        for line in str(error).splitlines():
            print(f"publish: {line}", file=sys.stderr)
        if not isinstance(error, Refused):
            return 2
        print("publish: refused; nothing was uploaded", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
