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
    """Everything as Markdown: setting, targets, one table a measure."""
    parts = [setting(seconds), targets(measures)]
    parts += [table(m) for m in measures.values()]
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


def table(measure: Measure) -> str:
    """Medians, with ratios to the first contender."""
    base = next(iter(measure.samples))
    lines = [
        f"**{measure.title}**",
        "",
        f"| | {measure.unit} | x {base} |",
        "| --- | ---: | ---: |",
    ]
    for name in measure.samples:
        lines.append(
            f"| {name} | {_rounded(measure.figure(name))} | {measure.ratio(name, base):.2f} |"
        )
    return "\n".join(lines)


def _rounded(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def record(page: Path, measured: str) -> None:
    """Put a report in the place of the last one, between the marks of a page whose other words are people's."""
    old = page.read_text("utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    if not pattern.search(old):
        raise ValueError(f"{page.name}: the marks for measured tables are missing")
    new = f"{BEGIN}\n\n{measured}\n{END}"
    page.write_text(pattern.sub(lambda _: new, old), "utf-8")
