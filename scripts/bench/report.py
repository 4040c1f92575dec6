"""One picture and one table of what was measured."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from statistics import median
from typing import NamedTuple

OURS = "this client"
BEGIN = "<!-- measured by `make bench`: begin -->"
END = "<!-- measured by `make bench`: end -->"
_STYLE = """<style>
svg { font: 13px system-ui, sans-serif; }
text { fill: #1f2328; } .bar { fill: #8c959f; } .ours { fill: #0969da; } .page { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .bar { fill: #6e7681; } .ours { fill: #4493f8; } .page { fill: #0d1117; }
}
</style>"""


class Scenario(NamedTuple):
    """One thing measured, with every figure of each contender; the first is what others are compared with."""

    title: str
    unit: str
    samples: dict[str, list[float]]
    drawn: bool = True

    def figures(self) -> dict[str, float]:
        return {name: median(found) for name, found in self.samples.items()}


def rounded(value: float) -> str:
    """Three digits, more before the point where there are more."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(scenarios: list[Scenario]) -> str:
    """A row for each scenario: medians, and how much that is of what the first contender needs."""
    names = list(dict.fromkeys(name for s in scenarios for name in s.samples))
    lines = [
        f"| median (ratio to the first) | | {' | '.join(names)} |",
        f"| --- | --- |{' ---: |' * len(names)}",
    ]
    for scenario in scenarios:
        figures = scenario.figures()
        first = next(iter(figures.values()))
        cells = (
            f"{rounded(figures[name])} ({figures[name] / first:.2f})"
            if name in figures
            else ""
            for name in names
        )
        lines.append(f"| {scenario.title} | {scenario.unit} | {' | '.join(cells)} |")
    return "\n".join(lines)


def picture(scenarios: list[Scenario]) -> str:
    """Bars for each scenario that is drawn, in one column as wide as a telephone; SVG for light and dark pages."""
    parts, y = ['<text x="10" y="22">CPU time; shorter is better.</text>'], 54
    for scenario in (s for s in scenarios if s.drawn):
        parts.append(f'<text x="10" y="{y}" font-weight="600">{escape(scenario.title)}')
        parts.append("</text>")
        figures = scenario.figures()
        for name, value in figures.items():
            y += 20
            width = max(2.0, 170 * value / max(figures.values()))
            kind = "ours" if name == OURS else "bar"
            parts.append(f'<text x="10" y="{y}">{escape(name)}</text>')
            parts.append(f'<rect class="{kind}" x="125" y="{y - 11}" rx="2" ')
            parts.append(
                f'width="{width:.1f}" height="13"/><text x="{131 + width:.1f}" '
            )
            parts.append(f'y="{y}">{rounded(value)} {escape(scenario.unit)}</text>')
        y += 34
    y -= 28
    size = f'viewBox="0 0 390 {y + 8}" width="390" height="{y + 8}"'
    page = f'<rect class="page" width="390" height="{y + 8}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{_STYLE}{page}{"".join(parts)}</svg>\n'


def record(page: Path, measured: str) -> None:
    """Put a table in the place of the last one, between the marks of a page whose other words are people's."""
    old = page.read_text("utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    page.write_text(
        pattern.sub(lambda _: f"{BEGIN}\n\n{measured}\n{END}", old), "utf-8"
    )
