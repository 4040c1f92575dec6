"""What the document calls deprecated says so where editors and the reference show it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from tests.generator import packages

OLD: dict[str, Any] = {"type": "string", "deprecated": True}


def test_deprecated_operations_parameters_and_fields_say_so_in_their_docstrings(
    tmp_path: Path,
) -> None:
    thing = {
        "type": "object",
        "properties": {
            "old_name": {**OLD, "description": "Use `name`."},
            "older_name": OLD,
            "name": {"type": "string", "description": "What it is called."},
        },
    }
    operation = {
        "operationId": "get_thing",
        "summary": "Get a thing.",
        "deprecated": True,
        "parameters": [
            {"name": "by", "in": "query", "deprecated": True, "schema": {"type": "string"}}
        ],
        "responses": packages.answer(packages.ref("Thing")),
    }  # fmt: skip
    document = packages.document({"/thing": {"get": operation}}, Thing=thing)
    with packages.generated(document, tmp_path) as package:
        function = packages.part(package, "api.default.get_thing").sync
        module = packages.part(package, "models.thing")
        source = Path(module.__file__ or "").read_text("utf-8")
        assert function.__doc__.strip().startswith("Deprecated: Get a thing.")
        assert "by: Deprecated: by" in function.__doc__
        assert "Deprecated: Use `name`." in source
        assert "Deprecated: the document does not say what to use instead" in source
        assert "Deprecated: What it is called" not in source


def test_deprecated_operations_and_types_are_marked_and_warn_nobody_at_run_time(
    tmp_path: Path,
) -> None:
    old = {"type": "object", "deprecated": True, "properties": {"id": {"type": "integer"}}}  # fmt: skip
    new = {**old, "deprecated": False}
    answers = packages.answer(packages.ref("Old"))
    operations = {
        "/old": {"get": {"operationId": "get_old", "deprecated": True, "responses": answers}},
        "/new": {"get": {"operationId": "get_new", "responses": packages.answer(packages.ref("New"))}},
    }  # fmt: skip
    document = packages.document(operations, Old=old, New=new)
    with packages.generated(document, tmp_path) as package:
        get_old = packages.part(package, "api.default.get_old")
        get_new = packages.part(package, "api.default.get_new")
        models = packages.part(package, "models")
        for function in ("sync", "sync_detailed", "asyncio", "asyncio_detailed"):
            message = getattr(get_old, function).__deprecated__
            assert message == "The document marks this operation as deprecated"
            assert not hasattr(getattr(get_new, function), "__deprecated__")
        assert "type" in models.Old.__deprecated__
        assert not hasattr(models.New, "__deprecated__")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert models.Old.from_dict({"id": 1}).id == 1
