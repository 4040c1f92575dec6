"""The TypedDicts of what operations send: importable whatever the document, and true for type checkers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.generator.build import build

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Parcels", "version": "1"},
    "servers": [{"url": "https://parcels.example"}],
    "paths": {
        "/parcels": {
            "post": {
                "operationId": "send_parcel",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Parcel"}
                        }
                    },
                },
                "responses": {"204": {"description": "taken"}},
            }
        }
    },
    "components": {
        "schemas": {
            "Parcel": {
                "type": "object",
                "required": ["weight", "class"],
                "properties": {
                    "weight": {"type": "number"},
                    "class": {"type": "string", "enum": ["first", "second"]},
                    "list": {"type": "array", "items": {"type": "string"}},
                    "x-note": {"type": ["string", "null"]},
                    "sent": {"type": "string", "format": "date-time"},
                    "within": {"$ref": "#/components/schemas/Parcel"},
                    "labels": {
                        "type": "object",
                        "additionalProperties": {"type": "integer"},
                    },
                    "typed": {"$ref": "#/components/schemas/Typed"},
                },
            },
            "Typed": {
                "type": "object",
                "properties": {"a": {"type": "string"}, "__b": {"type": "string"}},
            },
            "Unsent": {"type": "object", "properties": {"a": {"type": "string"}}},
        }
    },
}
CODE = """
from enkrypt_api_client.typed_dicts import ParcelDict, TypedDict

inner: ParcelDict = {"weight": 1, "class": "first", "x-note": None, "list": ["a"]}
outer: ParcelDict = {"weight": 2.5, "class": "second", "within": inner}
outer["sent"] = "2026-01-02T03:04:05Z"
typed: TypedDict = {"a": "x", "__b": "y"}
outer["typed"] = typed
outer["labels"] = {"anything": 1}
outer["wight"] = 1
outer["class"] = "third"
outer["list"] = [1]
missing: ParcelDict = {"weight": 1}
"""
MISTAKES = {10: "wight", 11: "third", 12: "List item", 13: "Missing key"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package generated from a document with keys that no class body can hold."""
    folder = tmp_path_factory.mktemp("parcels")
    document = folder / "parcels.yaml"
    document.write_text(yaml.safe_dump(DOCUMENT), "utf-8")
    return build(document, folder).package


def test_only_what_operations_send_has_a_typed_dict(package: Path) -> None:
    text = (package / "typed_dicts.py").read_text("utf-8")

    assert "ParcelDict = " in text
    assert "Unsent" not in text


@pytest.mark.proof
def test_a_misspelt_key_and_a_wrong_value_are_reported_and_nothing_else(
    package: Path,
) -> None:
    code = package.with_name("code.py")
    code.write_text(CODE, "utf-8")

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", code.name],
        cwd=code.parent,
        capture_output=True,
        text=True,
    )

    reported = []
    for line in checked.stdout.splitlines():
        if line.startswith("code.py:") and ": error: " in line:
            reported.append(line)
    assert len(reported) == len(MISTAKES), checked.stdout
    for line, (number, words) in zip(reported, sorted(MISTAKES.items()), strict=True):
        assert line.startswith(f"code.py:{number}: ")
        assert words in line


def test_the_module_runs_and_its_types_can_be_resolved(package: Path) -> None:
    code = (
        "import typing; from enkrypt_api_client import typed_dicts as t;"
        "print(sorted(typing.get_type_hints(t.ParcelDict)))"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=package.parent,
        capture_output=True,
        text=True,
    )

    assert done.stderr == ""
    assert "'x-note'" in done.stdout
