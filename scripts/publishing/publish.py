"""Releases the last commit: refuses what is not ready, builds, uploads, and installs from the index what it uploaded."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterator
from pathlib import Path

from packaging.version import Version

from scripts.common.errors import ReleaseError
from scripts.common.printer import Printer
from scripts.publishing import changelog, credentials, index, index_url, version
from scripts.publishing.build import (
    Artefacts,
    build,
    list_contents,
    refuse_without_git,
)
from scripts.publishing.index import IndexFile
from scripts.publishing.tools import (
    PACKAGE,
    digest,
    git,
    reason_for_missing_tags,
    run_module,
)

# The advice after an interruption.
_GO_ON = "run the same command again, at the same commit: it uploads only what is missing, and installs from the index"


class HalfwayError(ReleaseError):
    """The upload may be incomplete, or what was uploaded cannot be installed."""


def build_and_list(root: Path) -> Artefacts:
    """Build into dist/, list the contents there (SBOM), print every file with its digest, and return the files. Raises ReleaseError."""
    try:
        artefacts = build(root, root / "dist")
        files = (*artefacts.files, list_contents(root, artefacts))
    except OSError as error:
        raise ReleaseError(f"what is built can't be written: {error}") from None
    for path in files:
        say(f"{digest(path)}  {path.relative_to(root)}")
    return artefacts


def publish(root: Path, url: str, simple_url: str) -> None:
    """Release the last commit of a checkout to an index, and print each step.

    Everything that can be refused without a build is refused before it. A release that was cut off goes on where it ended, if what the
    index holds of it is what this commit builds.

    Raises:
        ReleaseError, FileError: It is refused, and nothing was uploaded.
        HalfwayError: Something was uploaded that is incomplete or cannot be installed.
    """
    index_url.check(url)
    index_url.check(simple_url)
    credentials.login()
    say("checking the commit and the index ...")
    check_commit(root)
    number = version.read(root).project
    cause = reason_for_missing_tags(root)
    if cause:
        say(f"whether {number} is tagged at another commit is not known: {cause}")
    present = _present(number, simple_url)
    # Asked before the upload, after which nothing that fails is a refusal.
    commit = git(root, "rev-parse", "--short=12", "HEAD").strip()
    is_tagged = bool(_tagged_commit(root, number))
    say(f"building {number} ...")
    artefacts = build_and_list(root)
    missing = _missing(artefacts, present)
    if missing:
        say("uploading, and installing what was uploaded ...")
    else:
        say("nothing is missing on the index; installing what was uploaded ...")
    about = upload_and_install(url, simple_url, artefacts, missing)
    done = f"uploaded {number}" if missing else f"{number} is on the index"
    say(f"{done}, commit {commit}")
    say("installed from the index into a clean environment:")
    for line in about.splitlines():
        say(line)
    say(_advice_on_tag(number, commit, is_tagged))


def _advice_on_tag(number: str, commit: str, is_tagged: bool) -> str:
    """Return what to do about the tag of a version that was released."""
    push = f"git push origin v{number}"
    if is_tagged:
        return f"this commit is tagged; if the tag is not pushed yet: {push}"
    return f"tag this commit: git tag -a v{number} -m 'Release {number}' {commit} && {push}"


def say(text: str) -> None:
    """Print a message of the command, the password masked."""
    Printer("release").tell(credentials.masked(text))


def check_commit(root: Path) -> None:
    """Refuse a commit that is not ready to be released, as far as that shows without a build.

    Raises:
        ReleaseError: There are uncommitted changes, two versions, one that pip writes differently, no entry with a date in the changelog
            or unreleased ones, generated code that is out of date, a tag of this version at another commit, or a contract that is not
            accepted.
        FileError: One of these files can't be read.
    """
    refuse_without_git(root)
    status = git(root, "status", "--porcelain", "--untracked-files=all")
    if status:
        names = ", ".join(dict.fromkeys(line[3:] for line in status.splitlines()))
        raise ReleaseError(
            f"there are uncommitted changes: {textwrap.shorten(names, 200)}; commit or stash first"
        )
    versions = version.read(root)
    number = versions.project
    if versions.package != number:
        raise ReleaseError(
            f"pyproject.toml says version {number}, {PACKAGE}.__version__ says {versions.package or 'nothing'}; make them equal"
        )
    if number != str(Version(number)):
        raise ReleaseError(
            f"write the version {number} as pip does, {Version(number)}, in pyproject.toml and {version.PACKAGE_VERSION}"
        )
    if changelog.has_entry(root, changelog.UNRELEASED):
        raise ReleaseError(
            "CHANGELOG.md has entries under [Unreleased]; move them below the version that they are released in;"
            f" if {number} is out already, raise it in pyproject.toml and {version.PACKAGE_VERSION}"
        )
    if not changelog.has_entry(root, number):
        raise ReleaseError(
            f"CHANGELOG.md has no entry under `## [{number}]`; say there what is new"
        )
    if not changelog.has_date(root, number):
        today = datetime.datetime.now(datetime.UTC).date()
        raise ReleaseError(
            f"CHANGELOG.md does not say when {number} is released: write `## [{number}] - {today}`"
        )
    tagged = _tagged_commit(root, number)
    if tagged not in ("", git(root, "rev-parse", "HEAD").strip()):
        raise ReleaseError(
            f"the tag v{number} is at another commit, {tagged[:12]}; raise the version, or remove the tag if that was never released"
        )
    for module, failure in (
        ("scripts.generate", "generated code is out of date"),
        ("scripts.accept", "the contract is not accepted in this version"),
    ):
        run_module(module, "--check", cwd=root, failure=failure)


def _tagged_commit(root: Path, number: str) -> str:
    """Return the commit that the tag of a version is at; empty if there is no such tag. Raises ReleaseError."""
    if not git(root, "tag", "--list", f"v{number}").strip():
        return ""
    return git(root, "rev-list", "--max-count=1", f"refs/tags/v{number}").strip()


def _present(number: str, simple_url: str) -> list[IndexFile]:
    """Return the files of a version that the index holds already, and print what that means. Raises ReleaseError."""
    if index.is_open(simple_url):
        say(
            "the index answers without a password; whether yours is right shows only at the upload"
        )
    for note in _notes(number, index.versions(simple_url)):
        say(note)
    present = index.files_of(number, simple_url)
    if any(file.is_yanked for file in present):
        say(f"{number} is yanked on the index, and stays so")
    if _is_whole(present):
        say(
            f"the index holds {number} already ({_names(present)}); going on only if this commit builds the same files"
        )
    elif present:
        say(f"the index holds a part of {number} already: {_names(present)}")
    return present


def _notes(number: str, on_index: list[Version]) -> Iterator[str]:
    """Yield what to know of a version that pip does not install unless it is asked to."""
    released = Version(number)
    newer = [
        known for known in on_index if known > released and not known.is_prerelease
    ]
    if newer:
        yield f"the index holds {max(newer)}, which is newer: pip installs {number} only where somebody asks for it"
    if released.is_prerelease:
        yield f"{number} is a pre-release: pip installs it only where somebody asks for it, or with --pre"


def _is_whole(present: list[IndexFile]) -> bool:
    """Return whether these files of a version are a whole release."""
    return {"sdist", "wheel"} <= {file.kind for file in present}


def _names(present: list[IndexFile]) -> str:
    return ", ".join(file.name for file in present)


def _missing(artefacts: Artefacts, present: list[IndexFile]) -> list[Path]:
    """Return the files that the index does not hold yet. Raises ReleaseError where it holds others of this version."""
    built = {path.name: path for path in artefacts.files}
    for file in present:
        if file.name not in built or not index.has_same_bytes(file, built[file.name]):
            raise ReleaseError(
                f"version {artefacts.version} is on the index already, and {file.name} there is not what this commit builds;"
                " raise the version, releases are never replaced"
            )
    present_names = {file.name for file in present}
    return [path for path in artefacts.files if path.name not in present_names]


def upload_and_install(
    url: str, simple_url: str, artefacts: Artefacts, missing: list[Path]
) -> str:
    """Upload the missing files, if any, and install from the index; returns what the installation says of itself.

    Raises:
        ReleaseError: It failed, and the index holds nothing of this version.
        HalfwayError: It failed, and the index holds something of it, or cannot be asked.
        KeyboardInterrupt: Somebody pressed Ctrl-C; what to do now is said.
    """
    is_uploaded = False
    try:
        if missing:
            index.upload(url, missing)
            is_uploaded = True
        return index.install(simple_url, artefacts)
    except KeyboardInterrupt:
        Printer("release").warn(f"what the index holds now is not known; {_GO_ON}")
        raise
    except ReleaseError as error:
        problems = error.problems
    try:
        present = index.files_of(artefacts.version, simple_url)
    except ReleaseError as error:
        unknown = "what the index holds now is not known:"
        raise HalfwayError(
            *problems, unknown, *error.problems, f"once the index answers, {_GO_ON}"
        ) from None
    if not present and is_uploaded:
        raise HalfwayError(
            *problems,
            f"{url} took the files, but {simple_url} does not list them. Some indexes need a minute; then {_GO_ON}."
            " If it still does not list them, check SIMPLE_URL, where packages are read",
        )
    if not present:
        raise ReleaseError(*problems)
    advice = "see CONTRIBUTING, After a bad release"
    if len(present) < len(artefacts.files):
        advice = _GO_ON
    raise HalfwayError(*problems, f"the index holds now: {_names(present)}", advice)
