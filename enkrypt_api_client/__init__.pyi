from ._document import GENERATOR as GENERATOR
from ._runtime.hooks import RequestEvent as RequestEvent
from ._runtime.hooks import ResponseEvent as ResponseEvent
from .exceptions import APIConnectionError as APIConnectionError
from .exceptions import APIStatusError as APIStatusError
from .exceptions import APITimeoutError as APITimeoutError
from .exceptions import AuthenticationError as AuthenticationError
from .exceptions import BadRequestError as BadRequestError
from .exceptions import ConfigurationError as ConfigurationError
from .exceptions import ConflictError as ConflictError
from .exceptions import EnkryptError as EnkryptError
from .exceptions import InternalServerError as InternalServerError
from .exceptions import InvalidRequestError as InvalidRequestError
from .exceptions import MisspeltFieldWarning as MisspeltFieldWarning
from .exceptions import NotFoundError as NotFoundError
from .exceptions import OutcomeUnknownError as OutcomeUnknownError
from .exceptions import PermissionDeniedError as PermissionDeniedError
from .exceptions import RateLimitError as RateLimitError
from .exceptions import ResponseDecodeError as ResponseDecodeError
from .exceptions import UnaddressableNameWarning as UnaddressableNameWarning
from .exceptions import UnprocessableEntityError as UnprocessableEntityError
from .facade import AsyncEnkryptClient as AsyncEnkryptClient
from .facade import EnkryptClient as EnkryptClient

DOCUMENT_SHA256: str
DOCUMENT_VERSION: str
__version__: str
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
    "RequestEvent",
    "ResponseDecodeError",
    "ResponseEvent",
    "UnaddressableNameWarning",
    "UnprocessableEntityError",
    "__version__",
]
