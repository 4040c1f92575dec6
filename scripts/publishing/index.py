"""Speaks with the package index: what it holds, uploads, and an installation from it."""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from packaging.metadata import Metadata
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pypi_simple import (
    DistributionPackage,
    ProjectPage,
    UnsupportedRepoVersionError,
)

from scripts.common.errors import ReleaseError
from scripts.publishing import authorities, index_url, twine_log
from scripts.publishing.build import Artefacts
from scripts.publishing.credentials import PASSWORD, USERNAME, Login, login
from scripts.publishing.tools import (
    DISTRIBUTION,
    PACKAGE,
    digest,
    make_environment,
    run,
    run_module,
)

_HEADERS = {"accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.1"}
_TIMEOUT = 60  # seconds to connect, or between two bytes
_MOST_REDIRECTS = 3
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
_CHECK_ADDRESS = "check INDEX_URL, and SIMPLE_URL if packages are read elsewhere"


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file of our project on the index.

    Attributes:
        name: Its file name.
        kind: "sdist", "wheel" or another word for what is neither.
        url: Where to load it.
        page: The address of the page that lists it.
        sha256: Its digest as the index states it; empty where it states none.
        is_yanked: Whether it is installed only where somebody asks for exactly this version (PEP 592).
    """

    name: str
    kind: str
    url: str
    page: str
    sha256: str
    is_yanked: bool = False


def is_open(simple_url: str) -> bool:
    """Return whether the index can be read without user name and password.

    Then only an upload finds out whether they are right, otherwise `files_of` does. Raises ReleaseError if there is no answer.
    """
    answer = _page_answer(_project_url(simple_url), None)
    return answer.status_code in (200, 404)


def files_of(version: str, simple_url: str) -> list[IndexFile]:
    """Return the files of a version that the index holds, by name. Raises as `versions` does."""
    files = []
    for found, package in _packages(simple_url):
        if found == Version(version):
            file = IndexFile(
                name=package.filename,
                kind=str(package.package_type),
                url=package.url,
                page=_project_url(simple_url),
                sha256=package.digests.get("sha256", ""),
                is_yanked=package.is_yanked,
            )
            files.append(file)
    return sorted(files, key=lambda file: file.name)


def versions(simple_url: str) -> list[Version]:
    """Return the versions of the project that the index holds, without those that are yanked.

    Raises:
        ReleaseError: The index does not answer, refuses the credentials, or its page cannot be read.
    """
    packages = _packages(simple_url)
    return sorted({version for version, file in packages if not file.is_yanked})


def _packages(simple_url: str) -> list[tuple[Version, DistributionPackage]]:
    """Return what the page of the project lists, with its versions. Raises as `versions` does."""
    url = _project_url(simple_url)
    answer = _page_answer(url, login())
    if answer.next_request is not None:
        # Redirected to the page of the project on another index: this one does not hold it.
        _refuse_other_place(answer.next_request.url, answer.url)
        return []
    if answer.status_code == 404:
        return []
    if answer.status_code in (401, 403):
        raise ReleaseError(
            f"the index refuses {USERNAME} and {PASSWORD}: it answers HTTP {answer.status_code} at {url}"
        )
    if answer.status_code != 200:
        raise ReleaseError(f"the index answers HTTP {answer.status_code} at {url}")
    packages = []
    for package in _page(answer).packages:
        if package.version is not None and _is_ours(package):
            with contextlib.suppress(InvalidVersion):
                packages.append((Version(package.version), package))
    return packages


def has_same_bytes(file: IndexFile, path: Path) -> bool:
    """Return whether a file on the index is a file here. Where the index states no digest, the file is loaded. Raises ReleaseError."""
    stated = file.sha256
    if not stated:
        stated = hashlib.sha256(_download(file)).hexdigest()
    return stated == digest(path)


def upload(url: str, files: Sequence[Path]) -> None:
    """Send files with twine. Raises ReleaseError with the reason that the index gives."""
    account = login()
    try:
        with tempfile.TemporaryDirectory() as name:
            run_module(
                *("twine", "upload", "--verbose", "--non-interactive"),
                *("--disable-progress-bar", "--repository-url", url),
                *files,
                failure="twine cannot upload",
                variables={
                    USERNAME: account.username,
                    PASSWORD: account.password,
                    **authorities.for_tools(Path(name)),
                },
            )
    except ReleaseError as error:
        raise ReleaseError(*twine_log.problems(error.problems, url)) from None


def install(simple_url: str, artefacts: Artefacts) -> str:
    """Install from the index into an empty environment exactly the wheel that was built; returns what it says of itself.

    Raises:
        ReleaseError: It cannot be installed, is not the same file, or does not run.
    """
    account = login()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        requirements = folder / "requirements.txt"
        requirements.write_text(
            f"{DISTRIBUTION}=={artefacts.version} --hash=sha256:{digest(artefacts.wheel)}\n"
        )
        interpreter = make_environment(folder / "environment")
        run_module(
            *("uv", "pip", "install", "--quiet", f"--python={interpreter}"),
            *(f"--default-index=internal={simple_url}", "--no-deps"),
            *("--verify-hashes", f"-r{requirements}"),
            *(f"--only-binary={DISTRIBUTION}", f"--refresh-package={DISTRIBUTION}"),
            failure="what was uploaded cannot be installed",
            variables={
                "UV_INDEX_INTERNAL_USERNAME": account.username,
                "UV_INDEX_INTERNAL_PASSWORD": account.password,
                **authorities.for_tools(folder),
            },
        )
        _install_dependencies(interpreter, artefacts.wheel, folder)
        return run(
            *(interpreter, "-I", "-W", "error", "-m", PACKAGE),
            failure="what was installed does not run",
        ).strip()


def _install_dependencies(interpreter: Path, wheel: Path, folder: Path) -> None:
    """Install what a wheel needs from where pip takes packages, as the list of contents does. Raises ReleaseError."""
    metadata = _metadata(wheel)
    needed = folder / "dependencies.txt"
    needed.write_text("\n".join(map(str, metadata.requires_dist or ())))
    run_module(
        *("pip", f"--python={interpreter}", "--disable-pip-version-check"),
        *("install", "--quiet", f"--requirement={needed}"),
        failure="what the package needs cannot be installed from the index that pip is configured with",
    )


def _metadata(wheel: Path) -> Metadata:
    """Return the metadata of a wheel. Raises ReleaseError where it has none, or two."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if _METADATA.fullmatch(name)]
        if len(names) != 1:
            raise ReleaseError(
                f"{wheel.name} holds {len(names)} files *.dist-info/METADATA, and one is needed"
            )
        return Metadata.from_email(archive.read(names[0]))


