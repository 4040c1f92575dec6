"""Run the pinned generator's parser on a lowered contract, and put the names back on what it made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import EndpointCollection
from openapi_python_client.parser.properties import ModelProperty, Property
from openapi_python_client.schema import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from scripts.common.errors import GenerationError
from scripts.generator.lower import Lowered


def configuration(lowered: Lowered, folder: Path) -> Config:
    """How the generator runs: always the same but for the names of the classes."""
    overrides = {}
    for key, planned in lowered.classes.items():
        names = {"class_name": planned.name, "module_name": planned.module}
        overrides[key] = ClassOverride.model_validate(names)
    return Config.from_sources(
        ConfigFile(
            literal_enums=True,  # enum fields are plain strings with Literal types
            docstrings_on_attributes=True,  # where editors show them
            class_overrides=overrides,
            post_hooks=[],
        ),
        MetaType.NONE,
        document_source=Path("openapi.yaml"),
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder,
    )


def parse(lowered: Lowered, config: Config) -> GeneratorData:
    """The generator's view of a lowered document, with the names of the contract.

    Raises:
        GenerationError: There is something that it cannot do.
    """
    with _shared_models():
        data = GeneratorData.from_dict(lowered.document, config=config)
    if isinstance(data, GeneratorError):
        raise failure(data)
    collections = list(data.endpoint_collections_by_tag.values())
    for error in data.errors:
        raise failure(error)
    for collection in collections:
        for parse_error in collection.parse_errors:
            raise failure(parse_error)
    names = _Names(lowered)
    for model in data.models:
        names.put_back(properties(model))
    data.endpoint_collections_by_tag.clear()
    for collection in collections:
        for endpoint in collection.endpoints:
            names.put_back(endpoint.list_all_parameters())
            package, name = lowered.functions[endpoint.name].name.split(".")
            tag = _exact(package)
            endpoint.name = _exact(name)
            endpoint.tags = [tag]
            data.endpoint_collections_by_tag.setdefault(tag, EndpointCollection(tag))
            data.endpoint_collections_by_tag[tag].endpoints.append(endpoint)
    return data


def failure(error: GeneratorError) -> GenerationError:
    """An error of the generator as ours."""
    words = " ".join(f"{error.header} {error.detail or ''}".split())
    return GenerationError(f"the generator says: {words}")


def properties(model: ModelProperty) -> list[Property]:
    """Required and optional properties of a model, in the order of its constructor."""
    return [*(model.required_properties or ()), *(model.optional_properties or ())]


@contextlib.contextmanager
def _shared_models() -> Iterator[None]:
    """Share models: the generator deep-copies every endpoint with all its models, which is slow, and too deep for large documents."""
    ModelProperty.__deepcopy__ = lambda self, memo: self  # type: ignore[attr-defined]  # it has none
    try:
        yield
    finally:
        del ModelProperty.__deepcopy__  # type: ignore[attr-defined]


class _Names:
    """Gives properties their real names in place of the opaque ones of a lowered document."""

    def __init__(self, lowered: Lowered) -> None:
        self._members = lowered.members
        # Copies of a model share its properties, and a real name may look like an opaque one.
        self._renamed: set[int] = set()

    def put_back(self, opaque: list[Property]) -> None:
        """Rename properties that have not been renamed yet."""
        for property_ in opaque:
            member = self._members.get(property_.name.get_untrusted_value())
            if member is not None and id(property_) not in self._renamed:
                self._renamed.add(id(property_))
                property_.name = UntrustedString(member.wire)
                property_.python_name = _exact(member.python)


def _exact(name: str) -> PythonIdentifier:
    """A name as it is; the generator's own constructor would make another of it."""
    return str.__new__(PythonIdentifier, name)
