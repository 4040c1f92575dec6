"""Compare this client with other ways to make the same calls; writes BENCHMARKS.md and BENCHMARKS.svg.

    python -m scripts.bench

What is installed and generated on the way is kept in bench/, which git ignores.

Exit codes: 0 measured, whatever came out; 2 something does not run: what on stderr.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import resource
import ssl
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median

import certifi
import trustme

from scripts.bench import contenders, inputs, report
from scripts.bench.contenders import AIOHTTP, HTTPX, OURS, PLAIN, SDK
from scripts.bench.report import Measured
from scripts.common import project
from scripts.common.command import parser_of
from scripts.common.errors import ReleaseError
from scripts.intake import document as oas
from scripts.publishing import tools

Commands = dict[str, list[str | Path]]
SDK_VERSION = "enkryptai-sdk==1.0.47"
IMPORTS = {
    HTTPX: "import httpx",
    PLAIN: "import plain_client; from plain_client.api.endpoints import modify_model",
    OURS: "from enkrypt_api_client import EnkryptClient, models; models.ModelRequestObject",
    AIOHTTP: "import aiohttp",
    SDK: "from enkryptai_sdk import ModelClient",
}
IMPORTS_OF_ONE = {
    n: f"from {m} import Synthetic0" for n, m in contenders.MODELS.items()
}
TIMED = (
    "import time; t = time.process_time(); {}; print((time.process_time() - t) * 1e3)"
)
# Title, unit, mode and names of contenders.
CALLS = (
    ("Start to first answer, https", "ms", "once", (*contenders.ASYNC, SDK)),
    ("Sync call", "µs", "sync", contenders.SYNC),
    ("Async call, 1 in flight", "µs", "1", contenders.ASYNC),
    ("Async call, 50 in flight", "µs", "50", contenders.ASYNC),
    ("Decode an answer", "µs", "decode", (HTTPX, PLAIN, OURS)),
    ("Encode a request", "µs", "encode", (HTTPX, PLAIN, OURS)),
)
ROUNDS = 10
GROWTH = 1000  # schemas more
HOME = project.ROOT / "bench"
BUNDLE = HOME / "bundle.pem"
EXCHANGE = HOME / "exchange.json"
GROWN = HOME / "growth"


def cpu(command: list[str | Path], folder: Path) -> float:
    """The number that a command prints, or else the CPU milliseconds of it and all that it starts. Raises ReleaseError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = tools.run(
        *command,
        failure=" ".join(map(str, command)),
        cwd=project.ROOT,
        variables={
            **inputs.WITH_RUFF,
            "PYTHONPATH": os.pathsep.join(map(str, (folder, HOME, project.ROOT))),
            "NO_PROXY": "127.0.0.1",
            "SSL_CERT_FILE": f"{BUNDLE}",
            "REQUESTS_CA_BUNDLE": f"{BUNDLE}",
        },
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        return float(output.partition("\n")[0])
    except ValueError:
        user = after.ru_utime - before.ru_utime
        system = after.ru_stime - before.ru_stime
        return (user + system) * 1e3


def measured(
    title: str, unit: str, commands: Commands, rounds: int = ROUNDS, folder: Path = HOME
) -> Measured:
    """Medians of whole processes, which take turns, every other round in the opposite order, after a round to warm up."""
    print(f"bench: {title}", file=sys.stderr)
    figures: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        names = list(commands)
        if number % 2 == 0:
            names.reverse()
        for name in names:
            figure = cpu(commands[name], folder)
            if number:
                figures[name].append(figure)
    medians = {name: median(values) for name, values in figures.items()}
    return Measured(title, unit, medians)


def interpreters() -> dict[str, Path]:
    """Each contender's, with what it needs and no more: httpx imports `rich` where it finds it."""
    pyproject = tomllib.loads((project.ROOT / "pyproject.toml").read_text("utf-8"))
    needed = (*pyproject["project"]["dependencies"], "aiohttp")
    common = tools.make_environment(HOME / "all", requirements=needed)
    sdk = tools.make_environment(HOME / "sdk", requirements=[SDK_VERSION])
    return {**dict.fromkeys(contenders.ASYNC, common), SDK: sdk}


def serve_both(answer: oas.Json) -> tuple[str, str]:
    """Serve with http and with https; returns the base URLs."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    # As for a real service: the whole bundle of authorities is loaded first.
    BUNDLE.write_bytes(certifi.contents().encode() + authority.cert_pem.bytes())
    return inputs.serve(answer), inputs.serve(answer, tls)


def measure() -> Iterator[Measured]:
    """Every scenario."""
    document = oas.read(project.ROOT / "openapi.yaml")
    tools.run_module(*inputs.plain_command(document, HOME), variables=inputs.WITH_RUFF)
    pythons = interpreters()
    exchange = inputs.exchange(document)
    EXCHANGE.write_text(json.dumps(exchange), "utf-8")
    http, https = serve_both(exchange[1])

    def timed(statements: dict[str, str]) -> Commands:
        return {
            n: [pythons[n], "-P", "-c", TIMED.format(s)] for n, s in statements.items()
        }

    yield measured("Import", "ms", timed(IMPORTS))
    for title, unit, mode, names in CALLS:
        rest = (mode, https if mode == "once" else http, EXCHANGE)
        worker = contenders.__file__
        calls: Commands = {n: [pythons[n], "-P", worker, n, *rest] for n in names}
        yield measured(title, unit, calls)
    title = f"{GROWTH} schemas more"
    plain = inputs.plain_command(inputs.grown(document, GROWTH), GROWN)
    ours = ("scripts.generate", "--document", GROWN / "document.json")
    target = ("--package", GROWN / project.PACKAGE.name)
    regenerate: Commands = {
        PLAIN: [sys.executable, "-m", *plain],
        OURS: [sys.executable, "-m", *ours, *target],
    }
    yield measured(f"Regenerate, {title}", "ms", regenerate, 2)
    one = timed(IMPORTS_OF_ONE)
    yield measured(f"Import of one model, {title}", "ms", one, ROUNDS // 2, GROWN)


def main(arguments: list[str] | None = None) -> int:
    parser_of("bench", __doc__).parse_args(arguments)
    try:
        rows = [*measure()]
    except ReleaseError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    today = datetime.datetime.now(datetime.UTC).date()
    versions = ", ".join(f"{n} {version(n)}" for n in ("httpx", "h11", "attrs"))
    text = (
        f"{report.table(rows)}\n\n{today}, CPython {platform.python_version()}, "
        f"{platform.system()}, {os.cpu_count()} cores; {versions}; {SDK_VERSION}.\n"
    )
    print(text)
    report.record(project.ROOT / "BENCHMARKS.md", text)
    (project.ROOT / "BENCHMARKS.svg").write_text(report.picture(rows), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
