"""Tables for people, from what was measured."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
from pathlib import Path

from scripts.bench.figures import TARGETS, Measure

BEGIN = "<!-- measured by `make bench`: begin -->"
END = "<!-- measured by `make bench`: end -->"
_LIBRARIES = (
    *("httpx", "httpcore", "aiohttp", "httpx-aiohttp", "attrs", "jsonschema-rs"),
    *("sniffio", "openapi-python-client", "ruff"),
)


def text(measures: dict[str, Measure], notes: list[str], seconds: float) -> str:
    """Everything as Markdown: setting, targets, all figures."""
    parts = [setting(seconds), targets(measures)]
    parts += tables(measures)
    parts += [f"* {note}" for note in notes]
    return "\n\n".join(parts) + "\n"


def setting(seconds: float) -> str:
    """When and with what."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES
    )
    return (
        f"{datetime.date.today().isoformat()}, {platform.python_implementation()} {platform.python_version()}, "  # noqa: DTZ011  # the reader's own day
        f"{platform.system()}, {os.cpu_count()} cores, {seconds:.0f} s in all; {versions}; enkryptai-sdk 1.0.47."
    )


def targets(measures: dict[str, Measure]) -> str:
    """What was aimed at and what was reached."""
    lines = ["| target | at most | reached | |", "| --- | ---: | ---: | --- |"]
    for target in TARGETS:
        reached = target.reached(measures)
        if reached is None:
            continue
        measure = measures[target.measure]
        who = f"{measure.title}: {target.contender}"
        if target.to:
            most = f"{target.limit:g} x {target.to}"
            found = f"{reached:.2f}"
        else:
            most = f"{target.limit:g} {measure.unit}"
            found = f"{reached:.3g} {measure.unit}"
        verdict = "met" if reached <= target.limit else "**missed**"
        lines.append(f"| {who} | {most} | {found} | {verdict} |")
    return "\n".join(lines)


def tables(measures: dict[str, Measure]) -> list[str]:
    """Measures with the same contender to compare with stand in one table, the import of each way in its own."""
    groups: dict[str, list[Measure]] = {}
    for measure in measures.values():
        first = next(iter(measure.samples))
        groups.setdefault("" if measure.key == "import" else first, []).append(measure)
    return [_upright(m) for m in groups.pop("", [])] + [
        _table(base, group) for base, group in groups.items()
    ]


def _table(base: str, group: list[Measure]) -> str:
    """A row for each measure: medians, and in brackets how much of what the first contender needs."""
    contenders = list(dict.fromkeys(name for m in group for name in m.samples))
    lines = [
        f"| median (x {base}) | | {' | '.join(contenders)} |",
        f"| --- | --- |{' ---: |' * len(contenders)}",
    ]
    for measure in group:
        cells = [
            f"{rounded(measure.figure(name))} ({measure.ratio(name, base):.2f})"
            if name in measure.samples
            else ""
            for name in contenders
        ]
        lines.append(f"| {measure.title} | {measure.unit} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _upright(measure: Measure) -> str:
    base = next(iter(measure.samples))
    lines = [
        f"| {measure.title} | {measure.unit} | x {base} |",
        "| --- | ---: | ---: |",
    ]
    for name in measure.samples:
        figure, ratio = rounded(measure.figure(name)), measure.ratio(name, base)
        lines.append(f"| {name} | {figure} | {ratio:.2f} |")
    return "\n".join(lines)


def rounded(value: float) -> str:
    """Three digits, more before the point where there are more."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def record(page: Path, measured: str) -> None:
    """Put a report in the place of the last one, between the marks of a page whose other words are people's."""
    old = page.read_text("utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not pattern.search(old):
        raise ValueError(f"{page.name}: the marks for measured tables are missing")
    new = f"{BEGIN}\n\n{measured}\n{END}"
    page.write_text(pattern.sub(lambda _: new, old), "utf-8")
