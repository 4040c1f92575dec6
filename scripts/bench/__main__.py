"""Compare this client with other ways to make the same calls; writes BENCHMARKS.md and BENCHMARKS.svg.

    python -m scripts.bench

What is installed and generated on the way is kept in bench/, which git ignores.

Exit codes: 0 measured, whatever came out; 2 something does not run: what on stderr.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import resource
import ssl
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from statistics import median

import certifi
import trustme

from scripts import document as oas
from scripts import release, tree
from scripts.bench import documents, report
from scripts.bench.contenders import CONTENDERS
from scripts.bench.report import Measured
from scripts.errors import ReleaseError

HTTPX, PLAIN, OURS, AIOHTTP, SDK = CONTENDERS
SDK_VERSION = "enkryptai-sdk==1.0.47"
IMPORTS = {
    HTTPX: "import httpx",
    PLAIN: "import plain_client; from plain_client.api.endpoints import modify_model",
    OURS: "from enkrypt_api_client import EnkryptClient, models; models.ModelRequestObject",
    AIOHTTP: "import aiohttp",
    SDK: "from enkryptai_sdk import ModelClient",
}
TIMED = (
    "import time; t = time.process_time(); {}; print((time.process_time() - t) * 1e3)"
)
ROUNDS = 10
GROWTH = 1000  # schemas more
HOME = tree.ROOT / "bench"
BUNDLE, EXCHANGE, GROWN = HOME / "bundle.pem", HOME / "exchange.json", HOME / "growth"


def cpu(command: list[str | Path], folder: Path) -> float:
    """The number that a command prints, or else the CPU milliseconds of it and all that it starts. Raises ReleaseError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = release.run(
        *command,
        failure=" ".join(map(str, command)),
        cwd=tree.ROOT,
        PYTHONPATH=os.pathsep.join(map(str, (folder, HOME, tree.ROOT))),
        NO_PROXY="127.0.0.1",
        SSL_CERT_FILE=f"{BUNDLE}",
        REQUESTS_CA_BUNDLE=f"{BUNDLE}",
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        return float(output.partition("\n")[0])
    except ValueError:
        return (sum(after[:2]) - sum(before[:2])) * 1e3


Commands = dict[str, list[str | Path]]


def measured(
    title: str, unit: str, commands: Commands, rounds: int = ROUNDS, folder: Path = HOME
) -> Measured:
    """Medians of whole processes, which take turns, every other round in the opposite order, after a round to warm up."""
    print(f"bench: {title}", file=sys.stderr)
    found: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name in list(commands) if number % 2 else reversed(list(commands)):
            figure = cpu(commands[name], folder)
            if number:
                found[name].append(figure)
    return Measured(title, unit, {name: median(all_) for name, all_ in found.items()})


class Answer(BaseHTTPRequestHandler):
    """Answers every request with the same success."""

    protocol_version = "HTTP/1.1"
    whole = b""

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(self.whole)


def serve(answer: oas.Json, tls: ssl.SSLContext | None = None) -> str:
    """Give this answer on loopback for as long as this process lives; returns the base URL."""
    content = json.dumps(answer)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    Answer.whole = f"{head}Content-Length: {len(content)}\r\n\r\n{content}".encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.socket.listen(100)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"


def python(name: str) -> Path:
    """The interpreter of a contender."""
    return HOME / ("sdk" if name == SDK else "all") / "bin" / "python"


def install(name: str, *wanted: str) -> None:
    """Make its environment, with these requirements and no more: httpx imports `rich` where it finds it."""
    interpreter = python(name)
    release.environment(interpreter.parents[1], Path(sys.executable), "--clear")
    command = ("uv", "pip", "install", "--quiet", "--compile-bytecode")
    failure = f"{wanted[-1]} cannot be installed"
    release.tool(*command, f"--python={interpreter}", *wanted, failure=failure)


def prepare(document: oas.Json) -> tuple[str, str]:
    """Install, generate and serve what is measured; returns the base URLs, http and https."""
    generate = documents.plain_command(document, HOME)
    release.run(*generate, failure="the plain generator failed")
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
    install(OURS, *project["project"]["dependencies"], "aiohttp")
    install(SDK, SDK_VERSION)
    exchange = documents.exchange(document)
    EXCHANGE.write_text(json.dumps(exchange), "utf-8")
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    # As for a real service: the whole bundle of authorities is loaded first.
    BUNDLE.write_bytes(certifi.contents().encode() + authority.cert_pem.bytes())
    return serve(exchange[1]), serve(exchange[1], tls)


def calls(url: str, mode: str, *names: str) -> Commands:
    worker = Path(__file__).with_name("contenders.py")
    return {n: [python(n), "-P", worker, n, mode, url, EXCHANGE] for n in names}


def statements(by_name: dict[str, str]) -> Commands:
    return {n: [python(n), "-P", "-c", TIMED.format(s)] for n, s in by_name.items()}


def measure() -> Iterator[Measured]:
    """Every scenario."""
    document = oas.read(tree.ROOT / "openapi.yaml")
    http, https = prepare(document)
    yield measured("Import", "ms", statements(IMPORTS))
    cold = calls(https, "once", *CONTENDERS)
    yield measured("Start to first answer, https", "ms", cold)
    yield measured("Sync call", "µs", calls(http, "sync", HTTPX, PLAIN, OURS, SDK))
    for number in ("1", "50"):
        found = calls(http, number, HTTPX, PLAIN, OURS, AIOHTTP)
        yield measured(f"Async call, {number} in flight", "µs", found)
    for mode, title in (("decode", "Decode an answer"), ("encode", "Encode a request")):
        yield measured(title, "µs", calls(http, mode, HTTPX, PLAIN, OURS))
    plain = documents.plain_command(documents.grown(document, GROWTH), GROWN)
    package, title = tree.PACKAGE.name, f"{GROWTH} schemas more"
    ours: list[str | Path] = [sys.executable, "-m", "scripts.generate", "--document"]
    ours += [GROWN / "document.json", "--package", GROWN / package]
    yield measured(f"Regenerate, {title}", "ms", {PLAIN: [*plain], OURS: ours}, 2)
    one = "from {}.models import Synthetic0"
    models = {PLAIN: one.format("plain_client"), OURS: one.format(package)}
    title = f"Import of one model, {title}"
    yield measured(title, "ms", statements(models), ROUNDS // 2, GROWN)


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(
        prog="python -m scripts.bench", description=(__doc__ or "").partition("\n")[0]
    ).parse_args(arguments)
    try:
        rows = [*measure()]
    except ReleaseError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    today = datetime.datetime.now(datetime.UTC).date()
    versions = ", ".join(f"{n} {version(n)}" for n in ("httpx", "httpcore", "attrs"))
    text = (
        f"{report.table(rows)}\n\n{today}, CPython {platform.python_version()}, "
        f"{platform.system()}, {os.cpu_count()} cores; {versions}; {SDK_VERSION}.\n"
    )
    print(text)
    report.record(tree.ROOT / "BENCHMARKS.md", text)
    (tree.ROOT / "BENCHMARKS.svg").write_text(report.picture(rows), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
