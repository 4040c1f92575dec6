"""Builds the sdist and the wheel of the last commit, and lists what an installation brings."""

from __future__ import annotations

import json
import shutil
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from scripts.common import replace
from scripts.common.errors import ReleaseError
from scripts.publishing.tools import (
    DISTRIBUTION,
    PACKAGE,
    digest,
    git,
    make_environment,
    run_module,
)


@dataclass(frozen=True, slots=True)
class Artefacts:
    """The two files that a release uploads."""

    sdist: Path
    wheel: Path

    @property
    def files(self) -> tuple[Path, Path]:
        return self.sdist, self.wheel

    @property
    def version(self) -> str:
        """The version as it stands in their names."""
        return self.wheel.name.split("-")[1]


def build(root: Path, output: Path) -> Artefacts:
    """Build and check the last commit of the checkout `root`, and return the files, in the folder `output`.

    The same commit gives the same bytes on any machine and day, and a wheel that pip builds from the sdist is the same file too: all
    dates in both are the fixed one of the build backend.

    Raises:
        ReleaseError: A tool fails, or what it built is not what a release may hold; `output` is as it was.
    """
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        raise ReleaseError(
            f"{output} is a symbolic link or a file, and would be replaced; remove it"
        )
    refuse_without_git(root)
    with replace.staging(output.parent) as folder:
        sources = folder / "source"
        built = folder / "dist"
        git(root, "clone", "--quiet", ".", f"{sources}")
        run_module(
            *("uv", "build", "--no-build-isolation"),
            *("--no-create-gitignore", "--python", sys.executable),
            *("--out-dir", built, sources),
            failure="uv build failed",
            cwd=folder,
        )
        sdist = next(built.glob("*.tar.gz"))
        wheel = next(built.glob("*.whl"))
        _check(sources, sdist, wheel)
        shutil.rmtree(output, ignore_errors=True)
        built.rename(output)
    return Artefacts(output / sdist.name, output / wheel.name)


def refuse_without_git(root: Path) -> None:
    """Raise ReleaseError where a folder is no git checkout of its own, such as one that was unpacked from an archive."""
    problems: tuple[str, ...] = ()
    top = ""
    try:
        top = git(root, "rev-parse", "--show-toplevel").rstrip("\n")
    except ReleaseError as error:
        problems = error.problems
    if not top or not root.samefile(top):
        raise ReleaseError(
            *problems,
            f"{root} is no git checkout that can be used, and a release is built of a commit; clone the repository, and build there",
        )


def _check(sources: Path, sdist: Path, wheel: Path) -> None:
    """Refuse metadata that an index would not show, and files too many or too few. Raises ReleaseError."""
    run_module("twine", "check", "--strict", sdist, wheel)
    # Its settings in pyproject.toml say that the wheel holds the package folder, all of it and nothing else.
    run_module("check_wheel_contents", wheel, cwd=sources)
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    committed = set(git(sources, "ls-files", "-z").rstrip("\0").split("\0"))
    wrong = packed ^ (committed | {"PKG-INFO"})
    if wrong:
        raise ReleaseError(
            f"the sdist does not hold the files of the commit: {', '.join(sorted(wrong))}"
        )


def list_contents(root: Path, artefacts: Artefacts) -> Path:
    """Write a CycloneDX list of what an installation of the wheel brings today (SBOM), and return the file, beside the wheel.

    The wheel is installed as users do it, without our lock. Each component has the SHA-256 of the file that it was installed from.

    Raises:
        ReleaseError: The wheel cannot be installed, or a tool fails.
    """
    output = artefacts.wheel.with_name(f"{PACKAGE}-{artefacts.version}.cdx.json")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = folder / "report.json"
        interpreter = make_environment(folder / "environment")
        run_module(
            *("pip", f"--python={interpreter}", "--disable-pip-version-check"),
            *("install", "--quiet", "--report", report, artefacts.wheel),
            failure="the wheel cannot be installed with what the index of pip holds",
        )
        run_module(
            *("cyclonedx_py", "environment", "--output-reproducible"),
            *("--mc-type=library", f"--pyproject={root / 'pyproject.toml'}"),
            *(f"--output-file={output}", interpreter),
        )
        installed = json.loads(report.read_text("utf-8"))["install"]
    contents = json.loads(output.read_text("utf-8"))
    _add_hashes(contents, _hashes(installed, artefacts))
    output.write_text(json.dumps(contents, indent=2, sort_keys=True) + "\n", "utf-8")
    output.chmod(0o644)  # as those of wheel and sdist
    return output


def _hashes(installed: list[dict[str, Any]], artefacts: Artefacts) -> dict[str, str]:
    """Return the SHA-256 of each installed file, by the normalised name of its distribution. `installed` is from pip's report."""
    hashes = {}
    for item in installed:
        name = canonicalize_name(item["metadata"]["name"])
        archive = item["download_info"].get("archive_info", {})
        hashes[str(name)] = archive.get("hashes", {}).get("sha256", "")
    hashes[DISTRIBUTION] = digest(artefacts.wheel)
    return hashes


def _add_hashes(contents: dict[str, Any], hashes: dict[str, str]) -> None:
    """Give each component of a CycloneDX document its hash. Raises ReleaseError where there is none."""
    for component in [contents["metadata"]["component"], *contents["components"]]:
        name = canonicalize_name(component["name"])
        if not hashes.get(name):
            raise ReleaseError(f"pip does not say what {name} was installed from")
        component["hashes"] = [{"alg": "SHA-256", "content": hashes[name]}]
        if name == DISTRIBUTION:
            # The address of the wheel names a folder of this machine.
            component.pop("externalReferences", None)
