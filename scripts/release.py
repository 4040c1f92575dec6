"""Build this commit, or publish it to an internal package index.

    python -m scripts.release build
    python -m scripts.release publish INDEX_URL [--simple-url URL]

`build` makes the sdist and the wheel of the last commit, the same bytes on any machine and any day, and a CycloneDX list of everything
that an installation with the locked versions brings (SBOM). They replace the folder dist/.

`publish` builds, uploads sdist and wheel, and installs from the index what it uploaded. INDEX_URL takes uploads; packages are read from
its `simple/` unless --simple-url says otherwise. User name and password come from TWINE_USERNAME and TWINE_PASSWORD and from nowhere
else, and are never printed; TWINE_CERT names a private certificate authority.

Exit codes: 0 done; 1 refused, and nothing was uploaded; 2 something was uploaded that is incomplete or cannot be installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import textwrap
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

import httpx
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
from twine.utils import DEFAULT_REPOSITORY

from scripts import tree, version
from scripts.command import parser_of
from scripts.errors import ReleaseError

PACKAGE = tree.PACKAGE.name
DISTRIBUTION = PACKAGE.replace("_", "-")
USERNAME, PASSWORD = "TWINE_USERNAME", "TWINE_PASSWORD"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# What must not reach the tools that we run: the repository of a git hook, our own environment, other indexes that twine knows.
_REMOVED = re.compile("GIT_|PYTHON|VIRTUAL_ENV|TWINE_(?!CERT)")


class Artefacts(NamedTuple):
    """The two files that a release uploads."""

    sdist: Path
    wheel: Path

    @property
    def version(self) -> str:
        """As it stands in their names."""
        return self.wheel.name.split("-")[1]


def run(
    *command: str | Path, failure: str, cwd: Path | None = None, **variables: str
) -> str:
    """Run a command, with these environment variables and nothing of our own environment, and return its output, the password masked.

    Raises ReleaseError, which begins with `failure`, if it exits with another code than 0 or cannot be started.
    """
    environment = {k: v for k, v in os.environ.items() if not _REMOVED.match(k)}
    try:
        done = subprocess.run(  # noqa: S603  # the tools of our own environment
            [str(part) for part in command],
            cwd=cwd,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise ReleaseError(f"{failure}: {error.strerror}") from None
    output = done.stdout
    if secret := os.environ.get(PASSWORD):
        for form in (secret, quote(secret, safe="")):
            output = output.replace(form, "***")
    if done.returncode:
        raise ReleaseError(f"{failure}:\n{output.strip()}")
    return output


def tool(name: str, *arguments: str | Path, failure: str = "", **options: Any) -> str:
    """The same for a Python module of our environment."""
    failure = failure or f"{name} failed"
    return run(sys.executable, "-m", name, *arguments, failure=failure, **options)


def git(root: Path, *arguments: str) -> str:
    """Run git in a checkout and return its output. Raises ReleaseError with what git says."""
    return run("git", "-C", root, *arguments, failure=f"git {arguments[0]} failed")


# Building.


def build(root: Path, output: Path) -> Artefacts:
    """Build and check the last commit of the checkout `root`; the results replace the folder `output`.

    Raises:
        ReleaseError: A tool fails, or what it built is not what a release may hold; `output` is as it was.
    """
    with tree.staging(output.parent) as folder:
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


def environment(
    folder: Path, *wanted: str | Path, python: str = sys.executable, **options: str
) -> Path:
    """Make a virtual environment with what is wanted, if anything, and return its interpreter. Raises ReleaseError."""
    # Always a path: a bare version may mean the environment that we run in.
    tool("uv", "venv", "--quiet", "--clear", f"--python={python}", folder)
    interpreter = folder / "bin" / "python"
    if wanted:
        install = ("pip", "install", "--quiet", f"--python={interpreter}", *wanted)
        tool("uv", *install, **options)
    return interpreter


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


# Refusing.


def check_commit(root: Path) -> None:
    """Refuse a checkout whose last commit is not ready to be released. Takes seconds. Raises ReleaseError."""
    status = git(root, "status", "--porcelain", "--untracked-files=all")
    if status:
        changed = ", ".join(line[3:] for line in status.splitlines())
        raise ReleaseError(
            f"there are uncommitted changes: {textwrap.shorten(changed, 200)}; commit or stash first"
        )
    release, own = version.versions(root)
    if own != release:
        raise ReleaseError(
            f"pyproject.toml says version {release}, {PACKAGE}.__version__ says {own or 'nothing'}; make them equal"
        )
    if not version.changelog_entry(root, release):
        raise ReleaseError(
            f"CHANGELOG.md says nothing about {release}; write its section"
        )
    for module, failure in (
        ("scripts.generate", "generated code is out of date"),
        ("scripts.accept", "the contract has changed and is not accepted"),
    ):
        tool(module, "--check", cwd=root, failure=failure)


def check_url(url: str) -> None:
    """Refuse an address that would show the password on the way, or the package to the public. Raises ReleaseError."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("https", "http"):
        raise ReleaseError("no https:// address: make publish INDEX_URL=https://...")
    if parts.username is not None or parts.query or parts.fragment:
        raise ReleaseError(
            f"the address must not hold credentials, query or fragment: set {USERNAME} and {PASSWORD}"
        )
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ReleaseError(
            f"http:// would send the password to {host} unencrypted; use https:// (http:// is for loopback only)"
        )
    public = ".".join((urlsplit(DEFAULT_REPOSITORY).hostname or "").split(".")[-2:])
    if f".{host.rstrip('.')}".endswith(f".{public}"):
        raise ReleaseError("this package is for an internal index, never a public one")


