"""What is measured: each function makes measures of one kind, all contenders taking turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

from scripts.bench import figures, processes
from scripts.bench.figures import Measure
from scripts.bench.processes import Cost

# Module of `contenders`: who is behind it.
MODULES = {
    figures.HTTPX: "raw_httpx",
    figures.PLAIN: "plain_generated",
    figures.OURS: "ours",
    figures.AIOHTTP: "raw_aiohttp",
    figures.OURS_AIOHTTP: "ours_aiohttp",
    figures.SDK: "vendor_sdk",
}


class Setting(NamedTuple):
    """Where the measuring happens."""

    exchange: Path  # request and answer
    http: str
    https: str
    bundle: Path  # authorities to trust on https
    variables: dict[str, str]
    python: Path  # interpreter of the environment that holds what this package needs, and no more
    sdk: Path | None  # interpreters of their own environments
    httpx_alone: Path | None
    scale: float  # of the number of rounds: 1 for figures to keep

    def rounds(self, full: int) -> int:
        return max(2, round(full * self.scale))

    def interpreter(self, contender: str) -> Path:
        if contender == figures.SDK:
            assert self.sdk is not None
            return self.sdk
        if contender == figures.HTTPX_ALONE:
            assert self.httpx_alone is not None
            return self.httpx_alone
        return self.python

    def command(self, contender: str, mode: str, url: str) -> list[str | Path]:
        """A worker (see `worker.py`) for a contender."""
        module = MODULES[
            figures.HTTPX if contender == figures.HTTPX_ALONE else contender
        ]
        worker: list[str | Path] = [self.interpreter(contender), "-m"]
        worker += ["scripts.bench.worker", module, mode, url, self.exchange]
        return worker


def imports(setting: Setting) -> Iterator[Measure]:
    """CPU of importing, over that of the bare interpreter."""
    statements = {
        "interpreter": "pass",
        figures.HTTPX: "import httpx",
        figures.AIOHTTP: "import aiohttp",
        figures.PLAIN: "from plain_client import AuthenticatedClient; from plain_client.api.endpoints import modify_model",
        figures.IMPORT_PACKAGE: "import enkrypt_api_client",
        figures.IMPORT_CLIENT: "from enkrypt_api_client import EnkryptClient",
        "ours, with the request's models": "from enkrypt_api_client import EnkryptClient, models; models.ModelRequestObject",
    }
    if setting.sdk:
        statements[figures.SDK] = "from enkryptai_sdk import ModelClient"
    costs = costs_of(
        {
            name: [setting.interpreter(name), "-P", "-c", statement]
            for name, statement in statements.items()
        },
        setting.variables,
        setting.rounds(16),
    )
    bare = median(cost.cpu for cost in costs.pop("interpreter"))
    net = {
        name: [(cost.cpu - bare) * 1e3 for cost in all_] for name, all_ in costs.items()
    }
    yield Measure("import", "Import, CPU over the bare interpreter", "ms", net)


def cold_starts(setting: Setting) -> Iterator[Measure]:
    """CPU of a process from its start to the first answered call, on http and on https with every usual authority loaded."""
    contenders = [figures.HTTPX, figures.PLAIN, figures.OURS, figures.AIOHTTP]
    if setting.sdk:
        contenders.append(figures.SDK)
    trusting = {**setting.variables, "SSL_CERT_FILE": str(setting.bundle)}
    for scheme, url, variables in (
        ("http", setting.http, setting.variables),
        ("https", setting.https, trusting),
    ):
        commands = {name: setting.command(name, "once", url) for name in contenders}
        costs = costs_of(commands, variables, setting.rounds(14))
        yield Measure(
            f"cold-{scheme}",
            f"Cold start to the first answered call, {scheme}, CPU with the interpreter",
            "ms",
            _cpu(costs, 1e3),
        )


def costs_of(
    commands: Mapping[str, list[str | Path]], variables: dict[str, str], rounds: int
) -> dict[str, list[Cost]]:
    """What whole processes cost, after a first one each that writes byte code and warms the file cache."""

    def starting(command: list[str | Path]) -> Callable[[], Cost]:
        return lambda: processes.run(command, variables)

    runs = {name: starting(command) for name, command in commands.items()}
    processes.interleaved(runs, 1)
    return processes.interleaved(runs, rounds, seldom=figures.SDK)


def _cpu(costs: Mapping[str, list[Cost]], unit: float) -> dict[str, list[float]]:
    return {name: [cost.cpu * unit for cost in all_] for name, all_ in costs.items()}


def memory(setting: Setting) -> Iterator[Measure]:
    """The most memory that a process has held after its first call."""
    contenders = [figures.HTTPX, figures.PLAIN, figures.OURS, figures.AIOHTTP]
    if setting.sdk:
        contenders.append(figures.SDK)
    found: dict[str, list[float]] = {}
    for name in contenders:
        for _ in range(setting.rounds(3)):
            worker = processes.Worker(
                setting.command(name, "memory", setting.http), setting.variables
            )
            try:
                found.setdefault(name, []).append(float(worker.line()))
            finally:
                worker.close()
    yield Measure("memory", "Memory after the first call, the most held", "MB", found)


def sync_calls(setting: Setting) -> Iterator[Measure]:
    """CPU and wall of one call on a warm connection."""
    contenders = [figures.HTTPX, figures.PLAIN, figures.OURS]
    if setting.sdk:
        contenders.append(figures.SDK)
    yield from _calls(setting, "sync", "Sync call", contenders, 200, 24)


def async_calls(setting: Setting) -> Iterator[Measure]:
    """The same with one call in flight and with fifty."""
    contenders = [
        *(figures.HTTPX, figures.PLAIN, figures.OURS),
        *(figures.AIOHTTP, figures.OURS_AIOHTTP),
    ]
    yield from _calls(
        setting, "async-1", "Async call, one in flight", contenders, 150, 14
    )
    if setting.httpx_alone:
        contenders.append(figures.HTTPX_ALONE)
    yield from _calls(
        setting, "async-50", "Async call, 50 in flight", contenders, 300, 8
    )


def _calls(
    setting: Setting,
    mode: str,
    title: str,
    contenders: list[str],
    batch: int,
    rounds: int,
) -> Iterator[Measure]:
    commands = {name: setting.command(name, mode, setting.http) for name in contenders}
    with processes.workers(commands, setting.variables) as started:

        def one(worker: processes.Worker) -> Callable[[], dict[str, float]]:
            return lambda: worker.batch(batch)

        runs = {name: one(worker) for name, worker in started.items()}
        processes.interleaved(runs, 1)
        results = processes.interleaved(runs, setting.rounds(rounds))
    for kind in ("cpu", "wall"):
        samples = {
            name: [result[kind] * 1e6 for result in all_]
            for name, all_ in results.items()
        }
        told = "CPU" if kind == "cpu" else "wall time"
        yield Measure(f"{mode}-{kind}", f"{title}, {told}", "µs", samples)


def work(setting: Setting) -> Iterator[Measure]:
    """CPU of the parts of a call that need no network."""
    commands = {
        name: setting.command(name, "work", setting.http)
        for name in (figures.HTTPX, figures.PLAIN, figures.OURS)
    }
    with processes.workers(commands, setting.variables) as started:
        runs: dict[str, Callable[[], dict[str, float]]] = {
            name: (lambda worker=worker: worker.batch(1500))  # type: ignore[misc]
            for name, worker in started.items()
        }
        results = processes.interleaved(runs, setting.rounds(24))
    for part, title in (
        ("build", "Building the request, CPU"),
        ("encode", "Encoding the request to JSON, CPU"),
        ("decode", "Decoding the answer from JSON, CPU"),
    ):
        yield Measure(
            part,
            title,
            "µs",
            {
                figures.LOADS if name == figures.HTTPX else name: [
                    result[part] * 1e6 for result in all_
                ]
                for name, all_ in results.items()
                if part in all_[0]
            },
        )
