"""One document after another through generation and the loopback, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from scripts.common import limits
from scripts.common.errors import DocumentError, GenerationError, LimitError
from scripts.intake import document as oas

# The limit of elapsed time, as a multiple of that of processor time, and seconds for a worker to say that it was stopped.
_CLOCK_FACTOR = 10
_GRACE = 30


@dataclass
class Outcome:
    """The result for one document. Every operation is counted once: verified, wrong, unverified, or left out.

    Attributes:
        document: Its path.
        operations: The number of its operations.
        verified: Every request and every answer that was tried was right.
        wrong: Some request or answer was not.
        unverified: Something could not be judged.
        reasons: Why an operation is wrong or unverified, by its key.
        left_out: Why an operation was not generated, by its key.
        left_out_parts: Why a parameter or response of a generated operation was not, by the key and the name of the part.
        refused: Why nothing was generated; None where something was.
        stopped: Whether a limit of time or memory is the reason.
        seconds: How long it took.
        notes: Where openapi-core differs from the judge, by operation.
    """

    document: str
    operations: int = 0
    verified: int = 0
    wrong: int = 0
    unverified: int = 0
    reasons: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    left_out_parts: dict[str, str] = field(default_factory=dict)
    refused: str | None = None
    stopped: bool = False
    seconds: float = 0.0
    notes: dict[str, str] = field(default_factory=dict)


def documents_in(paths: list[Path]) -> Iterator[Path]:
    """The documents that paths name; of the pages in a folder, those with a document."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.iterdir()):
            ending = file.suffix.lower()
            is_page = ending == ".md" and _has_a_document(file)
            if is_page or ending in (".yaml", ".yml", ".json"):
                yield file


def _has_a_document(page: Path) -> bool:
    try:
        return any(isinstance(s.document, dict) for s in oas.sources(page))
    except DocumentError:
        return False


def attempt(path: Path, folder: Path, nested_values: str = "") -> Outcome:
    """The whole way for one document, in a folder. `nested_values`: as in generator-config.yaml."""
    # heavy, and only workers need them
    from scripts.conformance import exercise
    from scripts.generator import build

    try:
        document = oas.read(path)
        contract, package = build.build(path, folder, nested_values=nested_values)
        verdicts = exercise.run(document, contract, package.parent)
    except LimitError:
        raise
    except (DocumentError, GenerationError) as error:
        return Outcome(str(path), refused=str(error))
    left_out_parts = {}
    for key, operation in contract.operations.items():
        for part in operation.left_out_parts:
            left_out_parts[f"{key}, {part.name}"] = part.reason
    verified = len(verdicts.verified)
    wrong = len(verdicts.wrong)
    unverified = len(verdicts.unverified)
    return Outcome(
        str(path),
        operations=verified + wrong + unverified + len(contract.left_out),
        verified=verified,
        wrong=wrong,
        unverified=unverified,
        reasons=verdicts.wrong | verdicts.unverified,
        left_out={key: out.reason for key, out in contract.left_out.items()},
        left_out_parts=left_out_parts,
        notes=verdicts.notes,
    )


def _work(
    path: Path,
    folder: Path,
    limit: float,
    nested_values: str,
    memory: int,
    answer: Connection,
) -> None:
    """A worker's life: one document, silently, within limits of processor time and memory."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    folder.mkdir(parents=True)
    try:
        with limits.limited(limit, memory):
            outcome = attempt(path, folder, nested_values)
        answer.send(outcome)
    except LimitError as error:
        answer.send(Outcome(str(path), refused=str(error), stopped=True))
    except BaseException as error:  # any failure here is of this document alone
        words = str(error).partition("\n")[0]
        answer.send(Outcome(str(path), refused=f"{type(error).__name__}: {words}"))


def guarded(
    path: Path,
    folder: Path,
    limit: float,
    nested_values: str = "",
    memory: int = limits.MEMORY,
) -> Outcome:
    """The same in a process of its own, within limits: seconds of processor time, ten times as many of the clock, and bytes of memory."""
    started = time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["scripts.conformance.exercise", "scripts.generator.build"]
    )
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(
        target=_work, args=(path, folder, limit, nested_values, memory, sender)
    )
    worker.start()
    sender.close()
    too_long = f"stopped: the document takes longer than {limit:g} seconds"
    outcome = Outcome(str(path), refused=too_long, stopped=True)
    try:
        if receiver.poll(limit * _CLOCK_FACTOR + _GRACE):
            outcome = receiver.recv()
    except EOFError:
        worker.join()
        if worker.exitcode in (-signal.SIGABRT, -signal.SIGKILL):
            # Compiled code that gets no memory ends its process; a system that has none left kills it.
            outcome.refused = "stopped: the document takes more memory than there is"
        elif worker.exitcode != -signal.SIGXCPU:
            outcome.refused = "the process that generated it crashed"
            outcome.stopped = False
    worker.kill()
    worker.join()
    outcome.seconds = round(time.monotonic() - started, 2)
    return outcome