def login() -> tuple[str, str]:
    """User name and password on the index, from the environment. Raises ReleaseError."""
    missing = [name for name in (USERNAME, PASSWORD) if not os.environ.get(name)]
    if missing:
        raise ReleaseError(
            f"{' and '.join(missing)} not set; credentials are read from the environment only"
        )
    return os.environ[USERNAME], os.environ[PASSWORD]


# Publishing.


def held(simple_url: str, release: str) -> list[str]:
    """Names of the files of a version that the index holds. Raises ReleaseError if the index cannot be asked."""
    page = unquote(_project_page(f"{simple_url.rstrip('/')}/{DISTRIBUTION}/"))
    found = set()
    for name in re.findall(r"[\w.!+-]+\.(?:whl|tar\.gz|zip)", page):
        read = parse_wheel_filename if name.endswith(".whl") else parse_sdist_filename
        with contextlib.suppress(ValueError):
            if read(name)[1] == Version(release):
                found.add(name)
    return sorted(found)


def _project_page(url: str) -> str:
    """The page of our project; empty where the index has none, or redirects to another index."""
    try:
        with httpx.Client(auth=login(), timeout=60) as client:
            answer = client.get(url, headers={"accept": "text/html"})
            for _redirect in range(3):
                if (request := answer.next_request) is None:
                    break
                if request.url.join("/") != answer.url.join("/"):
                    return ""
                answer = client.send(request)
    except httpx.HTTPError as error:
        raise ReleaseError(
            f"the index does not answer at {urlsplit(url).netloc}: {type(error).__name__}"
        ) from None
    if answer.status_code not in (200, 404):
        raise ReleaseError(
            f"the index answers HTTP {answer.status_code} to {USERNAME} and {PASSWORD} at {url}"
        )
    return answer.text if answer.status_code == 200 else ""


def upload(url: str, artefacts: Artefacts) -> None:
    """Send sdist and wheel with twine. Raises ReleaseError with the reason that the index gives."""
    tool(
        *("twine", "upload", "--non-interactive", "--disable-progress-bar"),
        *("--repository-url", url, *artefacts),
        **dict(zip((USERNAME, PASSWORD), login(), strict=True)),
        NO_COLOR="1",
    )


