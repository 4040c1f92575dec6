"""Write the modules that the generator does not make: the document, the operations, and the list of models that loads them on first use."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

from scripts.contract import model
from scripts.contract.model import Contract, Media, Operation
from scripts.contract.schema import Enum, Scalar, target
from scripts.generator import secret_fields, servers
from scripts.generator.content_types import accept, content_type, media_type
from scripts.generator.pages import NO_PAGED_LISTS, PagedLists
from scripts.generator.plan import (
    ClassUse,
    Function,
    ListOf,
    Plan,
    Type,
    item_classes,
    stream_item,
    stream_kind,
    stream_media,
    successes,
)
from scripts.generator.property_code import discriminators
from scripts.generator.request_schemas import Checks

GENERATOR = "openapi-python-client"
BANNER = "# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.\n"

_LAZY = '''"""Contains all the data models used in inputs/outputs, each imported when it is first used.

Type checkers read `__init__.pyi` instead.
"""

from importlib import import_module

from .._runtime.importing import IMPORTING

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Programs that find imports without running them, such as PyInstaller, read them here.
{imports}

_MODULES = {modules!r}
__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    with IMPORTING:
        module = import_module(f".{{_MODULES[name]}}", __name__)
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({{*globals(), *_MODULES}})
'''


# The type of security requirements in generated code. `_runtime/settings.py` explains it.
_SECURITY = "tuple[tuple[tuple[str, str, str, str], ...], ...]"


def write(
    contract: Contract,
    planned: Plan,
    folder: Path,
    *,
    text: bytes,
    paged: PagedLists = NO_PAGED_LISTS,
) -> list[str]:
    """Write `_document.py`, `_operations/` and lazy `models/__init__.py` into a generated package.

    Args:
        contract: What the package was generated from.
        planned: The plan of it.
        folder: The package, with the generator's own modules in it.
        text: The bytes that the contract was read from, for their hash.
        paged: The lists that come in pages.

    Returns:
        Warnings: keywords that the validator cannot use, which nothing enforces.
    """
    _write_models(planned, folder / "models")
    version = importlib.metadata.version(GENERATOR)
    _write(
        folder / "_document.py",
        "The document that this package is generated from: its origin, its server, its credentials",
        f"TITLE = {contract.title!r}",
        f"VERSION = {contract.version!r}",
        f"SHA256 = {hashlib.sha256(text).hexdigest()!r}",
        f"GENERATOR = {GENERATOR + ' ' + version!r}",
        f"SERVER: str | None = {servers.document_address(contract)!r}",
        f"SECURITY: {_SECURITY} = {_security(contract, contract.security)!r}",
        f"KEY_REQUIRED = {_is_key_required(contract)!r}",
    )
    checks = Checks(contract)
    operations = folder / "_operations"
    if planned.functions:
        _make_package(operations)
    packages: set[str] = set()
    for function, operation, call in planned.functions:
        package, _, module = function.name.partition(".")
        if package not in packages:
            packages.add(package)
            _make_package(operations / package)
        path = operations / package / f"{module}.py"
        title = f"What the document says of {operation.key}, for calling it and reading its answers"
        lines = _operation(contract, operation, call, function, checks, paged)
        _write(path, title, *lines)
    return checks.warnings


def _write_models(planned: Plan, folder: Path) -> None:
    """Write the modules that list the models: one for type checkers, one that imports them on first use."""
    modules = {}
    for planned_class in sorted(
        (planned_class for planned_class, _schema in planned.classes),
        key=lambda planned_class: (planned_class.module, planned_class.name),
    ):
        modules[planned_class.name] = planned_class.module
    stub = ""
    imports = []
    for name, module in modules.items():
        stub += f"from .{module} import {name} as {name}\n"
        imports.append(f"    from . import {module}  # noqa: F401")
    stub += f"\n__all__ = {[*modules]}\n"
    (folder / "__init__.pyi").write_text(stub, "utf-8")
    lazy = _LAZY.format(modules=modules, imports="\n".join(imports or ["    pass"]))
    (folder / "__init__.py").write_text(lazy, "utf-8")


def _make_package(folder: Path) -> None:
    """Make a folder with an empty `__init__.py`."""
    folder.mkdir()
    (folder / "__init__.py").touch()


def _write(path: Path, title: str, *lines: str) -> None:
    path.write_text(BANNER + "\n".join((f"{title!r}", "", *lines, "")), "utf-8")


_OPERATION_IMPORTS = """from ... import models as _models
from ..._runtime import model_base as _base
from ..._runtime.operation import Operation, RequestBody, ResponseContent
from ..._runtime.paging import Paging
"""


def _operation(
    contract: Contract,
    operation: Operation,
    call: model.Call,
    function: Function,
    checks: Checks,
    paged: PagedLists,
) -> Iterator[str]:
    """Yield the lines of the value of `_runtime.operation.Operation` for one function."""
    own_server = servers.operation_address(contract, operation)
    yield _OPERATION_IMPORTS
    yield "OPERATION = Operation("
    yield f"    method={operation.method.upper()!r},"
    yield f"    path={operation.path!r},"
    if own_server is not None:
        yield f"    server={own_server!r},"
    yield f"    security={_security(contract, operation.security)!r},"
    yield f"    success={successes(operation)!r},"
    yield f"    parameters_schema={checks.parameters(operation)!r},"
    yield f"    addressed_by={_addressed_by(contract, operation)!r},"
    if call.media is not None and operation.body is not None:
        yield from _request_body(operation.body, call.media, function, checks)
    yield f"    accept={accept(operation)!r},"
    yield from _stream(contract, operation)
    if operation.at in paged:
        yield f"    paging={paged[operation.at].code},"
    yield "    responses={"
    for status, response in sorted(operation.responses.items()):
        yield f"        {status!r}: {_response_content(response, checks)},"
    yield "    },"
    yield ")"


def _stream(contract: Contract, operation: Operation) -> Iterator[str]:
    """Yield the arguments of `Operation` about its stream; none where the answer can't be streamed."""
    media = stream_media(operation)
    if media is None:
        return
    yield f"    stream={media.content_type!r},"
    yield f"    stream_kind={stream_kind(media)!r},"
    item = stream_item(contract, media)
    names = item_classes(contract, item)
    if len(names) == 1:
        yield f"    read_item=lambda value: _models.{names[0]}.from_dict(value),"
    elif names:
        readers = "".join(f"(_models.{n}, _models.{n}.from_dict), " for n in names)
        tags = ""
        for field, classes, is_stated in discriminators(contract, item):
            choices = "".join(
                f"{value!r}: _models.{name}.from_dict, "
                for value, name in classes.items()
            )
            tags += f", ({field!r}, {{{choices}}}, {is_stated})"
        yield f"    read_item=lambda value: _base.read_union(value, lambda: ({readers}){tags}),"


