"""What is measured with: a request and its answer, documents of any size, and the plain generator's client of them."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

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
        other = _reference((index * 7 + 1) % size)
        result["components"]["schemas"][f"Synthetic{index}"] = {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "parts": {"type": "array", "items": other},
                "state": {"type": "string", "enum": ["on", "off", f"mode {index}"]},
                "limits": {
                    "type": "object",
                    "properties": {"most": {"type": "number"}},
                },
                "made_at": {"type": "string", "format": "date-time"},
            },
        }
        if index % 10 == 0:
            content = {"application/json": {"schema": _reference(index)}}
            operation = {
                "tags": ["Synthetic"],
                "operationId": f"get_synthetic_{index}",
                "responses": {"200": {"description": "One.", "content": content}},
            }
            result["paths"][f"/synthetic/{index}"] = {"get": operation}
    return result


def _reference(index: int) -> Json:
    return {"$ref": f"#/components/schemas/Synthetic{index}"}


def plain_command(document: Json, folder: Path) -> list[str]:
    """The generator's own command, with no option that changes what it makes, for `plain_client` of a document, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "document.json"
    understood = copy.deepcopy(document)
    for schema in understood["components"]["schemas"].values():
        if "allOf" in schema:  # it drops what stands beside that
            beside = {key: schema.pop(key, []) for key in ("required", "properties")}
            schema["allOf"].append({"type": "object", **beside})
    path.write_text(json.dumps(understood, default=str), "utf-8")
    return [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--overwrite"),
        *("--meta=none", f"--path={path}", f"--output-path={folder / 'plain_client'}"),
    ]