def _project_url(simple_url: str) -> str:
    return f"{simple_url.rstrip('/')}/{DISTRIBUTION}/"


def _page_answer(url: str, account: Login | None) -> httpx.Response:
    """Return the answer of an address of the index. Redirects are followed on the same host only. Raises ReleaseError if there is none."""
    return _get(url, account, credentials_for=url, leaves_origin=False)


def _download(file: IndexFile) -> bytes:
    """Load a file of the index, wherever its page or a redirect says that it is. Raises ReleaseError."""
    answer = _get(file.url, login(), credentials_for=file.page, leaves_origin=True)
    if answer.status_code != 200:
        raise ReleaseError(
            f"the index answers HTTP {answer.status_code} when {file.name} is loaded from it"
        )
    return answer.content


def _get(
    url: str, account: Login | None, credentials_for: str, leaves_origin: bool
) -> httpx.Response:
    """Return the answer to a GET.

    Args:
        url: The address.
        account: User name and password; None sends none.
        credentials_for: An address of the host that may see them. No other host does, such as a store for downloads.
        leaves_origin: Whether redirects to other hosts are followed too.

    Raises:
        ReleaseError: There is no answer, or the address is none.
    """
    try:
        client = httpx.Client(timeout=_TIMEOUT, verify=authorities.context())
    except (ImportError, ValueError, httpx.InvalidURL):
        raise _no_answer(url, "not a proxy that publish can use") from None
    asked = url
    try:
        with client:
            request = client.build_request("GET", url, headers=_HEADERS)
            for _number in range(1 + _MOST_REDIRECTS):
                asked = str(request.url)
                auth = None
                if account is not None and _have_same_origin(asked, credentials_for):
                    auth = (account.username, account.password)
                answer = client.send(request, auth=auth)
                if answer.next_request is None:
                    break
                request = answer.next_request
                if not leaves_origin and not _have_same_origin(request.url, asked):
                    break
            return answer
    except httpx.HTTPError as error:
        failure = str(error) or type(error).__name__
    except (httpx.InvalidURL, ValueError):  # their messages quote the address
        failure = "not an address that publish can read"
    raise _no_answer(asked, failure)


