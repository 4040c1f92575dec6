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
    overrides = {
        name: ClassOverride.model_validate(
            {"class_name": made.name, "module_name": made.module}
        )
        for name, made in lowered.classes.items()
    }
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
    errors = [*data.errors, *(e for held in collections for e in held.parse_errors)]
    if errors:
        raise failure(errors[0])
    done: set[int] = set()  # copies of a model share its properties
    for made in data.models:
        _put_back(lowered, properties(made), done)
    data.endpoint_collections_by_tag.clear()
    for endpoint in [e for collection in collections for e in collection.endpoints]:
        package, name = lowered.functions[endpoint.name].name.split(".")
        _put_back(lowered, endpoint.list_all_parameters(), done)
        tag, endpoint.name = _exact(package), _exact(name)
        endpoint.tags = [tag]
        found = data.endpoint_collections_by_tag.setdefault(
            tag, EndpointCollection(tag)
        )
        found.endpoints.append(endpoint)
    return data


def failure(error: GeneratorError) -> GenerationError:
    """An error of the generator as ours."""
    words = " ".join(f"{error.header} {error.detail or ''}".split())
    return GenerationError(f"the generator says: {words}")


def properties(made: ModelProperty) -> list[Property]:
    """Required and optional properties of a model, in the order of its constructor."""
    return [*(made.required_properties or ()), *(made.optional_properties or ())]


@contextlib.contextmanager
def _shared_models() -> Iterator[None]:
    """The generator copies every endpoint several times, with all models that it reaches: slow, and too deep for large documents."""
    ModelProperty.__deepcopy__ = lambda self, memo: self  # type: ignore[attr-defined]  # it has none
    try:
        yield
    finally:
        del ModelProperty.__deepcopy__  # type: ignore[attr-defined]


def _put_back(lowered: Lowered, held: list[Property], done: set[int]) -> None:
    for each in held:
        known = lowered.members.get(each.name.get_untrusted_value())
        if known and id(each) not in done:
            done.add(id(each))
            each.name = UntrustedString(known.wire)
            each.python_name = _exact(known.python)


def _exact(name: str) -> PythonIdentifier:
    """A name as it is; the generator's own constructor would make another of it."""
    return str.__new__(PythonIdentifier, name)
