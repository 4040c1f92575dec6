"""Which patterns of a document cost too much: each is compiled once in a child process, with limits of time and memory.

The validator compiles all patterns of an operation before its first call. A pattern of a hundred characters may take seconds and
gigabytes there, and where memory runs out, compiled code aborts the process.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jsonschema_rs import Draft202012Validator

from scripts.common import limits
from scripts.common.printer import shortened
from scripts.contract import model
from scripts.contract.model import Contract
from scripts.contract.reading.contract import types_in
from scripts.contract.schema import Schema
from scripts.intake.prose import LISTS, MAPS, SINGLE

SECONDS = 5.0  # of processor time, for one pattern
ALL_SECONDS = 20.0  # for all patterns of a document
MEMORY = 512 * 1024**2  # for all of them

_ADVICE = "write a simpler pattern, or take it out"
# The largest number of a repetition, such as 64 of `[a-z]{1,64}`.
_COUNT = re.compile(r"\{(?:\d*,)?(\d+),?\}")
_MOST_DIGITS = 9
# Time that is as good as none.
_LEAST_SECONDS = 0.1
# Patterns whose weights add up to less are compiled in a second, whatever they are.
_HARMLESS_WEIGHT = 20_000


class PatternCosts:
    """The patterns of one contract that cost too much."""

    def __init__(self, contract: Contract) -> None:
        self._types = contract.types
        self._of_types = {
            key: frozenset(patterns_in(schema.rule))
            for key, schema in contract.types.items()
        }
        patterns: dict[str, None] = {}
        for operation in contract.operations.values():
            patterns.update(dict.fromkeys(self._sent_patterns(operation)))
        self._faults = costly_patterns([*patterns])

    def fault(self, operation: model.Operation) -> str:
        """Why an operation cannot be generated; empty where all patterns of what it sends are cheap."""
        if not self._faults:
            return ""
        for pattern in self._sent_patterns(operation):
            if pattern in self._faults:
                shown = shortened(repr(pattern))
                return f"the pattern {shown} {self._faults[pattern]}; {_ADVICE}"
        return ""

    def _sent_patterns(self, operation: model.Operation) -> Iterator[str]:
        """The patterns in what an operation sends; what it receives is not checked by patterns."""
        pending = []
        for schema, is_sent in model.sent_and_received(operation):
            if is_sent:
                yield from patterns_in(schema.rule)
                pending.append(schema)
        yield from self._patterns_of_types(pending)

    def _patterns_of_types(self, schemas: list[Schema]) -> Iterator[str]:
        pending = [key for schema in schemas for key in types_in(schema.rule)]
        seen: set[str] = set()
        while pending:
            key = pending.pop()
            if key in seen or key not in self._types:
                continue
            seen.add(key)
            yield from self._of_types[key]
            pending += types_in(self._types[key].rule)


def patterns_in(rule: object) -> Iterator[str]:
    """The patterns of a schema, in its own words; references are not followed."""
    if not isinstance(rule, dict):
        return
    pattern = rule.get("pattern")
    if isinstance(pattern, str):
        yield pattern
    for key, value in rule.items():
        if key in MAPS and isinstance(value, dict):
            if key == "patternProperties":
                yield from value
            for member in value.values():
                yield from patterns_in(member)
        elif key in LISTS and isinstance(value, list):
            for member in value:
                yield from patterns_in(member)
        elif key in SINGLE:
            yield from patterns_in(value)


def costly_patterns(patterns: Sequence[str]) -> dict[str, str]:
    """Which patterns cost too much to compile, and what they cost. Where there is no `fork`, nothing is tried."""
    faults: dict[str, str] = {}
    if sum(map(_weight, patterns)) < _HARMLESS_WEIGHT or not hasattr(os, "fork"):
        return faults
    # The small ones first: large ones leave no time.
    patterns = sorted(patterns, key=_weight)
    seconds_left = ALL_SECONDS
    index = 0
    while index < len(patterns):
        trial = _try(patterns[index:], seconds_left)
        seconds_left -= trial.seconds
        index += trial.compiled
        if index == len(patterns):
            break
        if seconds_left < _LEAST_SECONDS:
            words = f"is one of many that take longer than {ALL_SECONDS:g} seconds to compile"
            faults.update(dict.fromkeys(patterns[index:], words))
            break
        words = f"takes more than {MEMORY // 1024**2} MiB to compile"
        if trial.is_out_of_time:
            words = f"takes longer than {SECONDS:g} seconds to compile"
        faults[patterns[index]] = words
        index += 1
    return faults


def _weight(pattern: str) -> int:
    """How large a pattern may become when its repetitions are written out: a bound, not an estimate."""
    weight = len(pattern)
    for count in _COUNT.findall(pattern):
        weight *= max(int(count[:_MOST_DIGITS]), 1)
    return weight


@dataclass(frozen=True, slots=True)
class _Trial:
    """The end of a child process that compiled patterns, all or those before the one that ended it."""

    compiled: int
    seconds: float  # of processor time
    is_out_of_time: bool


def _try(patterns: Sequence[str], seconds: float) -> _Trial:
    """Compile patterns in a child process: each within `SECONDS`, and all of them within some seconds and `MEMORY`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _compile(patterns, seconds, writer)
        finally:  # it must not go on as a second one of this process
            os._exit(0)
    os.close(writer)
    compiled = 0
    while compiled_now := os.read(reader, 1024):
        compiled += len(compiled_now)
    os.close(reader)
    _, status, usage = os.wait4(child, 0)
    is_out_of_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
    return _Trial(compiled, usage.ru_utime + usage.ru_stime, is_out_of_time)


def _compile(patterns: Sequence[str], seconds: float, writer: int) -> None:
    """Compile patterns, and write a byte for each. A signal ends the process where one, or all together, take too long."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limits.limit_memory(MEMORY)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    ends_at = time.process_time() + seconds
    compiled = []
    for pattern in patterns:
        seconds_left = max(ends_at - time.process_time(), _LEAST_SECONDS)
        signal.setitimer(signal.ITIMER_PROF, min(seconds_left, SECONDS))
        # One that the validator cannot use is not enforced, and costs nothing later.
        with contextlib.suppress(ValueError):
            compiled.append(Draft202012Validator({"pattern": pattern}))
        os.write(writer, b".")
