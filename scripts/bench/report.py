"""One picture and one table of what was measured."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import NamedTuple

from scripts.bench.contenders import OURS

BEGIN = "<!-- measured by `make bench`: begin -->"
END = "<!-- measured by `make bench`: end -->"
_STYLE = """<style>
svg { font: 13px system-ui, sans-serif; }
text { fill: #1f2328; } .bar { fill: #8c959f; } .ours { fill: #0969da; } .page { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .bar { fill: #6e7681; } .ours { fill: #4493f8; } .page { fill: #0d1117; }
}
</style>"""


class Measured(NamedTuple):
    """A scenario with the figure of each contender; the first is what others are compared with."""

    title: str
    unit: str
    figures: dict[str, float]


def rounded(value: float) -> str:
    """Three digits, more before the point where there are more."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(scenarios: list[Measured]) -> str:
    """A row for each scenario: figures, and how much that is of what the first contender needs."""
    names = list(dict.fromkeys(name for s in scenarios for name in s.figures))
    lines = [
        f"| median (ratio to the first) | | {' | '.join(names)} |",
        f"| --- | --- |{' ---: |' * len(names)}",
    ]
    for title, unit, figures in scenarios:
        first = next(iter(figures.values()))
        cells = dict.fromkeys(names, "") | {
            name: f"{rounded(figure)} ({figure / first:.2f})"
            for name, figure in figures.items()
        }
        lines.append(f"| {title} | {unit} | {' | '.join(cells.values())} |")
    return "\n".join(lines)


def picture(scenarios: list[Measured]) -> str:
    """Bars for each scenario, in one column as wide as a telephone; SVG for light and dark pages."""
    elements = ['<text x="10" y="22">CPU time; shorter is better.</text>']
    y = 54
    for title, unit, figures in scenarios:
        elements.append(
            f'<text x="10" y="{y}" font-weight="600">{escape(title)}</text>'
        )
        for name, value in figures.items():
            y += 20
            width = max(2.0, 170 * value / max(figures.values()))
            kind = "ours" if name == OURS else "bar"
            elements += [
                f'<text x="10" y="{y}">{escape(name)}</text>',
                f'<rect class="{kind}" x="125" y="{y - 11}" width="{width:.1f}" height="13" rx="2"/>',
                f'<text x="{131 + width:.1f}" y="{y}">{rounded(value)} {escape(unit)}</text>',
            ]
        y += 34
    size = f'width="390" height="{y - 20}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 390 {y - 20}" {size}>'
    return f'{head}{_STYLE}<rect class="page" {size}/>{"".join(elements)}</svg>\n'


def record(page: Path, measured: str) -> None:
    """Replace what stands between the two marks of a page. The rest of the page is written by hand, and stays."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{measured}\n{END}{after}", "utf-8")
