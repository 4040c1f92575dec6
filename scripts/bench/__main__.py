"""Compare this client with other ways to make the same calls; writes BENCHMARKS.md and BENCHMARKS.svg.

    python -m scripts.bench [--before COMMIT]

--before measures this client as it was at that commit, too, in turns with the others.

What is installed and generated on the way is kept in bench/, which git ignores.

Exit codes: 0 measured, whatever came out; 2 something does not run: what on stderr.
"""

from __future__ import annotations

import compileall
import datetime
import json
import os
import platform
import resource
import shutil
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
from scripts.bench.contenders import (
    AIOHTTP,
    BEFORE,
    HTTPX,
    HTTPX2,
    OURS,
    PLAIN,
    SDK,
)
from scripts.bench.report import Measured
from scripts.common import project
from scripts.common.command import parser_of
from scripts.common.errors import ReleaseError
from scripts.common.printer import show, show_error
from scripts.intake import document as oas
from scripts.publishing import tools

Commands = dict[str, list[str | Path]]
SDK_VERSION = "enkryptai-sdk==1.0.47"
IMPORTS = {
    HTTPX: "import httpx",
    PLAIN: "import plain_client; from plain_client.api.endpoints import modify_model",
    OURS: "from enkrypt_api_client import EnkryptClient, models; models.ModelRequestObject",
    BEFORE: "from enkrypt_api_client import EnkryptClient, models; models.ModelRequestObject",
    HTTPX2: "import httpx2",
    AIOHTTP: "import aiohttp",
    SDK: "from enkryptai_sdk import ModelClient",
}
IMPORTS_OF_ONE_MODEL = {
    name: f"from {module} import Synthetic0"
    for name, module in contenders.MODELS.items()
}
TIMED = (
    "import time; t = time.process_time(); {}; print((time.process_time() - t) * 1e3)"
)
MAKE_CLIENT = "from enkrypt_api_client import EnkryptClient; EnkryptClient('key')"
CLIENTS_MADE = {
    HTTPX: "import httpx; httpx.Client()",
    HTTPX2: "import httpx2; httpx2.Client()",
    OURS: MAKE_CLIENT,
    BEFORE: MAKE_CLIENT,
}
LIBRARIES_AND_OURS = (HTTPX, HTTPX2, OURS, BEFORE)
# Title, unit, scheme, mode and names of contenders.
CALLS = (
    ("Start to first answer, https", "ms", "https", "once", (*contenders.ASYNC, SDK)),
    ("Sync call", "µs", "http", "sync", contenders.SYNC),
    ("Sync call, https", "µs", "https", "sync", LIBRARIES_AND_OURS),
    ("Async call, 1 in flight", "µs", "http", "1", contenders.ASYNC),
    ("Async call, 1 in flight, https", "µs", "https", "1", LIBRARIES_AND_OURS),
    ("Async call, 50 in flight", "µs", "http", "50", contenders.ASYNC),
    ("Async call, 400 in flight", "µs", "http", "400", contenders.ASYNC),
    ("Decode an answer", "µs", "http", "decode", (HTTPX, PLAIN, OURS)),
    ("Encode a request", "µs", "http", "encode", (HTTPX, PLAIN, OURS)),
)
ROUNDS = 10
GROWTH = 1000  # additional schemas
HOME = project.ROOT / "bench"
BUNDLE = HOME / "bundle.pem"
EXCHANGE = HOME / "exchange.json"
GROWN = HOME / "growth"
EARLIER = HOME / "before"  # a clone of this project at an earlier commit


def cpu(command: list[str | Path], folder: Path) -> float:
    """Return the number that a command prints; if it prints none, the CPU milliseconds of it and its children. Raises ReleaseError."""
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
    """Return the median of each contender's command over the rounds, after one to warm up.

    The commands take turns, in the opposite order every other round, so that a machine that slows down is unfair to none.
    """
    show_error(f"bench: {title}")
    figures: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        names = list(commands)
        if number % 2 == 0:
            names.reverse()
        for name in names:
            figure = cpu(commands[name], EARLIER if name == BEFORE else folder)
            if number:
                figures[name].append(figure)
    medians = {name: median(values) for name, values in figures.items()}
    return Measured(title, unit, medians)


