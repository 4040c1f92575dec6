"""Compare this client with other ways to make the same calls.

    python -m scripts.bench                 everything; writes BENCHMARKS.md and BENCHMARKS.svg
    python -m scripts.bench --only sync     one part (repeat for several); prints its table and writes nothing
    python -m scripts.bench --rounds 2      fewer rounds

What is installed and generated on the way is kept in bench/, which git ignores.

Exit codes: 0 measured, whatever came out; 2 something does not run: what on stderr.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import certifi
import trustme

from scripts import document as oas
from scripts import release, tree
from scripts.bench import documents, report
from scripts.bench.report import OURS, Scenario
from scripts.errors import ReleaseError

HTTPX, PLAIN, AIOHTTP = "httpx by hand", "plain generated", "aiohttp by hand"
SDK, SDK_VERSION = "enkryptai-sdk", "enkryptai-sdk==1.0.47"
MODULES = {HTTPX: "httpx", PLAIN: "plain", OURS: "ours", AIOHTTP: "aiohttp", SDK: "sdk"}
IMPORTS = {
    HTTPX: "import httpx",
    PLAIN: "from plain_client import AuthenticatedClient; from plain_client.api.endpoints import modify_model",
    OURS: "from enkrypt_api_client import EnkryptClient, models; models.ModelRequestObject",
    AIOHTTP: "import aiohttp",
    SDK: "from enkryptai_sdk import ModelClient",
    "bare": "pass",
}
SYNC, ASYNC, WORK = (HTTPX, PLAIN, OURS, SDK), tuple(MODULES)[:4], (HTTPX, PLAIN, OURS)
SIZES = (30, 1000)
HOME = tree.ROOT / "bench"


class Run(NamedTuple):
    """A process to measure: by the number that it prints, or else by its own CPU milliseconds."""

    command: list[str]
    folder: Path = HOME
    printed: bool = False

    def measure(self) -> float:
        """Run it, and all that it starts. Raises ReleaseError unless it exits with 0."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        path = os.pathsep.join(map(str, (self.folder, HOME, tree.ROOT)))
        trusted = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), f"{_BUNDLE}")
        more = {"PYTHONPATH": path, "NO_PROXY": "127.0.0.1"}
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(  # noqa: S603
                self.command,
                env={**kept, **trusted, **more},
                cwd=tree.ROOT,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )
            with process.stdout as printed:  # type: ignore[union-attr]
                figure = printed.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            words = output.read().decode("utf-8", "replace").strip()
        if process.returncode:
            raise ReleaseError(f"{' '.join(self.command)}:\n{words[-2000:]}")
        return float(figure) if self.printed else sum(usage[:2]) * 1e3


_BUNDLE = HOME / "bundle.pem"


