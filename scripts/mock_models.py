"""The models that the mock service keeps in memory, and Modify Model on them."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping

from scripts import samples
from scripts.document import Json

Key = tuple[str, str]


class ModelStore:
    """Models by saved name and version; starts with `Test Model` `v1`, as the document's own example describes it."""

    def __init__(self, document: Json) -> None:
        self._ids = itertools.count(1_234_567_890)
        self._models: dict[Key, Json] = {}
        request = samples.named(document, "ModelRequestObject")
        if isinstance(request, dict) and "model_saved_name" in request:
            self.add(request)

    def __contains__(self, key: Key) -> bool:
        return key in self._models

    def add(self, request: Json) -> None:
        """Keep a model as its request describes it."""
        now = _now()
        self._models[_key(request)] = {
            **request,
            "model_id": next(self._ids),
            "created_at": now,
            "updated_at": now,
            "project_name": "default",
        }

    def modify(self, headers: Mapping[str, str], request: Json) -> tuple[int, Json]:
        """Status and body for a valid Modify Model request: the headers name the model, the body says what it becomes."""
        current = (headers["x-enkrypt-model"], headers["x-enkrypt-model-version"])
        wanted = _key(request)
        if current not in self._models:
            return 404, {"message": "model not found"}
        if wanted != current and wanted in self._models:
            return 409, {"message": "a model of the new name and version exists"}
        model = {**self._models.pop(current), **request, "updated_at": _now()}
        self._models[wanted] = model
        return 200, {"message": "Model details updated successfully", "data": model}


def _key(request: Json) -> Key:
    return request["model_saved_name"], request["model_version"]


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat()
