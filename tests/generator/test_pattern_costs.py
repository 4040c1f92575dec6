"""Patterns that cost more than a client may spend on compiling them leave their operation out, and no other."""

from __future__ import annotations

import os
import signal

import pytest

from scripts.contract.reading.contract import read
from scripts.generator import pattern_costs
from scripts.generator.pattern_costs import PatternCosts, costly_patterns

# Compiled, each would take more than the validator allows itself, and some of the time.
LARGE = [rf"^(([\w\p{{L}}]{{1,9{n}}}){{1,60}}){{1,50}}$" for n in range(8)]
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Patterns", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "paths": {
        "/large": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Large"}
                        }
                    }
                },
                "responses": {"204": {"description": "done"}},
            }
        },
        "/small": {
            "get": {
                "parameters": [
                    {
                        "name": "word",
                        "in": "query",
                        "schema": {"type": "string", "pattern": "^[a-z]{1,64}$"},
                    }
                ],
                "responses": {"204": {"description": "done"}},
            }
        },
    },
    "components": {
        "schemas": {
            "Large": {
                "type": "object",
                "properties": {
                    f"field{index}": {"type": "string", "pattern": pattern}
                    for index, pattern in enumerate(LARGE)
                },
            }
        }
    },
}


def compile_large_ones_for_ever(schema: dict[str, str]) -> None:
    """Takes longer than any limit on any machine."""
    while schema["pattern"] in LARGE:
        pass


def test_an_operation_whose_patterns_take_too_long_to_compile_is_left_out_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        pattern_costs, "Draft202012Validator", compile_large_ones_for_ever
    )
    monkeypatch.setattr(pattern_costs, "ALL_SECONDS", 0.02)
    contract = read(DOCUMENT)
    costs = PatternCosts(contract)
    assert costs.fault(contract.operations["GET /small"]) == ""
    fault = costs.fault(contract.operations["POST /large"])
    assert "is one of many that take longer than 0.02 seconds to compile" in fault
    assert "write a simpler pattern, or take it out" in fault


def test_one_pattern_that_takes_too_long_is_named_and_the_others_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        pattern_costs, "Draft202012Validator", compile_large_ones_for_ever
    )
    monkeypatch.setattr(pattern_costs, "SECONDS", 0.02)
    patterns = ["^[a-z]{2}$", LARGE[0], "^[0-9]{3}$"]
    assert costly_patterns(patterns) == {
        LARGE[0]: "takes longer than 0.02 seconds to compile"
    }


def test_a_pattern_that_ends_the_process_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run_out_of_memory(_schema: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(pattern_costs, "Draft202012Validator", run_out_of_memory)
    assert costly_patterns(LARGE[:1]) == {
        LARGE[0]: "takes more than 512 MiB to compile"
    }


def test_small_patterns_are_cheap_whatever_their_number() -> None:
    assert costly_patterns([f"^[a-z]{{1,64}}{n}$" for n in range(50)]) == {}
