"""A picture of the measures that matter, as SVG, without any library."""

from __future__ import annotations

from html import escape
from math import log10

from scripts.bench import figures
from scripts.bench.figures import Measure
from scripts.bench.report import rounded

BARS = ("import", "cold-https", "sync-cpu", "async-50-cpu", "decode", "installed")
LINES = ("growth-model", "growth-model-plain")
WIDTH, PANEL, ROW, LEFT = 1000, 480, 22, 190
_OURS, _OTHER, _INK = "#1f6feb", "#9aa4b2", "#24292f"


def svg(measures: dict[str, Measure]) -> str:
    """Bars for each measure that is there, in two columns, and imports against schemas."""
    panels = [_bars(measures[key]) for key in BARS if key in measures]
    if all(key in measures for key in LINES):
        panels.append(_lines([measures[key] for key in LINES]))
    parts, tops = [], [20, 20]
    for height, drawing in panels:
        column = 0 if tops[0] <= tops[1] else 1
        x = 10 + column * (PANEL + 20)
        parts.append(f'<g transform="translate({x} {tops[column]})">{drawing}</g>')
        tops[column] += height + 26
    height = max(tops) + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>{"".join(parts)}</svg>\n'
    )


def _bars(measure: Measure) -> tuple[int, str]:
    most = max(measure.figure(name) for name in measure.samples)
    parts = [_text(0, 0, f"{measure.title} ({measure.unit})", bold=True)]
    for row, name in enumerate(measure.samples):
        y = 12 + row * ROW
        value = measure.figure(name)
        length = max(1.0, (PANEL - LEFT - 60) * value / most)
        colour = _OURS if name.startswith(figures.OURS) else _OTHER
        parts.append(_text(LEFT - 8, y + 13, name, anchor="end"))
        parts.append(
            f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="16" fill="{colour}"/>'
        )
        parts.append(_text(LEFT + length + 5, y + 13, rounded(value)))
    return 12 + len(measure.samples) * ROW, "".join(parts)


def _lines(measures: list[Measure]) -> tuple[int, str]:
    """Both axes by powers of ten, for sizes and times that span several."""
    height, width = 190, PANEL - 70
    sizes = [int(size) for size in measures[0].samples]
    values = [m.figure(size) for m in measures for size in m.samples]
    low, high = log10(min(values)) - 0.1, log10(max(values)) + 0.1

    def point(size: int, value: float) -> tuple[float, float]:
        across = log10(size / sizes[0]) / log10(sizes[-1] / sizes[0])
        return 50 + width * across, 12 + height * (high - log10(value)) / (high - low)

    parts = [_text(0, 0, "Import of one model against schemas (ms)", bold=True)]
    for line, colour, name in zip(
        measures, (_OURS, _OTHER), ("ours", "plain generated"), strict=True
    ):
        points = [point(int(s), line.figure(s)) for s in line.samples]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        for (x, y), size in zip(points, line.samples, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
            figure = f"{line.figure(size):.0f}"
            parts.append(_text(x, y - 7, figure, anchor="middle"))
        parts.append(_text(points[0][0], points[0][1] + 16, name))
    for number in sizes:
        x, _ = point(number, values[0])
        parts.append(_text(x, height + 34, str(number), anchor="middle"))
    return height + 40, "".join(parts)


def _text(
    x: float, y: float, words: str, anchor: str = "start", bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'
