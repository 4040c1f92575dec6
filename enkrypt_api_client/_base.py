"""What both clients do before a call is sent and after it is answered."""

from __future__ import annotations

import warnings

from . import _policy
from . import exceptions as errors
from ._settings import retries_fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ._codec import Codec
    from ._connection import AsyncConnection, SyncConnection
    from .client import AuthenticatedClient

# What modify_model calls the headers that say which model is meant.
ALIASES = {
    "x_enkrypt_model": "current_name",
    "x_enkrypt_model_version": "current_version",
}
_NONE: Mapping[str, str] = {}


class Base:
    """Configuration, checking and reading; the subclasses send and wait."""

    def _bind(self, connection: SyncConnection | AsyncConnection) -> None:
        self._connection = connection
        self._codecs: dict[str, Codec] = {}
        self._api: AuthenticatedClient | None = None

    @property
    def api(self) -> AuthenticatedClient:
        """A client for the functions of `enkrypt_api_client.api`, on the same connection.

        Authentication, timeouts, retries, deadline and status errors apply there too. Requests are not checked before they are sent,
        and an answer that does not decode raises whatever generated code raises: that is what `call` is for.
        """
        if self._api is None:
            from ._transport import generated_client

            self._api = generated_client(self._connection)
        return self._api

    def _prepare(
        self,
        operation: Any,
        given: dict[str, Any],
        max_retries: int | None,
        retry_ambiguous: bool,
        aliases: Mapping[str, str] = _NONE,
    ) -> tuple[Codec, _policy.Call]:
        """Check everything, then put together what is sent on every try."""
        self._connection.check_open()
        name = getattr(operation, "__name__", "")
        codec = self._codecs.get(name)
        if codec is None:
            from ._codec import Codec

            self._codecs[name] = codec = Codec(operation)
        problems: dict[str, str] = {}
        hints: list[str] = []
        call = codec.call(given, problems, hints)
        for hint in hints:
            warnings.warn(hint, errors.MisspeltFieldWarning, stacklevel=3)
        if max_retries is not None and (fault := retries_fault(max_retries)):
            problems["max_retries"] = fault
        if retry_ambiguous and not problems and _renames(call, given):
            problems["retry_ambiguous"] = "can't be asked for in a rename"
        if problems:
            named = [(aliases.get(path, path), problems[path]) for path in problems]
            told = "; ".join(f"{path or 'body'}: {fault}" for path, fault in named)
            raise errors.InvalidRequestError(
                f"{codec.name}: {told}. Nothing was sent.", named
            )
        call.max_retries, call.retry_ambiguous = max_retries, retry_ambiguous
        self._connection.site.prepare(call, codec.arguments(given))
        return codec, call

    def __reduce__(self) -> str:
        raise TypeError(
            f"{type(self).__name__} holds connections and a key and can't be pickled or copied; create one in each process"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._connection.site.base_url}>"


def _renames(call: _policy.Call, given: dict[str, Any]) -> bool:
    from json import loads

    if not ALIASES.keys() <= given.keys():
        return False
    body = loads(call.content)
    own = [body.get("model_saved_name"), body.get("model_version")]
    return own != [given[name] for name in ALIASES]


def modification(
    request: Any, current_name: str | None, current_version: str | None
) -> tuple[Any, dict[str, Any]]:
    """The operation and its parameters: a request that renames nothing speaks of the model under its own name."""
    from .api.endpoints import modify_model

    given = {
        "x_enkrypt_model": current_name,
        "x_enkrypt_model_version": current_version,
    }
    own = dict(zip(given, ("model_saved_name", "model_version"), strict=True))
    for name in given:
        if given[name] is None:
            mapped = hasattr(request, "keys")
            value = (
                request.get(own[name]) if mapped else getattr(request, own[name], None)
            )
            given[name] = value
    return modify_model, {**given, "body": request}


def read(codec: Codec, call: _policy.Call, answer: _policy.Answer) -> Any:
    parsed, fault = codec.read(answer)
    if fault:
        raise _policy.decode_error(call, answer, fault)
    return parsed