def install(simple_url: str, artefacts: Artefacts) -> str:
    """Install from the index into an empty environment exactly the wheel that was built; returns what it says of itself.

    Raises:
        ReleaseError: It cannot be installed, is not the same file, or does not run.
    """
    username, password = login()
    wanted = f"{DISTRIBUTION}=={artefacts.version}"
    with tempfile.TemporaryDirectory() as folder:
        hashed = Path(folder) / "requirements.txt"
        hashed.write_text(f"{wanted} --hash=sha256:{digest(artefacts.wheel)}\n")
        interpreter = environment(
            # The first index that holds a package wins: ours for ours.
            *(Path(folder) / "clean", f"--index=internal={simple_url}"),
            *("--index-strategy=first-index", "--verify-hashes", f"-r{hashed}"),
            *(f"--only-binary={DISTRIBUTION}", f"--refresh-package={DISTRIBUTION}"),
            failure="what was uploaded cannot be installed",
            UV_INDEX_INTERNAL_USERNAME=username,
            UV_INDEX_INTERNAL_PASSWORD=password,
        )
        return run(
            *(interpreter, "-I", "-W", "error", "-m", PACKAGE),
            failure="what was installed does not run",
        ).strip()


def make(root: Path) -> Artefacts:
    """Build into dist/, list the contents, and print every file with its digest. Raises ReleaseError."""
    artefacts = build(root, root / "dist")
    for path in (*artefacts, list_contents(root, artefacts)):
        print(f"release: {digest(path)}  {path.relative_to(root)}")
    return artefacts


def publish(root: Path, url: str, simple_url: str) -> None:
    """Check, build, upload, install; prints each step. Raises ReleaseError, saying whether anything was uploaded."""
    for address in (url, simple_url):
        check_url(address)
    login()
    check_commit(root)
    release, _own = version.versions(root)
    if present := held(simple_url, release):
        raise ReleaseError(
            f"version {release} is on the index already ({', '.join(present)}); raise the version, releases are never replaced"
        )
    about = send(url, simple_url, make(root))
    commit = git(root, "rev-parse", "--short=12", "HEAD").strip()
    print(f"release: uploaded {release}, commit {commit}")
    print(f"release: installed from the index into a clean environment:\n{about}")


def send(url: str, simple_url: str, artefacts: Artefacts) -> str:
    """Upload, and install from the index what was uploaded; returns what the installation says of itself.

    Raises:
        ReleaseError: It failed, and the index holds nothing of this version.
        HalfwayError: It failed, and the index holds something of it, or cannot be asked.
    """
    try:
        upload(url, artefacts)
        return install(simple_url, artefacts)
    except ReleaseError as error:
        try:
            present = ", ".join(held(simple_url, artefacts.version))
        except ReleaseError as unknown:
            present = f"unknown, {unknown}"
        if not present:
            raise
        message = f"{error}\nthe index holds now: {present}"
        raise HalfwayError(message) from None


class HalfwayError(ReleaseError):
    """The upload may be incomplete, or what was uploaded cannot be installed."""


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("release", __doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="build the last commit into dist/")
    publishing = commands.add_parser("publish", help="build, upload, install")
    publishing.add_argument("index_url", help="https://, or http:// on loopback")
    publishing.add_argument("--simple-url", help="default: INDEX_URL/simple/")
    options = parser.parse_args(arguments)
    try:
        if options.command == "build":
            make(tree.ROOT)
        else:
            url = options.index_url
            simple = options.simple_url or f"{url.rstrip('/')}/simple/"
            publish(tree.ROOT, url, simple)
    except ReleaseError as error:
        for line in str(error).splitlines():
            print(f"release: {line}", file=sys.stderr)
        if isinstance(error, HalfwayError):
            return 2
        print("release: refused; nothing was uploaded", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
