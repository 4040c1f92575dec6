"""Release this commit: check, build, upload to an internal index, and install from there what was uploaded.

    python -m scripts.publish INDEX_URL [--simple-url URL]

INDEX_URL takes uploads; packages are read from its `simple/` unless --simple-url says otherwise. Name and password come from the
environment (TWINE_USERNAME, TWINE_PASSWORD) and from nowhere else; they are never printed.

Refused, with nothing uploaded: a dirty tree, stale generated code, a changed contract that nobody accepted, a version without an entry in
CHANGELOG.md or already on the index, an http:// index beyond loopback, a public index.

Exit codes: 0 published, and installed from there; 1 refused, nothing was uploaded; 2 the upload, or the installation after it, failed.
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


def prepare(root: Path, url: str, target: Index, output: Path) -> Artefacts:
    """Everything before the upload. Raises ReleaseError with every reason against it."""
    found = refusals.reasons(root)
    if found:
        raise ReleaseError("\n".join(found))
    version = source.version(root)
    present = index.files(target.simple_url, target.login, version)
    if present:
        raise ReleaseError(
            f"version {version} exists on the index already ({', '.join(present)}); raise the version, releases are never replaced"
        )
    return build.build(root, output)


def prove(target: Index, version: str, wheel: Path) -> str:
    """Install a version from the index into a clean environment and import it; gives what it says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(Path(folder) / "clean", Path(sys.executable))
        environment.install(target, f"{DISTRIBUTION}=={version}", by="uv")
        environment.holds(wheel)
        environment.check()
        return environment.run("-m", PACKAGE).strip()


def publish(root: Path, url: str, simple_url: str) -> int:
    """The whole way; prints what was done."""
    uploaded = False
    try:
        index.check_url(url)
        index.check_url(simple_url)
        target = Index(simple_url, index.credentials())
        artefacts = prepare(root, url, target, root / "dist")
        version = source.version(root)
        for path in artefacts:
            print(f"publish: {build.digest(path)}  {path.name}")
        uploaded = True
        index.upload(url, target.login, artefacts)
        print(f"publish: uploaded {version} of commit {source.commit(root)}")
        about = prove(target, version, artefacts.wheel)
    except ReleaseError as error:
        for line in str(error).splitlines():
            print(f"publish: {line}", file=sys.stderr)
        if not uploaded:
            print("publish: refused; nothing was uploaded", file=sys.stderr)
        return 2 if uploaded else 1
    print(f"publish: installed from the index into a clean environment:\n{about}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.publish",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("index_url", help="https://, or http:// on loopback")
    parser.add_argument("--simple-url", help="default: INDEX_URL/simple/")
    options = parser.parse_args(arguments)
    url = options.index_url
    return publish(tree.ROOT, url, options.simple_url or f"{url.rstrip('/')}/simple/")


if __name__ == "__main__":
    sys.exit(main())
