"""What is measured with: a request and its answer, documents of any size, and the plain generator's client of them."""

from __future__ import annotations

import copy
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from scripts import release

Json = Any


def exchange(document: Json) -> tuple[Json, Json]:
    """The request that every contender sends and the answer that it gets: the document's own examples.

    The vendor's example of an answer leaves out a field that the schema requires, without which the plain generated client raises; here
    it is there.
    """
    schemas = document["components"]["schemas"]
    data = copy.deepcopy(schemas["GetModelResponseObject"]["example"])
    data["model_config"]["model_provider"] = "together"
    answer = {"message": "Model details updated successfully", "data": data}
    text = json.dumps((schemas["ModelRequestObject"]["example"], answer), default=str)
    body, answer = json.loads(text)
    return body, answer


def grown(document: Json, size: int) -> Json:
    """The document with `size` more schemas that refer to each other, and an operation for every tenth."""
    result = copy.deepcopy(document)
    for index in range(size):
        other = f"#/components/schemas/Synthetic{(index * 7 + 1) % size}"
        result["components"]["schemas"][f"Synthetic{index}"] = {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "count": {"type": "integer"},
                "parts": {"type": "array", "items": {"$ref": other}},
                "state": {"type": "string", "enum": ["on", "off", f"mode {index}"]},
                "limits": {
                    "type": "object",
                    "properties": {"most": {"type": "number"}},
                },
                "made_at": {"type": "string", "format": "date-time"},
            },
        }
        if index % 10 == 0:
            schema = {"$ref": f"#/components/schemas/Synthetic{index}"}
            content = {"application/json": {"schema": schema}}
            operation = {
                "tags": ["Synthetic"],
                "operationId": f"get_synthetic_{index}",
                "responses": {"200": {"description": "One.", "content": content}},
            }
            result["paths"][f"/synthetic/{index}"] = {"get": operation}
    return result


def plain_client(document: Json, folder: Path) -> None:
    """Generate `plain_client` below a folder, as the generator's own command does without any option. Raises ReleaseError."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_understood(document), default=str)
    (folder / "document.json").write_text(text, "utf-8")
    shutil.rmtree(folder / "plain_client", ignore_errors=True)
    release.run(*plain_command(folder), failure="the plain generator failed")


def plain_command(folder: Path) -> tuple[str, ...]:
    """The generator's own command for the document in a folder."""
    return (
        *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
        *("--path", f"{folder / 'document.json'}", "--overwrite"),
        *("--output-path", f"{folder / 'plain_client'}"),
    )


def _understood(value: Json) -> Json:
    """The document said so that the generator drops nothing: what stands beside `allOf` becomes a member of it."""
    if isinstance(value, list):
        return [_understood(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {str(key): _understood(item) for key, item in value.items()}
    if isinstance(result.get("allOf"), list) and "properties" in result:
        beside: dict[str, Json] = {}
        for name in result.keys() & {"properties", "required"}:
            beside[name] = result.pop(name)
        result["allOf"].append({"type": "object", **beside})
    return result
