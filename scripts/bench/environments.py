"""What the benchmark installs or generates on demand, below its git-ignored folder, and keeps for the next run."""

from __future__ import annotations

import compileall
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import certifi
import trustme

from scripts import document as oas
from scripts import samples, tree
from scripts.bench import figures
from scripts.bench.figures import Measure
from scripts.bench.processes import BenchError

SDK = "enkryptai-sdk==1.0.47"
HTTPX = "httpx>=0.28,<0.29"
FULL = "ours-aiohttp"  # everything but the vendor's sdk


class Weight(NamedTuple):
    """An installation, byte code included, without the interpreter and pip."""

    distributions: int
    bytes: int


def python(folder: Path, requirements: list[str]) -> Path:
    """The interpreter of an environment that holds just these requirements. Raises BenchError where they can't be installed."""
    interpreter = folder / "bin" / "python"
    noted = folder / "requirements.json"
    wanted = json.dumps([sys.version, *requirements])
    if noted.is_file() and noted.read_text("utf-8") == wanted:
        return interpreter
    shutil.rmtree(folder, ignore_errors=True)
    uv = [sys.executable, "-m", "uv"]
    _quietly([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    _quietly(
        [
            *(*uv, "pip", "install", "--quiet", "--compile-bytecode"),
            *("--python", str(interpreter), *requirements),
        ]
    )
    noted.write_text(wanted, "utf-8")
    return interpreter


def _quietly(command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, check=False, cwd=tree.ROOT
    )
    if done.returncode:
        raise BenchError(f"{Path(command[2]).name} {command[3]} failed here")


def requirements(*extras: str) -> list[str]:
    """What pyproject.toml says an installation of this package needs."""
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    wanted: list[str] = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return wanted


def installed(folder: Path, notes: list[str]) -> Iterator[Measure]:
    """How much an installation brings: this package, with its extra, and the vendor's."""
    wanted = {
        figures.HTTPX: ("httpx", [HTTPX]),
        figures.OURS: ("ours", requirements()),
        figures.OURS_AIOHTTP: (FULL, requirements("aiohttp")),
        figures.SDK: ("sdk", [SDK]),
    }
    weights = {}
    for name, (place, needed) in wanted.items():
        try:
            python(folder / place, needed)
        except BenchError as error:
            notes.append(f"Not weighed: {name} ({error}).")
            continue
        with_package = name in (figures.OURS, figures.OURS_AIOHTTP)
        weights[name] = weigh(folder / place, with_package=with_package)
    yield Measure(
        "installed",
        "Installed, byte code included",
        "MB",
        {name: [weight.bytes / 1e6] for name, weight in weights.items()},
    )
    yield Measure(
        "distributions",
        "Installed distributions, the package itself included",
        "",
        {name: [float(weight.distributions)] for name, weight in weights.items()},
    )


def weigh(folder: Path, *, with_package: bool = True) -> Weight:
    """Weigh an environment, with this package in it as pip would install it."""
    (site,) = folder.glob("lib/python*/site-packages")
    ours = site / tree.PACKAGE.name
    shutil.rmtree(ours, ignore_errors=True)
    if with_package:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(tree.PACKAGE, ours, ignore=ignored)
        compileall.compile_dir(ours, quiet=2)
    weight = Weight(
        len(list(site.glob("*.dist-info"))) + with_package,
        sum(path.lstat().st_size for path in site.rglob("*") if path.is_file()),
    )
    shutil.rmtree(ours, ignore_errors=True)
    return weight


def plain_client(document: oas.Json, folder: Path) -> None:
    """Generate `plain_client` below a folder, as the generator's own command does without any option."""
    plain_document(document, folder)
    _quietly(plain_command(folder))


def plain_document(document: oas.Json, folder: Path) -> None:
    """Write the document, in the form that the generator understands, for `plain_command`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_with_siblings(document))
    (folder / "document.json").write_text(text, "utf-8")
    shutil.rmtree(folder / "plain_client", ignore_errors=True)


def _with_siblings(value: oas.Json) -> oas.Json:
    """The generator takes `allOf` of one reference for an alias and drops what stands beside it; a second, empty member keeps it."""
    if isinstance(value, list):
        return [_with_siblings(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _with_siblings(held) for key, held in value.items()}
    if "allOf" in kept and "properties" in kept:
        kept["allOf"] = [*kept["allOf"], {}]
    return kept


def plain_command(folder: Path) -> list[str]:
    """The generator's own command for the document in a folder."""
    return [
        *(sys.executable, "-m", "openapi_python_client", "generate"),
        *("--path", str(folder / "document.json"), "--meta", "none"),
        *("--output-path", str(folder / "plain_client"), "--overwrite"),
    ]


def exchange(document: oas.Json) -> tuple[Any, Any]:
    """The request and the answer that every contender sends and gets: the document's own examples.

    The vendor's example of an answer leaves out a field that the schema requires, without which the plain generated client raises; here
    it is there.
    """
    body = samples.named(document, "ModelRequestObject")
    data = json.loads(json.dumps(samples.named(document, "GetModelResponseObject")))
    data["model_config"]["model_provider"] = "together"
    return body, {"message": "Model details updated successfully", "data": data}


def certificates(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback, and a bundle to trust: every authority that httpx brings, and the one that signed it."""
    authority = trustme.CA()
    certificate = folder / "certificate.pem"
    issued = authority.issue_cert("127.0.0.1")
    parts = [issued.private_key_pem, *issued.cert_chain_pems]
    certificate.write_bytes(b"".join(part.bytes() for part in parts))
    bundle = folder / "bundle.pem"
    trusted = certifi.contents().encode()
    bundle.write_bytes(trusted + b"\n" + authority.cert_pem.bytes())
    return certificate, bundle
