"""Run the pinned generator's parser on a lowered contract, and put the names back on what it made."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint, EndpointCollection
from openapi_python_client.parser.properties import ModelProperty, Property
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.schema import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from scripts import safety
from scripts.contract import model
from scripts.errors import GenerationError
from scripts.generator.lower import Lowered
from scripts.generator.plan import (
    Fault,
    UnplacedError,
    target,
)
from scripts.generator.prove import properties


def configuration(lowered: Lowered, folder: Path) -> Config:
    """How the generator runs: always the same but for the names of the classes."""
    overrides = {
        name: ClassOverride.model_validate(
            {"class_name": schema.class_name, "module_name": schema.module_name}
        )
        for name, schema in lowered.classes.items()
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


# Parse


def parse(
    contract: model.Contract, lowered: Lowered, config: Config
) -> tuple[GeneratorData, list[Fault]]:
    """The generator's view of a lowered document with the names of the contract, and what it cannot do.

    Raises:
        UnplacedError: It failed, and nothing says where.
    """
    with guarded("the generator"), _shared_models():
        data = GeneratorData.from_dict(lowered.document, config=config)
    if isinstance(data, GeneratorError):
        raise UnplacedError(said(data))
    errors = list(data.errors)
    for collection in data.endpoint_collections_by_tag.values():
        errors += collection.parse_errors
    faults = [_fault(lowered, said(error)) for error in errors]
    if not faults:
        put_back(contract, lowered, data)
    return data, faults


@contextlib.contextmanager
def guarded(what: str) -> Iterator[None]:
    """Silence a step of the generator, and make what it raises ours."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    except (GenerationError, MemoryError):
        raise
    except Exception as error:
        raise UnplacedError(
            f"{what} failed: {type(error).__name__}: {error}"
        ) from error


@contextlib.contextmanager
def _shared_models() -> Iterator[None]:
    """The generator copies every endpoint several times, with all models that it reaches: slow, and too deep for large documents."""
    ModelProperty.__deepcopy__ = lambda self, memo: self  # type: ignore[attr-defined]  # it has none
    try:
        yield
    finally:
        del ModelProperty.__deepcopy__  # type: ignore[attr-defined]


def said(error: GeneratorError) -> str:
    words = " ".join(f"{error.header} {error.detail or ''}".split())
    words = re.sub(r"<openapi_python_client[^>]*>", "(a name)", words)
    return f"the generator says: {words}"


def _fault(lowered: Lowered, words: str) -> Fault:
    for name in re.findall(r"(?:op|C)\d+", words):
        if name in lowered.calls:
            return lowered.calls[name][0], words
        if name in lowered.classes:
            return lowered.classes[name], words
    raise UnplacedError(words)


def put_back(contract: model.Contract, lowered: Lowered, data: GeneratorData) -> None:
    """Give the generator's objects the names and the prose of the contract."""
    classes = {schema.class_name: schema for schema in lowered.classes.values()}
    done: set[int] = set()  # copies of a model share its properties
    for made in (*data.models, *data.enums):
        if made.class_info.name in classes:
            _describe(contract, made, classes[made.class_info.name])
    for made in data.models:
        for held in properties(made):
            known = lowered.fields.get(held.name.get_untrusted_value())
            if known and id(held) not in done:
                done.add(id(held))
                _rename(held, known[0], known[1])
                _describe(contract, held, known[2])
    collections = list(data.endpoint_collections_by_tag.values())
    data.endpoint_collections_by_tag.clear()
    for endpoint in [e for collection in collections for e in collection.endpoints]:
        if endpoint.name in lowered.calls:
            _put_back(contract, lowered, endpoint)
        tag = endpoint.tags[0]
        collection = data.endpoint_collections_by_tag.setdefault(
            tag, EndpointCollection(tag)
        )
        collection.endpoints.append(endpoint)


def _put_back(contract: model.Contract, lowered: Lowered, endpoint: Endpoint) -> None:
    operation, call = lowered.calls[endpoint.name]
    for _place, held in endpoint.iter_all_parameters():
        parameter = lowered.parameters.get(held.name.get_untrusted_value())
        if parameter:
            _rename(held, parameter.name, parameter.python_name)
            _describe(contract, held, parameter.schema)
            _describe(contract, held, parameter)
    for body in endpoint.bodies:
        if call.media is not None:
            body.content_type = UntrustedString(call.media.content_type)
            if call.media.schema is not None:
                _describe(contract, body.prop, call.media.schema)
    endpoint.name, endpoint.tags = _exact(call.module), [_exact(operation.package)]
    endpoint.path = UntrustedString(_template(operation))
    endpoint.summary = _prose(operation.summary)
    endpoint.description = _prose(operation.description)


def _template(operation: model.Operation) -> str:
    """The path as `str.format` takes it, variables under their Python names."""
    variables = {
        f"{{{parameter.name}}}": f"{{{parameter.python_name}}}"
        for parameter in operation.parameters
        if parameter.where == "path"
    }
    parts = re.split(r"(\{[^{}]*\})", operation.path)
    return "".join(
        variables.get(part) or part.replace("{", "{{").replace("}", "}}")
        for part in parts
    )


def _exact(name: str) -> PythonIdentifier:
    """A name as it is; the generator's own constructor would make another of it."""
    return str.__new__(PythonIdentifier, name)


def _prose(text: str) -> UntrustedString:
    return UntrustedString(safety.prose(text))


def _rename(held: Property, wire: str, python: str) -> None:
    held.name, held.python_name = UntrustedString(wire), _exact(python)


def _describe(
    contract: model.Contract, held: Property, said: model.Schema | model.Parameter
) -> None:
    """Description and example: of a use, else of the type that it uses."""
    goal = target(contract, said)[0] if isinstance(said, model.Schema) else said
    words = said.description or goal.description
    example = goal.example if said.example is None else said.example
    if words:
        held.description = _prose(words)
    if example is not None and not isinstance(held, ConstProperty):
        held.example = _prose(str(example))
