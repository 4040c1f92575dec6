"""What a benchmark finds, and what was aimed at."""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

OURS = "ours"
OURS_AIOHTTP = "ours, aiohttp"
PLAIN = "plain generated"
HTTPX = "httpx"
HTTPX_ALONE = "httpx without sniffio"
AIOHTTP = "aiohttp"
SDK = "enkryptai-sdk"


class Measure(NamedTuple):
    """One figure for each contender, from all its rounds.

    Attributes:
        key: Names it among all measures.
        unit: Of every figure.
        samples: By contender, the one that others are compared with first.
    """

    key: str
    title: str
    unit: str
    samples: dict[str, list[float]]

    def figure(self, contender: str) -> float:
        return median(self.samples[contender])

    def ratio(self, contender: str, to: str) -> float:
        """How much of what another one needs."""
        return self.figure(contender) / self.figure(to)


class Target(NamedTuple):
    """At most `limit` times what `to` needs, or, without `to`, at most `limit` in the measure's own unit."""

    measure: str
    contender: str
    limit: float
    to: str | None = None

    def reached(self, measures: dict[str, Measure]) -> float | None:
        """The ratio or figure that was found, or None where it was not measured."""
        measure = measures.get(self.measure)
        if measure is None or self.contender not in measure.samples:
            return None
        if self.to is None:
            return measure.figure(self.contender)
        if self.to not in measure.samples:
            return None
        return measure.ratio(self.contender, self.to)


IMPORT_PACKAGE = "ours, the package alone"
IMPORT_CLIENT = "ours, with EnkryptClient"
LOADS = "json"

TARGETS = (
    Target("import", IMPORT_PACKAGE, 3.0),
    Target("import", IMPORT_CLIENT, 0.5, HTTPX),
    Target("cold-http", OURS, 1.0, PLAIN),
    Target("cold-https", OURS, 1.0, PLAIN),
    Target("cold-http", OURS, 1.10, HTTPX),
    Target("cold-https", OURS, 1.10, HTTPX),
    Target("sync-cpu", OURS, 0.95, HTTPX),
    Target("decode", OURS, 2.8, LOADS),
    Target("encode", OURS, 1.4, LOADS),
    Target("async-50-cpu", OURS_AIOHTTP, 0.12, HTTPX),
    Target("async-50-cpu", OURS, 0.95, HTTPX),
    Target("growth-model", "2000", 1.15, "30"),
    Target("growth-operation", "2000", 1.15, "30"),
    Target("growth-client", "2000", 1.15, "30"),
    Target("generate", OURS, 4.0),
    Target("generate-per-schema", "2000", 1.0, "30"),
    Target("distributions", OURS, 14),
    Target("installed", OURS, 30),
)
