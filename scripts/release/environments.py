"""Clean environments: the Pythons of this machine, and our package installed into them as an application would."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from scripts.release import source
from scripts.release.index import Credentials
from scripts.release.process import ReleaseError, run, run_module
from scripts.release.source import DISTRIBUTION

# Nothing of the environment that we run in may reach into the ones that we make.
_OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP", "PYTHONWARNINGS")


def supported(root: Path) -> list[str]:
    """Python versions, such as "3.11", that the package's classifiers name, in their order."""
    classifiers = source.project(root)["classifiers"]
    found = [re.fullmatch(r".* :: (\d+\.\d+)", entry) for entry in classifiers]
    return [match[1] for match in found if match]


def pythons(versions: list[str]) -> dict[str, Path | None]:
    """An interpreter that really runs for each version, or None."""
    return {
        version: next(
            (path for path in _candidates(version) if _runs(path, version)), None
        )
        for version in versions
    }


def _candidates(version: str) -> Iterator[Path]:
    name = f"python{version}"
    yield Path(sys.base_prefix) / "bin" / name
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"), reverse=True)
    managed = Path(_uv("python", "dir").strip())
    yield from sorted(managed.glob(f"cpython-{version}.*/bin/{name}"), reverse=True)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield Path(folder) / name


def _runs(path: Path, version: str) -> bool:
    """Whether it is an interpreter of that version; the shims of version managers may refuse to be one."""
    if not os.access(path, os.X_OK):
        return False
    code = "import sys, ssl; print('%d.%d' % sys.version_info[:2])"
    try:
        said = run(path, "-I", "-c", code, environment=_clean(), failure=f"{path}")
    except ReleaseError:
        return False
    return said.strip() == version


class Index(NamedTuple):
    """Where to install from."""

    simple_url: str
    login: Credentials

    def with_credentials(self) -> str:
        """The address with name and password in it, for environment variables only: never for a command line."""
        parts = urlsplit(self.simple_url)
        user = ":".join(quote(part, safe="") for part in self.login)
        return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc}"))


class Environment:
    """A fresh virtual environment with nothing in it, not even pip."""

    def __init__(self, folder: Path, python: Path) -> None:
        # Always a path: a bare name or version may mean the environment that we run in.
        self.folder = folder.resolve()
        _uv("venv", "--quiet", f"--python={python}", str(self.folder))
        self.python = self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        """The folder that packages are installed in."""
        return next(self.folder.glob("lib/python3.*/site-packages"))

    def install(
        self, index: Index, *requirements: str, by: Literal["pip", "uv"]
    ) -> None:
        """Install from the index; what it does not hold comes from where the installer looks on this machine."""
        if by == "pip":
            command = [sys.executable, "-m", "pip", f"--python={self.python}"]
            options = ["--no-input"]
            secrets = {"PIP_INDEX_URL": index.with_credentials()}
        else:
            command = [_uv_command(), "pip"]
            options = [
                f"--python={self.python}",
                f"--index=internal={index.simple_url}",
                # The first index wins: what it holds is never looked for anywhere else.
                "--index-strategy=first-index",
                f"--refresh-package={DISTRIBUTION}",
            ]
            secrets = {
                "UV_INDEX_INTERNAL_USERNAME": index.login.username,
                "UV_INDEX_INTERNAL_PASSWORD": index.login.password,
            }
        run(
            *(*command, "install", "--quiet", *options, *requirements),
            cwd=self.folder,
            environment={**_clean(), **secrets},
            failure=f"{by} can't install {requirements[0]}",
            hidden=index.login.password,
        )

    def check(self) -> None:
        """`pip check`: everything that a distribution here asks for is here. Raises ReleaseError."""
        run_module(
            *("pip", f"--python={self.python}", "check"),
            environment=_clean(),
            failure="pip check",
        )

    def holds(self, wheel: Path) -> None:
        """Refuse an installation that is not, byte for byte, this wheel. Raises ReleaseError naming the first file."""
        with zipfile.ZipFile(wheel) as archive:
            record = next(n for n in archive.namelist() if n.endswith("/RECORD"))
            for line in archive.read(record).decode().splitlines():
                name, expected, _size = line.rsplit(",", 2)
                if expected and _record_hash(self.packages / name) != expected:
                    raise ReleaseError(
                        f"installed {name} is not the one in {wheel.name}"
                    )

    def run(
        self, *arguments: str | Path, environment: Mapping[str, str] | None = None
    ) -> str:
        """What its Python prints, isolated, warnings being errors. Raises ReleaseError with its last words."""
        return run(
            *(self.python, "-I", "-W", "error", *arguments),
            cwd=self.folder,
            environment={**_clean(), **(environment or {})},
            failure=f"in a clean environment, python {arguments[0]} fails",
        )

    def installed(self) -> dict[str, str]:
        """Version of each distribution here, by its name in lower case with hyphens."""
        found = {}
        for path in self.packages.glob("*.dist-info"):
            name, _, version = path.name.removesuffix(".dist-info").partition("-")
            found[name.lower().replace("_", "-")] = version
        return found

    def megabytes(self) -> float:
        """Size of what is installed, in MB (10^6 bytes), without byte code, which pip writes at once and uv does not."""
        files = (path for path in self.packages.rglob("*") if path.suffix != ".pyc")
        return sum(path.stat().st_size for path in files if path.is_file()) / 1e6


def _record_hash(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b""
    return "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def pip_index() -> str:
    """The index that pip is configured to use on this machine; empty if its default."""
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"]
    try:
        return run_module(
            *("pip", "config", "get", "global.index-url"), failure="not configured"
        ).strip()
    except ReleaseError:
        return ""


def _clean() -> dict[str, str]:
    """The environment without what is ours; downloads are kept below the virtual environment unless it says otherwise."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OURS and not name.startswith("TWINE_")
    }
    caches = Path(sys.prefix) / "release-cache"
    kept.setdefault("UV_CACHE_DIR", str(caches / "uv"))
    kept.setdefault("PIP_CACHE_DIR", str(caches / "pip"))
    kept["UV_PYTHON_DOWNLOADS"] = "never"
    kept["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return kept


def _uv_command() -> str:
    found = shutil.which("uv", path=str(Path(sys.executable).parent))
    if found is None:
        raise ReleaseError("uv is not in this environment; run make setup")
    return found


def _uv(*arguments: str) -> str:
    # Away from any folder whose settings uv would read.
    return run(
        *(_uv_command(), *arguments),
        cwd=Path("/"),
        environment=_clean(),
        failure=f"uv {arguments[0]} failed",
    )
