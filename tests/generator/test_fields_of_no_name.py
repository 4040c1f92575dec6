"""Fields that a pattern allows, and fields that nothing is allowed in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.generator import packages

LABELS: dict[str, Any] = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "gone": False},
    "patternProperties": {"^env-": {"type": "string"}},
    "additionalProperties": False,
}


def test_fields_that_a_pattern_allows_are_kept_though_others_are_refused(
    tmp_path: Path,
) -> None:
    paths = {
        "/labels": {
            "put": {
                "operationId": "put_labels",
                **packages.body(packages.ref("Labels")),
                "responses": packages.answer(packages.ref("Labels")),
            }
        }
    }
    value = {"title": "a", "env-stage": "test"}
    document = packages.document(paths, Labels=LABELS)
    with packages.generated(document, tmp_path) as package:
        labels = packages.part(package, "models").Labels.from_dict(value)
        assert labels.to_dict() == value
        operation = packages.part(package, "_operations.default.put_labels").OPERATION
        check = jsonschema_rs.validator_for(operation.body.schema)
        assert check.is_valid(value)
        assert not check.is_valid({"title": "a", "other": "b"})
        assert not check.is_valid({"gone": 1})


@pytest.mark.parametrize("value", [1, None, "text"])
def test_a_field_in_which_nothing_is_allowed_is_not_called_read_only(
    tmp_path: Path, value: object
) -> None:
    schema = {"type": "object", "properties": {"gone": False}}
    operation = {
        "operationId": "send",
        **packages.body(schema),
        "responses": {},
    }
    document = packages.document({"/things": {"post": operation}})
    with packages.generated(document, tmp_path) as package:
        made = packages.part(package, "_operations.default.send").OPERATION
        (error,) = jsonschema_rs.validator_for(made.body.schema).iter_errors(
            {"gone": value}
        )
        assert error.kind.name == "not"
