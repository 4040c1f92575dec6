"""The models that the mock service keeps in memory, and Modify Model on them."""

from __future__ import annotations

import copy
import datetime
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from scripts.common.errors import DocumentError
from scripts.contract.model import Json
from scripts.intake import document as oas

Key: TypeAlias = tuple[str, str]
_FIRST_ID = 1_234_567_890


class ModelStore:
    """Models by saved name and version.

    Args:
        initial: The models that are there at first and after a reset, each as a request describes it.
    """

    def __init__(self, initial: Iterable[Json] = ()) -> None:
        self._initial = list(initial)
        self.reset()

    def __iter__(self) -> Iterator[Key]:
        return iter(self._models)

    def reset(self) -> None:
        """Have the initial models again, and no others."""
        self._ids = itertools.count(_FIRST_ID)
        self._models: dict[Key, Json] = {}
        for request in self._initial:
            self.add(request)

    def add(self, request: Json) -> None:
        """Keep a model as its request describes it."""
        now = _now()
        self._models[_key(request)] = {
            **copy.deepcopy(request),
            "model_id": next(self._ids),
            "created_at": now,
            "updated_at": now,
            "project_name": "default",
        }

    def modify(self, current: Key, request: Json) -> tuple[int, Json]:
        """Return status and body for a correct Modify Model request.

        Args:
            current: Name and version of the model to change.
            request: What it becomes.
        """
        new = _key(request)
        if current not in self._models:
            return 404, {"message": "model not found"}
        if new != current and new in self._models:
            return 409, {"message": "a model of the new name and version exists"}
        model = {**self._models.pop(current), **request, "updated_at": _now()}
        self._models[new] = model
        return 200, {"message": "Model details updated successfully", "data": model}


def read_models(paths: Iterable[Path]) -> list[Json]:
    """Return the models of YAML or JSON files, each with one model or a list of them; of a folder, those of all its files.

    Raises:
        DocumentError: A file can't be read, or does not hold models. It is named.
    """
    models = []
    for path in paths:
        files = [path]
        if path.is_dir():
            files = sorted(
                file
                for file in path.iterdir()
                if file.suffix in (".yaml", ".yml", ".json")
            )
            if not files:
                raise DocumentError(f"{path}: no .yaml or .json file in this folder")
        for file in files:
            models += _models_of(file)
    return models


def _models_of(file: Path) -> list[Json]:
    content = oas.read(file)
    models = content if isinstance(content, list) else [content]
    for model in models:
        named = isinstance(model, dict) and all(
            isinstance(model.get(field), str)
            for field in ("model_saved_name", "model_version")
        )
        if not named:
            raise DocumentError(
                f"{file}: a model needs model_saved_name and model_version, both text"
            )
    return models


def _key(request: Json) -> Key:
    return request["model_saved_name"], request["model_version"]


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat()