def interpreters(has_before: bool) -> dict[str, Path]:
    """Return the interpreter of each contender, in an environment with what it needs and no more.

    No more, because httpx imports `rich` where it is installed. sniffio, because httpx looks for it at every lock and is slower without.
    """
    pyproject = tomllib.loads((project.ROOT / "pyproject.toml").read_text("utf-8"))
    dependencies = pyproject["project"]["dependencies"]
    needed = (*dependencies, "aiohttp", "httpx2", "httpcore", "sniffio")
    common = tools.make_environment(HOME / "all", requirements=needed)
    sdk = tools.make_environment(HOME / "sdk", requirements=[SDK_VERSION])
    names = [*contenders.SYNC, *contenders.ASYNC]
    pythons = {**dict.fromkeys(names, common), SDK: sdk}
    if not has_before:
        del pythons[BEFORE]
    return pythons


def clone_earlier(commit: str) -> None:
    """Clone this project as it was at a commit. Raises ReleaseError."""
    shutil.rmtree(EARLIER, ignore_errors=True)
    tools.git(project.ROOT, "clone", "--quiet", "--no-checkout", ".", f"{EARLIER}")
    tools.git(EARLIER, "checkout", "--quiet", "--detach", commit)
    compileall.compile_dir(EARLIER / project.PACKAGE.name, quiet=1)


def serve_both(answer: oas.Json) -> tuple[str, str]:
    """Serve the answer with http and with https, and return the two base URLs."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    # As for a real service: the whole bundle of authorities is loaded first.
    BUNDLE.write_bytes(certifi.contents().encode() + authority.cert_pem.bytes())
    return inputs.serve(answer), inputs.serve(answer, tls)


def measure(before: str) -> Iterator[Measured]:
    """Measure every scenario. Unless `before` is empty, this client as it was at that commit is one of the contenders."""
    if before:
        clone_earlier(before)
    compileall.compile_dir(project.PACKAGE, quiet=1)
    document = oas.read(project.ROOT / "openapi.yaml")
    tools.run_module(*inputs.plain_command(document, HOME), variables=inputs.WITH_RUFF)
    pythons = interpreters(bool(before))
    exchange = inputs.exchange(document)
    EXCHANGE.write_text(json.dumps(exchange), "utf-8")
    http, https = serve_both(exchange[1])

    def timed(statements: dict[str, str]) -> Commands:
        commands: Commands = {}
        for name, statement in statements.items():
            if name in pythons:
                code = TIMED.format(statement)
                commands[name] = [pythons[name], "-P", "-c", code]
        return commands

    yield measured("Import", "ms", timed(IMPORTS))
    yield measured("Import, and make a client", "ms", timed(CLIENTS_MADE))
    for title, unit, scheme, mode, names in CALLS:
        url = https if scheme == "https" else http
        calls: Commands = {}
        for name in names:
            if name in pythons:
                worker = (pythons[name], "-P", contenders.__file__)
                calls[name] = [*worker, name, mode, url, EXCHANGE]
        yield measured(title, unit, calls)
    title = f"{GROWTH} schemas more"
    plain_command = inputs.plain_command(inputs.grown(document, GROWTH), GROWN)
    source = ("--document", GROWN / "document.json")
    target = ("--package", GROWN / project.PACKAGE.name)
    regenerate: Commands = {
        PLAIN: [sys.executable, "-m", *plain_command],
        OURS: [sys.executable, "-m", "scripts.generate", *source, *target],
    }
    yield measured(f"Regenerate, {title}", "ms", regenerate, 2)
    imports = timed(IMPORTS_OF_ONE_MODEL)
    yield measured(f"Import of one model, {title}", "ms", imports, ROUNDS // 2, GROWN)


def main(arguments: list[str] | None = None) -> int:
    parser = parser_of("bench", __doc__)
    parser.add_argument("--before", metavar="COMMIT", default="")
    options = parser.parse_args(arguments)
    try:
        rows = [*measure(options.before)]
    except ReleaseError as error:
        show_error(f"bench: {error}")
        return 2
    today = datetime.datetime.now(datetime.UTC).date()
    versions = ", ".join(f"{n} {version(n)}" for n in ("httpx", "httpx2", "h11"))
    text = (
        f"{report.table(rows)}\n\n{today}, CPython {platform.python_version()}, "
        f"{platform.system()}, {os.cpu_count()} cores; {versions}; {SDK_VERSION}.\n"
    )
    show(text)
    report.record(project.ROOT / "BENCHMARKS.md", text)
    (project.ROOT / "BENCHMARKS.svg").write_text(report.picture(rows), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
