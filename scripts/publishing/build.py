"""Build the sdist and the wheel of the last commit, and list what an installation brings."""

from __future__ import annotations

import shutil
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from scripts.common import replace
from scripts.common.errors import ReleaseError
from scripts.publishing.tools import DISTRIBUTION, PACKAGE, environment, git, tool


class Artefacts(NamedTuple):
    """The two files that a release uploads."""

    sdist: Path
    wheel: Path

    @property
    def version(self) -> str:
        """As it stands in their names."""
        return self.wheel.name.split("-")[1]


def build(root: Path, output: Path) -> Artefacts:
    """Build and check the last commit of the checkout `root`; the results replace the folder `output`.

    Raises:
        ReleaseError: A tool fails, or what it built is not what a release may hold; `output` is as it was.
    """
    with replace.staging(output.parent) as folder:
        sources, built = folder / "source", folder / "dist"
        git(root, "clone", "--quiet", ".", f"{sources}")
        tool(
            *(
                "uv",
                "build",
                "--quiet",
                "--no-build-isolation",
                "--no-create-gitignore",
            ),
            *("--python", sys.executable, "--out-dir", built, sources),
            cwd=folder,
            SOURCE_DATE_EPOCH=git(sources, "log", "-1", "--format=%ct").strip(),
        )
        sdist, wheel = next(built.glob("*.tar.gz")), next(built.glob("*.whl"))
        _check(sources, sdist, wheel)
        shutil.rmtree(output, ignore_errors=True)
        built.rename(output)
    return Artefacts(output / sdist.name, output / wheel.name)


def _check(sources: Path, sdist: Path, wheel: Path) -> None:
    """Refuse metadata that an index would not show, and files too many or too few."""
    tool("twine", "check", "--strict", sdist, wheel)
    # Its settings in pyproject.toml say that the wheel holds the package folder, all of it and nothing else.
    tool("check_wheel_contents", wheel, cwd=sources)
    with tarfile.open(sdist) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}
    committed = git(sources, "ls-files", "-z").rstrip("\0").split("\0")
    if wrong := ", ".join(sorted(found ^ {*committed, "PKG-INFO"})):
        raise ReleaseError(f"the sdist does not hold the files of the commit: {wrong}")


def list_contents(root: Path, artefacts: Artefacts) -> Path:
    """Write beside the wheel what an installation with the locked versions brings (CycloneDX); returns the file. Raises ReleaseError."""
    output = artefacts.wheel.with_name(f"{PACKAGE}-{artefacts.version}.cdx.json")
    with tempfile.TemporaryDirectory() as folder:
        python = environment(
            *(Path(folder), "--find-links", output.parent),
            *("--constraint", root / "requirements.lock"),
            f"{DISTRIBUTION}=={artefacts.version}",
            failure="the wheel cannot be installed with the locked versions",
        )
        tool(
            *("cyclonedx_py", "environment", "--output-reproducible"),
            *("--mc-type=library", f"--pyproject={root / 'pyproject.toml'}"),
            *(f"--output-file={output}", python),
        )
    return output