def _no_answer(url: str, failure: str) -> ReleaseError:
    """Return the error for a request that was not answered."""
    if "CERTIFICATE_VERIFY_FAILED" in failure:
        failure += f"; {authorities.PRIVATE_AUTHORITY} names the file of a private certificate authority"
    proxy = index_url.proxy_on_the_way(url)
    way = f" through the proxy of {proxy}" if proxy else ""
    return ReleaseError(
        f"the index does not answer at {index_url.shown(url)}{way}: {failure}"
    )


def _have_same_origin(first: httpx.URL | str, second: httpx.URL | str) -> bool:
    """Return whether two addresses have the same scheme, host and port. Raises httpx.InvalidURL, UnicodeError."""
    return httpx.URL(first).join("/") == httpx.URL(second).join("/")


def _page(answer: httpx.Response) -> ProjectPage:
    """The page of our project, in either form of the simple repository API (PEP 503, PEP 691)."""
    try:
        if "json" in answer.headers.get("content-type", ""):
            page = ProjectPage.from_json_data(answer.json(), str(answer.url))
            names_project = canonicalize_name(page.project) == DISTRIBUTION
        else:
            page = ProjectPage.from_html(DISTRIBUTION, answer.text, str(answer.url))
            # An index names the project on a page that lists no file of it.
            names_project = DISTRIBUTION in _text_of(answer.text)
    except (ValueError, RecursionError, UnsupportedRepoVersionError) as error:
        failure = type(error).__name__
    else:
        if names_project or any(map(_is_ours, page.packages)):
            return page
        failure = f"it does not list files of {DISTRIBUTION}, and may be a page to sign in; {_CHECK_ADDRESS}"
    raise ReleaseError(
        f"the page of the index at {_without_query(answer.url)} cannot be read: {failure}"
    )


def _is_ours(package: DistributionPackage) -> bool:
    """Return whether a file is of our project, going by its name."""
    project = package.project or ""
    return canonicalize_name(project) == DISTRIBUTION


def _text_of(page: str) -> str:
    """Return an HTML page without its tags, names of projects as PEP 503 writes them."""
    text = re.sub(r"<[^>]*>", " ", page).lower()
    return re.sub(r"[-_.]+", "-", text)


def _refuse_other_place(target: httpx.URL, url: httpx.URL) -> None:
    """Refuse a redirect to what is no page of our project, such as a page to sign in. Raises ReleaseError."""
    is_same_origin = _have_same_origin(target, url)
    if is_same_origin or not target.path.rstrip("/").endswith(f"/{DISTRIBUTION}"):
        raise ReleaseError(
            f"the index at {_without_query(url)} redirects to {_without_query(target)}, which is no page of {DISTRIBUTION};"
            f" {_CHECK_ADDRESS}"
        )


def _without_query(url: httpx.URL) -> httpx.URL:
    """Return an address for messages, without the parts that may hold secrets."""
    return url.copy_with(query=None, fragment=None, userinfo=b"")
