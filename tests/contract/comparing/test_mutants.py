"""The proof by mutation holds, and would not hold for a comparison that overlooks something or says it otherwise on the way back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from scripts.contract.comparing import bounds, notes, schemas
from scripts.contract.comparing.changes import Change, Changes, Difference
from scripts.intake import document as oas
from tests.mutation import __main__ as mutants

DATA = Path(__file__).parent.parent.parent / "data"
SHARED = oas.read(DATA / "shared.yaml")


def faults() -> list[str]:
    messages: list[str] = []
    for worker in range(mutants.WORKERS):
        for _kind, messages_of_mutant in mutants.judge(SHARED, worker):
            messages += messages_of_mutant
    return messages


@pytest.mark.proof
def test_every_mutant_of_a_document_is_reported_as_it_must_be() -> None:
    assert faults() == []


@pytest.mark.proof
def test_a_comparison_without_limits_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(*_views: Any) -> Iterator[Difference]:
        return iter(())

    monkeypatch.setattr(bounds, "limit_differences", nothing)
    assert any("not one row limit-tightened" in fault for fault in faults())


@pytest.mark.proof
def test_a_comparison_that_sees_prose_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    def prose(old: Any, new: Any) -> Iterator[Difference]:
        yield from notes.note_differences(old, new)
        if "x-note" in new:
            yield Difference("annotation-changed", (None, "x-note"))

    monkeypatch.setattr(schemas, "note_differences", prose)
    assert any("a row about nothing" in fault for fault in faults())


def test_a_row_without_its_mirror_image_is_a_fault() -> None:
    there = [Change("field-removed", "A.b", True, "string", None, ("a",), ("b",))]
    back = [Change("field-added", "A.b", False, None, "string", ("b",), ("a",))]
    assert list(mutants.unmirrored(there, back)) == []
    assert len(list(mutants.unmirrored(there, []))) == 1
    assert len(list(mutants.unmirrored([], back))) == 1


def test_a_row_whose_before_and_after_read_the_same_is_never_added() -> None:
    changes = Changes()
    changes.add(
        "enum-value-added", "A.b", ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ((), ())
    )
    assert changes.listed() == []


def test_ctrl_c_ends_the_command_with_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def press_ctrl_c(*_shares: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ProcessPoolExecutor, "map", press_ctrl_c)
    assert mutants.main([]) == 130
    assert capsys.readouterr().err == "mutants: interrupted\n"
