"""Constructs that a plain generator loses or changes without a word: each is generated and proven, or left out with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.contract.reading.contract import read
from scripts.generator import build
from scripts.generator.lower import Lowered
from scripts.generator.parse import configuration, parse
from scripts.generator.plan import plan
from scripts.generator.prove import prove
from scripts.intake import document as oas

Json = Any

CONSTRUCTS: dict[str, Json] = oas.read(Path(__file__).with_name("constructs.yaml"))
HEAD = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://service.example"}],
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct_is_generated_and_proven_or_left_out_with_its_reason(
    name: str,
) -> None:
    contract = read(HEAD | CONSTRUCTS[name])
    reasons = "\n".join(left.reason for left in contract.left_out.values())
    assert bool(reasons) is ("left_out" in CONSTRUCTS[name])
    assert CONSTRUCTS[name].get("left_out", "") in reasons
    planned = plan(contract)
    lowered = Lowered(planned)
    data = parse(lowered, configuration(lowered, Path("unused")))
    assert list(prove(planned, data)) == []


def together() -> Json:
    """One document with the operations and components of all constructs, their names told apart."""
    whole: Json = HEAD | {"paths": {}, "components": {}}
    for number, construct in enumerate(CONSTRUCTS.values()):
        text = json.dumps(construct)
        for kind in construct.get("components", ()):
            text = text.replace(
                f"#/components/{kind}/", f"#/components/{kind}/N{number}"
            )
        renamed = json.loads(text)
        for path, item in renamed["paths"].items():
            whole["paths"][f"/{number}{path}"] = item
        for kind, held in renamed.get("components", {}).items():
            prefix = "" if kind == "securitySchemes" else f"N{number}"
            into = whole["components"].setdefault(kind, {})
            into |= {prefix + name: part for name, part in held.items()}
    return whole


def test_all_constructs_together_are_generated_compiled_and_imported(
    tmp_path: Path,
) -> None:
    contract, _package = build.generate_possible(together(), b"", tmp_path, {})
    wanting = sum("left_out" in construct for construct in CONSTRUCTS.values())
    assert len(contract.left_out) <= wanting
    assert len(contract.operations) > len(CONSTRUCTS) - 10
