"""The models that the mock service keeps in memory, and Modify Model on them."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator

from scripts.contract.model import Json

Key = tuple[str, str]


class ModelStore:
    """Models by saved name and version."""

    def __init__(self) -> None:
        self._ids = itertools.count(1_234_567_890)
        self._models: dict[Key, Json] = {}

    def __iter__(self) -> Iterator[Key]:
        return iter(self._models)

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

    def modify(self, current: Key, request: Json) -> tuple[int, Json]:
        """Status and body for a right Modify Model request: which model, and what it becomes."""
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
