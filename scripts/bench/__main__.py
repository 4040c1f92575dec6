"""Compare this client with what else could make the same calls: CPU, time, memory, weight, and growth with the document.

    python -m scripts.bench               everything; also puts the tables into BENCHMARKS.md
    python -m scripts.bench --quick       few rounds, small documents; nothing but the output folder is written
    python -m scripts.bench --only sync   one part (repeat for several)

Writes results.json, table.md and plot.svg below the output folder, which also keeps what was installed and generated for the next run.

Exit codes: 0 measured, whatever came out; 2 something does not run: what on stderr.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from scripts import document as oas
from scripts import tree
from scripts.bench import environments, growth, measures, plot, processes, report
from scripts.bench.figures import Measure
from scripts.bench.measures import Setting
from scripts.bench.processes import BenchError

PARTS = (
    "import",
    "cold",
    "memory",
    "sync",
    "async",
    "work",
    "installed",
    "generation",
    "growth",
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART")
    parser.add_argument("--output", type=Path, default=tree.ROOT / "bench")
    options = parser.parse_args(arguments)
    output: Path = options.output.resolve()
    started = time.monotonic()
    found: dict[str, Measure] = {}
    notes: list[str] = []
    try:
        with prepared(output, 0.2 if options.quick else 1.0, notes) as setting:
            for part in options.only or PARTS:
                print(f"bench: {part}", file=sys.stderr)
                for measure in measured(part, setting, output, notes):
                    found[measure.key] = measure
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    write(output, found, notes, time.monotonic() - started)
    if not (options.quick or options.only):
        measured_text = (output / "table.md").read_text("utf-8")
        report.record(tree.ROOT / "BENCHMARKS.md", measured_text)
    return 0


def write(
    output: Path, found: dict[str, Measure], notes: list[str], seconds: float
) -> None:
    """Results for machines, tables and a picture for people."""
    text = report.text(found, notes, seconds)
    (output / "table.md").write_text(text, "utf-8")
    raw = {key: measure._asdict() for key, measure in found.items()}
    (output / "results.json").write_text(json.dumps(raw, indent=1), "utf-8")
    (output / "plot.svg").write_text(plot.svg(found), "utf-8")
    print(text)


def measured(
    part: str, setting: Setting, output: Path, notes: list[str]
) -> Iterator[Measure]:
    """The measures of one part."""
    simple: dict[str, Callable[[Setting], Iterator[Measure]]] = {
        "import": measures.imports,
        "cold": measures.cold_starts,
        "memory": measures.memory,
        "sync": measures.sync_calls,
        "async": measures.async_calls,
        "work": measures.work,
    }
    if part in simple:
        yield from simple[part](setting)
    elif part == "installed":
        yield from environments.installed(output / "environments", notes)
    elif part == "generation":
        yield from growth.generation(setting, output)
    else:
        document = oas.read(tree.ROOT / "openapi.yaml")
        yield from growth.growth(setting, document, output)


@contextlib.contextmanager
def prepared(output: Path, scale: float, notes: list[str]) -> Iterator[Setting]:
    """The service running, the contenders there as far as they can be."""
    output.mkdir(parents=True, exist_ok=True)
    document = oas.read(tree.ROOT / "openapi.yaml")
    environments.plain_client(document, output)
    body, answer = environments.exchange(document)
    exchange, answered = output / "exchange.json", output / "answer.json"
    exchange.write_text(json.dumps([body, answer]), "utf-8")
    answered.write_text(json.dumps(answer), "utf-8")
    certificate, bundle = environments.certificates(output)
    server = processes.Worker(
        [sys.executable, "-m", "scripts.bench.server", answered, certificate],
        processes.environment(),
    )
    try:
        http, https = server.line().split()
        wanted = environments.requirements("aiohttp")
        own = _own(output, environments.FULL, wanted, notes)
        yield Setting(
            exchange,
            http,
            https,
            bundle,
            processes.environment(tree.ROOT, output),
            own or Path(sys.executable),
            _own(output, "sdk", [environments.SDK], notes),
            _own(output, "httpx", [environments.HTTPX], notes),
            scale,
        )
    finally:
        server.close()


def _own(output: Path, name: str, wanted: list[str], notes: list[str]) -> Path | None:
    try:
        return environments.python(output / "environments" / name, wanted)
    except BenchError as error:
        notes.append(f"No environment of its own for {wanted[0]}: {error}.")
        return None


if __name__ == "__main__":
    sys.exit(main())