def turns(runs: Mapping[str, Run], rounds: float) -> dict[str, list[float]]:
    """Figures of all runs, which take turns, every other round in the opposite order, after one to warm up."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(max(2, round(rounds)) + 1):
        for name in list(runs) if number % 2 else reversed(list(runs)):
            figure = runs[name].measure()
            if number:
                found[name].append(figure)
    return found


class Bench(NamedTuple):
    """Where the measuring happens: interpreters, addresses, and how many rounds."""

    python: Path
    sdk: Path
    http: str
    https: str
    rounds: float

    def statement(self, name: str, statement: str, folder: Path = HOME) -> Run:
        python = self.sdk if name == SDK else self.python
        return Run([f"{python}", "-P", "-c", statement], folder)

    def contender(self, name: str, mode: str, url: str) -> list[str]:
        python = self.sdk if name == SDK else self.python
        worker = Path(__file__).with_name("contenders.py")
        parts = (python, "-P", worker, MODULES[name], mode, url, HOME / "exchange")
        return [*map(str, parts)]

    def calls(self, names: tuple[str, ...], mode: str) -> dict[str, list[float]]:
        runs = {
            name: Run(self.contender(name, mode, self.http), printed=True)
            for name in names
        }
        return turns(runs, self.rounds)

    def imports(self) -> Iterator[Scenario]:
        runs = {name: self.statement(name, IMPORTS[name]) for name in IMPORTS}
        found = turns(runs, self.rounds)
        bare = median(found.pop("bare"))
        net = {name: [ms - bare for ms in all_] for name, all_ in found.items()}
        yield Scenario("Import", "ms", net)

    def cold(self) -> Iterator[Scenario]:
        modes = {name: "async-0" if name == AIOHTTP else "once" for name in MODULES}
        runs = {
            n: Run(self.contender(n, mode, self.https)) for n, mode in modes.items()
        }
        found = turns(runs, self.rounds)
        yield Scenario("Start to first answer, https", "ms", found)

    def sync(self) -> Iterator[Scenario]:
        yield Scenario("Sync call", "µs", self.calls(SYNC, "sync"))

    def concurrent(self) -> Iterator[Scenario]:
        for number in (1, 50):
            found = self.calls(ASYNC, f"async-{number}")
            yield Scenario(f"Async call, {number} in flight", "µs", found)

    def work(self) -> Iterator[Scenario]:
        yield Scenario("Decode an answer", "µs", self.calls(WORK, "decode"))
        yield Scenario("Encode a request", "µs", self.calls(WORK, "encode"), False)

    def growth(self) -> Iterator[Scenario]:
        """Regenerating, and importing one model, of documents with more schemas."""
        document = oas.read(tree.ROOT / "openapi.yaml")
        for size in SIZES:
            folder, title = HOME / f"growth-{size}", f"{size} schemas more"
            package = folder / tree.PACKAGE.name
            package.mkdir(parents=True, exist_ok=True)
            for name in tree.HAND_WRITTEN:
                shutil.copy2(tree.PACKAGE / name, package)
            documents.plain_client(documents.grown(document, size), folder)
            generate = (
                "-m",
                "scripts.generate",
                "--document",
                folder / "document.json",
            )
            ours = (sys.executable, *generate, "--package", package)
            commands = {PLAIN: documents.plain_command(folder), OURS: map(str, ours)}
            found = turns({n: Run([*c]) for n, c in commands.items()}, 2)
            seconds = {n: [ms / 1e3 for ms in all_] for n, all_ in found.items()}
            drawn = size == SIZES[-1]
            yield Scenario(f"Regenerate, {title}", "s", seconds, drawn)
            one = "from {}.models import Synthetic0"
            packages = {PLAIN: "plain_client", OURS: tree.PACKAGE.name}
            runs = {
                name: self.statement(name, one.format(module), folder)
                for name, module in packages.items()
            }
            found = turns(runs, self.rounds / 2)
            yield Scenario(f"Import of one model, {title}", "ms", found, drawn)


PARTS = {
    "import": Bench.imports,
    "cold": Bench.cold,
    "sync": Bench.sync,
    "async": Bench.concurrent,
    "work": Bench.work,
    "growth": Bench.growth,
}


def installed(name: str, wanted: list[str]) -> Path:
    """The interpreter of an environment that holds these requirements and no more: httpx imports `rich` where it finds it."""
    folder = HOME / name
    python, noted = folder / "bin" / "python", folder / "requirements.json"
    text = json.dumps([sys.version, *wanted])
    if not noted.is_file() or noted.read_text("utf-8") != text:
        release.environment(folder, Path(sys.executable), "--clear")
        release.tool(
            *("uv", "pip", "install", "--quiet", "--compile-bytecode"),
            *(f"--python={python}", *wanted),
            failure=f"{wanted[-1]} cannot be installed",
        )
        noted.write_text(text, "utf-8")
    return python


@contextlib.contextmanager
def prepared(rounds: float) -> Iterator[Bench]:
    """The service running, the contenders there."""
    HOME.mkdir(exist_ok=True)
    document = oas.read(tree.ROOT / "openapi.yaml")
    documents.plain_client(document, HOME)
    body, answer = documents.exchange(document)
    (HOME / "exchange").write_text(json.dumps([body, answer]), "utf-8")
    (HOME / "answer").write_text(json.dumps(answer), "utf-8")
    authority, certificate = trustme.CA(), HOME / "certificate.pem"
    issued = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    issued.write_to_path(f"{certificate}")
    # As for a real service: the whole bundle of authorities is loaded first.
    _BUNDLE.write_bytes(certifi.contents().encode() + authority.cert_pem.bytes())
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
    python = installed("all", [*project["project"]["dependencies"], "aiohttp"])
    sdk = installed("sdk", [SDK_VERSION])
    server = ("-m", "scripts.bench.server", HOME / "answer", certificate)
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *map(str, server)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tree.ROOT,
    ) as process:
        assert process.stdout is not None
        http, https = (process.stdout.readline().strip() for _scheme in range(2))
        yield Bench(python, sdk, http, https, rounds)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART")
    parser.add_argument("--rounds", type=float, default=10, metavar="N")
    options = parser.parse_args(arguments)
    scenarios: list[Scenario] = []
    try:
        with prepared(options.rounds) as bench:
            for part in options.only or PARTS:
                print(f"bench: {part}", file=sys.stderr)
                scenarios += PARTS[part](bench)
    except ReleaseError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    today = datetime.datetime.now(datetime.UTC).date()
    versions = ", ".join(f"{n} {version(n)}" for n in ("httpx", "httpcore", "attrs"))
    measured = (
        f"{report.table(scenarios)}\n\n{today}, CPython {platform.python_version()}, "
        f"{platform.system()}, {os.cpu_count()} cores; {versions}; {SDK_VERSION}.\n"
    )
    print(measured)
    if not options.only:
        report.record(tree.ROOT / "BENCHMARKS.md", measured)
        picture = report.picture(scenarios)
        (tree.ROOT / "BENCHMARKS.svg").write_text(picture, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
