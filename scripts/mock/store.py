"""The models that the mock service keeps in memory."""

from __future__ import annotations

import copy
import datetime
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeGuard

from scripts.common.errors import DocumentError
from scripts.intake import document as oas

Model: TypeAlias = Mapping[str, object]
Key: TypeAlias = tuple[str, str]
# The fields that make up a key.
KEY_FIELDS = ("model_saved_name", "model_version")
# How the names of files with models end.
SUFFIXES = (".yaml", ".yml", ".json")
_FIRST_ID = 1_234_567_890


class NoModelError(LookupError):
    """There is no model of this name and version."""


class TakenError(ValueError):
    """There is a model of this name and version already."""


class ModelStore:
    """Models by saved name and version.

    Args:
        initial: The models that are there at first and after a reset, each as a request describes it.
    """

    def __init__(self, initial: Iterable[Model] = ()) -> None:
        self._initial = list(initial)
        self.reset()

    def __iter__(self) -> Iterator[Key]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    def reset(self) -> None:
        """Have the initial models again, and no others."""
        self._ids = itertools.count(_FIRST_ID)
        self._models: dict[Key, Model] = {}
        for request in self._initial:
            self.add(request)

    def get(self, key: Key) -> Model:
        """Return a model. Raises NoModelError."""
        if key not in self._models:
            raise NoModelError("model not found")
        return self._models[key]

    def page(self, number: int, size: int) -> list[Model]:
        """Return the models of one page; pages are counted from 1."""
        start = (number - 1) * size
        return list(self._models.values())[start : start + size]

    def add(self, request: Model) -> Model:
        """Keep a model as its request describes it, and return it as it is kept. Takes the place of one of the same key."""
        now = _now()
        model = {
            **copy.deepcopy(dict(request)),
            "model_id": next(self._ids),
            "created_at": now,
            "updated_at": now,
            "project_name": "default",
        }
        self._models[key_of(request)] = model
        return model

    def add_new(self, request: Model) -> Model:
        """As `add`. Raises TakenError where there is a model of the same key."""
        if key_of(request) in self._models:
            raise TakenError("a model of this name and version exists")
        return self.add(request)

    def modify(self, current: Key, request: Model) -> Model:
        """Change a model, which may rename it, and return it.

        Args:
            current: Name and version of the model to change.
            request: What it becomes.

        Raises:
            NoModelError, TakenError.
        """
        model = self.get(current)
        new = key_of(request)
        if new != current and new in self._models:
            raise TakenError("a model of the new name and version exists")
        del self._models[current]
        self._models[new] = {**model, **request, "updated_at": _now()}
        return self._models[new]

    def delete(self, key: Key) -> None:
        """Forget a model. Raises NoModelError."""
        self.get(key)
        del self._models[key]


def key_of(request: Model) -> Key:
    """Return name and version of a model. Raises KeyError, TypeError if it has none."""
    name = request["model_saved_name"]
    version = request["model_version"]
    if not isinstance(name, str) or not isinstance(version, str):
        raise TypeError("model_saved_name and model_version must be text")
    return name, version


@dataclass(frozen=True, slots=True)
class FileModel:
    """A model, and the file that holds it."""

    file: Path
    model: Model


def read_models(paths: Iterable[Path]) -> list[FileModel]:
    """Return the models of YAML or JSON files, each with one model or a list of them; of a folder, those of all its files.

    Raises:
        DocumentError: A file can't be read, or does not hold models. It is named.
    """
    models: list[FileModel] = []
    for path in paths:
        for file in _files_of(path):
            models += _models_of(file)
    return models


def _files_of(path: Path) -> list[Path]:
    """The path itself; of a folder, its files that may hold models. Raises DocumentError."""
    try:
        if path.is_file() and path.suffix not in SUFFIXES:
            raise DocumentError(
                f"{path}: a file of models ends in .yaml, .yml or .json"
            )
        if not path.is_dir():
            return [path]
        inside = sorted(path.iterdir())
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    files = [file for file in inside if file.suffix in SUFFIXES]
    if not files:
        raise DocumentError(f"{path}: no .yaml or .json file in this folder")
    return files


def _models_of(file: Path) -> list[FileModel]:
    """Raises DocumentError."""
    content: object = oas.read(file)
    if not isinstance(content, list):
        content = [content]
    models: list[FileModel] = []
    for model in content:
        if not _is_model(model):
            raise DocumentError(
                f"{file}: a model needs model_saved_name and model_version, both text"
            )
        models.append(FileModel(file, model))
    return models


def _is_model(value: object) -> TypeGuard[Model]:
    if not isinstance(value, dict):
        return False
    name = value.get("model_saved_name")
    version = value.get("model_version")
    return isinstance(name, str) and isinstance(version, str)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat()