def _response_content(response: model.Response, checks: Checks) -> str:
    """Return the value of `ResponseContent` for the response of one status."""
    media = model.answer_media(response)
    kind = media.kind if media else "none"
    arguments = [f"kind={kind!r}"]
    schema = checks.answer(media)
    if schema is not None:
        arguments.append(f"schema={schema!r}")
    alternatives = _alternatives(response)
    if alternatives:
        arguments.append(f"alternatives={alternatives!r}")
    return f"ResponseContent({', '.join(arguments)})"


def _alternatives(response: model.Response) -> dict[str, str]:
    """The kind of each content type of a response; empty where there is only one."""
    if len(response.media) < 2:
        return {}
    return {media_type(media): media.kind for media in response.media}


def _addressed_by(contract: Contract, operation: Operation) -> tuple[str, ...]:
    """Return the Python names of the parameters that tell what a call is about: required, of one value, and no secret."""
    names = []
    for parameter in operation.parameters:
        name = contract.argument(operation, parameter)
        schema = target(parameter.schema, contract.types)[0]
        is_one_value = isinstance(schema, Scalar | Enum)
        is_secret = secret_fields.is_secret(name, parameter.name)
        if parameter.required and is_one_value and not is_secret:
            names.append(name)
    return tuple(names)


def _request_body(
    body: model.Body, media: Media, function: Function, checks: Checks
) -> Iterator[str]:
    yield "    body=RequestBody("
    yield f"        kind={media.kind!r},"
    yield f"        content_type={content_type(media)!r},"
    yield f"        required={body.required!r},"
    yield f"        schema={checks.body(media)!r},"
    class_names: list[str] = []
    for _required, body_type in function.bodies:
        class_names += _class_names(body_type)
    if class_names:
        models = "".join(f"_models.{name}, " for name in dict.fromkeys(class_names))
        yield f"        models=lambda: ({models}),"
    yield "    ),"


def _class_names(planned_type: Type) -> Iterator[str]:
    """Yield the names of the classes that a type is made of, in order."""
    for part in planned_type:
        match part:
            case ClassUse(name):
                yield name
            case ListOf(items):
                yield from _class_names(items)


def _is_key_required(contract: Contract) -> bool:
    """Whether every operation needs credentials, so that a client without any is of no use."""
    for operation in contract.operations.values():
        alternatives = _security(contract, operation.security)
        if not alternatives or () in alternatives:
            return False
    return True


def _security(
    contract: Contract, requirements: tuple[model.Requirement, ...]
) -> tuple[tuple[tuple[str, str, str, str], ...], ...]:
    """The credentials of each security requirement. One requirement is enough; all credentials in it are needed."""
    alternatives = []
    for requirement in requirements:
        if requirement.keys() <= contract.schemes.keys():
            schemes = [contract.schemes[name] for name in requirement]
            alternatives.append(tuple(map(_credential, schemes)))
    return tuple(alternatives)


def _credential(scheme: model.Scheme) -> tuple[str, str, str, str]:
    kind = "bearer" if scheme.kind in ("oauth2", "openIdConnect") else scheme.kind
    return scheme.name, kind, scheme.where, scheme.wire_name
