"""Documents of any size: the vendor's own and so many schemas more, with an operation for every tenth."""

from __future__ import annotations

import copy

from scripts.document import Json

SIZES = (30, 100, 500, 1000, 2000)


def grown(document: Json, size: int) -> Json:
    """The document with `size` more schemas that refer to each other."""
    result = copy.deepcopy(document)
    for index in range(size):
        result["components"]["schemas"][f"Synthetic{index}"] = _schema(index, size)
        if index % 10 == 0:
            result["paths"][f"/synthetic/{index}"] = {"get": _operation(index)}
    return result


def _schema(index: int, size: int) -> Json:
    other = f"#/components/schemas/Synthetic{(index * 7 + 1) % size}"
    return {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "count": {"type": "integer"},
            "parts": {"type": "array", "items": {"$ref": other}},
            "state": {"type": "string", "enum": ["on", "off", f"mode {index}"]},
            "limits": {"type": "object", "properties": {"most": {"type": "number"}}},
            "made_at": {"type": "string", "format": "date-time"},
        },
    }


def _operation(index: int) -> Json:
    schema = {"$ref": f"#/components/schemas/Synthetic{index}"}
    content = {"application/json": {"schema": schema}}
    return {
        "tags": ["Synthetic"],
        "operationId": f"get_synthetic_{index}",
        "responses": {"200": {"description": "One of them.", "content": content}},
    }
