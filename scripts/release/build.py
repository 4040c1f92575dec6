"""Build the sdist and, from the sdist, the wheel; the same commit gives the same bytes anywhere, any day.

    python -m scripts.release.build [--output dist]

Both are built from the files that git lists, stamped with the time of the last commit, with the locked build tools, then checked;
only then do they take the place of what the output folder held.

Exit codes: 0 built; 2 it can't be built or is not fit for release: cause on stderr, output folder as it was.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from scripts import tree
from scripts.release import source
from scripts.release.process import ReleaseError, run_module
from scripts.release.source import PACKAGE


class Artefacts(NamedTuple):
    """The two files of a release."""

    sdist: Path
    wheel: Path


def build(root: Path, output: Path) -> Artefacts:
    """Build and check both files of the sources in `root`; they replace the folder `output`.

    Raises:
        ReleaseError: A build tool fails, or what it built is not what a release may hold.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with tree.staging(output.parent) as folder:
        names = source.listed(root)
        sources = source.copy(root, names, folder / "source")
        built = folder / "dist"
        run_module(
            "build",
            "--no-isolation",
            f"--outdir={built}",
            sources,
            cwd=folder,
            environment={**os.environ, "SOURCE_DATE_EPOCH": str(source.epoch(root))},
            failure="build failed",
        )
        check(sources, set(names), found(built))
        if output.exists():
            shutil.rmtree(output)
        built.rename(output)
    return found(output)


def found(folder: Path) -> Artefacts:
    """The two files in a folder. Raises ReleaseError where there are others or fewer."""
    names = sorted(path.name for path in folder.iterdir())
    sdists = [name for name in names if name.endswith(".tar.gz")]
    wheels = [name for name in names if name.endswith(".whl")]
    if len(names) != 2 or not sdists or not wheels:
        raise ReleaseError(f"expected one sdist and one wheel, built {names}")
    return Artefacts(folder / sdists[0], folder / wheels[0])


def check(sources: Path, names: set[str], artefacts: Artefacts) -> None:
    """Refuse metadata that an index would not render, and files too many or too few. Raises ReleaseError."""
    run_module(
        *("twine", "check", "--strict", *artefacts),
        cwd=sources,
        failure="twine check --strict refuses the metadata",
    )
    run_module(
        *("check_wheel_contents", artefacts.wheel),
        cwd=sources,
        failure="check-wheel-contents refuses the wheel",
    )
    package = {name for name in names if name.startswith(f"{PACKAGE}/")}
    release = artefacts.wheel.name.split("-")[1]
    metadata = f"{PACKAGE}-{release}.dist-info"
    _compare(
        "wheel",
        set(zipfile.ZipFile(artefacts.wheel).namelist()),
        package | {f"{metadata}/{name}" for name in ("METADATA", "RECORD", "WHEEL")},
    )
    with tarfile.open(artefacts.sdist) as archive:
        members = {m.name.partition("/")[2] for m in archive.getmembers()}
    _compare("sdist", members, names | {"PKG-INFO"})


def _compare(what: str, have: set[str], want: set[str]) -> None:
    if have != want:
        raise ReleaseError(
            f"the {what} is not what it should be: too many {sorted(have - want)}, missing {sorted(want - have)}"
        )


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.release.build",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("--output", type=Path, default=tree.ROOT / "dist")
    options = parser.parse_args(arguments)
    try:
        artefacts = build(tree.ROOT, options.output.resolve())
    except ReleaseError as error:
        print(f"build: {error}", file=sys.stderr)
        return 2
    for path in artefacts:
        print(f"{digest(path)}  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
