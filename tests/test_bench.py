"""The table and the picture of the benchmark say what was measured."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

from scripts.bench import __main__ as bench
from scripts.bench import contenders, report
from scripts.bench.report import OURS, Measured
from tests.conftest import ROOT

MEASURED = [
    Measured("Encode <it>", "µs", {"httpx by hand": 200.0, OURS: 50.0}),
    Measured("Sync call", "s", {"httpx by hand": 1.0}),
]


def test_the_table_shows_figures_and_their_ratio_to_the_first_contender() -> None:
    rows = report.table(MEASURED).splitlines()
    assert rows[0].endswith(f"| httpx by hand | {OURS} |")
    assert rows[2] == "| Encode <it> | µs | 200 (1.00) | 50 (0.25) |"
    assert rows[3] == "| Sync call | s | 1 (1.00) |  |"
    assert OURS in contenders.CONTENDERS


def test_the_picture_has_a_bar_for_each_figure_as_long_as_it_is_large() -> None:
    svg = report.picture(MEASURED)
    root = ElementTree.fromstring(svg)
    bars = [e for e in root.iter() if e.get("class") in ("bar", "ours")]
    assert [float(bar.attrib["width"]) for bar in bars] == [170.0, 42.5, 170.0]
    assert bars[1].get("class") == "ours"
    assert "prefers-color-scheme: dark" in svg
    assert root.get("width") == "390"


def test_figures_are_medians_after_a_round_to_warm_up(tmp_path: Path) -> None:
    code = "import pathlib; f = pathlib.Path('{}'); f.open('a').write('1'); print(10 ** f.stat().st_size)"
    command = [sys.executable, "-c", code.format(tmp_path / "count")]
    found = bench.measured("", "µs", {"any": [*command]}, rounds=3)
    assert found.figures == {"any": 1000.0}


def test_a_measurement_replaces_the_last_one_and_no_other_words(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.record(page, "new\n")
    assert page.read_text() == (
        f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"
    )


def test_the_page_shows_the_picture_before_the_table() -> None:
    page = (ROOT / "BENCHMARKS.md").read_text("utf-8")
    (picture,) = re.findall(r'src="(.+?)"', page)
    assert (ROOT / picture).is_file()
    assert page.index(picture) < page.index(report.BEGIN)
