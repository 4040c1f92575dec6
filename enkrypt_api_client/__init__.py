"""Typed client for the Enkrypt AI model endpoints: `EnkryptClient`, `AsyncEnkryptClient`, and the errors they raise.

See also `enkrypt_api_client.models`, `enkrypt_api_client.api`, `enkrypt_api_client.types`. Each name is imported when first used (PEP 562).
`DOCUMENT_VERSION`, `DOCUMENT_SHA256` and `GENERATOR` say what the client is made from.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._document import GENERATOR
    from ._document import SHA256 as DOCUMENT_SHA256
    from ._document import VERSION as DOCUMENT_VERSION
    from .exceptions import *
    from .facade import AsyncEnkryptClient, EnkryptClient

__version__ = "0.1.0"

__all__ = [
    "DOCUMENT_SHA256",
    "DOCUMENT_VERSION",
    "GENERATOR",
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncEnkryptClient",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "EnkryptClient",
    "EnkryptError",
    "InternalServerError",
    "InvalidRequestError",
    "MisspeltFieldWarning",
    "NotFoundError",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "RateLimitError",
    "ResponseDecodeError",
    "UnprocessableEntityError",
    "__version__",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        module, known = "exceptions", name
        if name.endswith("Client"):
            module = "facade"
        elif name.isupper():
            module, known = "_document", name.removeprefix("DOCUMENT_")
        value = globals()[name] = getattr(import_module(f".{module}", __name__), known)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
