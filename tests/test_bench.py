"""The table and the picture of the benchmark say what was measured."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

from scripts.bench import __main__ as bench
from scripts.bench import report
from scripts.bench.contenders import OURS
from scripts.bench.report import Measured
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


def test_the_picture_has_a_bar_for_each_figure_as_long_as_it_is_large() -> None:
    root = ElementTree.fromstring(report.picture(MEASURED))
    bars = [(e.get("class"), e.get("width")) for e in root.iter() if e.get("rx")]
    assert bars == [("bar", "170.0"), ("ours", "42.5"), ("bar", "170.0")]


def test_figures_are_medians_after_a_round_to_warm_up(tmp_path: Path) -> None:
    code = "import pathlib; f = pathlib.Path('{}'); f.open('a').write('1'); print(10 ** f.stat().st_size)"
    command = [sys.executable, "-c", code.format(tmp_path / "count")]
    scenario = bench.measured("", "µs", {"any": [*command]}, rounds=3)
    assert scenario.figures == {"any": 1000.0}


def test_the_page_keeps_its_words_and_its_picture(tmp_path: Path) -> None:
    text = (ROOT / "BENCHMARKS.md").read_text("utf-8")
    page = tmp_path / "page.md"
    page.write_text(text, "utf-8")
    report.record(page, "measured\n")
    before, after = re.split("\n\nmeasured\n\n", page.read_text("utf-8"))
    assert text.startswith(before)
    assert text.endswith(after)
    (picture,) = re.findall(r'src="(.+?)"', before)
    assert (ROOT / picture).is_file()
