"""No operation is verified that was not looked at: what the contract does not know of the document is found out."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conformance.clients import document, operation
from tests.conftest import ROOT

FIND = "GET /things"
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
NAME = {"name": "name", "in": "query", "required": True, "schema": {"type": "string"}}
WITHOUT_CONTENT = {"required": True, "content": {}}
DOCUMENT = document(
    {
        "/things": {"get": operation("find", parameters=[LIMIT, NAME])},
        "/empty": {"post": operation("send", requestBody=WITHOUT_CONTENT)},
    }
)
# The package and the contract are those of the whole document; a contract that lacks something stands for a reader that overlooked it.
TRY = """
import dataclasses, json, sys
from pathlib import Path
from scripts.conformance import exercise
from scripts.generator import build
from scripts.intake import document
path = Path(sys.argv[1])
raw = document.read(path)
contract, package = build.build(path, path.parent)
find = contract.operations["GET /things"]

def with_find(**changes):
    operations = {**contract.operations, find.key: dataclasses.replace(find, **changes)}
    return dataclasses.replace(contract, operations=operations)

def without(name):
    return with_find(parameters=tuple(p for p in find.parameters if p.name != name))

empty = {key: o for key, o in contract.operations.items() if key != find.key}
contracts = {
    "nothing": contract,
    "an optional parameter": without("limit"),
    "a required parameter": without("name"),
    "every function": with_find(calls=()),
    "the operation": dataclasses.replace(contract, operations=empty),
}
results = {}
for name, changed in contracts.items():
    verdicts = exercise.run(raw, changed, package.parent)
    results[name] = [verdicts.verified, verdicts.wrong, verdicts.unverified]
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The verified, wrong and unverified operations, by what the contract lacks."""
    path = tmp_path_factory.mktemp("looked_at") / "document.json"
    path.write_text(json.dumps(DOCUMENT))
    command = [sys.executable, "-c", TRY, str(path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads(done.stdout)
    return results


def test_a_contract_that_lacks_nothing_is_verified(verdicts: dict[str, Any]) -> None:
    verified, wrong, _unverified = verdicts["nothing"]
    assert FIND in verified
    assert wrong == {}


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        ("an optional parameter", "it has no argument for the query parameter limit"),
        ("a required parameter", "it has no argument for the query parameter name"),
        ("every function", "no function was generated for it"),
        ("the operation", "the client lacks the operation and does not say why"),
    ],
)
def test_an_operation_that_the_contract_does_not_know_whole_is_wrong(
    verdicts: dict[str, Any], lacking: str, reason: str
) -> None:
    verified, wrong, _unverified = verdicts[lacking]
    assert FIND not in verified
    assert wrong == {FIND: reason}


def test_an_operation_that_cannot_be_called_is_unverified(
    verdicts: dict[str, Any],
) -> None:
    _verified, _wrong, unverified = verdicts["nothing"]
    reason = "it was not called: no valid arguments were found"
    assert unverified == {"POST /empty": reason}
