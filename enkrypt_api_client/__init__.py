"""Typed client for the Enkrypt AI model endpoints: `EnkryptClient`, `AsyncEnkryptClient`, and the errors they raise.

See also `enkrypt_api_client.models`, `enkrypt_api_client.api`, `enkrypt_api_client.types`. Each name is imported when first used (PEP 562);
type checkers read `__init__.pyi` instead. `DOCUMENT_VERSION`, `DOCUMENT_SHA256` and `GENERATOR` say what the client is made from.
"""

_MODULES = {
    "_document": "DOCUMENT_SHA256 DOCUMENT_VERSION GENERATOR",
    "exceptions": "APIConnectionError APIStatusError APITimeoutError AuthenticationError "
    "BadRequestError ConfigurationError ConflictError EnkryptError InternalServerError "
    "InvalidRequestError MisspeltFieldWarning NotFoundError OutcomeUnknownError "
    "PermissionDeniedError RateLimitError ResponseDecodeError "
    "UnaddressableNameWarning UnprocessableEntityError",
    "facade": "AsyncEnkryptClient EnkryptClient",
    "_runtime.hooks": "RequestEvent ResponseEvent",
    "_runtime.version": "__version__",
}

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Programs that find imports without running them, such as PyInstaller, read them here.
    from . import _document, exceptions, facade  # noqa: F401
    from ._runtime import hooks, version  # noqa: F401

_HOMES = {name: module for module in _MODULES for name in _MODULES[module].split()}
__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f".{_HOMES[name]}", __name__)
    value = globals()[name] = getattr(module, name.removeprefix("DOCUMENT_"))
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
